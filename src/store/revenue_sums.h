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
/* Of the same key. */
bool revenue_cohort_is_same(const struct revenue_cohort_row *a, const struct revenue_cohort_row *b);
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

/* Customers who left between two days, both included; of a plan, as it was when they did. */
struct revenue_left_query {
    int64_t day_from, day_to;
    int tier, interval; /* -1: any */
    struct str country; /* empty: any */
};
/* Who paid before the first day, and pays no more at the end of the last. */
MUST_USE struct err revenue_left(struct tx *tx, const struct revenue_left_query *query,
                                 int64_t *ret_count);
/* Who stopped paying within 30 days of their first payment. */
MUST_USE struct err revenue_left_early(struct tx *tx, const struct revenue_left_query *query,
                                       int64_t *ret_count);
/* Who paid at the end of the day before the first one. */
MUST_USE struct err revenue_paying_before(struct tx *tx, const struct revenue_left_query *query,
                                          int64_t *ret_count);

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
/* Of rows, and of sums whether or not rows are theirs; first is ROW_NONE when there are neither. */
struct revenue_span {
    int64_t first, last;
};
MUST_USE struct err revenue_span_read(struct tx *tx, struct revenue_span *ret_span);

/* Rows were written in the month since it was proved. */
MUST_USE struct err revenue_month_touch(struct tx *tx, int64_t month);
MUST_USE struct err revenue_month_is_touched(struct tx *tx, int64_t month, bool *ret_is);
MUST_USE struct err revenue_month_settle(struct tx *tx, int64_t month);

/* --- made anew --- */

/* A month's sums by day and as a whole, from its rows. */
MUST_USE struct err revenue_month_rebuild(struct tx *tx, struct revenue_month month);
/* A month's cohorts as they are kept, and as the rows come to: struct revenue_cohort_row. */
MUST_USE struct err revenue_cohorts_kept(struct tx *tx, int64_t month, struct row_list *ret_list);
MUST_USE struct err revenue_cohorts_told(struct tx *tx, struct revenue_month month,
                                         struct row_list *ret_list);
MUST_USE struct err revenue_cohorts_clear(struct tx *tx, int64_t month);

#endif
