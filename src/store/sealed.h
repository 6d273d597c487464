/* Which columns are sealed, and how a text is.
 *
 * A sealed column holds "s1:", the version of the key, ":" and the base64 of nonce, ciphertext and
 * tag. Table, column, row and version are sealed with it, so that a text opens at its own place
 * alone. The empty text stays empty: it tells nothing. What is from before there were keys is read
 * as it stands, until a walk (store/key_walk.h) has sealed it. What is sealed under a key that was
 * destroyed, or written under it, reads as `erased` says. */
#ifndef STORE_SEALED_H
#define STORE_SEALED_H

#include "store/keyring.h"
#include "store/row.h"

/* Under which key a column is sealed. A row of nobody's has no key of a person's: its text is the
 * installation's, or stays as it is. */
enum sealed_by {
    SEALED_BY_PERSON, /* the customer's KEY_PII; of nobody: KEY_SYSTEM */
    SEALED_BY_LAW,    /* the customer's KEY_LEGAL; of nobody: left as it is */
    SEALED_BY_MEMBER, /* KEY_PII of a person who signs in */
    SEALED_BY_SYSTEM, /* KEY_SYSTEM */
};

struct sealed_field {
    const char *column;
    enum sealed_by by;
    const char *erased; /* what is read once the key is gone; NULL: "erased" */
    bool is_nullable;
};

enum { SEALED_FIELDS_MAX = 8 };

struct sealed_table {
    const char *name;
    struct sealed_field fields[SEALED_FIELDS_MAX];
    size_t count;
};

/* Fields by their number in the table. */
enum { CUSTOMERS_EMAIL, CUSTOMERS_NAME, CUSTOMERS_ADDRESS, CUSTOMERS_TAX_IDS };
extern const struct sealed_table sealed_customers;
enum { MAILS_ADDRESS, MAILS_NAME, MAILS_FACTS, MAILS_SUBJECT, MAILS_TEXT, MAILS_HTML, MAILS_ERROR };
extern const struct sealed_table sealed_mails;
enum { OPERATIONS_REQUEST, OPERATIONS_RESULT };
extern const struct sealed_table sealed_operations;
enum { OUTBOX_PAYLOAD, OUTBOX_ERROR };
extern const struct sealed_table sealed_outbox;
enum { BANK_TRANSFERS_ADDRESSES };
extern const struct sealed_table sealed_bank_transfers;
enum { PAYMENT_METHODS_LAST4 };
extern const struct sealed_table sealed_payment_methods;
enum { INVOICES_HOSTED_URL, INVOICES_PDF_URL, INVOICES_LINES };
extern const struct sealed_table sealed_invoices;
enum { CREDIT_NOTES_PDF_URL };
extern const struct sealed_table sealed_credit_notes;
enum { BILLING_EVENTS_DESCRIPTION, BILLING_EVENTS_METADATA };
extern const struct sealed_table sealed_billing_events;
enum { PARKED_RELEASE_REASON };
extern const struct sealed_table sealed_parked;
enum {
    APPROVALS_REQUEST,
    APPROVALS_FACTS_BEFORE,
    APPROVALS_FACTS_AFTER,
    APPROVALS_REASON,
    APPROVALS_DECISION_REASON,
};
extern const struct sealed_table sealed_approvals;
enum {
    CONTRACTS_PURCHASE_ORDER,
    CONTRACTS_NOTE,
    CONTRACTS_MESSAGE,
    CONTRACTS_ACCEPTED_NAME,
    CONTRACTS_DECLINE_REASON,
};
extern const struct sealed_table sealed_contracts, sealed_customer_notes, sealed_feedback;
enum { WITHDRAWALS_NAME, WITHDRAWALS_STATEMENT };
enum { CORRECTIONS_PURCHASE_ORDER };
enum { CONSENTS_WORDS };
enum { RETENTION_HOLDS_REASON, DUNNING_ACTIONS_REASON = 0, CUSTOMER_NOTES_NOTE = 0 };
enum { INVOICE_QUESTIONS_WORDS, INVOICE_QUESTIONS_ANSWER };
extern const struct sealed_table sealed_invoice_questions;
enum { FEEDBACK_COMMENT, FEEDBACK_REPLY_TEXT };
extern const struct sealed_table sealed_dunning_actions, sealed_retention_holds, sealed_consents;
enum { SIGN_IN_LINKS_RETURN_PATH, SIGN_IN_LINKS_REASON };
extern const struct sealed_table sealed_sign_in_links, sealed_withdrawals, sealed_corrections;
enum { WEBHOOK_EVENTS_BODY, WEBHOOK_EVENTS_ERROR };
extern const struct sealed_table sealed_webhook_events;
enum { API_KEYS_NAME, API_KEYS_IP_ALLOWLIST };
enum { SUPPRESSED_ADDRESS, SUPPRESSED_REASON };
extern const struct sealed_table sealed_api_keys, sealed_suppressed;
enum { AUDIT_ORIGINS_ADDRESS, AUDIT_ORIGINS_AGENT, AUDIT_REASONS_REASON = 0 };
extern const struct sealed_table sealed_audit_origins, sealed_audit_reasons;
enum { PRIVACY_REQUESTS_REASON };
extern const struct sealed_table sealed_privacy_requests;
/* Files for people, which are kept for a week, or a month: no walk needs to seal them anew. */
enum { EXPORT_PIECES_BODY, EVIDENCE_PIECES_BODY = 0, INVOICE_ARCHIVE_PIECES_BODY = 0 };
enum { SETTINGS_VALUE };
enum { BREACHES_TITLE, BREACHES_DESCRIPTION, BREACHES_REFERENCE, BREACHES_CONCLUSION };
enum { ALERT_HANDLINGS_NOTE, ACCESS_REVIEW_ITEMS_REASON = 0 };
extern const struct sealed_table sealed_settings, sealed_breaches, sealed_export_pieces,
    sealed_evidence_pieces, sealed_invoice_archive_pieces, sealed_alert_handlings,
    sealed_access_review_items;

/* URLs may have passwords of their own in them. */
enum { WEBHOOK_ENDPOINTS_URL, WEBHOOK_ENDPOINTS_SECRET, WEBHOOK_ENDPOINTS_SECRET_BEFORE };
extern const struct sealed_table sealed_webhook_endpoints;
enum { WEBHOOK_DELIVERIES_BODY, WEBHOOK_ATTEMPTS_RESPONSE = 0 };
extern const struct sealed_table sealed_webhook_deliveries, sealed_webhook_attempts;

enum { PEOPLE_EMAIL, PEOPLE_NAME };
extern const struct sealed_table sealed_people;
enum { INVITATIONS_EMAIL, INVITATIONS_INVITED_BY };
extern const struct sealed_table sealed_invitations;
enum { INQUIRIES_COMPANY, INQUIRIES_NAME, INQUIRIES_EMAIL, INQUIRIES_MESSAGE, INQUIRIES_REASON };
extern const struct sealed_table sealed_inquiries;
enum { TOTP_SECRETS_SECRET };
extern const struct sealed_table sealed_totp_secrets;
enum { PASSKEYS_NAME };
extern const struct sealed_table sealed_passkeys;
enum { SESSIONS_ADDRESS, SESSIONS_USER_AGENT, SESSIONS_REASON };
extern const struct sealed_table sealed_sessions;
enum { SIGN_INS_ADDRESS, SIGN_INS_USER_AGENT };
enum { EMAIL_CHANGES_OLD, EMAIL_CHANGES_NEW };
enum { USAGE_ALERTS_RECIPIENTS };
extern const struct sealed_table sealed_sign_ins, sealed_email_changes, sealed_usage_alerts;

/* Where one text stands. */
struct sealed_place {
    const struct sealed_table *table;
    int field;
    struct str user_id; /* a customer's or a person's id; empty: nobody's */
    struct str row_id;
};

/* Whose key a person's is, for keyring_destroy(): behind a blank, which no customer's id has, so
 * that nobody is made to share a key with another. In the arena. */
struct str sealed_member(struct arena *arena, struct str person_id);
/* The inverse; false when the text is no such one. */
bool sealed_is_member(struct str text, struct str *ret_person_id);

/* For the column, in the arena. ERR_CORRUPT, with the place in cx->detail, when the key is not
 * there or does not open. */
MUST_USE struct err sealed_write(struct tx *tx, const struct sealed_place *place, struct str plain,
                                 struct str *ret_text);
/* The inverse; what is not sealed is given as it is. */
MUST_USE struct err sealed_read(struct tx *tx, const struct sealed_place *place, struct str text,
                                struct str *ret_plain);
/* Whether the text is sealed under a key of this generation, or need not be. */
bool sealed_is_current(const struct sealed_place *place, struct str text, int64_t generation);

#endif
