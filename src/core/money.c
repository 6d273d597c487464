/* Money; see money.h. All products go through 128 bits, and every result is judged against the
 * range before it is given out. */
#include "core/money.h"

#include <string.h>

#include "base/check.h"
#include "base/int128.h"

/* ISO 4217's currencies in circulation, by the digits behind the point. (Stripe keeps two digits
 * for isk and ugx in its own amounts; the adapter converts, not we.) */
static const struct currency_group {
    int exponent;
    const char *codes; /* three letters and a blank each */
} currency_groups[] = {
    {0, "bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf "},
    {2, "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd btn bwp byn "
        "bzd cad cdf chf cny cop crc cup cve czk dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs "
        "gip gmd gtq gyd hkd hnl htg huf idr ils inr irr jmd kes kgs khr kpw kyd kzt lak lbp lkr "
        "lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd "
        "pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sos srd ssp stn "
        "svc syp szl thb tjs tmt top try ttd twd tzs uah usd uyu uzs ves wst xcd yer zar zmw zwg "},
    {3, "bhd iqd jod kwd lyd omr tnd "},
};

enum { CODE_LEN = 3, CODE_STEP = CODE_LEN + 1, EXPONENT_UNKNOWN = -1 };

static_assert(sizeof(struct currency) == CODE_LEN + 1, "a code and its NUL, nothing between");

static int exponent_of(struct str code) {
    for (size_t i = 0; i < ARRAY_LEN(currency_groups); i++) {
        struct str codes = str_from_cstr(currency_groups[i].codes);
        check(codes.len % CODE_STEP == 0);
        for (; codes.len > 0; codes = str_skip(codes, CODE_STEP)) {
            if (str_equal(str_first(codes, CODE_LEN), code)) {
                return currency_groups[i].exponent;
            }
        }
    }
    return EXPONENT_UNKNOWN;
}

bool currency_parse(struct str text, struct currency *ret_currency) {
    if (exponent_of(text) == EXPONENT_UNKNOWN) {
        return false;
    }
    check(text.len == CODE_LEN);
    struct currency currency = {{0}};
    memcpy(currency.code, text.bytes, CODE_LEN);
    *ret_currency = currency;
    check(currency_is_known(*ret_currency));
    return true;
}

bool currency_is_known(struct currency currency) {
    return currency.code[CODE_LEN] == '\0' &&
           exponent_of(str_of(currency.code, CODE_LEN)) != EXPONENT_UNKNOWN;
}

int currency_exponent(struct currency currency) {
    int exponent = exponent_of(str_of(currency.code, CODE_LEN));
    check(exponent != EXPONENT_UNKNOWN);
    return exponent;
}

bool currency_equal(struct currency a, struct currency b) {
    return memcmp(a.code, b.code, sizeof a.code) == 0;
}

static bool is_in_range(int64_t minor) {
    return minor >= -MONEY_MINOR_MAX && minor <= MONEY_MINOR_MAX;
}

struct money money_stored(int64_t minor, struct str code) {
    struct currency currency = {""};
    check(is_in_range(minor));
    (void)!currency_parse(code, &currency);
    return money_of(minor, currency);
}

bool money_is_valid(struct money money) {
    return is_in_range(money.minor) && currency_is_known(money.currency);
}

bool money_is_zero(struct money money) {
    return money.minor == 0;
}

bool money_is_negative(struct money money) {
    return money.minor < 0;
}

int money_compare(struct money a, struct money b) {
    check(currency_equal(a.currency, b.currency));
    return (a.minor > b.minor) - (a.minor < b.minor);
}

bool money_equal(struct money a, struct money b) {
    return money_compare(a, b) == 0;
}

bool money_add(struct money a, struct money b, struct money *ret_sum) {
    check(currency_equal(a.currency, b.currency));
    check(is_in_range(a.minor));
    check(is_in_range(b.minor));
    int64_t sum = a.minor + b.minor;
    if (!is_in_range(sum)) {
        return false;
    }
    *ret_sum = money_of(sum, a.currency);
    return true;
}

bool money_subtract(struct money a, struct money b, struct money *ret_difference) {
    return money_add(a, money_negate(b), ret_difference);
}

struct money money_negate(struct money money) {
    check(is_in_range(money.minor));
    return money_of(-money.minor, money.currency);
}

void money_decimal(struct text *text, struct money money) {
    check(money_is_valid(money));
    int digits = currency_exponent(money.currency);
    check(digits >= 0);
    check(digits <= 4);
    int64_t unit = 1;
    for (int i = 0; i < digits; i++) {
        unit *= 10;
    }
    int64_t minor = money.minor < 0 ? -money.minor : money.minor;
    text_str(text, money.minor < 0 ? STR("-") : STR(""));
    text_number(text, minor / unit, 1);
    if (digits > 0) {
        text_str(text, STR("."));
        text_number(text, minor % unit, digits);
    }
    check(text_fits(text));
}

/* The amount without its sign. */
static u128 magnitude_of(i128 value) {
    return value < 0 ? (u128)-value : (u128)value;
}

static u128 divide(u128 dividend, u128 divisor, enum rounding rounding) {
    check(divisor > 0);
    u128 quotient = dividend / divisor;
    u128 remainder = dividend % divisor;
    bool is_half = remainder >= divisor - remainder;
    return rounding == ROUND_HALF_AWAY_FROM_ZERO && is_half ? quotient + 1 : quotient;
}

bool money_multiply_ratio(struct money amount, struct ratio ratio, enum rounding rounding,
                          struct money *ret_product) {
    check(is_in_range(amount.minor));
    check(ratio.denominator > 0);
    check((unsigned)rounding <= ROUND_TOWARD_ZERO);
    i128 product = (i128)amount.minor * ratio.numerator;
    u128 quotient = divide(magnitude_of(product), (u128)ratio.denominator, rounding);
    if (quotient > (u128)MONEY_MINOR_MAX) {
        return false;
    }
    int64_t minor = (int64_t)quotient;
    *ret_product = money_of(product < 0 ? -minor : minor, amount.currency);
    check(is_in_range(ret_product->minor));
    return true;
}

/* --- allocation --- */

/* The sum of the weights, at most 256 x 2^63: no 128 bits overflow. */
static u128 weigh(const struct weight *weights, size_t count) {
    u128 sum = 0;
    for (size_t i = 0; i < count; i++) {
        check(weights[i].value >= 0);
        sum += (uint64_t)weights[i].value;
    }
    return sum;
}

/* The index of the largest remainder; of equals the first. */
static size_t largest_of(const u128 *remainders, size_t count) {
    size_t largest = 0;
    for (size_t i = 1; i < count; i++) {
        if (remainders[i] > remainders[largest]) {
            largest = i;
        }
    }
    return largest;
}

void money_allocate(struct money total, const struct weight *weights, size_t count,
                    struct money *ret_parts) {
    check(is_in_range(total.minor));
    check(count >= 1);
    check(count <= MONEY_PARTS_MAX);
    u128 sum = weigh(weights, count);
    check(sum > 0);

    u128 whole = magnitude_of(total.minor);
    int64_t sign = total.minor < 0 ? -1 : 1;
    u128 left = whole;
    u128 remainders[MONEY_PARTS_MAX];
    for (size_t i = 0; i < count; i++) {
        u128 exact = whole * (uint64_t)weights[i].value; /* below 2^53 x 2^63 */
        remainders[i] = exact % sum;
        left -= exact / sum;
        ret_parts[i] = money_of(sign * (int64_t)(exact / sum), total.currency);
    }
    check(left < count); /* each part was cut by less than one */
    for (; left > 0; left--) {
        size_t next = largest_of(remainders, count);
        check(remainders[next] > 0);
        remainders[next] = 0;
        ret_parts[next].minor += sign;
    }

    int64_t together = 0;
    for (size_t i = 0; i < count; i++) {
        together += ret_parts[i].minor;
    }
    check(together == total.minor);
}
