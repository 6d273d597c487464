/* Where people signed in, or tried to. */
#ifndef STORE_SIGN_IN_H
#define STORE_SIGN_IN_H

#include "store/row.h"

struct sign_in_row {
    struct str person_id;
    struct record_id id;
    int64_t at;
    struct str method, outcome;     /* words: app/sign_in_history.h */
    struct str address, user_agent; /* a network; may be empty */
};

MUST_USE struct err sign_in_insert(struct tx *tx, const struct sign_in_row *row);
/* A person's, the newest first; struct sign_in_row. */
MUST_USE struct err sign_in_list(struct tx *tx, struct str person_id, size_t max,
                                 struct row_list *ret_list);
/* Those from before, and those beyond the newest `max`. */
MUST_USE struct err sign_in_forget(struct tx *tx, struct str person_id, int64_t before, size_t max);

#endif
