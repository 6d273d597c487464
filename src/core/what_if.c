#include "core/what_if.h"

#include <string.h>

#include "base/check.h"

static_assert(METRIC_COUNT <= 32, "a bit for each metric");

const char *what_if_holders_name(enum what_if_holders holders) {
    static const char *const names[WHAT_IF_HOLDERS_COUNT] = {"move", "keep"};
    check((unsigned)holders < WHAT_IF_HOLDERS_COUNT);
    return names[holders];
}

const char *what_if_side_name(enum what_if_side side) {
    static const char *const names[WHAT_IF_SIDE_COUNT] = {"same", "less", "more"};
    check((unsigned)side < WHAT_IF_SIDE_COUNT);
    return names[side];
}

/* --- laying one catalogue under another --- */

static void lay_plan(struct plan *under, const struct plan *from) {
    check(under->tier == from->tier);
    memcpy(under->prices, from->prices, sizeof under->prices);
    memcpy(under->limits, from->limits, sizeof under->limits);
}

static const struct coupon *coupon_of(const struct catalogue *catalogue, const char *code) {
    for (size_t i = 0; i < catalogue->coupon_count; i++) {
        if (strcmp(catalogue->coupons[i].code, code) == 0) {
            return &catalogue->coupons[i];
        }
    }
    return NULL;
}

enum what_if_problem what_if_lay(const struct catalogue *in_force,
                                 const struct catalogue *candidate, enum what_if_holders holders,
                                 struct catalogue *ret_laid, const struct plan **ret_missing) {
    if (!currency_equal(in_force->currency, candidate->currency)) {
        return WHAT_IF_CURRENCY;
    }
    check((unsigned)holders < WHAT_IF_HOLDERS_COUNT);
    *ret_laid = *in_force;
    for (size_t i = 0; i < ret_laid->plan_count; i++) {
        struct plan *plan = &ret_laid->plans[i];
        const struct plan *from =
            holders == WHAT_IF_MOVE ? catalogue_plan(candidate, plan->tier)
                                    : catalogue_plan_version(candidate, plan->tier, plan->version);
        if (from == NULL) {
            *ret_missing = &in_force->plans[i];
            return WHAT_IF_PLAN_MISSING;
        }
        lay_plan(plan, from);
    }
    for (size_t i = 0; i < ret_laid->coupon_count; i++) {
        const struct coupon *from = coupon_of(candidate, ret_laid->coupons[i].code);
        ret_laid->coupons[i] = from == NULL ? ret_laid->coupons[i] : *from;
    }
    return WHAT_IF_FITS;
}

void what_if_lay_change(const struct catalogue *in_force, const struct price_change *change,
                        struct catalogue *ret_laid) {
    check(change->from_count <= PRICE_CHANGE_VERSIONS_MAX);
    const struct plan *to = catalogue_plan_version(in_force, change->tier, change->to);
    *ret_laid = *in_force;
    for (size_t i = 0; to != NULL && i < ret_laid->plan_count; i++) {
        struct plan *plan = &ret_laid->plans[i];
        for (size_t n = 0; n < change->from_count; n++) {
            if (plan->tier == change->tier && plan->version == change->from[n]) {
                lay_plan(plan, to);
            }
        }
    }
}

/* --- a line of an invoice --- */

/* What would have been debited grows with the price; the credit is the same share of it. */
static bool credit_again(const struct what_if_line *line, struct money *ret_after) {
    const struct ratio growth = {line->price_after.minor, line->price_before.minor};
    struct money debit;
    struct money credit;
    if (line->price_before.minor <= 0 || line->share.denominator <= 0) {
        return money_subtract(line->amount, line->discount, ret_after);
    }
    return money_multiply_ratio(line->debit, growth, ROUND_HALF_AWAY_FROM_ZERO, &debit) &&
           money_multiply_ratio(debit, line->share, ROUND_HALF_AWAY_FROM_ZERO, &credit) &&
           money_subtract(money_negate(credit), line->discount, ret_after);
}

bool what_if_line(const struct what_if_line *line, struct money *ret_before,
                  struct money *ret_after) {
    struct money before;
    struct money after;
    if (!money_subtract(line->amount, line->discount, &before)) {
        return false;
    }
    after = before;
    bool fits = true;
    if (line->is_explained && line->is_replayed && line->is_by_debit) {
        fits = credit_again(line, &after);
    } else if (line->is_explained && line->is_replayed) {
        bool is_known = line->has_discount && !line->is_proration;
        fits =
            money_subtract(line->again, is_known ? line->again_discount : line->discount, &after);
    }
    if (fits) {
        *ret_before = before;
        *ret_after = after;
    }
    return fits;
}

/* --- limits --- */

static bool is_above(struct limit limit, int64_t used) {
    return limit_is_bounded(limit) && used > limit.amount.amount;
}

unsigned what_if_hits(const struct plan *before, const struct plan *after,
                      const int64_t used[METRIC_COUNT]) {
    unsigned hits = 0;
    for (int i = 0; i < METRIC_COUNT; i++) {
        bool is_new = is_above(after->limits[i], used[i]) && !is_above(before->limits[i], used[i]);
        hits |= is_new ? 1U << i : 0;
    }
    return hits;
}

/* --- who wins --- */

enum what_if_side what_if_side_of(int64_t billed, int64_t monthly) {
    int64_t more = billed != 0 ? billed : monthly;
    return more == 0 ? WHAT_IF_SAME : more < 0 ? WHAT_IF_LESS : WHAT_IF_MORE;
}
