/* What is remembered of takes with an id: that one was asked before, what was answered, and how
 * much of it was given back. On the writer's thread. */
#ifndef APP_TAKE_MEMORY_H
#define APP_TAKE_MEMORY_H

#include "app/take.h"
#include "app/take_answer.h"

#define TAKE_SOURCE STR("turnpike:take")

struct take_memory {
    enum metric metric;
    struct quantity asked;
    struct quantity taken; /* what may be given back: nothing of one that was denied */
    struct instant at;
    struct str answer; /* JSON, in the transaction's arena */
    bool is_row;       /* of before the journal carried answers */
};

/* The take of this customer and id. */
MUST_USE struct err take_recall(const struct app *app, struct tx *tx,
                                const struct take_request *request, struct take_memory *ret_memory,
                                bool *ret_found);

/* Notes that request->amount of it is given back. *ret_noted is false, and nothing is written, when
 * that would be more than it took. */
MUST_USE struct err take_give_back(struct tx *tx, const struct take_request *request,
                                   const struct take_memory *memory, bool *ret_noted);

/* Journals the take with what was answered, and adds to the totals what it counted. */
MUST_USE struct err take_remember(struct take_command *take, struct tx *tx);

#endif
