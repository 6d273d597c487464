/* Secrets that we make: random, shown once, kept as their SHA-256. They have too many bits to be
 * guessed, so no slow hash is needed. */
#ifndef APP_SECRET_H
#define APP_SECRET_H

#include "base/cx.h"
#include "base/str.h"

enum { TOKEN_SIZE = 65 }; /* 256 bits in hexadecimal, NUL */

void token_make(struct env *env, char ret_token[TOKEN_SIZE]);
/* As it is kept, in hexadecimal, in the cx's arena. */
struct str secret_hash(struct cx *cx, struct str secret);

#endif
