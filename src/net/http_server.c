/* The server as a whole: accepting, the sweep that enforces time bounds, stopping. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "net/http_connection.h"
#include "net/listen.h"

enum { OWN_HANDLES = 2 }; /* prepare and sweep */

uint64_t http_server_now_ns(const struct http_server *server) {
    return server->env->mono_ns(server->env);
}

int http_server_port(const struct http_server *server) {
    return server->port;
}

struct http_server_counts http_server_count(const struct http_server *server) {
    return server->counts;
}

static void write_date(struct http_server *server, int64_t now_s) {
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)now_s;
    struct tm at = {0};
    (void)gmtime_r(&seconds, &at);
    (void)snprintf(server->date, sizeof server->date, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                   days[at.tm_wday], at.tm_mday, months[at.tm_mon], at.tm_year + 1900, at.tm_hour,
                   at.tm_min, at.tm_sec);
    server->date_len = strlen(server->date);
}

struct str http_server_date(struct http_server *server) {
    if (!server->is_date_new) {
        int64_t now_s = server->env->wall_ms(server->env) / 1000;
        if (now_s != server->date_s) {
            write_date(server, now_s);
        }
        server->date_s = now_s;
        server->is_date_new = true;
    }
    return str_of(server->date, server->date_len);
}

/* --- the loop --- */

/* Before the loop sleeps: everything that has changed since is written or decided. Serving one may
 * parse further requests of it, whose answers touch it again; each round uses up read bytes, so
 * that it ends. */
static void on_prepare(uv_prepare_t *prepare) {
    struct http_server *server = prepare->data;
    struct http_connection *connection = NULL;
    while ((connection = http_connection_take_dirty(server)) != NULL) {
        http_connection_service(connection);
    }
    server->is_date_new = false;
}

void http_server_sweep(struct http_server *server) {
    uint64_t now_ns = http_server_now_ns(server);
    bool is_late = server->state == HTTP_STOPPING && now_ns >= server->deadline_ns;
    struct http_connection *next = NULL;
    for (struct http_connection *at = server->connections; at != NULL; at = next) {
        next = at->next;
        if (is_late) {
            http_connection_close(at);
        } else {
            http_connection_sweep(at, now_ns);
        }
    }
    for (size_t i = 0; i < server->listener_count; i++) {
        struct http_listener *listener = server->listeners[i];
        if (listener->is_waiting) {
            listener->is_waiting = !http_connection_accept(listener);
        }
    }
}

static void on_sweep(uv_timer_t *timer) {
    http_server_sweep(timer->data);
}

static void on_connection(uv_stream_t *stream, int status) {
    struct http_listener *listener = stream->data;
    if (status == 0) {
        listener->is_waiting = !http_connection_accept(listener);
    }
}

/* --- making --- */

static void start_handles(struct http_server *server) {
    int failed = uv_prepare_init(server->options.loop, &server->prepare) |
                 uv_timer_init(server->options.loop, &server->sweep);
    server->prepare.data = server;
    server->sweep.data = server;
    failed |= uv_prepare_start(&server->prepare, on_prepare) |
              uv_timer_start(&server->sweep, on_sweep, HTTP_SWEEP_MS, HTTP_SWEEP_MS);
    check(failed == 0); /* these calls fail on wrong arguments only */
    server->handles = OWN_HANDLES;
}

struct err http_server_create(struct cx *cx, const struct http_server_options *options,
                              struct http_server **ret_server) {
    check(options->handle != NULL && options->body_max != NULL && options->refuse != NULL);
    if ((options->tls_certificate == NULL) != (options->tls_key == NULL)) {
        return cx_fail(cx, ERR(ERR_FORMAT), "TLS needs both a certificate and a key file.");
    }
    struct http_server *server = env_alloc_zeroed(options->env, sizeof *server);
    if (server == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the HTTP server.");
    }
    server->options = *options;
    server->env = options->env;
    server->date_s = INT64_MIN;
    server->dirty_end = &server->dirty;
    if (server->options.connections_max == 0) {
        server->options.connections_max = LIMIT_CONNECTIONS;
    }
    if (options->tls_certificate != NULL) {
        struct err err =
            http_tls_context_create(cx, options->tls_certificate, options->tls_key, &server->tls);
        if (err_failed(err)) {
            env_free(server->env, server);
            return err;
        }
    }
    start_handles(server);
    *ret_server = server;
    return OK;
}

struct err http_server_reload_tls(struct cx *cx, struct http_server *server) {
    const struct http_server_options *options = &server->options;
    struct ssl_ctx_st *context = NULL;
    if (server->tls == NULL) {
        return OK;
    }
    TRY(http_tls_context_create(cx, options->tls_certificate, options->tls_key, &context));
    http_tls_context_destroy(server->tls); /* sessions under way hold on to it */
    server->tls = context;
    return OK;
}

static void on_listener_closed(uv_handle_t *handle) {
    struct http_listener *listener = handle->data;
    struct http_server *server = listener->server;
    env_free(server->env, listener);
    http_server_handle_closed(server);
}

/* Makes a handle of the bound socket `fd`, which is closed on failure. */
static int attach(struct http_listener *listener, int fd) {
    struct http_server *server = listener->server;
    uv_loop_t *loop = server->options.loop;
    bool is_unix = listener->address.is_unix;
    int made = is_unix ? uv_pipe_init(loop, &listener->socket.pipe, 0)
                       : uv_tcp_init(loop, &listener->socket.tcp);
    check(made == 0); /* without flags, both only fill in the handle */
    listener->socket.handle.data = listener;
    server->handles++;
    int opened =
        is_unix ? uv_pipe_open(&listener->socket.pipe, fd) : uv_tcp_open(&listener->socket.tcp, fd);
    if (opened != 0) {
        close(fd);
        return opened;
    }
    return uv_listen(&listener->socket.stream, SOMAXCONN, on_connection);
}

struct err http_server_listen(struct cx *cx, struct http_server *server, struct str address) {
    check(server->state == HTTP_RUNNING);
    if (server->listener_count == HTTP_LISTENERS_MAX) {
        return cx_fail(cx, ERR(ERR_TOO_LARGE), "A server listens on at most %d addresses.",
                       HTTP_LISTENERS_MAX);
    }
    struct net_address where;
    TRY(net_address_parse(cx, address, &where));
    int fd = -1;
    int port = 0;
    TRY(net_bind(cx, &where, &fd, &port));
    struct http_listener *listener = env_alloc(server->env, sizeof *listener);
    if (listener == NULL) {
        close(fd);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for a listener.");
    }
    *listener = (struct http_listener){.server = server, .address = where};
    int failed = attach(listener, fd);
    if (failed != 0) {
        uv_close(&listener->socket.handle, on_listener_closed);
        return cx_fail(cx, ERR(ERR_IO), "Listening on " STR_FMT " failed: %s.",
                       STR_ARG(str_first(address, 200)), uv_strerror(failed));
    }
    server->listeners[server->listener_count++] = listener;
    if (server->port == 0) {
        server->port = port;
    }
    return OK;
}

/* --- stopping --- */

static void on_own_closed(uv_handle_t *handle) {
    http_server_handle_closed(handle->data);
}

static void close_own(struct http_server *server) {
    if (!uv_is_closing((uv_handle_t *)&server->prepare)) {
        uv_close((uv_handle_t *)&server->prepare, on_own_closed);
        uv_close((uv_handle_t *)&server->sweep, on_own_closed);
    }
}

static void close_listeners(struct http_server *server) {
    for (size_t i = 0; i < server->listener_count; i++) {
        struct http_listener *listener = server->listeners[i];
        if (listener->address.is_unix) {
            (void)unlink(listener->address.path);
        }
        uv_close(&listener->socket.handle, on_listener_closed);
    }
    server->listener_count = 0;
}

static void free_server(struct http_server *server) {
    http_tls_context_destroy(server->tls);
    while (server->spare_count > 0) {
        http_exchange_free(server->spare[--server->spare_count]);
    }
    env_free(server->env, server);
}

/* Listeners and connections go first: the sweep must be there to end their grace. */
void http_server_handle_closed(struct http_server *server) {
    check(server->handles > 0);
    server->handles--;
    if (server->handles == OWN_HANDLES && server->state == HTTP_STOPPING) {
        close_own(server);
    }
    if (server->handles > 0) {
        return;
    }
    if (server->is_doomed) {
        free_server(server);
        return;
    }
    server->state = HTTP_STOPPED;
    server->stopped(server->stopped_context);
}

void http_server_stop(struct http_server *server, int64_t grace_ms, void (*stopped)(void *context),
                      void *context) {
    check(server->state == HTTP_RUNNING && grace_ms >= 0 && stopped != NULL);
    server->state = HTTP_STOPPING;
    server->deadline_ns = http_server_now_ns(server) + (uint64_t)grace_ms * 1000 * 1000;
    server->stopped = stopped;
    server->stopped_context = context;
    close_listeners(server);
    struct http_connection *next = NULL;
    for (struct http_connection *at = server->connections; at != NULL; at = next) {
        next = at->next;
        if (http_connection_is_idle(at) || http_connection_is_streaming(at)) {
            http_connection_close(at);
        }
    }
    if (server->handles == OWN_HANDLES) {
        close_own(server);
    }
}

void http_server_destroy(struct http_server *server) {
    if (server == NULL) {
        return;
    }
    if (server->handles == 0) {
        free_server(server);
        return;
    }
    server->is_doomed = true;
    close_listeners(server);
    while (server->connections != NULL) {
        http_connection_close(server->connections);
    }
    close_own(server);
}
