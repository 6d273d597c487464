/* What operators do with what customers say: they read it, name what they hear in it, answer by
 * mail, and close it. Sums of it are app/feedback_report.h's. */
#ifndef APP_FEEDBACK_ANSWER_H
#define APP_FEEDBACK_ANSWER_H

#include "app/feedback.h"
#include "base/shape.h"

/* Items are struct feedback_row, the newest first. */
MUST_USE struct err feedback_read(struct tx *tx, const struct feedback_filter *filter, size_t max,
                                  struct row_list *ret_list);

/* Who reads an answer: this person, or the customer if they are no member any more. */
struct feedback_reader {
    struct str address, name, language; /* address: empty when there is none */
};
MUST_USE struct err feedback_reader_of(struct tx *tx, struct str user_id, struct str person_id,
                                       struct feedback_reader *ret_reader);

/* Each: DONE, FEEDBACK_NOT_FOUND; `row` is as it stands then. */

/* These are its themes from now on; the same one twice is one. */
struct feedback_tag {
    struct command command;
    struct arena *arena; /* where the texts of `row` lie afterwards */
    struct str id;
    struct shape_list themes; /* struct str; at most FEEDBACK_THEMES_MAX */
    struct feedback_row row;
};
void feedback_tag(struct app *app, struct feedback_tag *tag);

/* The person who said it gets a mail, or the customer if they are no member any more.
 * FEEDBACK_IS_CLOSED, FEEDBACK_IS_REPLIED, FEEDBACK_NO_REPLY, FEEDBACK_NO_ADDRESS,
 * FEEDBACK_ADDRESS_SUPPRESSED. What an erased customer had said is not there any more. */
struct feedback_reply {
    struct command command;
    struct arena *arena; /* where the texts of `row` lie afterwards */
    struct str id;
    struct str text;
    struct feedback_row row;
};
void feedback_reply(struct app *app, struct feedback_reply *reply);

/* FEEDBACK_IS_CLOSED. */
struct feedback_close {
    struct command command;
    struct arena *arena; /* where the texts of `row` lie afterwards */
    struct str id;
    struct feedback_row row;
};
void feedback_close(struct app *app, struct feedback_close *close);

#endif
