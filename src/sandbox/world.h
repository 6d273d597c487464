/* A unit of work over the store: one API request, or one thing that is due.
 *
 * Documents are loaded once, changed in place by whoever holds them, and written together at
 * commit; an abandoned world leaves no trace. Documents are jansson objects borrowed from the world
 * until world_finish. Members whose name begins with "_" are the sandbox's own and are never shown.
 *
 * A failing store is remembered (`err`) and answered with 500; reads then give NULL. */
#ifndef SANDBOX_WORLD_H
#define SANDBOX_WORLD_H

#include "sandbox/fault.h"
#include "sandbox/kind.h"

struct world {
    struct env *env;
    struct store *store;
    struct fault fault;
    struct err err;
    int64_t now_s;           /* fixed time of a due step; 0: each object's clock */
    const char *request_id;  /* of the API request; NULL for what happens by itself */
    const char *request_key; /* its idempotency key, or NULL */
    const char *path;        /* of the API request, or NULL */
    const char *public_url;  /* links begin with it */
    json_t *documents;       /* id -> document */
    json_t *shown;     /* id -> the document's text as it was read, or as an event showed it */
    json_t *changed;   /* ids to write, in order of change */
    json_t *endpoints; /* the webhook endpoints, once events are recorded; or NULL */
};

/* The id of the document with the account's settings; sandbox.c writes it at every start. */
#define SANDBOX_SETTINGS "settings"

void world_init(struct world *world, struct store *store, struct env *env);
/* Writes what changed and commits; false (500 in fault) when the store failed. world_begin first.
 */
MUST_USE bool world_begin(struct world *world);
MUST_USE bool world_commit(struct world *world);
/* Forgets every change and rolls back. */
void world_abandon(struct world *world);
void world_finish(struct world *world);

/* A new document of a kind with id, created and livemode set, to be written at commit. `customer`
 * may be NULL; its clock gives the time. */
json_t *world_add(struct world *world, const char *type, const char *customer);
/* The same under an id chosen by the caller, which no document has. */
json_t *world_add_as(struct world *world, const char *type, const char *id);
/* The same for a part of another document: an id and a shape, not stored by itself. */
json_t *world_part(struct world *world, const char *type);
/* A document by id; NULL when there is none. */
json_t *world_get(struct world *world, const char *id);
/* resource_missing: 404 when the id is of the path, 400 when a parameter holds it, as with Stripe;
 * false, for `return`. */
bool world_missing(struct world *world, const char *noun, const char *param, const char *id);
/* A document that must be of a type and not deleted; NULL with resource_missing otherwise. `param`
 * names the parameter that held the id, "id" for the path. */
json_t *world_find(struct world *world, const char *type, const char *id, const char *param);
/* The document changed. */
void world_touch(struct world *world, json_t *document);
void world_remove(struct world *world, json_t *document);
/* Remembers the first failure of the store, a 500 in the fault; true when there is none. */
bool world_is_well(struct world *world, struct err err);
/* For event.c: writes a document that will not change again, at once; and remembers how a document
 * was last shown, from which event_updated tells what has changed since. */
void world_put(struct world *world, const json_t *document, struct str text);
void world_note_shown(struct world *world, const char *id, struct str text);
/* Every document of a type of one customer (NULL: of all), newest first; a new array. */
json_t *world_list(struct world *world, const char *type, const char *customer);
/* Every document of a type that follows a test clock; `is_waiting`: only those to which something
 * happens by itself. A new array. */
json_t *world_list_clock(struct world *world, const char *type, const char *clock, bool is_waiting);
/* The webhook endpoints and event destinations as they were when this world first asked; borrowed.
 */
json_t *world_endpoints(struct world *world);

/* Now in UTC seconds for a customer (NULL: real time). */
int64_t world_now(struct world *world, const char *customer);
/* `count` random letters and digits and a NUL. */
void world_random(struct world *world, char *ret_text, int count);

/* --- reading and writing members --- */

const char *member(const json_t *object, const char *path); /* text; "" when absent or null */
int64_t member_i64(const json_t *object, const char *path);
bool member_is(const json_t *object, const char *path, const char *text);
void set_text(json_t *object, const char *name, const char *text); /* "" and NULL give null */
void set_i64(json_t *object, const char *name, int64_t value);
void set_bool(json_t *object, const char *name, bool value);
void set_null(json_t *object, const char *name);

#endif
