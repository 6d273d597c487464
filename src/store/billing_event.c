#include "store/billing_event.h"

#include "store/queries.h"
#include "store/sealed.h"

static const struct column columns[] = {
    {COLUMN_TEXT, offsetof(struct billing_event_row, user_id), NULL},
    {COLUMN_ID, offsetof(struct billing_event_row, id), NULL},
    {COLUMN_TEXT, offsetof(struct billing_event_row, type), NULL},
    {COLUMN_I64_OPT, offsetof(struct billing_event_row, amount), NULL},
    {COLUMN_TEXT_OPT, offsetof(struct billing_event_row, currency), NULL},
    {COLUMN_TEXT, offsetof(struct billing_event_row, description), NULL},
    {COLUMN_TEXT, offsetof(struct billing_event_row, metadata), NULL},
    {COLUMN_I64, offsetof(struct billing_event_row, created_at), NULL},
};
static const struct row_sealed sealed_members[] = {
    {offsetof(struct billing_event_row, description), BILLING_EVENTS_DESCRIPTION},
    {offsetof(struct billing_event_row, metadata), BILLING_EVENTS_METADATA},
};
static const struct row_seal seal = {
    .table = &sealed_billing_events,
    .user = offsetof(struct billing_event_row, user_id),
    .id = offsetof(struct billing_event_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct billing_event_row, columns, seal);

struct err billing_event_insert(struct tx *tx, const struct billing_event_row *row) {
    return row_put(tx, &type, Q_BILLING_EVENT_INSERT, row);
}

struct err billing_event_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                              struct row_list *ret_list) {
    return row_list(
        tx, &type,
        ROW_QUERY(Q_BILLING_EVENT_PAGE, db_text(user_id), db_text(before), db_i64((int64_t)max)),
        max, ret_list);
}

struct err billing_event_since(struct tx *tx, struct str user_id, struct str from, size_t max,
                               struct row_list *ret_list) {
    return row_list(
        tx, &type,
        ROW_QUERY(Q_BILLING_EVENT_SINCE, db_text(user_id), db_text(from), db_i64((int64_t)max)),
        max, ret_list);
}
