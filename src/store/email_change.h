/* Addresses that people change: asked for, confirmed, stopped. */
#ifndef STORE_EMAIL_CHANGE_H
#define STORE_EMAIL_CHANGE_H

#include "store/row.h"

struct email_change_row {
    struct str person_id;
    struct record_id id;
    struct str session_id; /* in which it was asked for */
    struct str old_email;  /* empty: they had none */
    struct str new_email;
    struct str confirm_hash; /* of the token in the mail to the new address */
    struct str stop_hash;    /* the same, to the old one */
    int64_t asked_at, expires_at;
    int64_t done_at, stopped_at; /* or ROW_NONE */
};

MUST_USE struct err email_change_insert(struct tx *tx, const struct email_change_row *row);
/* A person's, the newest first; struct email_change_row. */
MUST_USE struct err email_change_list(struct tx *tx, struct str person_id, size_t max,
                                      struct row_list *ret_list);
MUST_USE struct err email_change_by_confirm(struct tx *tx, struct str hash,
                                            struct email_change_row *ret_row, bool *ret_found);
MUST_USE struct err email_change_by_stop(struct tx *tx, struct str hash,
                                         struct email_change_row *ret_row, bool *ret_found);
/* ERR_CONFLICT when it was done or stopped before. */
MUST_USE struct err email_change_done(struct tx *tx, struct str person_id, struct str id,
                                      int64_t now);
/* Those that wait become void; *ret_count says how many. */
MUST_USE struct err email_change_withdraw(struct tx *tx, struct str person_id, int64_t now,
                                          int64_t *ret_count);
/* All do, and links that would stop one that was done too. */
MUST_USE struct err email_change_stop_all(struct tx *tx, struct str person_id, int64_t now);

#endif
