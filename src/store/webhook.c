#include "store/webhook.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct webhook_row, stripe_event_id), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_row, type), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_row, object_id), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_row, body), NULL},
    {COLUMN_I64, offsetof(struct webhook_row, received_at), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_row, status), NULL},
    {COLUMN_I64, offsetof(struct webhook_row, attempts), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_row, next_attempt_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct webhook_row, finished_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct webhook_row, last_error), NULL},
    {COLUMN_TEXT, offsetof(struct webhook_row, user_id), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct webhook_row, body), WEBHOOK_EVENTS_BODY},
    {offsetof(struct webhook_row, last_error), WEBHOOK_EVENTS_ERROR},
};
static const struct row_seal seal = {
    .table = &sealed_webhook_events,
    .user = offsetof(struct webhook_row, user_id),
    .id = offsetof(struct webhook_row, stripe_event_id),
    .has_record_id = false,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct webhook_row, columns, seal);

static const struct column count_columns[] = {
    {COLUMN_TEXT, offsetof(struct webhook_count, status), NULL},
    {COLUMN_I64, offsetof(struct webhook_count, count), NULL},
};
static const struct row_type count_type = ROW_TYPE(struct webhook_count, count_columns);

static const struct column object_columns[] = {
    {COLUMN_TEXT, offsetof(struct stripe_object, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct stripe_object, local_id), NULL},
};
static const struct row_type object_type = ROW_TYPE(struct stripe_object, object_columns);

enum { STATUSES_MAX = 8 };

struct err webhook_insert(struct tx *tx, const struct webhook_row *row, bool *ret_is_new) {
    struct str event_id = row->stripe_event_id;
    struct webhook_row before;
    bool is_known = false;
    TRY(webhook_get(tx, event_id, &before, &is_known));
    *ret_is_new = !is_known;
    return is_known ? OK : row_put(tx, &type, Q_WEBHOOK_INSERT, row);
}

struct err webhook_waiting(struct tx *tx, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_WEBHOOK_WAITING, db_i64((int64_t)max)), max, ret_list);
}

/* What kept it from being applied, as it is written to the event's row. */
static struct err seal_error(struct tx *tx, struct str event_id, struct str *error) {
    struct webhook_row row;
    bool is_found = false;
    if (error->len == 0) {
        return OK;
    }
    TRY(webhook_get(tx, event_id, &row, &is_found));
    struct sealed_place place = {&sealed_webhook_events, WEBHOOK_EVENTS_ERROR,
                                 is_found ? row.user_id : STR(""), event_id};
    return sealed_write(tx, &place, *error, error);
}

struct err webhook_finish(struct tx *tx, struct str event_id, struct str status, struct str error) {
    TRY(seal_error(tx, event_id, &error));
    return row_change_one(tx, ROW_QUERY(Q_WEBHOOK_FINISH, db_text(event_id), db_text(status),
                                        db_i64(cx_now_ms(tx->cx)), db_text_or_null(error)));
}

struct err webhook_retry(struct tx *tx, struct str event_id, int64_t at, struct str error) {
    TRY(seal_error(tx, event_id, &error));
    return row_change_one(
        tx, ROW_QUERY(Q_WEBHOOK_RETRY, db_text(event_id), db_i64(at), db_text(error)));
}

struct err webhook_own(struct tx *tx, struct str event_id, struct str user_id) {
    struct webhook_row row;
    bool is_found = false;
    TRY(webhook_get(tx, event_id, &row, &is_found));
    if (!is_found || str_equal(row.user_id, user_id)) {
        return OK;
    }
    struct sealed_place place = {&sealed_webhook_events, WEBHOOK_EVENTS_BODY, user_id, event_id};
    TRY(sealed_write(tx, &place, row.body, &row.body));
    place.field = WEBHOOK_EVENTS_ERROR;
    TRY(sealed_write(tx, &place, row.last_error, &row.last_error));
    return row_change_one(tx, ROW_QUERY(Q_WEBHOOK_OWN, db_text(event_id), db_text(user_id),
                                        db_text(row.body), db_text_or_null(row.last_error)));
}

struct err webhook_get(struct tx *tx, struct str event_id, struct webhook_row *ret_row,
                       bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_WEBHOOK_GET, db_text(event_id)), ret_row, ret_found);
}

struct err webhook_page(struct tx *tx, const struct webhook_filter *filter, size_t max,
                        struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_WEBHOOK_PAGE, db_i64(filter->before_at), db_text(filter->before_id),
                              db_text(filter->status), db_text(filter->type), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err webhook_replay(struct tx *tx, struct str event_id, int64_t *ret_count) {
    return db_run(tx->db, Q_WEBHOOK_REPLAY, DB_ARGS(db_text(event_id), db_i64(cx_now_ms(tx->cx))),
                  ret_count);
}

struct err webhook_replay_failed(struct tx *tx, int64_t since, int64_t until, int64_t *ret_count) {
    return db_run(tx->db, Q_WEBHOOK_REPLAY_FAILED,
                  DB_ARGS(db_i64(cx_now_ms(tx->cx)), db_i64(since), db_i64(until)), ret_count);
}

struct err webhook_counts(struct tx *tx, struct row_list *ret_list) {
    return row_list(tx, &count_type, (struct row_query){Q_WEBHOOK_COUNTS, DB_NO_ARGS}, STATUSES_MAX,
                    ret_list);
}

struct err stripe_object_get(struct tx *tx, struct str stripe_id, struct stripe_object *ret_object,
                             bool *ret_found) {
    return row_get(tx, &object_type, ROW_QUERY(Q_STRIPE_OBJECT_GET, db_text(stripe_id)), ret_object,
                   ret_found);
}

struct err stripe_object_put(struct tx *tx, struct str stripe_id, struct str user_id,
                             struct str local_id) {
    return row_change(tx, ROW_QUERY(Q_STRIPE_OBJECT_PUT, db_text(stripe_id), db_text(user_id),
                                    db_text(local_id)));
}
