/* Links that let whoever holds them see one invoice and pay it, without signing in: they go out in
 * mails. A link is signed, lasts 7 days, and is good for that one invoice of that one customer. */
#ifndef APP_PAY_LINK_H
#define APP_PAY_LINK_H

#include "app/app.h"

enum { PAY_LINK_DAYS = 7, PAY_LINK_TOKEN_MAX = 1024 };

/* "/pay/<token>", in the transaction's arena. Makes the installation's key when it has none. */
MUST_USE struct err pay_link_make(struct app *app, struct tx *tx, struct str user_id,
                                  struct str invoice_id, struct str *ret_path);

struct pay_link {
    struct str user_id, invoice_id;
};
/* What the token is good for now; *ret_is_valid is false when it is forged, cut or too old. */
MUST_USE struct err pay_link_read(struct tx *tx, struct str token, struct pay_link *ret_link,
                                  bool *ret_is_valid);

#endif
