/* At start: the gate and the journal from the rows, so that both are what the rows say.
 *
 * A server does not wait for it. Customers are put page by page on threads of their own, and who
 * is asked for before their turn is put at once (gate_options.load); the journal's identities are
 * read by the writer before its first work, so that no event is judged before all are known. It is
 * exact because nobody can use anything of a customer who is not there: as long as they are not,
 * the rows are the truth. */
#ifndef APP_GATE_LOAD_H
#define APP_GATE_LOAD_H

#include "app/app.h"
#include "gate/gate.h"

enum { GATE_LOAD_PAGE = 500 };

/* Where the loading of all customers stands; zeroed to begin with. */
struct gate_load {
    char after[LIMIT_USER_ID + 1]; /* the last customer who was put */
    bool is_complete;
};
struct row_list;
/* The next page of customers, in memory of tx->cx; one thread at a time. */
MUST_USE struct err gate_load_next(struct tx *tx, struct gate_load *load,
                                   struct row_list *ret_page);
/* Puts the customers of a page, those who are there already excepted; several threads may, each
 * with a connection of its own. ERR_CORRUPT, with a sentence, when a row makes no sense. */
MUST_USE struct err gate_load_page(struct app *app, struct tx *tx, const struct row_list *page);
/* Puts one customer, if there is one of that name. */
MUST_USE struct err gate_load_customer(struct app *app, struct tx *tx, struct str user_id);

/* The identities of all batches that are kept. */
MUST_USE struct err journal_rebuild(struct app *app, struct tx *tx);

/* All of it, at once. */
MUST_USE struct err gate_rebuild(struct app *app, struct tx *tx);

#endif
