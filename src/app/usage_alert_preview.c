#include "app/usage_alert_preview.h"

#include "app/subscription.h"
#include "base/check.h"
#include "store/invoice.h"

/* What has been found so far, the oldest first. */
struct walk {
    const struct usage_alert_facts *facts;
    struct usage_alert_level level; /* its base stays, its value moves */
    unsigned told;
    struct usage_alert_would *found;
    size_t count;
};

static void step(struct walk *walk, int64_t value, int64_t at, int64_t cycle_start) {
    const struct usage_alert_thresholds *thresholds = &walk->facts->thresholds;
    walk->level.value = value;
    struct usage_alert_judgement judged = usage_alert_judge(thresholds, &walk->level, walk->told);
    walk->told = (walk->told | judged.fires) & ~judged.rearms;
    for (size_t i = 0; i < thresholds->count && walk->count < USAGE_ALERT_PREVIEW_MAX; i++) {
        if ((judged.fires & 1U << i) != 0) {
            walk->found[walk->count++] =
                (struct usage_alert_would){at, thresholds->percents[i], value, cycle_start};
        }
    }
}

/* --- metrics --- */

static int64_t hour_of(struct instant at) {
    return at.ms - at.ms % duration_hours(1).ms;
}

static struct err walk_cycle(struct tx *tx, struct str user_id, const struct period *cycle,
                             struct walk *walk) {
    const struct usage_alert_watched of = {user_id, walk->facts->metric};
    struct row_list hours;
    int64_t sum = 0;
    /* Two cycles share the hour in which they meet: here it is the later one's. */
    const struct usage_alert_span span = {hour_of(cycle->start), hour_of(cycle->end)};
    TRY(usage_alert_hours(tx, &of, span, &hours));
    const struct usage_alert_hour *points = hours.items;
    walk->told = walk->level.is_gauge ? walk->told : 0;
    for (size_t i = 0; i < hours.count; i++) {
        sum = walk->level.is_gauge ? points[i].value : sum + points[i].value;
        step(walk, sum, points[i].at, cycle->start.ms);
    }
    return OK;
}

/* The cycles that there were, the present one first. */
static struct err cycles_of(struct tx *tx, struct str user_id, struct period present,
                            struct period ret_cycles[USAGE_ALERT_PREVIEW_CYCLES],
                            size_t *ret_count) {
    *ret_count = 0;
    while (*ret_count < USAGE_ALERT_PREVIEW_CYCLES) {
        ret_cycles[(*ret_count)++] = present;
        struct instant before = {present.start.ms - 1};
        struct err err = subscription_usage_period(tx, user_id, before, &present);
        if (err.code == ERR_NOT_FOUND || present.start.ms > before.ms) {
            return OK;
        }
        TRY(err);
    }
    return OK;
}

static struct err walk_metric(struct tx *tx, struct str user_id, const struct gate_verdict *now,
                              struct walk *walk) {
    struct period cycles[USAGE_ALERT_PREVIEW_CYCLES];
    size_t count = 0;
    TRY(cycles_of(tx, user_id, now->period, cycles, &count));
    while (count > 0) {
        TRY(walk_cycle(tx, user_id, &cycles[--count], walk));
    }
    return OK;
}

/* --- money --- */

static struct err walk_invoices(struct tx *tx, struct str user_id, struct walk *walk) {
    struct row_list list;
    const struct invoice_cursor newest = {INT64_MAX, STR("")};
    TRY(invoice_page(tx, user_id, newest, USAGE_ALERT_PREVIEW_INVOICES, &list));
    const struct invoice_row *rows = list.items;
    for (size_t i = list.count; i > 0; i--) {
        walk->told = 0;
        step(walk, rows[i - 1].amount_due, rows[i - 1].created_at, rows[i - 1].created_at);
    }
    return OK;
}

/* --- both --- */

static void reverse(struct usage_alert_would *found, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        struct usage_alert_would kept = found[i];
        found[i] = found[count - 1 - i];
        found[count - 1 - i] = kept;
    }
}

struct err usage_alert_preview(const struct app *app, struct tx *tx, struct str user_id,
                               const struct usage_alert_facts *facts,
                               struct usage_alert_preview *ret_preview) {
    struct gate_handle customer = gate_customer(app->gate, user_id);
    struct walk walk = {.facts = facts};
    *ret_preview = (struct usage_alert_preview){.is_known = gate_is_known(customer)};
    walk.found = arena_array(tx->cx->arena, USAGE_ALERT_PREVIEW_MAX, sizeof *walk.found);
    if (!ret_preview->is_known || walk.found == NULL) {
        return ret_preview->is_known ? ERR(ERR_NO_MEMORY) : OK;
    }
    if (facts->metric < 0) {
        walk.level.base = facts->amount;
        TRY(walk_invoices(tx, user_id, &walk));
    } else {
        const struct gate_verdict now =
            gate_check(customer, (enum metric)facts->metric, quantity_of(0), app_now(app));
        walk.level.is_gauge = metric_kind((enum metric)facts->metric) == METRIC_GAUGE;
        walk.level.base = facts->basis == USAGE_ALERT_QUANTITY ? facts->amount
                          : now.is_bounded                     ? now.limit.amount.amount
                                                               : 0;
        TRY(walk_metric(tx, user_id, &now, &walk));
        ret_preview->now = walk.level;
        ret_preview->now.value = now.used.amount;
        ret_preview->reached = usage_alert_judge(&facts->thresholds, &ret_preview->now, 0).reached;
    }
    reverse(walk.found, walk.count);
    ret_preview->would = (struct row_list){walk.found, walk.count};
    return OK;
}
