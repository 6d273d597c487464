/* Calls wait in one queue, twice: as a request until the handler has it, as an answer until the
 * sender has it. Between the two a call belongs to its exchange. */
#include "net/http_inside.h"

#include <string.h>

#include "base/check.h"
#include "net/http_internal.h"

enum { CALL_MEMORY_MAX = 64 * 1024 * 1024 };

struct http_inside_call {
    struct http_inside *inside;
    struct http_inside_call *next;
    struct http_server *server; /* NULL: nobody is there */
    struct http_exchange *exchange;
    env_http_done *done;
    void *context;
    bool is_answered;
    struct arena arena; /* of the request and of the answer */
    struct env_http_answer answer;
};

struct http_inside {
    struct env *env;
    struct http_inside_call *first, **end;
    struct {
        struct str origin;
        struct http_server *server;
        bool is_local;
    } servers[HTTP_INSIDE_SERVERS_MAX];
    size_t server_count;
};

static void enqueue(struct http_inside_call *call) {
    struct http_inside *inside = call->inside;
    call->next = NULL;
    *inside->end = call;
    inside->end = &call->next;
}

static void fail(struct http_inside_call *call, struct err err) {
    call->answer = (struct env_http_answer){.err = err};
    call->is_answered = true;
}

static void destroy(struct http_inside_call *call) {
    arena_finish(&call->arena);
    env_free(call->inside->env, call);
}

/* --- the request --- */

static struct http_header split(struct arena *arena, struct str line) {
    struct str value = arena_str(arena, line);
    struct str name = str_cut(&value, ':');
    return (struct http_header){name, str_trim(value)};
}

/* Every header, and Host before them (RFC 9110, 7.2). */
static struct http_header *headers_of(struct http_inside_call *call,
                                      const struct env_http_request *from, struct str origin) {
    struct arena *arena = &call->arena;
    struct http_header *headers = arena_array(arena, from->header_count + 1, sizeof *headers);
    if (headers == NULL) {
        return NULL;
    }
    struct str host = str_skip(origin, str_find(origin, ':') + 3);
    headers[0] = (struct http_header){STR("Host"), host};
    for (size_t i = 0; i < from->header_count; i++) {
        headers[i + 1] = split(arena, from->headers[i]);
    }
    return headers;
}

static void fill(struct http_inside_call *call, const struct env_http_request *from,
                 struct str origin, bool is_local) {
    struct arena *arena = &call->arena;
    struct http_request *request = &call->exchange->request;
    struct http_header *headers = headers_of(call, from, origin);
    struct str query = arena_str(arena, str_skip(from->url, origin.len));
    struct str path = str_cut(&query, '?');
    *request = (struct http_request){
        .method = arena_str(arena, from->method),
        .path = path,
        .query = query.bytes == NULL ? STR("") : query,
        .headers = headers,
        .header_count = headers == NULL ? 0 : from->header_count + 1,
        .body = arena_str(arena, from->body),
        .peer = is_local ? STR("unix") : STR("127.0.0.1"),
        .is_local = is_local,
    };
    call->exchange->is_head = str_equal(from->method, STR("HEAD"));
}

static struct err address(struct http_inside_call *call, const struct env_http_request *from) {
    struct http_inside *inside = call->inside;
    for (size_t i = 0; i < inside->server_count; i++) {
        struct str origin = inside->servers[i].origin;
        struct str rest = str_skip(from->url, origin.len);
        if (!str_starts_with(from->url, origin) || !str_starts_with(rest, STR("/"))) {
            continue;
        }
        call->server = inside->servers[i].server;
        call->exchange = http_exchange_create(call->server);
        if (call->exchange == NULL) {
            return ERR(ERR_NO_MEMORY);
        }
        call->exchange->inside = call;
        fill(call, from, origin, inside->servers[i].is_local);
        return arena_failed(&call->arena) ? ERR(ERR_NO_MEMORY) : OK;
    }
    return ERR(ERR_NETWORK);
}

static void send_inside(struct env *env, const struct env_http_request *request,
                        env_http_done *done, void *context) {
    struct http_inside *inside = env->http;
    check(inside != NULL);
    struct http_inside_call *call = env_alloc(inside->env, sizeof *call);
    check(call != NULL); /* without it there is no one to tell that it failed */
    *call = (struct http_inside_call){.inside = inside, .done = done, .context = context};
    arena_init(&call->arena, inside->env, CALL_MEMORY_MAX);
    struct err err = address(call, request);
    if (err_failed(err)) {
        if (call->exchange != NULL) {
            call->exchange->inside = NULL;
            http_exchange_destroy(call->server, call->exchange);
        }
        fail(call, err);
    }
    enqueue(call);
}

/* --- the answer --- */

static struct str line_of(struct arena *arena, struct http_header header) {
    return arena_printf(arena, STR_FMT ": " STR_FMT, STR_ARG(header.name), STR_ARG(header.value));
}

/* All of a source, which here is read at once. */
static struct err read_source(struct http_inside_call *call, const struct http_source *source,
                              struct str *ret_body) {
    struct buf out;
    struct err err = OK;
    buf_init(&out, call->inside->env, CALL_MEMORY_MAX / 2);
    while (!err_failed(err) && out.len < source->length && !out.has_failed) {
        size_t before = out.len;
        err = source->read(source->context, before, (size_t)source->length - before, &out);
        err = err_failed(err) || out.len > before ? err : ERR(ERR_IO);
    }
    err = out.has_failed ? ERR(ERR_TOO_LARGE) : err;
    *ret_body = arena_str(&call->arena, buf_str(&out));
    buf_finish(&out);
    return err;
}

static struct err answer(struct http_inside_call *call, const struct http_response *response) {
    struct arena *arena = &call->arena;
    struct str *lines = arena_array(arena, response->header_count + 1, sizeof *lines);
    for (size_t i = 0; i < response->header_count && lines != NULL; i++) {
        lines[i] = line_of(arena, response->headers[i]);
    }
    call->answer = (struct env_http_answer){
        .status = response->status,
        .headers = lines,
        .header_count = response->header_count,
        .body = arena_str(arena, response->body),
    };
    if (response->source != NULL) {
        TRY(read_source(call, response->source, &call->answer.body));
    }
    return arena_failed(arena) ? ERR(ERR_NO_MEMORY) : OK;
}

void http_inside_respond(struct http_exchange *exchange, const struct http_response *response) {
    struct http_inside_call *call = exchange->inside;
    struct err err = OK;
    call->is_answered = true;
    if (response == NULL || response->stream != NULL) { /* dropped, or without an end */
        err = ERR(ERR_NETWORK);
    } else {
        err = answer(call, response);
    }
    if (err_failed(err)) {
        fail(call, err);
    }
    if (response != NULL && response->stream != NULL) {
        response->stream->closed(response->stream->context);
    }
    if (response != NULL && response->source != NULL && response->source->closed != NULL) {
        response->source->closed(response->source->context);
    }
    exchange->inside = NULL;
    http_exchange_destroy(call->server, exchange);
    enqueue(call);
}

/* --- turns --- */

static void hand_over(struct http_inside_call *call) {
    struct http_server *server = call->server;
    call->exchange->request.received_ns = http_server_now_ns(server);
    server->counts.requests++;
    server->options.handle(server->options.context, call->exchange);
}

bool http_inside_step(struct http_inside *inside) {
    struct http_inside_call *call = inside->first;
    if (call == NULL) {
        return false;
    }
    inside->first = call->next;
    inside->end = inside->first == NULL ? &inside->first : inside->end;
    if (call->is_answered) {
        call->done(call->context, &call->answer);
        destroy(call);
    } else {
        hand_over(call);
    }
    return true;
}

/* --- life --- */

struct err http_inside_create(struct cx *cx, struct env *env, struct http_inside **ret_inside) {
    struct http_inside *inside = env_alloc_zeroed(env, sizeof *inside);
    if (inside == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for requests.");
    }
    inside->env = env;
    inside->end = &inside->first;
    env->http = inside;
    env->http_send = send_inside;
    *ret_inside = inside;
    return OK;
}

void http_inside_serve(struct http_inside *inside, struct str origin, struct http_server *server,
                       bool is_local) {
    check(inside->server_count < HTTP_INSIDE_SERVERS_MAX);
    size_t at = inside->server_count++;
    inside->servers[at].origin = origin;
    inside->servers[at].server = server;
    inside->servers[at].is_local = is_local;
}

void http_inside_destroy(struct http_inside *inside) {
    if (inside == NULL) {
        return;
    }
    while (inside->first != NULL) {
        struct http_inside_call *call = inside->first;
        inside->first = call->next;
        if (!call->is_answered) {
            call->exchange->inside = NULL;
            http_exchange_destroy(call->server, call->exchange);
        }
        destroy(call);
    }
    inside->env->http = NULL;
    inside->env->http_send = NULL;
    env_free(inside->env, inside);
}
