/* The section "accessibility" of the catalogue's file (app/catalogue_shape.h). */
#ifndef APP_ACCESSIBILITY_SHAPE_H
#define APP_ACCESSIBILITY_SHAPE_H

#include "base/cx.h"
#include "base/shape.h"
#include "core/accessibility.h"

struct accessibility_entry {
    struct accessibility said;
    struct shape_list limits; /* of char[ACCESSIBILITY_TEXT] */
};
extern const struct shape accessibility_shape;

/* Adds to `errors` what the form alone cannot say. */
struct accessibility accessibility_of(struct cx *cx, const struct accessibility_entry *entry,
                                      struct shape_errors *errors);

#endif
