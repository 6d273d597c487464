#include "store/webhook_delivery.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

static const char *const status_names[WEBHOOK_DELIVERY_STATUS_COUNT] = {
    [WEBHOOK_DELIVERY_WAITING] = "waiting",
    [WEBHOOK_DELIVERY_DELIVERED] = "delivered",
    [WEBHOOK_DELIVERY_FAILED] = "failed",
};

const char *webhook_delivery_status_name(enum webhook_delivery_status status) {
    check((unsigned)status < WEBHOOK_DELIVERY_STATUS_COUNT);
    return status_names[status];
}

static const char *status_word(int value) {
    return webhook_delivery_status_name((enum webhook_delivery_status)value);
}
static const struct column_words words_status = {status_word, WEBHOOK_DELIVERY_STATUS_COUNT};

static const struct column columns[] = {
    {COLUMN_ID, offsetof(struct webhook_delivery_row, id), NULL},
    {COLUMN_ID, offsetof(struct webhook_delivery_row, endpoint_id), NULL},
    {COLUMN_ID, offsetof(struct webhook_delivery_row, event_id), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_delivery_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_delivery_row, type), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_delivery_row, body), NULL},
    {COLUMN_NAMED, offsetof(struct webhook_delivery_row, status), &words_status},
    {COLUMN_I64, offsetof(struct webhook_delivery_row, attempts), NULL},
    {COLUMN_I64, offsetof(struct webhook_delivery_row, attempts_before), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_delivery_row, next_attempt_at), NULL},
    {COLUMN_I64, offsetof(struct webhook_delivery_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_delivery_row, finished_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct webhook_delivery_row, last_error), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct webhook_delivery_row, body), WEBHOOK_DELIVERIES_BODY},
};
static const struct row_seal seal = {
    .table = &sealed_webhook_deliveries,
    .user = offsetof(struct webhook_delivery_row, user_id),
    .id = offsetof(struct webhook_delivery_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct webhook_delivery_row, columns, seal);

static const struct column attempt_columns[] = {
    {COLUMN_ID, offsetof(struct webhook_attempt_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_attempt_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct webhook_attempt_row, delivery_id), NULL},
    {COLUMN_I64, offsetof(struct webhook_attempt_row, number), NULL},
    {COLUMN_I64, offsetof(struct webhook_attempt_row, started_at), NULL},
    {COLUMN_I64, offsetof(struct webhook_attempt_row, duration_ms), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_attempt_row, response_status), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct webhook_attempt_row, response), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct webhook_attempt_row, error), NULL},
};
static const struct row_sealed attempt_members[] = {
    {offsetof(struct webhook_attempt_row, response), WEBHOOK_ATTEMPTS_RESPONSE},
};
static const struct row_seal attempt_seal = {
    .table = &sealed_webhook_attempts,
    .user = offsetof(struct webhook_attempt_row, user_id),
    .id = offsetof(struct webhook_attempt_row, id),
    .has_record_id = true,
    .members = attempt_members,
    .count = ARRAY_LEN(attempt_members),
};
static const struct row_type attempt_type =
    ROW_TYPE_SEALED(struct webhook_attempt_row, attempt_columns, attempt_seal);

struct err webhook_delivery_insert(struct tx *tx, const struct webhook_delivery_row *row) {
    return row_put(tx, &type, Q_WEBHOOK_DELIVERY_INSERT, row);
}

static struct db_value moment(int64_t at) {
    return at == ROW_NONE ? db_null() : db_i64(at);
}

struct err webhook_delivery_move(struct tx *tx, const struct webhook_delivery_row *row) {
    const char *status = webhook_delivery_status_name((enum webhook_delivery_status)row->status);
    return row_change_one(tx,
                          ROW_QUERY(Q_WEBHOOK_DELIVERY_MOVE, db_text(id_str(&row->id)),
                                    db_text(str_from_cstr(status)), db_i64(row->attempts),
                                    db_i64(row->attempts_before), moment(row->next_attempt_at),
                                    moment(row->finished_at), db_text_or_null(row->last_error)));
}

struct err webhook_delivery_get(struct tx *tx, struct str id, struct webhook_delivery_row *ret_row,
                                bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_WEBHOOK_DELIVERY_GET, db_text(id)), ret_row, ret_found);
}

struct err webhook_delivery_page(struct tx *tx, const struct webhook_delivery_filter *filter,
                                 size_t max, struct row_list *ret_list) {
    struct str before = filter->before.len > 0 ? filter->before : STR("~");
    return row_list(tx, &type,
                    ROW_QUERY(Q_WEBHOOK_DELIVERY_PAGE, db_text(filter->endpoint_id),
                              db_text(filter->status), db_text(filter->type),
                              db_text(filter->user_id), db_text(before), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err webhook_delivery_waiting(struct tx *tx, struct str endpoint_id, int64_t now, size_t max,
                                    struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_WEBHOOK_DELIVERY_WAITING, db_text(endpoint_id), db_i64(now),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

/* One number of a row. */
struct number {
    int64_t value;
};
static const struct column number_columns[] = {{COLUMN_I64, offsetof(struct number, value), NULL}};
static const struct row_type number_type = ROW_TYPE(struct number, number_columns);

struct err webhook_delivery_next_due(struct tx *tx, int64_t now, int64_t *ret_at) {
    struct number due = {0};
    bool has_any = false;
    TRY(row_get(tx, &number_type, ROW_QUERY(Q_WEBHOOK_DELIVERY_NEXT_DUE, db_i64(now)), &due,
                &has_any));
    *ret_at = due.value == 0 ? ROW_NONE : due.value;
    return OK;
}

struct err webhook_delivery_give_up(struct tx *tx, struct str endpoint_id, struct str error) {
    return row_change(tx, ROW_QUERY(Q_WEBHOOK_DELIVERY_GIVE_UP, db_text(endpoint_id),
                                    db_i64(cx_now_ms(tx->cx)), db_text(error)));
}

struct err webhook_delivery_replay_failed(struct tx *tx, struct str endpoint_id, int64_t since,
                                          int64_t *ret_count) {
    return db_run(tx->db, Q_WEBHOOK_DELIVERY_REPLAY_FAILED,
                  DB_ARGS(db_text(endpoint_id), db_i64(since), db_i64(cx_now_ms(tx->cx))),
                  ret_count);
}

struct err webhook_delivery_waiting_count(struct tx *tx, int64_t *ret_count) {
    struct number count = {0};
    bool has_any = false;
    TRY(row_get(tx, &number_type, (struct row_query){Q_WEBHOOK_DELIVERY_WAITING_COUNT, DB_NO_ARGS},
                &count, &has_any));
    *ret_count = count.value;
    return OK;
}

struct err webhook_delivery_delete_of(struct tx *tx, struct str endpoint_id) {
    TRY(row_change(tx, ROW_QUERY(Q_WEBHOOK_ATTEMPT_DELETE_OF, db_text(endpoint_id))));
    return row_change(tx, ROW_QUERY(Q_WEBHOOK_DELIVERY_DELETE_OF, db_text(endpoint_id)));
}

struct err webhook_attempt_insert(struct tx *tx, const struct webhook_attempt_row *row) {
    return row_put(tx, &attempt_type, Q_WEBHOOK_ATTEMPT_INSERT, row);
}

struct err webhook_attempt_list(struct tx *tx, struct str delivery_id, size_t max,
                                struct row_list *ret_list) {
    return row_list(tx, &attempt_type,
                    ROW_QUERY(Q_WEBHOOK_ATTEMPT_LIST, db_text(delivery_id), db_i64((int64_t)max)),
                    max, ret_list);
}
