/* The objects as they are when new: one JSON file a type in shape/, turned into this table by
 * shapes.py. Every member that Stripe's description calls required is there, null when empty. */
#ifndef SANDBOX_SHAPE_H
#define SANDBOX_SHAPE_H

#include <stddef.h>

struct sandbox_shape {
    const char *type; /* NULL ends the table */
    const char *json;
};

extern const struct sandbox_shape sandbox_shapes[];

#endif
