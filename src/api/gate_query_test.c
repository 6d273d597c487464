/* Guards: a plain query of the gate is read as what it says, and nothing is read in place that
 * needs decoding, comes twice or is wrong: that is the shape's (tests/api/proxy.test.mjs holds the
 * two against each other). */
#include "api/gate_query.h"

#include <string.h>

#include "base/testing.h"
#include "core/metric.h"

#define ADA "userId=ada&metric=api_requests"

static void plain_queries_are_read(void **state) {
    (void)state;
    static const struct {
        const char *query;
        struct gate_query expected;
    } cases[] = {
        {"", {.user_id = STR_INIT("")}},
        {ADA, {.user_id = STR_INIT("ada"), .metric = METRIC_API_REQUESTS, .has_metric = true}},
        {"metric=storage&amount=1&count=false",
         {.user_id = STR_INIT(""),
          .metric = METRIC_STORAGE,
          .has_metric = true,
          .amount = 1,
          .has_amount = true,
          .has_count = true}},
        {"count=true&denyStatus=429&amount=0&userId=a=b@c",
         {.user_id = STR_INIT("a=b@c"),
          .amount = 0,
          .has_amount = true,
          .has_count = true,
          .count = true,
          .deny_status = 1}},
        {"denyStatus=403&amount=999999999999999",
         {.user_id = STR_INIT(""), .amount = 999999999999999, .has_amount = true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct gate_query query;
        const struct gate_query *expected = &cases[i].expected;
        memset(&query, 0xff, sizeof query);
        assert_true(gate_query_scan(str_from_cstr(cases[i].query), &query));
        assert_true(str_equal(query.user_id, expected->user_id));
        assert_int_equal(query.metric, expected->metric);
        assert_int_equal(query.has_metric, expected->has_metric);
        assert_int_equal(query.amount, expected->amount);
        assert_int_equal(query.has_amount, expected->has_amount);
        assert_int_equal(query.count, expected->count);
        assert_int_equal(query.has_count, expected->has_count);
        assert_int_equal(query.deny_status, expected->deny_status);
    }
}

static void all_else_is_left_alone(void **state) {
    (void)state;
    static const char *const queries[] = {
        "userId=%61da",
        "userId=a+b",
        "use%72Id=ada",
        "userId=",
        "userId",
        "userId=a\"b",
        "userId=z\xc3\xa9ro",
        "userId=a b",
        ADA "&userId=ada",
        ADA "&metric=api_requests",
        "amount=1&amount=1",
        "count=true&count=true",
        "denyStatus=403&denyStatus=403",
        ADA "&x=1",
        ADA "&UserId=x",
        "&" ADA,
        ADA "&&amount=1",
        "metric=",
        "metric=steps",
        "metric=Storage",
        "amount=",
        "amount=-1",
        "amount=-0",
        "amount=01",
        "amount=1.5",
        "amount=1e3",
        "amount= 1",
        "amount=1000000000000000",
        "count=",
        "count=1",
        "count=TRUE",
        "denyStatus=",
        "denyStatus=200",
        "=",
        "=ada",
    };
    struct gate_query untouched;
    memset(&untouched, 0xa5, sizeof untouched);
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        struct gate_query query = untouched;
        if (gate_query_scan(str_from_cstr(queries[i]), &query)) {
            fail_msg("%s was read", queries[i]);
        }
        assert_memory_equal(&query, &untouched, sizeof query);
    }
}

/* 64 bytes and no more. */
static void the_longest_customer(void **state) {
    (void)state;
    char text[] = "userId=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct gate_query query;
    size_t longest = strlen("userId=") + LIMIT_USER_ID;
    assert_int_equal(strlen(text), longest + 1);
    assert_true(gate_query_scan(str_of(text, longest), &query));
    assert_int_equal(query.user_id.len, LIMIT_USER_ID);
    assert_false(gate_query_scan(str_of(text, longest + 1), &query));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_queries_are_read),
        cmocka_unit_test(all_else_is_left_alone),
        cmocka_unit_test(the_longest_customer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
