#include "store/adoption.h"

#include "store/queries.h"
#include "store/words.h"

static const struct column day_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type day_type = ROW_TYPE(int64_t, day_columns);
static const struct column signal_columns[] = {
    {COLUMN_TEXT, offsetof(struct adoption_signal, kind), NULL},
    {COLUMN_TEXT, offsetof(struct adoption_signal, name), NULL},
};
static const struct row_type signal_type = ROW_TYPE(struct adoption_signal, signal_columns);
static const struct column sum_columns[] = {
    {COLUMN_TEXT, offsetof(struct adoption_sum, kind), NULL},
    {COLUMN_TEXT, offsetof(struct adoption_sum, name), NULL},
    {COLUMN_I64, offsetof(struct adoption_sum, customers), NULL},
    {COLUMN_I64, offsetof(struct adoption_sum, days), NULL},
    {COLUMN_I64, offsetof(struct adoption_sum, upgrades), NULL},
};
static const struct row_type sum_type = ROW_TYPE(struct adoption_sum, sum_columns);
static const struct column accounts_columns[] = {
    {COLUMN_NAMED, offsetof(struct adoption_accounts, tier), &words_tier},
    {COLUMN_I64, offsetof(struct adoption_accounts, accounts), NULL},
    {COLUMN_I64, offsetof(struct adoption_accounts, days), NULL},
};
static const struct row_type accounts_type = ROW_TYPE(struct adoption_accounts, accounts_columns);

struct err adoption_signal_last(struct tx *tx, const struct adoption_signal *signal, int64_t after,
                                int64_t *ret_day) {
    bool is_found = false;
    int64_t day = ADOPTION_NEVER;
    TRY(row_get(tx, &day_type,
                ROW_QUERY(Q_ADOPTION_SIGNAL_LAST, db_text(signal->user_id), db_i64(after),
                          db_text(signal->kind), db_text(signal->name)),
                &day, &is_found));
    *ret_day = is_found ? day : ADOPTION_NEVER;
    return OK;
}

struct err adoption_signal_put(struct tx *tx, const struct adoption_signal *signal) {
    return row_change(tx,
                      ROW_QUERY(Q_ADOPTION_SIGNAL_PUT, db_text(signal->user_id),
                                db_i64(signal->day), db_text(signal->kind), db_text(signal->name)));
}

struct err adoption_signals_before(struct tx *tx, struct str user_id, int64_t after, int64_t day,
                                   struct row_list *ret_list) {
    return row_list(tx, &signal_type,
                    ROW_QUERY(Q_ADOPTION_SIGNALS_BEFORE, db_text(user_id), db_i64(after),
                              db_i64(day), db_i64(ADOPTION_SIGNALS_MAX)),
                    ADOPTION_SIGNALS_MAX, ret_list);
}

struct err adoption_upgrade_put(struct tx *tx, const struct adoption_signal *signal, int64_t seq) {
    return row_change(tx, ROW_QUERY(Q_ADOPTION_UPGRADE_PUT, db_text(signal->kind),
                                    db_text(signal->name), db_i64(signal->day),
                                    db_text(signal->user_id), db_i64(seq)));
}

struct err adoption_day_add(struct tx *tx, const struct adoption_add *add) {
    return row_change(tx, ROW_QUERY(Q_ADOPTION_DAY_ADD, db_text(add->kind), db_text(add->name),
                                    db_i64(add->day), db_i64(add->reach), db_i64(add->upgrades)));
}

/* --- what is asked --- */

struct err adoption_begun(struct tx *tx, int64_t *ret_day) {
    bool is_found = false;
    *ret_day = ROW_NONE;
    return row_get(tx, &day_type, (struct row_query){Q_ADOPTION_BEGUN, DB_NO_ARGS}, ret_day,
                   &is_found);
}

struct err adoption_sums(struct tx *tx, int64_t from, int64_t to, struct row_list *ret_list) {
    return row_list(tx, &sum_type,
                    ROW_QUERY(Q_ADOPTION_SUMS, db_i64(from), db_i64(to), db_i64(ADOPTION_SUMS_MAX)),
                    ADOPTION_SUMS_MAX, ret_list);
}

struct err adoption_accounts(struct tx *tx, int64_t from, int64_t to, struct row_list *ret_list) {
    struct revenue_month first = revenue_month_of((struct revenue_day){(int32_t)from});
    struct revenue_month last = revenue_month_of((struct revenue_day){(int32_t)to});
    return row_list(tx, &accounts_type,
                    ROW_QUERY(Q_ADOPTION_ACCOUNTS, db_i64(from), db_i64(to), db_i64(first.number),
                              db_i64(last.number), db_i64(TIER_COUNT)),
                    TIER_COUNT, ret_list);
}
