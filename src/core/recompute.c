#include "core/recompute.h"

#include "base/check.h"

enum { MS_PER_SECOND = 1000 };

/* The one of the anchor's periods that ends with the line; after the anchor has moved, the one that
 * is counted back from the line's end. */
static struct period whole_of(const struct recompute_line *line) {
    if (!line->is_proration) {
        return line->period;
    }
    if (line->debit != NULL) {
        return line->debit->period;
    }
    struct period whole = period_containing(line->anchor, line->interval, line->period.start);
    if (instant_equal(whole.end, line->period.end)) {
        return whole;
    }
    return period_at(line->period.end, line->interval, (struct period_number){-1});
}

/* What the line is a share of, and what the coupon took off it. */
static bool base_of(const struct recompute_line *line, struct recomputed *result) {
    const struct ratio times = {line->quantity, 1};
    result->discount = money_zero(line->price.currency);
    if (line->is_trial) {
        result->base = money_zero(line->price.currency);
        return true;
    }
    if (line->debit != NULL) {
        result->base = line->debit->amount;
        return true;
    }
    if (!money_multiply_ratio(line->price, times, ROUND_HALF_AWAY_FROM_ZERO, &result->base)) {
        return false;
    }
    if (line->coupon == NULL) {
        return true;
    }
    check(line->beside.count <= 1 || line->place < line->beside.count);
    return line->beside.count > 1 && !line->is_proration
               ? coupon_off_line(line->coupon, &line->beside, line->place, &result->discount)
               : coupon_off(line->coupon, result->base, &result->discount);
}

static bool share_of(struct recomputed *result) {
    check(result->seconds_whole > 0);
    check(result->seconds <= result->seconds_whole);
    const struct ratio share = {result->seconds, result->seconds_whole};
    return money_subtract(result->base, result->discount, &result->base) &&
           money_multiply_ratio(result->base, share, ROUND_HALF_AWAY_FROM_ZERO, &result->amount);
}

bool recompute(const struct recompute_line *line, struct recomputed *ret_recomputed) {
    check(line->is_credit || line->debit == NULL);
    struct recomputed result = {.whole = whole_of(line)};
    result.seconds = period_length(line->period).ms / MS_PER_SECOND;
    result.seconds_whole = period_length(result.whole).ms / MS_PER_SECOND;
    if (result.seconds_whole <= 0 || result.seconds > result.seconds_whole || line->quantity < 0 ||
        !base_of(line, &result)) {
        return false;
    }
    check(currency_equal(result.base.currency, result.discount.currency));
    result.amount = result.base;
    if (line->is_proration && !share_of(&result)) {
        return false;
    }
    if (line->is_credit) {
        result.amount = money_negate(result.amount);
    }
    *ret_recomputed = result;
    return true;
}
