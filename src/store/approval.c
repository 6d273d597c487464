#include "store/approval.h"

#include "store/queries.h"
#include "store/sealed.h"

static const char *action_word(int value) {
    return approval_action_name((enum approval_action)value);
}
static const char *status_word(int value) {
    return approval_status_name((enum approval_status)value);
}
static const struct column_words words_action = {action_word, APPROVAL_ACTION_COUNT};
static const struct column_words words_status = {status_word, APPROVAL_STATUS_COUNT};

#define AT(member) offsetof(struct approval_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_NAMED, AT(action), &words_action},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_TEXT, AT(object_id), NULL},
    {COLUMN_TEXT, AT(request), NULL},
    {COLUMN_TEXT, AT(facts_before), NULL},
    {COLUMN_TEXT, AT(facts_after), NULL},
    {COLUMN_TEXT, AT(quote_hash), NULL},
    {COLUMN_I64_OPT, AT(amount), NULL},
    {COLUMN_TEXT_OPT, AT(currency), NULL},
    {COLUMN_TEXT, AT(reason), NULL},
    {COLUMN_TEXT, AT(requested_by), NULL},
    {COLUMN_TEXT, AT(requester_kind), NULL},
    {COLUMN_I64, AT(requested_at), NULL},
    {COLUMN_I64, AT(expires_at), NULL},
    {COLUMN_TEXT, AT(idempotency_key), NULL},
    {COLUMN_TEXT_OPT, AT(decided_by), NULL},
    {COLUMN_I64_OPT, AT(decided_at), NULL},
    {COLUMN_TEXT, AT(decision_reason), NULL},
    {COLUMN_TEXT_OPT, AT(outcome), NULL},
    {COLUMN_TEXT_OPT, AT(operation_id), NULL},
    {COLUMN_TEXT_OPT, AT(delegated_to), NULL},
    {COLUMN_I64_OPT, AT(delegated_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {AT(request), APPROVALS_REQUEST},
    {AT(facts_before), APPROVALS_FACTS_BEFORE},
    {AT(facts_after), APPROVALS_FACTS_AFTER},
    {AT(reason), APPROVALS_REASON},
    {AT(decision_reason), APPROVALS_DECISION_REASON},
};
#undef AT
static const struct row_seal seal = {
    .table = &sealed_approvals,
    .user = offsetof(struct approval_row, user_id),
    .id = offsetof(struct approval_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct approval_row, columns, seal);

struct moment {
    int64_t at;
};
static const struct column moment_columns[] = {{COLUMN_I64, offsetof(struct moment, at), NULL}};
static const struct row_type moment_type = ROW_TYPE(struct moment, moment_columns);

struct err approval_insert(struct tx *tx, const struct approval_row *row) {
    return row_put(tx, &type, Q_APPROVAL_INSERT, row);
}

struct err approval_decide(struct tx *tx, const struct approval_row *row) {
    struct sealed_place place = {&sealed_approvals, APPROVALS_DECISION_REASON, row->user_id,
                                 id_str(&row->id)};
    struct str reason;
    TRY(sealed_write(tx, &place, row->decision_reason, &reason));
    return row_change_one(tx, ROW_QUERY(Q_APPROVAL_DECIDE, db_text(id_str(&row->id)),
                                        db_text(str_from_cstr(status_word(row->status))),
                                        db_text_or_null(row->decided_by), db_i64(row->decided_at),
                                        db_text(reason), db_text_or_null(row->outcome),
                                        db_text_or_null(row->operation_id)));
}

struct err approval_hand_over(struct tx *tx, const struct approval_row *row) {
    return row_change_one(tx, ROW_QUERY(Q_APPROVAL_HAND_OVER, db_text(id_str(&row->id)),
                                        db_text(row->delegated_to), db_i64(row->delegated_at)));
}

struct err approval_get(struct tx *tx, struct str id, struct approval_row *ret_row,
                        bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_APPROVAL_GET, db_text(id)), ret_row, ret_found);
}

struct err approval_by_key(struct tx *tx, struct str user_id, struct str key,
                           struct approval_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_APPROVAL_BY_KEY, db_text(user_id), db_text(key)), ret_row,
                   ret_found);
}

struct err approval_waiting(struct tx *tx, const struct approval_row *like,
                            struct approval_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_APPROVAL_WAITING, db_text(str_from_cstr(action_word(like->action))),
                             db_text(like->user_id), db_text(like->object_id)),
                   ret_row, ret_found);
}

struct err approval_page(struct tx *tx, const struct approval_filter *filter, size_t max,
                         struct row_list *ret_list) {
    const char *status = filter->status < 0 ? "" : status_word(filter->status);
    struct str before = filter->before.len > 0 ? filter->before : STR("~");
    return row_list(tx, &type,
                    ROW_QUERY(Q_APPROVAL_PAGE, db_text(str_from_cstr(status)),
                              db_text(filter->user_id), db_text(before), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err approval_expired(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_APPROVAL_EXPIRED, db_i64(now), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err approval_expires_next(struct tx *tx, int64_t *ret_at) {
    struct moment moment = {ROW_NONE};
    bool is_found = false;
    TRY(row_get(tx, &moment_type, (struct row_query){Q_APPROVAL_EXPIRES_NEXT, DB_NO_ARGS}, &moment,
                &is_found));
    *ret_at = is_found ? moment.at : ROW_NONE;
    return OK;
}
