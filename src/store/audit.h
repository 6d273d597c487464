/* The rows of the audit log, chain by chain. They are inserted and read, never changed: the schema
 * refuses it. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/row.h"

struct audit_row {
    struct str user_id; /* empty: the operators' chain */
    int64_t seq;        /* in its chain, from 1 */
    struct record_id id;
    int64_t at;
    struct str actor, action, object; /* as the row says */
    struct str row;                   /* the JSON object (core/jcs.h) */
    struct str leaf, chain;           /* hashes, in hexadecimal */
};

MUST_USE struct err audit_row_insert(struct tx *tx, const struct audit_row *row);
MUST_USE struct err audit_row_last(struct tx *tx, struct str user_id, struct audit_row *ret_row,
                                   bool *ret_found);
MUST_USE struct err audit_row_get(struct tx *tx, struct str id, struct audit_row *ret_row,
                                  bool *ret_found);

struct audit_filter {
    bool has_user;
    struct str user_id;             /* the chain */
    struct str actor, action;       /* empty: any */
    struct str id_first, id_before; /* ids sort by time: from the first, and before the second */
};
/* The newest first. */
MUST_USE struct err audit_row_page(struct tx *tx, const struct audit_filter *filter, size_t max,
                                   struct row_list *ret_list);
/* Those behind row `seq` of a chain, and then those of the chains behind it; from the very first
 * one with ("", 0). */
MUST_USE struct err audit_row_walk(struct tx *tx, struct str user_id, int64_t seq, size_t max,
                                   struct row_list *ret_list);
MUST_USE struct err audit_row_since(struct tx *tx, struct str user_id, int64_t seq, size_t max,
                                    struct row_list *ret_list);
/* Which row of a chain says that something was done. */
struct audit_entry_of {
    struct str user_id, action, object;
    struct str id_first, id_before;
};
/* The id of the first one; empty: none does. */
MUST_USE struct err audit_row_of_object(struct tx *tx, const struct audit_entry_of *place,
                                        struct record_id *ret_id);

/* --- what the log has not been told of --- */

struct audit_pending_row {
    struct str user_id;
    int64_t count;
};
MUST_USE struct err audit_pending_add(struct tx *tx, struct str user_id);
MUST_USE struct err audit_pending_page(struct tx *tx, size_t max, struct row_list *ret_list);
MUST_USE struct err audit_pending_remove(struct tx *tx, struct str user_id);
/* Rows, of all chains. */
MUST_USE struct err audit_pending_count(struct tx *tx, int64_t *ret_count);

/* --- where requests came from --- */

struct audit_origin_row {
    struct str user_id;
    struct str reference; /* what rows say instead of the rest */
    struct str address, user_agent;
    int64_t first_at, last_at; /* the last one within a day */
};
MUST_USE struct err audit_origin_put(struct tx *tx, const struct audit_origin_row *row);
MUST_USE struct err audit_origin_get(struct tx *tx, struct str user_id, struct str reference,
                                     struct audit_origin_row *ret_row, bool *ret_found);

/* --- why --- */

struct audit_reason_row {
    struct str user_id; /* the row's chain */
    struct str row_id;  /* the row's */
    struct str reason;  /* in the words of whoever asked; empty: forgotten */
};
MUST_USE struct err audit_reason_insert(struct tx *tx, const struct audit_reason_row *row);
MUST_USE struct err audit_reason_get(struct tx *tx, struct str user_id, struct str row_id,
                                     struct audit_reason_row *ret_row, bool *ret_found);

#endif
