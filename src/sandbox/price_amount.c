/* What a quantity of a price costs: per unit or in tiers, down to a part of a cent, rounded once at
 * the end. Tiers with `graduated` charge each unit by the tier it falls into, with `volume` all
 * units by the tier of the whole quantity; flat amounts are added for each tier that is used
 * (products-prices/pricing-models). */
#include "sandbox/arith.h"

#include "base/check.h"
#include "sandbox/billing.h"
#include "sandbox/decimal.h"

/* An amount in parts of the smallest unit: unit_amount_decimal, else unit_amount. */
static i128 parts_of(const json_t *priced, const char *decimal, const char *whole) {
    i128 parts = 0;
    if (decimal_scale(member(priced, decimal), DECIMAL_PLACES, &parts)) {
        return parts;
    }
    char text[DECIMAL_TEXT];
    decimal_text(member_i64(priced, whole), 0, text);
    bool is_number = decimal_scale(text, DECIMAL_PLACES, &parts);
    check(is_number);
    return parts;
}

/* The end of a tier; the last one has none. */
static i128 up_to(const json_t *tier) {
    json_t *end = json_object_get(tier, "up_to");
    return (json_is_integer(end) ? json_integer_value(end) : INT64_MAX) * DECIMAL_ONE;
}

/* Parts times a decimal quantity. The whole and the broken part are multiplied by themselves, so
 * that no product outgrows 128 bits; what is cut off is below a part and never turns a half. */
static i128 times(i128 parts, i128 quantity) {
    return parts * (quantity / DECIMAL_ONE) + parts * (quantity % DECIMAL_ONE) / DECIMAL_ONE;
}

static i128 tier_parts(const json_t *tier, i128 quantity) {
    return times(parts_of(tier, "unit_amount_decimal", "unit_amount"), quantity) +
           parts_of(tier, "flat_amount_decimal", "flat_amount");
}

static i128 graduated(const json_t *tiers, i128 quantity) {
    i128 parts = 0;
    i128 done = 0;
    for (size_t i = 0; i < json_array_size(tiers) && (done < quantity || i == 0); i++) {
        const json_t *tier = json_array_get(tiers, i);
        i128 end = up_to(tier) < quantity ? up_to(tier) : quantity;
        parts += tier_parts(tier, end - done);
        done = end;
    }
    return parts;
}

static i128 volume(const json_t *tiers, i128 quantity) {
    for (size_t i = 0; i < json_array_size(tiers); i++) {
        const json_t *tier = json_array_get(tiers, i);
        if (quantity <= up_to(tier)) {
            return tier_parts(tier, quantity);
        }
    }
    return 0;
}

/* transform_quantity: packages of `divide_by`, begun ones counted by `round`. */
static i128 transformed(const json_t *price, i128 quantity) {
    i128 divisor = member_i64(price, "transform_quantity.divide_by") * DECIMAL_ONE;
    if (divisor == 0) {
        return quantity;
    }
    bool is_up = member_is(price, "transform_quantity.round", "up");
    return (quantity / divisor + (is_up && quantity % divisor > 0 ? 1 : 0)) * DECIMAL_ONE;
}

int64_t price_amount_decimal(const json_t *price, i128 quantity) {
    const json_t *tiers = json_object_get(price, "_tiers");
    i128 units = transformed(price, quantity);
    i128 most = (i128)LINE_AMOUNT_MAX * DECIMAL_ONE;
    i128 parts = 0;
    if (!member_is(price, "billing_scheme", "tiered")) {
        parts = times(parts_of(price, "unit_amount_decimal", "unit_amount"), units);
    } else if (member_is(price, "tiers_mode", "volume")) {
        parts = volume(tiers, units);
    } else {
        parts = graduated(tiers, units);
    }
    return decimal_round(parts > most ? most : parts, DECIMAL_PLACES);
}

int64_t price_amount(const json_t *price, int64_t quantity) {
    return price_amount_decimal(price, quantity * DECIMAL_ONE);
}
