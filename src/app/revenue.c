#include "app/revenue.h"

#include <string.h>

#include "app/adoption.h"
#include "app/audit.h"
#include "app/operation_plan.h"
#include "app/privacy.h"
#include "app/revenue_proof.h"
#include "app/revenue_rebuild.h"
#include "app/subscription.h"
#include "base/check.h"
#include "base/log.h"
#include "core/coupon.h"
#include "core/plan_book.h"
#include "store/customer.h"
#include "store/operation.h"
#include "store/revenue_entered.h"
#include "store/setting.h"
#include "store/touched.h"

enum {
    BATCH = 200,          /* customers of one transaction */
    PASTS = 50,           /* of these, whose past is written: so long others wait for the writer */
    STRETCHES_MAX = 1000, /* of a customer's past that are looked at */
};

/* --- rates --- */

struct err revenue_rates_read(const struct app *app, struct tx *tx,
                              struct revenue_rates *ret_rates) {
    struct row_list list;
    TRY(revenue_rate_list(tx, REVENUE_RATES_MAX, &list));
    const struct revenue_rate_row *rows = list.items;
    struct revenue_quote *quotes = arena_array(tx->cx->arena, list.count, sizeof *quotes);
    if (quotes == NULL && list.count > 0) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list.count; i++) {
        quotes[i] = (struct revenue_quote){
            .number = rows[i].number, .at = {rows[i].at}, .rate = {rows[i].micros}};
        if (!currency_parse(rows[i].currency, &quotes[i].currency)) {
            return cx_fail(tx->cx, ERR(ERR_CORRUPT), "a rate is of no known currency");
        }
    }
    *ret_rates = (struct revenue_rates){app->catalogue->currency, quotes, list.count};
    return OK;
}

/* --- rows and accounts --- */

struct following {
    struct app *app;
    struct tx *tx;
    struct revenue_account_row kept; /* as it stands in the store */
    struct revenue_account_row row;
    struct revenue_account account;
    struct revenue_rates rates;
    bool corrects; /* what is written is no movement of the customer's */
};

static void copy_country(struct str from, char ret_country[3]) {
    memset(ret_country, 0, 3);
    memcpy(ret_country, from.bytes, from.len == 2 ? 2 : 0);
}

static struct revenue_account account_of(const struct revenue_account_row *row) {
    struct revenue_account account = {
        .is_known = true,
        .stand = {.place = (enum revenue_place)row->place,
                  .tier = (enum tier)row->tier,
                  .plan_version = row->plan_version,
                  .interval = (enum interval)row->interval,
                  .is_contract = plan_version_is_private(row->plan_version),
                  .has_discount = row->arr != row->list,
                  .arr = {row->arr},
                  .list = {row->list},
                  .committed = {row->committed}},
        .has_ever_paid = row->cohort != ROW_NONE,
        .signed_up = {(int32_t)row->signed_up},
        .month = {(int32_t)row->month},
        .month_opening = {row->month_opening},
    };
    if (account.has_ever_paid) {
        account.cohort.number = (int32_t)row->cohort;
    }
    copy_country(row->country, account.stand.country);
    account.stand.currency = money_stored(0, row->currency).currency;
    return account;
}

static struct err open_account(struct app *app, struct tx *tx, struct str user_id,
                               struct following *ret_following) {
    struct following of = {.app = app, .tx = tx};
    bool is_found = false;
    TRY(revenue_account_get(tx, user_id, &of.row, &is_found));
    if (is_found) {
        of.account = account_of(&of.row);
    } else {
        of.row = (struct revenue_account_row){.user_id = user_id,
                                              .subscription_id = STR(""),
                                              .coupon = STR(""),
                                              .last_at = INSTANT_MIN_MS,
                                              .due_at = ROW_NONE,
                                              .turn = REVENUE_TURN_NEXT};
    }
    of.kept = of.row;
    TRY(revenue_rates_read(app, tx, &of.rates));
    *ret_following = of;
    return OK;
}

static struct str code_of(struct tx *tx, struct currency currency) {
    return arena_str(tx->cx->arena, str_from_cstr(currency.code));
}

static struct str country_of(struct tx *tx, const struct revenue_stand *stand) {
    return arena_str(tx->cx->arena, str_from_cstr(stand->country));
}

/* --- what is written --- */

static struct revenue_add add_of(const struct revenue_movement_row *row) {
    return (struct revenue_add){
        .day = row->day,
        .month = revenue_month_of((struct revenue_day){(int32_t)row->day}).number,
        .kind = row->kind,
        .reason = row->reason,
        .of_opening = row->of_opening,
        .currency = row->currency,
        .rate_number = row->rate_number,
    };
}

static struct revenue_row core_row(const struct revenue_movement_row *row) {
    struct revenue_row core = {
        .kind = (enum revenue_kind)row->kind,
        .before = {.place = (enum revenue_place)row->place_before,
                   .tier = (enum tier)row->tier_before,
                   .interval = (enum interval)row->interval_before,
                   .arr = {row->arr_before},
                   .list = {row->list_before},
                   .committed = {row->committed_before}},
        .after = {.place = (enum revenue_place)row->place,
                  .tier = (enum tier)row->tier,
                  .interval = (enum interval)row->interval,
                  .arr = {row->arr_after},
                  .list = {row->list_after},
                  .committed = {row->committed_after}},
        .lost = (int)row->lost,
    };
    copy_country(row->country_before, core.before.country);
    copy_country(row->country, core.after.country);
    return core;
}

/* The stands that a row tells of, as they were: so sums can be made anew from rows alone. */
int revenue_adds_of(const struct revenue_movement_row *row,
                    struct revenue_add ret_adds[REVENUE_ENTRIES]) {
    struct revenue_row core = core_row(row);
    struct revenue_entry entries[REVENUE_ENTRIES];
    int count = revenue_entries(&core, entries);
    for (int i = 0; i < count; i++) {
        ret_adds[i] = add_of(row);
        ret_adds[i].tier = (int)entries[i].tier;
        ret_adds[i].interval = (int)entries[i].interval;
        ret_adds[i].country = strcmp(entries[i].country, core.after.country) == 0
                                  ? row->country
                                  : row->country_before;
        ret_adds[i].measures = entries[i].measures;
    }
    return count;
}

static struct err add_cohorts(struct tx *tx, const struct revenue_movement_row *row) {
    struct revenue_row core = core_row(row);
    int paying = (row->arr_after > 0 ? 1 : 0) - (row->arr_before > 0 ? 1 : 0);
    int accounts =
        (core.after.place == REVENUE_GONE ? 0 : 1) - (core.before.place == REVENUE_GONE ? 0 : 1);
    struct revenue_cohort_row cohort = {
        .basis = REVENUE_BY_SIGNUP,
        .cohort = revenue_month_of((struct revenue_day){(int32_t)row->signed_up}).number,
        .month = revenue_month_of((struct revenue_day){(int32_t)row->day}).number,
        .currency = row->currency,
        .rate_number = row->rate_number,
        .amount = row->arr_after - row->arr_before,
        .paying = paying,
        .accounts = accounts,
    };
    if (cohort.amount == 0 && paying == 0 && accounts == 0) {
        return OK;
    }
    TRY(revenue_cohort_add(tx, &cohort));
    if (row->cohort == ROW_NONE) {
        return OK;
    }
    cohort.basis = REVENUE_BY_PAYMENT;
    cohort.cohort = row->cohort;
    return revenue_cohort_add(tx, &cohort);
}

static struct err add_up(struct tx *tx, const struct revenue_movement_row *row) {
    struct revenue_add adds[REVENUE_ENTRIES];
    int count = revenue_adds_of(row, adds);
    TRY(revenue_month_touch(tx, adds[0].month));
    for (int i = 0; i < count; i++) {
        TRY(revenue_day_add(tx, &adds[i]));
        TRY(revenue_month_add(tx, &adds[i]));
    }
    return add_cohorts(tx, row);
}

static struct err last_of_chain(struct tx *tx, struct str user_id, int64_t *ret_seq) {
    struct audit_row last;
    bool is_found = false;
    TRY(audit_row_last(tx, user_id, &last, &is_found));
    *ret_seq = is_found ? last.seq : 0;
    return OK;
}

static struct err keep_row(struct following *of, const struct revenue_row *core) {
    struct tx *tx = of->tx;
    struct revenue_movement_row row = {
        .user_id = of->row.user_id,
        .seq = of->row.seq + 1,
        .effective_at = core->at.ms,
        .recorded_at = cx_now_ms(tx->cx),
        .day = revenue_day_of(core->at).number,
        .kind = (int)core->kind,
        .reason = (int)(of->corrects ? REVENUE_CORRECTION : core->reason),
        .subscription_id = of->row.subscription_id,
        .tier_before = (int)core->before.tier,
        .interval_before = (int)core->before.interval,
        .country_before = country_of(tx, &core->before),
        .place_before = (int)core->before.place,
        .tier = (int)core->after.tier,
        .plan_version = core->after.plan_version,
        .interval = (int)core->after.interval,
        .country = country_of(tx, &core->after),
        .place = (int)core->after.place,
        .currency = code_of(tx, core->after.currency),
        .rate_number = revenue_quote_at(&of->rates, core->after.currency, core->at),
        .arr_before = core->before.arr.units,
        .arr_after = core->after.arr.units,
        .list_before = core->before.list.units,
        .list_after = core->after.list.units,
        .committed_before = core->before.committed.units,
        .committed_after = core->after.committed.units,
        .of_opening = core->is_of_opening,
        .lost = core->lost,
        .cohort = core->has_cohort ? core->cohort.number : ROW_NONE,
        .signed_up = core->signed_up.number,
        .actor = audit_actor_id(tx),
    };
    TRY(last_of_chain(tx, row.user_id, &row.audit_seq));
    TRY(revenue_movement_insert(tx, &row));
    TRY(adoption_note_upgrade(tx, core, &row));
    return add_up(tx, &row);
}

static struct err keep_account(struct following *of) {
    const struct revenue_account *account = &of->account;
    const struct revenue_stand *stand = &account->stand;
    of->row.place = (int)stand->place;
    of->row.tier = (int)stand->tier;
    of->row.plan_version = stand->plan_version;
    of->row.interval = (int)stand->interval;
    of->row.country = country_of(of->tx, stand);
    of->row.currency = code_of(of->tx, stand->currency);
    of->row.arr = stand->arr.units;
    of->row.list = stand->list.units;
    of->row.committed = stand->committed.units;
    of->row.cohort = account->has_ever_paid ? account->cohort.number : ROW_NONE;
    of->row.signed_up = account->signed_up.number;
    of->row.month = account->month.number;
    of->row.month_opening = account->month_opening.units;
    return revenue_account_put(of->tx, &of->row);
}

/* Whether there is anything to keep of an account: a row, or what the next one rests on. */
static bool has_changed(const struct following *of) {
    return of->row.seq != of->kept.seq || of->row.due_at != of->kept.due_at ||
           of->row.turn != of->kept.turn || of->row.ahead != of->kept.ahead ||
           of->row.coupon_since != of->kept.coupon_since ||
           !str_equal(of->row.coupon, of->kept.coupon) ||
           !str_equal(of->row.subscription_id, of->kept.subscription_id);
}

/* Until it stands as `now`: another currency takes two rows. */
static struct err follow_to(struct following *of, const struct revenue_stand *now,
                            struct instant at) {
    struct revenue_row row;
    at.ms = at.ms < of->row.last_at ? of->row.last_at : at.ms;
    of->row.turn = REVENUE_TURN_NEXT;
    for (int i = 0; i < 2 && revenue_follow(&of->account, now, at, &row); i++) {
        TRY(keep_row(of, &row));
        of->row.seq++;
        of->row.last_at = at.ms;
    }
    if (of->row.seq == 0 || !has_changed(of)) {
        return OK;
    }
    TRY(keep_account(of));
    of->kept = of->row;
    return OK;
}

/* --- how a customer stands --- */

/* Whether a change to `free` is under way: its end may be heard of before its answer is. */
static struct err is_leaving(struct tx *tx, struct str user_id, bool *ret_is) {
    struct operation_row open;
    struct operation_plan plan;
    bool is_found = false;
    *ret_is = false;
    TRY(operation_open(tx, user_id, &open, &is_found));
    if (is_found) {
        TRY(operation_plan_read(tx->cx, open.request, &plan));
        *ret_is = plan.to_free;
    }
    return OK;
}

/* By what a paid plan has ended: by what is being done, or by what was scheduled. */
static struct err exit_of(const struct following *of, enum revenue_exit *ret_exit) {
    bool is_to_free = of->row.ahead == REVENUE_AHEAD_TO_FREE;
    switch (touched_wish_of(of->tx, of->row.user_id)) {
    case TOUCHED_TO_END:
        is_to_free = false;
        break;
    case TOUCHED_TO_FREE:
        is_to_free = true;
        break;
    case TOUCHED_NO_WISH:
        TRY(is_to_free ? OK : is_leaving(of->tx, of->row.user_id, &is_to_free));
        break;
    }
    *ret_exit = is_to_free ? REVENUE_EXIT_TO_FREE : REVENUE_EXIT_CANCELED;
    return OK;
}

/* What is scheduled for the plan; an end that was scheduled keeps the name that it had. */
static int ahead_of(const struct following *of, const struct subscription_row *row) {
    if (row->tier == TIER_FREE || (!row->cancel_at_period_end && row->pending_tier < 0)) {
        return REVENUE_AHEAD_NOTHING;
    }
    if (row->pending_tier >= 0) {
        return REVENUE_AHEAD_CHANGE;
    }
    enum touched_wish wish = touched_wish_of(of->tx, of->row.user_id);
    bool is_to_free = wish == TOUCHED_TO_FREE ||
                      (wish == TOUCHED_NO_WISH && of->row.ahead == REVENUE_AHEAD_TO_FREE);
    return is_to_free ? REVENUE_AHEAD_TO_FREE : REVENUE_AHEAD_END;
}

/* Since when a coupon counts: since it was seen first, or since its stretch began. */
static void note_coupon(struct following *of, const struct subscription_row *row,
                        struct instant at) {
    if (!str_equal(of->row.coupon, row->coupon)) {
        bool is_other = !str_equal(of->row.subscription_id, id_str(&row->id));
        of->row.coupon_since = is_other ? row->created_at : at.ms;
        of->row.coupon = row->coupon;
    }
}

static struct err stand_of(struct following *of, const struct subscription_row *row,
                           struct instant at, struct revenue_stand *ret_stand, bool *ret_known) {
    const struct catalogue *catalogue = of->app->catalogue;
    struct revenue_terms terms = {
        .plan = catalogue_plan_version(catalogue, (enum tier)row->tier, (int32_t)row->plan_version),
        .interval = (enum interval)row->interval,
        .status = (enum subscription_status)row->status,
        .access = subscription_row_access(of->app, row, at),
        .is_ending = row->cancel_at_period_end,
        .coupon = row->coupon.len > 0 ? coupon_of(catalogue, row->coupon) : NULL,
        .coupon_since = {of->row.coupon_since},
        .at = at,
    };
    *ret_known = terms.plan != NULL;
    if (terms.plan == NULL) {
        log_event(of->app->env, LOG_WARNING, "revenue.unknown_plan", "tier=%s version=%lld",
                  tier_name((enum tier)row->tier), (long long)row->plan_version);
        return OK;
    }
    if (row->pending_tier >= 0) {
        terms.pending = subscription_pending_plan(of->app, row);
        terms.pending_interval = (enum interval)row->pending_interval;
    }
    if (terms.plan->tier == TIER_FREE && of->row.arr > 0) {
        TRY(exit_of(of, &terms.exit));
    }
    struct str country;
    TRY(revenue_country(of->tx, row->user_id, &country));
    *ret_stand = revenue_stand_of(&terms);
    copy_country(country, ret_stand->country);
    ret_stand->currency = money_stored(0, row->currency).currency;
    struct instant ends = revenue_coupon_ends(terms.coupon, terms.coupon_since);
    bool runs_out = instant_is_before(at, ends) && !instant_equal(ends, INSTANT_MAX);
    of->row.due_at = runs_out && ret_stand->has_discount ? ends.ms : ROW_NONE;
    return OK;
}

static struct err leave(struct following *of, struct instant at) {
    struct revenue_stand gone = {.place = REVENUE_GONE, .tier = TIER_FREE};
    gone.currency = of->account.stand.currency;
    memcpy(gone.country, of->account.stand.country, sizeof gone.country);
    of->row.due_at = ROW_NONE;
    return follow_to(of, &gone, at);
}

/* To how the row says that it stands at `at`. */
static struct err follow_row(struct following *of, const struct subscription_row *row,
                             struct instant at) {
    struct revenue_stand stand;
    bool is_known = false;
    note_coupon(of, row, at);
    TRY(stand_of(of, row, at, &stand, &is_known));
    of->row.subscription_id = arena_str(of->tx->cx->arena, id_str(&row->id));
    of->row.ahead = ahead_of(of, row);
    return is_known ? follow_to(of, &stand, at) : OK;
}

/* A stretch takes effect as it begins, and a change that was scheduled as its period does, though
 * either may be heard of later. */
static struct instant effective(const struct following *of, const struct subscription_row *row,
                                struct instant now) {
    bool is_other = !str_equal(of->row.subscription_id, id_str(&row->id));
    const struct revenue_stand *stand = &of->account.stand;
    bool has_come = of->row.ahead == REVENUE_AHEAD_CHANGE && row->pending_tier < 0 &&
                    (row->tier != (int)stand->tier || row->interval != (int)stand->interval ||
                     row->plan_version != stand->plan_version);
    struct instant at = {is_other ? row->created_at : row->current_period_start};
    return (is_other || has_come) && at.ms < now.ms ? at : now;
}

/* Of whom only plans are known that are sold no more: they are counted, and bring nothing. */
static struct err stand_for_nothing(struct following *of, struct instant at) {
    struct revenue_stand stand = {
        .place = REVENUE_FREE, .tier = TIER_FREE, .currency = of->app->catalogue->currency};
    return follow_to(of, &stand, at);
}

/* To how the customer stands, from `at` on at the earliest. */
static struct err follow_customer_to(struct following *of, struct instant now) {
    struct subscription_row row;
    bool is_erased = false;
    bool is_found = false;
    TRY(privacy_is_erased(of->tx, of->row.user_id, &is_erased));
    if (is_erased) {
        return of->row.seq > 0 ? leave(of, now) : OK;
    }
    TRY(subscription_in_force(of->tx, of->row.user_id, &row, &is_found));
    if (is_found) {
        return follow_row(of, &row, of->corrects ? now : effective(of, &row, now));
    }
    return of->corrects ? stand_for_nothing(of, now) : OK;
}

static struct err follow_customer(struct app *app, struct tx *tx, struct str user_id) {
    struct following of;
    TRY(open_account(app, tx, user_id, &of));
    return follow_customer_to(&of, (struct instant){cx_now_ms(tx->cx)});
}

static struct err agrees_with(struct following *of, bool *ret_agrees) {
    struct subscription_row row;
    struct revenue_stand stand;
    struct revenue_row difference;
    struct revenue_account account = of->account;
    bool is_found = false;
    bool is_erased = false;
    bool is_known = false;
    struct instant now = {cx_now_ms(of->tx->cx)};
    TRY(privacy_is_erased(of->tx, of->row.user_id, &is_erased));
    TRY(subscription_in_force(of->tx, of->row.user_id, &row, &is_found));
    if (is_erased || !is_found) {
        *ret_agrees = of->row.arr == 0;
        return OK;
    }
    int64_t due_at = of->row.due_at;
    bool is_due = due_at != ROW_NONE && due_at <= now.ms;
    TRY(stand_of(of, &row, now, &stand, &is_known));
    of->row.due_at = due_at;
    *ret_agrees = is_due || !is_known || !revenue_follow(&account, &stand, now, &difference);
    return OK;
}

struct err revenue_agrees(struct app *app, struct tx *tx, struct str user_id, bool *ret_agrees) {
    struct following of;
    TRY(open_account(app, tx, user_id, &of));
    return agrees_with(&of, ret_agrees);
}

/* --- corrections --- */

/* The account as its last row leaves it; what no row tells stays as it was kept. */
static struct err as_told(struct following *of, const struct revenue_movement_row *last) {
    struct revenue_movement_row first;
    struct revenue_account_row *row = &of->row;
    TRY(revenue_movement_first_of_month(of->tx, last, &first));
    row->seq = last->seq;
    row->place = last->place;
    row->tier = last->tier;
    row->plan_version = last->plan_version;
    row->interval = last->interval;
    row->country = last->country;
    row->currency = last->currency;
    row->subscription_id = last->subscription_id;
    row->arr = last->arr_after;
    row->list = last->list_after;
    row->committed = last->committed_after;
    row->cohort = last->cohort;
    row->signed_up = last->signed_up;
    row->month = revenue_month_of((struct revenue_day){(int32_t)last->day}).number;
    row->month_opening = first.arr_before;
    row->last_at = last->effective_at;
    of->account = account_of(row);
    return OK;
}

static bool is_as_kept(const struct following *of) {
    const struct revenue_account_row *a = &of->row;
    const struct revenue_account_row *b = &of->kept;
    return a->seq == b->seq && a->place == b->place && a->tier == b->tier &&
           a->plan_version == b->plan_version && a->interval == b->interval &&
           str_equal(a->country, b->country) && str_equal(a->currency, b->currency) &&
           a->arr == b->arr && a->list == b->list && a->committed == b->committed &&
           a->cohort == b->cohort && a->signed_up == b->signed_up && a->month == b->month &&
           a->month_opening == b->month_opening && a->last_at == b->last_at;
}

struct err revenue_correct(struct app *app, struct tx *tx, const struct revenue_movement_row *last,
                           struct revenue_corrected *corrected) {
    struct following of;
    bool agrees = false;
    TRY(open_account(app, tx, last->user_id, &of));
    TRY(as_told(&of, last));
    bool is_kept = is_as_kept(&of);
    corrected->accounts += is_kept ? 0 : 1;
    TRY(agrees_with(&of, &agrees));
    corrected->rows += agrees ? 0 : 1;
    if (corrected->is_dry_run || (is_kept && agrees)) {
        return OK;
    }
    of.corrects = true;
    of.row.turn = REVENUE_TURN_NEXT;
    TRY(keep_account(&of));
    of.kept = of.row;
    return agrees ? OK : follow_customer_to(&of, (struct instant){cx_now_ms(tx->cx)});
}

struct err revenue_settle(struct app *app, struct tx *tx) {
    for (size_t i = 0; tx->touched != NULL && i < tx->touched->count; i++) {
        TRY(follow_customer(app, tx, tx->touched->users[i].id));
    }
    return OK;
}

/* --- what was before, and what time does --- */

/* A stretch as it was when it began: in its trial, or paid. */
static struct subscription_row as_begun(const struct subscription_row *row, bool is_in_trial) {
    struct subscription_row begun = *row;
    begun.status = is_in_trial ? SUBSCRIPTION_TRIALING : SUBSCRIPTION_ACTIVE;
    begun.past_due_since = begun.access_until = ROW_NONE;
    begun.pending_tier = begun.pending_interval = -1;
    begun.cancel_at_period_end = false;
    return begun;
}

static struct err live_again(struct following *of, const struct subscription_row *row) {
    bool has_trial = row->trial_ends_at != ROW_NONE && row->trial_ends_at > row->created_at;
    struct subscription_row begun = as_begun(row, has_trial);
    TRY(follow_row(of, &begun, (struct instant){row->created_at}));
    int64_t end = row->ended_at == ROW_NONE ? cx_now_ms(of->tx->cx) : row->ended_at;
    if (has_trial && row->trial_ends_at < end) {
        begun = as_begun(row, false);
        TRY(follow_row(of, &begun, (struct instant){row->trial_ends_at}));
    }
    return OK;
}

/* From stretches alone: what happened within one, and is not seen in its row, happened today. */
static struct err write_past(struct app *app, struct tx *tx, struct str user_id) {
    struct following of;
    struct row_list list;
    bool is_erased = false;
    struct instant now = {cx_now_ms(tx->cx)};
    TRY(open_account(app, tx, user_id, &of));
    TRY(privacy_is_erased(tx, user_id, &is_erased));
    TRY(subscription_stretches(tx, user_id, STRETCHES_MAX, &list));
    const struct subscription_row *rows = list.items;
    for (size_t i = list.count; i > 0; i--) {
        TRY(live_again(&of, &rows[i - 1]));
    }
    if (is_erased) {
        return of.row.seq > 0 ? leave(&of, now) : OK;
    }
    bool has_one = list.count > 0 && rows[0].ended_at == ROW_NONE;
    TRY(has_one ? follow_row(&of, &rows[0], now) : OK);
    return of.row.seq == 0 ? stand_for_nothing(&of, now) : OK;
}

/* Whether everybody who was there before facts were kept has theirs: "written", and nobody looks
 * for whom that might be any more. Before that, how far it is: "after " and the last customer who
 * was looked at, so that no transaction goes through those who are done. */
static const char past_setting[] = "revenue_past";
static const char past_after[] = "after ";

static bool is_all_written(struct str text) {
    return str_equal(text, STR("written"));
}

static struct err past_is_written(struct tx *tx, bool *ret_is) {
    struct str text;
    TRY(setting_get(tx, past_setting, &text));
    *ret_is = is_all_written(text);
    return OK;
}

/* Of whom a change has kept facts meanwhile, their past is among them. */
static struct err write_past_once(struct app *app, struct tx *tx, struct str user_id) {
    struct revenue_account_row row;
    bool is_kept = false;
    TRY(revenue_account_get(tx, user_id, &row, &is_kept));
    return is_kept ? OK : write_past(app, tx, user_id);
}

static struct err write_pasts(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    struct str text;
    *ret_has_more = false;
    TRY(setting_get(tx, past_setting, &text));
    if (is_all_written(text)) {
        return OK;
    }
    struct str after = text.len == 0 ? STR("") : str_skip(text, sizeof past_after - 1);
    TRY(revenue_customers_after(tx, after, PASTS, &list));
    const struct str *users = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(write_past_once(app, tx, users[i]));
    }
    *ret_has_more = list.count == PASTS;
    struct str next = *ret_has_more ? arena_printf(tx->cx->arena, "%s" STR_FMT, past_after,
                                                   STR_ARG(users[list.count - 1]))
                                    : STR("written");
    return setting_put(tx, past_setting, next);
}

struct err revenue_run_due(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list due;
    bool has_more = false;
    TRY(write_pasts(app, tx, &has_more));
    TRY(revenue_accounts_due(tx, cx_now_ms(tx->cx), BATCH, &due));
    const struct str *users = due.items;
    for (size_t i = 0; i < due.count; i++) {
        touched_add(tx, users[i]);
    }
    if (has_more || due.count == BATCH) {
        *ret_has_more = true;
        return OK;
    }
    TRY(revenue_rebuild_go_on(app, tx, ret_has_more));
    return *ret_has_more ? OK : revenue_proof_go_on(app, tx, ret_has_more);
}

struct err revenue_next_due_at(const struct app *app, struct tx *tx, struct instant *ret_at) {
    bool is_written = false;
    bool is_rebuilding = false;
    int64_t at = ROW_NONE;
    TRY(past_is_written(tx, &is_written));
    TRY(revenue_account_due_next(tx, &at));
    TRY(revenue_proof_next_at(tx, ret_at));
    *ret_at = at == ROW_NONE ? *ret_at : instant_earlier(*ret_at, (struct instant){at});
    TRY(revenue_rebuild_is_running(tx, &is_rebuilding));
    *ret_at = is_written && !is_rebuilding ? *ret_at : app_now(app);
    return OK;
}
