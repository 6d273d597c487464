#include "store/consent.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"
#include "store/words.h"

const char *consent_kind_name(enum consent_kind kind) {
    static const char *const names[CONSENT_KIND_COUNT] = {"renewal", "early_start"};
    check((unsigned)kind < CONSENT_KIND_COUNT);
    return names[kind];
}

static const char *kind_word(int value) {
    return consent_kind_name((enum consent_kind)value);
}
static const struct column_words words_kind = {kind_word, CONSENT_KIND_COUNT};

#define AT(member) offsetof(struct consent_row, member)
static const struct column columns[] = {
    {COLUMN_ID, AT(id), NULL},
    {COLUMN_TEXT, AT(user_id), NULL},
    {COLUMN_ID, AT(subscription_id), NULL},
    {COLUMN_NAMED, AT(kind), &words_kind},
    {COLUMN_ID, AT(operation_id), NULL},
    {COLUMN_TEXT, AT(operation), NULL},
    {COLUMN_TEXT, AT(actor_kind), NULL},
    {COLUMN_TEXT, AT(actor), NULL},
    {COLUMN_TEXT, AT(locale), NULL},
    {COLUMN_TEXT, AT(text), NULL},
    {COLUMN_TEXT, AT(text_hash), NULL},
    {COLUMN_NAMED, AT(tier), &words_tier},
    {COLUMN_I64, AT(plan_version), NULL},
    {COLUMN_NAMED, AT(interval), &words_interval},
    {COLUMN_I64, AT(amount), NULL},
    {COLUMN_TEXT, AT(currency), NULL},
    {COLUMN_I64, AT(renews_at), NULL},
    {COLUMN_I64, AT(created_at), NULL},
};
static const struct row_sealed sealed_members[] = {{AT(text), CONSENTS_WORDS}};
#undef AT
static const struct row_seal seal = {
    .table = &sealed_consents,
    .user = offsetof(struct consent_row, user_id),
    .id = offsetof(struct consent_row, id),
    .has_record_id = true,
    .members = sealed_members,
    .count = ARRAY_LEN(sealed_members),
};
static const struct row_type type = ROW_TYPE_SEALED(struct consent_row, columns, seal);

struct err consent_insert(struct tx *tx, const struct consent_row *row) {
    return row_put(tx, &type, Q_CONSENT_INSERT, row);
}

struct err consent_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                        struct row_list *ret_list) {
    int statement = user_id.len > 0 ? Q_CONSENT_PAGE_OF : Q_CONSENT_PAGE;
    return row_list(tx, &type,
                    ROW_QUERY(statement, db_text(user_id),
                              db_text(before.len > 0 ? before : STR("~")), db_i64((int64_t)max)),
                    max, ret_list);
}

struct whole {
    int64_t value;
};
static const struct column whole_columns[] = {{COLUMN_I64, offsetof(struct whole, value), NULL}};
static const struct row_type whole_type = ROW_TYPE(struct whole, whole_columns);

struct err consent_given(struct tx *tx, struct str user_id, struct str subscription_id,
                         enum consent_kind kind, bool *ret_is_given) {
    struct whole count = {0};
    bool is_found = false;
    TRY(row_get(tx, &whole_type,
                ROW_QUERY(Q_CONSENT_GIVEN, db_text(user_id), db_text(subscription_id),
                          db_text(str_from_cstr(consent_kind_name(kind)))),
                &count, &is_found));
    *ret_is_given = is_found && count.value > 0;
    return OK;
}
