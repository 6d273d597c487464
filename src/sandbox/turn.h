/* One API request on its way through, in the memory of its exchange: it may have to wait. */
#ifndef SANDBOX_TURN_H
#define SANDBOX_TURN_H

#include "sandbox/access.h"
#include "sandbox/inside.h"
#include "sandbox/trouble.h"

struct turn {
    struct sandbox *sandbox;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    const struct route *route;
    struct route_ids ids;
    json_t *tree;                  /* the parameters as they came; owned */
    const struct trouble *trouble; /* that this request meets, or NULL */
    struct str key;                /* idempotency key, or empty */
    struct str digest;             /* of what was asked, to know the key's next use by */
    struct str client_secret;      /* that a browser shows, or empty */
    enum access_kind access;
    char log_id[REQUEST_ID_SIZE]; /* request_id, which a replay answers with another */
    char request_id[REQUEST_ID_SIZE];
    bool is_older; /* may speak in the terms of older versions */
    bool is_replay;
    bool is_file; /* the answer is a PDF */
};

/* A turn that waits (turn_wait.c) goes on in `resume`, later or when the sandbox stops. */
MUST_USE bool turn_wait(struct turn *turn, const char *plan, int64_t delay_ms,
                        void (*resume)(struct turn *turn));
/* Whether a waiting turn has this idempotency key. */
bool turn_key_waits(const struct sandbox *sandbox, struct str key);
/* Lets the turns go on whose plan is gone; all of them when the sandbox stops. */
void turns_release(struct sandbox *sandbox);

#endif
