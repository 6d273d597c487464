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
    {COLUMN_I64, AT(turn), NULL},
    {COLUMN_NAMED, AT(ahead), &words_revenue_ahead},
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

static struct err page_of_upgrades(struct tx *tx, const struct revenue_movement_filter *filter,
                                   size_t max, struct row_list *ret_list) {
    return row_list(
        tx, &movement_type,
        ROW_QUERY(Q_ADOPTION_UPGRADE_PAGE, db_text(filter->driver), db_text(filter->driver_name),
                  db_i64(filter->day_from), db_i64(filter->day_to),
                  named(&words_revenue_kind, filter->kind),
                  named(&words_revenue_reason, filter->reason), named(&words_tier, filter->tier),
                  named(&words_interval, filter->interval), db_text(filter->country),
                  db_text(filter->user_id), db_i64(filter->day_before),
                  db_text(filter->user_before), db_i64(filter->seq_before), db_i64((int64_t)max)),
        max, ret_list);
}

struct err revenue_movement_page(struct tx *tx, const struct revenue_movement_filter *filter,
                                 size_t max, struct row_list *ret_list) {
    if (filter->driver.len > 0) {
        return page_of_upgrades(tx, filter, max, ret_list);
    }
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

struct err revenue_movement_lasts(struct tx *tx, struct str after, size_t max,
                                  struct row_list *ret_list) {
    return row_list(tx, &movement_type,
                    ROW_QUERY(Q_REVENUE_MOVEMENT_LASTS, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err revenue_movement_first_of_month(struct tx *tx, const struct revenue_movement_row *of,
                                           struct revenue_movement_row *ret_row) {
    bool is_found = false;
    struct revenue_month month = revenue_month_of((struct revenue_day){(int32_t)of->day});
    int64_t first = revenue_month_first(month).number;
    *ret_row = *of;
    return row_get(
        tx, &movement_type,
        ROW_QUERY(Q_REVENUE_MOVEMENT_FIRST_OF_MONTH, db_text(of->user_id), db_i64(first)), ret_row,
        &is_found);
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

static const struct column turn_columns[] = {
    {COLUMN_TEXT, offsetof(struct revenue_turn_row, user_id), NULL},
    {COLUMN_BOOL, offsetof(struct revenue_turn_row, differs), NULL},
};
static const struct row_type turn_type = ROW_TYPE(struct revenue_turn_row, turn_columns);

struct err revenue_accounts_of_turn(struct tx *tx, int64_t turn, struct str after, size_t max,
                                    struct row_list *ret_list) {
    return row_list(
        tx, &turn_type,
        ROW_QUERY(Q_REVENUE_ACCOUNTS_OF_TURN, db_i64(turn), db_text(after), db_i64((int64_t)max)),
        max, ret_list);
}

struct err revenue_turn_end(struct tx *tx, int64_t turn, struct user_range range) {
    return row_change(
        tx, ROW_QUERY(Q_REVENUE_TURN_END, db_i64(turn), db_text(range.first), db_text(range.last)));
}

struct err revenue_turn_again(struct tx *tx, struct str user_id) {
    return row_change(tx, ROW_QUERY(Q_REVENUE_TURN_AGAIN, db_text(user_id)));
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

bool revenue_cohort_is_same(const struct revenue_cohort_row *a,
                            const struct revenue_cohort_row *b) {
    return a->basis == b->basis && a->cohort == b->cohort && a->month == b->month &&
           a->rate_number == b->rate_number && str_equal(a->currency, b->currency);
}

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

static struct err number(struct tx *tx, struct row_query query, int64_t *ret_number) {
    bool is_found = false;
    return row_get(tx, &instant_type, query, ret_number, &is_found);
}

static struct err left(struct tx *tx, int statement, const struct revenue_left_query *query,
                       int64_t *ret_count) {
    return number(tx,
                  ROW_QUERY(statement, db_i64(query->day_from), db_i64(query->day_to),
                            named(&words_tier, query->tier),
                            named(&words_interval, query->interval), db_text(query->country)),
                  ret_count);
}

struct err revenue_left(struct tx *tx, const struct revenue_left_query *query, int64_t *ret_count) {
    return left(tx, Q_REVENUE_LEFT, query, ret_count);
}

struct err revenue_left_early(struct tx *tx, const struct revenue_left_query *query,
                              int64_t *ret_count) {
    return left(tx, Q_REVENUE_LEFT_EARLY, query, ret_count);
}

struct err revenue_paying_before(struct tx *tx, const struct revenue_left_query *query,
                                 int64_t *ret_count) {
    struct revenue_day day = {(int32_t)query->day_from - 1};
    return number(tx,
                  ROW_QUERY(Q_REVENUE_PAYING_AT, db_i64(revenue_month_of(day).number),
                            db_i64(day.number), named(&words_tier, query->tier),
                            named(&words_interval, query->interval), db_text(query->country)),
                  ret_count);
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

/* --- proofs, and sums that are made anew --- */

/* The arguments of a statement about a month's rows: it, its first day, and its last one. */
#define MONTH_QUERY(statement, month)                                                              \
    ROW_QUERY(statement, db_i64((month).number), db_i64(revenue_month_first(month).number),        \
              db_i64(last_day(month)))

static int64_t last_day(struct revenue_month month) {
    return revenue_month_first((struct revenue_month){month.number + 1}).number - 1;
}

struct err revenue_proof_sums(struct tx *tx, struct revenue_month month,
                              struct revenue_proof_row *ret_row) {
    TRY(number(tx, MONTH_QUERY(Q_REVENUE_PROOF_DAYS, month), &ret_row->days));
    return number(tx, ROW_QUERY(Q_REVENUE_PROOF_MONTHS, db_i64(month.number)), &ret_row->months);
}

#define AT(member) offsetof(struct revenue_span, member)
static const struct column span_columns[] = {{COLUMN_I64_OPT, AT(first), NULL},
                                             {COLUMN_I64_OPT, AT(last), NULL}};
#undef AT
static const struct row_type span_type = ROW_TYPE(struct revenue_span, span_columns);

static int64_t month_number(int64_t day) {
    return day == ROW_NONE ? ROW_NONE : revenue_month_of((struct revenue_day){(int32_t)day}).number;
}

struct err revenue_span_read(struct tx *tx, struct revenue_span *ret_span) {
    bool is_found = false;
    struct revenue_span days = {ROW_NONE, ROW_NONE};
    struct revenue_span months = {ROW_NONE, ROW_NONE};
    TRY(row_get(tx, &span_type, (struct row_query){Q_REVENUE_SPAN_OF_ROWS, DB_NO_ARGS}, &days,
                &is_found));
    TRY(row_get(tx, &span_type, (struct row_query){Q_REVENUE_SPAN_OF_SUMS, DB_NO_ARGS}, &months,
                &is_found));
    days = (struct revenue_span){month_number(days.first), month_number(days.last)};
    if (days.first == ROW_NONE || months.first == ROW_NONE) {
        *ret_span = days.first == ROW_NONE ? months : days;
        return OK;
    }
    ret_span->first = days.first < months.first ? days.first : months.first;
    ret_span->last = days.last > months.last ? days.last : months.last;
    return OK;
}

struct err revenue_month_touch(struct tx *tx, int64_t month) {
    return row_change(tx, ROW_QUERY(Q_REVENUE_MONTH_TOUCH, db_i64(month)));
}

struct err revenue_month_is_touched(struct tx *tx, int64_t month, bool *ret_is) {
    int64_t found = 0;
    return row_get(tx, &instant_type, ROW_QUERY(Q_REVENUE_MONTH_IS_TOUCHED, db_i64(month)), &found,
                   ret_is);
}

struct err revenue_month_settle(struct tx *tx, int64_t month) {
    return row_change(tx, ROW_QUERY(Q_REVENUE_MONTH_SETTLE, db_i64(month)));
}

struct err revenue_month_rebuild(struct tx *tx, struct revenue_month month) {
    TRY(row_change(tx, ROW_QUERY(Q_REVENUE_DAYS_CLEAR, db_i64(month.number))));
    TRY(row_change(tx, MONTH_QUERY(Q_REVENUE_DAYS_REBUILD, month)));
    TRY(row_change(tx, ROW_QUERY(Q_REVENUE_MONTHS_CLEAR, db_i64(month.number))));
    return row_change(tx, ROW_QUERY(Q_REVENUE_MONTHS_REBUILD, db_i64(month.number)));
}

enum { COHORT_KEYS_MAX = 100000 };

struct err revenue_cohorts_kept(struct tx *tx, int64_t month, struct row_list *ret_list) {
    return row_list(tx, &cohort_type,
                    ROW_QUERY(Q_REVENUE_COHORTS_OF_MONTH, db_i64(month), db_i64(COHORT_KEYS_MAX)),
                    COHORT_KEYS_MAX, ret_list);
}

struct err revenue_cohorts_told(struct tx *tx, struct revenue_month month,
                                struct row_list *ret_list) {
    TRY(row_list(tx, &cohort_type, MONTH_QUERY(Q_REVENUE_COHORTS_OF_ROWS, month), COHORT_KEYS_MAX,
                 ret_list));
    struct revenue_cohort_row *rows = ret_list->items;
    size_t used = 0;
    for (size_t i = 0; i < ret_list->count; i++) { /* days of sign-ups become their months */
        struct revenue_cohort_row row = rows[i];
        size_t at = used;
        if (row.basis == REVENUE_BY_SIGNUP) {
            row.cohort = month_number(row.cohort);
        }
        while (at > 0 && !revenue_cohort_is_same(&rows[at - 1], &row)) {
            at = rows[at - 1].basis == row.basis && rows[at - 1].cohort == row.cohort ? at - 1 : 0;
        }
        if (at == 0) {
            rows[used++] = row;
            continue;
        }
        rows[at - 1].amount += row.amount;
        rows[at - 1].paying += row.paying;
        rows[at - 1].accounts += row.accounts;
    }
    ret_list->count = used;
    return OK;
}

struct err revenue_cohorts_clear(struct tx *tx, int64_t month) {
    return row_change(tx, ROW_QUERY(Q_REVENUE_COHORTS_CLEAR, db_i64(month)));
}

struct err revenue_country(struct tx *tx, struct str user_id, struct str *ret_country) {
    bool is_found = false;
    *ret_country = STR("");
    return row_get(tx, &text_type, ROW_QUERY(Q_REVENUE_COUNTRY, db_text(user_id)), ret_country,
                   &is_found);
}
