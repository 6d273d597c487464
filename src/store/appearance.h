/* How a person wants pages to look. */
#ifndef STORE_APPEARANCE_H
#define STORE_APPEARANCE_H

#include "store/row.h"

struct appearance_row {
    struct str person_id;
    struct str scheme; /* "system", "light", "dark" */
};
MUST_USE struct err appearance_put(struct tx *tx, const struct appearance_row *row);
MUST_USE struct err appearance_get(struct tx *tx, struct str person_id,
                                   struct appearance_row *ret_row, bool *ret_found);

#endif
