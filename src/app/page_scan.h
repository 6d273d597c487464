/* What came of comparing the pages with what was built in (api/page_scan.h): kept, and told to the
 * operators when anything differed. */
#ifndef APP_PAGE_SCAN_H
#define APP_PAGE_SCAN_H

#include "app/app.h"

enum { PAGE_SCAN_DAYS = 7 }; /* from one to the next */

struct page_scan_keep {
    struct command command;
    struct str report; /* JSON, as it is shown */
    struct str url;    /* of the server, as browsers reach it */
    struct str first;  /* the first difference, in words; empty: there is none */
    int64_t count;     /* of all differences */
};
/* DONE. The alert is told once a day. */
void page_scan_keep(struct app *app, struct page_scan_keep *keep);

/* As it was kept last, and when; empty: never. */
MUST_USE struct err page_scan_read(struct tx *tx, struct str *ret_report, struct instant *ret_at);
/* When the next one is due: at once when there never was one. */
MUST_USE struct err page_scan_due_at(struct tx *tx, struct instant *ret_at);

#endif
