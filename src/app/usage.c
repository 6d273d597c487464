/* Figures out: the present period from the gate, history from the totals. */
#include "app/usage.h"

#include "base/check.h"
#include "base/int128.h"

/* A projection says nothing before so much of the period has passed. */
enum { PROJECTION_DAYS_MIN = 3, SOURCES_MAX = 1000 };

static int percent_of(const struct gate_verdict *verdict) {
    int64_t limit = verdict->limit.amount.amount;
    if (!verdict->is_bounded || limit == 0) {
        return 0;
    }
    int64_t used = verdict->used.amount < 0 ? 0 : verdict->used.amount;
    i128 percent = (i128)used * 100 / limit;
    return percent > INT32_MAX ? INT32_MAX : (int)percent;
}

/* What has been used so far, stretched to the whole period. */
static bool project(enum metric metric, const struct gate_verdict *verdict, struct instant now,
                    struct quantity *ret_projected) {
    if (metric_kind(metric) == METRIC_GAUGE) {
        *ret_projected = verdict->used;
        return true;
    }
    int64_t passed = instant_difference(now, verdict->period.start).ms;
    int64_t length = period_length(verdict->period).ms;
    if (passed < duration_days(PROJECTION_DAYS_MIN).ms || length <= 0) {
        return false;
    }
    i128 projected = (i128)verdict->used.amount * length / passed;
    ret_projected->amount = projected > LIMIT_AMOUNT ? LIMIT_AMOUNT : (int64_t)projected;
    return true;
}

/* Events that were refused are heard as well; takes have no source, but change the total. */
static struct err add_heard(struct tx *tx, struct str user_id, struct usage_view *view) {
    struct row_list list;
    TRY(usage_heard_list(tx, user_id, &list));
    const struct usage_heard *heard = list.items;
    for (int i = 0; i < METRIC_COUNT; i++) {
        int64_t at = ROW_NONE;
        TRY(usage_changed_at(tx, user_id, (enum metric)i, &at));
        for (size_t j = 0; j < list.count; j++) {
            at = heard[j].metric == i && heard[j].at > at ? heard[j].at : at;
        }
        view->metrics[i].was_heard = at != ROW_NONE;
        view->metrics[i].heard_at = (struct instant){at == ROW_NONE ? 0 : at};
    }
    return OK;
}

/* Who reads totals has let what was behind be written (usage_totals.h). */
struct instant usage_complete_until(const struct app *app) {
    return app_now(app);
}

struct err usage_view_read(const struct app *app, struct tx *tx, struct str user_id,
                           struct usage_view *ret_view, bool *ret_found) {
    struct subscription_view subscription;
    TRY(subscription_view_read(app, tx, user_id, &subscription, ret_found));
    struct gate_handle handle = gate_customer(app->gate, user_id);
    if (!*ret_found || !gate_is_known(handle)) {
        *ret_found = false;
        return OK;
    }
    struct instant now = app_now(app);
    struct gate_verdict verdicts[METRIC_COUNT];
    gate_snapshot(handle, now, verdicts);
    *ret_view = (struct usage_view){.period = subscription.usage_period, .as_of = now};
    for (int i = 0; i < METRIC_COUNT; i++) {
        struct usage_metric_view *view = &ret_view->metrics[i];
        view->metric = (enum metric)i;
        view->verdict = verdicts[i];
        view->resets_at = verdicts[i].period.end;
        view->percent = percent_of(&verdicts[i]);
        view->has_projection = project((enum metric)i, &verdicts[i], now, &view->projected);
    }
    return add_heard(tx, user_id, ret_view);
}

struct err usage_series_read(struct tx *tx, struct str user_id, struct usage_span span,
                             struct row_list *ret_list) {
    check(span.from <= span.to);
    return usage_series(tx, user_id, span, USAGE_SERIES_MAX, ret_list);
}

struct err usage_sources_read(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return usage_source_list(tx, user_id, SOURCES_MAX, ret_list);
}
