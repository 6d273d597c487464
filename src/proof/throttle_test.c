/* Promise: guessing is slowed down, then locked, by the rule in the header, to the millisecond; and
 * a bucket never gives more than its rate. */
#include "proof/throttle.h"

#include "base/testing.h"

static const int64_t START = INT64_C(1767225600000);

static void each_failure_costs_what_the_rule_says(void **state) {
    (void)state;
    static const struct {
        enum throttle_state state;
        int64_t wait_ms;
    } after[] = {
        {THROTTLE_OPEN, 0},         {THROTTLE_OPEN, 0},         {THROTTLE_OPEN, 0},
        {THROTTLE_DELAYED, 1000},   {THROTTLE_DELAYED, 2000},   {THROTTLE_DELAYED, 4000},
        {THROTTLE_DELAYED, 8000},   {THROTTLE_DELAYED, 16000},  {THROTTLE_DELAYED, 32000},
        {THROTTLE_DELAYED, 64000},  {THROTTLE_LOCKED, 1800000}, {THROTTLE_LOCKED, 1800000},
        {THROTTLE_LOCKED, 1800000},
    };
    struct throttle_account account = {0};
    int64_t now = START;
    for (size_t i = 0; i < ARRAY_LEN(after); i++) {
        struct throttle_answer answer = throttle_ask(account, now);
        assert_int_equal(answer.state, after[i].state);
        assert_int_equal(answer.wait_ms, after[i].wait_ms);
        if (answer.wait_ms > 0) {
            struct throttle_answer late = throttle_ask(account, now + answer.wait_ms - 1);
            assert_int_equal(late.state, after[i].state);
            assert_int_equal(late.wait_ms, 1);
        }
        now += answer.wait_ms;
        answer = throttle_ask(account, now);
        assert_int_equal(answer.state, THROTTLE_OPEN);
        assert_int_equal(answer.wait_ms, 0);
        account = throttle_failed(account, now);
    }
}

static void a_day_without_failures_forgets_them(void **state) {
    (void)state;
    struct throttle_account account = {.failures = THROTTLE_LOCK_FAILURES, .failed_at_ms = START};
    assert_int_equal(throttle_failed(account, START + THROTTLE_FORGET_MS - 1).failures,
                     THROTTLE_LOCK_FAILURES);
    assert_int_equal(throttle_failed(account, START + THROTTLE_FORGET_MS).failures, 1);
}

static void a_stranger_has_57_guesses_a_day(void **state) {
    (void)state;
    struct throttle_account account = {0};
    int guesses = 0;
    for (int64_t now = START; now < START + THROTTLE_FORGET_MS; now += 500) {
        if (throttle_ask(account, now).state == THROTTLE_OPEN) {
            account = throttle_failed(account, now);
            guesses++;
        }
    }
    assert_int_equal(guesses, 9 + 48);
}

static void a_clock_that_went_back_locks_nobody_for_longer(void **state) {
    (void)state;
    struct throttle_account account = {.failures = 10, .failed_at_ms = START};
    struct throttle_answer answer = throttle_ask(account, START - 1000 * (int64_t)THROTTLE_LOCK_MS);
    assert_int_equal(answer.state, THROTTLE_LOCKED);
    assert_int_equal(answer.wait_ms, THROTTLE_LOCK_MS);
}

static void a_bucket_gives_its_burst_and_then_its_rate(void **state) {
    (void)state;
    const struct throttle_rate rate = {.burst = 3, .refill_ms = 1000};
    struct throttle_bucket bucket = {0};
    int64_t wait = 0;
    for (int i = 0; i < 3; i++) {
        assert_true(throttle_take(&bucket, rate, START, &wait));
    }
    assert_false(throttle_take(&bucket, rate, START, &wait));
    assert_int_equal(wait, 1000);
    assert_false(throttle_take(&bucket, rate, START + 999, &wait));
    assert_int_equal(wait, 1);
    assert_true(throttle_take(&bucket, rate, START + 1000, &wait));
    assert_false(throttle_take(&bucket, rate, START + 1000, &wait));
    /* Full again after three refills without use, and no fuller. */
    for (int i = 0; i < 3; i++) {
        assert_true(throttle_take(&bucket, rate, START + 60000, &wait));
    }
    assert_false(throttle_take(&bucket, rate, START + 60000, &wait));
}

/* Whatever the instants, no window of time gives more than the burst and what it refills. */
static void no_window_gives_more_than_its_share(void **state) {
    (void)state;
    enum { TAKES = 2000, STEP_MAX = 700 };
    const struct throttle_rate rate = {.burst = 5, .refill_ms = 1000};
    struct throttle_bucket bucket = {0};
    static int64_t given[TAKES];
    size_t count = 0;
    int64_t now = START;
    uint32_t random = 1;
    for (int i = 0; i < TAKES; i++) {
        random = random * 1664525 + 1013904223;
        now += (random >> 16) % STEP_MAX;
        int64_t wait = 0;
        if (throttle_take(&bucket, rate, now, &wait)) {
            given[count++] = now;
        }
    }
    assert_in_range(count, 100, TAKES - 100);
    for (size_t from = 0; from < count; from++) {
        for (size_t to = from; to < count && to < from + 50; to++) {
            int64_t share = rate.burst + (given[to] - given[from]) / rate.refill_ms;
            assert_true((int64_t)(to - from) + 1 <= share);
        }
    }
}

static void a_bucket_survives_a_clock_that_went_back(void **state) {
    (void)state;
    const struct throttle_rate rate = {.burst = 3, .refill_ms = 1000};
    struct throttle_bucket bucket = {.full_at_ms = START + 3600 * 1000};
    int64_t wait = 0;
    assert_false(throttle_take(&bucket, rate, START, &wait));
    assert_int_equal(wait, 1000);
}

static void who_shares_a_bucket(void **state) {
    (void)state;
    static const struct {
        const char *one, *other;
        bool is_one_address, is_one_network;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", true, true},
        {"192.0.2.1", "::ffff:192.0.2.1", true, true},
        {"192.0.2.1", "192.0.2.2", false, true},
        {"192.0.2.1", "192.0.3.1", false, false},
        {"2001:db8:1:2::3", "2001:db8:1:2:ffff::", true, true},
        {"2001:db8:1:2::3", "2001:db8:1:3::3", false, true},
        {"2001:db8:1:2::3", "2001:db8:2:2::3", false, false},
        {"::1", "127.0.0.1", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct throttle_key one[2];
        struct throttle_key other[2];
        assert_true(throttle_keys(str_from_cstr(cases[i].one), &one[0], &one[1]));
        assert_true(throttle_keys(str_from_cstr(cases[i].other), &other[0], &other[1]));
        assert_int_equal(memcmp(&one[0], &other[0], sizeof one[0]) == 0, cases[i].is_one_address);
        assert_int_equal(memcmp(&one[1], &other[1], sizeof one[1]) == 0, cases[i].is_one_network);
    }
}

static void what_is_no_address_has_no_bucket(void **state) {
    (void)state;
    const struct str texts[] = {STR(""),
                                STR("localhost"),
                                STR("192.0.2"),
                                STR("192.0.2.1 "),
                                STR("192.0.2.1\0"),
                                STR("192.0.2.256"),
                                STR("::1%lo"),
                                STR("[::1]"),
                                STR("1:2:3:4:5:6:7:8:9"),
                                STR("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000")};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct throttle_key keys[2];
        assert_false(throttle_keys(texts[i], &keys[0], &keys[1]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_costs_what_the_rule_says),
        cmocka_unit_test(a_day_without_failures_forgets_them),
        cmocka_unit_test(a_stranger_has_57_guesses_a_day),
        cmocka_unit_test(a_clock_that_went_back_locks_nobody_for_longer),
        cmocka_unit_test(a_bucket_gives_its_burst_and_then_its_rate),
        cmocka_unit_test(no_window_gives_more_than_its_share),
        cmocka_unit_test(a_bucket_survives_a_clock_that_went_back),
        cmocka_unit_test(who_shares_a_bucket),
        cmocka_unit_test(what_is_no_address_has_no_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
