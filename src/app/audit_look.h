/* The whole audit log looked at once more, as a job that operators begin, watch and cancel: each
 * row as audit_range.h looks at it, the newest first, some in a turn. Where it stands is in its row
 * alone, so that a restart goes on. What is wrong is told by the rows' ids; the log itself is only
 * read. */
#ifndef APP_AUDIT_LOOK_H
#define APP_AUDIT_LOOK_H

#include "app/app.h"
#include "app/command_of.h"
#include "store/audit_look.h"

enum { AUDIT_LOOK_FINDINGS_KEPT = 100 };

/* CREATED; AUDIT_LOOK_BUSY. */
struct audit_look_begin {
    struct command command;
    struct audit_look_row row; /* out; texts in the arena */
    struct arena *arena;       /* the caller's */
};
void audit_look_begin(struct app *app, struct audit_look_begin *begin);

/* DONE: no more rows are looked at, and what was found stays. AUDIT_LOOK_NOT_FOUND,
 * AUDIT_LOOK_OVER. */
void audit_look_cancel(struct app *app, struct command_of *cancel);

/* A turn of the look that is under way, if one is. For jobs/audit_look.c. */
struct audit_look_step {
    struct command command;
};
void audit_look_step(struct app *app, struct audit_look_step *step);
MUST_USE struct err audit_look_is_running(struct tx *tx, bool *ret_is);

/* In percent of the time between the newest and the oldest row. */
int64_t audit_look_percent(const struct audit_look_row *row);
/* Items are struct audit_look_row, the newest first. */
MUST_USE struct err audit_looks_read(struct tx *tx, struct str before, size_t max,
                                     struct row_list *ret_list);
MUST_USE struct err audit_look_read(struct tx *tx, struct str id, struct audit_look_row *ret_row,
                                    bool *ret_found);

#endif
