/* Pauses of subscriptions that were asked for here, until they are over. */
#ifndef STORE_PAUSE_H
#define STORE_PAUSE_H

#include "store/row.h"

struct pause_row {
    struct str user_id, subscription_id;
    int64_t paused_at;
    int64_t resumes_at; /* ROW_NONE: by hand alone */
    int64_t next_at;    /* when that is tried next */
};
MUST_USE struct err pause_put(struct tx *tx, const struct pause_row *row);
/* OK also where there is none. */
MUST_USE struct err pause_drop(struct tx *tx, struct str user_id);
MUST_USE struct err pause_get(struct tx *tx, struct str user_id, struct pause_row *ret_row,
                              bool *ret_found);
MUST_USE struct err pause_due(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list);
MUST_USE struct err pause_next(struct tx *tx, int64_t *ret_at); /* ROW_NONE: none waits */

#endif
