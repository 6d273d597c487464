/* A customer asks about an invoice or disputes an amount of it; operators answer by mail, once, and
 * settle it. */
#ifndef APP_INVOICE_QUESTION_H
#define APP_INVOICE_QUESTION_H

#include "app/app.h"
#include "core/calendar.h"
#include "core/invoice_question.h"
#include "store/invoice_question.h"

/* CREATED; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED, INVOICE_NOT_FOUND, LINE_NOT_FOUND, QUESTION_DRAFT,
 * QUESTION_TOO_MANY, QUESTION_TOO_OFTEN with `not_before`, IDEMPOTENCY_MISMATCH. */
struct invoice_question_ask {
    struct command command;
    struct arena *arena;             /* where the texts of `row` lie afterwards */
    struct invoice_question_row row; /* user_id, invoice_id, kind, line, person_id, words,
                                        request_key; the rest is set */
    struct instant not_before;
};
void invoice_question_ask(struct app *app, struct invoice_question_ask *ask);

/* Each: DONE, QUESTION_NOT_FOUND, QUESTION_IS_SETTLED; `row` is as it stands then. */

/* By mail to the person who asked, or the customer if they are no member any more; where there is
 * no address, or none that takes mail, it stands on the invoice's page alone. QUESTION_IS_ANSWERED.
 */
struct invoice_question_answer {
    struct command command;
    struct arena *arena;
    struct str id, text;
    struct invoice_question_row row;
};
void invoice_question_answer(struct app *app, struct invoice_question_answer *answer);

/* QUESTION_NOT_ANSWERED, QUESTION_NOT_CORRECTED. */
struct invoice_question_settle {
    struct command command;
    struct arena *arena;
    struct str id;
    enum invoice_question_settlement settlement;
    struct invoice_question_row row;
};
void invoice_question_settle(struct app *app, struct invoice_question_settle *settle);

/* Items are struct invoice_question_row, the newest first. */
MUST_USE struct err invoice_questions_read(struct tx *tx, const struct invoice_question_of *of,
                                           struct str before, size_t max,
                                           struct row_list *ret_list);
MUST_USE struct err invoice_questions_search(struct tx *tx,
                                             const struct invoice_question_filter *filter,
                                             size_t max, struct row_list *ret_list);

/* How many about this invoice are not settled: who collects it is to see them. */
MUST_USE struct err invoice_questions_unsettled(struct tx *tx, const struct invoice_question_of *of,
                                                int64_t *ret_count);

#endif
