/* Judging: what rules say of the figures as they stand. */
#include "app/usage_alert_inside.h"

#include "base/check.h"
#include "store/usage_alert.h"

enum { LOOK_AGAIN_HOURS = 24, SPEND_AGAIN_HOURS = 1 };

/* --- one rule --- */

struct usage_alert_thresholds usage_alert_thresholds_of(const struct usage_alert_row *row) {
    struct usage_alert_thresholds thresholds = {.count = 0};
    struct str rest = row->thresholds;
    int64_t percent = 0;
    while (rest.len > 0 && thresholds.count < USAGE_ALERT_THRESHOLDS_MAX &&
           str_to_i64(str_cut(&rest, ' '), &percent)) {
        thresholds.percents[thresholds.count++] = (int32_t)percent;
    }
    check(usage_alert_thresholds_are_valid(&thresholds));
    return thresholds;
}

static struct err told_of(struct tx *tx, const struct usage_alert_telling *telling,
                          const struct usage_alert_thresholds *thresholds, unsigned *ret_told) {
    const struct usage_alert_told told = {
        .user_id = telling->row->user_id,
        .alert_id = id_str(&telling->row->id),
        .base = telling->level.base,
        .cycle_start = telling->cycle.start.ms,
        .is_of_any_cycle = telling->level.is_gauge,
    };
    struct row_list list;
    TRY(usage_alert_firing_told(tx, &told, &list));
    const struct usage_alert_firing_row *rows = list.items;
    *ret_told = 0;
    for (size_t i = 0; i < list.count; i++) {
        for (size_t j = 0; j < thresholds->count; j++) {
            *ret_told |= rows[i].threshold == thresholds->percents[j] ? 1U << j : 0;
        }
    }
    return OK;
}

/* Tells what is due of the rule; *ret_judged says until when nothing more is. */
static struct err judge(struct app *app, struct tx *tx, struct usage_alert_telling *telling,
                        struct usage_alert_judgement *ret_judged) {
    const struct usage_alert_row *row = telling->row;
    struct usage_alert_thresholds thresholds = usage_alert_thresholds_of(row);
    unsigned told = 0;
    TRY(told_of(tx, telling, &thresholds, &told));
    *ret_judged = usage_alert_judge(&thresholds, &telling->level, told);
    for (size_t i = 0; i < thresholds.count; i++) {
        if ((ret_judged->rearms & 1U << i) != 0) {
            TRY(usage_alert_firing_rearm(tx, row->user_id, id_str(&row->id), thresholds.percents[i],
                                         cx_now_ms(tx->cx)));
        }
    }
    telling->fires = ret_judged->fires;
    return telling->fires == 0 ? OK : usage_alert_tell(app, tx, telling);
}

/* --- metrics --- */

/* What a rule about a metric is held against, as the gate has it. */
static struct usage_alert_level level_of(const struct usage_alert_row *row,
                                         const struct gate_verdict *verdict) {
    bool has_limit = verdict->is_bounded;
    return (struct usage_alert_level){
        .value = verdict->used.amount > 0 ? verdict->used.amount : 0,
        .base = row->basis == USAGE_ALERT_QUANTITY ? row->amount
                : has_limit                        ? verdict->limit.amount.amount
                                                   : 0,
        .is_gauge = metric_kind((enum metric)row->metric) == METRIC_GAUGE,
    };
}

struct err usage_alert_judge_metric(struct app *app, struct tx *tx, struct str user_id,
                                    enum metric metric, struct usage_alert_hint *hint) {
    struct gate_handle customer = gate_customer(app->gate, user_id);
    struct row_list list;
    if (!gate_is_known(customer)) {
        return OK;
    }
    struct instant now = {cx_now_ms(tx->cx)};
    struct gate_verdict verdict = gate_check(customer, metric, quantity_of(0), now);
    struct usage_alert_hint found = {verdict.period.start.ms, INT64_MIN, INT64_MAX};
    TRY(usage_alert_list(tx, user_id, USAGE_ALERTS_MAX, &list));
    const struct usage_alert_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].metric == (int)metric) {
            struct usage_alert_judgement judged;
            struct usage_alert_telling telling = {
                .row = &rows[i], .level = level_of(&rows[i], &verdict), .cycle = verdict.period};
            TRY(judge(app, tx, &telling, &judged));
            found.falls_at = judged.falls_at > found.falls_at ? judged.falls_at : found.falls_at;
            found.rises_at = judged.rises_at < found.rises_at ? judged.rises_at : found.rises_at;
        }
    }
    if (hint != NULL) {
        *hint = found;
    }
    return OK;
}

struct err usage_alert_watch_keep(struct app *app, struct tx *tx, struct str user_id,
                                  enum metric metric, const struct gate_verdict *verdict) {
    struct usage_alert_hint *hint = NULL;
    TRY(usage_alert_hint_find(app, tx, user_id, metric, &hint));
    bool is_idle = hint == NULL || (verdict->period.start.ms == hint->period_start &&
                                    verdict->used.amount >= hint->falls_at &&
                                    verdict->used.amount < hint->rises_at);
    return is_idle ? OK : usage_alert_judge_metric(app, tx, user_id, metric, hint);
}

/* --- budgets --- */

static struct usage_alert_level budget_level(const struct usage_alert_row *row,
                                             const struct usage_alert_spend *spend) {
    bool is_comparable = spend->has_next && str_equal(spend->currency, row->currency);
    return (struct usage_alert_level){
        .value = is_comparable && spend->amount > 0 ? spend->amount : 0,
        .base = row->amount,
    };
}

static struct err judge_budget(struct app *app, struct tx *tx, struct usage_alert_row *row,
                               const struct usage_alert_spend *spend) {
    struct usage_alert_judgement judged;
    struct usage_alert_telling telling = {
        .row = row,
        .level = budget_level(row, spend),
        .cycle = {{spend->has_next ? spend->at : 0}, {spend->has_next ? spend->at : 0}},
    };
    row->seen_value = telling.level.value;
    row->seen_cycle = spend->has_next ? spend->at : ROW_NONE;
    row->seen_at = cx_now_ms(tx->cx);
    return judge(app, tx, &telling, &judged);
}

/* --- as it stands, for who asks --- */

struct usage_alert_standing usage_alert_standing(const struct app *app,
                                                 const struct usage_alert_row *row) {
    struct usage_alert_thresholds thresholds = usage_alert_thresholds_of(row);
    struct gate_handle customer = gate_customer(app->gate, row->user_id);
    struct usage_alert_standing standing = {.as_of = app_now(app).ms};
    if (row->metric < 0) {
        standing.level = (struct usage_alert_level){
            .value = row->seen_value == ROW_NONE ? 0 : row->seen_value, .base = row->amount};
        standing.has_value = row->seen_at != ROW_NONE;
        standing.as_of = row->seen_at;
        standing.cycle.end.ms = row->seen_cycle;
    } else if (gate_is_known(customer)) {
        struct gate_verdict verdict =
            gate_check(customer, (enum metric)row->metric, quantity_of(0), app_now(app));
        standing.level = level_of(row, &verdict);
        standing.has_value = true;
        standing.cycle = verdict.period;
    }
    standing.has_base = standing.level.base > 0;
    standing.judged = usage_alert_judge(&thresholds, &standing.level, 0);
    return standing;
}

/* --- all of a customer's, by the job --- */

static struct err look(struct app *app, struct tx *tx, const struct usage_alert_look *look,
                       struct usage_alert_row *row) {
    bool is_budget = row->metric < 0;
    bool is_blind = is_budget && !look->spend.is_known;
    struct duration rest = duration_hours(is_blind ? SPEND_AGAIN_HOURS : LOOK_AGAIN_HOURS);
    if (is_budget && look->spend.is_known) {
        TRY(judge_budget(app, tx, row, &look->spend));
    }
    row->look_at = instant_add((struct instant){cx_now_ms(tx->cx)}, rest).ms;
    return usage_alert_replace(tx, row);
}

static struct err run_look(struct command *command, struct tx *tx) {
    struct usage_alert_look *looking = (struct usage_alert_look *)command;
    struct row_list list;
    bool is_watched[METRIC_COUNT] = {false};
    TRY(usage_alert_list(tx, looking->user_id, USAGE_ALERTS_MAX, &list));
    struct usage_alert_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].metric >= 0 && !is_watched[rows[i].metric]) {
            enum metric metric = (enum metric)rows[i].metric;
            struct usage_alert_hint *hint = NULL;
            is_watched[metric] = true;
            TRY(usage_alert_hint_find(command->app, tx, looking->user_id, metric, &hint));
            TRY(usage_alert_judge_metric(command->app, tx, looking->user_id, metric, hint));
        }
    }
    /* Last: what is told changes the customer's history, which has rules looked at. */
    for (size_t i = 0; i < list.count; i++) {
        TRY(look(command->app, tx, looking, &rows[i]));
    }
    return OK;
}

void usage_alert_look(struct app *app, struct usage_alert_look *look) {
    look->command.run = run_look;
    look->command.after = NULL;
    command_submit(app, &look->command);
}

struct err usage_alert_next_look(struct tx *tx, struct str *ret_user_id, struct instant *ret_at) {
    struct usage_alert_due due;
    bool is_found = false;
    TRY(usage_alert_next_due(tx, &due, &is_found));
    *ret_at = is_found ? (struct instant){due.look_at} : INSTANT_MAX;
    *ret_user_id = is_found ? due.user_id : STR("");
    return OK;
}

struct err usage_alert_needs_spend(struct tx *tx, struct str user_id, bool *ret_needs) {
    struct row_list list;
    TRY(usage_alert_list(tx, user_id, USAGE_ALERTS_MAX, &list));
    const struct usage_alert_row *rows = list.items;
    *ret_needs = false;
    for (size_t i = 0; i < list.count; i++) {
        *ret_needs |= rows[i].metric < 0;
    }
    return OK;
}
