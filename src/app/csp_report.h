/* What the pages' policy has stopped, as browsers tell (core/csp_report.h): counted for each
 * directive, origin and page. Whoever wants may tell, so that no more than so many are kept; one
 * that is known is counted on all the same. */
#ifndef APP_CSP_REPORT_H
#define APP_CSP_REPORT_H

#include "app/app.h"
#include "store/csp_report.h"

enum {
    CSP_REPORTS_KEPT = 500,   /* at most; they go when they were not told of for long */
    CSP_REPORTS_AT_ONCE = 20, /* of one request */
};

/* DONE; `rows` have directive, blocked, page and count. Those that nobody told of before are left
 * out, and counted in `dropped`, once there are CSP_REPORTS_KEPT. */
struct csp_reports_note {
    struct command command;
    struct csp_report_row rows[CSP_REPORTS_AT_ONCE];
    size_t count;
    size_t dropped; /* out */
};
void csp_reports_note(struct app *app, struct csp_reports_note *note);

/* Those before an id, the newest first; struct csp_report_row. */
MUST_USE struct err csp_reports_read(struct tx *tx, struct str before, size_t max,
                                     struct row_list *ret_list);

struct csp_summary {
    int64_t kept;               /* of all */
    int64_t recent;             /* told of in the last days */
    int64_t recent_scripts;     /* of them, what could have been scripts */
    struct csp_report_row last; /* the last one of those; is only there when there is one */
};
/* Of the CSP_REPORT_DAYS before now. */
enum { CSP_REPORT_DAYS = 7 };
MUST_USE struct err csp_reports_summary(struct tx *tx, struct csp_summary *ret_summary);

#endif
