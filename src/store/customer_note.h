/* What operators note about customers. */
#ifndef STORE_CUSTOMER_NOTE_H
#define STORE_CUSTOMER_NOTE_H

#include "store/row.h"

#define CUSTOMER_NOTE_KIND "memo" /* of the ids of notes */

struct customer_note_row {
    struct str user_id;
    struct record_id id;
    struct str author; /* as the audit log names them; empty: the owner of the machine */
    struct str note;
    int64_t created_at;
};
MUST_USE struct err customer_note_insert(struct tx *tx, const struct customer_note_row *row);
/* Before the id `before`, the newest first. */
MUST_USE struct err customer_note_page(struct tx *tx, struct str user_id, struct str before,
                                       size_t max, struct row_list *ret_list);

#endif
