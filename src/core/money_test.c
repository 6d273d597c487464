/* Guards: money is never lost, made or mixed; rounding is Stripe's; out of range is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/money.h"

static struct money usd(int64_t minor) {
    return money_of(minor, CURRENCY_USD);
}

/* A small generator with a fixed seed: the same amounts in every run (Knuth's MMIX constants). */
static uint64_t next_random(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 11;
}

static void currencies_are_lower_case_iso_codes(void **state) {
    (void)state;
    struct currency currency;
    assert_true(currency_parse(STR("usd"), &currency));
    assert_string_equal(currency.code, "usd");
    assert_true(currency_equal(currency, CURRENCY_USD));
    static const char *const bad[] = {"", "us", "USD", "usd ", "usdx", "zzz", "sd ", "d a", " us"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(currency_parse(str_from_cstr(bad[i]), &currency));
    }
    assert_string_equal(currency.code, "usd"); /* untouched by refusals */
    assert_false(currency_is_known((struct currency){{0}}));
    assert_false(currency_is_known((struct currency){{'u', 's', 'd', 'x'}}));
    assert_false(currency_is_known((struct currency){"zzz"}));
}

static void exponents_follow_iso_4217(void **state) {
    (void)state;
    static const struct {
        const char *code;
        int exponent;
    } cases[] = {{"jpy", 0}, {"krw", 0}, {"xpf", 0}, {"bif", 0}, {"usd", 2}, {"aed", 2},
                 {"zwg", 2}, {"eur", 2}, {"bhd", 3}, {"kwd", 3}, {"tnd", 3}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct currency currency;
        assert_true(currency_parse(str_from_cstr(cases[i].code), &currency));
        assert_int_equal(currency_exponent(currency), cases[i].exponent);
    }
}

static void sums_are_refused_past_the_range(void **state) {
    (void)state;
    struct money result = usd(7);
    assert_true(money_add(usd(2900), usd(-100), &result));
    assert_int_equal(result.minor, 2800);
    assert_true(money_subtract(usd(2900), usd(3000), &result));
    assert_int_equal(result.minor, -100);
    assert_true(money_add(usd(MONEY_MINOR_MAX - 1), usd(1), &result));
    assert_int_equal(result.minor, MONEY_MINOR_MAX);
    assert_false(money_add(usd(MONEY_MINOR_MAX), usd(1), &result));
    assert_false(money_subtract(usd(-MONEY_MINOR_MAX), usd(1), &result));
    assert_int_equal(result.minor, MONEY_MINOR_MAX); /* untouched */
}

static void amounts_compare(void **state) {
    (void)state;
    assert_true(money_compare(usd(1), usd(2)) < 0);
    assert_true(money_compare(usd(2), usd(1)) > 0);
    assert_true(money_equal(usd(2), usd(2)));
    assert_false(money_equal(usd(2), usd(-2)));
    assert_true(money_is_zero(money_zero(CURRENCY_USD)));
    assert_false(money_is_zero(usd(1)));
    assert_true(money_is_negative(usd(-1)));
    assert_false(money_is_negative(usd(0)));
    assert_int_equal(money_negate(usd(-5)).minor, 5);
    assert_true(money_is_valid(usd(-MONEY_MINOR_MAX)));
    assert_false(money_is_valid(usd(MONEY_MINOR_MAX + 1)));
    assert_false(money_is_valid(usd(-MONEY_MINOR_MAX - 1)));
    assert_false(money_is_valid(money_of(1, (struct currency){{0}})));
}

static void products_round_as_named(void **state) {
    (void)state;
    static const struct {
        int64_t minor, numerator, denominator;
        int64_t half_away, toward_zero;
    } cases[] = {
        {1, 1, 2, 1, 0},
        {-1, 1, 2, -1, 0},
        {3, 1, 2, 2, 1},
        {-3, 1, 2, -2, -1},
        {2000, 1, 3, 667, 666}, /* a third of 20.00 is 6.67 */
        {1000, 1, 3, 333, 333},
        {1, 1, 3, 0, 0},
        {2, 1, 3, 1, 0},
        {2900, 0, 86400, 0, 0},
        {2900, 1, 1, 2900, 2900},
        {100, -1, 8, -13, -12},
        {1000, 825, 10000, 83, 82}, /* 8.25 % of 10.00 */
        {MONEY_MINOR_MAX, INT64_MAX, INT64_MAX, MONEY_MINOR_MAX, MONEY_MINOR_MAX},
        {1, INT64_MAX / 2, INT64_MAX, 0, 0},
        {0, INT64_MIN, 1, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct ratio ratio = {cases[i].numerator, cases[i].denominator};
        struct money product;
        assert_true(
            money_multiply_ratio(usd(cases[i].minor), ratio, ROUND_HALF_AWAY_FROM_ZERO, &product));
        assert_int_equal(product.minor, cases[i].half_away);
        assert_true(money_multiply_ratio(usd(cases[i].minor), ratio, ROUND_TOWARD_ZERO, &product));
        assert_int_equal(product.minor, cases[i].toward_zero);
    }
}

static void products_are_refused_past_the_range(void **state) {
    (void)state;
    struct money product = usd(7);
    assert_false(money_multiply_ratio(usd(MONEY_MINOR_MAX), (struct ratio){2, 1}, ROUND_TOWARD_ZERO,
                                      &product));
    assert_false(money_multiply_ratio(usd(-MONEY_MINOR_MAX), (struct ratio){INT64_MAX, 1},
                                      ROUND_HALF_AWAY_FROM_ZERO, &product));
    assert_int_equal(product.minor, 7);
}

static void known_allocations(void **state) {
    (void)state;
    struct money parts[4];
    static const struct weight thirds[] = {{1}, {1}, {1}};
    money_allocate(usd(100), thirds, 3, parts);
    assert_int_equal(parts[0].minor, 34);
    assert_int_equal(parts[1].minor, 33);
    assert_int_equal(parts[2].minor, 33);
    money_allocate(usd(-100), thirds, 3, parts);
    assert_int_equal(parts[0].minor, -34);
    assert_int_equal(parts[2].minor, -33);
    /* 0.5 : 33.3 : 66.2 of 100, the largest remainder is the first's */
    static const struct weight uneven[] = {{5}, {333}, {662}, {0}};
    money_allocate(usd(100), uneven, 4, parts);
    assert_int_equal(parts[0].minor, 1);
    assert_int_equal(parts[1].minor, 33);
    assert_int_equal(parts[2].minor, 66);
    assert_int_equal(parts[3].minor, 0);
    money_allocate(usd(0), uneven, 4, parts);
    assert_int_equal(parts[2].minor, 0);
    static const struct weight huge[] = {{INT64_MAX}, {INT64_MAX}};
    money_allocate(usd(MONEY_MINOR_MAX), huge, 2, parts);
    assert_int_equal(parts[0].minor, MONEY_MINOR_MAX / 2);
}

/* Every part is within one minor unit of its exact share, and together they are the whole. */
static void parts_always_sum_to_the_whole(void **state) {
    (void)state;
    uint64_t random = 2015;
    for (int round = 0; round < 20000; round++) {
        struct weight weights[MONEY_PARTS_MAX];
        struct money parts[MONEY_PARTS_MAX];
        size_t count =
            1 + (size_t)(next_random(&random) % (round % 50 == 0 ? MONEY_PARTS_MAX : 12));
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            weights[i].value = (int64_t)(next_random(&random) % 1000);
            sum += weights[i].value;
        }
        weights[0].value += sum == 0;
        sum += sum == 0;
        int64_t total = (int64_t)(next_random(&random) % 100000000) - 50000000;
        money_allocate(usd(total), weights, count, parts);
        int64_t together = 0;
        for (size_t i = 0; i < count; i++) {
            int64_t off = parts[i].minor * sum - total * weights[i].value;
            assert_true(off > -sum && off < sum);
            assert_true(weights[i].value > 0 || parts[i].minor == 0);
            together += parts[i].minor;
        }
        assert_int_equal(together, total);
    }
}

static void decimals_have_the_digits_of_the_currency(void **state) {
    (void)state;
    static const struct {
        const char *code;
        int64_t minor;
        const char *text;
    } cases[] = {
        {"usd", 0, "0.00"},
        {"usd", 5, "0.05"},
        {"usd", 2900, "29.00"},
        {"usd", -1234, "-12.34"},
        {"usd", -5, "-0.05"},
        {"jpy", 2900, "2900"},
        {"jpy", -1, "-1"},
        {"kwd", 1234, "1.234"},
        {"kwd", -7, "-0.007"},
        {"usd", MONEY_MINOR_MAX, "90071992547409.92"},
        {"jpy", -MONEY_MINOR_MAX, "-9007199254740992"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char bytes[MONEY_DECIMAL_MAX + 1];
        struct text text;
        struct currency currency;
        assert_true(currency_parse(str_from_cstr(cases[i].code), &currency));
        text_init(&text, bytes, sizeof bytes);
        money_decimal(&text, money_of(cases[i].minor, currency));
        assert_string_equal(bytes, cases[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currencies_are_lower_case_iso_codes),
        cmocka_unit_test(exponents_follow_iso_4217),
        cmocka_unit_test(sums_are_refused_past_the_range),
        cmocka_unit_test(amounts_compare),
        cmocka_unit_test(products_round_as_named),
        cmocka_unit_test(products_are_refused_past_the_range),
        cmocka_unit_test(decimals_have_the_digits_of_the_currency),
        cmocka_unit_test(known_allocations),
        cmocka_unit_test(parts_always_sum_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
