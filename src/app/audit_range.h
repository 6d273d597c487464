/* A part of the audit log looked at once more: each row by itself. It is as it was written, under
 * its own number and in its own chain, found by what it says, follows from the one before it, and
 * is what the log was told where the log was told of it. Only reads.
 *
 * What only the whole log shows, that nothing older was written anew and nothing is missing at its
 * end, is audit_verify()'s. */
#ifndef APP_AUDIT_RANGE_H
#define APP_AUDIT_RANGE_H

#include "app/app.h"
#include "core/audit_check.h"
#include "store/audit.h"

enum { AUDIT_RANGE_MAX = 1000 };

struct audit_range_finding {
    struct str chain, id; /* empty chain: the operators' */
    int64_t seq;
    enum audit_fault fault; /* AUDIT_MISSING: the row before this one is not there */
};

struct audit_range {
    struct audit_filter filter; /* which rows, the newest first */
    size_t max;                 /* at most AUDIT_RANGE_MAX */
    /* out */
    int64_t rows, signed_rows; /* looked at; and of these signed by a checkpoint */
    struct audit_range_finding *findings;
    size_t count;
    struct str next; /* the id that the rest is before; empty: that was all */
};
MUST_USE struct err audit_range_verify(struct tx *tx, struct audit_range *range);

#endif
