/* application/x-www-form-urlencoded with Stripe's brackets, into a JSON tree of texts.
 *
 * `items[0][price]=p`, `expand[]=a`, `metadata[k]=v`: every bracket is a level, every leaf a
 * string. A level is an object; `[]` appends under the next number, so that `a[]=x&a[]=y` and
 * `a[0]=x&a[1]=y` are one, and `items[][price]=p&items[][quantity]=2` is one item. Of a name that
 * comes twice the last value counts. What the texts mean is param.c's business. */
#ifndef SANDBOX_FORM_H
#define SANDBOX_FORM_H

#include <jansson.h>

#include "base/arena.h"
#include "base/str.h"

enum { FORM_DEPTH = 8, FORM_PAIRS = 1000, FORM_KEY = 512 };

/* Adds the pairs of `text` to `tree`, an object. False, with *ret_problem a sentence, for a broken
 * percent-escape, bytes that are not UTF-8, brackets that do not match, or more than the limits. */
MUST_USE bool form_decode(struct arena *arena, struct str text, json_t *tree,
                          const char **ret_problem);

#endif
