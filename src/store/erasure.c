#include "store/erasure.h"

#include "base/check.h"
#include "store/queries.h"

static const struct erasure_step of_customer[] = {
    {"sessions", Q_ERASE_SESSIONS},
    {"links", Q_ERASE_LINKS},
    {"invitations", Q_ERASE_INVITATIONS},
    {"inquiries", Q_ERASE_INQUIRIES},
    {"memberships", Q_ERASE_MEMBERS},
    {"mailsNotSent", Q_ERASE_MAILS_WAITING},
    {"mailTexts", Q_ERASE_MAIL_BODIES},
    {"webhookAnswers", Q_ERASE_WEBHOOK_ATTEMPTS},
    {"webhookBodiesSent", Q_ERASE_WEBHOOK_DELIVERIES},
    {"webhookBodiesReceived", Q_ERASE_WEBHOOK_BODIES},
    {"origins", Q_ERASE_ORIGINS},
    {"reasons", Q_ERASE_REASONS},
    {"mailChoices", Q_ERASE_OPTOUTS},
    {"paymentMethodDetails", Q_ERASE_METHODS},
    {"preferences", Q_ERASE_PREFERENCES},
    {"alerts", Q_ERASE_USAGE_ALERTS},
    {"alertsTold", Q_ERASE_USAGE_ALERT_FIRINGS},
    {"experiments", Q_ERASE_EXPERIMENT_UNITS},
    {"feedback", Q_ERASE_FEEDBACK},
    {"feedbackThemes", Q_ERASE_FEEDBACK_THEMES},
    {"feedbackQuestions", Q_ERASE_FEEDBACK_QUESTIONS},
    {"invoiceQuestions", Q_ERASE_INVOICE_QUESTIONS},
    {"invoiceFiles", Q_ERASE_INVOICE_ARCHIVES},
    {"whatIfs", Q_ERASE_WHAT_IFS},
    {"owner", Q_ERASE_OWNER},
    {"signals", Q_ERASE_ADOPTION_SIGNALS},
    {"pause", Q_ERASE_PAUSE},
};
static const struct erasure_step of_person[] = {
    {"sessions", Q_ERASE_PERSON_SESSIONS},
    {"links", Q_ERASE_PERSON_LINKS},
    {"signIns", Q_ERASE_PERSON_SIGN_INS},
    {"emailChanges", Q_ERASE_PERSON_EMAIL_CHANGES},
    {"identities", Q_ERASE_PERSON_IDENTITIES},
    {"oneTimeCodes", Q_ERASE_PERSON_TOTP},
    {"passkeys", Q_ERASE_PERSON_PASSKEYS},
    {"recoveryCodes", Q_ERASE_PERSON_CODES},
    {"appearance", Q_ERASE_PERSON_APPEARANCE},
    {"savedViews", Q_ERASE_PERSON_SAVED_VIEWS},
    {"feedback", Q_ERASE_PERSON_FEEDBACK},
    {"memberships", Q_ERASE_PERSON_MEMBERS},
    {"invoiceQuestions", Q_ERASE_PERSON_INVOICE_QUESTIONS},
    {"lookedAfter", Q_ERASE_PERSON_OWNED},
    {"person", Q_ERASE_PERSON},
};
static const struct erasure_step of_subject[] = {
    {"choices", Q_ERASE_CHOICES},
    {"consents", Q_ERASE_CONSENTS},
    {"fileRequests", Q_ERASE_EXPORT_REQUESTS},
};

static struct err run_steps(struct tx *tx, struct str of, struct erasure_counts *counts) {
    check(counts->count <= ERASURE_STEPS_MAX);
    for (size_t i = 0; i < counts->count; i++) {
        TRY(db_run(tx->db, counts->steps[i].statement, DB_ARGS(db_text(of)), &counts->rows[i]));
    }
    return OK;
}

struct err erase_rows_of_customer(struct tx *tx, struct str user_id,
                                  struct erasure_counts *ret_counts) {
    *ret_counts = (struct erasure_counts){.steps = of_customer, .count = ARRAY_LEN(of_customer)};
    return run_steps(tx, user_id, ret_counts);
}

struct err erase_rows_of_person(struct tx *tx, struct str person_id,
                                struct erasure_counts *ret_counts) {
    *ret_counts = (struct erasure_counts){.steps = of_person, .count = ARRAY_LEN(of_person)};
    return run_steps(tx, person_id, ret_counts);
}

struct err erase_rows_of_subject(struct tx *tx, struct str subject) {
    struct erasure_counts counts = {.steps = of_subject, .count = ARRAY_LEN(of_subject)};
    return run_steps(tx, subject, &counts);
}

struct err erase_origin(struct tx *tx, struct str user_id, struct str reference) {
    return row_change(tx, ROW_QUERY(Q_ERASE_ORIGIN, db_text(user_id), db_text(reference)));
}

/* --- in a copy of before --- */

static const struct column erased_key_columns[] = {
    {COLUMN_TEXT, offsetof(struct erased_key_row, subject), NULL},
    {COLUMN_I64, offsetof(struct erased_key_row, at), NULL},
};
static const struct row_type erased_key_type = ROW_TYPE(struct erased_key_row, erased_key_columns);

struct err erased_keys(struct tx *tx, struct str after, size_t max, struct row_list *ret_list) {
    return row_list(tx, &erased_key_type,
                    ROW_QUERY(Q_ERASED_KEYS, db_text(after), db_i64((int64_t)max)), max, ret_list);
}

struct err erase_personal_mails(struct tx *tx) {
    return row_change(tx, (struct row_query){Q_ERASE_PERSONAL_MAILS, DB_NO_ARGS});
}

struct err erase_mails_under(struct tx *tx, struct str user_id) {
    return row_change(tx, ROW_QUERY(Q_ERASE_MAILS_UNDER, db_text(user_id)));
}

static const struct column text_columns[] = {{COLUMN_TEXT, 0, NULL}};
static const struct row_type text_type = ROW_TYPE(struct str, text_columns);

struct err person_is_there(struct tx *tx, struct str person_id, bool *ret_is) {
    struct str id;
    return row_get(tx, &text_type, ROW_QUERY(Q_ERASURE_PERSON_ID, db_text(person_id)), &id, ret_is);
}

struct err suppressed_indexes(struct tx *tx, struct str after, size_t max,
                              struct row_list *ret_list) {
    return row_list(tx, &text_type,
                    ROW_QUERY(Q_SUPPRESSED_INDEXES, db_text(after), db_i64((int64_t)max)), max,
                    ret_list);
}

struct err suppressed_index_put(struct tx *tx, struct str index) {
    return row_change(tx, ROW_QUERY(Q_SUPPRESSED_INDEX_PUT, db_text(index)));
}

struct err suppressed_index_has(struct tx *tx, struct str index, bool *ret_has) {
    struct str found;
    return row_get(tx, &text_type, ROW_QUERY(Q_SUPPRESSED_INDEX_HAS, db_text(index)), &found,
                   ret_has);
}

struct err suppressed_index_delete(struct tx *tx, struct str index) {
    return row_change(tx, ROW_QUERY(Q_MAIL_SUPPRESSION_DELETE, db_text(index)));
}
