/* What the files behind mailer.h share. */
#ifndef MAIL_OFFICE_H
#define MAIL_OFFICE_H

#include "base/mailbox.h"
#include "mail/mailer.h"

struct mail_office {
    struct mailer port; /* first: the port hands it back */
    struct env *env;
    struct arena arena;
    const struct catalogue *catalogue;
    struct mailbox from;
    struct str product, footer;
    struct str base_url, billing_url, pricing_url;
    struct smtp *smtp; /* NULL: there is no mail server */
};

/* post.c: the way out. */
MUST_USE struct err post_headers(struct mailer *mailer, struct cx *cx, const struct mail_row *row,
                                 struct str unsubscribe_path, struct mail_headers *ret_headers);
void post_send(struct mailer *mailer, const struct mail_row *row, struct str unsubscribe_path,
               mail_done *done, void *context);

#endif
