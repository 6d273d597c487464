/* Guards: a line computed here comes to Stripe's cents: whole periods, parts to the second,
 * credits, and months that are not of one length. */
#include "core/recompute.h"

#include "base/rfc3339.h"
#include "base/testing.h"

static struct instant at(const char *text) {
    struct instant instant;
    assert_true(rfc3339_parse(str_from_cstr(text), &instant.ms));
    return instant;
}

static void test_vectors(void **state) {
    (void)state;
    static const struct {
        const char *anchor, *start, *end;
        int64_t price, quantity, amount;
        bool is_proration, is_credit;
    } rows[] = {
        /* A whole month, and three of it. */
        {"2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", 2900, 1, 2900,
         false, false},
        {"2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z", 2900, 3, 8700,
         false, false},
        /* Exactly half way through a 30-day month: -14.50 + 49.50 = 35.00. */
        {"2026-04-01T00:00:00Z", "2026-04-16T00:00:00Z", "2026-05-01T00:00:00Z", 2900, 1, -1450,
         true, true},
        {"2026-04-01T00:00:00Z", "2026-04-16T00:00:00Z", "2026-05-01T00:00:00Z", 9900, 1, 4950,
         true, false},
        /* A third of 20.00 and 10.00: each line is rounded by itself. */
        {"2026-04-01T00:00:00Z", "2026-04-21T00:00:00Z", "2026-05-01T00:00:00Z", 2000, 1, -667,
         true, true},
        {"2026-04-01T00:00:00Z", "2026-04-21T00:00:00Z", "2026-05-01T00:00:00Z", 1000, 1, 333, true,
         false},
        /* The period that a clamped month end begins is as long as the calendar says. */
        {"2026-01-31T00:00:00Z", "2026-03-14T12:00:00Z", "2026-03-31T00:00:00Z", 3100, 1, 1650,
         true, false},
        /* The anchor has moved since: counted back from the line's end. */
        {"2026-01-01T00:00:00Z", "2026-04-25T00:00:00Z", "2026-05-10T00:00:00Z", 3000, 1, 1500,
         true, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct currency usd;
        assert_true(currency_parse(STR("usd"), &usd));
        const struct recompute_line line = {
            .price = money_of(rows[i].price, usd),
            .interval = INTERVAL_MONTH,
            .quantity = rows[i].quantity,
            .period = {at(rows[i].start), at(rows[i].end)},
            .anchor = at(rows[i].anchor),
            .is_proration = rows[i].is_proration,
            .is_credit = rows[i].is_credit,
        };
        struct recomputed result;
        assert_true(recompute(&line, &result));
        if (result.amount.minor != rows[i].amount) {
            fail_msg("row %zu: %lld, not %lld", i, (long long)result.amount.minor,
                     (long long)rows[i].amount);
        }
    }
}

/* A coupon stands beside a whole period and inside a part; a credit gives back a debit; a trial is
 * for nothing. */
static void test_what_lowers_the_price(void **state) {
    (void)state;
    struct currency usd;
    struct currency eur;
    assert_true(currency_parse(STR("usd"), &usd));
    assert_true(currency_parse(STR("eur"), &eur));
    const struct coupon half = {.code = "HALF", .percent_off = 50};
    const struct coupon ten = {.code = "TEN", .amount_off = money_of(1000, usd)};
    const struct coupon euros = {.code = "EUR", .amount_off = money_of(1000, eur)};
    struct recompute_line whole = {
        .price = money_of(2900, usd),
        .interval = INTERVAL_MONTH,
        .quantity = 1,
        .period = {at("2026-04-01T00:00:00Z"), at("2026-05-01T00:00:00Z")},
        .anchor = at("2026-04-01T00:00:00Z"),
        .coupon = &half,
    };
    struct recompute_line part = whole;
    part.period.start = at("2026-04-16T00:00:00Z");
    part.is_proration = true;
    struct recomputed result;

    assert_true(recompute(&whole, &result));
    assert_int_equal(result.amount.minor, 2900);
    assert_int_equal(result.discount.minor, 1450);
    assert_true(recompute(&part, &result));
    assert_int_equal(result.amount.minor, 725);
    whole.coupon = part.coupon = &ten;
    assert_true(recompute(&whole, &result));
    assert_int_equal(result.discount.minor, 1000);
    assert_true(recompute(&part, &result));
    assert_int_equal(result.amount.minor, 950);
    whole.price = money_of(700, usd);
    assert_true(recompute(&whole, &result));
    assert_int_equal(result.discount.minor, 700);
    whole.coupon = &euros;
    assert_false(recompute(&whole, &result));

    const struct proration_debit debit = {money_of(1900, usd),
                                          {at("2026-04-10T00:00:00Z"), at("2026-05-01T00:00:00Z")}};
    part.coupon = NULL;
    part.debit = &debit;
    part.is_credit = true;
    assert_true(recompute(&part, &result));
    assert_int_equal(result.amount.minor, -1357); /* 15 of 21 days */

    whole.is_trial = true;
    assert_true(recompute(&whole, &result));
    assert_int_equal(result.amount.minor, 0);
    assert_int_equal(result.discount.minor, 0);
    whole.is_trial = false;
    whole.coupon = NULL;
    whole.price = money_of(MONEY_MINOR_MAX, usd);
    whole.quantity = 2;
    assert_false(recompute(&whole, &result));
}

static void test_a_coupon_of_an_amount_is_shared(void **state) {
    (void)state;
    const struct coupon ten = {.code = "TEN", .amount_off = money_of(1000, CURRENCY_USD)};
    const struct money both[] = {money_of(1100, CURRENCY_USD), money_of(2900, CURRENCY_USD)};
    const struct recompute_line whole = {
        .price = both[1],
        .interval = INTERVAL_MONTH,
        .quantity = 1,
        .period = {at("2026-04-01T00:00:00Z"), at("2026-05-01T00:00:00Z")},
        .anchor = at("2026-04-01T00:00:00Z"),
        .coupon = &ten,
        .beside = {both, ARRAY_LEN(both)},
        .place = 1,
    };
    struct recomputed result;
    assert_true(recompute(&whole, &result));
    assert_int_equal(result.discount.minor, 725);
}

static void test_more_than_a_period_is_refused(void **state) {
    (void)state;
    struct currency usd;
    struct recomputed result;
    assert_true(currency_parse(STR("usd"), &usd));
    struct recompute_line line = {
        .price = money_of(2900, usd),
        .interval = INTERVAL_MONTH,
        .quantity = 1,
        .period = {at("2026-01-01T00:00:00Z"), at("2026-03-01T00:00:00Z")},
        .anchor = at("2026-01-01T00:00:00Z"),
        .is_proration = true,
    };
    assert_false(recompute(&line, &result));
    line.period.end = at("2026-01-15T00:00:00Z");
    line.quantity = -1;
    assert_false(recompute(&line, &result));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_what_lowers_the_price),
        cmocka_unit_test(test_a_coupon_of_an_amount_is_shared),
        cmocka_unit_test(test_more_than_a_period_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
