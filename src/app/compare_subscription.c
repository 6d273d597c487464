/* A subscription there, beside the stretch of the customer's life that mirrors it. */
#include "app/compare.h"

#include "app/mirror_object.h"
#include "app/operation_plan.h"
#include "base/rfc3339.h"
#include "store/subscription.h"
#include "store/webhook.h"

static bool is_live(enum subscription_status status) {
    return !subscription_is_over(status) && status != SUBSCRIPTION_INCOMPLETE;
}

static struct str status_words(enum subscription_status status) {
    return str_from_cstr(subscription_status_name(status));
}

static struct str period_words(struct tx *tx, int64_t start_ms, int64_t end_ms) {
    char start[RFC3339_SIZE];
    char end[RFC3339_SIZE];
    rfc3339_format(start_ms, start);
    rfc3339_format(end_ms, end);
    return arena_printf(tx->cx->arena, "%s to %s", start, end);
}

static struct str plan_words(struct tx *tx, int tier, int64_t version, int interval) {
    return arena_printf(tx->cx->arena, "%s v%lld by the %s", tier_name((enum tier)tier),
                        (long long)version, interval_name((enum interval)interval));
}

/* --- not known here --- */

static struct err compare_new(struct app *app, struct tx *tx,
                              const struct payments_subscription *there,
                              struct comparison *comparison) {
    struct subscription_row in_force;
    struct price_name name;
    bool has_any = false;
    TRY(subscription_in_force(tx, comparison->user_id, &in_force, &has_any));
    bool is_sold = price_lookup_parse(there->lookup_key, &name) &&
                   catalogue_plan_version(app->catalogue, name.tier, (int32_t)name.version) != NULL;
    if (has_any && in_force.stripe_subscription_id.len > 0) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_TWICE, in_force.stripe_subscription_id,
                       there->id);
    } else if (!is_sold) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_UNKNOWN_PRICE, STR("no such plan"),
                       there->lookup_key.len > 0 ? there->lookup_key : there->price_id);
    } else {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_MISSING_HERE, STR("not known"),
                       status_words(there->status));
    }
    return OK;
}

/* --- known --- */

/* What waits for the period's end is the price there already. */
static bool is_same_plan(const struct subscription_row *row, const struct price_name *name) {
    bool is_present = row->tier == (int)name->tier && row->plan_version == name->version &&
                      row->interval == (int)name->interval;
    bool is_next =
        row->pending_tier == (int)name->tier && row->pending_interval == (int)name->interval;
    return is_present || is_next;
}

static void compare_plan(struct tx *tx, const struct subscription_row *row,
                         const struct payments_subscription *there, struct comparison *comparison) {
    struct price_name name;
    struct str here = plan_words(tx, row->tier, row->plan_version, row->interval);
    if (!price_lookup_parse(there->lookup_key, &name)) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_UNKNOWN_PRICE, here,
                       there->lookup_key.len > 0 ? there->lookup_key : there->price_id);
    } else if (!is_same_plan(row, &name)) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_PLAN, here,
                       plan_words(tx, (int)name.tier, name.version, (int)name.interval));
    }
}

static void compare_live(struct tx *tx, const struct subscription_row *row,
                         const struct payments_subscription *there, struct comparison *comparison) {
    const struct period *period = &there->current_period;
    if (row->status != (int)there->status) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_STATUS,
                       status_words((enum subscription_status)row->status),
                       status_words(there->status));
    }
    if (row->current_period_start != period->start.ms ||
        row->current_period_end != period->end.ms) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_PERIOD,
                       period_words(tx, row->current_period_start, row->current_period_end),
                       period_words(tx, period->start.ms, period->end.ms));
    }
    if (row->cancel_at_period_end != there->cancel_at_period_end) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_CANCEL,
                       row->cancel_at_period_end ? STR("ends") : STR("goes on"),
                       there->cancel_at_period_end ? STR("ends") : STR("goes on"));
    }
    compare_plan(tx, row, there, comparison);
}

static void compare_known(struct tx *tx, const struct subscription_row *row,
                          const struct payments_subscription *there,
                          struct comparison *comparison) {
    bool is_over_here = row->ended_at != ROW_NONE;
    bool is_over_there = subscription_is_over(there->status);
    if (is_over_here && !is_over_there) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_ENDED_HERE, STR("ended"),
                       status_words(there->status));
    } else if (!is_over_here && is_over_there) {
        comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_ENDED_THERE,
                       status_words((enum subscription_status)row->status),
                       status_words(there->status));
    } else if (!is_over_here) {
        compare_live(tx, row, there, comparison);
    }
}

struct err compare_subscription(struct app *app, struct tx *tx,
                                const struct payments_subscription *there,
                                struct comparison *comparison) {
    struct subscription_row row;
    bool is_found = false;
    TRY(mirror_owner_of(tx, there->customer_id, &comparison->user_id));
    comparison->is_ours = comparison->user_id.len > 0;
    if (!comparison->is_ours) {
        return OK;
    }
    if (!id_is(there->local_id, "subs")) {
        if (is_live(there->status)) {
            comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_FOREIGN, STR("not known"),
                           status_words(there->status));
        }
        return OK;
    }
    TRY(subscription_get(tx, comparison->user_id, there->local_id, &row, &is_found));
    if (is_found && row.stripe_subscription_id.len > 0 &&
        !str_equal(row.stripe_subscription_id, there->id)) {
        if (is_live(there->status)) {
            comparison_add(comparison, DIFFERENCE_SUBSCRIPTION_TWICE, row.stripe_subscription_id,
                           there->id);
        }
        return OK;
    }
    if (is_found) {
        compare_known(tx, &row, there, comparison);
        return OK;
    }
    return is_live(there->status) ? compare_new(app, tx, there, comparison) : OK;
}
