/* Guards: a change of plan costs what Stripe would charge for it, to the second and to the cent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rfc3339.h"
#include "core/proration.h"

static struct instant at(const char *text) {
    int64_t ms;
    assert_true(rfc3339_parse(str_from_cstr(text), &ms));
    return (struct instant){ms};
}

static struct proration_side side(const char *name, int64_t minor, enum interval interval) {
    return (struct proration_side){str_from_cstr(name), money_of(minor, CURRENCY_USD), interval};
}

static struct proration prorate(struct proration_side from, struct proration_side to,
                                const char *anchor, const char *when) {
    struct proration_change change = {from, to, at(anchor), at(when), false};
    return proration_of(&change);
}

static void assert_line(const struct proration *proration, size_t index, const char *description,
                        int64_t minor) {
    assert_true(index < proration->count);
    assert_string_equal(proration->lines[index].description, description);
    assert_int_equal(proration->lines[index].amount.minor, minor);
}

/* The guide's example: from 10 to 20 half way costs -5 and +10. */
static void half_way_from_10_to_20(void **state) {
    (void)state;
    struct proration p =
        prorate(side("Small", 1000, INTERVAL_MONTH), side("Large", 2000, INTERVAL_MONTH),
                "2026-06-01T00:00:00Z", "2026-06-16T00:00:00Z");
    assert_int_equal(p.count, 2);
    assert_line(&p, 0, "Unused time on Small after 16 Jun 2026", -500);
    assert_line(&p, 1, "Remaining time on Large after 16 Jun 2026", 1000);
    assert_int_equal(p.total.minor, 500);
    assert_int_equal(p.amount_due.minor, 500);
    assert_int_equal(p.credit.minor, 0);
    assert_int_equal(p.anchor.ms, at("2026-06-01T00:00:00Z").ms);
    assert_int_equal(p.period.end.ms, at("2026-07-01T00:00:00Z").ms);
    assert_int_equal(p.lines[1].period.start.ms, at("2026-06-16T00:00:00Z").ms);
    assert_int_equal(p.lines[1].period.end.ms, at("2026-07-01T00:00:00Z").ms);
    assert_true(p.lines[0].is_proration && p.lines[1].is_proration);
}

/* A contract's interval begins with it: the whole price, and a credit for what was unused. */
static void a_period_that_is_asked_for_begins_at_the_same_interval(void **state) {
    (void)state;
    struct proration_change change = {side("Small", 1000, INTERVAL_MONTH),
                                      side("Large", 2000, INTERVAL_MONTH),
                                      at("2026-06-01T00:00:00Z"), at("2026-06-16T00:00:00Z"), true};
    struct proration p = proration_of(&change);
    assert_line(&p, 0, "Unused time on Small after 16 Jun 2026", -500);
    assert_int_equal(p.lines[1].amount.minor, 2000);
    assert_false(p.lines[1].is_proration);
    assert_int_equal(p.amount_due.minor, 1500);
    assert_int_equal(p.anchor.ms, at("2026-06-16T00:00:00Z").ms);
    assert_int_equal(p.period.end.ms, at("2026-07-16T00:00:00Z").ms);
}

/* The billing mode page's example: with a third left, 20.00 to 10.00 is -6.67 and +3.33. */
static void each_line_is_rounded_by_itself(void **state) {
    (void)state;
    struct proration p =
        prorate(side("Large", 2000, INTERVAL_MONTH), side("Small", 1000, INTERVAL_MONTH),
                "2026-04-01T00:00:00Z", "2026-04-21T00:00:00Z");
    assert_line(&p, 0, "Unused time on Large after 21 Apr 2026", -667);
    assert_line(&p, 1, "Remaining time on Small after 21 Apr 2026", 333);
    assert_int_equal(p.total.minor, -334);
    assert_int_equal(p.amount_due.minor, 0);
    assert_int_equal(p.credit.minor, 334);
}

/* Signed up on the 20th with an anchor of the 1st: the month counts whole, not from the 20th. */
static void the_denominator_is_the_whole_period(void **state) {
    (void)state;
    struct proration p =
        prorate(side("Starter", 2900, INTERVAL_MONTH), side("Professional", 9900, INTERVAL_MONTH),
                "2026-01-01T00:00:00Z", "2026-06-25T00:00:00Z");
    assert_line(&p, 0, "Unused time on Starter after 25 Jun 2026", -580);
    assert_line(&p, 1, "Remaining time on Professional after 25 Jun 2026", 1980);
}

static void seconds_count_and_milliseconds_do_not(void **state) {
    (void)state;
    /* June has 2,592,000 s: a price of as many cents costs a cent a second. */
    struct proration_side a = side("A", 2592000, INTERVAL_MONTH);
    struct proration_side b = side("B", 5184000, INTERVAL_MONTH);
    struct proration p = prorate(a, b, "2026-06-01T00:00:00.900Z", "2026-06-30T23:59:58.999Z");
    assert_line(&p, 0, "Unused time on A after 30 Jun 2026", -2);
    assert_line(&p, 1, "Remaining time on B after 30 Jun 2026", 4);
    p = prorate(a, b, "2026-06-01T00:00:00.900Z", "2026-06-01T00:00:00.100Z");
    assert_line(&p, 0, "Unused time on A after 01 Jun 2026", -2592000);
    assert_line(&p, 1, "Remaining time on B after 01 Jun 2026", 5184000);
    assert_int_equal(p.period.start.ms, at("2026-06-01T00:00:00Z").ms);
}

static void another_interval_begins_a_new_period(void **state) {
    (void)state;
    struct proration p =
        prorate(side("Starter", 2900, INTERVAL_MONTH), side("Starter", 31320, INTERVAL_YEAR),
                "2026-06-01T00:00:00Z", "2026-06-16T00:00:00Z");
    assert_line(&p, 0, "Unused time on Starter after 16 Jun 2026", -1450);
    assert_line(&p, 1, "Starter for one year from 16 Jun 2026", 31320);
    assert_false(p.lines[1].is_proration);
    assert_int_equal(p.amount_due.minor, 29870);
    assert_int_equal(p.anchor.ms, at("2026-06-16T00:00:00Z").ms);
    assert_int_equal(p.period.end.ms, at("2027-06-16T00:00:00Z").ms);
    assert_int_equal(p.lines[1].period.end.ms, at("2027-06-16T00:00:00Z").ms);
}

static void year_to_month_leaves_credit(void **state) {
    (void)state;
    struct proration p =
        prorate(side("Professional", 106920, INTERVAL_YEAR), side("Starter", 2900, INTERVAL_MONTH),
                "2026-01-01T00:00:00Z", "2026-07-02T12:00:00Z");
    assert_line(&p, 0, "Unused time on Professional after 02 Jul 2026", -53460);
    assert_line(&p, 1, "Starter for one month from 02 Jul 2026", 2900);
    assert_int_equal(p.amount_due.minor, 0);
    assert_int_equal(p.credit.minor, 50560);
    assert_int_equal(p.period.end.ms, at("2026-08-02T12:00:00Z").ms);
}

static void free_to_paid_is_the_whole_price_from_now(void **state) {
    (void)state;
    struct proration p =
        prorate(side("Free", 0, INTERVAL_MONTH), side("Starter", 2900, INTERVAL_MONTH),
                "2026-06-01T00:00:00Z", "2026-06-16T10:00:00Z");
    assert_int_equal(p.count, 1);
    assert_line(&p, 0, "Starter for one month from 16 Jun 2026", 2900);
    assert_int_equal(p.anchor.ms, at("2026-06-16T10:00:00Z").ms);
}

static void paid_to_free_is_the_credit_alone(void **state) {
    (void)state;
    struct proration p =
        prorate(side("Starter", 2900, INTERVAL_MONTH), side("Free", 0, INTERVAL_YEAR),
                "2026-06-01T00:00:00Z", "2026-06-16T00:00:00Z");
    assert_int_equal(p.count, 1);
    assert_int_equal(p.credit.minor, 1450);
    assert_int_equal(p.amount_due.minor, 0);
    p = prorate(side("Free", 0, INTERVAL_MONTH), side("Free", 0, INTERVAL_YEAR),
                "2026-06-01T00:00:00Z", "2026-06-16T00:00:00Z");
    assert_int_equal(p.count, 0);
    assert_int_equal(p.total.minor, 0);
}

/* There and back at one instant costs nothing, and no instant of a year gives a share above the
 * price or a credit and a charge that drift apart. */
static void there_and_back_costs_nothing(void **state) {
    (void)state;
    struct proration_side a = side("A", 2900, INTERVAL_MONTH);
    struct proration_side b = side("B", 9901, INTERVAL_MONTH);
    struct instant anchor = at("2024-01-31T07:30:00Z");
    struct instant now = anchor;
    for (int i = 0; i < 1000; i++) {
        struct proration there = proration_of(&(struct proration_change){a, b, anchor, now, false});
        struct proration back = proration_of(&(struct proration_change){b, a, anchor, now, false});
        assert_int_equal(there.total.minor + back.total.minor, 0);
        assert_true(there.amount_due.minor >= 0 && there.amount_due.minor <= 9901 - 2900);
        now = instant_add(now, duration_seconds(31607));
    }
}

/* What was debited is given back, each debit by itself; what is over, or was for before, is not.
 * https://docs.stripe.com/billing/subscriptions/billing-mode/compare */
static void the_unused_part_of_what_was_debited(void **state) {
    (void)state;
    const struct proration_debit debits[] = {
        {money_of(2000, CURRENCY_USD), {at("2024-04-01T00:00:00Z"), at("2024-05-01T00:00:00Z")}},
        {money_of(667, CURRENCY_USD), {at("2024-04-11T00:00:00Z"), at("2024-05-01T00:00:00Z")}},
        {money_of(9999, CURRENCY_USD), {at("2024-03-01T00:00:00Z"), at("2024-04-01T00:00:00Z")}},
    };
    static const struct {
        const char *at;
        size_t count;
        int64_t credit;
    } rows[] = {
        {"2024-04-16T00:00:00Z", 1, -1000},
        {"2024-04-21T00:00:00Z", 3, -667 - 334}, /* a third of 20.00, half of 6.67 */
        {"2024-04-01T00:00:00Z", 3, -2000 - 667},
        {"2024-04-30T23:59:59Z", 3, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct money credit;
        assert_true(proration_unused(debits, rows[i].count, at(rows[i].at), &credit));
        assert_int_equal(credit.minor, rows[i].credit);
    }
    struct money none;
    assert_false(proration_unused(debits, 3, at("2024-05-01T00:00:00Z"), &none));
    assert_false(proration_unused(debits, 0, at("2024-04-16T00:00:00Z"), &none));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_way_from_10_to_20),
        cmocka_unit_test(a_period_that_is_asked_for_begins_at_the_same_interval),
        cmocka_unit_test(each_line_is_rounded_by_itself),
        cmocka_unit_test(the_denominator_is_the_whole_period),
        cmocka_unit_test(seconds_count_and_milliseconds_do_not),
        cmocka_unit_test(another_interval_begins_a_new_period),
        cmocka_unit_test(year_to_month_leaves_credit),
        cmocka_unit_test(free_to_paid_is_the_whole_price_from_now),
        cmocka_unit_test(paid_to_free_is_the_credit_alone),
        cmocka_unit_test(there_and_back_costs_nothing),
        cmocka_unit_test(the_unused_part_of_what_was_debited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
