/* Problem documents (RFC 9457) made into a sentence for whoever sits at a terminal. */
#ifndef CLIENT_PROBLEM_H
#define CLIENT_PROBLEM_H

#include "base/arena.h"
#include "base/json.h"

/* "Some fields are not as expected; errors names all. scopes: expected one of … (invalid_fields,
 * request req_1)". `document` may be NULL or anything else than a problem: then the sentence says
 * what the bare status means. */
struct str problem_sentence(struct arena *arena, int status, const json_t *document);

#endif
