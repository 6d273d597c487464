#include "store/revenue.h"

#include "store/queries.h"
#include "store/words.h"

#define AT(member) offsetof(struct revenue_movement_row, member)
static const struct column movement_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_I64, AT(seq), NULL},
    {COLUMN_I64, AT(effective_at), NULL},
    {COLUMN_I64, AT(recorded_at), NULL},
    {COLUMN_I64, AT(day), NULL},
    {COLUMN_NAMED, AT(kind), &words_revenue_kind},
    {COLUMN_NAMED, AT(reason), &words_revenue_reason},
    {COLUMN_TEXT, AT(subscription_id), NULL},
    {COLUMN_NAMED, AT(tier_before), &words_tier},
    {COLUMN_NAMED, AT(interval_before), &words_interval},
    {COLUMN_TEXT, AT(country_before), NULL},
    {COLUMN_NAMED, AT(place_before), &words_revenue_place},
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_I64, AT(plan_version), NULL},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_TEXT, AT(country), NULL},
    {COLUMN_NAMED, AT(place), &words_revenue_place},
    {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(rate_number), NULL},
    {COLUMN_I64, AT(arr_before), NULL},
    {COLUMN_I64, AT(arr_after), NULL},
    {COLUMN_I64, AT(list_before), NULL},
    {COLUMN_I64, AT(list_after), NULL},
    {COLUMN_I64, AT(committed_before), NULL},
    {COLUMN_I64, AT(committed_after), NULL},
    {COLUMN_BOOL, AT(of_opening), NULL},
    {COLUMN_I64, AT(lost), NULL},
    {COLUMN_I64_OPT, AT(cohort), NULL},
    {COLUMN_I64, AT(signed_up), NULL},
    {COLUMN_TEXT, AT(actor), NULL},
    {COLUMN_I64, AT(audit_seq), NULL},
};
#undef AT
static const struct row_type movement_type =
    ROW_TYPE(struct revenue_movement_row, movement_columns);

#define AT(member) offsetof(struct revenue_account_row, member)
static const struct column account_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_I64, AT(seq), NULL},
    {COLUMN_NAMED, AT(place), &words_revenue_place},
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_I64, AT(plan_version), NULL},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_TEXT, AT(country), NULL},
    {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_TEXT, AT(subscription_id), NULL},
    {COLUMN_I64, AT(arr), NULL},
    {COLUMN_I64, AT(list), NULL},
    {COLUMN_I64, AT(committed), NULL},
    {COLUMN_TEXT, AT(coupon), NULL},
    {COLUMN_I64, AT(coupon_since), NULL},
    {COLUMN_I64_OPT, AT(cohort), NULL},
    {COLUMN_I64, AT(signed_up), NULL},
    {COLUMN_I64, AT(month), NULL},
    {COLUMN_I64, AT(month_opening), NULL},
    {COLUMN_I64, AT(last_at), NULL},
    {COLUMN_I64_OPT, AT(due_at), NULL},
};
#undef AT
static const struct row_type account_type = ROW_TYPE(struct revenue_account_row, account_columns);

static const struct column text_columns[] = {{COLUMN_TEXT, 0, NULL}};
static const struct row_type text_type = ROW_TYPE(struct str, text_columns);
static const struct column instant_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type instant_type = ROW_TYPE(int64_t, instant_columns);

/* --- rows --- */

struct err revenue_movement_insert(struct tx *tx, const struct revenue_movement_row *row) {
    return row_put(tx, &movement_type, Q_REVENUE_MOVEMENT_INSERT, row);
}

static struct db_value named(const struct column_words *words, int value) {
    return db_text(value < 0 ? STR("") : str_from_cstr(words->word(value)));
}

static struct err page_of_customer(struct tx *tx, const struct revenue_movement_filter *filter,
                                   size_t max, struct row_list *ret_list) {
    int64_t before = filter->day_before == INT64_MAX ? INT64_MAX : filter->seq_before;
    return row_list(tx, &movement_type,
                    ROW_QUERY(Q_REVENUE_MOVEMENT_PAGE_OF, db_text(filter->user_id),
                              db_i64(filter->day_from), db_i64(filter->day_to),
                              named(&words_revenue_kind, filter->kind),
                              named(&words_revenue_reason, filter->reason), db_i64(before),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err revenue_movement_page(struct tx *tx, const struct revenue_movement_filter *filter,
                                 size_t max, struct row_list *ret_list) {
    if (filter->user_id.len > 0) {
        return page_of_customer(tx, filter, max, ret_list);
    }
    return row_list(tx, &movement_type,
                    ROW_QUERY(Q_REVENUE_MOVEMENT_PAGE, db_i64(filter->day_from),
                              db_i64(filter->day_to), named(&words_revenue_kind, filter->kind),
                              named(&words_revenue_reason, filter->reason),
                              named(&words_tier, filter->tier),
                              named(&words_interval, filter->interval), db_text(filter->country),
                              db_i64(filter->day_before), db_text(filter->user_before),
                              db_i64(filter->seq_before), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err revenue_movement_each(struct tx *tx, struct str user_after, int64_t seq_after,
                                 size_t max, struct row_list *ret_list) {
    return row_list(tx, &movement_type,
                    ROW_QUERY(Q_REVENUE_MOVEMENT_EACH, db_text(user_after), db_i64(seq_after),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

/* --- accounts --- */

struct err revenue_account_get(struct tx *tx, struct str user_id,
                               struct revenue_account_row *ret_row, bool *ret_found) {
    return row_get(tx, &account_type, ROW_QUERY(Q_REVENUE_ACCOUNT_GET, db_text(user_id)), ret_row,
                   ret_found);
}

struct err revenue_account_put(struct tx *tx, const struct revenue_account_row *row) {
    return row_put(tx, &account_type, Q_REVENUE_ACCOUNT_PUT, row);
}

struct err revenue_account_each(struct tx *tx, struct str after, size_t max,
                                struct row_list *ret_list) {
    return row_list(tx, &account_type,
                    ROW_QUERY(Q_REVENUE_ACCOUNT_EACH, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err revenue_accounts_due(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &text_type,
                    ROW_QUERY(Q_REVENUE_ACCOUNTS_DUE, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err revenue_customers_after(struct tx *tx, struct str after, size_t max,
                                   struct row_list *ret_list) {
    return row_list(tx, &text_type,
                    ROW_QUERY(Q_REVENUE_CUSTOMERS_AFTER, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err revenue_account_due_next(struct tx *tx, int64_t *ret_at) {
    bool is_found = false;
    return row_get(tx, &instant_type, (struct row_query){Q_REVENUE_ACCOUNT_DUE_NEXT, DB_NO_ARGS},
                   ret_at, &is_found);
}

/* --- sums --- */

#define AT(member) offsetof(struct revenue_add, member)
#define PLACE_COLUMNS                                                                              \
    {COLUMN_NAMED, AT(kind), &words_revenue_kind},                                                 \
        {COLUMN_NAMED, AT(reason), &words_revenue_reason}, {COLUMN_BOOL, AT(of_opening), NULL},    \
        {COLUMN_NAMED, AT(tier), &words_tier}, {COLUMN_NAMED, AT(interval), &words_interval},      \
        {COLUMN_TEXT, AT(country), NULL}, {COLUMN_TEXT, AT(currency), NULL},                       \
        {COLUMN_I64, AT(rate_number), NULL}, {COLUMN_I64, AT(measures.count), NULL},               \
        {COLUMN_I64, AT(measures.amount), NULL}, {COLUMN_I64, AT(measures.lost), NULL},            \
        {COLUMN_I64, AT(measures.holding), NULL}, {COLUMN_I64, AT(measures.list), NULL},           \
        {COLUMN_I64, AT(measures.committed), NULL}, {COLUMN_I64, AT(measures.at_risk), NULL},      \
        {COLUMN_I64, AT(measures.paying), NULL}, {                                                 \
        COLUMN_I64, AT(measures.accounts), NULL                                                    \
    }
static const struct column day_columns[] = {
    {COLUMN_I64, AT(month), NULL}, {COLUMN_I64, AT(day), NULL}, PLACE_COLUMNS};
static const struct column month_columns[] = {{COLUMN_I64, AT(month), NULL}, PLACE_COLUMNS};
#undef AT
static const struct row_type day_type = ROW_TYPE(struct revenue_add, day_columns);
static const struct row_type month_type = ROW_TYPE(struct revenue_add, month_columns);

struct err revenue_day_add(struct tx *tx, const struct revenue_add *add) {
    return row_put(tx, &day_type, Q_REVENUE_DAY_ADD, add);
}

struct err revenue_month_add(struct tx *tx, const struct revenue_add *add) {
    return row_put(tx, &month_type, Q_REVENUE_MONTH_ADD, add);
}

static const char *basis_word(int value) {
    return value == REVENUE_BY_PAYMENT ? "payment" : "signup";
}
static const struct column_words words_basis = {basis_word, REVENUE_BY_SIGNUP + 1};

#define AT(member) offsetof(struct revenue_cohort_row, member)
static const struct column cohort_columns[] = {
    {COLUMN_NAMED, AT(basis), &words_basis}, {COLUMN_I64, AT(cohort), NULL},
    {COLUMN_I64, AT(month), NULL},           {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(rate_number), NULL},     {COLUMN_I64, AT(amount), NULL},
    {COLUMN_I64, AT(paying), NULL},          {COLUMN_I64, AT(accounts), NULL},
};
#undef AT
static const struct row_type cohort_type = ROW_TYPE(struct revenue_cohort_row, cohort_columns);

struct err revenue_cohort_add(struct tx *tx, const struct revenue_cohort_row *row) {
    return row_put(tx, &cohort_type, Q_REVENUE_COHORT_ADD, row);
}

struct err revenue_cohort_list(struct tx *tx, enum revenue_basis basis, int64_t month, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &cohort_type,
                    ROW_QUERY(Q_REVENUE_COHORT_LIST, db_text(str_from_cstr(basis_word((int)basis))),
                              db_i64(month), db_i64((int64_t)max)),
                    max, ret_list);
}

#define AT(member) offsetof(struct revenue_sum, member)
static const struct column sum_columns[] = {
    {COLUMN_I64, AT(period), NULL},
    {COLUMN_NAMED, AT(kind), &words_revenue_kind},
    {COLUMN_NAMED_OPT, AT(reason), &words_revenue_reason},
    {COLUMN_BOOL, AT(is_of_opening), NULL},
    {COLUMN_NAMED_OPT, AT(tier), &words_tier},
    {COLUMN_NAMED_OPT, AT(interval), &words_interval},
    {COLUMN_TEXT, AT(country), NULL},
    {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(rate_number), NULL},
    {COLUMN_I64, AT(measures.count), NULL},
    {COLUMN_I64, AT(measures.amount), NULL},
    {COLUMN_I64, AT(measures.lost), NULL},
    {COLUMN_I64, AT(measures.holding), NULL},
    {COLUMN_I64, AT(measures.list), NULL},
    {COLUMN_I64, AT(measures.committed), NULL},
    {COLUMN_I64, AT(measures.at_risk), NULL},
    {COLUMN_I64, AT(measures.paying), NULL},
    {COLUMN_I64, AT(measures.accounts), NULL},
};
#undef AT
static const struct row_type sum_type = ROW_TYPE(struct revenue_sum, sum_columns);

static struct err sums(struct tx *tx, int statement, const struct revenue_sums_query *query,
                       struct revenue_month month, struct row_list *ret_list) {
    return row_list(tx, &sum_type,
                    ROW_QUERY(statement, db_i64(month.number), db_i64(query->from.number),
                              db_i64(query->to.number), named(&words_tier, query->tier),
                              named(&words_interval, query->interval), db_text(query->country),
                              db_i64(query->by_reason), db_i64(query->by_plan),
                              db_i64(query->by_country), db_i64(REVENUE_SUMS_MAX)),
                    REVENUE_SUMS_MAX, ret_list);
}

struct err revenue_sums_of_months(struct tx *tx, const struct revenue_sums_query *query,
                                  struct row_list *ret_list) {
    return sums(tx, Q_REVENUE_SUMS_OF_MONTHS, query, revenue_month_of(query->to), ret_list);
}

struct err revenue_sums_of_days(struct tx *tx, const struct revenue_sums_query *query,
                                struct row_list *ret_list) {
    return sums(tx, Q_REVENUE_SUMS_OF_DAYS, query, revenue_month_of(query->from), ret_list);
}

/* --- of customers --- */

#define AT(member) offsetof(struct revenue_kept_row, member)
static const struct column kept_columns[] = {
    {COLUMN_TEXT, AT(currency), NULL}, {COLUMN_I64, AT(then), NULL}, {COLUMN_I64, AT(now), NULL},
    {COLUMN_I64, AT(customers), NULL}, {COLUMN_I64, AT(kept), NULL},
};
#undef AT
static const struct row_type kept_type = ROW_TYPE(struct revenue_kept_row, kept_columns);

struct err revenue_kept(struct tx *tx, int64_t day_then, int64_t day_now,
                        struct row_list *ret_list) {
    return row_list(tx, &kept_type,
                    ROW_QUERY(Q_REVENUE_KEPT, db_i64(day_then), db_i64(day_now),
                              db_i64(REVENUE_CURRENCIES_MAX)),
                    REVENUE_CURRENCIES_MAX, ret_list);
}

#define AT(member) offsetof(struct revenue_conversion_row, member)
static const struct column conversion_columns[] = {
    {COLUMN_I64, AT(day), NULL},   {COLUMN_I64, AT(in_14), NULL}, {COLUMN_I64, AT(in_30), NULL},
    {COLUMN_I64, AT(in_90), NULL}, {COLUMN_I64, AT(ever), NULL},
};
#undef AT
static const struct row_type conversion_type =
    ROW_TYPE(struct revenue_conversion_row, conversion_columns);

struct err revenue_conversions(struct tx *tx, int64_t day_to, size_t max,
                               struct row_list *ret_list) {
    return row_list(tx, &conversion_type,
                    ROW_QUERY(Q_REVENUE_CONVERSIONS, db_i64(day_to), db_i64((int64_t)max)), max,
                    ret_list);
}

#define AT(member) offsetof(struct revenue_trials_row, member)
static const struct column trials_columns[] = {{COLUMN_I64, AT(ended), NULL},
                                               {COLUMN_I64, AT(converted), NULL}};
#undef AT
static const struct row_type trials_type = ROW_TYPE(struct revenue_trials_row, trials_columns);

struct err revenue_trials(struct tx *tx, int64_t day_from, int64_t day_to,
                          struct revenue_trials_row *ret_row) {
    bool is_found = false;
    return row_get(tx, &trials_type, ROW_QUERY(Q_REVENUE_TRIALS, db_i64(day_from), db_i64(day_to)),
                   ret_row, &is_found);
}

static struct err number(struct tx *tx, struct row_query query, int64_t *ret_number) {
    bool is_found = false;
    return row_get(tx, &instant_type, query, ret_number, &is_found);
}

struct err revenue_proof_sums(struct tx *tx, struct revenue_month month,
                              struct revenue_proof_row *ret_row) {
    struct revenue_day first = revenue_month_first(month);
    struct revenue_day next = revenue_month_first((struct revenue_month){month.number + 1});
    TRY(number(tx,
               ROW_QUERY(Q_REVENUE_PROOF_DAYS, db_i64(first.number), db_i64(next.number - 1),
                         db_i64(month.number)),
               &ret_row->days));
    return number(tx, ROW_QUERY(Q_REVENUE_PROOF_MONTHS, db_i64(month.number)), &ret_row->months);
}

struct err revenue_proof_accounts(struct tx *tx, struct user_range range, int64_t *ret_count) {
    return number(tx,
                  ROW_QUERY(Q_REVENUE_PROOF_ACCOUNTS, db_text(range.first), db_text(range.last)),
                  ret_count);
}

struct err revenue_first_month(struct tx *tx, int64_t *ret_month) {
    return number(tx, (struct row_query){Q_REVENUE_FIRST_MONTH, DB_NO_ARGS}, ret_month);
}

struct err revenue_country(struct tx *tx, struct str user_id, struct str *ret_country) {
    bool is_found = false;
    *ret_country = STR("");
    return row_get(tx, &text_type, ROW_QUERY(Q_REVENUE_COUNTRY, db_text(user_id)), ret_country,
                   &is_found);
}

struct err revenue_last_wish(struct tx *tx, struct str user_id, struct str *ret_kind) {
    bool is_found = false;
    *ret_kind = STR("");
    return row_get(tx, &text_type, ROW_QUERY(Q_REVENUE_LAST_WISH, db_text(user_id)), ret_kind,
                   &is_found);
}
