#include "store/timeline.h"

#include "base/check.h"
#include "store/customer_note.h"
#include "store/queries.h"
#include "store/sealed.h"

#define AT(member) offsetof(struct timeline_row, member)
static const struct column columns[] = {
    {COLUMN_TEXT, AT(user_id), NULL},   {COLUMN_TEXT, AT(id), NULL},
    {COLUMN_I64, AT(at), NULL},         {COLUMN_TEXT, AT(word), NULL},
    {COLUMN_TEXT, AT(text), NULL},      {COLUMN_TEXT, AT(status), NULL},
    {COLUMN_I64_OPT, AT(amount), NULL}, {COLUMN_TEXT_OPT, AT(currency), NULL},
    {COLUMN_TEXT, AT(object), NULL},    {COLUMN_TEXT, AT(actor), NULL},
};

/* What of a source is sealed is its text. */
#define SEAL(noun, field)                                                                          \
    static const struct row_sealed noun##_members[] = {{AT(text), field}};                         \
    static const struct row_seal noun##_seal = {.table = &sealed_##noun,                           \
                                                .user = AT(user_id),                               \
                                                .id = AT(id),                                      \
                                                .has_record_id = false,                            \
                                                .members = noun##_members,                         \
                                                .count = ARRAY_LEN(noun##_members)};
SEAL(billing_events, BILLING_EVENTS_DESCRIPTION)
SEAL(mails, MAILS_SUBJECT)
SEAL(customer_notes, CUSTOMER_NOTES_NOTE)
#undef AT

#define TYPE(seal)                                                                                 \
    { columns, ARRAY_LEN(columns), sizeof(struct timeline_row), seal }

static const struct {
    const char *id_kind;
    int statement;
    struct row_type type;
} sources[TIMELINE_SOURCE_COUNT] = {
    [TIMELINE_BILLING] = {"bevt", Q_TIMELINE_BILLING, TYPE(&billing_events_seal)},
    [TIMELINE_MAIL] = {"mail", Q_TIMELINE_MAIL, TYPE(&mails_seal)},
    [TIMELINE_AUDIT] = {"audt", Q_TIMELINE_AUDIT, TYPE(NULL)},
    [TIMELINE_PAYMENT] = {"atte", Q_TIMELINE_PAYMENT, TYPE(NULL)},
    [TIMELINE_NOTE] = {CUSTOMER_NOTE_KIND, Q_TIMELINE_NOTE, TYPE(&customer_notes_seal)},
    [TIMELINE_DELIVERY] = {"whdl", Q_TIMELINE_DELIVERY, TYPE(NULL)},
    [TIMELINE_WEBHOOK] = {NULL, Q_TIMELINE_WEBHOOK, TYPE(NULL)},
};

const char *timeline_id_kind(enum timeline_source source) {
    check((int)source < TIMELINE_SOURCE_COUNT);
    return sources[source].id_kind;
}

struct err timeline_page(struct tx *tx, enum timeline_source source,
                         const struct timeline_place *place, size_t max,
                         struct row_list *ret_list) {
    check((int)source < TIMELINE_SOURCE_COUNT);
    struct db_value count = db_i64((int64_t)max);
    struct row_query query =
        source == TIMELINE_WEBHOOK
            ? ROW_QUERY(Q_TIMELINE_WEBHOOK, db_text(place->user_id), db_i64(place->before_at),
                        db_text(place->before_id), count)
            : ROW_QUERY(sources[source].statement, db_text(place->user_id),
                        db_text(place->before_id), count);
    return row_list(tx, &sources[source].type, query, max, ret_list);
}
