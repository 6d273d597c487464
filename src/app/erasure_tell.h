/* Whoever asked to be forgotten is told once that it is done. By then nothing is left that knows
 * their address, but for this one mail: it lies under a key of its own, and once it is sent, or
 * given up, the mail is deleted and the key destroyed, here and in every backup. */
#ifndef APP_ERASURE_TELL_H
#define APP_ERASURE_TELL_H

#include "app/privacy_clock.h"
#include "store/mail.h"

struct erasure_notice {
    struct privacy_addressee to; /* read before all is erased */
    struct str request_id;       /* what the answer is filed under; names the mail's key */
    struct str sha256;           /* of the certificate; empty: there is none */
    int64_t asked_at;
    int64_t invoices_until; /* the year at whose end they may go; 0: there are none */
};
/* Nothing where no mail server is set: what is not sent is not kept. */
MUST_USE struct err erasure_tell(struct app *app, struct tx *tx,
                                 const struct erasure_notice *notice);

/* It is one of these, which no one is told of when it fails. */
bool erasure_is_told_by(const struct mail_row *row);
/* It was sent, or is not sent any more. */
MUST_USE struct err erasure_forget_mail(struct tx *tx, const struct mail_row *row);

/* Whose key it is, when a mail's; a user's id has no blank. */
bool erasure_is_mail_key(struct str subject);

#endif
