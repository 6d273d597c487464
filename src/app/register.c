#include "app/register.h"

#include "base/check.h"

#define CONTRACT "GDPR 6(1)(b): the contract"
#define LAW "GDPR 6(1)(c): the law wants it kept"
#define INTEREST "GDPR 6(1)(f): running the service, and proving what was done"
#define CUSTOMERS "Customers: who is billed, and their people"
#define NOBODY_ELSE "Nobody"

const struct register_activity register_activities[] = {
    {.name = "customers",
     .purpose = "Selling plans, taking payments, and what becomes of payments that failed",
     .basis = CONTRACT,
     .people = CUSTOMERS,
     .recipients = "The payment provider",
     .tables = {{&sealed_customers, RETENTION_ACCOUNT, "user_id country language time_zone"},
                {&sealed_payment_methods, RETENTION_ACCOUNT, "brand expiry_month expiry_year"},
                {&sealed_operations, RETENTION_ACCOUNT, NULL},
                {&sealed_outbox, RETENTION_ACCOUNT, NULL},
                {&sealed_bank_transfers, RETENTION_ACCOUNT, NULL},
                {&sealed_parked, RETENTION_ACCOUNT, NULL},
                {&sealed_dunning_actions, RETENTION_ACCOUNT, NULL},
                {&sealed_customer_notes, RETENTION_ACCOUNT, "author"},
                {&sealed_usage_alerts, RETENTION_ACCOUNT, NULL}},
     .count = 9},
    {.name = "books",
     .purpose = "Invoices and what they rest on, as tax and trade law want them kept",
     .basis = LAW,
     .people = CUSTOMERS,
     .recipients = "The payment provider; tax offices and auditors, when they ask",
     .tables = {{&sealed_invoices, RETENTION_INVOICES, NULL},
                {&sealed_credit_notes, RETENTION_INVOICES, NULL},
                {&sealed_billing_events, RETENTION_BOOKS, NULL},
                {&sealed_approvals, RETENTION_BOOKS, "requested_by decided_by"},
                {&sealed_contracts, RETENTION_LETTERS, "requested_by written_by accepted_by"},
                {&sealed_consents, RETENTION_BOOKS, NULL},
                {&sealed_withdrawals, RETENTION_BOOKS, NULL},
                {&sealed_corrections, RETENTION_INVOICES, NULL},
                {&sealed_retention_holds, RETENTION_BOOKS, "created_by lifted_by"}},
     .count = 9},
    {.name = "mail",
     .purpose = "Writing to customers and operators, and not to whom no mail may go",
     .basis = CONTRACT,
     .people = CUSTOMERS "; operators",
     .recipients = "The mail relay, and whoever a mail goes to",
     .tables = {{&sealed_mails, RETENTION_MAILS, "language"},
                {&sealed_suppressed, RETENTION_SYSTEM, NULL}},
     .count = 2},
    {.name = "sign-in",
     .purpose = "Letting people in, and nobody else",
     .basis = CONTRACT,
     .people = "Members of customers; operators",
     .recipients = "The OpenID provider, where people come in by one",
     .tables = {{&sealed_people, RETENTION_PEOPLE, "language operator_role"},
                {&sealed_sessions, RETENTION_SESSIONS, NULL},
                {&sealed_sign_in_links, RETENTION_SESSIONS, NULL},
                {&sealed_passkeys, RETENTION_PEOPLE, NULL},
                {&sealed_totp_secrets, RETENTION_PEOPLE, NULL},
                {&sealed_invitations, RETENTION_INVITATIONS, NULL},
                {&sealed_sign_ins, RETENTION_PEOPLE, NULL},
                {&sealed_email_changes, RETENTION_PEOPLE, NULL}},
     .count = 8},
    {.name = "webhooks",
     .purpose = "Hearing from the payment provider, and telling the platform's own systems",
     .basis = CONTRACT,
     .people = CUSTOMERS,
     .recipients = "Whoever owns the endpoints that are told",
     .tables = {{&sealed_webhook_events, RETENTION_WEBHOOKS_IN, NULL},
                {&sealed_webhook_deliveries, RETENTION_WEBHOOKS_OUT, NULL},
                {&sealed_webhook_attempts, RETENTION_WEBHOOKS_OUT, NULL},
                {&sealed_webhook_endpoints, RETENTION_SYSTEM, NULL}},
     .count = 4},
    {.name = "evidence",
     .purpose = "Showing who did what, and finding out what went wrong",
     .basis = INTEREST,
     .people = "Members of customers; operators",
     .recipients = "Auditors, when they ask",
     .tables = {{&sealed_audit_origins, RETENTION_ORIGINS, NULL},
                {&sealed_audit_reasons, RETENTION_ACCOUNT, NULL},
                {&sealed_evidence_pieces, RETENTION_EVIDENCE, NULL},
                {&sealed_breaches, RETENTION_BREACHES, "created_by closed_by"},
                {&sealed_access_review_items, RETENTION_SYSTEM, "subject decided_by"},
                {&sealed_alert_handlings, RETENTION_SYSTEM, "handled_by"}},
     .count = 6},
    {.name = "privacy",
     .purpose = "Answering what people ask of what is kept of them",
     .basis = "GDPR 6(1)(c), 12 to 21: the law wants it answered",
     .people = CUSTOMERS,
     .recipients = NOBODY_ELSE,
     .tables = {{&sealed_privacy_requests, RETENTION_PRIVACY_REQUESTS, "person_id decided_by"},
                {&sealed_export_pieces, RETENTION_EXPORTS, NULL},
                {&sealed_invoice_archive_pieces, RETENTION_EXPORTS, NULL}},
     .count = 3},
    {.name = "inquiries",
     .purpose = "Answering who asks for a contract before they are a customer",
     .basis = "GDPR 6(1)(b): steps before a contract",
     .people = "Who asks for a contract",
     .recipients = NOBODY_ELSE,
     .tables = {{&sealed_inquiries, RETENTION_INQUIRIES, "country language"}},
     .count = 1},
    {.name = "feedback",
     .purpose = "Hearing what customers think of the service, and answering",
     .basis = "GDPR 6(1)(a): they agreed to it when they said it, or to be asked",
     .people = CUSTOMERS,
     .recipients = NOBODY_ELSE,
     .tables = {{&sealed_feedback, RETENTION_FEEDBACK, "person_id replied_by"}},
     .count = 1},
    {.name = "invoiceQuestions",
     .purpose = "Answering what customers ask about invoices or dispute of them",
     .basis = CONTRACT,
     .people = CUSTOMERS,
     .recipients = NOBODY_ELSE,
     .tables = {{&sealed_invoice_questions, RETENTION_FEEDBACK, "person_id answered_by"}},
     .count = 1},
    {.name = "operation",
     .purpose = "Running the installation: machines' keys and secrets",
     .basis = INTEREST,
     .people = "Operators, as far as they name keys after people",
     .recipients = NOBODY_ELSE,
     .tables = {{&sealed_api_keys, RETENTION_SYSTEM, NULL},
                {&sealed_settings, RETENTION_SYSTEM, NULL}},
     .count = 2},
};
const size_t register_activity_count = ARRAY_LEN(register_activities);

const char *const register_measures[] = {
    "Columns of people are sealed by XChaCha20-Poly1305, each customer's and person's under keys "
    "of "
    "their own, which a key from outside the database wraps",
    "Erasure destroys these keys; backups hold none, so that it reaches them, too",
    "Operators have roles, a second factor, and a fresh proof for what is sensitive",
    "What cannot be undone needs a second person",
    "Who did what is in an audit log of hashes under signed checkpoints; nothing personal is in it",
    "Cards' numbers never come here; where people write one all the same it is refused",
};
const size_t register_measure_count = ARRAY_LEN(register_measures);

static const char *key_name(enum sealed_by by) {
    static const char *const names[] = {
        [SEALED_BY_PERSON] = "customer",
        [SEALED_BY_LAW] = "books",
        [SEALED_BY_MEMBER] = "person",
        [SEALED_BY_SYSTEM] = "installation",
    };
    return names[by];
}

static size_t add_table(const struct register_table *table, size_t count,
                        struct register_column *columns) {
    struct str plain = table->plain == NULL ? STR("") : str_from_cstr(table->plain);
    for (size_t i = 0; i < table->sealed->count; i++) {
        const struct sealed_field *field = &table->sealed->fields[i];
        check(count < REGISTER_COLUMNS_MAX);
        columns[count++] =
            (struct register_column){table, str_from_cstr(field->column), key_name(field->by)};
    }
    while (plain.len > 0) {
        check(count < REGISTER_COLUMNS_MAX);
        columns[count++] = (struct register_column){table, str_cut(&plain, ' '), ""};
    }
    return count;
}

size_t register_columns(const struct register_activity *activity,
                        struct register_column ret_columns[REGISTER_COLUMNS_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < activity->count; i++) {
        count = add_table(&activity->tables[i], count, ret_columns);
    }
    return count;
}
