#include "store/mail.h"

#include "base/check.h"
#include "store/queries.h"

static const char *const status_names[MAIL_STATUS_COUNT] = {
    [MAIL_LOCAL] = "local", [MAIL_QUEUED] = "queued", [MAIL_LEASED] = "leased",
    [MAIL_SENT] = "sent",   [MAIL_FAILED] = "failed", [MAIL_SUPPRESSED] = "suppressed",
};

const char *mail_status_name(enum mail_status status) {
    check(status < MAIL_STATUS_COUNT);
    return status_names[status];
}

static const char *status_word(int value) {
    return mail_status_name((enum mail_status)value);
}
static const struct column_words words_status = {status_word, MAIL_STATUS_COUNT};

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct mail_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct mail_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, kind), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, dedupe_key), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, language), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, address), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, name), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, thread), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, facts), NULL},
    {COLUMN_TEXT, offsetof(struct mail_row, subject), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct mail_row, text_body), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct mail_row, html_body), NULL},
    {COLUMN_NAMED, offsetof(struct mail_row, status), &words_status},
    {COLUMN_I64, offsetof(struct mail_row, attempts), NULL},
    {COLUMN_I64, offsetof(struct mail_row, next_attempt_at), NULL},
    {COLUMN_I64, offsetof(struct mail_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct mail_row, sent_at), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct mail_row, last_error), NULL},
};
static const struct row_type type = ROW_TYPE(struct mail_row, columns);

struct err mail_insert(struct tx *tx, const struct mail_row *row) {
    return row_put(tx, &type, Q_MAIL_INSERT, row);
}

struct ordered {
    int64_t created_at;
};
static const struct column ordered_columns[] = {
    {COLUMN_I64, offsetof(struct ordered, created_at), NULL}};
static const struct row_type ordered_type = ROW_TYPE(struct ordered, ordered_columns);

struct err mail_is_ordered(struct tx *tx, struct str user_id, struct str dedupe_key, bool *ret_is) {
    struct ordered ordered;
    return row_get(tx, &ordered_type,
                   ROW_QUERY(Q_MAIL_IS_ORDERED, db_text(user_id), db_text(dedupe_key)), &ordered,
                   ret_is);
}

struct err mail_get(struct tx *tx, struct str id, struct mail_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_MAIL_GET, db_text(id)), ret_row, ret_found);
}

struct err mail_page(struct tx *tx, const struct mail_filter *filter, size_t max,
                     struct row_list *ret_list) {
    struct str before = filter->before.len > 0 ? filter->before : STR("~");
    return row_list(tx, &type,
                    ROW_QUERY(Q_MAIL_PAGE, db_text(filter->user_id), db_text(filter->status),
                              db_text(before), db_i64((int64_t)max)),
                    max, ret_list);
}

struct err mail_move(struct tx *tx, const struct mail_row *row, enum mail_status from) {
    return row_change_one(
        tx, ROW_QUERY(Q_MAIL_MOVE, db_text(row->user_id), db_text(id_str(&row->id)),
                      db_text(str_from_cstr(mail_status_name(from))),
                      db_text(str_from_cstr(mail_status_name((enum mail_status)row->status))),
                      db_i64(row->attempts), db_i64(row->next_attempt_at),
                      row->sent_at == ROW_NONE ? db_null() : db_i64(row->sent_at),
                      db_text_or_null(row->last_error)));
}
