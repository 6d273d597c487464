/* Notes of operators on a customer: what was said on the phone, what to look out for. Nobody but
 * operators reads them, the customer by an export of what is kept of them. */
#ifndef APP_CUSTOMER_NOTE_H
#define APP_CUSTOMER_NOTE_H

#include "app/app.h"
#include "store/customer_note.h"

enum { CUSTOMER_NOTE_MAX = 2000 }; /* characters */

/* CREATED; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED. */
struct customer_note_add {
    struct command command;
    struct customer_note_row row; /* user_id and note; the rest is set */
};
void customer_note_add(struct app *app, struct customer_note_add *add);
/* Before the id `before` (empty: the newest), the newest first; struct customer_note_row. */
MUST_USE struct err customer_notes_read(struct tx *tx, struct str user_id, struct str before,
                                        size_t max, struct row_list *ret_list);

#endif
