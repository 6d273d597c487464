/* How a person wants pages to look, and to be written. */
#ifndef STORE_APPEARANCE_H
#define STORE_APPEARANCE_H

#include "store/row.h"

struct appearance_row {
    struct str person_id;
    struct str scheme;                      /* "system", "light", "dark" */
    struct str language, locale, time_zone; /* "de", "de-AT", "Europe/Vienna"; empty: not chosen */
    int64_t first_weekday;                  /* 1: Monday, 7: Sunday; 0: not chosen */
};
/* The scheme alone; the rest stays. */
MUST_USE struct err appearance_put(struct tx *tx, struct str person_id, struct str scheme);
/* All but the scheme, which stays; of a row that is new it is the row's. */
MUST_USE struct err appearance_put_settings(struct tx *tx, const struct appearance_row *row);
MUST_USE struct err appearance_get(struct tx *tx, struct str person_id,
                                   struct appearance_row *ret_row, bool *ret_found);

#endif
