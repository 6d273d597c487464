/* All totals and accounts, for who holds them against the journal, and the writing of what they
 * ought to be. What counts usage is usage.h's. */
#ifndef STORE_USAGE_STORED_H
#define STORE_USAGE_STORED_H

#include "store/usage.h"

/* Of one row; texts are valid only inside a visit. */
struct usage_stored {
    struct str user_id;
    enum metric metric;
    bool is_account;        /* of a source; else a total */
    enum usage_grain grain; /* of totals, as is the start */
    int64_t timestamp;
    struct str region, resource;       /* of totals */
    struct str source;                 /* of accounts */
    int64_t value;                     /* of totals */
    int64_t events;                    /* that were counted */
    int64_t adjusted, adjusted_events; /* of totals: what came late; events of -1: not known */
};

/* Calls `visit` for each total and then for each account, a customer's one after the other. */
typedef struct err usage_stored_visit(void *context, const struct usage_stored *row);
MUST_USE struct err usage_stored_each(struct tx *tx, usage_stored_visit *visit, void *context);

/* Makes the row what it says, complete up to this batch of the journal. */
struct usage_correction {
    struct usage_stored row;
    int64_t last_event_at, heard_at;
    int64_t batch;
};
MUST_USE struct err usage_stored_put(struct tx *tx, const struct usage_correction *correction);

#endif
