/* Who acts: found once, when a request is let in, and written beside everything that comes of it.
 *
 * No handler hands it on. The API puts it into app->acting before it calls a route's handler and
 * takes it away after; command_submit() copies it, so that it lives as long as its command, and the
 * transaction in which the command runs carries it (app/audit.h). Work of the program's own has
 * none, and is the system's. */
#ifndef APP_ACTOR_H
#define APP_ACTOR_H

#include "base/arena.h"
#include "base/env.h"
#include "base/str.h"

enum actor_kind {
    ACTOR_SYSTEM,   /* the program itself: jobs, and what the provider's events lead to */
    ACTOR_LOCAL,    /* over the unix socket: who owns the machine */
    ACTOR_KEY,      /* a machine with an API key: "apik_…" */
    ACTOR_PORTAL,   /* a person in a session that the platform opened: "pers_…" */
    ACTOR_MEMBER,   /* a customer's own person, signed in: "pers_…" */
    ACTOR_OPERATOR, /* one of the operator's people, signed in: "pers_…" */
    ACTOR_NOBODY,   /* unnamed: a link or a signature was enough */
    ACTOR_KIND_COUNT
};

/* "key"; never NULL. */
const char *actor_kind_name(enum actor_kind kind);

/* All but the kind may be empty. */
struct actor {
    enum actor_kind kind;
    struct str id;           /* as the kind says */
    struct str session;      /* a name of the session that opens nothing */
    struct str impersonator; /* the operator who acts as somebody else: "pers_…" */
    struct str address;      /* "203.0.113.7", or "unix" */
    struct str user_agent;   /* as sent: any bytes */
    struct str request_id;
};

/* What is asked for, and by whom. */
struct act {
    struct actor actor;
    struct str action;   /* "subscription.change": the route's, and one for each of them */
    struct str customer; /* whom it is about, when the request says so; else empty */
    struct str object;   /* what it is about, when the path says so: "invo_…" */
    struct str asked;    /* what the body said: a JSON object in its canonical form, or empty */
    struct str reason;   /* what the body gave for one */
};

/* A copy in a block of its own, NULL when there is no memory; env_free() ends it. */
MUST_USE struct act *act_copy(struct env *env, const struct act *act);

#endif
