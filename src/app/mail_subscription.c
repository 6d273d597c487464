#include "app/mail_subscription.h"

#include "app/mail.h"
#include "app/mail_method.h"
#include "app/mail_price.h"
#include "app/mail_values.h"
#include "app/subscription.h"
#include "core/dunning.h"
#include "core/subscription.h"
#include "store/dunning.h"

static struct str plan_word(int tier) {
    return str_from_cstr(tier_name((enum tier)tier));
}

static struct str interval_word(int interval) {
    return str_from_cstr(interval_name((enum interval)interval));
}

/* The moment is part of the key: a plan may be changed back and forth, and each time is news. */
static struct err order(struct app *app, struct tx *tx, const struct subscription_row *row,
                        enum mail_kind kind, struct str values) {
    struct mail_order mail = {
        .user_id = row->user_id,
        .kind = kind,
        .dedupe_key = arena_printf(tx->cx->arena, "%s:%s:%lld", mail_kind_name(kind), row->id.text,
                                   (long long)cx_now_ms(tx->cx)),
        .values = values,
    };
    return mail_order(app, tx, &mail);
}

/* --- another plan, now or later --- */

struct plan_from_to {
    int tier_before, interval_before, tier_after, interval_after;
    int64_t at;
    const struct plan *plan_after; /* of the version that is billed */
};

static struct str change_values(struct tx *tx, const struct plan_from_to *plans) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "planBefore", plan_word(plans->tier_before));
    mail_values_str(&values, "planAfter", plan_word(plans->tier_after));
    mail_values_str(&values, "intervalBefore", interval_word(plans->interval_before));
    mail_values_str(&values, "intervalAfter", interval_word(plans->interval_after));
    mail_values_time(&values, "effectiveAt", plans->at);
    mail_price_of(plans->plan_after, (enum interval)plans->interval_after, &values);
    return mail_values_end(&values);
}

static struct err tell_plan(struct app *app, struct tx *tx,
                            const struct subscription_change *change) {
    const struct subscription_row *before = change->before;
    const struct subscription_row *after = change->after;
    if (before->tier == after->tier && before->interval == after->interval) {
        return OK;
    }
    struct subscription_view view;
    TRY(subscription_view_of(app, tx->cx, after, &view));
    struct plan_from_to plans = {before->tier,    before->interval,  after->tier,
                                 after->interval, cx_now_ms(tx->cx), view.plan};
    return order(app, tx, after, MAIL_KIND_PLAN_CHANGED, change_values(tx, &plans));
}

static bool has_new_pending(const struct subscription_change *change) {
    const struct subscription_row *before = change->before;
    const struct subscription_row *after = change->after;
    return after->pending_tier >= 0 && (after->pending_tier != before->pending_tier ||
                                        after->pending_interval != before->pending_interval);
}

static struct err tell_pending(struct app *app, struct tx *tx,
                               const struct subscription_row *after) {
    struct subscription_view view;
    TRY(subscription_view_of(app, tx->cx, after, &view));
    struct plan_from_to plans = {after->tier,
                                 after->interval,
                                 after->pending_tier,
                                 after->pending_interval,
                                 after->current_period_end,
                                 view.pending_plan};
    return order(app, tx, after, MAIL_KIND_CHANGE_SCHEDULED, change_values(tx, &plans));
}

/* --- ends --- */

static struct err tell_end(struct app *app, struct tx *tx, const struct subscription_row *row,
                           enum mail_kind kind) {
    struct mail_values values;
    bool is_over = kind == MAIL_KIND_SUBSCRIPTION_ENDED;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "plan", plan_word(row->tier));
    mail_values_time(&values, is_over ? "endedAt" : "endsAt",
                     is_over ? row->ended_at : row->current_period_end);
    return order(app, tx, row, kind, mail_values_end(&values));
}

static struct err tell_undone(struct app *app, struct tx *tx, const struct subscription_row *row) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "plan", plan_word(row->tier));
    mail_values_time(&values, "renewsAt", row->current_period_end);
    TRY(mail_price_next(app, tx, row, &values));
    return order(app, tx, row, MAIL_KIND_CANCEL_UNDONE, mail_values_end(&values));
}

static struct err tell_trial(struct app *app, struct tx *tx,
                             const struct subscription_change *change) {
    const struct subscription_row *before = change->before;
    const struct subscription_row *after = change->after;
    struct mail_values values;
    struct str method;
    bool is_longer = before->status == SUBSCRIPTION_TRIALING &&
                     after->status == SUBSCRIPTION_TRIALING && before->trial_ends_at != ROW_NONE &&
                     after->trial_ends_at != ROW_NONE &&
                     after->trial_ends_at > before->trial_ends_at;
    if (!is_longer) {
        return OK;
    }
    TRY(mail_default_method(tx, after->user_id, &method));
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "plan", plan_word(after->tier));
    mail_values_time(&values, "endedBefore", before->trial_ends_at);
    mail_values_time(&values, "endsAt", after->trial_ends_at);
    TRY(mail_price_next(app, tx, after, &values));
    mail_values_str(&values, "method", method);
    return order(app, tx, after, MAIL_KIND_TRIAL_EXTENDED, mail_values_end(&values));
}

/* Whether a case of dunning has come to its end with this subscription. */
static struct err was_given_up(struct tx *tx, const struct subscription_row *row, bool *ret_was) {
    struct dunning_filter filter = {row->user_id, DUNNING_EXHAUSTED, INT64_MAX, STR("")};
    struct row_list list;
    TRY(dunning_page(tx, &filter, LIMIT_PAGE, &list));
    const struct dunning_row *cases = list.items;
    *ret_was = false;
    for (size_t i = 0; i < list.count; i++) {
        *ret_was |= str_equal(id_str(&cases[i].subscription_id), id_str(&row->id));
    }
    return OK;
}

/* Who did not pay is told by dunning. */
static struct err react_to_end(struct app *app, struct tx *tx,
                               const struct subscription_change *change) {
    int status = change->before->status;
    bool was_lost = status == SUBSCRIPTION_PAST_DUE || status == SUBSCRIPTION_UNPAID;
    if (!was_lost) {
        TRY(was_given_up(tx, change->after, &was_lost));
    }
    return was_lost ? OK : tell_end(app, tx, change->after, MAIL_KIND_SUBSCRIPTION_ENDED);
}

struct err mail_subscription_react(struct app *app, struct tx *tx,
                                   const struct subscription_change *change) {
    const struct subscription_row *before = change->before;
    const struct subscription_row *after = change->after;
    if (before->ended_at == ROW_NONE && after->ended_at != ROW_NONE) {
        return react_to_end(app, tx, change);
    }
    TRY(tell_plan(app, tx, change));
    TRY(tell_trial(app, tx, change));
    if (has_new_pending(change)) {
        return tell_pending(app, tx, after);
    }
    bool has_moved = before->tier != after->tier || before->interval != after->interval;
    bool lost_pending = before->pending_tier >= 0 && after->pending_tier < 0 && !has_moved;
    bool is_new_end = after->cancel_at_period_end &&
                      (!before->cancel_at_period_end || lost_pending) && after->pending_tier < 0;
    bool is_undone = !after->cancel_at_period_end && !has_moved &&
                     (lost_pending || (before->cancel_at_period_end && before->pending_tier < 0));
    if (is_new_end) {
        return tell_end(app, tx, after, MAIL_KIND_CANCEL_SCHEDULED);
    }
    return is_undone ? tell_undone(app, tx, after) : OK;
}
