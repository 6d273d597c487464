/* What a customer is told of a limit: once for each threshold of a limit in a usage period; of a
 * gauge, which carries on, again when it had fallen clearly below, at most once a day. */
#ifndef APP_MAIL_USAGE_H
#define APP_MAIL_USAGE_H

#include "app/mail.h"
#include "gate/gate.h"

/* For each notice that this verdict is the one to give. */
MUST_USE struct err mail_usage_notices(struct app *app, struct tx *tx, struct str user_id,
                                       enum metric metric, const struct gate_verdict *verdict);

/* Whether a mail that waits has been outrun by one that tells more: 80 % by 100 %. */
MUST_USE struct err mail_usage_is_outrun(struct tx *tx, const struct mail_row *row, bool *ret_is);

#endif
