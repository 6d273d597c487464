/* What is signed of the audit log: the heads that it was told, the checkpoints, and where these
 * were sent. */
#ifndef STORE_AUDIT_LOG_H
#define STORE_AUDIT_LOG_H

#include "store/row.h"

struct audit_head_row {
    int64_t position;       /* in the log, from 0 */
    struct str user_id;     /* the chain */
    int64_t seq;            /* of its last row */
    struct str chain, root; /* hashes, in hexadecimal */
    struct str edge;        /* peaks of the chain's tree, one after the other */
};
MUST_USE struct err audit_head_insert(struct tx *tx, const struct audit_head_row *row);
/* How many there are. */
MUST_USE struct err audit_head_count(struct tx *tx, int64_t *ret_count);
/* The latest of a chain. */
MUST_USE struct err audit_head_of(struct tx *tx, struct str user_id, struct audit_head_row *ret_row,
                                  bool *ret_found);
/* The first of a chain that says something of its row `seq`. */
MUST_USE struct err audit_head_covering(struct tx *tx, struct str user_id, int64_t seq,
                                        struct audit_head_row *ret_row, bool *ret_found);
/* Those behind a position; from the first with -1. */
MUST_USE struct err audit_head_walk(struct tx *tx, int64_t position, size_t max,
                                    struct row_list *ret_list);
/* Those behind row `seq` of a chain, and of the chains behind it; from the very first with
 * ("", 0). */
MUST_USE struct err audit_head_walk_by_user(struct tx *tx, struct str user_id, int64_t seq,
                                            size_t max, struct row_list *ret_list);

struct audit_checkpoint_row {
    int64_t size; /* heads */
    int64_t at;
    struct str note;
    struct str edge; /* peaks of the log's tree */
};
MUST_USE struct err audit_checkpoint_insert(struct tx *tx, const struct audit_checkpoint_row *row);
MUST_USE struct err audit_checkpoint_last(struct tx *tx, struct audit_checkpoint_row *ret_row,
                                          bool *ret_found);
MUST_USE struct err audit_checkpoint_get(struct tx *tx, int64_t size,
                                         struct audit_checkpoint_row *ret_row, bool *ret_found);
/* Those of less than `before` heads, the newest first. */
MUST_USE struct err audit_checkpoint_page(struct tx *tx, int64_t before, size_t max,
                                          struct row_list *ret_list);
MUST_USE struct err audit_checkpoint_walk(struct tx *tx, int64_t size, size_t max,
                                          struct row_list *ret_list);

struct audit_shipment_row {
    int64_t size;
    struct str sink; /* "https://…", as it was named */
    int64_t attempts, next_attempt_at;
    int64_t shipped_at; /* or ROW_NONE */
    struct str last_error;
};
MUST_USE struct err audit_shipment_insert(struct tx *tx, const struct audit_shipment_row *row);
MUST_USE struct err audit_shipment_update(struct tx *tx, const struct audit_shipment_row *row);
MUST_USE struct err audit_shipment_waiting(struct tx *tx, int64_t now, size_t max,
                                           struct row_list *ret_list);
/* ROW_NONE when none waits. */
MUST_USE struct err audit_shipment_next(struct tx *tx, int64_t *ret_at);
MUST_USE struct err audit_shipment_of(struct tx *tx, int64_t size, size_t max,
                                      struct row_list *ret_list);

#endif
