#include "store/mail.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

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
static const struct row_sealed sealed_members[] = {
    {offsetof(struct mail_row, address), MAILS_ADDRESS},
    {offsetof(struct mail_row, name), MAILS_NAME},
    {offsetof(struct mail_row, facts), MAILS_FACTS},
    {offsetof(struct mail_row, subject), MAILS_SUBJECT},
    {offsetof(struct mail_row, text_body), MAILS_TEXT},
    {offsetof(struct mail_row, html_body), MAILS_HTML},
    {offsetof(struct mail_row, last_error), MAILS_ERROR},
};
static const struct row_seal seal = {
    .table = &sealed_mails,
    .user = offsetof(struct mail_row, user_id),
    .id = offsetof(struct mail_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct mail_row, columns, seal);

struct err mail_insert(struct tx *tx, const struct mail_row *row) {
    return row_put(tx, &type, Q_MAIL_INSERT, row);
}

struct err mail_personal_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                              struct row_list *ret_list) {
    return row_list(
        tx, &type,
        ROW_QUERY(Q_PERSONAL_MAILS, db_text(user_id), db_text(before), db_i64((int64_t)max)), max,
        ret_list);
}

struct err mail_delete(struct tx *tx, struct str user_id, struct str id) {
    return row_change(tx, ROW_QUERY(Q_MAIL_DELETE, db_text(user_id), db_text(id)));
}

/* One number: when something was, or is to be. */
struct moment {
    int64_t at;
};
static const struct column moment_columns[] = {{COLUMN_I64, offsetof(struct moment, at), NULL}};
static const struct row_type moment_type = ROW_TYPE(struct moment, moment_columns);

struct err mail_ordered_at(struct tx *tx, struct str user_id, struct str dedupe_key,
                           int64_t *ret_at) {
    struct moment ordered;
    bool is_ordered = false;
    TRY(row_get(tx, &moment_type,
                ROW_QUERY(Q_MAIL_IS_ORDERED, db_text(user_id), db_text(dedupe_key)), &ordered,
                &is_ordered));
    *ret_at = is_ordered ? ordered.at : ROW_NONE;
    return OK;
}

struct err mail_is_ordered(struct tx *tx, struct str user_id, struct str dedupe_key, bool *ret_is) {
    int64_t at = ROW_NONE;
    TRY(mail_ordered_at(tx, user_id, dedupe_key, &at));
    *ret_is = at != ROW_NONE;
    return OK;
}

struct err mail_of_fact(struct tx *tx, struct str user_id, struct str dedupe_key,
                        struct mail_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_MAIL_OF_FACT, db_text(user_id), db_text(dedupe_key)),
                   ret_row, ret_found);
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
    struct sealed_place place = {&sealed_mails, MAILS_ERROR, row->user_id, id_str(&row->id)};
    struct str error;
    TRY(sealed_write(tx, &place, row->last_error, &error));
    return row_change_one(
        tx, ROW_QUERY(Q_MAIL_MOVE, db_text(row->user_id), db_text(id_str(&row->id)),
                      db_text(str_from_cstr(mail_status_name(from))),
                      db_text(str_from_cstr(mail_status_name((enum mail_status)row->status))),
                      db_i64(row->attempts), db_i64(row->next_attempt_at),
                      row->sent_at == ROW_NONE ? db_null() : db_i64(row->sent_at),
                      db_text_or_null(error)));
}

struct err mail_waiting(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list) {
    return row_list(tx, &type, ROW_QUERY(Q_MAIL_WAITING, db_i64(now), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err mail_next_due(struct tx *tx, int64_t now, int64_t *ret_at) {
    struct moment due = {0};
    bool has_any = false;
    TRY(row_get(tx, &moment_type, ROW_QUERY(Q_MAIL_NEXT_DUE, db_i64(now)), &due, &has_any));
    *ret_at = due.at == 0 ? ROW_NONE : due.at;
    return OK;
}

/* --- what people want none of --- */

struct err mail_optout_put(struct tx *tx, struct str user_id, struct str kind) {
    return row_change(tx, ROW_QUERY(Q_MAIL_OPTOUT_PUT, db_text(user_id), db_text(kind),
                                    db_i64(cx_now_ms(tx->cx))));
}

struct err mail_optout_get(struct tx *tx, struct str user_id, struct str kind, bool *ret_is) {
    struct moment optout;
    return row_get(tx, &moment_type, ROW_QUERY(Q_MAIL_OPTOUT_GET, db_text(user_id), db_text(kind)),
                   &optout, ret_is);
}

/* --- where nothing goes --- */

/* As it lies in the table, under a stand-in for the address. */
struct suppressed_row {
    struct str address_index;
    struct mail_suppression_row row;
};
static const struct column suppression_columns[] = {
    {COLUMN_TEXT, offsetof(struct suppressed_row, address_index), NULL},
    {COLUMN_TEXT, offsetof(struct suppressed_row, row.address), NULL},
    {COLUMN_TEXT, offsetof(struct suppressed_row, row.reason), NULL},
    {COLUMN_I64, offsetof(struct suppressed_row, row.created_at), NULL},
};
static const struct row_sealed suppression_members[] = {
    {offsetof(struct suppressed_row, row.address), SUPPRESSED_ADDRESS},
    {offsetof(struct suppressed_row, row.reason), SUPPRESSED_REASON},
};
static const struct row_seal suppression_seal = {
    .table = &sealed_suppressed,
    .user = ROW_NOBODYS,
    .id = offsetof(struct suppressed_row, address_index),
    .has_record_id = false,
    .members = suppression_members,
    .count = ARRAY_LEN(suppression_members),
};
static const struct row_type suppression_type =
    ROW_TYPE_SEALED(struct suppressed_row, suppression_columns, suppression_seal);

/* In the arena. */
static struct err index_of(struct tx *tx, struct str address, struct str *ret_index) {
    char index[KEYRING_INDEX];
    TRY(keyring_index(tx, STR("suppressed_addresses.address"), address, index));
    *ret_index = arena_str(tx->cx->arena, str_of(index, sizeof index));
    return OK;
}

struct err mail_suppression_get(struct tx *tx, struct str address,
                                struct mail_suppression_row *ret_row, bool *ret_found) {
    struct suppressed_row found;
    struct str index;
    TRY(index_of(tx, address, &index));
    TRY(row_get(tx, &suppression_type, ROW_QUERY(Q_MAIL_SUPPRESSION_GET, db_text(index)), &found,
                ret_found));
    if (*ret_found) {
        *ret_row = found.row;
    }
    return OK;
}

struct err mail_suppression_put(struct tx *tx, const struct mail_suppression_row *row) {
    struct suppressed_row put = {.row = *row};
    TRY(index_of(tx, row->address, &put.address_index));
    return row_put(tx, &suppression_type, Q_MAIL_SUPPRESSION_PUT, &put);
}

struct err mail_suppression_delete(struct tx *tx, struct str address, bool *ret_found) {
    struct str index;
    int64_t changed = 0;
    TRY(index_of(tx, address, &index));
    TRY(db_run(tx->db, Q_MAIL_SUPPRESSION_DELETE, DB_ARGS(db_text(index)), &changed));
    *ret_found = changed > 0;
    return OK;
}

struct err mail_suppression_page(struct tx *tx, struct str after, size_t max,
                                 struct row_list *ret_list) {
    struct str index = STR("");
    if (after.len > 0) {
        TRY(index_of(tx, after, &index));
    }
    struct row_list list;
    TRY(row_list(tx, &suppression_type,
                 ROW_QUERY(Q_MAIL_SUPPRESSION_PAGE, db_text(index), db_i64((int64_t)max)), max,
                 &list));
    const struct suppressed_row *found = list.items;
    struct mail_suppression_row *rows = arena_array(tx->cx->arena, list.count + 1, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < list.count; i++) {
        rows[i] = found[i].row;
    }
    *ret_list = (struct row_list){rows, list.count};
    return rows == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- from before addresses were sealed --- */

static const struct column plain_columns[] = {
    {COLUMN_TEXT, offsetof(struct mail_suppression_row, address), NULL},
    {COLUMN_TEXT, offsetof(struct mail_suppression_row, reason), NULL},
    {COLUMN_I64, offsetof(struct mail_suppression_row, created_at), NULL},
};
static const struct row_type plain_type = ROW_TYPE(struct mail_suppression_row, plain_columns);

struct err mail_suppression_seal_all(struct tx *tx) {
    enum { AT_ONCE = 100 };
    struct row_list list;
    do {
        TRY(row_list(tx, &plain_type, ROW_QUERY(Q_MAIL_SUPPRESSION_PLAIN, db_i64(AT_ONCE)), AT_ONCE,
                     &list));
        const struct mail_suppression_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            TRY(mail_suppression_put(tx, &rows[i]));
            TRY(row_change_one(
                tx, ROW_QUERY(Q_MAIL_SUPPRESSION_FORGET_PLAIN, db_text(rows[i].address))));
        }
    } while (list.count == AT_ONCE);
    return OK;
}
