/* What `turnpike evidence verify` hands to main, and gets back. */
#ifndef CLI_EVIDENCE_H
#define CLI_EVIDENCE_H

#include "base/str.h"

struct cli_evidence {
    const char *file;
    const char *data_dir;  /* whose keys count when none is given; absolute */
    struct str public_key; /* empty: those of the data folder */
};
struct cli_evidence_finding {
    struct str file; /* of the pack */
    const char *what;
};
enum { CLI_EVIDENCE_FINDINGS_MAX = 50 };
struct cli_evidence_report {
    struct str pack, installation, from, to, requester;
    int64_t files; /* that were looked at */
    struct cli_evidence_finding findings[CLI_EVIDENCE_FINDINGS_MAX];
    size_t count; /* those behind the last place are only counted */
};

#endif
