#include "store/what_if.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/words.h"

const char *what_if_status_name(enum what_if_status status) {
    static const char *const names[WHAT_IF_STATUS_COUNT] = {"running", "done", "cancelled",
                                                            "failed", "superseded"};
    check((unsigned)status < WHAT_IF_STATUS_COUNT);
    return names[status];
}

static const char *status_word(int value) {
    return what_if_status_name((enum what_if_status)value);
}
static const char *holders_word(int value) {
    return what_if_holders_name((enum what_if_holders)value);
}
static const char *side_word(int value) {
    return what_if_side_name((enum what_if_side)value);
}
static const struct column_words words_status = {status_word, WHAT_IF_STATUS_COUNT};
static const struct column_words words_holders = {holders_word, WHAT_IF_HOLDERS_COUNT};
static const struct column_words words_side = {side_word, WHAT_IF_SIDE_COUNT};

#define AT(member) offsetof(struct what_if_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_NAMED, AT(holders), &words_holders},
    {COLUMN_TEXT, AT(change_id), NULL},
    {COLUMN_TEXT, AT(catalogue), NULL},
    {COLUMN_I64, AT(months), NULL},
    {COLUMN_I64, AT(from), NULL},
    {COLUMN_I64, AT(until), NULL},
    {COLUMN_TEXT, AT(user_cursor), NULL},
    {COLUMN_I64, AT(looked_at), NULL},
    {COLUMN_I64, AT(total), NULL},
    {COLUMN_I64, AT(lines), NULL},
    {COLUMN_I64, AT(kept), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct what_if_row, columns);

#define AT(member) offsetof(struct what_if_customer_row, member)
static const struct column customer_columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},      {COLUMN_TEXT, AT(run_id), NULL},
    {COLUMN_NAMED, AT(tier), &words_tier}, {COLUMN_NAMED, AT(side), &words_side},
    {COLUMN_TEXT, AT(currency), NULL},     {COLUMN_I64, AT(billed_before), NULL},
    {COLUMN_I64, AT(billed_after), NULL},  {COLUMN_I64, AT(monthly_before), NULL},
    {COLUMN_I64, AT(monthly_after), NULL}, {COLUMN_TEXT, AT(hits), NULL},
    {COLUMN_I64, AT(lines), NULL},         {COLUMN_I64, AT(kept), NULL},
};
#undef AT
static const struct row_type customer_type =
    ROW_TYPE(struct what_if_customer_row, customer_columns);

#define AT(member) offsetof(struct what_if_sum, member)
static const struct column sum_columns[] = {
    {COLUMN_NAMED, AT(tier), &words_tier},  {COLUMN_NAMED, AT(side), &words_side},
    {COLUMN_TEXT, AT(currency), NULL},      {COLUMN_I64, AT(customers), NULL},
    {COLUMN_I64, AT(billed_before), NULL},  {COLUMN_I64, AT(billed_after), NULL},
    {COLUMN_I64, AT(monthly_before), NULL}, {COLUMN_I64, AT(monthly_after), NULL},
    {COLUMN_I64, AT(hits), NULL},
};
#undef AT
static const struct row_type sum_type = ROW_TYPE(struct what_if_sum, sum_columns);

static const struct column text_columns[] = {{COLUMN_TEXT, 0, NULL}};
static const struct row_type text_type = ROW_TYPE(struct str, text_columns);
static const struct column whole_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type whole_type = ROW_TYPE(int64_t, whole_columns);

struct err what_if_put(struct tx *tx, const struct what_if_row *row) {
    return row_put(tx, &type, Q_WHAT_IF_PUT, row);
}

struct err what_if_get(struct tx *tx, struct str id, struct what_if_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_WHAT_IF_GET, db_text(id)), ret_row, ret_found);
}

struct err what_if_running(struct tx *tx, struct what_if_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_WHAT_IF_RUNNING, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err what_if_page(struct tx *tx, struct str before, size_t max, struct row_list *ret_list) {
    struct str from = before.len > 0 ? before : STR("~");
    return row_list(tx, &type, ROW_QUERY(Q_WHAT_IF_PAGE, db_text(from), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err what_if_supersede(struct tx *tx, struct str id) {
    return row_change(tx, ROW_QUERY(Q_WHAT_IF_SUPERSEDE, db_text(id)));
}

/* --- customers --- */

struct err what_if_walk(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return row_list(tx, &text_type, ROW_QUERY(Q_WHAT_IF_WALK, db_text(after), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err what_if_total(struct tx *tx, int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &whole_type, (struct row_query){Q_WHAT_IF_TOTAL, DB_NO_ARGS}, ret_count,
                   &is_found);
}

struct most {
    int metric;
    int64_t value;
};
static const struct column most_columns[] = {
    {COLUMN_NAMED, offsetof(struct most, metric), &words_metric},
    {COLUMN_I64, offsetof(struct most, value), NULL},
};
static const struct row_type most_type = ROW_TYPE(struct most, most_columns);

struct err what_if_usage(struct tx *tx, struct str user_id, int64_t from, int64_t until,
                         int64_t ret_used[METRIC_COUNT]) {
    struct row_list list;
    TRY(row_list(tx, &most_type,
                 ROW_QUERY(Q_WHAT_IF_USAGE, db_text(user_id), db_i64(from), db_i64(until)),
                 METRIC_COUNT, &list));
    const struct most *rows = list.items;
    for (int i = 0; i < METRIC_COUNT; i++) {
        ret_used[i] = 0;
    }
    for (size_t i = 0; i < list.count; i++) {
        ret_used[rows[i].metric] = rows[i].value;
    }
    return OK;
}

struct err what_if_customer_put(struct tx *tx, const struct what_if_customer_row *row) {
    return row_put(tx, &customer_type, Q_WHAT_IF_CUSTOMER_PUT, row);
}

struct err what_if_customers(struct tx *tx, const struct what_if_filter *filter, size_t max,
                             struct row_list *ret_list) {
    struct str side = filter->side < 0 ? STR("") : str_from_cstr(side_word(filter->side));
    return row_list(tx, &customer_type,
                    ROW_QUERY(Q_WHAT_IF_CUSTOMERS, db_text(filter->run_id), db_text(filter->after),
                              db_text(side), db_i64(filter->only_hits ? 1 : 0),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err what_if_sums(struct tx *tx, struct str run_id, struct row_list *ret_list) {
    return row_list(tx, &sum_type,
                    ROW_QUERY(Q_WHAT_IF_SUMS, db_text(run_id), db_i64(WHAT_IF_SUMS_MAX)),
                    WHAT_IF_SUMS_MAX, ret_list);
}

struct err what_if_forget(struct tx *tx, int64_t max, int64_t *ret_count) {
    return db_run(tx->db, Q_WHAT_IF_FORGET, DB_ARGS(db_i64(max)), ret_count);
}
