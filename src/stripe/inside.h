/* What a `struct stripe` is made of. Inside the layer. */
#ifndef STRIPE_INSIDE_H
#define STRIPE_INSIDE_H

#include "stripe/stripe.h"

struct stripe {
    struct payments payments; /* first: the port is cast back to this */
    struct env *env;
    struct arena arena; /* the texts below */
    struct str base_url;
    struct str authorization; /* the whole header line */
    size_t under_way;         /* requests whose callback has not run */
};

/* The port's function (payments.c). */
void stripe_payments_call(struct payments *payments, const struct payments_call *call,
                          payments_done *done, void *context);

#endif
