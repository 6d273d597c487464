/* The calls that wait to be made, and what comes of them: for the worker in jobs/outbox.c. */
#ifndef APP_OUTBOX_H
#define APP_OUTBOX_H

#include "app/app.h"
#include "app/gate_update.h"
#include "store/outbox.h"

/* Rows that wait (struct outbox_row), the oldest first; at most `max`. */
MUST_USE struct err outbox_waiting(struct tx *tx, size_t max, struct row_list *ret_list);
struct outbox_work {
    struct payments_call call;
    bool is_reading_back; /* `call` reads what became of the row's own call */
};
/* What is to be called for a row that waits; lives in the arena of tx. */
MUST_USE struct err outbox_work_of(struct tx *tx, const struct outbox_row *row,
                                   struct outbox_work *ret_work);

/* Records what came of a call and goes on with its operation. */
struct outbox_answer {
    struct command command;
    struct str user_id, id;
    const struct payments_answer *answer;
    bool is_reading_back; /* of the work that was sent */
    /* out */
    bool is_settled; /* false: ask again (PAYMENTS_UNKNOWN) */
    bool has_ended;  /* the operation; its waiters may be told */
    struct record_id operation_id;
    struct gate_update gate_update;
};
void outbox_answered(struct app *app, struct outbox_answer *answer);

#endif
