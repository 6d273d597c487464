/* What a grace comes to with time alone: 12 hours before its end and at its end the customer is
 * told, whether or not anything is used at that moment. */
#ifndef APP_LIMIT_DUE_H
#define APP_LIMIT_DUE_H

#include "app/app.h"

/* The next such moment after `after`; INSTANT_MAX when there is none. */
MUST_USE struct err limit_next_due(struct tx *tx, struct instant after, struct instant *ret_at);

enum { LIMIT_DUE_PAGE = 500 }; /* limits that one run judges */

/* How far a run has come; zeroed but for `from` at first. */
struct limit_due {
    struct instant from; /* graces that end after it */
    bool has_more;       /* to be run again */
    char user_id[LIMIT_USER_ID + 1];
    const char *metric;
};
/* Judges anew every limit whose grace came to such a moment since `from`, a page at a time. On the
 * writer's thread. */
MUST_USE struct err limit_run_due(struct app *app, struct tx *tx, struct limit_due *due);

#endif
