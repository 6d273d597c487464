/* What is otherwise under /v2: parameters come as JSON, and lists have links instead of has_more.
 */
#ifndef SANDBOX_V2_H
#define SANDBOX_V2_H

#include <jansson.h>

#include "base/str.h"
#include "sandbox/fault.h"

bool v2_is_path(struct str path);
/* Adds the members of a JSON object to `tree` as a form would have brought them (form.h): texts,
 * and levels that are objects. An empty body is an empty object. False with 400. */
bool v2_read_body(struct str body, json_t *tree, struct fault *fault);

#endif
