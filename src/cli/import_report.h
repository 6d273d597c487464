/* What an import found and did, and how that is shown: as text for a person, as JSON with --json.
 */
#ifndef CLI_IMPORT_REPORT_H
#define CLI_IMPORT_REPORT_H

#include "cli/access_log.h"
#include "cli/command.h"
#include "cli/usage_batch.h"

enum { IMPORT_NAMED_MAX = 20 }; /* malformed lines that are named; the rest is counted */

struct import_malformed {
    uint64_t line;
    struct access_log_problem problem;
};

struct import_report {
    const char *file;
    char source[LIMIT_EVENT_SOURCE + 1]; /* empty until there was a well-formed line */
    uint64_t lines, well_formed, malformed;
    struct import_malformed named[IMPORT_NAMED_MAX];
    int64_t bytes_sent; /* by the web server, of all well-formed lines */
    struct usage_tally tally;
    int64_t duration_ms;
    bool is_dry_run;
    bool is_complete; /* the end of the file was reached and all was sent */
};

void import_report_text(FILE *out, const struct import_report *report);
/* One object and a line feed. ERR_NO_MEMORY with a sentence. */
MUST_USE struct err import_report_json(struct cx *cx, FILE *out,
                                       const struct import_report *report);

#endif
