/* Payment methods as mails name them: brand and last four, never more. */
#ifndef APP_MAIL_METHOD_H
#define APP_MAIL_METHOD_H

#include "store/payment_method.h"

/* "Visa •••• 4242", in the arena. */
struct str mail_method_words(struct arena *arena, const struct payment_method_row *row);
/* Of the method that is charged; empty when there is none. */
MUST_USE struct err mail_default_method(struct tx *tx, struct str user_id, struct str *ret_words);

#endif
