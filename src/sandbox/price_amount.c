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
static int64_t up_to(const json_t *tier) {
    json_t *end = json_object_get(tier, "up_to");
    return json_is_integer(end) ? json_integer_value(end) : INT64_MAX;
}

static i128 tier_parts(const json_t *tier, int64_t quantity) {
    return parts_of(tier, "unit_amount_decimal", "unit_amount") * quantity +
           parts_of(tier, "flat_amount_decimal", "flat_amount");
}

static i128 graduated(const json_t *tiers, int64_t quantity) {
    i128 parts = 0;
    int64_t done = 0;
    for (size_t i = 0; i < json_array_size(tiers) && (done < quantity || i == 0); i++) {
        const json_t *tier = json_array_get(tiers, i);
        int64_t end = up_to(tier) < quantity ? up_to(tier) : quantity;
        parts += tier_parts(tier, end - done);
        done = end;
    }
    return parts;
}

static i128 volume(const json_t *tiers, int64_t quantity) {
    for (size_t i = 0; i < json_array_size(tiers); i++) {
        const json_t *tier = json_array_get(tiers, i);
        if (quantity <= up_to(tier)) {
            return tier_parts(tier, quantity);
        }
    }
    return 0;
}

/* transform_quantity: packages of `divide_by`, begun ones counted by `round`. */
static int64_t transformed(const json_t *price, int64_t quantity) {
    int64_t divisor = member_i64(price, "transform_quantity.divide_by");
    if (divisor == 0) {
        return quantity;
    }
    bool is_up = member_is(price, "transform_quantity.round", "up");
    return quantity / divisor + (is_up && quantity % divisor > 0 ? 1 : 0);
}

int64_t price_amount(const json_t *price, int64_t quantity) {
    const json_t *tiers = json_object_get(price, "_tiers");
    int64_t units = transformed(price, quantity);
    i128 parts = 0;
    if (!member_is(price, "billing_scheme", "tiered")) {
        parts = parts_of(price, "unit_amount_decimal", "unit_amount") * units;
    } else if (member_is(price, "tiers_mode", "volume")) {
        parts = volume(tiers, units);
    } else {
        parts = graduated(tiers, units);
    }
    return decimal_round(parts, DECIMAL_PLACES);
}
