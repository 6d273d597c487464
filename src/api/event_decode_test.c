/* Guards: an event that is good comes out as it was sent, one that is not is rejected with the code
 * that says why, and neither takes another with it. */
#include "api/event_decode.h"

#include "base/testing.h"

#define NOW INT64_C(1431820800000) /* 2015-05-17T00:00:00Z */

struct world {
    struct env env;
    struct arena arena;
};

static int set_up(void **state) {
    static struct world world;
    env_posix_init(&world.env);
    arena_init(&world.arena, &world.env, 1 << 20);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    arena_finish(&world->arena);
    return 0;
}

static struct usage_event decode(struct world *world, const char *text) {
    struct event_context context = {.arena = &world->arena, .now = {NOW}};
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    struct usage_event event;
    event_decode(&context, json, &event);
    json_decref(json);
    return event;
}

static void assert_same_text(struct str a, struct str b) {
    assert_int_equal(a.len, b.len);
    assert_true(str_equal(a, b));
}

#define HEAD "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"subject\":\"ada\","
#define REQUESTS HEAD "\"type\":\"api_requests\","
#define MODULES HEAD "\"type\":\"modules\","

static void test_all_that_may_be_said(void **state) {
    struct usage_event event =
        decode(*state, REQUESTS "\"time\":\"2015-05-16T23:00:00Z\",\"traceparent\":\"00-1\","
                                "\"datacontenttype\":\"application/json\",\"data\":{\"value\":7,"
                                "\"region\":\"fra\",\"resource\":\"mod-1\"}}");
    assert_null(event.code);
    assert_text(event.record.identity.user_id, "ada");
    assert_text(event.record.identity.source, "s");
    assert_text(event.record.identity.id, "i");
    assert_int_equal(event.record.metric, METRIC_API_REQUESTS);
    assert_int_equal(event.record.kind, USAGE_EVENT);
    assert_int_equal(event.record.value, 7);
    assert_int_equal(event.record.time.ms, NOW - 60 * 60 * 1000);
    assert_text(event.record.region, "fra");
    assert_text(event.record.resource, "mod-1");
    assert_true(usage_record_valid(&event.record));
}

static void test_an_event_without_time_happens_now(void **state) {
    struct usage_event event = decode(*state, REQUESTS "\"data\":{\"value\":1}}");
    assert_null(event.code);
    assert_int_equal(event.record.time.ms, NOW);
}

static void test_amounts_that_are_taken(void **state) {
    static const struct {
        const char *event;
        int64_t value;
        bool is_set;
        enum usage_kind kind;
    } cases[] = {
        {REQUESTS "\"data\":{\"value\":0}}", 0, false, USAGE_EVENT},
        {REQUESTS "\"data\":{\"value\":9007199254740992}}", LIMIT_AMOUNT, false, USAGE_EVENT},
        {MODULES "\"data\":{\"value\":-1}}", -1, false, USAGE_EVENT},
        {MODULES "\"data\":{\"set\":0}}", 0, true, USAGE_EVENT},
        {MODULES "\"data\":{\"set\":12}}", 12, true, USAGE_EVENT},
        {REQUESTS "\"data\":{\"value\":-5,\"reverses\":\"e1\"}}", -5, false, USAGE_REVERSAL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct usage_event event = decode(*state, cases[i].event);
        assert_null(event.code);
        assert_int_equal(event.record.value, cases[i].value);
        assert_int_equal(event.record.is_set, cases[i].is_set);
        assert_int_equal(event.record.kind, cases[i].kind);
    }
}

static const struct {
    const char *code, *event;
} refusals[] = {
    {"not_an_event", "7"},
    {"not_an_event", "[]"},
    {"not_an_event", "null"},
    {"missing_field", "{}"},
    {"missing_field", "{\"id\":\"i\",\"source\":\"s\",\"subject\":\"a\",\"type\":\"modules\","
                      "\"data\":{\"value\":1}}"},
    {"invalid_specversion", "{\"specversion\":\"0.3\"}"},
    {"invalid_specversion", "{\"specversion\":1.0}"},
    {"missing_field", "{\"specversion\":\"1.0\",\"source\":\"s\",\"subject\":\"ada\"}"},
    {"invalid_id", "{\"specversion\":\"1.0\",\"id\":\"\"}"},
    {"invalid_id", "{\"specversion\":\"1.0\",\"id\":7}"},
    {"invalid_id", "{\"specversion\":\"1.0\",\"id\":\"a\\nb\"}"},
    {"missing_field", "{\"specversion\":\"1.0\",\"id\":\"i\",\"subject\":\"ada\"}"},
    {"invalid_source", "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":[]}"},
    {"missing_field", "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\"}"},
    {"invalid_subject", "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"subject\":"
                        "\"0123456789012345678901234567890123456789012345678901234567890123x\"}"},
    {"invalid_attribute", REQUESTS "\"Extension\":\"x\",\"data\":{\"value\":1}}"},
    {"invalid_attribute", REQUESTS "\"my_ext\":\"x\",\"data\":{\"value\":1}}"},
    {"invalid_data", REQUESTS "\"datacontenttype\":\"text/xml\",\"data\":{\"value\":1}}"},
    {"missing_field", HEAD "\"data\":{\"value\":1}}"},
    {"unknown_metric", HEAD "\"type\":\"requests\",\"data\":{\"value\":1}}"},
    {"unknown_metric", HEAD "\"type\":7,\"data\":{\"value\":1}}"},
    {"invalid_time", REQUESTS "\"time\":\"yesterday\",\"data\":{\"value\":1}}"},
    {"invalid_time", REQUESTS "\"time\":1431820800,\"data\":{\"value\":1}}"},
    {"missing_field", REQUESTS "\"time\":\"2015-05-17T00:00:00Z\"}"},
    {"invalid_data", REQUESTS "\"data_base64\":\"e30=\"}"},
    {"invalid_data", REQUESTS "\"data\":7}"},
    {"invalid_data", REQUESTS "\"data\":null}"},
    {"missing_field", REQUESTS "\"data\":{}}"},
    {"unknown_field", REQUESTS "\"data\":{\"value\":1,\"amount\":1}}"},
    {"invalid_value", REQUESTS "\"data\":{\"value\":\"1\"}}"},
    {"invalid_value", REQUESTS "\"data\":{\"value\":1.5}}"},
    {"invalid_value", REQUESTS "\"data\":{\"value\":null}}"},
    {"invalid_value", REQUESTS "\"data\":{\"set\":1}}"},
    {"invalid_value", MODULES "\"data\":{\"set\":1,\"value\":1}}"},
    {"negative_amount", REQUESTS "\"data\":{\"value\":-1}}"},
    {"negative_amount", MODULES "\"data\":{\"set\":-1}}"},
    {"amount_too_large", REQUESTS "\"data\":{\"value\":9007199254740993}}"},
    {"amount_too_large", MODULES "\"data\":{\"value\":-9007199254740993}}"},
    {"amount_too_large", REQUESTS "\"data\":{\"value\":1e20}}"},
    {"invalid_region", REQUESTS "\"data\":{\"value\":1,\"region\":\"\"}}"},
    {"invalid_resource", REQUESTS "\"data\":{\"value\":1,\"resource\":7}}"},
    {"invalid_reverses", REQUESTS "\"data\":{\"value\":1,\"reverses\":{}}}"},
};

static void test_refusals(void **state) {
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        struct usage_event event = decode(*state, refusals[i].event);
        if (event.code == NULL) {
            print_error("taken: %s\n", refusals[i].event);
        }
        assert_non_null(event.code);
        assert_string_equal(event.code, refusals[i].code);
        assert_int_equal(event.status, USAGE_REJECTED);
        assert_true(str_ends_with(str_from_cstr(event.detail), STR(".")));
    }
}

/* Read leniently, whole numbers arrive as reals: those that fit are the same number. */
static void test_reals_of_a_lenient_reading(void **state) {
    struct usage_event event = decode(*state, REQUESTS "\"data\":{\"value\":9007199254740992.0}}");
    assert_null(event.code);
    assert_int_equal(event.record.value, LIMIT_AMOUNT);
}

/* An unknown metric has no source's account to be on. */
static void test_an_unknown_metric_is_on_no_account(void **state) {
    struct usage_event event = decode(*state, HEAD "\"type\":\"x\",\"data\":{\"value\":1}}");
    assert_int_equal(event.record.identity.source.len, 0);
    assert_text(event.record.identity.id, "i");
}

/* What the event before said is known already, and must not speak for one that says otherwise. */
static void test_events_after_one_another(void **state) {
    static const char *const events[] = {
        REQUESTS "\"data\":{\"value\":1,\"region\":\"fra\"}}",
        REQUESTS "\"data\":{\"value\":2,\"region\":\"fra\"}}",
        "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"t\",\"subject\":\"bob\","
        "\"type\":\"api_requests\",\"data\":{\"value\":3,\"region\":\"ams\"}}",
        REQUESTS "\"data\":{\"value\":4}}",
        REQUESTS "\"data\":{\"value\":5,\"region\":\"\"}}",
        REQUESTS "\"data\":{\"value\":6,\"region\":7}}",
        REQUESTS "\"data\":{\"value\":7,\"region\":\"fr\\n\"}}",
        REQUESTS "\"data\":{\"value\":8,\"region\":\"fra\"}}",
        "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"\",\"subject\":\"ada\"}",
        "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"subject\":null}",
        "{\"specversion\":\"1.0\",\"id\":\"i\",\"subject\":\"ada\"}",
        HEAD "\"type\":\"x\",\"data\":{\"value\":1}}",
        REQUESTS "\"data\":{\"value\":9,\"region\":\"fra\"}}",
    };
    struct world *world = *state;
    struct event_context context = {.arena = &world->arena, .now = {NOW}};
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        json_t *json = json_loads(events[i], JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        struct usage_event after;
        event_decode(&context, json, &after);
        json_decref(json);
        struct usage_event alone = decode(world, events[i]);
        assert_ptr_equal(after.code, alone.code);
        assert_ptr_equal(after.detail, alone.detail);
        assert_same_text(after.record.identity.user_id, alone.record.identity.user_id);
        assert_same_text(after.record.identity.source, alone.record.identity.source);
        assert_same_text(after.record.region, alone.record.region);
        assert_int_equal(after.record.value, alone.record.value);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_may_be_said),
        cmocka_unit_test(test_an_event_without_time_happens_now),
        cmocka_unit_test(test_amounts_that_are_taken),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_events_after_one_another),
        cmocka_unit_test(test_reals_of_a_lenient_reading),
        cmocka_unit_test(test_an_unknown_metric_is_on_no_account),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
