/* Figures out: the present period from the gate, history from the totals. */
#include "app/usage.h"

#include "base/check.h"
#include "base/int128.h"
#include "store/limit_state.h"

/* A projection says nothing before so much of the period has passed. */
enum { PROJECTION_DAYS_MIN = 3, SOURCES_MAX = 1000 };

int usage_percent_of(const struct gate_verdict *verdict) {
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

static void set_notices(struct usage_metric_view *view, const struct limit_state_row *row) {
    for (unsigned i = 0; i < LIMIT_NOTICE_COUNT; i++) {
        if ((row->notices & 1 << i) != 0) {
            view->notices[view->notice_count++] = (struct usage_notice_given){
                .name = str_from_cstr(limit_notice_name((enum limit_notice)(1U << i))),
                .at = row->given_at[i],
                .limit = row->limit_amount,
                .has_at = row->given_at[i] != ROW_NONE,
                .has_limit = row->limit_amount != ROW_NONE,
            };
        }
    }
}

/* A counter's row speaks of one usage period, which may be over. */
static struct err add_notices(struct tx *tx, struct str user_id, struct usage_view *view) {
    struct row_list list;
    TRY(limit_state_list(tx, user_id, &list));
    const struct limit_state_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct usage_metric_view *of = &view->metrics[rows[i].metric];
        bool is_present = metric_kind(of->metric) == METRIC_GAUGE ||
                          rows[i].period_start == of->verdict.period.start.ms;
        if (is_present) {
            set_notices(of, &rows[i]);
        }
    }
    return OK;
}

/* Who reads totals has let what was behind be written (usage_totals.h). */
struct instant usage_complete_until(const struct app *app) {
    return app->is_ingestion_paused ? app->ingestion_paused_at : app_now(app);
}

/* Several statements over one commit; to enter the store for each costs more than most of them. */
static struct err begin_reading(const struct tx *tx, bool *ret_has_begun) {
    *ret_has_begun = !db_in_transaction(tx->db);
    return *ret_has_begun ? db_begin(tx->db) : OK;
}

static struct err end_reading(const struct tx *tx, bool has_begun, struct err err) {
    if (has_begun) {
        db_rollback(tx->db); /* nothing was written */
    }
    return err;
}

static struct err read_view(const struct app *app, struct tx *tx, struct str user_id,
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
    *ret_view = (struct usage_view){.period = subscription.usage_period,
                                    .as_of = usage_complete_until(app)};
    for (int i = 0; i < METRIC_COUNT; i++) {
        struct usage_metric_view *view = &ret_view->metrics[i];
        view->metric = (enum metric)i;
        view->verdict = verdicts[i];
        view->resets_at = verdicts[i].period.end;
        view->percent = usage_percent_of(&verdicts[i]);
        view->has_projection = project((enum metric)i, &verdicts[i], now, &view->projected);
    }
    TRY(add_notices(tx, user_id, ret_view));
    return add_heard(tx, user_id, ret_view);
}

struct err usage_view_read(const struct app *app, struct tx *tx, struct str user_id,
                           struct usage_view *ret_view, bool *ret_found) {
    bool has_begun = false;
    TRY(begin_reading(tx, &has_begun));
    return end_reading(tx, has_begun, read_view(app, tx, user_id, ret_view, ret_found));
}

/* Of the day that the span ends in, the total is the span's as well when nothing of the day lies
 * behind the end, as of the present day; else its hours are. */
static struct err read_counter_days(struct tx *tx, struct str user_id, enum metric metric,
                                    struct usage_span span, struct row_list *ret_list) {
    struct period last = period_day_containing((struct instant){span.to});
    struct usage_span behind = {USAGE_HOUR, span.to, last.end.ms};
    struct usage_span days = {USAGE_DAY, span.from, last.start.ms};
    struct usage_span rest = {USAGE_HOUR, last.start.ms, span.to};
    if (rest.from == rest.to) {
        return usage_series_of(tx, user_id, metric, days, ret_list);
    }
    bool has_behind = false;
    TRY(usage_series_has(tx, user_id, metric, behind, &has_behind));
    if (!has_behind) {
        days.to = last.end.ms;
        return usage_series_of(tx, user_id, metric, days, ret_list);
    }
    TRY(usage_series_of(tx, user_id, metric, days, ret_list));
    return usage_series_of(tx, user_id, metric, rest, ret_list);
}

/* Of a day of a counter its total, of a gauge its hours. */
static struct err read_metric(struct tx *tx, struct str user_id, enum metric metric,
                              struct usage_span span, struct row_list *ret_list) {
    if (span.grain != USAGE_DAY) {
        return usage_series_of(tx, user_id, metric, span, ret_list);
    }
    struct usage_span hours = {USAGE_HOUR, span.from, span.to};
    return metric_kind(metric) == METRIC_COUNTER
               ? read_counter_days(tx, user_id, metric, span, ret_list)
               : usage_series_of(tx, user_id, metric, hours, ret_list);
}

static struct err read_series(struct tx *tx, struct str user_id, const enum metric *metric,
                              struct usage_span span, struct row_list *ret_list) {
    if (metric != NULL) {
        return read_metric(tx, user_id, *metric, span, ret_list);
    }
    if (span.grain != USAGE_DAY) {
        return usage_series(tx, user_id, span, ret_list);
    }
    for (int i = 0; i < METRIC_COUNT; i++) {
        TRY(read_metric(tx, user_id, (enum metric)i, span, ret_list));
    }
    return OK;
}

struct err usage_series_read(struct tx *tx, struct str user_id, const enum metric *metric,
                             struct usage_span span, struct row_list *ret_list) {
    check(span.from <= span.to);
    check(metric == NULL || (int)*metric < METRIC_COUNT);
    bool has_begun = false;
    *ret_list = (struct row_list){NULL, 0};
    TRY(begin_reading(tx, &has_begun));
    return end_reading(tx, has_begun, read_series(tx, user_id, metric, span, ret_list));
}

struct err usage_lately(const struct app *app, struct tx *tx, struct str user_id, int days,
                        struct quantity ret_amounts[METRIC_COUNT]) {
    struct instant end = period_day_containing(app_now(app)).end;
    struct usage_span span = {
        .grain = USAGE_DAY, .from = end.ms - duration_days(days).ms, .to = end.ms};
    for (int m = 0; m < METRIC_COUNT; m++) {
        enum metric metric = (enum metric)m;
        if (metric_kind(metric) == METRIC_GAUGE) {
            TRY(usage_level(tx, user_id, metric, &ret_amounts[m].amount));
        } else {
            TRY(usage_sum(tx, user_id, metric, span, &ret_amounts[m].amount));
        }
    }
    return OK;
}

struct err usage_sources_read(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return usage_source_list(tx, user_id, SOURCES_MAX, ret_list);
}
