/* What the works of one group commit add to the stored totals, folded in memory: one row for each
 * hour, period and source's account, however many events and requests spoke of it.
 *
 * Additions only, and so for counters and accounts; levels of gauges depend on the order in which
 * they came and are written at once. Rows are found by the customer's place in the gate and by
 * numbers, so that a batch that jumps between customers costs little more than one that does not.
 *
 * Texts are borrowed: they live until the group has ended, as the works do. Belongs to the writer's
 * thread. */
#ifndef GATE_TOTALS_H
#define GATE_TOTALS_H

#include "base/env.h"
#include "core/metric.h"

enum total_kind { TOTAL_HOUR, TOTAL_PERIOD, TOTAL_ACCOUNT };

struct total_key {
    const void *customer; /* one pointer for one customer, NULL for nobody of ours */
    struct str user_id;
    enum total_kind kind;
    enum metric metric;
    int64_t start;         /* of the hour or period; 0 for accounts */
    struct str name, part; /* region and resource of an hour; the source of an account */
};

struct total {
    struct total_key key;
    uint64_t hash;
    int64_t value; /* to be added; within +-LIMIT_AMOUNT, the most a row holds */
    int64_t counted, duplicate, rejected; /* events */
    int64_t last_at;                      /* the latest time among them; 0 for none */
    /* Of the work that runs now, and not yet part of the above: */
    int64_t open_value, open_count, open_at;
    struct total *open_next;
};

struct totals {
    struct env *env;
    uint8_t hash_key[16];
    struct total **rows; /* in the order of their first addition */
    size_t count, room;
    uint32_t *index; /* 2 * room of them: position in `rows` + 1, or 0 */
    struct total_block *blocks;
    struct str last_name; /* whose hash is known already */
    uint64_t last_name_hash;
};

void totals_init(struct totals *totals, struct env *env); /* takes no memory yet */
void totals_finish(struct totals *totals);

/* Makes sure that `more` rows can be added. ERR_NO_MEMORY. */
MUST_USE struct err totals_reserve(struct totals *totals, size_t more);
/* The row of the key, new when there was none; room for it was reserved. Valid until clear. */
struct total *totals_at(struct totals *totals, const struct total_key *key);
/* The sum of two amounts as far as a row holds it. */
int64_t total_sum(int64_t a, int64_t b);
/* Orders the rows by their keys, so that the store is written in its own order. */
void totals_sort(struct totals *totals);
void totals_clear(struct totals *totals);

#endif
