/* What the pages' policy has stopped: a row for each directive, origin and page. */
#ifndef STORE_CSP_REPORT_H
#define STORE_CSP_REPORT_H

#include "store/row.h"

struct csp_report_row {
    struct record_id id;
    struct str directive;      /* "script-src-elem" */
    struct str blocked;        /* an origin, or a word: "https://evil.example", "inline" */
    struct str page;           /* of a route: "/contracts/:id" */
    int64_t first_at, last_at; /* when it was told */
    int64_t count;             /* how often */
};
/* Counts on when there is one of the same directive, origin and page. */
MUST_USE struct err csp_report_put(struct tx *tx, const struct csp_report_row *row);
MUST_USE struct err csp_report_find(struct tx *tx, const struct csp_report_row *like,
                                    struct csp_report_row *ret_row, bool *ret_found);
/* Those before the id `before`, the newest first. */
MUST_USE struct err csp_report_page(struct tx *tx, struct str before, size_t max,
                                    struct row_list *ret_list);
MUST_USE struct err csp_report_count(struct tx *tx, int64_t *ret_count);
/* Those that were told at `since_ms` or later, the last one first. */
MUST_USE struct err csp_report_since(struct tx *tx, int64_t since_ms, size_t max,
                                     struct row_list *ret_list);

#endif
