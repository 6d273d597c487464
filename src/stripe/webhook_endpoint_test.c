/* Promise: after each start exactly one endpoint of this installation is registered, nobody else's
 * is touched, and its secret is known. */
#include "stripe/webhook_endpoint.h"

#include <stdio.h>

#include "stripe/fixture.h"

static int set_up(void **state) {
    *state = fixture_create();
    return 0;
}

static int tear_down(void **state) {
    fixture_destroy(*state);
    return 0;
}

struct ended {
    int count;
    enum err_code code;
    char id[32], secret[32], message[256];
};

static void on_answer(void *context, const struct stripe_endpoint_answer *answer) {
    struct ended *outcome = context;
    outcome->count++;
    outcome->code = answer->err.code;
    (void)snprintf(outcome->id, sizeof outcome->id, STR_FMT, STR_ARG(answer->id));
    (void)snprintf(outcome->secret, sizeof outcome->secret, STR_FMT, STR_ARG(answer->secret));
    (void)snprintf(outcome->message, sizeof outcome->message, STR_FMT, STR_ARG(answer->message));
}

/* `kept_id` is that of the endpoint made before; empty: none. */
static struct ended ensure(struct fixture *fixture, const char *kept_id) {
    const struct stripe_endpoint endpoint = {
        .url = STR("http://127.0.0.1:8080/webhooks/stripe"),
        .installation = STR("inst_1"),
        .kept_id = str_from_cstr(kept_id),
        .kept_secret = STR("whsec_kept"),
    };
    struct ended outcome = {0};
    stripe_webhook_endpoint_ensure(fixture->stripe, &endpoint, on_answer, &outcome);
    fixture_settle(fixture);
    assert_int_equal(outcome.count, 1);
    return outcome;
}

#define LIST                                                                                       \
    "{'object':'list','data':[{'id':'we_1','metadata':{'turnpike':'inst_1'}},"                     \
    "{'id':'we_2','metadata':{'turnpike':'inst_2'}},{'id':'we_3','metadata':{}},"                  \
    "{'id':'we_4','metadata':{'turnpike':'inst_1'}}]}"
#define MADE "{'id':'we_5','object':'webhook_endpoint','secret':'whsec_new'}"

static void ours_are_replaced_and_others_left_alone(void **state) {
    struct fixture *fixture = *state;
    fixture_answer(fixture, 200, LIST);
    fixture_answer(fixture, 200, "{'id':'we_1','deleted':true}");
    fixture_answer(fixture, 404,
                   "{'error':{'type':'invalid_request_error','code':'resource_missing'}}");
    fixture_answer(fixture, 200, MADE);
    struct ended outcome = ensure(fixture, "");
    assert_string_equal(outcome.id, "we_5");
    assert_string_equal(outcome.secret, "whsec_new");
    assert_int_equal(outcome.code, ERR_NONE);
    assert_int_equal(fixture->request_count, 4);
    assert_text(fixture->requests[0], "GET /v1/webhook_endpoints\nlimit=100\n");
    assert_text(fixture->requests[1], "DELETE /v1/webhook_endpoints/we_1\n");
    assert_text(fixture->requests[2], "DELETE /v1/webhook_endpoints/we_4\n");
    assert_true(
        str_starts_with(fixture->requests[3], STR("POST /v1/webhook_endpoints\n"
                                                  "url=http://127.0.0.1:8080/webhooks/stripe\n"
                                                  "enabled_events[]=charge.dispute.closed\n")));
    assert_true(str_ends_with(fixture->requests[3],
                              STR("enabled_events[]=setup_intent.succeeded\n"
                                  "api_version=2026-10-28.endive\ndescription=Turnpike\n"
                                  "metadata[turnpike]=inst_1\n")));
    struct str log = env_sim_log(fixture->sim);
    for (size_t i = 0; i + 5 <= log.len; i++) {
        assert_false(str_equal(str_of(log.bytes + i, 5), STR("whsec")));
    }
}

/* What waits to be delivered to it would be lost with it. */
static void the_one_that_was_kept_is_moved(void **state) {
    struct fixture *fixture = *state;
    fixture_answer(fixture, 200, "{'id':'we_1','object':'webhook_endpoint'}");
    struct ended outcome = ensure(fixture, "we_1");
    assert_string_equal(outcome.id, "we_1");
    assert_string_equal(outcome.secret, "whsec_kept");
    assert_int_equal(fixture->request_count, 1);
    assert_true(
        str_starts_with(fixture->requests[0], STR("POST /v1/webhook_endpoints/we_1\n"
                                                  "url=http://127.0.0.1:8080/webhooks/stripe\n"
                                                  "enabled_events[]=charge.dispute.closed\n")));
}

static void the_one_that_was_kept_may_be_gone(void **state) {
    struct fixture *fixture = *state;
    fixture_answer(fixture, 404,
                   "{'error':{'type':'invalid_request_error','code':'resource_missing'}}");
    fixture_answer(fixture, 200, "{'object':'list','data':[]}");
    fixture_answer(fixture, 200, MADE);
    struct ended outcome = ensure(fixture, "we_1");
    assert_string_equal(outcome.id, "we_5");
    assert_string_equal(outcome.secret, "whsec_new");
}

static void each_step_may_fail(void **state) {
    (void)state;
    static const struct {
        struct fixture_step steps[3];
        enum err_code code;
        const char *kept_id;
    } cases[] = {
        {{{0, ""}}, ERR_TIMEOUT, ""},
        {{{401, "{'error':{'type':'invalid_request_error','message':'no'}}"}}, ERR_PERMISSION, ""},
        {{{200, "{'object':'list'}"}}, ERR_FORMAT, ""},
        {{{200, "<html>"}}, ERR_FORMAT, ""},
        {{{200, LIST}, {500, "{'error':{'type':'api_error'}}"}}, ERR_BUSY, ""},
        {{{200, "{'data':[]}"}, {400, "{'error':{'message':'no'}}"}}, ERR_PERMISSION, ""},
        {{{200, "{'data':[]}"}, {200, "{'id':'we_5'}"}}, ERR_FORMAT, ""}, /* and no secret */
        {{{503, "{}"}}, ERR_BUSY, "we_1"},
        {{{401, "{'error':{'message':'no'}}"}}, ERR_PERMISSION, "we_1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_create();
        for (size_t s = 0; s < 3 && cases[i].steps[s].body != NULL; s++) {
            fixture_answer(fixture, cases[i].steps[s].status, cases[i].steps[s].body);
        }
        struct ended outcome = ensure(fixture, cases[i].kept_id);
        assert_string_equal(err_name(outcome.code), err_name(cases[i].code));
        assert_string_equal(outcome.secret, "");
        assert_true(str_starts_with(str_from_cstr(outcome.message),
                                    STR("The webhook endpoint could not be registered")));
        fixture_destroy(fixture);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ours_are_replaced_and_others_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_one_that_was_kept_is_moved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_one_that_was_kept_may_be_gone, set_up, tear_down),
        cmocka_unit_test(each_step_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
