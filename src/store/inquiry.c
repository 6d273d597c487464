#include "store/inquiry.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

static const char *const statuses[INQUIRY_STATUS_COUNT] = {
    [INQUIRY_OPEN] = "open",
    [INQUIRY_ATTACHED] = "attached",
    [INQUIRY_CLOSED] = "closed",
};

const char *inquiry_status_name(enum inquiry_status status) {
    check(status < INQUIRY_STATUS_COUNT);
    return statuses[status];
}

static const char *status_word(int value) {
    return inquiry_status_name((enum inquiry_status)value);
}
static const struct column_words words_status = {status_word, INQUIRY_STATUS_COUNT};

#define AT(member) offsetof(struct inquiry_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_NAMED, AT(status), &words_status},
    {COLUMN_TEXT, AT(fingerprint), NULL},
    {COLUMN_TEXT, AT(company), NULL},
    {COLUMN_TEXT, AT(name), NULL},
    {COLUMN_TEXT, AT(email), NULL},
    {COLUMN_TEXT, AT(country), NULL},
    {COLUMN_TEXT, AT(language), NULL},
    {COLUMN_TEXT, AT(message), NULL},
    {COLUMN_TEXT, AT(usage), NULL},
    {COLUMN_TEXT, AT(contract_id), NULL},
    {COLUMN_TEXT, AT(answered_by), NULL},
    {COLUMN_TEXT, AT(reason), NULL},
    {COLUMN_I64, AT(created_at), NULL},
    {COLUMN_I64_OPT, AT(answered_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {AT(company), INQUIRIES_COMPANY}, {AT(name), INQUIRIES_NAME},     {AT(email), INQUIRIES_EMAIL},
    {AT(message), INQUIRIES_MESSAGE}, {AT(reason), INQUIRIES_REASON},
};
#undef AT
static const struct row_seal seal = {
    .table = &sealed_inquiries,
    .user = offsetof(struct inquiry_row, user_id),
    .id = offsetof(struct inquiry_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct inquiry_row, columns, seal);

struct whole {
    int64_t value;
};
static const struct column whole_columns[] = {{COLUMN_I64, offsetof(struct whole, value), NULL}};
static const struct row_type whole_type = ROW_TYPE(struct whole, whole_columns);

struct err inquiry_insert(struct tx *tx, const struct inquiry_row *row) {
    return row_put(tx, &type, Q_INQUIRY_INSERT, row);
}

struct err inquiry_put(struct tx *tx, const struct inquiry_row *row) {
    return row_put(tx, &type, Q_INQUIRY_PUT, row);
}

struct err inquiry_get(struct tx *tx, struct str id, struct inquiry_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_INQUIRY_GET, db_text(id)), ret_row, ret_found);
}

struct err inquiry_waiting(struct tx *tx, struct str fingerprint, struct inquiry_row *ret_row,
                           bool *ret_found) {
    return row_get(tx, &type, ROW_QUERY(Q_INQUIRY_WAITING, db_text(fingerprint)), ret_row,
                   ret_found);
}

struct err inquiry_page(struct tx *tx, int status, struct str before, size_t max,
                        struct row_list *ret_list) {
    struct str word = status < 0 ? STR("") : str_from_cstr(status_word(status));
    struct str from = before.len > 0 ? before : STR("~");
    return row_list(tx, &type,
                    ROW_QUERY(Q_INQUIRY_PAGE, db_text(word), db_text(from), db_i64((int64_t)max)),
                    max, ret_list);
}

static struct err count(struct tx *tx, struct row_query query, int64_t *ret_count) {
    struct whole counted = {0};
    bool is_found = false;
    TRY(row_get(tx, &whole_type, query, &counted, &is_found));
    *ret_count = counted.value;
    return OK;
}

struct err inquiry_count_waiting(struct tx *tx, int64_t max, int64_t *ret_count) {
    return count(tx, ROW_QUERY(Q_INQUIRY_COUNT_WAITING, db_i64(max)), ret_count);
}

struct err inquiry_count_since(struct tx *tx, struct instant since, int64_t max,
                               int64_t *ret_count) {
    struct record_id first = id_first("inqu", since.ms);
    return count(tx, ROW_QUERY(Q_INQUIRY_COUNT_SINCE, db_text(id_str(&first)), db_i64(max)),
                 ret_count);
}

struct err inquiry_forget(struct tx *tx, int64_t answered, int64_t asked) {
    TRY(row_change(tx, ROW_QUERY(Q_INQUIRY_FORGET, db_i64(answered), db_i64(asked))));
    return row_change(tx, ROW_QUERY(Q_INQUIRY_FORGET_MAILS, db_i64(answered)));
}
