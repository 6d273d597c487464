#include "store/key_walk.h"

#include "base/check.h"
#include "store/customer.h"
#include "store/data_key.h"
#include "store/queries.h"
#include "store/sealed.h"
#include "store/setting.h"

enum { PAGE = 64 };

static const char *const kinds[KEY_WALK_KIND_COUNT] = {
    [KEY_WALK_SEAL] = "seal",
    [KEY_WALK_REWRAP] = "rewrap",
    [KEY_WALK_SCRUB] = "scrub",
};

const char *key_walk_kind_name(enum key_walk_kind kind) {
    check(kind < KEY_WALK_KIND_COUNT);
    return kinds[kind];
}

static const char *kind_word(int value) {
    return key_walk_kind_name((enum key_walk_kind)value);
}
static const struct column_words words_kind = {kind_word, KEY_WALK_KIND_COUNT};

static const struct column columns[] = {
    {COLUMN_ID, offsetof(struct key_walk_row, id), NULL},
    {COLUMN_NAMED, offsetof(struct key_walk_row, kind), &words_kind},
    {COLUMN_TEXT, offsetof(struct key_walk_row, status), NULL},
    {COLUMN_TEXT, offsetof(struct key_walk_row, user_cursor), NULL},
    {COLUMN_I64, offsetof(struct key_walk_row, table_cursor), NULL},
    {COLUMN_TEXT, offsetof(struct key_walk_row, row_cursor), NULL},
    {COLUMN_I64, offsetof(struct key_walk_row, customers), NULL},
    {COLUMN_I64, offsetof(struct key_walk_row, written), NULL},
    {COLUMN_I64, offsetof(struct key_walk_row, started_at), NULL},
    {COLUMN_I64_OPT, offsetof(struct key_walk_row, finished_at), NULL},
};
static const struct row_type type = ROW_TYPE(struct key_walk_row, columns);

struct err key_walk_insert(struct tx *tx, const struct key_walk_row *row) {
    return row_put(tx, &type, Q_KEY_WALK_INSERT, row);
}

struct err key_walk_running(struct tx *tx, struct key_walk_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_KEY_WALK_RUNNING, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err key_walk_newest(struct tx *tx, struct key_walk_row *ret_row, bool *ret_found) {
    return row_get(tx, &type, (struct row_query){Q_KEY_WALK_NEWEST, DB_NO_ARGS}, ret_row,
                   ret_found);
}

struct err key_walk_replace(struct tx *tx, const struct key_walk_row *row) {
    return row_put(tx, &type, Q_KEY_WALK_REPLACE, row);
}

/* --- rows --- */

/* A table's statements: a page of one customer's rows, and one row written anew. */
struct walked {
    const struct sealed_table *table;
    int page, put;
};

/* The directories come first: they are walked once, with what is nobody's. */
static const struct walked tables[] = {
    {&sealed_settings, Q_WALK_SETTINGS, Q_WALK_SETTINGS_PUT},
    {&sealed_breaches, Q_WALK_BREACHES, Q_WALK_BREACHES_PUT},
    {&sealed_alert_handlings, Q_WALK_ALERT_HANDLINGS, Q_WALK_ALERT_HANDLINGS_PUT},
    {&sealed_access_review_items, Q_WALK_ACCESS_REVIEW_ITEMS, Q_WALK_ACCESS_REVIEW_ITEMS_PUT},
    {&sealed_api_keys, Q_WALK_API_KEYS, Q_WALK_API_KEYS_PUT},
    {&sealed_suppressed, Q_WALK_SUPPRESSED, Q_WALK_SUPPRESSED_PUT},
    {&sealed_sign_in_links, Q_WALK_SIGN_IN_LINKS, Q_WALK_SIGN_IN_LINKS_PUT},
    {&sealed_webhook_events, Q_WALK_WEBHOOK_EVENTS, Q_WALK_WEBHOOK_EVENTS_PUT},
    {&sealed_webhook_endpoints, Q_WALK_WEBHOOK_ENDPOINTS, Q_WALK_WEBHOOK_ENDPOINTS_PUT},
    {&sealed_webhook_deliveries, Q_WALK_WEBHOOK_DELIVERIES, Q_WALK_WEBHOOK_DELIVERIES_PUT},
    {&sealed_webhook_attempts, Q_WALK_WEBHOOK_ATTEMPTS, Q_WALK_WEBHOOK_ATTEMPTS_PUT},
    {&sealed_privacy_requests, Q_WALK_PRIVACY_REQUESTS, Q_WALK_PRIVACY_REQUESTS_PUT},
    {&sealed_people, Q_WALK_PEOPLE, Q_WALK_PEOPLE_PUT},
    {&sealed_invitations, Q_WALK_INVITATIONS, Q_WALK_INVITATIONS_PUT},
    {&sealed_totp_secrets, Q_WALK_TOTP_SECRETS, Q_WALK_TOTP_SECRETS_PUT},
    {&sealed_passkeys, Q_WALK_PASSKEYS, Q_WALK_PASSKEYS_PUT},
    {&sealed_sessions, Q_WALK_SESSIONS, Q_WALK_SESSIONS_PUT},
    {&sealed_sign_ins, Q_WALK_SIGN_INS, Q_WALK_SIGN_INS_PUT},
    {&sealed_email_changes, Q_WALK_EMAIL_CHANGES, Q_WALK_EMAIL_CHANGES_PUT},
    {&sealed_inquiries, Q_WALK_INQUIRIES, Q_WALK_INQUIRIES_PUT},
    {&sealed_customers, Q_WALK_CUSTOMERS, Q_WALK_CUSTOMERS_PUT},
    {&sealed_mails, Q_WALK_MAILS, Q_WALK_MAILS_PUT},
    {&sealed_audit_origins, Q_WALK_AUDIT_ORIGINS, Q_WALK_AUDIT_ORIGINS_PUT},
    {&sealed_audit_reasons, Q_WALK_AUDIT_REASONS, Q_WALK_AUDIT_REASONS_PUT},
    {&sealed_operations, Q_WALK_OPERATIONS, Q_WALK_OPERATIONS_PUT},
    {&sealed_outbox, Q_WALK_OUTBOX, Q_WALK_OUTBOX_PUT},
    {&sealed_bank_transfers, Q_WALK_BANK_TRANSFERS, Q_WALK_BANK_TRANSFERS_PUT},
    {&sealed_payment_methods, Q_WALK_PAYMENT_METHODS, Q_WALK_PAYMENT_METHODS_PUT},
    {&sealed_invoices, Q_WALK_INVOICES, Q_WALK_INVOICES_PUT},
    {&sealed_credit_notes, Q_WALK_CREDIT_NOTES, Q_WALK_CREDIT_NOTES_PUT},
    {&sealed_billing_events, Q_WALK_BILLING_EVENTS, Q_WALK_BILLING_EVENTS_PUT},
    {&sealed_parked, Q_WALK_PARKED, Q_WALK_PARKED_PUT},
    {&sealed_dunning_actions, Q_WALK_DUNNING_ACTIONS, Q_WALK_DUNNING_ACTIONS_PUT},
    {&sealed_customer_notes, Q_WALK_CUSTOMER_NOTES, Q_WALK_CUSTOMER_NOTES_PUT},
    {&sealed_feedback, Q_WALK_FEEDBACK, Q_WALK_FEEDBACK_PUT},
    {&sealed_invoice_questions, Q_WALK_INVOICE_QUESTIONS, Q_WALK_INVOICE_QUESTIONS_PUT},
    {&sealed_approvals, Q_WALK_APPROVALS, Q_WALK_APPROVALS_PUT},
    {&sealed_contracts, Q_WALK_CONTRACTS, Q_WALK_CONTRACTS_PUT},
    {&sealed_consents, Q_WALK_CONSENTS, Q_WALK_CONSENTS_PUT},
    {&sealed_retention_holds, Q_WALK_RETENTION_HOLDS, Q_WALK_RETENTION_HOLDS_PUT},
    {&sealed_withdrawals, Q_WALK_WITHDRAWALS, Q_WALK_WITHDRAWALS_PUT},
    {&sealed_corrections, Q_WALK_CORRECTIONS, Q_WALK_CORRECTIONS_PUT},
    {&sealed_usage_alerts, Q_WALK_USAGE_ALERTS, Q_WALK_USAGE_ALERTS_PUT},
};
enum { DIRECTORIES = 20 };

/* As it lies in the table: whose, which, and the sealed columns in order of the table's fields. */
struct raw_row {
    struct str user_id, id;
    struct str fields[SEALED_FIELDS_MAX];
};

enum { RAW_COLUMNS_MAX = 2 + SEALED_FIELDS_MAX };

static struct row_type raw_type(const struct sealed_table *table,
                                struct column into[RAW_COLUMNS_MAX]) {
    into[0] = (struct column){COLUMN_TEXT, offsetof(struct raw_row, user_id), NULL};
    into[1] = (struct column){COLUMN_TEXT, offsetof(struct raw_row, id), NULL};
    for (size_t i = 0; i < table->count; i++) {
        into[2 + i] = (struct column){
            table->fields[i].is_nullable ? COLUMN_TEXT_OPT : COLUMN_TEXT,
            offsetof(struct raw_row, fields) + i * sizeof(struct str),
            NULL,
        };
    }
    return (struct row_type){into, 2 + table->count, sizeof(struct raw_row), NULL};
}

/* *ret_is_changed when a text was sealed anew. */
static struct err reseal_fields(struct tx *tx, const struct sealed_table *table,
                                struct raw_row *row, int64_t generation, bool *ret_is_changed) {
    *ret_is_changed = false;
    for (size_t i = 0; i < table->count; i++) {
        struct sealed_place place = {table, (int)i, row->user_id, row->id};
        if (sealed_is_current(&place, row->fields[i], generation)) {
            continue;
        }
        struct str plain;
        TRY(sealed_read(tx, &place, row->fields[i], &plain));
        TRY(sealed_write(tx, &place, plain, &row->fields[i]));
        *ret_is_changed = true;
    }
    return OK;
}

static struct err reseal(struct tx *tx, const struct walked *walked, struct raw_row *row,
                         struct key_walk_row *walk) {
    struct column raw[RAW_COLUMNS_MAX];
    int64_t generation = 0;
    bool is_changed = false;
    if (walked->table == &sealed_settings && !setting_is_secret(row->id)) {
        return OK;
    }
    TRY(keyring_generation(tx, &generation));
    TRY(reseal_fields(tx, walked->table, row, generation, &is_changed));
    if (!is_changed) {
        return OK;
    }
    struct row_type raw_of = raw_type(walked->table, raw);
    walk->written++;
    return row_put(tx, &raw_of, walked->put, row);
}

/* A page of the table that the cursor stands in. */
static struct err seal_page(struct tx *tx, struct key_walk_row *walk, int *budget) {
    const struct walked *walked = &tables[walk->table_cursor];
    struct column raw[RAW_COLUMNS_MAX];
    struct row_type raw_of = raw_type(walked->table, raw);
    struct row_list list;
    TRY(row_list(tx, &raw_of,
                 ROW_QUERY(walked->page, db_text(walk->user_cursor), db_text(walk->row_cursor),
                           db_i64(PAGE)),
                 PAGE, &list));
    struct raw_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(reseal(tx, walked, &rows[i], walk));
    }
    bool is_whole = list.count < PAGE;
    walk->row_cursor = is_whole ? STR("") : rows[list.count - 1].id;
    walk->table_cursor += is_whole ? 1 : 0;
    *budget -= (int)list.count + 1;
    return OK;
}

/* The customer is done: earlier keys of theirs are not needed but for backups. */
static struct err next_customer(struct tx *tx, struct key_walk_row *walk, bool *ret_is_over) {
    int64_t generation = 0;
    struct str next = STR("");
    TRY(keyring_generation(tx, &generation));
    TRY(data_key_retire(tx, walk->user_cursor, generation));
    if (walk->user_cursor.len == 0) { /* the directories, people's among them */
        TRY(data_key_retire_people(tx, generation));
    }
    TRY(customer_after(tx, walk->user_cursor, &next));
    walk->customers += walk->user_cursor.len > 0 ? 1 : 0;
    *ret_is_over = next.len == 0;
    walk->user_cursor = next;
    walk->table_cursor = DIRECTORIES;
    return OK;
}

static struct err step_seal(struct tx *tx, struct key_walk_row *walk, int budget,
                            bool *ret_is_over) {
    while (budget > 0 && !*ret_is_over) {
        if (walk->table_cursor < (int64_t)ARRAY_LEN(tables)) {
            TRY(seal_page(tx, walk, &budget));
        } else {
            TRY(next_customer(tx, walk, ret_is_over));
        }
    }
    return OK;
}

/* --- keys --- */

/* The canary comes last: it says which key from outside everything needs. */
static struct err rewrap_page(struct tx *tx, struct key_walk_row *walk,
                              const struct row_list *list) {
    const struct data_key_row *rows = list->items;
    for (size_t i = 0; i < list->count; i++) {
        bool is_done = true;
        if (!keyring_is_canary(&rows[i])) {
            TRY(keyring_rewrap(tx, &rows[i], &is_done));
        }
        walk->written += is_done ? 0 : 1;
    }
    return OK;
}

static struct err step_rewrap(struct tx *tx, struct key_walk_row *walk, int budget,
                              bool *ret_is_over) {
    struct data_key_row after = {
        .user_id = walk->user_cursor, .purpose = walk->row_cursor, .version = walk->table_cursor};
    struct row_list list;
    TRY(data_key_page(tx, &after, (size_t)budget, &list));
    TRY(rewrap_page(tx, walk, &list));
    *ret_is_over = list.count < (size_t)budget;
    if (*ret_is_over) {
        return keyring_rewrap_canary(tx);
    }
    const struct data_key_row *last = (const struct data_key_row *)list.items + list.count - 1;
    walk->user_cursor = last->user_id;
    walk->row_cursor = last->purpose;
    walk->table_cursor = last->version;
    return OK;
}

/* --- pages --- */

/* SQLite overwrites what is deleted, but not what a split of a page has moved elsewhere: a copy may
 * stay in the room between cells. A page that is emptied is overwritten whole. So all rows are
 * taken out and put back, a stretch of many pages at a time, and each stretch begins in the middle
 * of the one before: every page lies whole in one of them. */
static struct err step_scrub(struct tx *tx, struct key_walk_row *walk, bool *ret_is_over) {
    enum { STRETCH = 256 };
    struct data_key_row after = {
        .user_id = walk->user_cursor, .purpose = walk->row_cursor, .version = walk->table_cursor};
    struct row_list list;
    TRY(data_key_page(tx, &after, STRETCH, &list));
    const struct data_key_row *rows = list.items;
    if (list.count > 0) {
        TRY(data_key_take_out(tx, &after, &rows[list.count - 1]));
    }
    for (size_t i = 0; i < list.count; i++) {
        TRY(data_key_insert(tx, &rows[i]));
    }
    walk->written += (int64_t)list.count;
    *ret_is_over = list.count < STRETCH;
    if (!*ret_is_over) {
        walk->user_cursor = rows[STRETCH / 2].user_id;
        walk->row_cursor = rows[STRETCH / 2].purpose;
        walk->table_cursor = rows[STRETCH / 2].version;
    }
    return OK;
}

struct err key_walk_step(struct tx *tx, struct key_walk_row *walk, int budget, bool *ret_is_over) {
    *ret_is_over = false;
    switch ((enum key_walk_kind)walk->kind) {
    case KEY_WALK_SEAL:
        return step_seal(tx, walk, budget, ret_is_over);
    case KEY_WALK_REWRAP:
        return step_rewrap(tx, walk, budget, ret_is_over);
    case KEY_WALK_SCRUB:
        return step_scrub(tx, walk, ret_is_over);
    case KEY_WALK_KIND_COUNT:
        break;
    }
    check(false);
    return OK;
}
