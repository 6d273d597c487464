#include "store/invoice_list.h"

#include "store/invoice_columns.h"
#include "store/queries.h"

#define AT(member) offsetof(struct invoice_standing, member)
static const struct column columns[] = {
    INVOICE_COLUMNS,
    {COLUMN_I64, AT(given_back), NULL},
    {COLUMN_BOOL, AT(is_given_back), NULL},
    {COLUMN_BOOL, AT(is_late), NULL},
    {COLUMN_BOOL, AT(is_corrected), NULL},
};
#undef AT
static const struct row_seal seal = INVOICE_SEAL;
static const struct row_type type = ROW_TYPE_SEALED(struct invoice_standing, columns, seal);

#define AT(member) offsetof(struct invoice_sums_row, member)
static const struct column sums_columns[] = {
    {COLUMN_TEXT, AT(currency), NULL}, {COLUMN_I64, AT(count), NULL},
    {COLUMN_I64, AT(billed), NULL},    {COLUMN_I64, AT(paid), NULL},
    {COLUMN_I64, AT(due), NULL},
};
#undef AT
static const struct row_type sums_type = ROW_TYPE(struct invoice_sums_row, sums_columns);
static const struct column time_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type time_type = ROW_TYPE(int64_t, time_columns);

struct err invoice_list_page(struct tx *tx, const struct invoice_search *search, size_t max,
                             struct row_list *ret_list) {
    const struct invoice_state_wants *wants = &search->wants;
    if (wants->status < 0) {
        return row_list(tx, &type,
                        ROW_QUERY(Q_INVOICE_LIST_PAGE, db_text(search->user_id),
                                  db_i64(search->before.created_at), db_text(search->before.id),
                                  db_i64(search->from), db_i64(search->now), db_i64(wants->late),
                                  db_i64(wants->given_back), db_i64(wants->corrected),
                                  db_i64((int64_t)max)),
                        max, ret_list);
    }
    struct str status = str_from_cstr(invoice_status_name((enum invoice_status)wants->status));
    return row_list(tx, &type,
                    ROW_QUERY(Q_INVOICE_LIST_BY_STATUS, db_text(search->user_id),
                              db_i64(search->before.created_at), db_text(search->before.id),
                              db_i64(search->from), db_i64(search->now), db_i64(wants->late),
                              db_i64(wants->given_back), db_i64(wants->corrected),
                              db_i64((int64_t)max), db_text(status)),
                    max, ret_list);
}

struct err invoice_list_one(struct tx *tx, struct str user_id, struct str id,
                            struct invoice_standing *ret_row, bool *ret_found) {
    return row_get(
        tx, &type,
        ROW_QUERY(Q_INVOICE_LIST_ONE, db_text(user_id), db_text(id), db_i64(cx_now_ms(tx->cx))),
        ret_row, ret_found);
}

struct err invoice_list_first(struct tx *tx, struct str user_id, int64_t *ret_at) {
    bool is_found = false;
    *ret_at = ROW_NONE;
    return row_get(tx, &time_type, ROW_QUERY(Q_INVOICE_LIST_FIRST, db_text(user_id)), ret_at,
                   &is_found);
}

struct err invoice_list_sums(struct tx *tx, const struct invoice_span *span,
                             struct row_list *ret_list) {
    return row_list(tx, &sums_type,
                    ROW_QUERY(Q_INVOICE_LIST_SUMS, db_text(span->user_id), db_i64(span->from),
                              db_i64(span->to)),
                    INVOICE_SPAN_CURRENCIES, ret_list);
}

struct err invoice_list_credited(struct tx *tx, const struct invoice_span *span,
                                 struct str currency, int64_t *ret_amount) {
    bool is_found = false;
    return row_get(tx, &time_type,
                   ROW_QUERY(Q_INVOICE_LIST_CREDITED, db_text(span->user_id), db_text(currency),
                             db_i64(span->from), db_i64(span->to)),
                   ret_amount, &is_found);
}
