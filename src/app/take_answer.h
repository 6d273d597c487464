/* Verdicts as answers, and the one piece of counting that take and release share. */
#ifndef APP_TAKE_ANSWER_H
#define APP_TAKE_ANSWER_H

#include "app/take.h"
#include "base/id.h"
#include "gate/journal_record.h"

/* Of a verdict given at `at`. Text lives in the arena. */
struct take_answer take_answer_of(const struct app *app, const struct take_request *request,
                                  const struct gate_verdict *verdict, struct instant at,
                                  struct arena *arena);
/* A record on its way into the journal and the totals. */
struct counted_use {
    struct usage_record record;
    struct instant period_start; /* of the usage period that it counts in */
    struct record_id id;         /* for a record without one */
    struct str facts;            /* of a take with an id, or empty */
};
/* Journals the records and adds what counts to the totals of their hours and periods, all or none
 * of them. A command that fails afterwards rewinds the journal (journal_mark). */
MUST_USE struct err take_count(struct app *app, struct tx *tx, struct counted_use *uses,
                               size_t count);

#endif
