/* Guards: the steps from an invoice's lines to what is charged follow each other without a gap and
 * end at what is charged, whatever the amounts are. */
#include "core/waterfall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LINES = 4, ROUNDS = 20000 };

static struct money usd(int64_t minor) {
    return money_of(minor, CURRENCY_USD);
}

static void expect(const struct waterfall_step *step, enum waterfall_kind kind, int64_t amount,
                   int64_t from, int64_t to) {
    assert_int_equal(step->kind, kind);
    assert_int_equal(step->amount.minor, amount);
    assert_int_equal(step->from.minor, from);
    assert_int_equal(step->to.minor, to);
}

static void a_taxed_invoice_at_half_the_price_is_paid_by_the_balance_in_part(void **state) {
    (void)state;
    const struct money lines[] = {usd(2900)};
    struct waterfall_step steps[1 + WATERFALL_MORE];
    struct waterfall_sums sums = {lines, 1, usd(1450), usd(129), usd(1579), usd(1279)};
    assert_int_equal(waterfall_of(&sums, steps), 5);
    expect(&steps[0], WATERFALL_LINE, 2900, 0, 2900);
    expect(&steps[1], WATERFALL_DISCOUNT, -1450, 2900, 1450);
    expect(&steps[2], WATERFALL_TAX, 129, 1450, 1579);
    expect(&steps[3], WATERFALL_BALANCE, -300, 1579, 1279);
    expect(&steps[4], WATERFALL_DUE, 1279, 0, 1279);
}

static void what_comes_to_nothing_is_no_step_but_a_line_always_is(void **state) {
    (void)state;
    const struct money lines[] = {usd(0)};
    struct waterfall_step steps[1 + WATERFALL_MORE];
    struct waterfall_sums sums = {lines, 1, usd(0), usd(0), usd(0), usd(0)};
    assert_int_equal(waterfall_of(&sums, steps), 2);
    expect(&steps[0], WATERFALL_LINE, 0, 0, 0);
    expect(&steps[1], WATERFALL_DUE, 0, 0, 0);
}

static void a_credit_is_not_paid_out_and_goes_to_the_balance(void **state) {
    (void)state;
    const struct money lines[] = {usd(-9900), usd(2900)};
    struct waterfall_step steps[2 + WATERFALL_MORE];
    struct waterfall_sums sums = {lines, 2, usd(0), usd(0), usd(-7000), usd(0)};
    assert_int_equal(waterfall_of(&sums, steps), 4);
    assert_int_equal(steps[1].line, 1);
    expect(&steps[1], WATERFALL_LINE, 2900, -9900, -7000);
    expect(&steps[2], WATERFALL_BALANCE, 7000, -7000, 0);
    expect(&steps[3], WATERFALL_DUE, 0, 0, 0);
}

static void what_is_out_of_range_has_no_steps(void **state) {
    (void)state;
    const struct money lines[] = {usd(MONEY_MINOR_MAX), usd(1)};
    struct waterfall_step steps[2 + WATERFALL_MORE];
    struct waterfall_sums sums = {lines, 2, usd(0), usd(0), usd(0), usd(0)};
    assert_int_equal(waterfall_of(&sums, steps), 0);
    sums = (struct waterfall_sums){lines, 1, usd(0), usd(1), usd(0), usd(0)};
    assert_int_equal(waterfall_of(&sums, steps), 0);
    sums = (struct waterfall_sums){lines, 1, usd(0), usd(0), usd(-MONEY_MINOR_MAX), usd(0)};
    assert_int_equal(waterfall_of(&sums, steps), 0);
}

static int64_t draw(uint64_t *seed, int64_t below) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((*seed >> 33) % (uint64_t)below);
}

static void any_steps_lead_from_nothing_to_what_is_charged(void **state) {
    (void)state;
    uint64_t seed = 20261129;
    for (int round = 0; round < ROUNDS; round++) {
        struct money lines[LINES];
        struct waterfall_step steps[LINES + WATERFALL_MORE];
        size_t line_count = (size_t)draw(&seed, LINES + 1);
        for (size_t i = 0; i < line_count; i++) {
            lines[i] = usd(draw(&seed, 20000) - 10000);
        }
        struct waterfall_sums sums = {lines,
                                      line_count,
                                      usd(draw(&seed, 3000)),
                                      usd(draw(&seed, 3000)),
                                      usd(draw(&seed, 20000) - 10000),
                                      usd(draw(&seed, 10000))};
        size_t count = waterfall_of(&sums, steps);
        assert_true(count >= 1 && count <= line_count + WATERFALL_MORE);
        int64_t at = 0;
        for (size_t i = 0; i + 1 < count; i++) {
            assert_int_equal(steps[i].from.minor, at);
            at += steps[i].amount.minor;
            assert_int_equal(steps[i].to.minor, at);
            assert_true(steps[i].kind <= WATERFALL_BALANCE);
        }
        assert_int_equal(at, sums.due.minor);
        expect(&steps[count - 1], WATERFALL_DUE, at, 0, at);
    }
}

static void every_kind_has_a_name_of_its_own(void **state) {
    (void)state;
    assert_string_equal(waterfall_kind_name(WATERFALL_LINE), "line");
    assert_string_equal(waterfall_kind_name(WATERFALL_DISCOUNT), "discount");
    assert_string_equal(waterfall_kind_name(WATERFALL_TAX), "tax");
    assert_string_equal(waterfall_kind_name(WATERFALL_OTHER), "other");
    assert_string_equal(waterfall_kind_name(WATERFALL_BALANCE), "balance");
    assert_string_equal(waterfall_kind_name(WATERFALL_DUE), "due");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_taxed_invoice_at_half_the_price_is_paid_by_the_balance_in_part),
        cmocka_unit_test(what_comes_to_nothing_is_no_step_but_a_line_always_is),
        cmocka_unit_test(a_credit_is_not_paid_out_and_goes_to_the_balance),
        cmocka_unit_test(what_is_out_of_range_has_no_steps),
        cmocka_unit_test(any_steps_lead_from_nothing_to_what_is_charged),
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
