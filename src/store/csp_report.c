#include "store/csp_report.h"

#include "store/queries.h"

#define AT(member) offsetof(struct csp_report_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},        {COLUMN_TEXT, AT(directive), NULL},
    {COLUMN_TEXT, AT(blocked), NULL}, {COLUMN_TEXT, AT(page), NULL},
    {COLUMN_I64, AT(first_at), NULL}, {COLUMN_I64, AT(last_at), NULL},
    {COLUMN_I64, AT(count), NULL},
};
#undef AT
static const struct row_type type = ROW_TYPE(struct csp_report_row, columns);

struct err csp_report_put(struct tx *tx, const struct csp_report_row *row) {
    return row_put(tx, &type, Q_CSP_REPORT_PUT, row);
}

struct err csp_report_find(struct tx *tx, const struct csp_report_row *like,
                           struct csp_report_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_CSP_REPORT_FIND, db_text(like->directive), db_text(like->blocked),
                             db_text(like->page)),
                   ret_row, ret_found);
}

struct err csp_report_page(struct tx *tx, struct str before, size_t max,
                           struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_CSP_REPORT_PAGE, db_text(before), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err csp_report_count(struct tx *tx, int64_t *ret_count) {
    static const struct column count = {COLUMN_I64, 0, NULL};
    static const struct row_type count_type = {&count, 1, sizeof(int64_t), NULL};
    bool is_found = false;
    *ret_count = 0;
    return row_get(tx, &count_type, (struct row_query){Q_CSP_REPORT_COUNT, DB_NO_ARGS}, ret_count,
                   &is_found);
}

struct err csp_report_since(struct tx *tx, int64_t since_ms, size_t max,
                            struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_CSP_REPORT_SINCE, db_i64(since_ms), db_i64((int64_t)max)), max,
                    ret_list);
}
