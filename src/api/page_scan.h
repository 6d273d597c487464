/* Asks for this server's own pages as a browser outside would, by the address that browsers use,
 * and compares what comes with what was built in: header fields, documents, scripts (PCI DSS
 * 4.0.1, 6.4.3 and 11.6.1). Whatever stands between, a proxy or a cache, is compared as well. */
#ifndef API_PAGE_SCAN_H
#define API_PAGE_SCAN_H

#include "api/request.h"

enum { PAGE_FINDINGS_MAX = 50 };

struct page_finding {
    struct str address; /* "/billing" */
    struct str kind;    /* "unreachable", "header", "script" or "document" */
    struct str detail;  /* what is there that should not be, or the other way round */
};

struct page_scan_report {
    struct str url; /* under which it asked */
    int64_t at;     /* milliseconds UTC */
    int64_t pages, scripts;
    struct shape_list findings; /* struct page_finding, at most PAGE_FINDINGS_MAX */
};
extern const struct shape page_scan_shape;

/* Calls `done` once, later, on the loop's thread, when what it found is in the store and, if it
 * found anything, the operators are told. False, and never calls: there is no memory, or one is
 * under way. */
MUST_USE bool page_scan_start(struct api *api, void (*done)(void *context), void *context);

/* --- what the pages are made of --- */

/* Moves *rest behind the next `<script …>` and gives its src; empty when it is written in the page.
 * False when there is none. */
bool page_next_script(struct str *rest, struct str *ret_source);

#endif
