/* One API call, as a handler sees it: its world, what the path and the parameters say. */
#ifndef SANDBOX_CALL_H
#define SANDBOX_CALL_H

#include "base/buf.h"
#include "sandbox/event.h"
#include "sandbox/param.h"

struct call {
    struct world *world;
    json_t *params;     /* read by the route's table */
    const char *id;     /* the path's ":id", or "" */
    const char *parent; /* its ":parent", or "" */
    bool is_older;      /* asked in the terms of an older version, or of none */
    bool is_scheduled; /* made by a schedule, which bills as renewals do when nothing can be charged
                        */
    struct buf *file;  /* a handler that answers a PDF puts it here; NULL inside another's work */
    bool is_dry;       /* set by a handler whose changes are to be forgotten once answered */
};

/* Does the work and returns what to answer (a new reference; the sandbox's own members may be in
 * it), or NULL with the world's fault filled. */
typedef json_t *call_handler(struct call *call);

struct route {
    const char *method;
    const char *path; /* "/v1/customers/:id" */
    call_handler *handle;
    const struct param *params;
};

/* The routes of one resource; the whole table is in routes.c. */
struct route_list {
    const struct route *routes;
    size_t count;
};

/* The ids in a path. */
struct route_ids {
    char id[STORE_ID];     /* ":id" */
    char parent[STORE_ID]; /* ":parent", of what the object is part of */
};

/* The route for a request and the ids of its path; NULL when there is none. */
const struct route *sandbox_route_find(struct str method, struct str path,
                                       struct route_ids *ret_ids);

/* What a route answers to parameters already read, as part of another's work: a new reference, or
 * NULL with the fault. The route must be there. */
json_t *route_call(struct world *world, const char *method, const char *path, json_t *params);

/* A list's answer: documents of a type, newest first, by page and filter. Each parameter besides
 * the page's must equal the member of that name. */
struct list_query {
    const char *type;
    const char *customer; /* NULL: everybody's */
    /* Says whether a document belongs; NULL: by members. */
    bool (*keeps)(struct call *call, json_t *document);
};
json_t *list_answer(struct call *call, const struct list_query *query, const char *url);
/* True when each text, flag or number among the parameters is that of the document; lists are for
 * the caller's `keeps`. */
bool list_matches(struct call *call, json_t *document);
/* A page of `all`, oldest first, by limit and starting_after. */
json_t *list_cut(struct call *call, json_t *all, const char *url);
/* An array as a list object; takes `data`. */
json_t *list_of(json_t *data, const char *url);

/* Replaces ids by objects along each of `paths` ("latest_invoice.payments"); false with 400. */
bool expand_paths(struct world *world, json_t *answer, json_t *paths);

/* Copies the named parameters that are given onto the document; names end with NULL. */
void copy_params(json_t *document, json_t *params, const char *const *names);
/* A parameter as text, "" when absent; as number; as flag. */
const char *param_text(const struct call *call, const char *name);
bool param_given(const struct call *call, const char *name);

#endif
