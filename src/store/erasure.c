#include "store/erasure.h"

#include "base/check.h"
#include "store/queries.h"

static const struct erasure_step of_customer[] = {
    {"sessions", Q_ERASE_SESSIONS},
    {"links", Q_ERASE_LINKS},
    {"invitations", Q_ERASE_INVITATIONS},
    {"memberships", Q_ERASE_MEMBERS},
    {"mailsNotSent", Q_ERASE_MAILS_WAITING},
    {"mailTexts", Q_ERASE_MAIL_BODIES},
    {"webhookAnswers", Q_ERASE_WEBHOOK_ATTEMPTS},
    {"webhookBodiesSent", Q_ERASE_WEBHOOK_DELIVERIES},
    {"webhookBodiesReceived", Q_ERASE_WEBHOOK_BODIES},
    {"origins", Q_ERASE_ORIGINS},
    {"mailChoices", Q_ERASE_OPTOUTS},
    {"paymentMethodDetails", Q_ERASE_METHODS},
    {"preferences", Q_ERASE_PREFERENCES},
};
static const struct erasure_step of_person[] = {
    {"sessions", Q_ERASE_PERSON_SESSIONS},     {"links", Q_ERASE_PERSON_LINKS},
    {"identities", Q_ERASE_PERSON_IDENTITIES}, {"oneTimeCodes", Q_ERASE_PERSON_TOTP},
    {"passkeys", Q_ERASE_PERSON_PASSKEYS},     {"recoveryCodes", Q_ERASE_PERSON_CODES},
    {"memberships", Q_ERASE_PERSON_MEMBERS},   {"person", Q_ERASE_PERSON},
};
static const struct erasure_step of_subject[] = {
    {"choices", Q_ERASE_CHOICES},
    {"files", Q_ERASE_EXPORTS},
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
