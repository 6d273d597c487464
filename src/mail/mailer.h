/* The port of app/mail.h: mails as they read, and their way out. */
#ifndef MAIL_MAILER_H
#define MAIL_MAILER_H

#include "app/mail.h"
#include "net/smtp.h"

struct mail_office;

/* Texts are copied. */
struct mail_office_options {
    struct env *env;
    const struct catalogue *catalogue;
    struct str from;            /* "Nova Cloud <billing@nova.example>": its name is the product's */
    struct str footer;          /* legal address, at the foot of every mail; may be empty */
    struct str alerts_to;       /* the operators' address; empty: alerts go nowhere */
    struct str alerts_language; /* "en" when empty */
    bool has_server;            /* one will be connected */
};

/* Whether mails can be sent from it: a name and an address, or an address alone. */
MUST_USE bool mail_from_is_valid(struct str from);

MUST_USE struct err mail_office_create(struct cx *cx, const struct mail_office_options *options,
                                       struct mail_office **ret_office);
/* The way out; it must outlive the office's last mail. */
void mail_office_connect(struct mail_office *office, struct smtp *smtp);
void mail_office_destroy(struct mail_office *office); /* takes NULL */
struct mailer *mail_office_mailer(struct mail_office *office);
/* Where links lead; before the first mail is written. ERR_NO_MEMORY. */
MUST_USE struct err mail_office_set_base_url(struct mail_office *office, struct str base_url);

#endif
