/* Addresses of mail, and the names before them, as we let them through: those of RFC 5321, less
 * what is hardly ever meant. */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include <stdbool.h>

#include "base/str.h"

struct mailbox {
    struct str name; /* without quotes; may be empty */
    struct str address;
};

/* "billing@nova.example": printable ASCII without blanks, quotes, brackets or commas, one @ with
 * something on both sides. Nothing that could end a header or an SMTP command gets past. */
bool mail_address_is_valid(struct str address);
struct str mail_address_domain(struct str address);
/* "Nova Cloud <billing@nova.example>", "billing@nova.example". */
MUST_USE bool mailbox_parse(struct str text, struct mailbox *ret_mailbox);

#endif
