#include "store/sealed.h"

#include <string.h>

#include "base/check.h"

/* --- what is sealed --- */

const struct sealed_table sealed_customers = {
    "customers",
    {[CUSTOMERS_EMAIL] = {"email", SEALED_BY_PERSON, NULL, false},
     [CUSTOMERS_NAME] = {"name", SEALED_BY_PERSON, NULL, false},
     [CUSTOMERS_ADDRESS] = {"address", SEALED_BY_PERSON, "", true},
     [CUSTOMERS_TAX_IDS] = {"tax_ids", SEALED_BY_PERSON, "", true}},
    4,
};
const struct sealed_table sealed_mails = {
    "mails",
    {[MAILS_ADDRESS] = {"address", SEALED_BY_PERSON, NULL, false},
     [MAILS_NAME] = {"name", SEALED_BY_PERSON, NULL, false},
     [MAILS_FACTS] = {"facts", SEALED_BY_PERSON, "{}", false},
     [MAILS_SUBJECT] = {"subject", SEALED_BY_PERSON, NULL, false},
     [MAILS_TEXT] = {"text_body", SEALED_BY_PERSON, "", true},
     [MAILS_HTML] = {"html_body", SEALED_BY_PERSON, "", true},
     [MAILS_ERROR] = {"last_error", SEALED_BY_PERSON, "", true}},
    7,
};
/* What was asked for holds names and addresses, and so does what Stripe said of it. */
const struct sealed_table sealed_operations = {
    "operations",
    {[OPERATIONS_REQUEST] = {"request", SEALED_BY_PERSON, "{}", false},
     [OPERATIONS_RESULT] = {"result", SEALED_BY_PERSON, "", true}},
    2,
};
const struct sealed_table sealed_outbox = {
    "outbox",
    {[OUTBOX_PAYLOAD] = {"payload", SEALED_BY_PERSON, "{}", false},
     [OUTBOX_ERROR] = {"last_error", SEALED_BY_PERSON, "", true}},
    2,
};
const struct sealed_table sealed_bank_transfers = {
    "bank_transfers",
    {[BANK_TRANSFERS_ADDRESSES] = {"addresses", SEALED_BY_PERSON, "[]", false}},
    1,
};
const struct sealed_table sealed_payment_methods = {
    "payment_methods",
    {[PAYMENT_METHODS_LAST4] = {"last4", SEALED_BY_PERSON, "", false}},
    1,
};
/* The links open the invoice, with name and address, for whoever has them. */
const struct sealed_table sealed_invoices = {
    "invoices",
    {[INVOICES_HOSTED_URL] = {"hosted_url", SEALED_BY_LAW, "", false},
     [INVOICES_PDF_URL] = {"pdf_url", SEALED_BY_LAW, "", false},
     [INVOICES_LINES] = {"lines", SEALED_BY_LAW, "[]", false}},
    3,
};
const struct sealed_table sealed_credit_notes = {
    "credit_notes",
    {[CREDIT_NOTES_PDF_URL] = {"pdf_url", SEALED_BY_LAW, "", false}},
    1,
};
/* People's own words: why a plan was left, why somebody was let go. */
const struct sealed_table sealed_billing_events = {
    "billing_events",
    {[BILLING_EVENTS_DESCRIPTION] = {"description", SEALED_BY_LAW, NULL, false},
     [BILLING_EVENTS_METADATA] = {"metadata", SEALED_BY_LAW, "{}", false}},
    2,
};
const struct sealed_table sealed_parked = {
    "parked_customers",
    {[PARKED_RELEASE_REASON] = {"release_reason", SEALED_BY_PERSON, NULL, true}},
    1,
};
const struct sealed_table sealed_dunning_actions = {
    "dunning_actions",
    {[DUNNING_ACTIONS_REASON] = {"reason", SEALED_BY_PERSON, NULL, false}},
    1,
};
const struct sealed_table sealed_customer_notes = {
    "customer_notes",
    {[CUSTOMER_NOTES_NOTE] = {"note", SEALED_BY_PERSON, NULL, false}},
    1,
};
const struct sealed_table sealed_feedback = {
    "feedback",
    {[FEEDBACK_COMMENT] = {"comment", SEALED_BY_PERSON, NULL, false},
     [FEEDBACK_REPLY_TEXT] = {"reply", SEALED_BY_PERSON, NULL, false}},
    2,
};
const struct sealed_table sealed_invoice_questions = {
    "invoice_questions",
    {[INVOICE_QUESTIONS_WORDS] = {"words", SEALED_BY_PERSON, NULL, false},
     [INVOICE_QUESTIONS_ANSWER] = {"answer", SEALED_BY_PERSON, NULL, false}},
    2,
};
/* Who agreed to give money back, and to what, is evidence for as long as the invoices are. */
const struct sealed_table sealed_approvals = {
    "approvals",
    {[APPROVALS_REQUEST] = {"request", SEALED_BY_LAW, "{}", false},
     [APPROVALS_FACTS_BEFORE] = {"facts_before", SEALED_BY_LAW, "{}", false},
     [APPROVALS_FACTS_AFTER] = {"facts_after", SEALED_BY_LAW, "{}", false},
     [APPROVALS_REASON] = {"reason", SEALED_BY_LAW, NULL, false},
     [APPROVALS_DECISION_REASON] = {"decision_reason", SEALED_BY_LAW, NULL, false}},
    5,
};
/* Who agreed to what with whom is kept as long as the invoices that rest on it. */
const struct sealed_table sealed_contracts = {
    "contracts",
    {[CONTRACTS_PURCHASE_ORDER] = {"purchase_order", SEALED_BY_LAW, NULL, false},
     [CONTRACTS_NOTE] = {"note", SEALED_BY_LAW, NULL, false},
     [CONTRACTS_MESSAGE] = {"message", SEALED_BY_PERSON, NULL, false},
     [CONTRACTS_ACCEPTED_NAME] = {"accepted_name", SEALED_BY_LAW, NULL, false},
     [CONTRACTS_DECLINE_REASON] = {"decline_reason", SEALED_BY_PERSON, NULL, false}},
    5,
};
/* What was agreed to is evidence for as long as the invoices that rest on it. */
const struct sealed_table sealed_consents = {
    "consents",
    {[CONSENTS_WORDS] = {"words", SEALED_BY_LAW, NULL, false}},
    1,
};
/* Why nothing of somebody goes outlasts who they are. */
const struct sealed_table sealed_retention_holds = {
    "retention_holds",
    {[RETENTION_HOLDS_REASON] = {"reason", SEALED_BY_LAW, NULL, false}},
    1,
};
const struct sealed_table sealed_withdrawals = {
    "withdrawals",
    {[WITHDRAWALS_NAME] = {"name", SEALED_BY_LAW, NULL, false},
     [WITHDRAWALS_STATEMENT] = {"statement", SEALED_BY_LAW, NULL, false}},
    2,
};
const struct sealed_table sealed_corrections = {
    "corrections",
    {[CORRECTIONS_PURCHASE_ORDER] = {"purchase_order", SEALED_BY_LAW, NULL, false}},
    1,
};
const struct sealed_table sealed_sign_in_links = {
    "sign_in_links",
    {[SIGN_IN_LINKS_RETURN_PATH] = {"return_path", SEALED_BY_PERSON, "/", false},
     [SIGN_IN_LINKS_REASON] = {"reason", SEALED_BY_PERSON, "", false}},
    2,
};
const struct sealed_table sealed_webhook_events = {
    "webhook_events",
    {[WEBHOOK_EVENTS_BODY] = {"body", SEALED_BY_PERSON, "", false},
     [WEBHOOK_EVENTS_ERROR] = {"last_error", SEALED_BY_PERSON, "", true}},
    2,
};
const struct sealed_table sealed_api_keys = {
    "api_keys",
    {[API_KEYS_NAME] = {"name", SEALED_BY_SYSTEM, NULL, false},
     [API_KEYS_IP_ALLOWLIST] = {"ip_allowlist", SEALED_BY_SYSTEM, NULL, true}},
    2,
};
const struct sealed_table sealed_suppressed = {
    "suppressed_addresses",
    {[SUPPRESSED_ADDRESS] = {"address", SEALED_BY_SYSTEM, NULL, false},
     [SUPPRESSED_REASON] = {"reason", SEALED_BY_SYSTEM, NULL, false}},
    2,
};
const struct sealed_table sealed_audit_origins = {
    "audit_origins",
    {[AUDIT_ORIGINS_ADDRESS] = {"address", SEALED_BY_PERSON, "", false},
     [AUDIT_ORIGINS_AGENT] = {"user_agent", SEALED_BY_PERSON, "", false}},
    2,
};
const struct sealed_table sealed_audit_reasons = {
    "audit_reasons",
    {[AUDIT_REASONS_REASON] = {"reason", SEALED_BY_PERSON, "", false}},
    1,
};
const struct sealed_table sealed_privacy_requests = {
    "privacy_requests",
    {[PRIVACY_REQUESTS_REASON] = {"reason", SEALED_BY_PERSON, NULL, true}},
    1,
};
const struct sealed_table sealed_export_pieces = {
    "export_pieces",
    {[EXPORT_PIECES_BODY] = {"body", SEALED_BY_PERSON, "", false}},
    1,
};
const struct sealed_table sealed_invoice_archive_pieces = {
    "invoice_archive_pieces",
    {[INVOICE_ARCHIVE_PIECES_BODY] = {"body", SEALED_BY_PERSON, "", false}},
    1,
};
const struct sealed_table sealed_evidence_pieces = {
    "evidence_pieces",
    {[EVIDENCE_PIECES_BODY] = {"body", SEALED_BY_SYSTEM, NULL, false}},
    1,
};
const struct sealed_table sealed_breaches = {
    "breaches",
    {[BREACHES_TITLE] = {"title", SEALED_BY_SYSTEM, NULL, false},
     [BREACHES_DESCRIPTION] = {"description", SEALED_BY_SYSTEM, NULL, false},
     [BREACHES_REFERENCE] = {"authority_reference", SEALED_BY_SYSTEM, NULL, false},
     [BREACHES_CONCLUSION] = {"conclusion", SEALED_BY_SYSTEM, NULL, false}},
    4,
};
/* What operators say of what they looked at, and of each other. */
const struct sealed_table sealed_alert_handlings = {
    "alert_handlings",
    {[ALERT_HANDLINGS_NOTE] = {"note", SEALED_BY_SYSTEM, NULL, false}},
    1,
};
const struct sealed_table sealed_access_review_items = {
    "access_review_items",
    {[ACCESS_REVIEW_ITEMS_REASON] = {"reason", SEALED_BY_SYSTEM, NULL, false}},
    1,
};
const struct sealed_table sealed_settings = {
    "settings",
    {[SETTINGS_VALUE] = {"value", SEALED_BY_SYSTEM, NULL, false}},
    1,
};

const struct sealed_table sealed_webhook_endpoints = {
    "webhook_endpoints",
    {[WEBHOOK_ENDPOINTS_URL] = {"url", SEALED_BY_SYSTEM, NULL, false},
     [WEBHOOK_ENDPOINTS_SECRET] = {"secret", SEALED_BY_SYSTEM, NULL, false},
     [WEBHOOK_ENDPOINTS_SECRET_BEFORE] = {"secret_before", SEALED_BY_SYSTEM, NULL, true}},
    3,
};
/* What is told of billing events, and what was answered to it. */
const struct sealed_table sealed_webhook_deliveries = {
    "webhook_deliveries",
    {[WEBHOOK_DELIVERIES_BODY] = {"body", SEALED_BY_PERSON, "", false}},
    1,
};
const struct sealed_table sealed_webhook_attempts = {
    "webhook_attempts",
    {[WEBHOOK_ATTEMPTS_RESPONSE] = {"response", SEALED_BY_PERSON, "", true}},
    1,
};

const struct sealed_table sealed_people = {
    "people",
    {[PEOPLE_EMAIL] = {"email", SEALED_BY_MEMBER, NULL, false},
     [PEOPLE_NAME] = {"name", SEALED_BY_MEMBER, NULL, false}},
    2,
};
const struct sealed_table sealed_invitations = {
    "invitations",
    {[INVITATIONS_EMAIL] = {"email", SEALED_BY_PERSON, NULL, false},
     [INVITATIONS_INVITED_BY] = {"invited_by", SEALED_BY_PERSON, NULL, false}},
    2,
};
/* Nobody's, until it is answered for a customer. */
const struct sealed_table sealed_inquiries = {
    "inquiries",
    {[INQUIRIES_COMPANY] = {"company", SEALED_BY_PERSON, NULL, false},
     [INQUIRIES_NAME] = {"name", SEALED_BY_PERSON, NULL, false},
     [INQUIRIES_EMAIL] = {"email", SEALED_BY_PERSON, NULL, false},
     [INQUIRIES_MESSAGE] = {"message", SEALED_BY_PERSON, NULL, false},
     [INQUIRIES_REASON] = {"reason", SEALED_BY_PERSON, NULL, false}},
    5,
};
const struct sealed_table sealed_totp_secrets = {
    "totp_secrets",
    {[TOTP_SECRETS_SECRET] = {"secret", SEALED_BY_MEMBER, "", false}},
    1,
};
const struct sealed_table sealed_passkeys = {
    "passkeys",
    {[PASSKEYS_NAME] = {"name", SEALED_BY_MEMBER, NULL, false}},
    1,
};
const struct sealed_table sealed_sessions = {
    "sessions",
    {[SESSIONS_ADDRESS] = {"address", SEALED_BY_MEMBER, "", false},
     [SESSIONS_USER_AGENT] = {"user_agent", SEALED_BY_MEMBER, "", false},
     [SESSIONS_REASON] = {"reason", SEALED_BY_MEMBER, "", false}},
    3,
};
const struct sealed_table sealed_sign_ins = {
    "sign_ins",
    {[SIGN_INS_ADDRESS] = {"address", SEALED_BY_MEMBER, "", false},
     [SIGN_INS_USER_AGENT] = {"user_agent", SEALED_BY_MEMBER, "", false}},
    2,
};
const struct sealed_table sealed_email_changes = {
    "email_changes",
    {[EMAIL_CHANGES_OLD] = {"old_email", SEALED_BY_MEMBER, "", false},
     [EMAIL_CHANGES_NEW] = {"new_email", SEALED_BY_MEMBER, "", false}},
    2,
};

/* Whom to tell: addresses that the customer gave. */
const struct sealed_table sealed_usage_alerts = {
    "usage_alerts",
    {[USAGE_ALERTS_RECIPIENTS] = {"recipients", SEALED_BY_PERSON, "", false}},
    1,
};

/* --- a text --- */

static const char prefix[] = "s1:";
enum { PREFIX = sizeof prefix - 1, CONTEXT_MAX = 640 };

/* As it was written: "s1:<version>:<base64>". */
struct sealed_text {
    int64_t version;
    struct str base64;
};

static bool parse(struct str text, struct sealed_text *ret_sealed) {
    if (!str_starts_with(text, str_of(prefix, PREFIX))) {
        return false;
    }
    struct str rest = str_skip(text, PREFIX);
    struct str version = str_cut(&rest, ':');
    ret_sealed->base64 = rest;
    return str_to_i64(version, &ret_sealed->version) && ret_sealed->version >= 0;
}

static const struct sealed_field *field_of(const struct sealed_place *place) {
    check(place->field >= 0 && (size_t)place->field < place->table->count);
    return &place->table->fields[place->field];
}

static bool is_left_plain(const struct sealed_place *place) {
    return place->user_id.len == 0 && field_of(place)->by == SEALED_BY_LAW;
}

#define MEMBER "person "

struct str sealed_member(struct arena *arena, struct str person_id) {
    return arena_printf(arena, MEMBER STR_FMT, STR_ARG(person_id));
}

bool sealed_is_member(struct str text, struct str *ret_person_id) {
    if (!str_starts_with(text, STR(MEMBER))) { /* ids of customers have no blank */
        return false;
    }
    size_t len = sizeof MEMBER - 1;
    *ret_person_id = str_of(text.bytes + len, text.len - len);
    return true;
}

static struct key_owner owner_of(struct arena *arena, const struct sealed_place *place) {
    const struct key_owner installation = {STR(""), KEY_SYSTEM};
    if (place->user_id.len == 0) {
        return installation;
    }
    switch (field_of(place)->by) {
    case SEALED_BY_PERSON:
        return (struct key_owner){place->user_id, KEY_PII};
    case SEALED_BY_LAW:
        return (struct key_owner){place->user_id, KEY_LEGAL};
    case SEALED_BY_MEMBER:
        return (struct key_owner){sealed_member(arena, place->user_id), KEY_PII};
    case SEALED_BY_SYSTEM:
        return installation;
    }
    check(false);
    return installation;
}

/* What the text is bound to: "table|column|row|version". Neither name nor number holds a bar. */
struct context {
    char bytes[CONTEXT_MAX];
    size_t len;
};

static void context_add(struct context *context, struct str text) {
    check(text.len < sizeof context->bytes - context->len);
    if (text.len > 0) {
        memcpy(context->bytes + context->len, text.bytes, text.len);
    }
    context->len += text.len;
}

static struct str bind(struct context *context, const struct sealed_place *place, int64_t version) {
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + version % 10);
        version /= 10;
    } while (version > 0);
    context->len = 0;
    context_add(context, str_from_cstr(place->table->name));
    context_add(context, STR("|"));
    context_add(context, str_from_cstr(field_of(place)->column));
    context_add(context, STR("|"));
    context_add(context, place->row_id);
    context_add(context, STR("|"));
    context_add(context, str_of(digits + at, sizeof digits - at));
    return str_of(context->bytes, context->len);
}

struct err sealed_write(struct tx *tx, const struct sealed_place *place, struct str plain,
                        struct str *ret_text) {
    struct arena *arena = tx->cx->arena;
    struct key key;
    struct context context;
    if (plain.len == 0 || is_left_plain(place)) {
        *ret_text = plain;
        return OK;
    }
    struct key_owner owner = owner_of(arena, place);
    TRY(keyring_newest(tx, &owner, &key));
    if (key.bytes == NULL) {
        *ret_text = STR("s1:0:"); /* of somebody who was erased */
        return OK;
    }
    size_t len = plain.len + SEAL_EXTRA;
    uint8_t *sealed = arena_room(arena, len);
    struct str head = arena_printf(arena, "s1:%lld:", (long long)key.version);
    char *text = arena_room(arena, head.len + BASE64_SIZE(len));
    if (sealed == NULL || text == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    seal_bytes(tx->cx->env, key.bytes, bind(&context, place, key.version), plain, sealed);
    memcpy(text, head.bytes, head.len);
    base64_write(sealed, len, text + head.len);
    *ret_text = str_of(text, head.len + BASE64_SIZE(len) - 1);
    return OK;
}

static struct err unreadable(struct tx *tx, const struct sealed_place *place) {
    return cx_fail(tx->cx, ERR(ERR_CORRUPT),
                   "%s.%s of a row was sealed at another place, or changed since.",
                   place->table->name, field_of(place)->column);
}

static struct err open_with(struct tx *tx, const struct sealed_place *place, const struct key *key,
                            struct str base64, struct str *ret_plain) {
    struct context context;
    size_t len = 0;
    size_t max = base64.len / 4 * 3;
    uint8_t *sealed = arena_room(tx->cx->arena, max + 1);
    uint8_t *plain = arena_room(tx->cx->arena, max + 1);
    if (sealed == NULL || plain == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    if (!base64_read(base64, sealed, max, &len) ||
        !seal_open(key->bytes, bind(&context, place, key->version),
                   str_of((const char *)sealed, len), plain)) {
        return unreadable(tx, place);
    }
    plain[len - SEAL_EXTRA] = '\0';
    *ret_plain = str_of((const char *)plain, len - SEAL_EXTRA);
    return OK;
}

struct err sealed_read(struct tx *tx, const struct sealed_place *place, struct str text,
                       struct str *ret_plain) {
    struct sealed_text sealed;
    struct key key = {.bytes = NULL};
    if (!parse(text, &sealed) || is_left_plain(place)) {
        *ret_plain = text;
        return OK;
    }
    if (sealed.version > 0) {
        struct key_owner owner = owner_of(tx->cx->arena, place);
        TRY(keyring_find(tx, &owner, sealed.version, &key));
    }
    if (key.bytes == NULL) {
        const char *erased = field_of(place)->erased;
        *ret_plain = erased == NULL ? STR("erased") : str_from_cstr(erased);
        return OK;
    }
    return open_with(tx, place, &key, sealed.base64, ret_plain);
}

bool sealed_is_current(const struct sealed_place *place, struct str text, int64_t generation) {
    struct sealed_text sealed;
    if (text.len == 0 || is_left_plain(place)) {
        return true;
    }
    return parse(text, &sealed) && (sealed.version == 0 || sealed.version >= generation);
}
