/* Releases that were given a name, each of which gives back once. */
#ifndef STORE_RELEASE_H
#define STORE_RELEASE_H

#include "store/row.h"

struct release_row {
    struct str user_id, id;
    int metric; /* enum metric */
    int64_t amount;
    struct str take_id; /* empty: of none */
    int64_t created_at;
};
MUST_USE struct err release_get(struct tx *tx, struct str user_id, struct str id,
                                struct release_row *ret_row, bool *ret_found);
MUST_USE struct err release_insert(struct tx *tx, const struct release_row *row);
MUST_USE struct err release_prune(struct tx *tx, int64_t before);

#endif
