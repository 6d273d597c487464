/* The Stripe-Version header, and what older versions call otherwise.
 *
 * The sandbox shows every object in its own version, SANDBOX_API_VERSION, whatever was asked for. A
 * request that names that version is held to it. One that names an older version, or none (Stripe's
 * CLI and a bare curl do), may also use the parameters of before. Where only a name changed, the
 * table in version.c turns it into today's; where more did, the resource knows both, and version.c
 * refuses the older one to those who named today's version. */
#ifndef SANDBOX_VERSION_H
#define SANDBOX_VERSION_H

#include <jansson.h>

#include "base/str.h"
#include "sandbox/fault.h"

/* Whether a request may speak in older terms; false with 400 when there is no such version. */
bool version_read(struct str header, bool *ret_is_older, struct fault *fault);
/* Refuses the older names that tables of parameters know, in a request that is held to today's
 * version; false with parameter_unknown. */
bool version_holds(struct str path, json_t *tree, struct fault *fault);
/* Turns older parameters in `tree` (form.h) into today's. */
void version_translate(struct str method, struct str path, json_t *tree);

#endif
