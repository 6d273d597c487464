/* Why a bank has declined, in words that help the person who reads them. Codes:
 * https://docs.stripe.com/declines/codes. A stolen or lost card is called declined, no more: who
 * reads may be the one who should not know. */
#ifndef MAIL_DECLINE_H
#define MAIL_DECLINE_H

#include "core/locale.h"

/* One sentence; never NULL. */
const char *decline_words(enum language language, struct str code);

#endif
