/* The types of object: how their ids look, and when something happens to them by itself. */
#ifndef SANDBOX_KIND_H
#define SANDBOX_KIND_H

#include <jansson.h>

#include "sandbox/store.h"

struct kind {
    const char *type;   /* "customer", as in "object" */
    const char *noun;   /* in "No such customer" */
    const char *prefix; /* "cus_" */
    int random;         /* letters and digits behind it */
    /* UTC seconds of what happens next by itself; NULL for objects at rest. */
    int64_t (*due_at)(const json_t *object);
};

/* The kind of an "object" value; a bug when there is none. */
const struct kind *kind_of_type(const char *type);
/* A fresh object of a kind from its shape, with "object" only; a new reference. */
json_t *kind_shape(const char *type);

#endif
