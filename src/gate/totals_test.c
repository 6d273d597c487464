/* Guards: what a group adds is folded by key, to the unit, however it is mixed; no row holds more
 * than a row may. */
#include "gate/totals.h"

#include "base/limits.h"
#include "base/testing.h"

static int set_up(void **state) {
    static struct env env;
    static struct totals totals;
    env_posix_init(&env);
    totals_init(&totals, &env);
    *state = &totals;
    return 0;
}

static int tear_down(void **state) {
    totals_finish(*state);
    return 0;
}

static const char customers[8];

static struct total_key key_of(size_t customer, int64_t start) {
    return (struct total_key){.customer = &customers[customer],
                              .user_id = STR("u"),
                              .kind = TOTAL_HOUR,
                              .metric = METRIC_BANDWIDTH,
                              .start = start};
}

static struct total *at(struct totals *totals, struct total_key key) {
    assert_ok(totals_reserve(totals, 1));
    return totals_at(totals, &key);
}

static void every_part_of_the_key_counts(void **state) {
    struct totals *totals = *state;
    struct total_key keys[9];
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        keys[i] = key_of(0, 7);
    }
    keys[1].customer = &customers[1];
    keys[2].kind = TOTAL_PERIOD;
    keys[3].metric = METRIC_API_REQUESTS;
    keys[4].start = 8;
    keys[5].name = STR("fra");
    keys[6].part = STR("fra");
    keys[7].customer = NULL;
    keys[8].customer = NULL;
    keys[8].user_id = STR("v");
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        at(totals, keys[i])->value = (int64_t)i + 1;
    }
    assert_int_equal(totals->count, ARRAY_LEN(keys));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        assert_int_equal(at(totals, keys[i])->value, (int64_t)i + 1);
    }
    keys[1].user_id = STR("u"); /* of one customer in other bytes: the same row */
    assert_int_equal(at(totals, keys[1])->value, 2);
}

static void many_rows_in_any_order_then_none(void **state) {
    struct totals *totals = *state;
    enum { ROWS = 20000 };
    for (int round = 0; round < 2; round++) {
        for (int64_t i = 0; i < 3 * (int64_t)ROWS; i++) {
            struct total *total = at(totals, key_of((size_t)(i % 5), i * 7919 % ROWS));
            total->value = total_sum(total->value, 1);
        }
        int64_t sum = 0;
        totals_sort(totals);
        for (size_t i = 0; i < totals->count; i++) {
            sum += totals->rows[i]->value;
            assert_true(i == 0 || totals->rows[i - 1]->key.start <= totals->rows[i]->key.start);
        }
        assert_int_equal(sum, 3 * ROWS);
        totals_clear(totals);
        assert_int_equal(totals->count, 0);
    }
}

static void a_row_stays_within_what_it_holds(void **state) {
    (void)state;
    assert_int_equal(total_sum(LIMIT_AMOUNT, LIMIT_AMOUNT), LIMIT_AMOUNT);
    assert_int_equal(total_sum(-LIMIT_AMOUNT, -1), -LIMIT_AMOUNT);
    assert_int_equal(total_sum(LIMIT_AMOUNT, -1), LIMIT_AMOUNT - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_part_of_the_key_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_rows_in_any_order_then_none, set_up, tear_down),
        cmocka_unit_test(a_row_stays_within_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
