#include "store/price_change.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/words.h"

static const char *const status_names[PRICE_CHANGE_STATUS_COUNT] = {
    [PRICE_CHANGE_COUNTING] = "counting",       [PRICE_CHANGE_READY] = "ready",
    [PRICE_CHANGE_TELLING] = "telling",         [PRICE_CHANGE_DONE] = "done",
    [PRICE_CHANGE_WITHDRAWING] = "withdrawing", [PRICE_CHANGE_WITHDRAWN] = "withdrawn",
};

const char *price_change_status_name(enum price_change_status status) {
    check((unsigned)status < PRICE_CHANGE_STATUS_COUNT);
    return status_names[status];
}

static const char *status_word(int value) {
    return price_change_status_name((enum price_change_status)value);
}
static const struct column_words words_status = {status_word, PRICE_CHANGE_STATUS_COUNT};

#define AT(member) offsetof(struct price_change_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_TEXT, AT(from), NULL},
    {COLUMN_I64, AT(to), NULL},
    {COLUMN_I64, AT(effective_from), NULL},
    {COLUMN_I64, AT(monthly_days), NULL},
    {COLUMN_I64, AT(yearly_days), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_TEXT, AT(hash), NULL},
    {COLUMN_TEXT, AT(user_cursor), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(counted_at), NULL},
    {COLUMN_I64_OPT, AT(started_at), NULL},
    {COLUMN_I64_OPT, AT(withdrawn_at), NULL},
    {COLUMN_I64, AT(looked_at), NULL},
    {COLUMN_I64, AT(moves), NULL},
    {COLUMN_I64, AT(left_out), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct price_change_row, columns);

struct err price_change_put(struct tx *tx, const struct price_change_row *row) {
    return row_put(tx, &type, Q_PRICE_CHANGE_PUT, row);
}

struct err price_change_get(struct tx *tx, struct str id, struct price_change_row *ret_row,
                            bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_PRICE_CHANGE_GET, db_text(id)), ret_row, ret_found);
}

struct err price_change_working(struct tx *tx, struct price_change_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_PRICE_CHANGE_WORKING, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err price_change_page(struct tx *tx, struct str before, size_t max,
                             struct row_list *ret_list) {
    struct str last = before.len > 0 ? before : STR("~"); /* after every id */
    return row_list(tx, &type, ROW_QUERY(Q_PRICE_CHANGE_PAGE, db_text(last), db_i64((int64_t)max)),
                    max, ret_list);
}

/* --- moves --- */

static const char *move_word(int value) {
    return price_move_status_name((enum price_move_status)value);
}
static const struct column_words words_move = {move_word, PRICE_MOVE_STATUS_COUNT};

#define AT(member) offsetof(struct price_move_row, member)
static const struct column move_columns[] = {
    {COLUMN_TEXT, AT(change_id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_ID, AT(subscription_id), NULL},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_I64, AT(from), NULL},
    {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(price_before), NULL},
    {COLUMN_I64, AT(price_after), NULL},
    {COLUMN_NAMED, AT(status), &words_move},
    {COLUMN_TEXT, AT(reason), NULL},
    {COLUMN_I64_OPT, AT(renews_at), NULL},
    {COLUMN_I64_OPT, AT(told_at), NULL},
    {COLUMN_TEXT, AT(mail_key), NULL},
    {COLUMN_TEXT, AT(operation_id), NULL},
    {COLUMN_I64_OPT, AT(next_at), NULL},
    {COLUMN_I64, AT(updated_at), NULL},
};
#undef AT
static const struct row_type move_type = ROW_TYPE(struct price_move_row, move_columns);

struct err price_move_put(struct tx *tx, const struct price_move_row *row) {
    return row_put(tx, &move_type, Q_PRICE_MOVE_PUT, row);
}

struct err price_move_get(struct tx *tx, struct str change_id, struct str user_id,
                          struct price_move_row *ret_row, bool *ret_found) {
    return row_get(tx, &move_type,
                   ROW_QUERY(Q_PRICE_MOVE_GET, db_text(change_id), db_text(user_id)), ret_row,
                   ret_found);
}

struct err price_move_page(struct tx *tx, const struct price_move_filter *filter, size_t max,
                           struct row_list *ret_list) {
    return row_list(tx, &move_type,
                    ROW_QUERY(Q_PRICE_MOVE_PAGE, db_text(filter->change_id), db_text(filter->after),
                              db_text(filter->status), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err price_move_due(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &move_type, ROW_QUERY(Q_PRICE_MOVE_DUE, db_i64(now), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err price_move_next(struct tx *tx, int64_t *ret_at) {
    static const struct column instant_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
    static const struct row_type instant_type = ROW_TYPE(int64_t, instant_columns);
    bool is_found = false;
    *ret_at = ROW_NONE;
    return row_get(tx, &instant_type, (struct row_query){Q_PRICE_MOVE_NEXT, DB_NO_ARGS}, ret_at,
                   &is_found);
}

struct err price_move_open(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return row_list(tx, &move_type,
                    ROW_QUERY(Q_PRICE_MOVE_OPEN, db_text(user_id), db_i64(PRICE_MOVES_OPEN_MAX)),
                    PRICE_MOVES_OPEN_MAX, ret_list);
}

#define AT(member) offsetof(struct price_move_sum, member)
static const struct column sum_columns[] = {
    {COLUMN_TEXT, AT(currency), NULL},       {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_NAMED, AT(status), &words_move}, {COLUMN_TEXT, AT(reason), NULL},
    {COLUMN_I64, AT(count), NULL},           {COLUMN_I64, AT(before), NULL},
    {COLUMN_I64, AT(after), NULL},
};
#undef AT
static const struct row_type sum_type = ROW_TYPE(struct price_move_sum, sum_columns);

struct err price_move_sums(struct tx *tx, struct str change_id, struct row_list *ret_list) {
    return row_list(tx, &sum_type,
                    ROW_QUERY(Q_PRICE_MOVE_SUMS, db_text(change_id), db_i64(PRICE_SUMS_MAX)),
                    PRICE_SUMS_MAX, ret_list);
}
