/* Amounts of money: whole minor units with their currency, never a fraction, never a float.
 *
 * Amounts lie within +-MONEY_MINOR_MAX; what would leave that range is refused, not wrapped. Two
 * currencies never meet in one operation: that is a bug, and aborts. Rounding is chosen by name at
 * every call that can round.
 *
 * Sources: ISO 4217 (codes and exponents), https://docs.stripe.com/currencies (minor units),
 * https://docs.stripe.com/billing/subscriptions/prorations (rounding). */
#ifndef CORE_MONEY_H
#define CORE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/text.h"

/* --- currencies --- */

/* A lower-case ISO 4217 code, as Stripe writes it: "usd". NUL-terminated. */
struct currency {
    char code[4];
};

#define CURRENCY_USD ((struct currency){"usd"})

/* Accepts exactly the lower-case codes of the table in money.c; false for all else. */
MUST_USE bool currency_parse(struct str text, struct currency *ret_currency);
/* Digits behind the point: usd 2, jpy 0, kwd 3. */
int currency_exponent(struct currency currency);
bool currency_equal(struct currency a, struct currency b);
/* True for what currency_parse can give; a zeroed struct is not. */
bool currency_is_known(struct currency currency);

/* --- amounts --- */

/* `minor` counts the currency's smallest unit: {2900, usd} is $29.00, {2900, jpy} is 2,900 yen. */
struct money {
    int64_t minor;
    struct currency currency;
};

/* The largest amount either side of zero: what every JSON reader can carry exactly. */
#define MONEY_MINOR_MAX LIMIT_AMOUNT

static_assert(MONEY_MINOR_MAX <= INT64_MAX / 2, "the sum of two amounts fits before it is judged");

static inline struct money money_of(int64_t minor, struct currency currency) {
    return (struct money){minor, currency};
}
static inline struct money money_zero(struct currency currency) {
    return (struct money){0, currency};
}

/* The same by a code that the store has checked; of an unknown one nothing can be said. */
struct money money_stored(int64_t minor, struct str code);

/* A known currency and an amount within range. */
bool money_is_valid(struct money money);
bool money_is_zero(struct money money);
bool money_is_negative(struct money money);
/* Negative, zero or positive as `a` is less than, equal to or more than `b`, of one currency. */
int money_compare(struct money a, struct money b);
bool money_equal(struct money a, struct money b);

/* False, with *ret_… untouched, when the result would leave the range. */
MUST_USE bool money_add(struct money a, struct money b, struct money *ret_sum);
MUST_USE bool money_subtract(struct money a, struct money b, struct money *ret_difference);
struct money money_negate(struct money money);

/* As a number with the currency's digits and a point, for machines: "-12.34", "2900" of jpy,
 * "1.234" of kwd. At most MONEY_DECIMAL_MAX characters. */
enum { MONEY_DECIMAL_MAX = 21 };
void money_decimal(struct text *text, struct money money);

/* --- shares --- */

enum rounding {
    ROUND_HALF_AWAY_FROM_ZERO, /* 0.5 -> 1, -0.5 -> -1: what Stripe shows on its lines */
    ROUND_TOWARD_ZERO,         /* 0.9 -> 0, -0.9 -> 0 */
};

/* numerator / denominator; the denominator is positive. */
struct ratio {
    int64_t numerator;
    int64_t denominator;
};

/* amount x ratio through 128 bits, rounded once. False when the result would leave the range. */
MUST_USE bool money_multiply_ratio(struct money amount, struct ratio ratio, enum rounding rounding,
                                   struct money *ret_product);

enum { MONEY_PARTS_MAX = 256 };

/* One party's claim in an allocation; any unit, not negative. */
struct weight {
    int64_t value;
};

/* Splits `total` in proportion to 1..MONEY_PARTS_MAX weights, at least one of them positive, by
 * largest remainder: the parts always sum to the total, none is more than one minor unit from its
 * exact share, a weight of zero gets nothing, and ties go to the earlier part. A negative total
 * gives the mirror image of the positive one.
 *
 *     struct weight three[] = {{1}, {1}, {1}};
 *     money_allocate(money_of(100, CURRENCY_USD), three, 3, parts);   // 34, 33, 33 */
void money_allocate(struct money total, const struct weight *weights, size_t count,
                    struct money *ret_parts);

#endif
