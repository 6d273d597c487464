/* What operators enter beside the facts of revenue: rates, spend, targets. */
#ifndef STORE_REVENUE_ENTERED_H
#define STORE_REVENUE_ENTERED_H

#include "store/row.h"

struct revenue_rate_row {
    int64_t number; /* from 1, ascending with time */
    struct str currency;
    int64_t at;
    int64_t micros;        /* of the reporting currency, for one of it */
    struct str entered_by; /* as the audit log names them; empty: a key, or the machine's owner */
};
/* In order of their numbers. */
MUST_USE struct err revenue_rate_list(struct tx *tx, size_t max, struct row_list *ret_list);
MUST_USE struct err revenue_rate_insert(struct tx *tx, const struct revenue_rate_row *row);

struct revenue_spend_row {
    int64_t month; /* since January 1970 */
    int64_t entered_at;
    int64_t minor; /* of the reporting currency */
    struct str entered_by;
};
/* The last entry of each month that was made by then, in order of the months. */
MUST_USE struct err revenue_spend_list(struct tx *tx, int64_t entered_by, size_t max,
                                       struct row_list *ret_list);
MUST_USE struct err revenue_spend_put(struct tx *tx, const struct revenue_spend_row *row);

struct revenue_target_row {
    struct str name;
    int64_t entered_at;
    int64_t value; /* in the target's unit */
    struct str reason, entered_by;
};
/* The last entry of each name that was made by then, in order of the names. */
MUST_USE struct err revenue_target_list(struct tx *tx, int64_t entered_by, size_t max,
                                        struct row_list *ret_list);
MUST_USE struct err revenue_target_put(struct tx *tx, const struct revenue_target_row *row);

#endif
