/* Proofs for somebody else, who has a public key and nothing of ours: that a row was signed, and
 * that what was signed earlier is the beginning of what is signed now. Each is made from the rows,
 * goes to them as a JSON object, and is looked at without a database. */
#ifndef APP_AUDIT_PROVE_H
#define APP_AUDIT_PROVE_H

#include "app/audit_verify.h"

/* --- a row (RFC 9162, 2.1.3) --- */

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
 * none has covered it yet: then cx->detail says which, and `row` is empty or not. */
MUST_USE struct err audit_prove(struct tx *tx, struct str id, struct audit_proof *ret_proof,
                                bool *ret_found);

/* A JSON object, in the arena; and back. ERR_FORMAT when it is none. */
struct str audit_proof_text(struct cx *cx, const struct audit_proof *proof);
MUST_USE struct err audit_proof_read(struct cx *cx, struct str text, struct audit_proof *ret_proof);
/* Whether it holds, under a key that counts: NULL, or a sentence that says what does not. */
const char *audit_proof_complaint(const struct audit_proof *proof, const struct audit_keys *keys);

/* --- a log that only grew (RFC 9162, 2.1.4) --- */

/* That the log of an older checkpoint is the beginning of that of a newer one: nothing in it was
 * changed, taken out or written anew in between. */
struct audit_consistency {
    struct str older, newer; /* the notes */
    struct merkle_proof path;
};
/* From the first note of `kept`, which a key that counts must have signed, to the newest
 * checkpoint. ERR_FORMAT when it is no such note, ERR_CORRUPT when the log does not continue it;
 * cx->detail says so in words. */
MUST_USE struct err audit_prove_consistency(struct tx *tx, struct str kept,
                                            const struct audit_keys *keys,
                                            struct audit_consistency *ret_proof);

/* As above. */
struct str audit_consistency_text(struct cx *cx, const struct audit_consistency *proof);
MUST_USE struct err audit_consistency_read(struct cx *cx, struct str text,
                                           struct audit_consistency *ret_proof);
const char *audit_consistency_complaint(const struct audit_consistency *proof,
                                        const struct audit_keys *keys);

#endif
