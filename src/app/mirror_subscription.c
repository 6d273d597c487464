/* Stripe's subscription becomes a stretch of the customer's life here.
 *
 *   not known, and live        the stretch on `free` ends, this one begins, with a new usage period
 *   not known, incomplete      remembered by name only: the customer stays where they are
 *   known                      status, period and plan follow
 *   known, over                the stretch ends; the customer falls to `free` at that instant */
#include "app/mirror_subscription.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/customer.h"
#include "app/dunning.h"
#include "app/feedback.h"
#include "app/operation_plan.h"
#include "app/reaction.h"
#include "base/check.h"
#include "base/log.h"
#include "store/subscription.h"
#include "store/usage.h"
#include "store/webhook.h"

static bool is_live(enum subscription_status status) {
    return status == SUBSCRIPTION_ACTIVE || status == SUBSCRIPTION_TRIALING ||
           status == SUBSCRIPTION_PAST_DUE || status == SUBSCRIPTION_UNPAID ||
           status == SUBSCRIPTION_PAUSED;
}

static struct str facts_of(struct cx *cx, const struct subscription_row *row) {
    return AUDIT_FACTS(
        cx, AUDIT_TEXT("subscription", id_str(&row->id)),
        AUDIT_TEXT("tier", str_from_cstr(tier_name((enum tier)row->tier))),
        AUDIT_WHOLE("planVersion", row->plan_version),
        AUDIT_TEXT("interval", str_from_cstr(interval_name((enum interval)row->interval))),
        AUDIT_TEXT("status",
                   str_from_cstr(subscription_status_name((enum subscription_status)row->status))),
        AUDIT_WHOLE("endsWithPeriod", row->cancel_at_period_end ? 1 : 0));
}

/* What it was before, and is now; either may be NULL. The line is about the one that is there. */
struct stretch {
    const struct subscription_row *before, *after;
};

static struct err note(struct tx *tx, const struct stretch *stretch, const char *type,
                       const char *says) {
    const struct subscription_row *row = stretch->after != NULL ? stretch->after : stretch->before;
    struct billing_note line = {
        .type = type,
        .description = arena_printf(tx->cx->arena, "%s %s", tier_name((enum tier)row->tier), says),
        .metadata = arena_printf(tx->cx->arena, "{\"subscriptionId\":\"%s\"}", row->id.text),
    };
    if (stretch->before != NULL) {
        line.before = facts_of(tx->cx, stretch->before);
    }
    if (stretch->after != NULL) {
        line.after = facts_of(tx->cx, stretch->after);
    }
    return billing_event_note(tx, row->user_id, &line);
}

/* Copies what Stripe may say at any time. */
static void copy(const struct payments_subscription *from, int64_t now,
                 struct subscription_row *row) {
    row->status = (int)from->status;
    row->current_period_start = from->current_period.start.ms;
    row->current_period_end = from->current_period.end.ms;
    row->cancel_at_period_end = from->cancel_at_period_end;
    row->stripe_subscription_id = from->id;
    row->stripe_item_id = from->item_id;
    row->stripe_schedule_id = from->schedule_id;
    row->trial_ends_at = from->has_trial ? from->trial_end.ms : ROW_NONE;
    if (from->status != SUBSCRIPTION_PAST_DUE) {
        row->past_due_since = ROW_NONE;
    } else if (row->past_due_since == ROW_NONE) {
        row->past_due_since = now;
    }
}

static struct err end_stretch(struct tx *tx, struct subscription_row *row, int64_t at) {
    row->ended_at = at > row->created_at ? at : row->created_at;
    row->status = SUBSCRIPTION_CANCELED;
    return subscription_replace(tx, row);
}

/* A new stretch begins a new usage period at its very instant. One that began at that instant or,
 * since Stripe knows only whole seconds, a moment after it, lasted no time: it is moved out of the
 * way by a millisecond, and its totals with it, so that they stay its own. */
static struct err make_way(struct tx *tx, struct subscription_row *before, int64_t at) {
    if (before->usage_anchor < at) {
        return OK;
    }
    int64_t anchor = at - 1;
    TRY(usage_move_period(tx, before->user_id, before->usage_anchor, anchor));
    before->usage_anchor = anchor;
    return OK;
}

/* --- begins --- */

static struct err begin(struct app *app, struct tx *tx, struct str user_id,
                        const struct payments_subscription *from, struct gate_update *ret_update) {
    struct price_name name;
    struct subscription_row before;
    bool has_before = false;
    TRY(subscription_in_force(tx, user_id, &before, &has_before));
    if (!price_lookup_parse(from->lookup_key, &name) ||
        catalogue_plan_version(app->catalogue, name.tier, (int32_t)name.version) == NULL) {
        log_event(app->env, LOG_WARNING, "mirror.unknown_price", "subscription=" STR_FMT,
                  STR_ARG(from->id));
        return OK;
    }
    if (has_before && before.stripe_subscription_id.len > 0) {
        log_event(app->env, LOG_WARNING, "mirror.second_subscription", "subscription=" STR_FMT,
                  STR_ARG(from->id));
        return OK; /* reconciliation shows it to a person */
    }
    if (has_before) {
        TRY(make_way(tx, &before, from->created_at.ms));
        TRY(end_stretch(tx, &before, from->created_at.ms));
    }
    struct subscription_row row = {
        .user_id = user_id,
        .id = id_from(from->local_id),
        .tier = (int)name.tier,
        .plan_version = name.version,
        .interval = (int)name.interval,
        .currency = has_before ? before.currency : str_from_cstr(app->catalogue->currency.code),
        .usage_anchor = from->created_at.ms,
        .pending_tier = -1,
        .pending_interval = -1,
        .past_due_since = ROW_NONE,
        .created_at = from->created_at.ms,
        .ended_at = ROW_NONE,
        .access_until = ROW_NONE,
        .trial_ends_at = ROW_NONE,
    };
    copy(from, cx_now_ms(tx->cx), &row);
    TRY(subscription_insert(tx, &row));
    const struct stretch stretch = {has_before ? &before : NULL, &row};
    TRY(note(tx, &stretch, "subscription.started", "begins"));
    TRY(feedback_note_upgrade(tx, user_id));
    return gate_update_prepare(app, tx, user_id, false, ret_update);
}

/* --- changes --- */

/* The plan that Stripe bills. A change that waited for the period's end has come, or, when the
 * period has moved on without it, has been taken back there. */
static void follow_plan(const struct payments_subscription *from, int64_t period_start_before,
                        struct subscription_row *row) {
    struct price_name name;
    if (!price_lookup_parse(from->lookup_key, &name)) {
        return;
    }
    bool has_moved = from->current_period.start.ms > period_start_before;
    row->tier = (int)name.tier;
    row->plan_version = name.version;
    row->interval = (int)name.interval;
    bool has_come =
        row->pending_tier == (int)name.tier && row->pending_interval == (int)name.interval;
    if (has_come || has_moved) {
        row->pending_tier = row->pending_interval = -1;
        row->pending_version = 0;
    }
}

static bool entitles_alike(const struct subscription_row *a, const struct subscription_row *b) {
    return a->tier == b->tier && a->plan_version == b->plan_version && a->status == b->status &&
           a->past_due_since == b->past_due_since && a->access_until == b->access_until;
}

static struct err note_change(struct tx *tx, const struct subscription_row *before,
                              const struct subscription_row *after) {
    const struct stretch stretch = {before, after};
    if (before->tier != after->tier || before->interval != after->interval) {
        TRY(note(tx, &stretch, "subscription.changed", "is the plan now"));
    }
    if (before->status != after->status) {
        TRY(note(tx, &stretch, "subscription.status",
                 subscription_status_name((enum subscription_status)after->status)));
    }
    if (before->cancel_at_period_end != after->cancel_at_period_end && after->pending_tier < 0) {
        TRY(note(tx, &stretch, "subscription.end",
                 after->cancel_at_period_end ? "ends with the period" : "goes on"));
    }
    return OK;
}

static struct err change(struct app *app, struct tx *tx, struct subscription_row *row,
                         const struct payments_subscription *from, struct gate_update *ret_update) {
    struct subscription_row before = *row;
    copy(from, cx_now_ms(tx->cx), row);
    follow_plan(from, before.current_period_start, row);
    TRY(subscription_replace(tx, row));
    TRY(note_change(tx, &before, row));
    const struct subscription_change change = {&before, row};
    TRY(reaction_subscription(app, tx, &change));
    return entitles_alike(&before, row)
               ? OK
               : gate_update_prepare(app, tx, row->user_id, true, ret_update);
}

/* --- ends --- */

static struct err end(struct app *app, struct tx *tx, struct subscription_row *row,
                      const struct payments_subscription *from, struct gate_update *ret_update) {
    struct customer_row customer;
    bool is_found = false;
    int64_t at = from->has_ended ? from->ended_at.ms : cx_now_ms(tx->cx);
    TRY(customer_get(tx, row->user_id, &customer, &is_found));
    check(is_found);
    const struct subscription_row before = *row;
    TRY(make_way(tx, row, at));
    TRY(end_stretch(tx, row, at));
    const struct stretch stretch = {&before, row};
    TRY(note(tx, &stretch, "subscription.ended", "has ended"));
    const struct subscription_change change = {&before, row};
    TRY(reaction_subscription(app, tx, &change));
    TRY(customer_insert_free(app, tx, &customer, (struct instant){at}));
    TRY(dunning_on_subscription_end(app, tx, row->user_id, id_str(&row->id), ret_update));
    return gate_update_prepare(app, tx, row->user_id, false, ret_update);
}

struct err mirror_subscription(struct app *app, struct tx *tx, struct str user_id,
                               const struct payments_subscription *subscription,
                               struct gate_update *ret_update) {
    struct subscription_row row;
    bool is_known = false;
    if (!id_is(subscription->local_id, "subs")) {
        return OK; /* not made by us */
    }
    TRY(stripe_object_put(tx, subscription->id, user_id, subscription->local_id));
    TRY(subscription_get(tx, user_id, subscription->local_id, &row, &is_known));
    if (!is_known) {
        return is_live(subscription->status) ? begin(app, tx, user_id, subscription, ret_update)
                                             : OK;
    }
    if (row.ended_at != ROW_NONE) {
        return OK; /* over is over, whatever arrives late */
    }
    return subscription_is_over(subscription->status)
               ? end(app, tx, &row, subscription, ret_update)
               : change(app, tx, &row, subscription, ret_update);
}
