/* Totals held against the journal: what the hours, days and periods of counters and the accounts of
 * sources would be if they were added up once more from every record that is kept, and where the
 * stored ones say something else.
 *
 * A row is judged when the journal holds all that it consists of. It holds what was recorded since
 * its oldest batch, and in any case within the days that it is kept; so judged are totals that
 * begin later, and everything of customers who were made later, or all while the first batch is
 * there. Levels of gauges depend on all that ever happened: they are left out. */
#ifndef APP_USAGE_REBUILD_H
#define APP_USAGE_REBUILD_H

#include "app/app.h"
#include "store/usage_stored.h"

struct usage_difference {
    struct usage_correction rebuilt;
    struct usage_stored stored; /* all 0 where there is no row; its texts are gone */
};

struct usage_rebuild {
    bool repairs; /* in: writes each difference as it was rebuilt */
    int64_t compared, older;
    struct usage_difference *differences; /* in the arena, by customer, metric, kind and time */
    size_t count;
};

/* In a transaction of the caller's, with totals that were brought up to date
 * (usage_totals_recover), while nobody writes. */
MUST_USE struct err usage_rebuild(struct app *app, struct tx *tx, struct usage_rebuild *rebuild);

/* "hour", "day", "period" or "account" */
const char *usage_rebuild_kind(const struct usage_stored *row);

#endif
