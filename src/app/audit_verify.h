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

/* --- one row --- */

/* That a row is in its chain, and the chain's head in what a checkpoint signed: enough to convince
 * whoever has the checkpoint and the public key, and nothing else of ours. */
struct audit_proof {
    struct str row;
    struct audit_head head;
    struct merkle_proof in_chain; /* of the row, as leaf seq - 1 of head.seq */
    int64_t position;
    struct merkle_proof in_log; /* of the head, as leaf `position` of the checkpoint's size */
    struct str note;
};
/* Of the first checkpoint that covers the row. *ret_found is false when there is no such row, or
 * none has covered it yet: then cx->detail says which. */
MUST_USE struct err audit_prove(struct tx *tx, struct str id, struct audit_proof *ret_proof,
                                bool *ret_found);

/* A JSON object, in the arena; and back. ERR_FORMAT when it is none. */
struct str audit_proof_text(struct cx *cx, const struct audit_proof *proof);
MUST_USE struct err audit_proof_read(struct cx *cx, struct str text, struct audit_proof *ret_proof);
/* Whether it holds, under a key that counts: NULL, or a sentence that says what does not. */
const char *audit_proof_complaint(const struct audit_proof *proof, const struct audit_keys *keys);

#endif
