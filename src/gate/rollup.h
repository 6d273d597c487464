/* Rolls the records of one batch up: one addition for each row that the store updates.
 *
 * Keys are (user, metric, hour, region, resource) for the hourly totals and (user, metric, usage
 * period) for the period totals; which period a record falls into is the caller's to say, since it
 * knows the customers' anchors. Within a key records are folded in the order in which they were
 * accepted: a gauge's `set` forgets what was added before it, what follows is added to it. Pure:
 * the same records give the same rows, sorted by key, so that upserts touch the store in order. */
#ifndef GATE_ROLLUP_H
#define GATE_ROLLUP_H

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
    bool is_set;            /* the level is `value`; else `value` is added to what is stored */
    struct quantity value;  /* stays within +-LIMIT_AMOUNT, the most a row holds */
    int64_t records;        /* how many were folded */
    struct instant last_at; /* the latest time among them */
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
