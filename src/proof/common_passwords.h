/* The passwords that are guessed first, written by tools/common_passwords.py at build time from a
 * package (docs/decisions/proof.md).
 *
 * Each is the first eight bytes of SHA-256 over it in lower case, as a big-endian number. By chance
 * one password in 10^14 has a number of the list without being on it, and is refused too. */
#ifndef PROOF_COMMON_PASSWORDS_H
#define PROOF_COMMON_PASSWORDS_H

#include <stddef.h>
#include <stdint.h>

extern const uint64_t common_passwords[]; /* ascending */
extern const size_t common_password_count;

#endif
