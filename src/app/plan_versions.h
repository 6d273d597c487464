/* The catalogue as operators look at it: every version of every plan, since when it is offered, and
 * how many hold it. */
#ifndef APP_PLAN_VERSIONS_H
#define APP_PLAN_VERSIONS_H

#include "app/app.h"

struct plan_version_held {
    const struct plan *plan;
    bool is_sold;       /* the newest of its plan */
    int64_t offered_at; /* when it was first in force */
    int64_t holders[INTERVAL_COUNT];
};
/* By plan, the newest version first; contracts' versions are not among them. */
MUST_USE struct err plan_versions_read(const struct app *app, struct tx *tx,
                                       struct row_list *ret_list);

/* Since when what is sold is as it is: of the newest version of any plan. *ret_is_known is false
 * when none was ever offered. */
MUST_USE struct err plan_versions_changed(const struct app *app, struct tx *tx,
                                          struct instant *ret_at, bool *ret_is_known);

#endif
