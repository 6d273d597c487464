/* What needs a second person (core/approval.h): asked for, and what became of it. */
#ifndef STORE_APPROVAL_H
#define STORE_APPROVAL_H

#include "core/approval.h"
#include "store/row.h"

struct approval_row {
    struct record_id id;
    struct str user_id; /* empty: about no customer */
    int action;         /* enum approval_action */
    int status;         /* enum approval_status */
    struct str object_id;
    struct str request, facts_before, facts_after; /* JSON in canonical form */
    struct str quote_hash;                         /* of action and all three */
    int64_t amount;                                /* minor units, or ROW_NONE */
    struct str currency;
    struct str reason;
    struct str requested_by;   /* as the audit log names them: "pers_…", "apik_…", or empty */
    struct str requester_kind; /* "operator", "key", … */
    int64_t requested_at, expires_at;
    struct str idempotency_key; /* empty: none, or forgotten */
    struct str decided_by;      /* empty: nobody */
    int64_t decided_at;         /* or ROW_NONE */
    struct str decision_reason;
    struct str outcome;      /* the code of what came of doing it; empty: nothing yet */
    struct str operation_id; /* what it has begun; empty: nothing */
    struct str delegated_to; /* a person's id; empty: nobody in particular */
    int64_t delegated_at;    /* or ROW_NONE */
};

/* ERR_CONFLICT when the same waits, or the key is used. */
MUST_USE struct err approval_insert(struct tx *tx, const struct approval_row *row);
/* Writes status, who decided, when and why, outcome and operation. ERR_CONFLICT when it no longer
 * waits. */
MUST_USE struct err approval_decide(struct tx *tx, const struct approval_row *row);
/* Writes whom it was handed to, and when. ERR_CONFLICT when it no longer waits. */
MUST_USE struct err approval_hand_over(struct tx *tx, const struct approval_row *row);
MUST_USE struct err approval_get(struct tx *tx, struct str id, struct approval_row *ret_row,
                                 bool *ret_found);
MUST_USE struct err approval_by_key(struct tx *tx, struct str user_id, struct str key,
                                    struct approval_row *ret_row, bool *ret_found);
/* The one that waits about the same: of its action, customer and object. */
MUST_USE struct err approval_waiting(struct tx *tx, const struct approval_row *like,
                                     struct approval_row *ret_row, bool *ret_found);

struct approval_filter {
    int status;         /* enum approval_status; -1: any */
    struct str user_id; /* empty: anybody's */
    struct str before;  /* an id; empty: from the newest on */
};
/* The newest first; items of this and the next are struct approval_row. */
MUST_USE struct err approval_page(struct tx *tx, const struct approval_filter *filter, size_t max,
                                  struct row_list *ret_list);
/* Those that wait and whose time is over at `now`. */
MUST_USE struct err approval_expired(struct tx *tx, int64_t now, size_t max,
                                     struct row_list *ret_list);
/* ROW_NONE when none waits. */
MUST_USE struct err approval_expires_next(struct tx *tx, int64_t *ret_at);

#endif
