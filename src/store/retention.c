#include "store/retention.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

/* --- holds --- */

#define AT(member) offsetof(struct retention_hold_row, member)
static const struct column hold_columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_TEXT, AT(reason), NULL},
    {COLUMN_I64, AT(until), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(lifted_at), NULL},
    {COLUMN_TEXT, AT(lifted_by), NULL},
};
static const struct row_sealed hold_sealed[] = {{AT(reason), RETENTION_HOLDS_REASON}};
static const struct row_seal hold_seal = {
    .table = &sealed_retention_holds,
    .user = AT(user_id),
    .id = AT(id),
    .has_record_id = true,
    .members = hold_sealed,
    .count = ARRAY_LEN(hold_sealed),
};
#undef AT
static const struct row_type hold_type =
    ROW_TYPE_SEALED(struct retention_hold_row, hold_columns, hold_seal);

struct err retention_hold_insert(struct tx *tx, const struct retention_hold_row *row) {
    return row_put(tx, &hold_type, Q_RETENTION_HOLD_INSERT, row);
}

struct err retention_hold_of(struct tx *tx, struct str user_id, struct retention_hold_row *ret_row,
                             bool *ret_found) {
    return row_get(tx, &hold_type, ROW_QUERY(Q_RETENTION_HOLD_OF, db_text(user_id)), ret_row,
                   ret_found);
}

struct err retention_hold_page(struct tx *tx, const struct retention_hold_filter *filter,
                               size_t max, struct row_list *ret_list) {
    return row_list(tx, &hold_type,
                    ROW_QUERY(Q_RETENTION_HOLD_PAGE, db_text(filter->before),
                              db_i64(filter->is_in_force ? 1 : 0), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err retention_hold_lift(struct tx *tx, struct str user_id, struct str by) {
    return row_change_one(tx, ROW_QUERY(Q_RETENTION_HOLD_LIFT, db_text(user_id),
                                        db_i64(cx_now_ms(tx->cx)), db_text(by)));
}

struct err retention_holds_end(struct tx *tx, int64_t now) {
    return row_change(tx, ROW_QUERY(Q_RETENTION_HOLDS_END, db_i64(now)));
}

/* --- plans --- */

#define AT(member) offsetof(struct retention_plan_row, member)
static const struct column plan_columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(status), NULL},
    {COLUMN_TEXT, AT(hash), NULL},
    {COLUMN_TEXT, AT(user_cursor), NULL},
    {COLUMN_TEXT, AT(created_by), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(counted_at), NULL},
    {COLUMN_I64_OPT, AT(started_at), NULL},
    {COLUMN_I64_OPT, AT(finished_at), NULL},
    {COLUMN_I64, AT(looked_at), NULL},
    {COLUMN_I64, AT(customers), NULL},
    {COLUMN_I64, AT(purged), NULL},
    {COLUMN_I64, AT(skipped), NULL},
};
#undef AT
static const struct row_type plan_type = ROW_TYPE(struct retention_plan_row, plan_columns);

struct err retention_plan_put(struct tx *tx, const struct retention_plan_row *row) {
    return row_put(tx, &plan_type, Q_RETENTION_PLAN_PUT, row);
}

struct err retention_plan_get(struct tx *tx, struct str id, struct retention_plan_row *ret_row,
                              bool *ret_found) {
    return row_get(tx, &plan_type, ROW_QUERY(Q_RETENTION_PLAN_GET, db_text(id)), ret_row,
                   ret_found);
}

struct err retention_plan_working(struct tx *tx, struct retention_plan_row *ret_row,
                                  bool *ret_found) {
    return row_get(tx, &plan_type, (struct row_query){Q_RETENTION_PLAN_WORKING, DB_NO_ARGS},
                   ret_row, ret_found);
}

struct err retention_plan_newest(struct tx *tx, struct retention_plan_row *ret_row,
                                 bool *ret_found) {
    return row_get(tx, &plan_type, (struct row_query){Q_RETENTION_PLAN_NEWEST, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err retention_plan_supersede(struct tx *tx) {
    TRY(row_change(tx, (struct row_query){Q_RETENTION_PLAN_SUPERSEDE, DB_NO_ARGS}));
    return row_change(tx, (struct row_query){Q_RETENTION_PLAN_FORGET_CUSTOMERS, DB_NO_ARGS});
}

static const char *kind_word(int value) {
    return retention_info_of((enum retention_kind)value)->name;
}
static const struct column_words words_kind = {kind_word, RETENTION_KIND_COUNT};

static const struct column kind_columns[] = {
    {COLUMN_TEXT, offsetof(struct retention_kind_row, plan_id), NULL},
    {COLUMN_NAMED, offsetof(struct retention_kind_row, kind), &words_kind},
    {COLUMN_I64, offsetof(struct retention_kind_row, before), NULL},
    {COLUMN_I64, offsetof(struct retention_kind_row, counted), NULL},
    {COLUMN_I64_OPT, offsetof(struct retention_kind_row, oldest), NULL},
    {COLUMN_I64_OPT, offsetof(struct retention_kind_row, purged), NULL},
    {COLUMN_I64, offsetof(struct retention_kind_row, gone), NULL},
};
static const struct row_type kind_type = ROW_TYPE(struct retention_kind_row, kind_columns);

struct err retention_kind_put(struct tx *tx, const struct retention_kind_row *row) {
    return row_put(tx, &kind_type, Q_RETENTION_KIND_PUT, row);
}

struct err retention_kind_list(struct tx *tx, struct str plan_id, struct row_list *ret_list) {
    return row_list(tx, &kind_type, ROW_QUERY(Q_RETENTION_KIND_LIST, db_text(plan_id)),
                    RETENTION_KIND_COUNT, ret_list);
}

#define AT(member) offsetof(struct retention_customer_row, member)
static const struct column customer_columns[] = {
    {COLUMN_TEXT, AT(plan_id), NULL}, {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_I64, AT(last_at), NULL},  {COLUMN_I64, AT(due_at), NULL},
    {COLUMN_I64, AT(invoices), NULL}, {COLUMN_BOOL, AT(is_erased), NULL},
    {COLUMN_TEXT, AT(status), NULL},  {COLUMN_TEXT, AT(reason), NULL},
};
#undef AT
static const struct row_type customer_type =
    ROW_TYPE(struct retention_customer_row, customer_columns);

struct err retention_customer_put(struct tx *tx, const struct retention_customer_row *row) {
    return row_put(tx, &customer_type, Q_RETENTION_CUSTOMER_PUT, row);
}

struct err retention_customer_page(struct tx *tx, struct str plan_id, struct str after, size_t max,
                                   struct row_list *ret_list) {
    return row_list(tx, &customer_type,
                    ROW_QUERY(Q_RETENTION_CUSTOMER_PAGE, db_text(plan_id), db_text(after),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

static const struct column walked_columns[] = {
    {COLUMN_TEXT, offsetof(struct retention_walked, user_id), NULL},
    {COLUMN_I64, offsetof(struct retention_walked, created_at), NULL},
};
static const struct row_type walked_type = ROW_TYPE(struct retention_walked, walked_columns);

struct err retention_gone_until(struct tx *tx, struct str user_id, int64_t *ret_until) {
    struct retention_walked row = {.created_at = 0};
    bool is_found = false;
    TRY(row_get(tx, &walked_type, ROW_QUERY(Q_RETENTION_GONE_UNTIL, db_text(user_id)), &row,
                &is_found));
    *ret_until = is_found ? row.created_at : 0;
    return OK;
}

/* --- customers --- */

struct err retention_walk(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return row_list(tx, &walked_type,
                    ROW_QUERY(Q_RETENTION_WALK, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

#define AT(member) offsetof(struct retention_newest, member)
static const struct column newest_columns[] = {
    {COLUMN_I64, AT(invoice), NULL},     {COLUMN_I64, AT(invoices), NULL},
    {COLUMN_I64, AT(credit_note), NULL}, {COLUMN_I64, AT(charge), NULL},
    {COLUMN_I64, AT(contract), NULL},    {COLUMN_I64, AT(contract_end), NULL},
    {COLUMN_I64, AT(event), NULL},
};
#undef AT
static const struct row_type newest_type = ROW_TYPE(struct retention_newest, newest_columns);

struct err retention_books_of(struct tx *tx, struct str user_id,
                              struct retention_newest *ret_newest) {
    bool is_found = false;
    return row_get(tx, &newest_type, ROW_QUERY(Q_RETENTION_BOOKS_OF, db_text(user_id)), ret_newest,
                   &is_found);
}

/* --- rows --- */

static const struct {
    int count;
    int sweeps[4]; /* in order */
    int sweep_count;
} statements[RETENTION_KIND_COUNT] = {
    [RETENTION_CSP_REPORTS] = {Q_COUNT_CSP_REPORTS, {Q_CSP_REPORT_FORGET}, 1},
    [RETENTION_DATA_KEYS] = {Q_COUNT_DATA_KEYS, {Q_DATA_KEY_PRUNE}, 1},
    [RETENTION_EXPORTS] = {Q_COUNT_EXPORTS, {0}, 0},
    [RETENTION_FEEDBACK] = {Q_COUNT_FEEDBACK,
                            {Q_FEEDBACK_THEME_FORGET, Q_FEEDBACK_QUESTION_FORGET, Q_FEEDBACK_FORGET,
                             Q_INVOICE_QUESTION_FORGET},
                            4},
    [RETENTION_IDEMPOTENCY_KEYS] = {Q_COUNT_IDEMPOTENCY_KEYS,
                                    {Q_APPROVAL_FORGET_KEYS, Q_IDEMPOTENCY_PRUNE},
                                    2},
    [RETENTION_INVITATIONS] = {Q_COUNT_INVITATIONS, {Q_INVITATION_FORGET}, 1},
    [RETENTION_MAIL_TEXTS] = {Q_COUNT_MAIL_TEXTS, {Q_MAIL_FORGET}, 1},
    [RETENTION_MAILS] = {Q_COUNT_MAILS, {Q_MAIL_FORGET_ADDRESS}, 1},
    [RETENTION_ORIGINS] = {Q_COUNT_ORIGINS, {Q_ORIGIN_FORGET}, 1},
    [RETENTION_PRIVACY_REQUESTS] = {Q_COUNT_PRIVACY_REQUESTS, {Q_PRIVACY_REQUEST_FORGET}, 1},
    [RETENTION_WEBHOOKS_IN] = {Q_COUNT_WEBHOOKS_IN, {Q_WEBHOOK_FORGET}, 1},
    [RETENTION_WEBHOOKS_OUT] = {Q_COUNT_WEBHOOKS_OUT,
                                {Q_WEBHOOK_ATTEMPT_FORGET, Q_WEBHOOK_DELIVERY_FORGET},
                                2},
};

static const struct column count_columns[] = {
    {COLUMN_I64, offsetof(struct retention_count, count), NULL},
    {COLUMN_I64_OPT, offsetof(struct retention_count, oldest), NULL},
};
static const struct row_type count_type = ROW_TYPE(struct retention_count, count_columns);

struct err retention_count(struct tx *tx, enum retention_kind kind, int64_t before,
                           struct retention_count *ret_count) {
    bool is_found = false;
    check(retention_info_of(kind)->how == RETENTION_SWEPT);
    return row_get(tx, &count_type, ROW_QUERY(statements[kind].count, db_i64(before)), ret_count,
                   &is_found);
}

struct err retention_sweep(struct tx *tx, enum retention_kind kind, int64_t before, int64_t max,
                           struct retention_swept *ret_swept) {
    struct retention_swept swept = {0};
    check(retention_info_of(kind)->how == RETENTION_SWEPT && kind != RETENTION_EXPORTS);
    check(max > 0);
    for (int i = 0; i < statements[kind].sweep_count; i++) {
        TRY(db_run(tx->db, statements[kind].sweeps[i], DB_ARGS(db_i64(before), db_i64(max)),
                   &swept.rows));
        swept.has_more = swept.has_more || swept.rows >= max;
    }
    *ret_swept = swept;
    return OK;
}
