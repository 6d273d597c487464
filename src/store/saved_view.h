/* What operators call choices of lists, to find them again. */
#ifndef STORE_SAVED_VIEW_H
#define STORE_SAVED_VIEW_H

#include "store/row.h"

#define SAVED_VIEW_KIND "view" /* of the ids of views */

struct saved_view_row {
    struct record_id id;
    struct str person_id; /* whose; empty: a machine's */
    struct str list;      /* "customers" */
    struct str name;
    struct str query; /* of the list's address */
    bool is_shared;
    int64_t created_at, updated_at;
};
MUST_USE struct err saved_view_insert(struct tx *tx, const struct saved_view_row *row);
/* Its name, query, sharing, and updated_at. */
MUST_USE struct err saved_view_update(struct tx *tx, const struct saved_view_row *row);
MUST_USE struct err saved_view_delete(struct tx *tx, struct str id);
MUST_USE struct err saved_view_get(struct tx *tx, struct str id, struct saved_view_row *ret_row,
                                   bool *ret_found);
/* Whose, of which list. */
struct saved_view_of {
    struct str person_id, list;
};
MUST_USE struct err saved_view_named(struct tx *tx, const struct saved_view_of *of, struct str name,
                                     struct saved_view_row *ret_row, bool *ret_found);
MUST_USE struct err saved_view_own(struct tx *tx, struct str person_id, struct str list, size_t max,
                                   struct row_list *ret_list);
/* A person's own and what is shared, after the id `after`. */
MUST_USE struct err saved_view_seen(struct tx *tx, const struct saved_view_of *of, struct str after,
                                    size_t max, struct row_list *ret_list);

#endif
