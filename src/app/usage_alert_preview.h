/* When a rule would have told, had it been there: the same judging over what was used, hour by
 * hour, or over the invoices that were made. */
#ifndef APP_USAGE_ALERT_PREVIEW_H
#define APP_USAGE_ALERT_PREVIEW_H

#include "app/usage_alert.h"

enum {
    USAGE_ALERT_PREVIEW_CYCLES = 4, /* the present one and those before */
    USAGE_ALERT_PREVIEW_INVOICES = 12,
    USAGE_ALERT_PREVIEW_MAX =
        USAGE_ALERT_PREVIEW_INVOICES * USAGE_ALERT_THRESHOLDS_MAX, /* as many as it gives */
};

struct usage_alert_would {
    int64_t at; /* the hour in which it was reached; of money, when the invoice was made */
    int64_t threshold, value;
    int64_t cycle_start; /* of money: the same as `at` */
};
struct usage_alert_preview {
    bool is_known;                /* false: there is no such customer, and nothing else is set */
    struct usage_alert_level now; /* of money: nothing, since the provider is to be asked */
    unsigned reached;             /* now */
    struct row_list would;        /* struct usage_alert_would, the newest first */
};
/* Recipients are not looked at. */
MUST_USE struct err usage_alert_preview(const struct app *app, struct tx *tx, struct str user_id,
                                        const struct usage_alert_facts *facts,
                                        struct usage_alert_preview *ret_preview);

#endif
