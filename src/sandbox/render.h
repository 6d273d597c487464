/* JSON values as text, in memory of the env. */
#ifndef SANDBOX_RENDER_H
#define SANDBOX_RENDER_H

#include <jansson.h>

#include "base/buf.h"

/* Appends the value; `flags` are jansson's. A failure shows in out->has_failed. */
void render_json(struct buf *out, const json_t *value, size_t flags);

#endif
