/* Guards: everything that becomes due of a contract becomes due once, in its order, on the right
 * day, also at the ends of months; the provider hears of a price in the interval before it. */
#include "core/contract_life.h"

#include <stdio.h>

#include "base/rfc3339.h"
#include "base/testing.h"

static struct instant at(const char *text) {
    struct instant instant;
    assert_true(rfc3339_parse(str_from_cstr(text), &instant.ms));
    return instant;
}

static struct money usd(int64_t minor) {
    return money_of(minor, CURRENCY_USD);
}

static struct contract_terms terms_of(int32_t months, int32_t notice_days) {
    return (struct contract_terms){
        .tier = TIER_ENTERPRISE,
        .plan_version = 1,
        .interval = INTERVAL_MONTH,
        .amount = usd(50000),
        .term_months = months,
        .notice_days = notice_days,
    };
}

/* What is due at each moment, done as the caller does it, until the term is over. */
struct diary {
    char text[512];
};

static const char *word_of(const struct contract_task *task) {
    static const char *const words[] = {[CONTRACT_DUE_REMINDER] = "remind",
                                        [CONTRACT_DUE_CHANGE] = "tell",
                                        [CONTRACT_DUE_END] = "end"};
    static const char *const nexts[] = {[CONTRACT_NEXT_STEP] = "step",
                                        [CONTRACT_NEXT_RENEWAL] = "renewal",
                                        [CONTRACT_NEXT_NOTHING] = "nothing"};
    return task->due == CONTRACT_DUE_CHANGE ? nexts[task->boundary.next] : words[task->due];
}

static struct diary live(const struct contract_terms *terms, struct contract_life life) {
    struct diary diary = {""};
    struct contract_task task = {.due = CONTRACT_DUE_REMINDER};
    size_t len = 0;
    for (int i = 0; i < 20 && task.due != CONTRACT_DUE_END; i++) {
        char day[RFC3339_SIZE];
        task = contract_next_task(terms, &life);
        rfc3339_format(task.at.ms, day);
        len += (size_t)snprintf(diary.text + len, sizeof diary.text - len, "%s%.13s %s",
                                i == 0 ? "" : "; ", day, word_of(&task));
        life.is_reminded |= task.due == CONTRACT_DUE_REMINDER;
        if (task.due == CONTRACT_DUE_CHANGE) {
            life.told_until = task.boundary.at;
        }
    }
    assert_int_equal(task.due, CONTRACT_DUE_END);
    return diary;
}

static struct contract_life begun(const char *start) {
    return (struct contract_life){.start = at(start), .told_until = at(start)};
}

static void a_term_is_lived_once_and_in_order(void **state) {
    (void)state;
    struct contract_terms ends = terms_of(12, 30);
    struct diary diary = live(&ends, begun("2026-01-31T00:00:00Z"));
    assert_string_equal(diary.text, "2026-12-31T01 nothing; 2027-01-01T00 remind; "
                                    "2027-01-31T00 end");

    struct contract_terms renews = terms_of(12, 30);
    renews.renewal = CONTRACT_RENEWS_AUTOMATICALLY;
    renews.uplift_basis_points = 500;
    diary = live(&renews, begun("2026-01-31T00:00:00Z"));
    assert_string_equal(diary.text, "2026-12-02T00 remind; 2026-12-31T01 renewal; "
                                    "2027-01-31T00 end");

    struct contract_life stopped = begun("2026-01-31T00:00:00Z");
    stopped.is_stopped = true;
    diary = live(&renews, stopped);
    assert_string_equal(diary.text, "2026-12-02T00 remind; 2026-12-31T01 nothing; "
                                    "2027-01-31T00 end");

    renews.uplift_basis_points = 0; /* the same price goes on: nothing is told */
    renews.notice_days = 0;
    diary = live(&renews, begun("2026-01-31T00:00:00Z"));
    assert_string_equal(diary.text, "2027-01-31T00 end");
}

static void steps_are_told_in_the_interval_before(void **state) {
    (void)state;
    struct contract_terms ramped = terms_of(3, 0);
    ramped.ramp_count = 2;
    ramped.ramp[0] = (struct contract_ramp){1, usd(60000)};
    ramped.ramp[1] = (struct contract_ramp){2, usd(70000)};
    struct diary diary = live(&ramped, begun("2026-01-31T10:00:00Z"));
    assert_string_equal(diary.text, "2026-01-31T11 step; 2026-02-28T11 step; "
                                    "2026-03-31T11 nothing; 2026-04-30T10 end");

    struct contract_terms yearly = terms_of(36, 0);
    yearly.interval = INTERVAL_YEAR;
    yearly.ramp_count = 1;
    yearly.ramp[0] = (struct contract_ramp){24, usd(60000)};
    diary = live(&yearly, begun("2024-02-29T00:00:00Z"));
    assert_string_equal(diary.text, "2025-02-28T01 step; 2026-02-28T01 nothing; "
                                    "2027-02-28T00 end");
    struct contract_life life = begun("2026-01-31T10:00:00Z");
    assert_int_equal(contract_next_task(&ramped, &life).boundary.step, 1);
    life.told_until.ms -= 1; /* its very beginning was told too late */
    assert_int_equal(contract_next_task(&ramped, &life).boundary.step, 0);
}

/* A term that is shorter than its notice: never before the start. */
static void nothing_is_due_before_the_start(void **state) {
    (void)state;
    struct contract_terms shorter = terms_of(1, 180);
    shorter.renewal = CONTRACT_RENEWS_AUTOMATICALLY;
    struct contract_life life = begun("2026-03-01T00:00:00Z");
    struct contract_task task = contract_next_task(&shorter, &life);
    assert_int_equal(task.due, CONTRACT_DUE_REMINDER);
    assert_true(instant_equal(task.at, life.start));
    assert_true(instant_equal(contract_notice_at(&shorter, life.start), life.start));
}

static void intervals_are_known_by_their_day(void **state) {
    (void)state;
    struct contract_terms terms = terms_of(12, 0);
    struct instant start = at("2026-01-31T10:30:00Z");
    struct instant begins;
    assert_true(contract_interval_at(&terms, start, at("2026-02-28T00:00:00Z"), &begins));
    assert_true(instant_equal(begins, at("2026-02-28T10:30:00Z")));
    assert_true(contract_interval_at(&terms, start, at("2027-01-31T23:00:00Z"), &begins));
    assert_false(contract_interval_at(&terms, start, at("2026-02-27T23:59:59Z"), &begins));
    assert_false(contract_interval_at(&terms, start, at("2027-02-28T10:30:00Z"), &begins));
    terms.interval = INTERVAL_YEAR;
    assert_false(contract_interval_at(&terms, start, at("2026-02-28T00:00:00Z"), &begins));
    assert_true(instant_equal(
        contract_tell_at(&terms, at("2024-02-29T00:00:00Z"), at("2026-02-28T00:00:00Z")),
        at("2025-02-28T01:00:00Z")));
    assert_true(instant_equal(contract_tell_at(&terms, start, start), at("2026-01-31T11:30:00Z")));
}

static void the_interval_that_is_billed_says_whether_it_is_time(void **state) {
    (void)state;
    const struct period march = {at("2026-03-01T10:00:00Z"), at("2026-04-01T10:00:00Z")};
    static const struct {
        const char *boundary;
        enum contract_reach reach;
    } rows[] = {
        {"2026-03-01T10:00:00Z", CONTRACT_REACH_PAST},
        {"2026-02-01T10:00:00Z", CONTRACT_REACH_PAST},
        {"2026-04-01T10:00:00Z", CONTRACT_REACH_NEXT},
        {"2026-04-01T10:00:07Z", CONTRACT_REACH_NEXT}, /* seconds of the provider's own */
        {"2026-05-01T10:00:00Z", CONTRACT_REACH_BEFORE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(contract_reach(march, at(rows[i].boundary)), rows[i].reach);
    }
}

/* What is shown is what is billed: the price to come, and that of each interval. */
static void prices_to_come_are_known(void **state) {
    (void)state;
    struct contract_terms terms = terms_of(12, 0);
    terms.ramp_count = 1;
    terms.ramp[0] = (struct contract_ramp){6, usd(60000)};
    struct contract_life life = begun("2026-01-31T10:00:00Z");
    struct instant next;
    struct money amount;
    assert_true(contract_next_price(&terms, &life, life.start, &next, &amount));
    assert_true(instant_equal(next, at("2026-07-31T10:00:00Z")));
    assert_int_equal(amount.minor, 60000);
    assert_false(contract_next_price(&terms, &life, next, &next, &amount)); /* it ends */
    terms.renewal = CONTRACT_RENEWS_AUTOMATICALLY;
    terms.uplift_basis_points = 1000;
    assert_true(contract_next_price(&terms, &life, next, &next, &amount));
    assert_true(instant_equal(next, at("2027-01-31T10:00:00Z")));
    assert_int_equal(amount.minor, 66000);
    static const struct {
        const char *at;
        size_t step;
        enum contract_next next;
    } rows[] = {
        {"2026-01-31T10:00:00Z", 0, CONTRACT_NEXT_STEP},
        {"2026-06-30T10:00:00Z", 0, CONTRACT_NEXT_STEP},
        {"2026-07-31T09:59:58Z", 1, CONTRACT_NEXT_STEP}, /* the provider's own seconds */
        {"2026-12-31T10:00:00Z", 1, CONTRACT_NEXT_STEP},
        {"2027-01-31T09:59:58Z", 0, CONTRACT_NEXT_RENEWAL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct contract_boundary billed = contract_billed_at(&terms, &life, at(rows[i].at));
        assert_int_equal(billed.next, rows[i].next);
        assert_int_equal(billed.step, rows[i].step);
    }
    life.is_stopped = true;
    assert_int_equal(contract_billed_at(&terms, &life, at("2027-01-31T10:00:00Z")).next,
                     CONTRACT_NEXT_NOTHING);
    assert_false(contract_next_price(&terms, &life, at("2026-08-01T00:00:00Z"), &next, &amount));
}

static void all_prices_to_come_are_listed_in_order(void **state) {
    (void)state;
    struct contract_price prices[CONTRACT_PRICES_MAX];
    struct contract_terms terms = terms_of(12, 0);
    struct contract_life life = begun("2026-01-31T10:00:00Z");
    assert_int_equal(contract_prices_after(&terms, &life, life.start, prices), 0); /* it ends */
    terms.renewal = CONTRACT_RENEWS_AUTOMATICALLY;
    terms.uplift_basis_points = 500;
    for (int32_t i = 0; i < CONTRACT_RAMP_MAX; i++) {
        terms.ramp[terms.ramp_count++] =
            (struct contract_ramp){i + 1, usd(60000 + (int64_t)i * 1000)};
    }
    assert_int_equal(contract_prices_after(&terms, &life, life.start, prices), CONTRACT_PRICES_MAX);
    assert_true(instant_equal(prices[0].at, at("2026-02-28T10:00:00Z")));
    assert_int_equal(prices[0].amount.minor, 60000);
    assert_false(prices[0].is_renewal);
    assert_false(prices[CONTRACT_RAMP_MAX - 1].is_renewal);
    assert_true(prices[CONTRACT_RAMP_MAX].is_renewal);
    assert_true(instant_equal(prices[CONTRACT_RAMP_MAX].at, at("2027-01-31T10:00:00Z")));
    assert_int_equal(prices[CONTRACT_RAMP_MAX].amount.minor, 70350); /* 67000 and 5 % */

    struct instant late = at("2026-09-30T10:00:00Z"); /* the last step has begun */
    assert_int_equal(contract_prices_after(&terms, &life, late, prices), 1);
    assert_true(prices[0].is_renewal);
    life.is_stopped = true;
    assert_int_equal(contract_prices_after(&terms, &life, late, prices), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_term_is_lived_once_and_in_order),
        cmocka_unit_test(steps_are_told_in_the_interval_before),
        cmocka_unit_test(nothing_is_due_before_the_start),
        cmocka_unit_test(intervals_are_known_by_their_day),
        cmocka_unit_test(prices_to_come_are_known),
        cmocka_unit_test(all_prices_to_come_are_listed_in_order),
        cmocka_unit_test(the_interval_that_is_billed_says_whether_it_is_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
