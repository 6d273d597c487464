/* What customers reach for, the upgrades that came of it, and sums of both (core/adoption.h). Days
 * count from 1970. Kinds and names are texts, since sums also have kinds of their own. */
#ifndef STORE_ADOPTION_H
#define STORE_ADOPTION_H

#include "core/adoption.h"
#include "store/row.h"

/* Of all that may lead to an upgrade, and the upgrades themselves; both without a name. */
#define ADOPTION_ANY STR("any")
#define ADOPTION_UPGRADE STR("upgrade")
enum { ADOPTION_SUMS_MAX = 1000, ADOPTION_SIGNALS_MAX = 200 };

struct adoption_signal {
    struct str user_id;
    int64_t day;
    struct str kind, name;
};
/* The last day behind `after` on which the customer gave such a signal, of any name when it is
 * empty; ADOPTION_NEVER. Its day is not looked at. */
MUST_USE struct err adoption_signal_last(struct tx *tx, const struct adoption_signal *signal,
                                         int64_t after, int64_t *ret_day);
MUST_USE struct err adoption_signal_put(struct tx *tx, const struct adoption_signal *signal);
/* Different ones that may lead to an upgrade, of days behind `after` up to `day`; items are struct
 * adoption_signal. */
MUST_USE struct err adoption_signals_before(struct tx *tx, struct str user_id, int64_t after,
                                            int64_t day, struct row_list *ret_list);

/* The customer's row of revenue number `seq` is an upgrade, and had this signal. */
MUST_USE struct err adoption_upgrade_put(struct tx *tx, const struct adoption_signal *signal,
                                         int64_t seq);
struct adoption_add {
    struct str kind, name;
    int64_t day, reach, upgrades;
};
MUST_USE struct err adoption_day_add(struct tx *tx, const struct adoption_add *add);

/* --- what is asked --- */

/* ROW_NONE: nothing was kept yet. */
MUST_USE struct err adoption_begun(struct tx *tx, int64_t *ret_day);
struct adoption_sum {
    struct str kind, name;
    int64_t customers; /* for whom it counted at the end of the last day */
    int64_t days;      /* of customers on which it did, of all days */
    int64_t upgrades;
};
/* From day `from` to day `to`, both included; items are struct adoption_sum. */
MUST_USE struct err adoption_sums(struct tx *tx, int64_t from, int64_t to,
                                  struct row_list *ret_list);
struct adoption_accounts {
    int tier;
    int64_t accounts; /* at the end of the last day */
    int64_t days;     /* of accounts, of all days */
};
MUST_USE struct err adoption_accounts(struct tx *tx, int64_t from, int64_t to,
                                      struct row_list *ret_list);
#endif
