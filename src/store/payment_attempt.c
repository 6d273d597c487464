#include "store/payment_attempt.h"

#include "base/check.h"
#include "store/queries.h"

static const char *const origin_names[ATTEMPT_ORIGIN_COUNT] = {
    [ATTEMPT_PROVIDER] = "provider", [ATTEMPT_RETRY] = "retry",
    [ATTEMPT_METHOD] = "new_method", [ATTEMPT_OPERATOR] = "operator",
    [ATTEMPT_CUSTOMER] = "customer",
};

static const char *const status_names[ATTEMPT_STATUS_COUNT] = {
    [ATTEMPT_PENDING] = "pending",
    [ATTEMPT_UNKNOWN] = "unknown",
    [ATTEMPT_PROCESSING] = "processing",
    [ATTEMPT_SUCCEEDED] = "succeeded",
    [ATTEMPT_FAILED] = "failed",
    [ATTEMPT_SKIPPED] = "skipped",
    [ATTEMPT_LOST] = "lost",
};

const char *attempt_status_name(enum attempt_status status) {
    check((unsigned)status < ATTEMPT_STATUS_COUNT);
    return status_names[status];
}

const char *attempt_origin_name(enum attempt_origin origin) {
    check((unsigned)origin < ATTEMPT_ORIGIN_COUNT);
    return origin_names[origin];
}

bool attempt_is_in_flight(int status) {
    return status == ATTEMPT_PENDING || status == ATTEMPT_UNKNOWN || status == ATTEMPT_PROCESSING;
}

static const char *origin_word(int value) {
    return attempt_origin_name((enum attempt_origin)value);
}

static const char *status_word(int value) {
    return attempt_status_name((enum attempt_status)value);
}

static const struct column_words origin_words = {origin_word, ATTEMPT_ORIGIN_COUNT};
static const struct column_words status_words = {status_word, ATTEMPT_STATUS_COUNT};

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct payment_attempt_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct payment_attempt_row, id), NULL},
    {COLUMN_ID, offsetof(struct payment_attempt_row, invoice_id), NULL},
    {COLUMN_NAMED, offsetof(struct payment_attempt_row, origin), &origin_words},
    {COLUMN_NAMED, offsetof(struct payment_attempt_row, status), &status_words},
    {COLUMN_TEXT_OPT, offsetof(struct payment_attempt_row, outbox_id), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct payment_attempt_row, charge_id), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct payment_attempt_row, decline_code), NULL},
    {COLUMN_I64, offsetof(struct payment_attempt_row, created_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct payment_attempt_row, settled_at), NULL},
};
static const struct row_type type = ROW_TYPE(struct payment_attempt_row, columns);

static const struct column count_columns[] = {{COLUMN_I64, 0, NULL}};
static const struct row_type count_type = ROW_TYPE(int64_t, count_columns);

struct err payment_attempt_in_flight(struct tx *tx, struct str user_id, struct str invoice_id,
                                     struct payment_attempt_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_PAYMENT_ATTEMPT_IN_FLIGHT, db_text(user_id), db_text(invoice_id)),
                   ret_row, ret_found);
}

struct err payment_attempt_of_call(struct tx *tx, struct str user_id, struct str outbox_id,
                                   struct payment_attempt_row *ret_row, bool *ret_found) {
    return row_get(tx, &type,
                   ROW_QUERY(Q_PAYMENT_ATTEMPT_OF_CALL, db_text(user_id), db_text(outbox_id)),
                   ret_row, ret_found);
}

struct err payment_attempt_list(struct tx *tx, struct str user_id, struct str invoice_id,
                                size_t max, struct row_list *ret_list) {
    return row_list(tx, &type,
                    ROW_QUERY(Q_PAYMENT_ATTEMPT_LIST, db_text(user_id), db_text(invoice_id),
                              db_i64((int64_t)max)),
                    max, ret_list);
}

struct err payment_attempt_count(struct tx *tx, struct str user_id, struct str invoice_id,
                                 int64_t *ret_count) {
    bool is_found = false;
    return row_get(tx, &count_type,
                   ROW_QUERY(Q_PAYMENT_ATTEMPT_COUNT, db_text(user_id), db_text(invoice_id)),
                   ret_count, &is_found);
}

struct err payment_attempt_insert(struct tx *tx, const struct payment_attempt_row *row) {
    return row_put(tx, &type, Q_PAYMENT_ATTEMPT_INSERT, row);
}

struct err payment_attempt_replace(struct tx *tx, const struct payment_attempt_row *row) {
    return row_put(tx, &type, Q_PAYMENT_ATTEMPT_REPLACE, row);
}
