/* What people ask of what is kept of them (GDPR, 12 to 21): requests with their clock, and what
 * they allow beyond what the contract needs. Files are app/export.h's, erasure app/erasure.h's. */
#ifndef APP_PRIVACY_H
#define APP_PRIVACY_H

#include "app/app.h"
#include "store/privacy.h"

/* Whose data: a customer's, or, with an empty user_id, a person's. In the arena. */
struct str privacy_subject(struct cx *cx, struct str user_id, struct str person_id);
/* Due in a month (GDPR, 12(3)); the rest is for who asks to fill. */
struct privacy_request_row privacy_request_new(struct cx *cx, struct str kind, struct str subject);
/* DONE, CUSTOMER_NOT_FOUND, CUSTOMER_ERASED. */
MUST_USE struct err privacy_customer_stands(struct tx *tx, struct str user_id,
                                            enum outcome *ret_outcome);
MUST_USE struct err privacy_is_erased(struct tx *tx, struct str user_id, bool *ret_is);

enum { PRIVACY_REQUESTS_SHOWN = 20 };
/* The newest first; items are struct privacy_request_row. */
MUST_USE struct err privacy_requests_of(struct tx *tx, struct str subject, struct row_list *ret);
/* Nobody has answered it yet. */
bool privacy_is_waiting(const struct privacy_request_row *row);
/* What is to be answered, the first due in front, then what was, the newest first; behind the id
 * `after`, empty: from the start. */
MUST_USE struct err privacy_requests_read(struct tx *tx, struct str after, struct str status,
                                          size_t max, struct row_list *ret_list);
MUST_USE struct err privacy_request_read(struct tx *tx, struct str id,
                                         struct privacy_request_row *ret_row, bool *ret_found);

/* --- what is allowed --- */

enum privacy_purpose {
    PURPOSE_ANALYTICS,
    PURPOSE_EXPERIMENTS,
    PURPOSE_FEEDBACK_MAIL,
    PURPOSE_MARKETING,
    PURPOSE_COUNT,
};
/* Whoever processes anything for one of these purposes asks here first; who was never asked allows
 * nothing, and neither does anybody while it is restricted. */
MUST_USE struct err privacy_allows(struct tx *tx, struct str subject, enum privacy_purpose purpose,
                                   bool *ret_allows);
/* All false, at 0, when nothing was said. */
MUST_USE struct err privacy_choices_read(struct tx *tx, struct str subject,
                                         struct privacy_choices_row *ret_row);
/* DONE; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED of a customer's. */
struct privacy_choose {
    struct command command;
    struct str user_id;      /* empty: a person's */
    struct str text_version; /* of the words that were shown; may be empty */
    bool is_by_person;       /* else the platform says so for them */
    struct privacy_choices_row row;
};
void privacy_choose(struct app *app, struct privacy_choose *choose);

enum { PRIVACY_CONSENTS_SHOWN = 20 };
/* What was said, the newest first; items are struct privacy_consent_row. */
MUST_USE struct err privacy_consents_read(struct tx *tx, struct str subject,
                                          struct row_list *ret_list);

/* While it is restricted (GDPR, 18) nothing of these purposes is done, whatever is allowed. DONE,
 * again and again; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED. */
struct privacy_restrict {
    struct command command;
    struct str user_id, subject; /* as of privacy_choose */
    struct str reason;           /* an operator's, whom the customer hears of; else empty */
    bool is_restricted, is_by_operator;
};
void privacy_restrict(struct app *app, struct privacy_restrict *restrict_);

#endif
