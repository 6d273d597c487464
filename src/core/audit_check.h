/* Looking at the evidence once more: are the rows of a chain those that were written, and does the
 * log say of it what it came to? Pure: whoever reads them hands them over one by one. */
#ifndef CORE_AUDIT_CHECK_H
#define CORE_AUDIT_CHECK_H

#include "core/audit.h"

enum audit_fault {
    AUDIT_SOUND,
    AUDIT_MISSING, /* a row is not there, and later ones are */
    AUDIT_MOVED,   /* the row was written under another number, or in another chain */
    AUDIT_CHANGED, /* the row's bytes are not those that were written */
    AUDIT_BROKEN,  /* the row does not follow from the one before it */
    AUDIT_INDEXED, /* what it is found by is not what it says */
    AUDIT_CUT,     /* more was signed than there is */
    AUDIT_FORKED,  /* something else was signed */
    AUDIT_FAULT_COUNT
};

/* "changed"; never NULL. */
const char *audit_fault_name(enum audit_fault fault);
/* For a person: what is wrong with the row; never NULL. */
const char *audit_fault_text(enum audit_fault fault);

/* A row as it is stored. */
struct audit_stored {
    int64_t seq;
    struct str row; /* the JSON object */
    struct hash leaf, hash;
    /* What it is found by: must be what the row says. Not looked at when `id` is empty. */
    struct str id, actor, action, object;
    int64_t at; /* milliseconds UTC */
};

/* A chain under way. Zeroed but for its name it has no row yet. */
struct audit_check {
    struct str chain;
    struct merkle_edge rows; /* its size: how many there were */
    struct hash hash;
    enum audit_fault fault; /* the first one, and at which row */
    int64_t fault_seq;
};

/* The next row, in their order. Nothing is looked at behind the first fault. */
void audit_check_row(struct audit_check *check, const struct audit_stored *stored);
/* What the log was told of the chain, in the order of rows, once the row that it names has been
 * looked at or there are no more. */
void audit_check_head(struct audit_check *check, const struct audit_head *head);

#endif
