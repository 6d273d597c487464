/* How far work is that goes in steps, and when it will be done by its pace so far. Of the loop's
 * thread: what makes it tells, and whoever shows it asks. Pure but for the clock of the caller. */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>

#include "base/id.h"
#include "core/calendar.h"

struct app;

struct progress {
    struct record_id id;
    int64_t done, total; /* 0 done: nothing is known */
    uint64_t begun_ns;   /* monotonic */
};

void progress_begin(struct progress *progress, const struct app *app, const struct record_id *id);
/* `done` of `total` steps; 0 done: nothing can be said. */
void progress_tell(struct progress *progress, int64_t done, int64_t total);
/* In percent; false: nothing can be said of it, as while others are made before it. */
bool progress_of(const struct progress *progress, const struct app *app, struct str id,
                 int64_t *ret_percent, struct instant *ret_done_at);

#endif
