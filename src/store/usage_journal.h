/* The journal of usage as stored: one row a batch, packed by gate/journal_record.h. */
#ifndef STORE_USAGE_JOURNAL_H
#define STORE_USAGE_JOURNAL_H

#include "store/row.h"

struct journal_row {
    int64_t batch;
    int64_t recorded_at;
    int64_t events;
    struct str body;
};
MUST_USE struct err journal_insert(struct tx *tx, const struct journal_row *row);
/* The blob of one batch, in the arena. */
MUST_USE struct err journal_get(struct tx *tx, int64_t batch, struct str *ret_body);
/* Calls `each` for every stored batch from `first` on, in order; the body is valid only inside. */
typedef struct err journal_visit(void *context, const struct journal_row *row);
MUST_USE struct err journal_each(struct tx *tx, int64_t first, journal_visit *visit, void *context);

/* Forgets batches recorded before. */
MUST_USE struct err journal_forget(struct tx *tx, int64_t before);
/* The first and the last batch that are kept; 0 when there is none. */
struct journal_ends {
    int64_t first, last;
};
MUST_USE struct err journal_ends(struct tx *tx, struct journal_ends *ret_ends);
/* How many records all kept batches have together. */
MUST_USE struct err journal_events(struct tx *tx, int64_t *ret_count);

#endif
