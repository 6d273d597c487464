/* Guards: a candidate that says what is in force changes nothing, whatever was billed; one that
 * says otherwise changes exactly what its prices are of; and nothing that no formula explains. */
#include "core/what_if.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define USD(minor) money_of((minor), CURRENCY_USD)

static void add(struct catalogue *catalogue, enum tier tier, int32_t version, int64_t month) {
    struct plan *plan = &catalogue->plans[catalogue->plan_count++];
    plan->tier = tier;
    plan->version = version;
    plan->prices[INTERVAL_MONTH] = (struct plan_price){true, USD(month)};
    plan->prices[INTERVAL_YEAR] = (struct plan_price){true, USD(10 * month)};
    plan->limits[METRIC_API_REQUESTS] = (struct limit){LIMIT_COUNT, {month * 100}, 110};
}

/* Owned by the caller; two versions of starter, the second dearer by `more`. */
static struct catalogue *catalogue_with(int64_t more) {
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    assert_non_null(catalogue);
    catalogue->currency = CURRENCY_USD;
    for (int tier = TIER_FREE; tier < TIER_COUNT; tier++) {
        add(catalogue, (enum tier)tier, 1, (int64_t)tier * 1000);
    }
    add(catalogue, TIER_STARTER, 2, 1000 + more);
    return catalogue;
}

static int64_t month_of(const struct catalogue *catalogue, enum tier tier, int32_t version) {
    const struct plan *plan = catalogue_plan_version(catalogue, tier, version);
    assert_non_null(plan);
    return plan->prices[INTERVAL_MONTH].amount.minor;
}

static void holders_keep_what_they_have_or_move_to_what_is_sold(void **state) {
    (void)state;
    struct catalogue *in_force = catalogue_with(500);
    struct catalogue *candidate = catalogue_with(900);
    struct catalogue *laid = calloc(1, sizeof *laid);
    const struct plan *missing = NULL;
    assert_non_null(laid);
    assert_int_equal(what_if_lay(in_force, candidate, WHAT_IF_KEEP, laid, &missing), WHAT_IF_FITS);
    assert_int_equal(month_of(laid, TIER_STARTER, 1), 1000);
    assert_int_equal(month_of(laid, TIER_STARTER, 2), 1900);
    assert_int_equal(what_if_lay(in_force, candidate, WHAT_IF_MOVE, laid, &missing), WHAT_IF_FITS);
    assert_int_equal(month_of(laid, TIER_STARTER, 1), 1900);
    assert_int_equal(month_of(laid, TIER_STARTER, 2), 1900);
    assert_int_equal(month_of(laid, TIER_PROFESSIONAL, 1), 2000);
    assert_int_equal(what_if_lay(in_force, in_force, WHAT_IF_KEEP, laid, &missing), WHAT_IF_FITS);
    assert_memory_equal(laid, in_force, sizeof *laid);
    free(in_force);
    free(candidate);
    free(laid);
}

static void another_currency_and_a_version_that_is_missing_are_refused(void **state) {
    (void)state;
    struct catalogue *in_force = catalogue_with(500);
    struct catalogue *candidate = catalogue_with(900);
    struct catalogue *laid = calloc(1, sizeof *laid);
    const struct plan *missing = NULL;
    assert_non_null(laid);
    assert_true(currency_parse(STR("eur"), &candidate->currency));
    assert_int_equal(what_if_lay(in_force, candidate, WHAT_IF_MOVE, laid, &missing),
                     WHAT_IF_CURRENCY);
    candidate->currency = CURRENCY_USD;
    candidate->plan_count--;
    assert_int_equal(what_if_lay(in_force, candidate, WHAT_IF_KEEP, laid, &missing),
                     WHAT_IF_PLAN_MISSING);
    assert_int_equal(missing->tier, TIER_STARTER);
    assert_int_equal(missing->version, 2);
    assert_int_equal(what_if_lay(in_force, candidate, WHAT_IF_MOVE, laid, &missing), WHAT_IF_FITS);
    assert_int_equal(month_of(laid, TIER_STARTER, 2), 1000);
    free(in_force);
    free(candidate);
    free(laid);
}

static void a_price_change_moves_its_versions_alone(void **state) {
    (void)state;
    struct catalogue *in_force = catalogue_with(500);
    struct catalogue *laid = calloc(1, sizeof *laid);
    assert_non_null(laid);
    what_if_lay_change(
        in_force,
        &(struct price_change){.tier = TIER_STARTER, .from = {1}, .from_count = 1, .to = 2}, laid);
    assert_int_equal(month_of(laid, TIER_STARTER, 1), 1500);
    assert_int_equal(month_of(laid, TIER_STARTER, 2), 1500);
    assert_int_equal(month_of(laid, TIER_PROFESSIONAL, 1), 2000);
    free(in_force);
    free(laid);
}

static void expect_line(const struct what_if_line *line, int64_t before, int64_t after) {
    struct money was;
    struct money is;
    assert_true(what_if_line(line, &was, &is));
    assert_int_equal(was.minor, before);
    assert_int_equal(is.minor, after);
}

static void a_line_is_what_its_formula_says_or_what_it_was(void **state) {
    (void)state;
    struct what_if_line line = {
        .amount = USD(2900),
        .discount = USD(290),
        .is_explained = true,
        .is_replayed = true,
        .has_discount = true,
        .price_before = USD(2900),
        .price_after = USD(3900),
        .again = USD(3900),
        .again_discount = USD(390),
    };
    expect_line(&line, 2610, 3510);
    line.has_discount = false; /* not known: what was taken off is */
    expect_line(&line, 2610, 3610);
    line.is_proration = line.has_discount = true; /* the discount is within */
    expect_line(&line, 2610, 3610);
    line.is_explained = false;
    expect_line(&line, 2610, 2610);
    line = (struct what_if_line){
        .amount = USD(-1450),
        .discount = USD(0),
        .is_explained = true,
        .is_replayed = true,
        .is_proration = true,
        .is_by_debit = true,
        .debit = USD(2900),
        .share = {1, 2},
        .price_before = USD(2900),
        .price_after = USD(3900),
        .again = USD(-7), /* no part of it: what was debited is given back */
    };
    expect_line(&line, -1450, -1950);
    line.share = (struct ratio){1401393, 2678400}; /* seconds of January */
    line.amount = USD(-1517);
    expect_line(&line, -1517, -2041); /* 3900 x 0.52322: not 1517 x 3900 / 2900 = 2040 */
    line.price_before = USD(0);
    expect_line(&line, -1517, -1517);
}

static void the_same_prices_give_the_same_cents(void **state) {
    (void)state;
    for (int64_t debit = 0; debit <= 60; debit++) {
        for (int64_t seconds = 0; seconds <= 60; seconds++) {
            const struct ratio share = {seconds, 60};
            struct money credit;
            assert_true(
                money_multiply_ratio(USD(debit), share, ROUND_HALF_AWAY_FROM_ZERO, &credit));
            const struct what_if_line line = {
                .amount = money_negate(credit),
                .discount = USD(0),
                .is_explained = true,
                .is_replayed = true,
                .is_by_debit = true,
                .debit = USD(debit),
                .share = share,
                .price_before = USD(debit + seconds + 1),
                .price_after = USD(debit + seconds + 1),
            };
            expect_line(&line, -credit.minor, -credit.minor);
        }
    }
}

static void only_what_is_new_is_a_hit(void **state) {
    (void)state;
    struct plan before = {.tier = TIER_STARTER};
    struct plan after = before;
    int64_t used[METRIC_COUNT] = {0};
    const int metric = METRIC_API_REQUESTS;
    const enum limit_kind free_kinds[] = {LIMIT_UNLIMITED, LIMIT_CONTRACT, LIMIT_TRACKED};
    used[metric] = 101;
    before.limits[metric] = (struct limit){LIMIT_COUNT, {200}, 110};
    after.limits[metric] = (struct limit){LIMIT_COUNT, {100}, 110};
    assert_int_equal(what_if_hits(&before, &after, used), 1U << metric);
    used[metric] = 100;
    assert_int_equal(what_if_hits(&before, &after, used), 0);
    used[metric] = 201; /* it was above before, too */
    assert_int_equal(what_if_hits(&before, &after, used), 0);
    for (size_t i = 0; i < ARRAY_LEN(free_kinds); i++) {
        before.limits[metric] = (struct limit){free_kinds[i], {0}, 110};
        assert_int_equal(what_if_hits(&before, &after, used), 1U << metric);
        assert_int_equal(what_if_hits(&after, &before, used), 0);
    }
}

static void sides_are_by_what_was_billed_first(void **state) {
    (void)state;
    assert_int_equal(what_if_side_of(0, 0), WHAT_IF_SAME);
    assert_int_equal(what_if_side_of(1, -5), WHAT_IF_MORE);
    assert_int_equal(what_if_side_of(-1, 5), WHAT_IF_LESS);
    assert_int_equal(what_if_side_of(0, 5), WHAT_IF_MORE);
    assert_int_equal(what_if_side_of(0, -5), WHAT_IF_LESS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holders_keep_what_they_have_or_move_to_what_is_sold),
        cmocka_unit_test(another_currency_and_a_version_that_is_missing_are_refused),
        cmocka_unit_test(a_price_change_moves_its_versions_alone),
        cmocka_unit_test(a_line_is_what_its_formula_says_or_what_it_was),
        cmocka_unit_test(the_same_prices_give_the_same_cents),
        cmocka_unit_test(only_what_is_new_is_a_hit),
        cmocka_unit_test(sides_are_by_what_was_billed_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
