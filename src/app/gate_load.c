#include "app/gate_load.h"

#include <string.h>

#include "app/gate_update.h"
#include "app/subscription.h"
#include "gate/journal.h"
#include "store/lease.h"
#include "store/privacy.h"
#include "store/usage.h"
#include "store/usage_journal.h"

/* The customers of one page, and what was found of each so far. */
struct page {
    const struct subscription_row *rows;
    struct gate_settings *settings;
    struct instant *period_starts; /* of the present usage period */
    size_t count;
    size_t at; /* the customer that the last total was of */
};

static struct err begin(struct app *app, struct cx *cx, const struct row_list *list,
                        struct page *ret_page) {
    struct page page = {.rows = list->items, .count = list->count};
    page.settings = arena_array(cx->arena, list->count, sizeof *page.settings);
    page.period_starts = arena_array(cx->arena, list->count, sizeof *page.period_starts);
    if (page.settings == NULL || page.period_starts == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    struct instant now = app_now(app);
    for (size_t i = 0; i < page.count; i++) {
        struct entitlements entitlements;
        struct instant anchor = {page.rows[i].usage_anchor};
        TRY(subscription_entitlements(app, cx, &page.rows[i], &entitlements));
        page.settings[i] = (struct gate_settings){.anchor = anchor, .now = now};
        page.period_starts[i] = period_containing(anchor, INTERVAL_MONTH, now).start;
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            page.settings[i].metrics[metric].limit = entitlements.limits[metric];
        }
    }
    *ret_page = page;
    return OK;
}

/* Moves on to the customer; both are in the same order. False for one without a subscription. */
static bool find(struct page *page, struct str user_id) {
    while (page->at < page->count && str_compare(page->rows[page->at].user_id, user_id) < 0) {
        page->at++;
    }
    return page->at < page->count && str_equal(page->rows[page->at].user_id, user_id);
}

/* A counter's total is that of the present period, a gauge's level the last of all: they come in
 * the order of time. */
static void add_total(void *context, const struct usage_period_total *total) {
    struct page *page = context;
    if (!find(page, total->user_id)) {
        return;
    }
    bool is_gauge = metric_kind(total->metric) == METRIC_GAUGE;
    if (is_gauge || total->period_start == page->period_starts[page->at].ms) {
        page->settings[page->at].metrics[total->metric].used.amount = total->value;
    }
}

/* A counter's watch dies with its usage period; a gauge's carries on. */
static void add_watches(struct page *page, const struct row_list *states) {
    const struct limit_state_row *rows = states->items;
    page->at = 0;
    for (size_t i = 0; i < states->count; i++) {
        enum metric metric = (enum metric)rows[i].metric;
        if (find(page, rows[i].user_id) &&
            (metric_kind(metric) == METRIC_GAUGE ||
             rows[i].period_start == page->period_starts[page->at].ms)) {
            struct gate_metric_settings *of = &page->settings[page->at].metrics[metric];
            of->watch = gate_update_watch(&rows[i], of->limit);
        }
    }
}

/* What nodes hold of the present period. */
static struct err add_leased(void *context, const struct lease_key *counter, int64_t outstanding) {
    struct page *page = context;
    if (find(page, counter->user_id) && counter->period_start == page->period_starts[page->at].ms) {
        page->settings[page->at].metrics[counter->metric].leased.amount = outstanding;
    }
    return OK;
}

/* Who was erased is allowed nothing. */
static struct err deny_erased(struct tx *tx, struct user_range range, struct page *page) {
    struct row_list list;
    TRY(erased_between(tx, range, page->count, &list));
    const struct erased_row *rows = list.items;
    page->at = 0;
    for (size_t i = 0; i < list.count; i++) {
        for (int metric = 0; find(page, rows[i].user_id) && metric < METRIC_COUNT; metric++) {
            page->settings[page->at].metrics[metric].limit = gate_update_nothing();
        }
    }
    return OK;
}

/* What customers let themselves have of their limits. */
static struct err cap(struct tx *tx, struct user_range range, struct page *page) {
    struct row_list list;
    TRY(usage_alert_caps(tx, range, (size_t)GATE_LOAD_PAGE * USAGE_ALERTS_MAX, &list));
    const struct usage_alert_cap *caps = list.items;
    page->at = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (find(page, caps[i].user_id)) {
            gate_update_cap(&caps[i], &page->settings[page->at].metrics[caps[i].metric].limit);
        }
    }
    return OK;
}

static struct err load(struct app *app, struct tx *tx, const struct row_list *list) {
    struct page page;
    struct row_list states;
    const struct subscription_row *rows = list->items;
    struct user_range range = {rows[0].user_id, rows[list->count - 1].user_id};
    TRY(begin(app, tx->cx, list, &page));
    TRY(cap(tx, range, &page));
    TRY(deny_erased(tx, range, &page));
    page.at = 0;
    TRY(usage_each_period(tx, range, add_total, &page));
    TRY(limit_state_between(tx, range, (size_t)GATE_LOAD_PAGE * METRIC_COUNT, &states));
    add_watches(&page, &states);
    page.at = 0;
    TRY(lease_totals(tx, range, add_leased, &page));
    for (size_t i = 0; i < page.count; i++) {
        TRY(gate_add(app->gate, page.rows[i].user_id, &page.settings[i]));
    }
    return OK;
}

struct err gate_load_next(struct tx *tx, struct gate_load *progress, struct row_list *ret_page) {
    struct str after = str_from_cstr(progress->after);
    TRY(subscription_each_counted(tx, after, GATE_LOAD_PAGE, ret_page));
    progress->is_complete = ret_page->count < GATE_LOAD_PAGE;
    if (ret_page->count > 0) {
        const struct subscription_row *rows = ret_page->items;
        struct str last = rows[ret_page->count - 1].user_id;
        memcpy(progress->after, last.bytes, last.len);
        progress->after[last.len] = '\0';
    }
    return OK;
}

struct err gate_load_page(struct app *app, struct tx *tx, const struct row_list *page) {
    return page->count == 0 ? OK : load(app, tx, page);
}

struct err gate_load_customer(struct app *app, struct tx *tx, struct str user_id) {
    struct row_list list;
    TRY(subscription_counted(tx, user_id, &list));
    return gate_load_page(app, tx, &list);
}

static struct err load_batch(void *context, const struct journal_row *row) {
    return journal_load_batch(context, (uint64_t)row->batch, row->body);
}

struct err journal_rebuild(struct app *app, struct tx *tx) {
    TRY(take_has_answers(tx, &app->has_take_rows));
    return journal_each(tx, 1, load_batch, app->journal);
}

struct err gate_rebuild(struct app *app, struct tx *tx) {
    struct gate_load progress = {.is_complete = false};
    while (!progress.is_complete) {
        struct arena arena;
        arena_init(&arena, app->env, LIMIT_REQUEST_ARENA);
        struct cx cx = {.env = app->env, .arena = &arena};
        struct tx inner = {.cx = &cx, .db = tx->db, .keyring = tx->keyring};
        struct row_list page;
        struct err err = gate_load_next(&inner, &progress, &page);
        err = err_failed(err) ? err : gate_load_page(app, &inner, &page);
        memcpy(tx->cx->detail, cx.detail, sizeof cx.detail);
        arena_finish(&arena);
        TRY(err);
    }
    return journal_rebuild(app, tx);
}
