/* One parameter of a request to Stripe, from a member of a call. Inside the layer. */
#ifndef STRIPE_CALL_PARAM_H
#define STRIPE_CALL_PARAM_H

#include <stddef.h>

#include "app/payments_call.h"
#include "base/arena.h"
#include "base/buf.h"

enum source {
    SOURCE_END, /* of a list of parameters */
    SOURCE_FIXED,
    SOURCE_FIXED_WITH, /* left out when the number is zero */
    SOURCE_FIXED_IF,   /* left out when the flag is not set */
    SOURCE_DUE,        /* the number, of an invoice that is sent */
    SOURCE_TEXT,
    SOURCE_UNSETTABLE, /* text; empty unsets the field */
    SOURCE_I64,
    SOURCE_GIVEN_I64, /* left out when zero */
    SOURCE_FLAG,
    SOURCE_GIVEN_FLAG, /* left out when false */
    SOURCE_BEHAVIOR,   /* by the type of the method that is charged, if one is */
    SOURCE_DROPPED,    /* an empty list when the flag is set */
    SOURCE_INTERVAL,
    SOURCE_SECONDS,         /* of milliseconds */
    SOURCE_TRANSFER,        /* by the currency */
    SOURCE_DUE_AT,          /* of an invoice that is sent; 0: at once, by the other name */
    SOURCE_FIXED_WITH_TEXT, /* left out when the text is empty */
    SOURCE_LINES,           /* each of the list */
    SOURCE_TAX_IDS,         /* each of the list */
};

struct param {
    const char *name;
    enum source source;
    const char *fixed;
    size_t offset; /* of the member of struct payments_call */
};

/* Adds it to the form, or nothing when it is not wanted. */
void call_param_add(struct arena *arena, struct buf *form, const struct param *param,
                    const struct payments_call *call);
struct str call_text_at(const struct payments_call *call, size_t offset);

#endif
