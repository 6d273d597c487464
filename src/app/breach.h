/* Breaches of personal data: a clock of 72 hours (GDPR, 33), reminders, whom it affects, and the
 * record of who was told (33(5), 34). */
#ifndef APP_BREACH_H
#define APP_BREACH_H

#include "app/app.h"
#include "store/breach.h"

enum { BREACH_HOURS = 72 };

/* CREATED with the id; INVALID_BREACH when it is known only in the future. */
struct breach_open {
    struct command command;
    struct breach_row row; /* in: title, description, categories, known_at */
};
void breach_open(struct app *app, struct breach_open *open);

/* DONE; BREACH_NOT_FOUND, BREACH_CLOSED, INVALID_BREACH when somebody was told before it was known,
 * or only in the future. */
struct breach_close {
    struct command command;
    struct str id, authority_reference, conclusion;
    int64_t authority_told_at, people_told_at; /* or ROW_NONE: they were not, and the conclusion
                                                  says why */
};
void breach_close(struct app *app, struct breach_close *close);

/* --- as time passes --- */

/* After 24, 48 and 60 hours the operators are told what is left of the 72. */
MUST_USE struct err breach_remind(struct app *app, struct tx *tx, bool *ret_has_more);
MUST_USE struct err breach_remind_at(struct tx *tx, struct instant *ret_at);

/* --- reading --- */

MUST_USE struct err breach_read(struct tx *tx, struct str id, struct breach_row *ret_row,
                                bool *ret_found);
MUST_USE struct err breaches_read(struct tx *tx, struct str before, size_t max,
                                  struct row_list *ret_list);

/* Whom to write to; empty texts of who was erased. */
struct breach_contact {
    struct str user_id, name, email, language, country;
};
/* Customers in order of their ids; items are struct breach_contact. */
MUST_USE struct err breach_contacts(struct tx *tx, const struct breach_query *query, size_t max,
                                    struct row_list *ret_list);

#endif
