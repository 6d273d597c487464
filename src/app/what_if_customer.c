/* One customer under a candidate: the lines of their invoices again, what they bring in a month,
 * and which limits they would hit. */
#include "app/billed.h"
#include "app/explain.h"
#include "app/invoice_lines.h"
#include "app/what_if.h"
#include "base/check.h"
#include "core/standing.h"
#include "store/subscription.h"

enum { PAGE = 32 };

/* Sums beside a run. */
struct replay {
    struct app *app;
    struct app *under; /* the same with the candidate laid under its catalogue */
    struct tx *tx;
    const struct what_if_row *run;
    struct what_if_customer_row *customer;
};

/* --- invoices --- */

static struct what_if_line line_of(const struct explanation *was, const struct explanation *is) {
    return (struct what_if_line){
        .amount = was->line.amount,
        .discount = was->line.discount,
        .is_explained = was->is_recomputed && was->agrees,
        .is_replayed = is->is_recomputed,
        .is_proration = was->line.is_proration,
        .is_by_debit = was->is_by_debit,
        .has_discount = is->has_discount,
        .debit = was->recomputed.base,
        .share = {was->recomputed.seconds, was->recomputed.seconds_whole},
        .price_before = was->price,
        .price_after = is->price,
        .again = is->recomputed.amount,
        .again_discount = is->recomputed.discount,
    };
}

static struct err replay_line(struct replay *replay, const struct invoice_row *invoice, int64_t n) {
    struct what_if_customer_row *customer = replay->customer;
    struct explanation was;
    struct explanation is;
    struct money before;
    struct money after;
    TRY(explain_read(replay->app, replay->tx, invoice, n, &was));
    TRY(explain_read(replay->under, replay->tx, invoice, n, &is));
    const struct what_if_line line = line_of(&was, &is);
    if (!what_if_line(&line, &before, &after)) {
        return cx_fail(replay->tx->cx, ERR(ERR_CORRUPT), "line %lld of %s is out of range",
                       (long long)n, invoice->id.text);
    }
    customer->billed_before += before.minor;
    customer->billed_after += after.minor;
    customer->lines++;
    customer->kept += line.is_explained && line.is_replayed ? 0 : 1;
    return OK;
}

static struct err replay_invoice(struct replay *replay, const struct invoice_row *invoice) {
    struct invoice_lines lines;
    bool is_ours = str_equal(invoice->currency, replay->customer->currency);
    if (!billed_is_in_effect(invoice) || !is_ours) {
        return OK;
    }
    TRY(invoice_lines_read(replay->tx->cx->arena, invoice->lines, &lines));
    for (size_t i = 0; i < lines.count; i++) {
        TRY(replay_line(replay, invoice, (int64_t)i + 1));
    }
    return OK;
}

static struct err replay_invoices(struct replay *replay) {
    struct invoice_cursor cursor = {replay->run->until, STR("")};
    for (int seen = 0; seen < WHAT_IF_INVOICES_MAX; seen += PAGE) {
        struct row_list list;
        TRY(invoice_page(replay->tx, replay->customer->user_id, cursor, PAGE, &list));
        const struct invoice_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            if (rows[i].created_at < replay->run->from) {
                return OK;
            }
            TRY(replay_invoice(replay, &rows[i]));
            cursor = (struct invoice_cursor){rows[i].created_at, id_str(&rows[i].id)};
        }
        if (list.count < PAGE) {
            return OK;
        }
    }
    return OK;
}

/* --- what they have --- */

static struct str words_of(struct arena *arena, unsigned hits) {
    struct str words = STR("");
    for (int i = 0; i < METRIC_COUNT; i++) {
        if ((hits & 1U << i) != 0) {
            words = arena_printf(arena, STR_FMT "%s%s", STR_ARG(words), words.len > 0 ? " " : "",
                                 metric_name((enum metric)i));
        }
    }
    return words;
}

/* Usage periods that began a month before the span's and ended with it. */
static struct err hold_limits(struct replay *replay, const struct plan *was,
                              const struct plan *is) {
    int64_t used[METRIC_COUNT];
    int64_t from = instant_add_months((struct instant){replay->run->from}, -1).ms;
    int64_t until = instant_add_months((struct instant){replay->run->until}, -1).ms;
    TRY(what_if_usage(replay->tx, replay->customer->user_id, from + 1, until + 1, used));
    replay->customer->hits = words_of(replay->tx->cx->arena, what_if_hits(was, is, used));
    return OK;
}

static struct err hold_plan(struct replay *replay) {
    struct what_if_customer_row *customer = replay->customer;
    struct subscription_row row;
    bool is_found = false;
    TRY(subscription_in_force(replay->tx, customer->user_id, &row, &is_found));
    const struct catalogue *in_force = replay->app->catalogue;
    const struct catalogue *laid = replay->under->catalogue;
    enum tier tier = is_found ? (enum tier)row.tier : TIER_FREE;
    int32_t version =
        is_found ? (int32_t)row.plan_version : catalogue_plan(in_force, tier)->version;
    const struct plan *was = catalogue_plan_version(in_force, tier, version);
    const struct plan *is = catalogue_plan_version(laid, tier, version);
    customer->tier = (int)tier;
    if (was == NULL || is == NULL) {
        return OK; /* not sold any more, and not known: nothing can be said */
    }
    if (is_found) {
        enum interval interval = (enum interval)row.interval;
        enum subscription_status status = (enum subscription_status)row.status;
        customer->monthly_before =
            standing_monthly(was, interval, status, in_force->currency).minor;
        customer->monthly_after = standing_monthly(is, interval, status, in_force->currency).minor;
    }
    return hold_limits(replay, was, is);
}

struct err what_if_customer(struct app *app, struct tx *tx, const struct what_if_trial *trial,
                            struct what_if_customer_row *customer, bool *ret_is_told) {
    struct app under = *app;
    under.catalogue = trial->laid;
    struct replay replay = {app, &under, tx, trial->run, customer};
    TRY(replay_invoices(&replay));
    TRY(hold_plan(&replay));
    customer->side = (int)what_if_side_of(customer->billed_after - customer->billed_before,
                                          customer->monthly_after - customer->monthly_before);
    *ret_is_told = customer->lines > 0 || customer->monthly_before != 0 ||
                   customer->monthly_after != 0 || customer->hits.len > 0;
    return OK;
}
