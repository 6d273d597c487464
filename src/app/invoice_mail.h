/* The mail about an invoice once more: for a customer who has lost it, or never had it. It says
 * what the first one said, and goes to the customer's address as it is now. */
#ifndef APP_INVOICE_MAIL_H
#define APP_INVOICE_MAIL_H

#include "app/mail.h"

/* Which mail would be sent: that of a receipt once it is paid, else that it is due. */
struct invoice_mail {
    enum mail_kind kind;
    struct str address;        /* the customer's, now */
    struct str subject;        /* of the first one */
    struct instant written_at; /* when that was */
    struct str facts;          /* what it was written from */
};
/* DONE; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED, INVOICE_NOT_FOUND, INVOICE_NOT_TOLD: none was written
 * of the invoice as it stands. */
MUST_USE struct err invoice_mail_read(struct tx *tx, struct str user_id, struct str invoice_id,
                                      struct invoice_mail *ret_mail, enum outcome *ret_outcome);

/* CREATED, also when the same key has done it before; else as above, INVOICE_NOT_TOLD also where
 * `shown` is another kind than would be sent now. */
struct invoice_mail_send {
    struct command command;
    struct arena *arena; /* the caller's: for the row */
    struct str user_id, invoice_id, reason, idempotency_key;
    int shown;           /* enum mail_kind; -1: none was shown */
    struct mail_row row; /* out, without bodies */
};
void invoice_mail_send(struct app *app, struct invoice_mail_send *send);

#endif
