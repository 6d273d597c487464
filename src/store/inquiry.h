/* Inquiries as rows: somebody who is no customer yet asks for a contract. */
#ifndef STORE_INQUIRY_H
#define STORE_INQUIRY_H

#include "core/calendar.h"
#include "store/row.h"

enum inquiry_status {
    INQUIRY_OPEN,     /* nobody has answered */
    INQUIRY_ATTACHED, /* a customer's, and a contract */
    INQUIRY_CLOSED,   /* nothing comes of it */
    INQUIRY_STATUS_COUNT
};
const char *inquiry_status_name(enum inquiry_status status);

struct inquiry_row {
    struct record_id id;
    struct str user_id;     /* whose it has become; empty: nobody's */
    int status;             /* enum inquiry_status */
    struct str fingerprint; /* of all that was sent */
    struct str company, name, email;
    struct str country, language; /* may be empty */
    struct str message;
    struct str usage;       /* JSON: what is expected, by metric */
    struct str contract_id; /* what it became; or empty */
    struct str answered_by; /* as the audit log names them; or empty */
    struct str reason;      /* why it was closed; or empty */
    int64_t created_at;
    int64_t answered_at; /* or ROW_NONE */
};

MUST_USE struct err inquiry_insert(struct tx *tx, const struct inquiry_row *row);
/* Writes the whole row anew, sealed under the key of whose it is now; it is there. */
MUST_USE struct err inquiry_put(struct tx *tx, const struct inquiry_row *row);
MUST_USE struct err inquiry_get(struct tx *tx, struct str id, struct inquiry_row *ret_row,
                                bool *ret_found);
/* The open one that was sent in the same words. */
MUST_USE struct err inquiry_waiting(struct tx *tx, struct str fingerprint,
                                    struct inquiry_row *ret_row, bool *ret_found);
/* The newest first, before the id `before` (empty: from the newest on); a status of -1: any. Items
 * are struct inquiry_row. */
MUST_USE struct err inquiry_page(struct tx *tx, int status, struct str before, size_t max,
                                 struct row_list *ret_list);
/* How many wait, and how many came since `since`; neither counts beyond `max`. */
MUST_USE struct err inquiry_count_waiting(struct tx *tx, int64_t max, int64_t *ret_count);
MUST_USE struct err inquiry_count_since(struct tx *tx, struct instant since, int64_t max,
                                        int64_t *ret_count);
/* Those answered before `answered`, and those that nobody has answered since `asked`, with the
 * mails that said so. */
MUST_USE struct err inquiry_forget(struct tx *tx, int64_t answered, int64_t asked);

#endif
