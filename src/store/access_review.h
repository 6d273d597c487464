/* Reviews of who has access, and what was decided of each. */
#ifndef STORE_ACCESS_REVIEW_H
#define STORE_ACCESS_REVIEW_H

#include "store/row.h"

struct access_review_row {
    struct record_id id;
    struct str status;    /* "open", "closed" */
    struct str opened_by; /* as the audit log names them; empty: by itself */
    int64_t opened_at, due_at;
    int64_t closed_at; /* or ROW_NONE */
    int64_t told;      /* reminders that went out */
};
/* ERR_CONFLICT when one is open. */
MUST_USE struct err access_review_insert(struct tx *tx, const struct access_review_row *row);
/* ERR_CONFLICT when it is closed. */
MUST_USE struct err access_review_set(struct tx *tx, const struct access_review_row *row);
MUST_USE struct err access_review_get(struct tx *tx, struct str id,
                                      struct access_review_row *ret_row, bool *ret_found);
/* Those before the id `before`, the newest first. */
MUST_USE struct err access_review_page(struct tx *tx, struct str before, size_t max,
                                       struct row_list *ret_list);
/* The one that is open. */
MUST_USE struct err access_review_now(struct tx *tx, struct access_review_row *ret_row,
                                      bool *ret_found);
/* When the first server started; ROW_NONE when none has. */
MUST_USE struct err access_review_began(struct tx *tx, int64_t *ret_at);

struct access_review_item_row {
    struct record_id id;
    struct str review_id;
    struct str kind;     /* "operator", "key" */
    struct str subject;  /* "pers_…", "apik_…" */
    struct str held;     /* a role, or scopes with blanks between */
    struct str decision; /* "keep", "change", "revoke", "overdue"; empty: nobody has decided */
    struct str becomes;  /* of "change": the role since */
    struct str reason, decided_by;
    int64_t decided_at; /* or ROW_NONE */
};
MUST_USE struct err access_review_item_insert(struct tx *tx,
                                              const struct access_review_item_row *row);
/* ERR_CONFLICT when it was decided before. */
MUST_USE struct err access_review_item_decide(struct tx *tx,
                                              const struct access_review_item_row *row);
MUST_USE struct err access_review_item_get(struct tx *tx, struct str review_id, struct str id,
                                           struct access_review_item_row *ret_row, bool *ret_found);
/* Items are struct access_review_item_row. */
MUST_USE struct err access_review_items(struct tx *tx, struct str review_id, size_t max,
                                        struct row_list *ret_list);
MUST_USE struct err access_review_left(struct tx *tx, struct str review_id, int64_t *ret_count);
MUST_USE struct err access_review_overdue(struct tx *tx, struct str review_id);

#endif
