/* Sums of the facts of recurring revenue, and what is asked of them (core/revenue.h). */
#ifndef STORE_REVENUE_SUMS_H
#define STORE_REVENUE_SUMS_H

#include "core/revenue_book.h"
#include "store/row.h"

/* One entry of a row (core/revenue_account.h), as the sums add it up. */
struct revenue_add {
    int64_t day, month;
    int kind, reason;
    bool of_opening;
    int tier, interval;
    struct str country, currency;
    int64_t rate_number;
    struct revenue_measures measures;
};
MUST_USE struct err revenue_day_add(struct tx *tx, const struct revenue_add *add);
MUST_USE struct err revenue_month_add(struct tx *tx, const struct revenue_add *add);

enum revenue_basis { REVENUE_BY_PAYMENT, REVENUE_BY_SIGNUP };
struct revenue_cohort_row {
    int basis; /* enum revenue_basis */
    int64_t cohort, month;
    struct str currency;
    int64_t rate_number;
    int64_t amount, paying, accounts;
};
MUST_USE struct err revenue_cohort_add(struct tx *tx, const struct revenue_cohort_row *row);
/* Until `month`, included; items are struct revenue_cohort_row. */
MUST_USE struct err revenue_cohort_list(struct tx *tx, enum revenue_basis basis, int64_t month,
                                        size_t max, struct row_list *ret_list);

/* Which sums: those of the plan, interval and country, until a day, in groups. */
struct revenue_sums_query {
    int tier, interval; /* -1: all */
    struct str country; /* empty: all */
    bool by_reason, by_plan, by_country;
    struct revenue_day from,
        to; /* days: from `from` on each by itself; all before as the day before */
};
enum { REVENUE_SUMS_MAX = 200000 };
/* By month, until `to`; items are struct revenue_sum. */
MUST_USE struct err revenue_sums_of_months(struct tx *tx, const struct revenue_sums_query *query,
                                           struct row_list *ret_list);
MUST_USE struct err revenue_sums_of_days(struct tx *tx, const struct revenue_sums_query *query,
                                         struct row_list *ret_list);

/* --- of customers --- */

/* What accounts that paid at the end of a day bring at the end of another, by currency. */
struct revenue_kept_row {
    struct str currency;
    int64_t then, now, customers, kept;
};
MUST_USE struct err revenue_kept(struct tx *tx, int64_t day_then, int64_t day_now,
                                 struct row_list *ret_list);

/* Of those who signed up on a day: how many paid for the first time within 14, 30 and 90 days. */
struct revenue_conversion_row {
    int64_t day; /* of the sign-up, since 1970 */
    int64_t in_14, in_30, in_90, ever;
};
MUST_USE struct err revenue_conversions(struct tx *tx, int64_t day_to, size_t max,
                                        struct row_list *ret_list);

/* Trials that ended between two days, both included, and those that became paid plans. */
struct revenue_trials_row {
    int64_t ended, converted;
};
MUST_USE struct err revenue_trials(struct tx *tx, int64_t day_from, int64_t day_to,
                                   struct revenue_trials_row *ret_row);

/* How many keys of a month's sums differ from what the rows come to: of its days, and as a whole.
 */
struct revenue_proof_row {
    int64_t months, days;
};
MUST_USE struct err revenue_proof_sums(struct tx *tx, struct revenue_month month,
                                       struct revenue_proof_row *ret_row);
/* How many accounts behind the first and up to the last one stand otherwise than their last row. */
MUST_USE struct err revenue_proof_accounts(struct tx *tx, struct user_range range,
                                           int64_t *ret_count);
/* ROW_NONE when there are no facts. */
MUST_USE struct err revenue_first_month(struct tx *tx, int64_t *ret_month);

#endif
