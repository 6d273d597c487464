/* The gate: what every customer has used of every metric, in memory, and may it be more?
 *
 * One cache line for each (customer, metric). The gate holds state and core/limit.h decides; the
 * gate adds that a decision and its count are one atomic step. Whatever the concurrency, the sum
 * that takes let through never passes the hard limit (gate_use.c has the argument).
 *
 * gate_take, gate_check, gate_record, gate_release, gate_customer and gate_snapshot may be called
 * from any thread; they take no lock, allocate nothing, make no system call and wait for nobody
 * (gate_customer: once the gate is complete). gate_put belongs to the writer; gate_add to any.
 *
 * Usage periods roll over by themselves: the first use at or after a period's end finds a counter
 * at zero, in the period of the monthly anchor that contains it, without a grace. Gauges carry on.
 *
 * Not here: durability (journal.h), and who is told what (the verdict says what happened). */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "base/env.h"
#include "core/calendar.h"
#include "core/limit.h"
#include "core/metric.h"
#include "core/period.h"

struct gate;
struct gate_entry;

struct gate_options {
    struct env *env;
    size_t customers_max;
    /* Adds a customer who is asked for before the gate is complete, if they exist; on the thread
     * that asks. NULL: the gate is complete from the start. */
    void (*load)(void *context, struct str user_id);
    void *context;
};

/* The most that one counter holds, either side of zero: it stays there rather than pass it. */
#define GATE_USED_MAX (LIMIT_AMOUNT - 1)

MUST_USE struct err gate_create(const struct gate_options *options, struct gate **ret_gate);
void gate_destroy(struct gate *gate); /* takes NULL */

/* --- customers --- */

/* A customer's counters; valid for the life of the gate. A zeroed one stands for nobody. */
struct gate_handle {
    struct gate_entry *entries;
};
/* Nobody when the customer was never put. */
struct gate_handle gate_customer(const struct gate *gate, struct str user_id);
static inline bool gate_is_known(struct gate_handle handle) {
    return handle.entries != NULL;
}

/* Which turn a customer's work takes: by the gate's hash, whose key nobody else knows. */
uint64_t gate_customer_lane(const struct gate *gate, struct str user_id);
/* Its own in this process, close to that of those put before and after; 0 of nobody. */
static inline uint64_t gate_customer_number(struct gate_handle handle) {
    return (uintptr_t)handle.entries / (METRIC_COUNT * 64); /* a cache line each (gate_entry.h) */
}

struct gate_metric_settings {
    struct limit limit;
    /* True: what stands in memory goes on (a change between paid plans), and the grace is judged
     * anew by the new limit; the three members below are not looked at. */
    bool keeps_used;
    struct quantity used;     /* in the usage period that contains `now` */
    struct quantity leased;   /* of counters: out on lease in that period, beside `used` */
    struct limit_watch watch; /* as persisted; zeroed for none */
};

struct gate_settings {
    struct instant anchor; /* of the monthly usage periods */
    struct instant now;
    struct gate_metric_settings metrics[METRIC_COUNT]; /* by enum metric */
};

/* Makes the customer known, or changes the settings. user_id has 1 to LIMIT_USER_ID bytes. Verdicts
 * given while it runs may mix old and new settings. ERR_TOO_LARGE past customers_max;
 * ERR_NO_MEMORY. */
MUST_USE struct err gate_put(struct gate *gate, struct str user_id,
                             const struct gate_settings *settings);

/* The same for a customer who is not there yet; what is there stays as it is. */
MUST_USE struct err gate_add(struct gate *gate, struct str user_id,
                             const struct gate_settings *settings);
void gate_complete(struct gate *gate); /* every customer is there */

/* --- use --- */

struct gate_verdict {
    bool is_allowed; /* always true for record and release */
    enum limit_denial denial;
    enum limit_state state;  /* blocked when denied, else after counting */
    unsigned remedies;       /* enum limit_remedy bits; 0 when allowed */
    struct quantity counted; /* what this call added; negative when it took away */
    struct quantity used;    /* after this call */
    struct quantity leased;  /* beside it: handed to other nodes to spend */
    struct limit limit;      /* is_bounded false: the three quantities below say nothing */
    bool is_bounded;
    struct quantity hard_limit;
    struct quantity remaining; /* to the limit, never negative */
    struct quantity allowance; /* what take would still let through now */
    struct period period;      /* the present usage period; its end is when counters reset */
    bool has_grace;
    struct instant grace_ends_at; /* when has_grace */
    /* The watch is to be persisted: this call changed it (exactly one of several concurrent calls
     * sees each change), or what was told is no longer what the level justifies. */
    bool watch_changed;
    bool grace_started;
    struct limit_watch watch; /* as it stands after this call */
    unsigned notices;         /* enum limit_notice bits that are due and not told (gate_told.h) */
    bool is_late;             /* of a period that is over: nothing was counted in the present one */
};

/* The handle is a known one in all of these; quantities are 0..LIMIT_AMOUNT. */

/* Counts all of `amount` and allows, or counts nothing and denies. */
struct gate_verdict gate_take(struct gate_handle handle, enum metric metric, struct quantity amount,
                              struct instant now);
/* What gate_take would say; counts nothing and changes nothing. */
struct gate_verdict gate_check(struct gate_handle handle, enum metric metric,
                               struct quantity amount, struct instant now);

/* Something that has happened. */
struct gate_use {
    enum metric metric;
    bool is_set;           /* gauges: `value` is the new level */
    struct quantity value; /* to add, negative for gauges only; within +-LIMIT_AMOUNT */
    struct instant time;   /* when it happened; after `now` counts as now */
};
/* Counts, even past the hard limit. A counter's use in a period that is over is left to the store:
 * is_late. Gauges have no late uses: they are levels, in the order of arrival. A gauge may go below
 * zero, since a -1 may arrive before its +1; it is judged as zero then. */
struct gate_verdict gate_record(struct gate_handle handle, const struct gate_use *use,
                                struct instant now);
/* Gives back what a take at `use->time` counted, never below zero: `counted` tells how much. A take
 * of a counter in a period that is over gives nothing back. `value` is not negative. */
struct gate_verdict gate_release(struct gate_handle handle, const struct gate_use *use,
                                 struct instant now);

/* All seven as gate_check with 0 sees them, one after the other. */
void gate_snapshot(struct gate_handle handle, struct instant now,
                   struct gate_verdict ret_verdicts[METRIC_COUNT]);

struct gate_counts {
    uint64_t customers, bytes; /* of memory taken */
};
struct gate_counts gate_count(const struct gate *gate);

#endif
