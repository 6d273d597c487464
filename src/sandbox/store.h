/* The sandbox's data: documents, kept answers, deliveries. The only file that speaks to db.
 *
 * Calls are synchronous and belong to the loop's thread. Between store_begin and store_commit
 * everything is one transaction. */
#ifndef SANDBOX_STORE_H
#define SANDBOX_STORE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/cx.h"

struct store;

MUST_USE struct err sandbox_store_open(struct cx *cx, const char *path, struct store **ret_store);
void store_close(struct store *store); /* takes NULL */

/* How often anything has been written: who has seen this number has seen the store as it is. */
uint64_t store_writes(const struct store *store);

MUST_USE struct err store_begin(struct store *store);
MUST_USE struct err store_commit(struct store *store);
void store_rollback(struct store *store);
/* Several transactions that are committed, and made durable, together: from here on each of them is
 * a savepoint. False inside of a batch: it goes on. */
MUST_USE struct err store_batch_begin(struct store *store, bool *ret_is_begun);
/* Commits them; after an error none has happened. */
MUST_USE struct err store_batch_end(struct store *store, struct err err);

/* A document with its searched columns. */
struct store_row {
    const char *id, *type, *customer, *clock;
    int64_t seq;
    int64_t due_at;  /* UTC seconds; STORE_NEVER */
    struct str text; /* its JSON */
};
#define STORE_NEVER INT64_MAX
/* The clock of what is only kept for a while: nothing happens to it, store_shelf_clear forgets it.
 */
#define STORE_SHELF "-"

MUST_USE struct err store_put(struct store *store, const struct store_row *row);
/* A new reference, NULL when there is none. */
MUST_USE struct err store_get(struct store *store, const char *id, json_t **ret_json);
/* Appends its text as it was put; nothing when there is none. */
MUST_USE struct err store_get_text(struct store *store, const char *id, struct buf *out);
/* A document from its text. ERR_CORRUPT when it is none. */
MUST_USE struct err store_parse(struct str text, json_t **ret_json);
MUST_USE struct err store_delete(struct store *store, const char *id);
/* Forgets what was to be kept until `now_s`, and its deliveries. */
MUST_USE struct err store_shelf_clear(struct store *store, int64_t now_s);
/* Whether there is anything for store_answers_prune or store_shelf_clear to forget. */
MUST_USE struct err store_has_old(struct store *store, int64_t answers_before_ms, int64_t now_s,
                                  bool *ret_has_old);
/* How many objects of a type there are. */
MUST_USE struct err store_count(struct store *store, const char *type, int64_t *ret_count);
/* A number greater than every one given before. */
int64_t store_next_seq(struct store *store);

/* Objects of a type with seq below `before`, newest first; `customer` NULL means everybody's.
 * `visit` gets each id and the text of the document (borrowed); *goes_on is true before. */
struct store_scan {
    const char *type;
    const char *customer;
    int64_t before;
    struct err (*visit)(void *context, const char *id, struct str text, bool *goes_on);
    void *context;
};
MUST_USE struct err store_scan(struct store *store, const struct store_scan *scan);
/* Objects of a type that follow a test clock, in no order; `is_waiting`: only those to which
 * something happens by itself. */
MUST_USE struct err store_scan_clock(struct store *store, const char *clock, bool is_waiting,
                                     const struct store_scan *scan);

enum { STORE_ID = 96 };
/* The first object of a clock due at or before `until_s`; *ret_due_s is STORE_NEVER when none is.
 */
MUST_USE struct err store_due(struct store *store, const char *clock, int64_t until_s,
                              char ret_id[STORE_ID], int64_t *ret_due_s);

/* An answer kept under an idempotency key. Texts live in the arena given. */
struct store_answer {
    struct str key, digest, body, request_id;
    int status;
    int64_t at_ms;
};
MUST_USE struct err store_answer_get(struct store *store, struct arena *arena, struct str key,
                                     struct store_answer *ret_answer, bool *ret_found);
MUST_USE struct err store_answer_put(struct store *store, const struct store_answer *answer);
MUST_USE struct err store_answers_prune(struct store *store, int64_t before_ms);

struct store_delivery {
    char event[STORE_ID];
    char endpoint[STORE_ID];
    int64_t attempts;
    int64_t due_ms;
};
MUST_USE struct err store_delivery_add(struct store *store, const char *event, const char *endpoint,
                                       int64_t due_ms);
/* Fills at most `max`, the first due first; `now_ms` INT64_MAX: also those due later. */
MUST_USE struct err store_deliveries_due(struct store *store, int64_t now_ms, size_t max,
                                         struct store_delivery *ret_list, size_t *ret_count);
/* INT64_MAX when none waits. */
MUST_USE struct err store_delivery_next(struct store *store, int64_t *ret_due_ms);
/* `due_ms` INT64_MAX: no further attempt. */
MUST_USE struct err store_delivery_put(struct store *store, const struct store_delivery *delivery,
                                       int64_t due_ms, bool is_delivered);
/* Makes every delivery that is not over due at `now_ms`: after a start, when nobody knows which
 * were under way. */
MUST_USE struct err store_deliveries_recall(struct store *store, int64_t now_ms);
struct store_delivery_counts {
    int64_t delivered, waiting, given_up;
};
MUST_USE struct err store_delivery_count(struct store *store, const char *endpoint,
                                         struct store_delivery_counts *ret_counts);
MUST_USE struct err store_delivery_pending(struct store *store, const char *event,
                                           int64_t *ret_count);
/* Of those, the ones that were told and did not take it. */
MUST_USE struct err store_delivery_refused(struct store *store, const char *event,
                                           int64_t *ret_count);
MUST_USE struct err store_deliveries_forget(struct store *store, const char *endpoint);

#endif
