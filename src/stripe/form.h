/* Parameters as Stripe's API takes them: application/x-www-form-urlencoded, with nesting written
 * into the names ("items[0][price]"). Inside the layer.
 *
 * Source: https://docs.stripe.com/api; an empty value unsets a field there, so that what has no
 * value must be left out. */
#ifndef STRIPE_FORM_H
#define STRIPE_FORM_H

#include "base/buf.h"
#include "base/str.h"

/* Each appends one parameter to `form`. */
void form_add_text(struct buf *form, const char *name, struct str value);
void form_add_i64(struct buf *form, const char *name, int64_t value);
void form_add_bool(struct buf *form, const char *name, bool value);

#endif
