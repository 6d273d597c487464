/* A second opinion on totals: what the records of counters add up to, found by sorting them, so
 * that it shares nothing with the tables of gate/totals.c.
 *
 * Keys are (user, metric, hour, region, resource) for the hourly totals and (user, metric, usage
 * period) for the period totals; which period a record falls into is the caller's to say. Rows come
 * sorted by key. */
#ifndef APP_TEST_ROLLUP_H
#define APP_TEST_ROLLUP_H

#include "base/arena.h"
#include "core/period.h"
#include "gate/journal_record.h"

/* A record and the usage period it counts in. */
struct rollup_input {
    const struct usage_record *record;
    struct period period;
};

struct rollup_row {
    struct str user_id;
    enum metric metric;
    struct period period; /* the hour, or the usage period */
    struct str region;    /* empty in period totals, as is resource */
    struct str resource;
    struct quantity value;
    int64_t records; /* how many were folded */
};

struct rollup {
    struct rollup_row *hours;
    size_t hour_count;
    struct rollup_row *periods;
    size_t period_count;
};

/* Folds `count` records; texts are borrowed from them, rows are the arena's. ERR_NO_MEMORY. */
MUST_USE struct err rollup_fold(struct arena *arena, const struct rollup_input *inputs,
                                size_t count, struct rollup *ret_rollup);

#endif
