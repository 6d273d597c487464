/* The whole audit log looked at once more: every row of every chain, everything that the log was
 * told, every checkpoint, and those that somebody kept elsewhere. Only reads. */
#ifndef APP_AUDIT_VERIFY_H
#define APP_AUDIT_VERIFY_H

#include "app/audit_log.h"
#include "core/audit_check.h"

enum { AUDIT_FINDINGS_MAX = 50, AUDIT_KEYS_MAX = 16, AUDIT_WHAT_MAX = 200 };

enum audit_place {
    AUDIT_IN_CHAIN,      /* `number` is the row's seq */
    AUDIT_IN_LOG,        /* `number` is the head's position */
    AUDIT_AT_CHECKPOINT, /* `number` is its size */
    AUDIT_AT_KEPT,       /* the same, of a checkpoint that was kept elsewhere */
};

struct audit_finding {
    enum audit_place place;
    char chain[AUDIT_CHAIN_NAME_MAX + 1]; /* of AUDIT_IN_CHAIN; empty: the operators' */
    int64_t number;
    enum audit_fault fault;
    char what[AUDIT_WHAT_MAX]; /* a sentence for a person */
};

/* Keys whose signatures count. */
struct audit_keys {
    struct str origins[AUDIT_KEYS_MAX];
    uint8_t keys[AUDIT_KEYS_MAX][AUDIT_KEY_SIZE];
    size_t count;
};
/* One a line, as audit_key_write() wrote them; false when a line is none. */
MUST_USE bool audit_keys_read(struct str text, struct audit_keys *ret_keys);
/* These, or, when there are none, those that the store names. ERR_FORMAT when one is none. */
MUST_USE struct err audit_keys_that_count(struct tx *tx, struct str public_keys,
                                          struct audit_keys *ret_keys);

/* Reads the note that `*text` begins with if one of the keys has signed it, and moves behind it. */
MUST_USE bool audit_signed_read(struct str *text, const struct audit_keys *keys,
                                struct audit_note *ret_note);

struct audit_verify {
    struct str kept;        /* notes that were kept elsewhere, one after the other; may be empty */
    struct str public_keys; /* whose signatures count; empty: those that the store names */
    /* Told how far it is, now and then; may be NULL. */
    void (*progress)(void *context, int64_t rows);
    void *context;
    /* out */
    int64_t rows, chains, heads, checkpoints, kept_count;
    struct audit_finding findings[AUDIT_FINDINGS_MAX];
    size_t count;          /* those behind the last place are only counted */
    int64_t unsigned_rows; /* since the last checkpoint */
};
/* ERR_FORMAT with a sentence in cx->detail when what was kept is no note of a key that counts. */
MUST_USE struct err audit_verify(struct tx *tx, struct audit_verify *verify);

#endif
