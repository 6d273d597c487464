/* Foreign libraries that are loaded when they are first needed: linked, they and what lies beneath
 * them would cost every start (docs/decisions/start.md). Their functions stand in a struct of
 * pointers, a member for each. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stddef.h>

#include "base/attr.h"
#include "base/cx.h"

struct library {
    const char *name;    /* its soname */
    const char *package; /* Debian's */
    const char *purpose; /* what needs it: "A PDF" */
};

struct library_function {
    const char *name;
    size_t offset; /* of the pointer in the struct */
};

/* Finds the functions, also in what the library needs itself. It stays loaded from then on.
 * ERR_NOT_FOUND, with a sentence that names the package, when it is not there or too old. */
MUST_USE struct err library_load(struct cx *cx, const struct library *library,
                                 const struct library_function *functions, size_t count,
                                 void *ret_pointers);

#endif
