/* One request in hand, from its arrival to its answer, and what handlers say about it.
 *
 * It lies in the exchange's arena: after a reply_… call it is gone. A handler replies exactly once,
 * at once or from the callback of a command that it started. */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include "api/api.h"
#include "api/attempts.h"
#include "api/event_turns.h"
#include "api/hashing.h"
#include "api/headers.h"
#include "api/known_head.h"
#include "api/problem.h"
#include "api/route.h"
#include "api/stats.h"
#include "api/watchers.h"
#include "app/session.h"
#include "base/id.h"
#include "net/forwarded.h"

struct api {
    struct api_options options;
    struct app *app;
    struct env *env;
    struct buf base_url;
    bool is_behind_tls;                     /* the world reaches it by an https address */
    struct buf headers[HEADERS_KIND_COUNT]; /* as lines, by kind of answer */
    struct buf openapi;                     /* the document; empty until somebody asks for it */
    char openapi_etag[20];
    struct stats *stats;
    struct live live;          /* who watches usage as it happens */
    struct tail tail;          /* who watches events come in */
    struct event_scan *scan;   /* of the body that is being read */
    struct event_turns events; /* long bodies that go on after that, in turns */
    uint64_t bodies;           /* of several customers, so far */
    struct id_source ids;      /* of requests */
    struct known_heads heads;
    bool is_scanning;          /* its own pages (page_scan.c) */
    struct attempts *attempts; /* to come in; NULL until somebody tries */
    struct attempts *forms;    /* that anybody may send; the same */
    struct hashing hashing;    /* of passwords */
    struct attempts *reports;  /* of browsers; the same */
    struct throttle_bucket all_reports;
    struct {
        uint64_t since_ns, count;
    } refusals; /* that the audit log was told in a minute (act.c) */
    struct {
        uint64_t ns;
        int64_t ms;
    } received; /* when the latest request was, by either clock */
    struct {
        const struct route *route;
        struct str path, method;
    } latest; /* without parameters; most requests go where the last one went */
};

struct api_request {
    struct api *api;
    struct http_exchange *exchange;
    const struct http_request *http;
    struct arena *arena;
    struct origin origin;      /* whom it came from, as far as a proxy of ours says so */
    const struct route *route; /* NULL while none is found */
    bool is_forwarded; /* path, query and method are those of a request that a proxy asks about */
    struct str values[ROUTE_PARAMETERS_MAX]; /* of the path's parameters, decoded */
    struct str user_id;         /* of ROUTE_CUSTOMER and ROUTE_SESSION: whose request it is */
    struct signed_in session;   /* when it has_session: a person's request */
    struct str idempotency_key; /* empty: none */
    struct str visitor;         /* a stranger's, made by this request (experiment_viewer.h) */
    struct key_marks key;       /* of ROUTE_KEY, when it has_key */
    bool has_key, has_session;
    void *body;   /* laid out as route->body says */
    void *query;  /* as route->query says */
    struct cx cx; /* last: large, and begun by cx_init() */
};

/* --- answers --- */

void reply_value(struct api_request *request, int status, const struct shape *shape,
                 const void *value);
/* The header line of JSON. */
#define JSON_LINE STR("Content-Type: application/json\r\n")
/* JSON that is there already. */
void reply_json(struct api_request *request, int status, struct str json);
void reply_empty(struct api_request *request, int status);
void reply_redirect(struct api_request *request, struct str location);
/* With a strong ETag: 304 when the client has it already. */
void reply_cacheable(struct api_request *request, struct str json, struct str etag);
/* The code's own sentence. `problem` is an enum outcome or an enum problem. */
void reply_problem(struct api_request *request, int problem);
void reply_problem_detail(struct api_request *request, int problem, struct str detail);
void reply_field_errors(struct api_request *request, int problem,
                        const struct shape_errors *errors);
/* False, with a reply that names the field: no address; too many characters, or blanks alone. */
MUST_USE bool check_email(struct api_request *request, const char *path, struct str email);
MUST_USE bool check_name(struct api_request *request, const char *path, struct str name,
                         size_t characters_max);
void reply_document(struct api_request *request, const struct problem_document *document);
/* Anything else: adds the header fields that every answer of its kind has. */
void reply_as(struct api_request *request, enum header_kind kind, struct http_response *response);
/* The same, of HEADERS_API. */
void reply_response(struct api_request *request, struct http_response *response);

/* Logs and replies when the failure is one; then the handler returns. */
MUST_USE bool reply_if_failed(struct api_request *request, struct err err);

/* --- what comes in (decode.c) --- */

/* Each replies with what is wrong and returns false then. */
MUST_USE bool decode_query(struct api_request *request);
/* Whether a text of the body's `member` is a query as the shape says; replies when it is not. */
MUST_USE bool is_query_of(struct api_request *request, const struct shape *shape,
                          const char *member, struct str text);
MUST_USE bool decode_body(struct api_request *request);
MUST_USE bool decode_idempotency_key(struct api_request *request);

/* What a body that is not JSON is answered. */
void reply_malformed_json(struct api_request *request, const struct json_problem *problem);

/* --- who asks (auth.c) --- */

/* Replies and returns false when this request may not be made. */
MUST_USE bool authorize(struct api_request *request);
/* Of a customer's route: replies and returns false when they were erased. */
MUST_USE bool is_not_erased(struct api_request *request);
/* Whether the key of a request that came before still allows it; says nothing. */
MUST_USE bool authorize_lately(const struct api_request *request, struct key_marks key);
/* Whether a request that was authorized, and is still being answered, would be so now. Says nothing
 * to the client; true when the store cannot tell. */
MUST_USE bool authorize_again(const struct api_request *request);
/* The API key that it carries, as sent; empty when it carries none. */
struct str request_bearer(const struct api_request *request);
/* Finds the session that the request carries: has_session is false when there is none or it has
 * ended. False when it replied that the store failed. */
MUST_USE bool find_session(struct api_request *request);
/* Replies and returns false when the person must first prove afresh who they are. After the query
 * has been decoded: what only asks needs no proof. */
MUST_USE bool is_stepped_up(struct api_request *request);

/* --- for handlers --- */

struct tx request_read(struct api_request *request);
struct instant request_now(const struct api_request *request);
/* "billing.example:8443": which of the server's names was asked. */
struct str request_host(const struct api_request *request);
/* Empty text as the absent value of a nullable field. */
struct str text_or_null(struct str text);

#endif
