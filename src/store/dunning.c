#include "store/dunning.h"

#include "core/dunning.h"
#include "store/queries.h"
#include "store/sealed.h"

static const char *kind_word(int value) {
    return dunning_kind_name((enum dunning_kind)value);
}

static const char *status_word(int value) {
    return dunning_status_name((enum dunning_status)value);
}

static const struct column_words kind_words = {kind_word, DUNNING_KIND_COUNT};
static const struct column_words status_words = {status_word, DUNNING_STATUS_COUNT};

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct dunning_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct dunning_row, id), NULL},
    {COLUMN_NAMED, offsetof(struct dunning_row, kind), &kind_words},
    {COLUMN_NAMED, offsetof(struct dunning_row, status), &status_words},
    {COLUMN_ID, offsetof(struct dunning_row, invoice_id), NULL},
    {COLUMN_ID, offsetof(struct dunning_row, subscription_id), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct dunning_row, stripe_dispute_id), NULL},
    {COLUMN_I64, offsetof(struct dunning_row, retries), NULL},
    {COLUMN_BOOL, offsetof(struct dunning_row, needs_new_method), NULL},
    {COLUMN_BOOL, offsetof(struct dunning_row, needs_takeover), NULL},
    {COLUMN_BOOL, offsetof(struct dunning_row, is_access_ended), NULL},
    {COLUMN_BOOL, offsetof(struct dunning_row, has_warned_access), NULL},
    {COLUMN_BOOL, offsetof(struct dunning_row, has_warned_end), NULL},
    {COLUMN_I64, offsetof(struct dunning_row, opened_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct dunning_row, access_until), NULL},
    {COLUMN_I64_OPT, offsetof(struct dunning_row, next_attempt_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct dunning_row, due_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct dunning_row, closed_at), NULL},
};
static const struct row_type type = ROW_TYPE(struct dunning_row, columns);

static const struct column action_columns[] = {
    {COLUMN_TEXT, offsetof(struct dunning_action_row, user_id), NULL},
    {COLUMN_TEXT, offsetof(struct dunning_action_row, idempotency_key), NULL},
    {COLUMN_ID, offsetof(struct dunning_action_row, case_id), NULL},
    {COLUMN_TEXT, offsetof(struct dunning_action_row, action), NULL},
    {COLUMN_TEXT, offsetof(struct dunning_action_row, request_hash), NULL},
    {COLUMN_TEXT, offsetof(struct dunning_action_row, reason), NULL},
    {COLUMN_I64, offsetof(struct dunning_action_row, created_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct dunning_action_row, reason), DUNNING_ACTIONS_REASON},
};
static const struct row_seal seal = {
    .table = &sealed_dunning_actions,
    .user = offsetof(struct dunning_action_row, user_id),
    .id = offsetof(struct dunning_action_row, idempotency_key),
    .has_record_id = false,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type action_type =
    ROW_TYPE_SEALED(struct dunning_action_row, action_columns, seal);

static const struct column instant_columns[] = {{COLUMN_I64_OPT, 0, NULL}};
static const struct row_type instant_type = ROW_TYPE(int64_t, instant_columns);

struct err dunning_get(struct tx *tx, struct str user_id, struct str id,
                       struct dunning_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_DUNNING_GET, db_text(user_id), db_text(id)), ret_row,
                   ret_found);
}

struct err dunning_named(struct tx *tx, struct str id, struct dunning_row *ret_row,
                         bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_DUNNING_NAMED, db_text(id)), ret_row, ret_found);
}

struct err dunning_of_invoice(struct tx *tx, struct str user_id, struct str invoice_id,
                              struct dunning_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_DUNNING_OF_INVOICE, db_text(user_id), db_text(invoice_id)), ret_row,
                   ret_found);
}

struct err dunning_of_dispute(struct tx *tx, struct str user_id, struct str dispute_id,
                              struct dunning_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_DUNNING_OF_DISPUTE, db_text(user_id), db_text(dispute_id)), ret_row,
                   ret_found);
}

struct err dunning_live(struct tx *tx, struct str user_id, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_DUNNING_LIVE, db_text(user_id), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err dunning_page(struct tx *tx, const struct dunning_filter *filter, size_t max,
                        struct row_list *ret_list) {
    struct str status = filter->status < 0 ? STR("") : str_from_cstr(status_word(filter->status));
    int statement = filter->user_id.len > 0 ? Q_DUNNING_PAGE_OF : Q_DUNNING_PAGE;
    return row_list(tx, &type,
                    ROW_QUERY(statement, db_text(filter->user_id), db_text(status),
                              db_i64(filter->opened_before), db_text(filter->id_before),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

static struct err get_instant(struct tx *tx, struct row_query query, int64_t *ret_at) {
    bool is_found = false;
    return row_get(tx, &instant_type, query, ret_at, &is_found);
}

struct err dunning_due_next(struct tx *tx, int64_t *ret_at) {
    return get_instant(tx, (struct row_query){Q_DUNNING_DUE_NEXT, DB_NO_ARGS}, ret_at);
}

struct err dunning_access_until(struct tx *tx, struct str user_id, struct str subscription_id,
                                int64_t *ret_until) {
    return get_instant(
        tx, ROW_QUERY(Q_DUNNING_ACCESS_UNTIL, db_text(user_id), db_text(subscription_id)),
        ret_until);
}

struct err dunning_insert(struct tx *tx, const struct dunning_row *row) {
    return row_put(tx, &type, Q_DUNNING_INSERT, row);
}

struct err dunning_replace(struct tx *tx, const struct dunning_row *row) {
    return row_put(tx, &type, Q_DUNNING_REPLACE, row);
}

struct err dunning_action_get(struct tx *tx, struct str user_id, struct str key,
                              struct dunning_action_row *ret_row, bool *ret_found) {
    return row_get(tx, &action_type,
                   ROW_QUERY(Q_DUNNING_ACTION_GET, db_text(user_id), db_text(key)), ret_row,
                   ret_found);
}

struct err dunning_action_insert(struct tx *tx, const struct dunning_action_row *row) {
    return row_put(tx, &action_type, Q_DUNNING_ACTION_INSERT, row);
}
