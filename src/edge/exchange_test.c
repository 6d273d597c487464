/* Guards the shapes of an exchange: what is written is what the server takes, and whatever comes
 * back, of any shape, is either understood or no answer. */
#include <string.h>

#include "base/testing.h"
#include "edge/exchange.h"

static const int64_t may = INT64_C(1777593600000);

static struct env env;

static int set_up(void **state) {
    (void)state;
    env_posix_init(&env);
    return 0;
}

static void a_report_names_what_is_not_zero(void **state) {
    (void)state;
    struct edge_ask asks[] = {
        {.user_id = STR("ada"),
         .metric = METRIC_BANDWIDTH,
         .has_period = true,
         .period_start = may,
         .figures = {.taken = 7, .recorded = INT64_MAX},
         .wanted = 3},
        {.user_id = STR("bo\"b"), .metric = METRIC_API_REQUESTS},
    };
    struct edge_send send = {.epoch = "01A", .incarnation = 2, .count = 2, .asks = asks};
    struct buf out CLEANUP(buf_finish);
    buf_init(&out, &env, 4096);
    struct edge_letter letter = edge_exchange_write("edge-7", &send, &out);
    assert_string_equal(letter.target, "/api/leases");
    assert_text(buf_str(&out),
                "{\"node\":\"edge-7\",\"epoch\":\"01A\",\"incarnation\":2,\"final\":false,"
                "\"counters\":[{\"userId\":\"ada\",\"metric\":\"bandwidth\","
                "\"periodStart\":\"2026-05-01T00:00:00Z\",\"taken\":7,"
                "\"recorded\":4503599627370496,\"wanted\":3},"
                "{\"userId\":\"bo\\\"b\",\"metric\":\"api_requests\"}]}");
}

static void an_event_is_named_by_its_row(void **state) {
    (void)state;
    struct edge_ask ask = {.user_id = STR("ada"),
                           .metric = METRIC_BANDWIDTH,
                           .has_period = true,
                           .period_start = may,
                           .figures = {.taken = 7, .released = 1},
                           .is_event = true,
                           .value = 4,
                           .time = may + 1000,
                           .epoch = "01A"};
    struct edge_send send = {.is_events = true, .count = 1, .asks = &ask};
    struct buf out CLEANUP(buf_finish);
    buf_init(&out, &env, 4096);
    struct edge_letter letter = edge_exchange_write("edge-7", &send, &out);
    assert_string_equal(letter.target, "/api/usage/events");
    assert_text(buf_str(&out),
                "[{\"specversion\":\"1.0\",\"id\":\"01A/bandwidth/1777593600000/6/4\","
                "\"source\":\"turnpike:edge:edge-7\",\"type\":\"bandwidth\",\"subject\":\"ada\","
                "\"time\":\"2026-05-01T00:00:01Z\",\"data\":{\"value\":4}}]");
}

static const char whole[] =
    "{\"incarnation\":3,\"at\":\"2026-05-01T00:00:00Z\",\"counters\":[{\"userId\":\"ada\","
    "\"metric\":\"api_requests\",\"periodStart\":\"2026-05-01T00:00:00Z\",\"periodEndsInMs\":60000,"
    "\"mode\":\"lease\",\"granted\":50,\"reserve\":5,\"expiresInMs\":1200,\"recall\":false,"
    "\"state\":\"blocked\",\"used\":110,\"limit\":100,\"hardLimit\":110,\"remaining\":0,"
    "\"graceEndsAt\":null,\"resetsAt\":\"2026-06-01T00:00:00Z\",\"upgradeTo\":\"starter\"}],"
    "\"rejected\":[{\"userId\":\"bob\",\"metric\":\"bandwidth\",\"code\":\"period_closed\"}]}";

static void an_answer_is_read(void **state) {
    (void)state;
    struct edge_send send = {.count = 2};
    struct edge_reply reply CLEANUP(edge_reply_finish) = {0};
    edge_exchange_read(&env, &send, 200, str_from_cstr(whole), &reply);
    assert_int_equal(reply.outcome, EDGE_ANSWERED);
    assert_int_equal(reply.answer.incarnation, 3);
    assert_int_equal(reply.answer.at, may);
    assert_int_equal(reply.answer.count, 2);
    const struct edge_told *told = reply.answer.told;
    assert_text(told[0].user_id, "ada");
    assert_int_equal(told[0].granted, 50);
    assert_int_equal(told[0].mode, EDGE_MODE_LEASE);
    assert_int_equal(told[0].standing.denial, TURNPIKE_HARD_LIMIT);
    assert_string_equal(told[0].standing.details.upgrade_to, "starter");
    assert_int_equal(told[1].refusal, EDGE_REFUSED_PERIOD_CLOSED);
    assert_non_null(strstr(reply.problem, "bob"));
}

/* A node only takes as answered what is whole: anything else is sent again. */
static void what_is_no_answer_is_none(void **state) {
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum edge_outcome outcome;
    } cases[] = {
        {200, "", EDGE_NOT_ANSWERED},
        {200, "[]", EDGE_NOT_ANSWERED},
        {200, "{\"counters\":[]}", EDGE_NOT_ANSWERED},
        {200, "{\"counters\":[], \"rejected\":[]", EDGE_NOT_ANSWERED},
        {200, "<html>", EDGE_NOT_ANSWERED},
        {500, whole, EDGE_NOT_ANSWERED},
        {503, "{\"code\":\"overloaded\"}", EDGE_NOT_ANSWERED},
        {409, "{\"code\":\"conflict\"}", EDGE_NOT_ANSWERED},
        {409, "{\"code\":\"incarnation_changed\"}", EDGE_OTHER_INCARNATION},
        {200, "{\"counters\":[{},1,null,{\"userId\":7}],\"rejected\":[{}]}", EDGE_ANSWERED},
    };
    struct edge_send send = {.count = 1};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct edge_reply reply CLEANUP(edge_reply_finish) = {0};
        edge_exchange_read(&env, &send, cases[i].status, str_from_cstr(cases[i].body), &reply);
        assert_int_equal(reply.outcome, cases[i].outcome);
        assert_int_equal(reply.answer.count, 0);
    }
}

static void refused_events_are_found_by_their_order(void **state) {
    (void)state;
    struct edge_ask asks[] = {
        {.user_id = STR("ada"), .epoch = "01A", .metric = METRIC_BANDWIDTH, .value = 4},
        {.user_id = STR("bob"), .epoch = "01A", .metric = METRIC_API_REQUESTS, .value = 5},
    };
    struct edge_send send = {.is_events = true, .count = 2, .asks = asks};
    struct edge_reply reply CLEANUP(edge_reply_finish) = {0};
    edge_exchange_read(&env, &send, 200,
                       STR("{\"accepted\":1,\"duplicate\":0,\"rejected\":1,\"results\":[{\"id\":"
                           "\"01A/api_requests/0/0/5\",\"status\":\"rejected\",\"code\":\"x\"}]}"),
                       &reply);
    assert_int_equal(reply.outcome, EDGE_ANSWERED);
    assert_int_equal(reply.answer.count, 1);
    assert_text(reply.answer.told[0].user_id, "bob");
}

static void a_verdict_is_read(void **state) {
    (void)state;
    struct turnpike_verdict verdict = {0};
    assert_true(edge_take_read(STR("{\"allowed\":true,\"reason\":\"within_limit\"}"), 1, &verdict));
    assert_int_equal(verdict.reason, TURNPIKE_ASKED);
    assert_true(edge_take_read(STR("{\"allowed\":false,\"reason\":\"grace_ended\"}"), 1, &verdict));
    assert_int_equal(verdict.reason, TURNPIKE_GRACE_ENDED);
    struct str denied =
        STR("{\"allowed\":false,\"reason\":\"hard_limit\",\"used\":9,\"hardLimit\":11}");
    assert_true(edge_take_read(denied, 3, &verdict));
    assert_int_equal(verdict.reason, TURNPIKE_HARD_LIMIT);
    assert_true(edge_take_read(denied, 2, &verdict)); /* the last two are leased to somebody */
    assert_int_equal(verdict.reason, TURNPIKE_LEASE_SPENT);
    assert_false(edge_take_read(STR("{\"allowed\":\"yes\"}"), 1, &verdict));
    assert_false(edge_take_read(STR(""), 1, &verdict));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_names_what_is_not_zero),
        cmocka_unit_test(an_event_is_named_by_its_row),
        cmocka_unit_test(an_answer_is_read),
        cmocka_unit_test(what_is_no_answer_is_none),
        cmocka_unit_test(refused_events_are_found_by_their_order),
        cmocka_unit_test(a_verdict_is_read),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
