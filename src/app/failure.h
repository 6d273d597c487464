/* A use case that failed for a reason of its own: a row that cannot be read, a mail that was badly
 * filled. It was undone alone (store/writer.h); whoever asked is answered INTERNAL. Operators are
 * told once a day for each place of the program. */
#ifndef APP_FAILURE_H
#define APP_FAILURE_H

#include "app/app.h"

/* On the loop's thread. Costs nothing where the place was told of today: what is tried again and
 * again is not written again and again. A failure of the telling itself is told like any other, and
 * so at most once. */
void failure_tell(struct app *app, struct err err);

#endif
