/* The five steps of every request: find the route, ask who it is, decode, run the use case, answer.
 */
#include "api/act.h"
#include "api/usage_live.h"
#include "api/usage_tail.h"

#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/url.h"

enum { OPENAPI_MAX = 4 * 1024 * 1024, BASE_URL_MAX = 512 };

/* --- making --- */

/* False when there is no memory. */
static bool print_headers(struct api *api) {
    bool is_whole = true;
    for (size_t i = 0; i < HEADERS_KIND_COUNT; i++) {
        buf_init(&api->headers[i], api->env, HEADERS_LINES_MAX);
        headers_print((enum header_kind)i, &api->options.origins, &api->headers[i]);
        is_whole = is_whole && !api->headers[i].has_failed;
    }
    return is_whole;
}

struct err api_create(struct cx *cx, const struct api_options *options, struct api **ret_api) {
    struct api *api = env_alloc_zeroed(options->env, sizeof *api);
    if (api == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the API.");
    }
    api->options = *options;
    api->hashing.background = options->background;
    api->app = options->app;
    api->env = options->env;
    api->received.ns = UINT64_MAX; /* none yet */
    api->stats = stats_create(options->env, route_count);
    api->scan = event_scan_create(options->env);
    event_turns_init(&api->events);
    buf_init(&api->base_url, options->env, BASE_URL_MAX);
    buf_init(&api->openapi, options->env, OPENAPI_MAX);
    bool has_parts = api->stats != NULL && api->scan != NULL && print_headers(api);
    struct err err = has_parts ? api_set_base_url(api, options->base_url) : ERR(ERR_NO_MEMORY);
    if (err_failed(err)) {
        api_destroy(api);
        return cx_fail(cx, err, "The API cannot be set up.");
    }
    *ret_api = api;
    return OK;
}

void api_destroy(struct api *api) {
    if (api == NULL) {
        return;
    }
    event_turns_finish(&api->events);
    attempts_destroy(api->env, api->attempts);
    attempts_destroy(api->env, api->forms);
    attempts_destroy(api->env, api->reports);
    env_free(api->env, api->scan);
    stats_destroy(api->env, api->stats);
    for (size_t i = 0; i < HEADERS_KIND_COUNT; i++) {
        buf_finish(&api->headers[i]);
    }
    buf_finish(&api->base_url);
    buf_finish(&api->openapi);
    env_free(api->env, api);
}

struct err api_set_base_url(struct api *api, struct str base_url) {
    buf_clear(&api->base_url);
    buf_add(&api->base_url, base_url);
    api->is_behind_tls = str_starts_with(base_url, STR("https://"));
    return api->base_url.has_failed ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- one request --- */

/* Requests that were read in one go came at one instant, for which the clock is asked once. */
static int64_t received_ms(struct api *api, uint64_t received_ns) {
    if (api->received.ns != received_ns) {
        api->received.ns = received_ns;
        api->received.ms = api->env->wall_ms(api->env);
    }
    return api->received.ms;
}

/* NULL when memory has ended before anything began. */
static struct api_request *request_of(struct api *api, struct http_exchange *exchange) {
    struct arena *arena = http_exchange_arena(exchange);
    struct api_request *request = arena_room(arena, sizeof *request);
    if (request == NULL) {
        return NULL;
    }
    memset(request, 0, offsetof(struct api_request, cx));
    request->api = api;
    request->exchange = exchange;
    request->http = http_exchange_request(exchange);
    request->arena = arena;
    request->origin = origin_of(&api->options.proxies, request->http, arena);
    cx_init(&request->cx, api->env, arena);
    int64_t now_ms = received_ms(api, request->http->received_ns);
    struct record_id id = id_next(api->env, &api->ids, "reqs", now_ms);
    memcpy(request->cx.request_id, id.text, sizeof id.text);
    return request;
}

/* Envoy appends the path of the request that it asks about, with its query, and keeps the method:
 * whatever comes below the gate is for the gate. */
static bool is_forwarded(struct str path) {
    return str_starts_with(path, STR("/api/gate/"));
}

static struct route_match find_match(struct api *api, struct str method, struct str path) {
    if (str_equal(path, api->latest.path) && str_equal(method, api->latest.method)) {
        return (struct route_match){.route = api->latest.route, .is_known_path = true};
    }
    struct route_match match =
        is_forwarded(path) ? route_find(STR("POST"), STR("/api/gate")) : route_find(method, path);
    if (match.route != NULL && match.values[0].bytes == NULL) {
        api->latest.route = match.route;
        api->latest.path = str_from_cstr(match.route->path);
        api->latest.method = str_from_cstr(match.route->method);
    }
    return match;
}

static void reply_options(struct api_request *request) {
    struct http_response response = {.status = 204};
    http_add_header(&response, STR("Allow"), route_allow(request->arena, request->http->path));
    reply_response(request, &response);
}

/* A browser that would show the answer as a page, a picture or a script, which the pages never ask
 * for (https://www.w3.org/TR/fetch-metadata/, Sec-Fetch-Dest). */
static bool is_misplaced(const struct api_request *request) {
    struct str use = http_header(request->http, STR("Sec-Fetch-Dest"));
    bool is_program =
        use.bytes == NULL || str_equal(use, STR("empty")) || str_equal(use, STR("report"));
    return !is_program && (request->route->flags & (ROUTE_PAGE | ROUTE_NAVIGABLE)) == 0;
}

/* Replies and returns false when no route takes the request. */
static bool find_route(struct api_request *request) {
    const struct http_request *http = request->http;
    struct route_match match = find_match(request->api, http->method, http->path);
    request->is_forwarded = is_forwarded(http->path);
    if (!match.is_known_path) {
        reply_problem(request, PROBLEM_NOT_FOUND);
        return false;
    }
    if (str_equal(http->method, STR("OPTIONS")) && !request->is_forwarded) {
        reply_options(request);
        return false;
    }
    if (match.route == NULL) {
        reply_problem(request, PROBLEM_METHOD_NOT_ALLOWED);
        return false;
    }
    request->route = match.route;
    if (is_misplaced(request)) {
        reply_problem(request, PROBLEM_NOT_A_PAGE);
        return false;
    }
    for (size_t i = 0; i < ROUTE_PARAMETERS_MAX && match.values[i].bytes != NULL; i++) {
        if (!url_decode(request->arena, match.values[i], false, &request->values[i])) {
            reply_problem(request, PROBLEM_MALFORMED_URL);
            return false;
        }
    }
    return true;
}

/* Takes the short way of a head that came before; false when the long one must be gone. */
static bool know_again(struct api_request *request) {
    const struct known_head *known = known_head_find(&request->api->heads, request->http->head);
    if (known == NULL) {
        return false;
    }
    request->route = known->route;
    request->is_forwarded = known->is_forwarded;
    request->has_key = authorize_lately(request, known->key);
    return request->has_key;
}

/* Of routes without parameters that a key opened: there the head is all that was looked at. */
static void keep_head(struct api_request *request) {
    if (request->has_key && request->route->auth == ROUTE_KEY && request->values[0].bytes == NULL) {
        known_head_keep(&request->api->heads,
                        &(struct known_head){request->http->head, request->route, request->key,
                                             request->is_forwarded});
    }
}

/* The first two steps. */
static bool is_let_in(struct api_request *request) {
    if (know_again(request)) {
        return true;
    }
    if (!find_route(request) || !authorize(request)) {
        return false;
    }
    keep_head(request);
    return true;
}

void api_handle(void *context, struct http_exchange *exchange) {
    struct api_request *request = request_of(context, exchange);
    if (request == NULL) {
        http_respond(exchange, &(struct http_response){.status = 503});
        return;
    }
    if (!is_let_in(request) || !decode_query(request) || !is_stepped_up(request) ||
        !decode_idempotency_key(request) || !decode_body(request) || !is_not_erased(request)) {
        return;
    }
    if (request->route->action == NULL) {
        request->route->handle(request);
    } else {
        act_handle(request);
    }
}

void api_tick(struct api *api) {
    live_tick(api);
    tail_tick(api);
}

bool api_turn(struct api *api) {
    return event_turns_step(&api->events);
}

/* --- before there is a request --- */

size_t api_body_max(void *context, struct str method, struct str path) {
    const struct route *route = find_match(context, method, path).route;
    return route == NULL || route->body_max == 0 ? LIMIT_BODY : route->body_max;
}

static int problem_of_status(int status) {
    static const int table[] = {
        PROBLEM_REQUEST_TIMEOUT,    PROBLEM_BODY_TOO_LARGE,    PROBLEM_URI_TOO_LONG,
        PROBLEM_EXPECTATION_FAILED, PROBLEM_HEADERS_TOO_LARGE, PROBLEM_OVERLOADED,
        PROBLEM_HTTP_VERSION,
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (problem_status(table[i]) == status) {
            return table[i];
        }
    }
    return PROBLEM_MALFORMED_REQUEST;
}

void api_refuse(void *context, int status, const char *reason, struct arena *arena,
                struct http_response *ret_response) {
    struct api *api = context;
    struct cx cx;
    cx_init(&cx, api->env, arena);
    struct record_id id = id_new(&cx, "reqs");
    struct problem_document document =
        problem_document_of(arena, problem_of_status(status), str_from_cstr(reason));
    document.status = status;
    document.request_id = arena_str(arena, id_str(&id));
    struct buf out;
    struct json_writer writer;
    buf_init(&out, api->env, LIMIT_BODY);
    json_writer_init(&writer, &out);
    shape_encode(&problem_shape, &document, &writer);
    *ret_response = (struct http_response){.status = status};
    ret_response->body = arena_str(arena, buf_str(&out));
    buf_finish(&out);
    http_add_header(ret_response, STR("Content-Type"), STR("application/problem+json"));
    http_add_header(ret_response, STR("X-Request-Id"), document.request_id);
    ret_response->more_lines = buf_str(&api->headers[HEADERS_API]);
    stats_count(api->stats, route_count, status, 0);
}
