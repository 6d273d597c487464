/* How a password is kept: argon2id (RFC 9106) by libsodium, in the text that carries its own
 * parameters,
 *
 *     $argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$<32 bytes in base64>
 *
 * 19 MiB, two passes, one lane: the least that OWASP names as strong (Password Storage Cheat Sheet;
 * ASVS 5.0, appendix C). More memory would be stronger and would let fewer people sign in at once.
 *
 * A hash takes tens of milliseconds and 19 MiB. It belongs on libuv's thread pool (uv_queue_work),
 * never on the loop's thread or the writer's, and at most PASSWORD_HASHES_MAX run at once: who
 * comes next waits in the queue. The functions are pure and may run on any thread. */
#ifndef PROOF_PASSWORD_H
#define PROOF_PASSWORD_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum {
    PASSWORD_SALT_SIZE = 16,  /* random bytes */
    PASSWORD_HASH_MAX = 128,  /* of the text, its NUL included */
    PASSWORD_HASHES_MAX = 4,  /* at once: 76 MiB, and as many threads as libuv's pool has */
    PASSWORD_BYTES_MAX = 512, /* of a password: 128 characters of UTF-8 (proof/password_policy.h) */
};

/* The text to keep, NUL-terminated. ERR_NO_MEMORY when the 19 MiB cannot be had; ERR_TOO_LARGE past
 * PASSWORD_BYTES_MAX. */
MUST_USE struct err password_hash(struct str password, const uint8_t salt[PASSWORD_SALT_SIZE],
                                  char ret_hash[PASSWORD_HASH_MAX]);

/* Whether the password is the one that was hashed. An empty `stored` is for somebody who has none
 * or is unknown: the answer is no, after the same work, so that time tells nobody who exists.
 * ERR_NO_MEMORY as above; ERR_CORRUPT when `stored` is no such text. A password that is too long
 * is wrong. */
MUST_USE struct err password_verify(struct str stored, struct str password, bool *ret_is_right);

/* Whether a text that verified was made with other parameters than today's: then hash anew, while
 * the password is at hand. */
bool password_needs_rehash(struct str stored);

#endif
