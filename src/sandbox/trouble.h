/* Trouble on purpose: what a client must survive, planned by a test.
 *
 * A plan (POST /v1/test_helpers/sandbox/faults) is an object like every other, so it outlives a
 * restart. It meets the next `times` requests of its method and path, after letting `after` pass.
 * The header Sandbox-Fault plans one for its own request. docs/guide/sandbox.md lists the kinds. */
#ifndef SANDBOX_TROUBLE_H
#define SANDBOX_TROUBLE_H

#include "net/http_server.h"
#include "sandbox/world.h"

enum trouble_when {
    TROUBLE_NEVER,
    TROUBLE_INSTEAD, /* nothing is executed */
    TROUBLE_AFTER,   /* executed, then the client hears something else, or nothing */
    TROUBLE_WAIT,    /* the request waits: delay_ms, or until the plan is deleted */
};

struct trouble {
    const char *name;
    enum trouble_when when;
    int status; /* 0: the connection is closed without a word */
    const char *type, *code, *message;
    bool should_retry; /* Stripe-Should-Retry: true */
};

/* What a request meets. */
struct trouble_met {
    const struct trouble *trouble; /* NULL: nothing */
    char plan[STORE_ID];           /* its id; "" from a header */
    int64_t delay_ms;              /* how long to wait; 0: until the plan is deleted */
};

/* What meets this request now; counts the plan down. False with 400 for a header that names no
 * kind, 500 when the store failed. */
bool trouble_meet(struct world *world, const struct http_request *request,
                  struct trouble_met *ret_met);
/* The kind of that name; NULL when there is none. */
const struct trouble *trouble_named(struct str name);
void trouble_fault(const struct trouble *trouble, struct fault *fault);

#endif
