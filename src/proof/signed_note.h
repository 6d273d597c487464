/* Signed notes (https://c2sp.org/signed-note): a text that says who vouches for it, for checkpoints
 * of the audit log that leave this machine. Ed25519 alone. */
#ifndef PROOF_SIGNED_NOTE_H
#define PROOF_SIGNED_NOTE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"
#include "proof/signature.h"

/* A name without blanks, line breaks or "+": "billing.example.com/audit". */
bool signed_note_is_name(struct str name);

/* What others need to verify: "name+<key id in hex>+<base64 of 0x01 and the key>". */
struct str signed_note_verifier(struct arena *arena, struct str name,
                                const uint8_t seed[ED25519_SEED_SIZE]);

/* The note of a text that ends in a line break: text, an empty line, and a line of the signature.
 */
struct str signed_note_sign(struct arena *arena, struct str name,
                            const uint8_t seed[ED25519_SEED_SIZE], struct str text);

/* Whether one of the note's signatures is the verifier's; if so, its text, borrowed from the note.
 */
MUST_USE bool signed_note_verify(struct str note, struct str verifier, struct str *ret_text);

#endif
