/* Long work and rows that were set aside, for operators. */
#ifndef APP_JOB_H
#define APP_JOB_H

#include "app/app.h"
#include "store/job.h"

enum { LONG_JOBS_EACH = 5 };
/* Items are struct long_job_row. */
MUST_USE struct err long_jobs_read(struct tx *tx, struct row_list *ret_list);

/* Behind the id of the last one of the page before (empty: from the newest on); items are struct
 * set_aside_row. */
MUST_USE struct err set_aside_read(struct tx *tx, struct str before, size_t max,
                                   struct row_list *ret_list);

/* The row is due now. DONE or SET_ASIDE_NOT_FOUND. */
struct set_aside_retry {
    struct command command;
    struct str row_id;
    struct set_aside_row row; /* out */
};
void set_aside_retry(struct app *app, struct set_aside_retry *retry);

#endif
