/* A route: one row of the table that says everything about it. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "app/access.h"
#include "base/shape.h"
#include "core/role.h"
#include "core/session.h"

struct api_request;

enum route_auth {
    ROUTE_PUBLIC,
    ROUTE_KEY,      /* a key with one of `scopes`, or an operator with `permission` */
    ROUTE_CUSTOMER, /* a key and the header Turnpike-User, or a person of the customer's; an
                       operator who may see customers reads with the header as well */
    ROUTE_SESSION,  /* whoever is signed in, about themselves */
};

enum route_flag {
    ROUTE_IDEMPOTENT = 1, /* takes an Idempotency-Key */
    ROUTE_RAW_BODY = 2,   /* the handler reads the body itself; `media` describes it */
    ROUTE_PAGE = 4,       /* a document or asset: not part of the API's description */
    ROUTE_RATE_LIMIT = 8, /* may carry RateLimit fields */
    ROUTE_PENDING = 16,   /* also for whom a second factor is still to be proved */
    /* The audit log has its row before the handler is called: of what is read, and of what has no
     * transaction of its own. */
    ROUTE_AUDIT_FIRST = 32,
    ROUTE_NAVIGABLE = 128, /* a browser may go there: files, redirects, what is nobody's */
    ROUTE_UNAUDITED = 64,  /* only counts, which the journal tells; or moves a test's clock */
};

enum { ROUTE_ANSWERS_MAX = 3, ROUTE_PROBLEMS_MAX = 32, ROUTE_PARAMETERS_MAX = 2 };

struct route_answer {
    int status;
    const struct shape *shape; /* NULL: another type than JSON, or no body */
    const char *type;          /* without a shape: NULL when there is no body */
    const char *doc;
};

/* A kind of body that no shape decodes. */
struct route_media {
    const char *type;   /* NULL ends the list */
    const char *schema; /* JSON Schema text */
    const char *example;
};

struct route {
    const char *path; /* "/api/billing/invoices/:id" */
    const char *method;
    void (*handle)(struct api_request *request);
    /* What it is in the audit log, "noun.verb": every command that the handler submits has a row.
     * NULL: it leaves none. */
    const char *action;
    enum route_auth auth;
    unsigned scopes;            /* enum scope bits; any of them suffices, and so does admin */
    enum permission permission; /* what a person's role must have; NONE: keys only */
    enum step_up step_up;       /* what a person must freshly prove, when it changes something */
    /* NULL, or true of a request that changes nothing after all: a preview. */
    bool (*only_asks)(const struct api_request *request);
    unsigned flags;           /* enum route_flag bits */
    size_t body_max;          /* 0: LIMIT_BODY */
    const struct shape *body; /* of the JSON body; NULL: none but {} is taken */
    bool (*scan_body)(struct str body, void *ret_body); /* may read it in a shorter way, or not */
    const struct shape *query;                          /* NULL: no parameter is taken */
    bool (*scan_query)(struct str query, void *ret_query); /* as scan_body */
    const struct route_media *media;
    struct route_answer answers[ROUTE_ANSWERS_MAX];
    int problems[ROUTE_PROBLEMS_MAX]; /* beside those that follow from the rest of the row */
    const char *tag;
    const char *summary; /* one line */
    const char *doc;     /* more, or NULL */
    const char *example; /* of the body, JSON text, or NULL */
};

/* Sorted by path, then by method. */
extern const struct route routes[];
extern const size_t route_count;

/* What a path leads to. */
struct route_match {
    const struct route *route; /* NULL: not with this method */
    bool is_known_path;
    struct str values[ROUTE_PARAMETERS_MAX]; /* of the path's parameters, still encoded */
};

/* A path without parameters wins over one with. HEAD leads where GET does. */
struct route_match route_find(struct str method, struct str path);
/* "GET, HEAD, PUT, OPTIONS" of a known path. */
struct str route_allow(struct arena *arena, struct str path);
/* True when the route changes something: every method but GET. */
bool route_is_mutation(const struct route *route);

#endif
