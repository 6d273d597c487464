/* The evidence of what was done: rows that hang together, and what is signed of them.
 *
 * Each customer has a chain of rows, the operators one of their own (its name is empty). A row is a
 * JSON object in canonical form (core/jcs.h):
 *
 *     leaf = SHA-256(0x00 || row)        chain[n] = SHA-256(0x02 || chain[n-1] || leaf)
 *
 * with 32 zeros before the first, so that no row can be changed, taken out, put in or moved without
 * all behind it changing. What chains had come to is told to one log, a Merkle tree of heads
 * (core/merkle.h), whose root is signed and leaves the machine: a checkpoint. So neither can the
 * end of a chain be cut off, nor all of it be written anew.
 *
 * A checkpoint is a note as C2SP writes them (https://c2sp.org/tlog-checkpoint,
 * https://c2sp.org/signed-note): the log's name, its size, its root, and a signature. */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/merkle.h"

/* What a chain is after one more row. */
struct hash audit_chain(const struct hash *before, const struct hash *leaf);

enum {
    AUDIT_CHAIN_NAME_MAX = 64, /* bytes: a userId */
    AUDIT_HEAD_MAX = 1024,     /* bytes of a head */
    AUDIT_ORIGIN_MAX = 128,
    AUDIT_NOTE_MAX = 1024,
    AUDIT_SIGNATURE_SIZE = 64, /* Ed25519 */
    AUDIT_KEY_SIZE = 32,
    AUDIT_KEY_TEXT_MAX = 256,
};

/* --- what the log is told of a chain --- */

struct audit_head {
    struct str chain;
    int64_t seq;      /* of its last row */
    struct hash hash; /* the chain after it */
    struct hash root; /* of the Merkle tree of its leaves, which proves single rows */
};
/* The leaf's data, in canonical form; gives its length. */
size_t audit_head_write(const struct audit_head *head, char ret_text[AUDIT_HEAD_MAX]);
/* What the chain's name and its row are need not be read back: they stand beside the text. */

/* --- what is signed --- */

struct audit_checkpoint {
    struct str origin; /* names the log, and the key: no blanks, no plus signs */
    uint64_t size;     /* heads that were told */
    struct hash root;
};
/* The lines that are signed; gives their length. */
size_t audit_checkpoint_write(const struct audit_checkpoint *checkpoint,
                              char ret_text[AUDIT_NOTE_MAX]);
/* The whole note. `body` is what audit_checkpoint_write() wrote. */
size_t audit_note_write(struct str body, const uint8_t key[AUDIT_KEY_SIZE],
                        const uint8_t signature[AUDIT_SIGNATURE_SIZE],
                        char ret_text[AUDIT_NOTE_MAX]);

struct audit_note {
    struct audit_checkpoint checkpoint; /* borrows the text */
    struct str body;                    /* what is signed */
    uint8_t signature[AUDIT_SIGNATURE_SIZE];
};
/* Reads the note that `*text` begins with, and moves it behind that and the empty lines that
 * follow. Of several signatures it takes the one that names this key; false when there is none, or
 * the text is no note. */
MUST_USE bool audit_note_read(struct str *text, const uint8_t key[AUDIT_KEY_SIZE],
                              struct audit_note *ret_note);

/* "origin+0123abcd+AQ…": how a key is told to whoever checks (signed-note, verifier keys). */
size_t audit_key_write(struct str origin, const uint8_t key[AUDIT_KEY_SIZE],
                       char ret_text[AUDIT_KEY_TEXT_MAX]);
MUST_USE bool audit_key_read(struct str text, struct str *ret_origin,
                             uint8_t ret_key[AUDIT_KEY_SIZE]);

#endif
