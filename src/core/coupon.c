/* Coupons; see coupon.h. */
#include "core/coupon.h"

#include "base/check.h"
#include "base/int128.h"

static_assert(TIER_COUNT <= 8 * sizeof(unsigned), "a bit for each tier");

static const char *const duration_names[COUPON_DURATION_COUNT] = {
    [COUPON_ONCE] = "once",
    [COUPON_REPEATING] = "repeating",
    [COUPON_FOREVER] = "forever",
};

const char *coupon_duration_name(enum coupon_duration duration) {
    check((unsigned)duration < COUPON_DURATION_COUNT);
    return duration_names[duration];
}

const struct coupon *coupon_of(const struct catalogue *catalogue, struct str code) {
    check(catalogue->coupon_count <= CATALOGUE_COUPONS_MAX);
    for (size_t i = 0; i < catalogue->coupon_count; i++) {
        if (str_equal(str_from_cstr(catalogue->coupons[i].code), code)) {
            return &catalogue->coupons[i];
        }
    }
    return NULL;
}

bool coupon_applies(const struct coupon *coupon, enum tier tier) {
    check((unsigned)tier < TIER_COUNT);
    check(coupon->tiers >> TIER_COUNT == 0);
    return coupon->tiers == 0 || (coupon->tiers >> tier & 1U) != 0;
}

enum coupon_verdict coupon_judge(const struct coupon *coupon, enum tier tier, struct instant now) {
    check(instant_is_valid(now));
    check(!coupon->expires || instant_is_valid(coupon->expires_at));
    if (!coupon_applies(coupon, tier)) {
        return COUPON_OF_OTHER_PLANS;
    }
    bool is_over = coupon->expires && !instant_is_before(now, coupon->expires_at);
    return is_over ? COUPON_EXPIRED : COUPON_FITS;
}

bool coupon_lasts(const struct coupon *coupon, enum interval interval) {
    enum { MONTHS_A_YEAR = 12 };
    switch (coupon->duration) {
    case COUPON_ONCE:
        return false;
    case COUPON_REPEATING:
        check(coupon->months > 0);
        return coupon->months > (interval == INTERVAL_YEAR ? MONTHS_A_YEAR : 1);
    case COUPON_FOREVER:
        return true;
    }
    check(false);
    return false;
}

bool coupon_off(const struct coupon *coupon, struct money amount, struct money *ret_off) {
    check(!money_is_negative(amount));
    if (coupon->percent_off > 0) {
        const struct ratio share = {coupon->percent_off, 100};
        bool is_in_range = money_multiply_ratio(amount, share, ROUND_HALF_AWAY_FROM_ZERO, ret_off);
        check(is_in_range); /* not more than the amount */
        return true;
    }
    if (!currency_equal(coupon->amount_off.currency, amount.currency)) {
        return false;
    }
    *ret_off = money_compare(coupon->amount_off, amount) < 0 ? coupon->amount_off : amount;
    return true;
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t part_of(int64_t off, int64_t amount, int64_t whole) {
    check(off >= 0);
    check(amount >= 0);
    check(amount <= whole);
    return whole == 0 ? 0 : (int64_t)((i128)off * amount / whole);
}

/* False when they are not what they are said to be: they come from the provider. */
static bool sum_of(const struct coupon_lines *lines, struct money *ret_sum) {
    *ret_sum = money_zero(lines->amounts[0].currency);
    for (size_t i = 0; i < lines->count; i++) {
        struct money amount = lines->amounts[i];
        if (!currency_equal(amount.currency, ret_sum->currency) || amount.minor < 0 ||
            amount.minor > MONEY_MINOR_MAX || !money_add(*ret_sum, amount, ret_sum)) {
            return false;
        }
    }
    return true;
}

bool coupon_off_line(const struct coupon *coupon, const struct coupon_lines *lines, size_t at,
                     struct money *ret_off) {
    struct money whole;
    struct money off;
    check(at < lines->count);
    check(coupon->percent_off >= 0);
    check(coupon->percent_off <= 100);
    if (coupon->percent_off > 0) {
        return coupon_off(coupon, lines->amounts[at], ret_off);
    }
    if (!sum_of(lines, &whole) || !coupon_off(coupon, whole, &off)) {
        return false;
    }
    int64_t rest = off.minor;
    check(rest >= 0);
    check(rest <= whole.minor);
    for (size_t i = 0; i < lines->count; i++) {
        rest -= part_of(off.minor, lines->amounts[i].minor, whole.minor);
    }
    for (size_t i = lines->count; i-- > at;) {
        int64_t part = part_of(off.minor, lines->amounts[i].minor, whole.minor);
        int64_t more = smaller(rest, lines->amounts[i].minor - part);
        rest -= more;
        check(more >= 0);
        check(rest >= 0);
        *ret_off = money_of(part + more, whole.currency);
    }
    return true;
}
