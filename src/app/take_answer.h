/* Verdicts as answers, and the one piece of counting that take and release share. */
#ifndef APP_TAKE_ANSWER_H
#define APP_TAKE_ANSWER_H

#include "app/take.h"

/* Text lives in the arena. */
struct take_answer take_answer_of(const struct app *app, const struct take_request *request,
                                  const struct gate_verdict *verdict, struct arena *arena);
/* Journals a record and adds it to the totals of its hour and of the usage period that starts at
 * `period_start`. A record without an id gets one. */
MUST_USE struct err take_count(struct app *app, struct tx *tx, const struct usage_record *record,
                               struct instant period_start);

#endif
