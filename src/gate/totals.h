/* What usage adds to the stored totals, folded in memory: one row for each hour, period and
 * source's account, however many events, requests and group commits spoke of it.
 *
 * The store's rows follow the journal: a row may lag behind it by what stands here, and says itself
 * up to which batch of the journal it is complete. An addition passes through
 *
 *   work     of the use case that runs now; kept when it has succeeded, or dropped
 *   open     of the works of the open group
 *   behind   of committed groups, not yet in the store's row
 *   written  of committed groups, in the row by the open group's transaction: not yet durable
 *
 * so that neither a failed work nor a failed group is ever counted, and none that was committed is
 * lost. Should the process die, what was behind is added again from the journal.
 *
 * A gauge is a level, which depends on the order in which its records came: that of the journal. A
 * row that is in memory alone (TOTAL_LEVEL) knows where it stands; each record leaves the level in
 * the rows of its hour and of the present period. The rows of one gauge are written together
 * (totals_beside): replayed from their batch on, the journal gives the same levels again.
 *
 * Rows are found by the customer's place in the gate and by numbers, so that a batch that jumps
 * between customers costs little more than one that does not. Belongs to the writer's thread, but
 * for totals_are_behind(). */
#ifndef GATE_TOTALS_H
#define GATE_TOTALS_H

#include <stdatomic.h>

#include "base/env.h"
#include "core/metric.h"
#include "gate/sums.h"

enum total_kind { TOTAL_HOUR, TOTAL_PERIOD, TOTAL_ACCOUNT, TOTAL_LEVEL };

struct total_key {
    const void *customer; /* one pointer for one customer, NULL for who is not in the gate */
    struct str user_id;
    enum total_kind kind;
    enum metric metric;
    int64_t start;         /* of the hour or period; 0 for accounts and levels */
    struct str name, part; /* region and resource of a counter's hour; the source of an account */
};

/* Where a gauge stands, and the start of its newest period's row, which says so. */
struct level {
    int64_t value, period_start;
};

/* What every work and group touches comes first, in as few lines of the cache as may be. */
struct total {
    struct sums work, open;
    struct total *work_next, *open_next;
    bool is_in_work, is_in_open, is_in_written;
    bool is_stamped; /* written by the open group, with what that had counted until then */
    bool has_stored; /* `stored` was read */
    uint16_t mark;   /* of the customer */
    struct total *behind_next, **behind_link; /* NULL when nothing is behind */
    struct sums behind;
    struct total_key key; /* its texts are the table's own */
    uint64_t hash;
    struct sums written;
    uint64_t stored;           /* the batch up to which the store's row was complete at the start */
    struct level stored_level; /* of TOTAL_LEVEL: as the open transaction has it */
    uint64_t level_version;    /* totals->level_version as it was read; else it is to be read */
    uint64_t since;            /* the first batch that is behind */
    uint64_t since_ns;
    struct total *written_next;
    struct total *mark_next;
};

/* Customers by a hash of their names; several share a mark. */
enum { TOTALS_MARKS = 4096 };

struct total_mark {
    struct total *first;        /* of the rows, linked by mark_next */
    _Atomic uint32_t is_behind; /* how many of them are */
};

struct totals {
    struct env *env;
    uint8_t hash_key[16];
    struct total **index; /* 2^n places; by hash, of rows that are here */
    size_t room, count;
    struct total *work, *open, *written; /* lists */
    struct total *behind, **behind_end;  /* the oldest first */
    size_t behind_count;
    uint64_t forgotten; /* how often rows have been freed: one that was found before may be gone */
    uint64_t level_version; /* how often the store's levels may have changed otherwise */
    struct str last_name;   /* whose hash is known already; borrowed until the work ends */
    uint64_t last_name_hash;
    struct total_mark marks[TOTALS_MARKS];
    _Atomic size_t marked; /* the sum of all marks */
};

void totals_init(struct totals *totals, struct env *env); /* takes no memory yet */
void totals_finish(struct totals *totals);

/* The row of the key, new when there was none: valid until the group ends, or as long as
 * `forgotten` stays the same. ERR_NO_MEMORY. */
MUST_USE struct err totals_row(struct totals *totals, const struct total_key *key,
                               struct total **ret_row);
/* Makes it a part of the work that runs: what is touched first is counted last, whenever it is
 * added to. */
void totals_touch(struct totals *totals, struct total *total);
/* Adds to it, as a part of that work. */
void totals_add(struct totals *totals, struct total *total, const struct sums *sums);
/* The work has succeeded, or has failed and leaves nothing. */
void totals_keep_work(struct totals *totals);
void totals_drop_work(struct totals *totals);

/* Whether it is known where a row of TOTAL_LEVEL stands in the store; if not, it is to be read and
 * told before anything is added. totals_forget_levels(): another has written the store's rows. */
bool totals_knows_level(const struct totals *totals, const struct total *level);
void totals_set_level(const struct totals *totals, struct total *level, struct level stored);
void totals_forget_levels(struct totals *totals);
/* Where it stands; and where it stood before the work that runs. */
struct level totals_level(const struct total *level);
struct level totals_level_before_work(const struct total *level);

/* What the row is to be given: all that is behind, and what the open group has so far. */
struct sums totals_due(const struct total *total);
/* The rows that are to be written together with this one, itself among them: the first, or the one
 * after `last`; NULL for no more. */
struct total *totals_beside(const struct totals *totals, struct total *total,
                            const struct total *last);
/* The row was given it, in the open group's transaction. */
void totals_written(struct totals *totals, struct total *total);

/* The group is durable, with this number in the journal (or the one that is next, where it brought
 * nothing to it); or nothing of it is. */
void totals_committed(struct totals *totals, uint64_t batch);
void totals_abandoned(struct totals *totals);

/* The first of the customer's rows, linked by mark_next, and some of others; NULL for none. */
struct total *totals_of(const struct totals *totals, struct str user_id);
/* The last batch up to which all rows are complete, if the open group's were; `batch` is its
 * number. */
uint64_t totals_complete(const struct totals *totals, uint64_t batch);
/* Whether the store's rows of this customer may lag, and how many rows do. From any thread: who has
 * been told that something was counted will find it. */
bool totals_are_behind(const struct totals *totals, struct str user_id);
size_t totals_behind(const struct totals *totals);

#endif
