/* What `turnpike audit …` hands to main, and gets back. */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "base/str.h"

/* Of `audit …`: what each needs; paths as they were given, the data folder absolute. */
struct cli_audit {
    const char *data_dir;
    const char *checkpoint, *proof; /* files; NULL: none */
    struct str public_key;          /* empty: those that the store names */
    struct str id;                  /* of a row */
    bool is_csv;
    void (*progress)(void *context, int64_t rows);
    void (*put)(void *context, struct str text);
    void *context; /* of both */
};
struct cli_audit_finding {
    const char *place; /* "row", "head", "checkpoint", "kept checkpoint" */
    struct str chain;  /* of a row; empty: the operators' */
    bool is_in_chain;
    int64_t number;
    const char *fault; /* "changed" */
    struct str what;
};
struct cli_audit_report {
    int64_t rows, chains, heads, checkpoints, kept, unsigned_rows;
    const struct cli_audit_finding *findings;
    size_t shown, count;
};

#endif
