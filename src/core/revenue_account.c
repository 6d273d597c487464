#include "core/revenue_account.h"

#include <string.h>

#include "base/check.h"
#include "core/plan_book.h"
#include "core/price.h"

const char *revenue_place_name(enum revenue_place place) {
    static const char *const names[REVENUE_PLACE_COUNT] = {
        "free", "trial", "paying", "at_risk", "suspended", "paused", "gone"};
    check((unsigned)place < REVENUE_PLACE_COUNT);
    return names[place];
}

const char *revenue_ahead_name(enum revenue_ahead ahead) {
    static const char *const names[REVENUE_AHEAD_COUNT] = {"nothing", "end", "to_free", "change"};
    check((unsigned)ahead < REVENUE_AHEAD_COUNT);
    return names[ahead];
}

/* --- how it stands --- */

struct instant revenue_coupon_ends(const struct coupon *coupon, struct instant since) {
    bool runs_out = coupon != NULL && coupon->duration == COUPON_REPEATING;
    check(!runs_out || coupon->months > 0);
    return runs_out ? instant_add_months(since, coupon->months) : INSTANT_MAX;
}

static enum revenue_place place_of(const struct revenue_terms *terms) {
    if (terms->plan->tier == TIER_FREE) {
        return REVENUE_FREE;
    }
    switch (terms->status) {
    case SUBSCRIPTION_TRIALING:
        return REVENUE_TRIAL;
    case SUBSCRIPTION_ACTIVE:
        return terms->access == ACCESS_FULL ? REVENUE_PAYING : REVENUE_SUSPENDED;
    case SUBSCRIPTION_PAST_DUE:
        return terms->access == ACCESS_FULL ? REVENUE_AT_RISK : REVENUE_SUSPENDED;
    case SUBSCRIPTION_UNPAID:
        return REVENUE_SUSPENDED;
    case SUBSCRIPTION_PAUSED:
        return REVENUE_ON_PAUSE;
    case SUBSCRIPTION_INCOMPLETE:
    case SUBSCRIPTION_INCOMPLETE_EXPIRED:
    case SUBSCRIPTION_CANCELED:
    case SUBSCRIPTION_ABSENT:
        break;
    }
    return REVENUE_FREE;
}

static struct annual yearly(struct money price, enum interval interval) {
    const struct revenue_cycle cycle = {interval == INTERVAL_YEAR ? REVENUE_YEAR : REVENUE_MONTH,
                                        1};
    struct ratio exact = {0, 1};
    struct annual annual = {0};
    bool fits = revenue_annualised(price, cycle, &exact) && revenue_annual(exact, &annual);
    check(fits); /* an amount times 12 times REVENUE_UNITS */
    check(annual.units >= 0);
    return annual;
}
static_assert(MONEY_MINOR_MAX <= INT64_MAX / (REVENUE_MONTHS_OF_YEAR * REVENUE_UNITS),
              "every price has an amount of a year");

static bool takes_off(const struct revenue_terms *terms, enum tier tier) {
    const struct coupon *coupon = terms->coupon;
    return coupon != NULL && coupon->duration != COUPON_ONCE && coupon_applies(coupon, tier) &&
           instant_is_before(terms->at, revenue_coupon_ends(coupon, terms->coupon_since));
}

/* Without the coupon, and with it. */
static struct annual price_list(const struct plan *plan, enum interval interval) {
    struct money price;
    return price_of(plan, interval, &price) ? yearly(price, interval) : (struct annual){0};
}

static struct annual price_paid(const struct revenue_terms *terms, const struct plan *plan,
                                enum interval interval) {
    struct money price;
    struct money off;
    struct money rest;
    if (!price_of(plan, interval, &price)) {
        return (struct annual){0};
    }
    if (!takes_off(terms, plan->tier) || !coupon_off(terms->coupon, price, &off)) {
        return yearly(price, interval);
    }
    bool fits = money_subtract(price, off, &rest);
    check(fits); /* no more than there is */
    return yearly(rest, interval);
}

static struct annual smaller(struct annual a, struct annual b) {
    return a.units < b.units ? a : b;
}

struct revenue_stand revenue_stand_of(const struct revenue_terms *terms) {
    check(terms->plan != NULL);
    check((unsigned)terms->interval < INTERVAL_COUNT);
    enum revenue_place place = place_of(terms);
    struct revenue_stand stand = {
        .place = place,
        .tier = place == REVENUE_FREE ? TIER_FREE : terms->plan->tier,
        .plan_version = terms->plan->version,
        .interval = terms->interval,
        .is_contract = plan_version_is_private(terms->plan->version),
        .exit = terms->exit,
    };
    if (place != REVENUE_PAYING && place != REVENUE_AT_RISK) {
        return stand;
    }
    stand.arr = price_paid(terms, terms->plan, terms->interval);
    stand.list = price_list(terms->plan, terms->interval);
    stand.has_discount = stand.arr.units != stand.list.units;
    stand.committed = stand.arr;
    if (terms->pending != NULL) {
        struct annual then = price_paid(terms, terms->pending, terms->pending_interval);
        stand.committed = smaller(stand.arr, then);
    } else if (terms->is_ending) {
        stand.committed.units = 0;
    }
    check(stand.arr.units >= 0);
    check(stand.arr.units <= stand.list.units); /* a coupon takes off */
    check(stand.committed.units >= 0);
    check(stand.committed.units <= stand.arr.units);
    return stand;
}

/* --- how it has changed --- */

static enum revenue_reason reason_of_rise(const struct revenue_stand *before,
                                          const struct revenue_stand *now) {
    switch (before->place) {
    case REVENUE_TRIAL:
        return REVENUE_TRIAL_CONVERTED;
    case REVENUE_ON_PAUSE:
        return REVENUE_RESUMED;
    case REVENUE_SUSPENDED:
        return REVENUE_RECOVERED;
    case REVENUE_FREE:
    case REVENUE_PAYING:
    case REVENUE_AT_RISK:
    case REVENUE_GONE:
        break;
    }
    return now->is_contract ? REVENUE_CONTRACT : REVENUE_PURCHASE;
}

static enum revenue_reason reason_of_fall(const struct revenue_stand *before,
                                          const struct revenue_stand *now) {
    switch (now->place) {
    case REVENUE_GONE:
        return REVENUE_ERASED;
    case REVENUE_ON_PAUSE:
        return REVENUE_PAUSED;
    case REVENUE_SUSPENDED:
        return REVENUE_INVOLUNTARY;
    case REVENUE_PAYING:
    case REVENUE_AT_RISK:
        return REVENUE_DISCOUNT; /* by a coupon that takes all */
    case REVENUE_FREE:
    case REVENUE_TRIAL:
        break;
    }
    bool is_unpaid = before->place == REVENUE_AT_RISK || now->exit == REVENUE_EXIT_UNPAID;
    return is_unpaid                           ? REVENUE_INVOLUNTARY
           : now->exit == REVENUE_EXIT_TO_FREE ? REVENUE_TO_FREE
                                               : REVENUE_CANCELED;
}

static enum revenue_reason reason_of_change(const struct revenue_stand *before,
                                            const struct revenue_stand *now) {
    if (before->is_contract && now->is_contract) {
        return REVENUE_CONTRACT;
    }
    if (before->tier != now->tier) {
        return now->tier > before->tier ? REVENUE_UPGRADE : REVENUE_DOWNGRADE;
    }
    if (before->interval != now->interval) {
        return REVENUE_INTERVAL;
    }
    if (before->plan_version != now->plan_version) {
        return now->is_contract ? REVENUE_CONTRACT : REVENUE_PRICE_CHANGE;
    }
    bool has_gone = before->has_discount && !now->has_discount;
    return has_gone ? REVENUE_DISCOUNT_EXPIRED : REVENUE_DISCOUNT;
}

static enum revenue_reason reason_of_standing(const struct revenue_stand *before,
                                              const struct revenue_stand *now) {
    bool is_risk = (before->place == REVENUE_AT_RISK) != (now->place == REVENUE_AT_RISK);
    if (is_risk) {
        return REVENUE_RISK;
    }
    return before->committed.units != now->committed.units ? REVENUE_FUTURE
                                                           : reason_of_change(before, now);
}

static enum revenue_reason reason_of(enum revenue_kind kind, const struct revenue_stand *before,
                                     const struct revenue_stand *now) {
    switch (kind) {
    case REVENUE_NEW:
    case REVENUE_REACTIVATION:
        return reason_of_rise(before, now);
    case REVENUE_EXPANSION:
    case REVENUE_CONTRACTION:
        return reason_of_change(before, now);
    case REVENUE_CHURN:
        return reason_of_fall(before, now);
    case REVENUE_SIGNUP:
        return REVENUE_SIGNED_UP;
    case REVENUE_LEFT:
        return REVENUE_ERASED;
    case REVENUE_STANDING:
        break;
    }
    return reason_of_standing(before, now);
}

static bool is_alike(const struct revenue_stand *a, const struct revenue_stand *b) {
    return a->place == b->place && a->tier == b->tier && a->plan_version == b->plan_version &&
           a->interval == b->interval && a->arr.units == b->arr.units &&
           a->list.units == b->list.units && a->committed.units == b->committed.units &&
           strcmp(a->country, b->country) == 0 && currency_equal(a->currency, b->currency);
}

static bool pays(struct annual annual) {
    return annual.units > 0;
}

/* Of who paid as the month began: 1 when they stop, -1 when they are back within the month. */
static int lost(bool is_of_opening, const struct revenue_row *row) {
    int before = pays(row->before.arr) ? 1 : 0;
    int after = pays(row->after.arr) ? 1 : 0;
    check(row->before.arr.units >= 0);
    check(row->after.arr.units >= 0);
    return is_of_opening ? before - after : 0;
}

static void take(struct revenue_account *account, struct revenue_row *row) {
    struct revenue_day day = revenue_day_of(row->at);
    struct revenue_month month = revenue_month_of(day);
    if (!account->is_known) {
        account->signed_up = day;
    }
    if (!account->is_known || month.number != account->month.number) {
        account->month = month;
        account->month_opening = row->before.arr;
    }
    if (!account->has_ever_paid && pays(row->after.arr)) {
        account->has_ever_paid = true;
        account->cohort = month;
    }
    row->is_of_opening = pays(account->month_opening);
    row->lost = lost(row->is_of_opening, row);
    row->has_cohort = account->has_ever_paid;
    row->cohort = account->cohort;
    row->signed_up = account->signed_up;
    account->is_known = true;
    account->stand = row->after;
    check(account->month.number == month.number);
    check(account->has_ever_paid || !pays(row->after.arr));
    check(row->lost >= -1);
    check(row->lost <= 1);
}

/* Whoever was not there stood for nothing, on the plan that costs nothing. */
static struct revenue_stand nothing_like(const struct revenue_stand *stand) {
    struct revenue_stand none = {
        .place = REVENUE_GONE, .tier = TIER_FREE, .currency = stand->currency};
    memcpy(none.country, stand->country, sizeof none.country);
    return none;
}

bool revenue_follow(struct revenue_account *account, const struct revenue_stand *now,
                    struct instant at, struct revenue_row *ret_row) {
    check((unsigned)now->place < REVENUE_PLACE_COUNT);
    check(now->arr.units >= 0);
    check(now->committed.units <= now->arr.units);
    check(!account->has_ever_paid || account->is_known);
    struct revenue_row row = {.at = at, .after = *now};
    row.before = account->is_known ? account->stand : nothing_like(now);
    bool is_other_money = !currency_equal(row.before.currency, now->currency);
    if (is_other_money) { /* what it brought in one ends, before it brings something in another */
        row.after = nothing_like(&row.before);
        row.after.place = REVENUE_FREE;
        row.after.tier = TIER_FREE;
    }
    if (account->is_known && is_alike(&row.before, &row.after)) {
        return false;
    }
    row.kind = revenue_movement(row.before.arr, row.after.arr, account->has_ever_paid);
    if (row.kind == REVENUE_STANDING && !account->is_known) {
        row.kind = REVENUE_SIGNUP;
    } else if (row.kind == REVENUE_STANDING && row.after.place == REVENUE_GONE) {
        row.kind = REVENUE_LEFT;
    }
    row.reason = is_other_money ? REVENUE_CURRENCY : reason_of(row.kind, &row.before, &row.after);
    take(account, &row);
    check(is_alike(&account->stand, &row.after));
    *ret_row = row;
    return true;
}

struct revenue_row revenue_reversed(struct revenue_account *account, const struct revenue_row *row,
                                    struct instant at) {
    check(account->is_known);
    check(is_alike(&account->stand, &row->after));
    struct revenue_row back = {.at = at,
                               .kind = revenue_movement(row->after.arr, row->before.arr, true),
                               .reason = REVENUE_CORRECTION,
                               .before = row->after,
                               .after = row->before};
    if (back.after.place == REVENUE_GONE) {
        back.after.place = REVENUE_FREE; /* the account stays */
    }
    take(account, &back);
    return back;
}

/* --- what roll-ups add up --- */

static struct revenue_entry entry_of(const struct revenue_stand *stand) {
    struct revenue_entry entry = {
        .tier = stand->tier, .interval = stand->interval, .currency = stand->currency};
    memcpy(entry.country, stand->country, sizeof entry.country);
    return entry;
}

static void add_stand(struct revenue_measures *to, const struct revenue_stand *stand, int sign) {
    check(sign == 1 || sign == -1);
    to->holding += sign * stand->arr.units;
    to->list += sign * stand->list.units;
    to->committed += sign * stand->committed.units;
    to->at_risk += sign * revenue_risk(stand).units;
    to->paying += pays(stand->arr) ? sign : 0;
    to->accounts += stand->place == REVENUE_GONE ? 0 : sign;
}

static bool is_same_place(const struct revenue_entry *a, const struct revenue_entry *b) {
    return a->tier == b->tier && a->interval == b->interval &&
           strcmp(a->country, b->country) == 0 && currency_equal(a->currency, b->currency);
}

int revenue_entries(const struct revenue_row *row,
                    struct revenue_entry ret_entries[REVENUE_ENTRIES]) {
    bool is_of_before = row->kind == REVENUE_CHURN || row->kind == REVENUE_LEFT;
    const struct revenue_stand *first = is_of_before ? &row->before : &row->after;
    const struct revenue_stand *second = is_of_before ? &row->after : &row->before;
    ret_entries[0] = entry_of(first);
    ret_entries[1] = entry_of(second);
    int other = is_same_place(&ret_entries[0], &ret_entries[1]) ? 0 : 1;
    struct revenue_measures *of = &ret_entries[0].measures;
    of->count = 1;
    of->amount = row->after.arr.units - row->before.arr.units;
    of->lost = row->lost;
    add_stand(of, first, is_of_before ? -1 : 1);
    add_stand(&ret_entries[other].measures, second, is_of_before ? 1 : -1);
    /* What the entries hold more is what has moved. */
    int64_t held = of->holding + (other == 1 ? ret_entries[1].measures.holding : 0);
    check(held == of->amount);
    check(other == 0 || ret_entries[1].measures.count == 0);
    bool has_other = other == 1 && memcmp(&ret_entries[1].measures, &(struct revenue_measures){0},
                                          sizeof(struct revenue_measures)) != 0;
    return has_other ? 2 : 1;
}
