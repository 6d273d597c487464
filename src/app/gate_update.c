/* From rows to the gate: entitlements become limits, totals become counters, limit states become
 * watches. At start gate_load.c does this for everybody, so that the gate is always what the rows
 * say. */
#include "app/gate_update.h"

#include <string.h>

#include "app/lease.h"
#include "app/limit_told.h"
#include "app/limit_watch.h"
#include "app/privacy.h"
#include "app/subscription.h"
#include "base/check.h"
#include "store/touched.h"
#include "store/usage.h"

static struct err used_of(struct tx *tx, const struct subscription_view *view, enum metric metric,
                          int64_t *ret_used) {
    if (metric_kind(metric) == METRIC_GAUGE) {
        return usage_level(tx, view->row.user_id, metric, ret_used);
    }
    return usage_total(tx, view->row.user_id, metric, view->usage_period.start.ms, ret_used);
}

struct limit_watch gate_update_watch(const struct limit_state_row *row, struct limit limit) {
    bool is_of_another = row->limit_amount != ROW_NONE && row->limit_amount != limit.amount.amount;
    return (struct limit_watch){
        .has_grace = row->grace_ends_at != ROW_NONE,
        .grace_ends_at = {row->grace_ends_at == ROW_NONE ? 0 : row->grace_ends_at},
        .is_settling = row->settled_since != ROW_NONE,
        .settled_since = {row->settled_since == ROW_NONE ? 0 : row->settled_since},
        .sent = is_of_another ? 0 : (uint8_t)row->notices,
    };
}

void gate_update_cap(const struct usage_alert_cap *cap, struct limit *limit) {
    *limit = usage_alert_capped(*limit, cap->amount == ROW_NONE ? NULL : &cap->amount);
}

struct limit gate_update_nothing(void) {
    return (struct limit){.kind = LIMIT_COUNT, .soft_limit_percent = LIMIT_PERCENT_MIN};
}

/* A counter's watch dies with its usage period; a gauge's carries on. */
static void add_watches(const struct row_list *states, const struct subscription_view *view,
                        struct gate_settings *settings) {
    const struct limit_state_row *rows = states->items;
    for (size_t i = 0; i < states->count; i++) {
        enum metric metric = (enum metric)rows[i].metric;
        if (metric_kind(metric) == METRIC_GAUGE ||
            rows[i].period_start == view->usage_period.start.ms) {
            struct gate_metric_settings *of = &settings->metrics[metric];
            of->watch = gate_update_watch(&rows[i], of->limit);
        }
    }
}

/* What is out in the period that begins, as when one that began in the same moment gave way. At the
 * start, when nobody is known, gate_load.c reads them. */
static struct err leased_of(struct tx *tx, const struct subscription_view *view, enum metric metric,
                            bool is_known, struct gate_metric_settings *settings) {
    if (!is_known || metric_kind(metric) == METRIC_GAUGE) {
        return OK;
    }
    struct lease_key counter = {
        .user_id = view->row.user_id,
        .metric = (int)metric,
        .period_start = view->usage_period.start.ms,
    };
    return lease_total(tx, &counter, &settings->leased.amount);
}

/* What nodes hold beyond a smaller limit is called back. */
static struct err recall_above(struct tx *tx, struct str user_id, enum metric metric,
                               const struct gate_verdict *before, struct limit limit) {
    int64_t now = cx_now_ms(tx->cx);
    bool is_above = limit_is_bounded(limit) &&
                    before->used.amount + before->leased.amount > limit_hard(limit).amount;
    return before->leased.amount > 0 && is_above
               ? lease_recall(tx, user_id, metric, now, now - LEASE_REST_MS)
               : OK;
}

/* What the plan allows, and the customer lets itself have of it. */
static struct err limits_of(struct tx *tx, const struct subscription_view *view,
                            struct limit ret_limits[METRIC_COUNT]) {
    struct user_range range = {view->row.user_id, view->row.user_id};
    struct row_list list;
    TRY(usage_alert_caps(tx, range, USAGE_ALERTS_MAX, &list));
    const struct usage_alert_cap *caps = list.items;
    memcpy(ret_limits, view->entitlements.limits, sizeof view->entitlements.limits);
    for (size_t i = 0; i < list.count; i++) {
        gate_update_cap(&caps[i], &ret_limits[caps[i].metric]);
    }
    return OK;
}

/* The level of a gauge carries on whatever the period; and what the gate has counted of it may be
 * newer than the rows. */
static struct err settings_of(struct app *app, struct tx *tx, const struct subscription_view *view,
                              bool keeps_used, struct gate_settings *ret_settings) {
    struct gate_handle handle = gate_customer(app->gate, view->row.user_id);
    struct limit limits[METRIC_COUNT];
    bool is_erased = false;
    TRY(limits_of(tx, view, limits));
    TRY(privacy_is_erased(tx, view->row.user_id, &is_erased));
    struct gate_settings settings = {
        .anchor = {view->row.usage_anchor},
        .now = app_now(app),
    };
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        struct gate_metric_settings *of = &settings.metrics[metric];
        of->limit = is_erased ? gate_update_nothing() : limits[metric];
        of->keeps_used = keeps_used || (gate_is_known(handle) &&
                                        metric_kind((enum metric)metric) == METRIC_GAUGE);
        if (of->keeps_used) {
            struct gate_verdict before =
                gate_check(handle, (enum metric)metric, quantity_of(0), settings.now);
            TRY(limit_watch_rejudge(app, tx, view->row.user_id, (enum metric)metric, of->limit));
            TRY(recall_above(tx, view->row.user_id, (enum metric)metric, &before, of->limit));
        } else {
            TRY(used_of(tx, view, (enum metric)metric, &of->used.amount));
            TRY(leased_of(tx, view, (enum metric)metric, gate_is_known(handle), of));
        }
    }
    if (!keeps_used) {
        if (gate_is_known(handle)) {
            TRY(lease_recall_all(tx, view->row.user_id)); /* of the period that was */
        }
        struct row_list states;
        TRY(limit_state_list(tx, view->row.user_id, &states));
        add_watches(&states, view, &settings);
    }
    *ret_settings = settings;
    return OK;
}

struct err gate_update_prepare(struct app *app, struct tx *tx, struct str user_id, bool keeps_used,
                               struct gate_update *ret_update) {
    check(user_id.len <= LIMIT_USER_ID);
    struct subscription_view view;
    bool is_found = false;
    TRY(subscription_view_read(app, tx, user_id, &view, &is_found));
    check(is_found);
    TRY(settings_of(app, tx, &view, keeps_used, &ret_update->settings));
    touched_add(tx, user_id); /* access may have ended by the clock */
    TRY(limit_told_add_change(app, tx, gate_customer(app->gate, user_id)));
    memcpy(ret_update->user_id, user_id.bytes, user_id.len);
    ret_update->user_id[user_id.len] = '\0';
    ret_update->keeps_used = keeps_used;
    ret_update->is_due = true;
    return OK;
}

void gate_update_publish(struct app *app, const struct gate_update *update) {
    if (!update->is_due) {
        return;
    }
    struct err err = gate_put(app->gate, str_from_cstr(update->user_id), &update->settings);
    /* The rows are durable and the gate is full or out of memory: it may not say what they do not,
     * so the process ends, and its restart finds out whether there is room. */
    check(!err_failed(err));
}
