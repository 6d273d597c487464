/* Documents as text: as they are kept, and as they are shown. */
#ifndef SANDBOX_RENDER_H
#define SANDBOX_RENDER_H

#include <jansson.h>

#include "base/buf.h"

enum { RENDER_MAX = 8 * 1024 * 1024 };

/* Appends a value whole, without white space. */
void render_whole(struct buf *out, json_t *value);
/* Appends a value without the members, at any depth, that are the sandbox's own: those whose names
 * begin with "_". `indent` spaces a level; 0: no white space. */
void render_shown(struct buf *out, json_t *value, int indent);
/* Appends a value with its members in the order of their names: the same text for whatever is
 * equal. */
void render_sorted(struct buf *out, json_t *value);

#endif
