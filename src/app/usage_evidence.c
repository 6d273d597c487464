#include "app/usage_evidence.h"

#include "app/correction.h"
#include "app/explain.h"
#include "app/subscription.h"
#include "store/usage.h"

struct reading {
    struct app *app;
    struct tx *tx;
    const struct invoice_row *invoice;
    struct usage_evidence evidence;
};

static void add(struct reading *reading, struct usage_evidence_row row) {
    if (reading->evidence.count == USAGE_EVIDENCE_MAX) {
        reading->evidence.is_cut = true;
        return;
    }
    reading->evidence.items[reading->evidence.count++] = row;
}

/* --- the price --- */

static void add_price(struct reading *reading, int64_t n, const struct explanation *of) {
    struct money rest = of->line.amount;
    if (of->is_recomputed) {
        add(reading, (struct usage_evidence_row){.kind = EVIDENCE_PRICE,
                                                 .line = n,
                                                 .period = of->line.period,
                                                 .amount = of->recomputed.amount,
                                                 .text = of->formula});
        rest =
            money_of(of->line.amount.minor - of->recomputed.amount.minor, of->line.amount.currency);
    }
    if (!of->is_recomputed || !money_is_zero(rest)) {
        add(reading, (struct usage_evidence_row){
                         .kind = EVIDENCE_UNMATCHED,
                         .line = n,
                         .period = of->line.period,
                         .amount = rest,
                         .text = of->is_recomputed ? STR("The formula comes to another amount.")
                                                   : of->reason});
    }
}

/* --- what was counted --- */

static void add_days(struct reading *reading, const struct usage_evidence_row *like,
                     const struct row_list *days, int64_t *ret_sum) {
    const struct usage_day *rows = days->items;
    bool is_gauge = metric_kind(like->metric) == METRIC_GAUGE;
    *ret_sum = 0;
    for (size_t i = 0; i < days->count; i++) {
        struct usage_evidence_row row = *like;
        row.kind = EVIDENCE_DAY;
        struct period day = period_day_containing((struct instant){rows[i].day});
        row.period = (struct period){instant_later(day.start, like->period.start),
                                     instant_earlier(day.end, like->period.end)};
        row.value = is_gauge ? rows[i].highest : rows[i].sum;
        row.events = rows[i].events;
        row.has_count = true;
        row.counted_at = rows[i].counted_at;
        row.is_late = rows[i].counted_at >= like->period.end.ms;
        *ret_sum += row.value;
        add(reading, row);
    }
}

static struct err add_metric(struct reading *reading, const struct usage_evidence_row *like,
                             struct limit limit) {
    struct tx *tx = reading->tx;
    struct str user_id = reading->invoice->user_id;
    const struct usage_span span = {USAGE_HOUR, like->period.start.ms, like->period.end.ms};
    struct row_list days;
    int64_t total = 0;
    int64_t sum = 0;
    TRY(usage_days(tx, user_id, like->metric, span, &days));
    TRY(usage_total(tx, user_id, like->metric, like->period.start.ms, &total));
    if (days.count == 0 && total == 0) {
        return OK;
    }
    add_days(reading, like, &days, &sum);
    struct usage_evidence_row row = *like;
    if (metric_kind(like->metric) == METRIC_COUNTER && sum != total) {
        row.kind = EVIDENCE_EDGE;
        row.value = total - sum;
        add(reading, row);
    }
    row.kind = EVIDENCE_TOTAL;
    row.value = total;
    row.split = usage_split(limit, quantity_of(total < 0 ? 0 : total));
    add(reading, row);
    return OK;
}

/* Of each usage period that the line's time touches. Before a customer was known there is none. */
static struct err add_usage(struct reading *reading, int64_t n, const struct explanation *of,
                            const struct plan *plan) {
    const struct period billed = of->line.period;
    struct instant at = billed.start;
    while (instant_is_before(at, billed.end) && !reading->evidence.is_cut) {
        struct usage_evidence_row like = {
            .line = n, .is_usage = true, .amount = money_zero(of->line.amount.currency)};
        struct err err =
            subscription_usage_period(reading->tx, reading->invoice->user_id, at, &like.period);
        if (err.code == ERR_NOT_FOUND) {
            return OK;
        }
        TRY(err);
        for (int i = 0; i < METRIC_COUNT; i++) {
            like.metric = (enum metric)i;
            TRY(add_metric(reading, &like, plan->limits[i]));
        }
        at = like.period.end;
    }
    return OK;
}

/* --- the whole --- */

static struct err add_correction(struct reading *reading, const struct record_id *id) {
    struct invoice_row other;
    bool is_found = false;
    struct currency currency = {""};
    if (id->text[0] == '\0') {
        return OK;
    }
    TRY(invoice_get(reading->tx, reading->invoice->user_id, id_str(id), &other, &is_found));
    if (is_found && currency_parse(other.currency, &currency)) {
        add(reading, (struct usage_evidence_row){
                         .kind = EVIDENCE_CORRECTION,
                         .period = {{other.period_start}, {other.period_end}},
                         .amount = money_zero(currency),
                         .text = other.number.len > 0 ? other.number : id_str(&other.id)});
    }
    return OK;
}

static struct err add_line(struct reading *reading, int64_t n, bool *ret_has_line) {
    struct explanation of;
    TRY(explain_read(reading->app, reading->tx, reading->invoice, n, &of));
    *ret_has_line = of.has_line;
    if (!of.has_line) {
        return OK;
    }
    add_price(reading, n, &of);
    bool is_credit = of.line.amount.minor < 0;
    const struct plan *plan = of.is_recomputed && !is_credit
                                  ? catalogue_plan_version(reading->app->catalogue, of.plan.tier,
                                                           (int32_t)of.plan.version)
                                  : NULL;
    return plan == NULL ? OK : add_usage(reading, n, &of, plan);
}

struct err usage_evidence_read(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                               struct usage_evidence *ret_evidence) {
    struct reading reading = {app, tx, invoice, {.count = 0}};
    struct correction_links links;
    bool has_line = true;
    reading.evidence.items =
        arena_array(tx->cx->arena, USAGE_EVIDENCE_MAX, sizeof *reading.evidence.items);
    if (reading.evidence.items == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (int64_t n = 1; has_line; n++) {
        TRY(add_line(&reading, n, &has_line));
    }
    TRY(correction_links_read(tx, invoice->user_id, id_str(&invoice->id), &links));
    TRY(add_correction(&reading, &links.corrects));
    TRY(add_correction(&reading, &links.corrected_by));
    *ret_evidence = reading.evidence;
    return OK;
}
