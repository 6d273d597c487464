/* Promise: numbers and instants are put as printf and RFC 3339 write them, within the room that is
 * said to suffice. */
#include "base/put.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/prng.h"
#include "base/rfc3339.h"
#include "base/testing.h"

static void assert_number(int64_t value) {
    char expected[32];
    char got[PUT_I64_MAX + 1];
    (void)snprintf(expected, sizeof expected, "%" PRId64, value);
    *put_i64(got, value) = '\0';
    assert_string_equal(got, expected);
}

static void numbers_of_every_length(void **state) {
    (void)state;
    assert_number(0);
    assert_number(INT64_MAX);
    assert_number(INT64_MIN);
    int64_t power = 1;
    for (int digits = 1; digits < 19; digits++, power *= 10) {
        for (int64_t near = -2; near <= 2; near++) {
            assert_number(power + near);
            assert_number(-power + near);
        }
    }
    for (int bit = 0; bit < 63; bit++) {
        assert_number(INT64_C(1) << bit);
        assert_number((INT64_C(1) << bit) - 1);
    }
    struct prng prng = {1};
    for (int i = 0; i < 100000; i++) {
        assert_number((int64_t)(prng_next(&prng) >> prng_below(&prng, 64)));
    }
}

static void the_greatest_number_without_a_sign(void **state) {
    (void)state;
    char got[PUT_I64_MAX + 1];
    *put_u64(got, UINT64_MAX) = '\0';
    assert_string_equal(got, "18446744073709551615");
}

/* What rfc3339_test.c says of the text holds here, too: it is this that writes it. */
static void instants_at_the_edges(void **state) {
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {RFC3339_FIRST_MS, "0001-01-01T00:00:00Z"},
        {RFC3339_LAST_MS, "9999-12-31T23:59:59.999Z"},
        {0, "1970-01-01T00:00:00Z"},
        {7, "1970-01-01T00:00:00.007Z"},
        {-10, "1969-12-31T23:59:59.990Z"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char got[PUT_RFC3339_MAX + 1];
        *put_rfc3339(got, rows[i].ms) = '\0';
        assert_string_equal(got, rows[i].text);
    }
}

static void texts_one_behind_the_other(void **state) {
    (void)state;
    char got[16];
    char *at = put_str(got, STR("a"));
    at = put_str(at, (struct str){NULL, 0});
    at = put_str(at, STR("bc"));
    *at = '\0';
    assert_string_equal(got, "abc");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_every_length),
        cmocka_unit_test(the_greatest_number_without_a_sign),
        cmocka_unit_test(instants_at_the_edges),
        cmocka_unit_test(texts_one_behind_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
