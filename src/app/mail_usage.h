/* How a customer reads of a limit. */
#ifndef APP_MAIL_USAGE_H
#define APP_MAIL_USAGE_H

#include "app/mail.h"
#include "gate/gate.h"

/* One notice, to be given now. */
struct usage_notice {
    struct str user_id;
    enum metric metric;
    enum limit_notice notice;
    const struct gate_verdict *verdict; /* what it is about, as it stands */
    int64_t armings;                    /* of a gauge: which time it is (store/limit_state.h) */
};

/* Names the fact: this threshold of this limit in this usage period; of a gauge, this time. */
struct str mail_usage_key(struct arena *arena, const struct usage_notice *notice);
MUST_USE struct err mail_usage_order(struct app *app, struct tx *tx,
                                     const struct usage_notice *notice);

/* Whether a mail that waits has been outrun by one that tells more: 80 % by 100 %. */
MUST_USE struct err mail_usage_is_outrun(struct tx *tx, const struct mail_row *row, bool *ret_is);

#endif
