/* See test_rollup.h. Two sorts of the same records, each merged in one pass. */
#include "app/test_rollup.h"

#include <stdlib.h>

#include "base/check.h"

/* A record with its place in the order; `period` is the one of the total that is being made. */
struct item {
    const struct usage_record *record;
    struct period period;
    size_t sequence;
};

static int compare_numbers(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int compare_period_keys(const struct item *a, const struct item *b) {
    int order = str_compare(a->record->identity.user_id, b->record->identity.user_id);
    if (order == 0) {
        order = compare_numbers((int64_t)a->record->metric, (int64_t)b->record->metric);
    }
    return order != 0 ? order : instant_compare(a->period.start, b->period.start);
}

static int compare_hour_keys(const struct item *a, const struct item *b) {
    int order = compare_period_keys(a, b);
    if (order == 0) {
        order = str_compare(a->record->region, b->record->region);
    }
    return order != 0 ? order : str_compare(a->record->resource, b->record->resource);
}

static int compare_sequences(const struct item *a, const struct item *b) {
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

/* Ties are broken by the order of arrival, so that the sort is stable. */
static int order_in_periods(const void *a, const void *b) {
    int order = compare_period_keys(a, b);
    return order != 0 ? order : compare_sequences(a, b);
}

static int order_in_hours(const void *a, const void *b) {
    int order = compare_hour_keys(a, b);
    return order != 0 ? order : compare_sequences(a, b);
}

static void fold(struct rollup_row *row, const struct usage_record *record) {
    check(metric_kind(record->metric) == METRIC_COUNTER);
    row->value.amount += record->value;
    row->records++;
}

static struct rollup_row begin_row(const struct item *item, bool has_labels) {
    return (struct rollup_row){
        .user_id = item->record->identity.user_id,
        .metric = item->record->metric,
        .period = item->period,
        .region = has_labels ? item->record->region : STR(""),
        .resource = has_labels ? item->record->resource : STR(""),
    };
}

struct folding {
    struct item *items;
    size_t count;
    bool has_labels;
};

static struct err fold_items(struct arena *arena, const struct folding *folding,
                             struct rollup_row **ret_rows, size_t *ret_count) {
    struct rollup_row *rows = arena_array(arena, folding->count, sizeof *rows);
    if (rows == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    int (*compare)(const struct item *, const struct item *) =
        folding->has_labels ? compare_hour_keys : compare_period_keys;
    qsort(folding->items, folding->count, sizeof *folding->items,
          folding->has_labels ? order_in_hours : order_in_periods);
    size_t count = 0;
    for (size_t i = 0; i < folding->count; i++) {
        const struct item *item = &folding->items[i];
        if (i == 0 || compare(item - 1, item) != 0) {
            rows[count++] = begin_row(item, folding->has_labels);
        }
        fold(&rows[count - 1], item->record);
    }
    *ret_rows = rows;
    *ret_count = count;
    return OK;
}

struct err rollup_fold(struct arena *arena, const struct rollup_input *inputs, size_t count,
                       struct rollup *ret_rollup) {
    struct rollup rollup = {0};
    if (count == 0) {
        *ret_rollup = rollup;
        return OK;
    }
    struct item *items = arena_array(arena, count, sizeof *items);
    if (items == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < count; i++) {
        check(usage_record_valid(inputs[i].record));
        items[i] =
            (struct item){inputs[i].record, period_hour_containing(inputs[i].record->time), i};
    }
    struct folding hours = {items, count, true};
    TRY(fold_items(arena, &hours, &rollup.hours, &rollup.hour_count));
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct item){inputs[i].record, inputs[i].period, i};
    }
    struct folding periods = {items, count, false};
    TRY(fold_items(arena, &periods, &rollup.periods, &rollup.period_count));
    *ret_rollup = rollup;
    return OK;
}
