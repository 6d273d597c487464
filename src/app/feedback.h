/* What customers say (core/feedback.h): why they leave, whether they would recommend the service,
 * and free words about a page; each with the plan and the revenue of that moment. When somebody may
 * be asked for a score is decided here, too: only who has agreed to be asked for an opinion
 * (app/privacy.h), after a larger plan began, a cancellation or an operator's demand, and not more
 * often than every 90 days. What operators do with it is app/feedback_answer.h's. */
#ifndef APP_FEEDBACK_H
#define APP_FEEDBACK_H

#include "app/app.h"
#include "core/feedback.h"
#include "store/feedback.h"

enum {
    FEEDBACK_TEXT_MAX = 2000,   /* characters of words, and of a reply */
    FEEDBACK_PAGE_MAX = 128,    /* of an address, without what it asks */
    FEEDBACK_THEMES_MAX = 8,    /* of a piece */
    FEEDBACK_THEME_LENGTH = 32, /* a-z 0-9 _ - */
};

/* Into `arena`, which outlives the transaction: the texts of a row that is handed back. */
void feedback_keep(struct arena *arena, struct feedback_row *row);

/* CREATED, also when the same request said the same before; IDEMPOTENCY_MISMATCH: it said something
 * else. CUSTOMER_NOT_FOUND, CUSTOMER_ERASED; FEEDBACK_TOO_OFTEN, FEEDBACK_SCORED_LATELY: not
 * before `not_before`. A score ends the question that it answers, and takes its cause. */
struct feedback_say {
    struct command command;
    struct arena *arena;     /* where the texts of `row` lie afterwards */
    struct feedback_row row; /* user_id, person_id, kind, score, comment, page, may_reply,
                                request_key; the rest
                                is set */
    struct instant not_before;
};
void feedback_say(struct app *app, struct feedback_say *say);

/* A plan was cancelled, whether or not somebody said why. Within the transaction that does it. */
struct feedback_cancelled {
    struct str user_id, stripe_subscription_id;
    struct str reason, comment; /* as they came; a word that is none of Stripe's is `other`, and
                                   stands before the comment */
};
MUST_USE struct err feedback_note_cancel(struct app *app, struct tx *tx,
                                         const struct feedback_cancelled *cancelled);
/* A larger plan began. The same. */
MUST_USE struct err feedback_note_upgrade(struct tx *tx, struct str user_id);

/* Whether the customer is asked for a score now; if so, that it was put is noted. DONE,
 * CUSTOMER_NOT_FOUND, CUSTOMER_ERASED. */
struct feedback_ask {
    struct command command;
    struct str user_id;
    enum feedback_asking asking;
    enum feedback_cause cause; /* of FEEDBACK_ASK */
};
void feedback_ask(struct app *app, struct feedback_ask *ask);

/* The same without noting it. */
struct feedback_due {
    enum feedback_asking asking;
    enum feedback_cause cause; /* of FEEDBACK_ASK */
    bool is_new;               /* it was not put before */
};
MUST_USE struct err feedback_due_read(struct tx *tx, struct str user_id,
                                      struct feedback_due *ret_due);

/* Not now: this question is not put again. DONE, FEEDBACK_NOT_ASKED. */
struct feedback_put_off {
    struct command command;
    struct str user_id;
};
void feedback_put_off(struct app *app, struct feedback_put_off *put_off);

/* An operator asks for a score by mail. CREATED; CUSTOMER_NOT_FOUND, CUSTOMER_ERASED,
 * FEEDBACK_NOT_ALLOWED, FEEDBACK_NO_ADDRESS, FEEDBACK_ADDRESS_SUPPRESSED; FEEDBACK_ASKED_LATELY:
 * not before `not_before`. */
struct feedback_demand {
    struct command command;
    struct feedback_question_row row; /* user_id; the rest is set */
    struct instant not_before;
};
void feedback_demand(struct app *app, struct feedback_demand *demand);

/* Of one customer, before the id `before` (empty: the newest), the newest first; struct
 * feedback_row. */
MUST_USE struct err feedback_said_read(struct tx *tx, struct str user_id, struct str before,
                                       size_t max, struct row_list *ret_list);

#endif
