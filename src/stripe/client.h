/* One request to Stripe's API and its answer. Inside the layer. */
#ifndef STRIPE_CLIENT_H
#define STRIPE_CLIENT_H

#include "base/arena.h"
#include "base/json.h"
#include "stripe/stripe.h"

enum stripe_method { STRIPE_GET, STRIPE_POST, STRIPE_DELETE };

struct stripe_request {
    enum stripe_method method;
    struct str path;            /* "/v1/customers" */
    struct str form;            /* encoded (form.h): the body of a POST, the query of others */
    struct str idempotency_key; /* of a POST; empty: none. GET and DELETE need none */
};

/* Valid during the callback; who keeps `body` takes a reference. */
struct stripe_response {
    struct err err;      /* why there is no answer */
    int status;          /* 0: there is no answer */
    json_t *body;        /* NULL: none, or not JSON */
    struct str trace_id; /* Stripe's Request-Id: what its support asks for */
    bool is_replayed;    /* the answer that was given to this key before, word for word */
};

typedef void stripe_response_done(void *context, const struct stripe_response *response);

/* Where a request lives and who is told. The arena must outlive the callback. */
struct stripe_sender {
    struct arena *arena;
    stripe_response_done *done;
    void *context;
};

/* Sends, and calls `done` exactly once, later. The request's text must outlive the callback. */
void stripe_send(struct stripe *stripe, const struct stripe_request *request,
                 const struct stripe_sender *sender);

#endif
