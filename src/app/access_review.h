/* Reviews of access: every three months, or when somebody asks, each operator and each API key of
 * the platform is looked at by somebody else, who says whether they keep what they have. What is
 * decided is done in the same transaction; what nobody has decided by the due date is marked, and
 * the review is closed: from then on it does not change. */
#ifndef APP_ACCESS_REVIEW_H
#define APP_ACCESS_REVIEW_H

#include "app/access.h"
#include "app/member.h"
#include "store/access_review.h"

enum {
    ACCESS_HELD_MAX = 128,
    ACCESS_REVIEW_DAYS = 14,
    ACCESS_REVIEW_MONTHS = 3,
    ACCESS_REVIEW_ITEMS_MAX = 1000
};

/* CREATED, ACCESS_REVIEW_OPEN. */
struct access_review_open {
    struct command command;
    struct record_id id; /* out */
};
void access_review_open(struct app *app, struct access_review_open *open);

enum access_decision { ACCESS_KEEP, ACCESS_CHANGE, ACCESS_REVOKE };
struct access_review_decide {
    struct command command;
    struct str review_id, item_id;
    enum access_decision decision;
    enum role becomes; /* of ACCESS_CHANGE: of an operator, and another one */
    struct str reason;
    struct str person_id;           /* who decides */
    char now_held[ACCESS_HELD_MAX]; /* out, with ACCESS_REVIEW_CHANGED; empty: nothing any more */
};
/* DONE; ACCESS_REVIEW_NOT_FOUND, ACCESS_REVIEW_CLOSED, ACCESS_REVIEW_DECIDED, ACCESS_REVIEW_OWN
 * (oneself, or a key that one has made), ACCESS_REVIEW_CHANGED (they have something else by now:
 * that is what is to be decided of from now on),
 * ACCESS_REVIEW_NO_ROLE (a key is kept or revoked), LAST_ONE. */
void access_review_decide(struct app *app, struct access_review_decide *decide);

/* Those before an id, the newest first; struct access_review_row. */
MUST_USE struct err access_reviews_read(struct tx *tx, struct str before, size_t max,
                                        struct row_list *ret_list);
/* One with its items: struct access_review_item_row. */
MUST_USE struct err access_review_read(struct tx *tx, struct str id,
                                       struct access_review_row *ret_row,
                                       struct row_list *ret_items, bool *ret_found);
/* Whom, or what, an item is about, for people; without bytes when they are gone. */
MUST_USE struct err access_review_name(struct tx *tx, const struct access_review_item_row *item,
                                       struct str *ret_name);

/* What time brings: a review is opened, reminded of, closed. */
MUST_USE struct err access_review_due_at(struct tx *tx, struct instant *ret_at);
MUST_USE struct err access_review_run_due(struct app *app, struct tx *tx);

#endif
