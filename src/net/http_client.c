#include "net/http_client.h"

#include "base/check.h"
#include "net/http_transfer.h"

/* Transfers under way at once, over which http_send answers ERR_BUSY; and connections that are kept
 * open for the next one. */
enum { TRANSFERS_MAX = 1024, CONNECTIONS_KEPT = 64 };

/* One request from http_send to its callback. */
struct send {
    struct http_transfer transfer; /* first */
    struct http_client *client;
    struct send *before, *next;
    env_http_done *done;
    void *context;
    struct err err; /* of the start; reported by the timer, since `done` is never called early */
    bool is_started;
};

/* A socket of libcurl's that the loop watches. */
struct watch {
    uv_poll_t poll;
    struct http_client *client;
    curl_socket_t fd;
    struct watch *before, *next;
};

struct http_client {
    struct env *env;
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer; /* libcurl's clock */
    struct send *sends;
    struct watch *watches;
    size_t send_count;
    size_t unstarted; /* sends whose failure the timer has yet to report */
    size_t handles;   /* open: the timer and the watches */
    bool is_doomed;
};

static void finish(struct send *send, const struct env_http_answer *answer) {
    struct http_client *client = send->client;
    if (send->is_started) {
        (void)curl_multi_remove_handle(client->multi, send->transfer.easy);
    }
    if (send->before != NULL) {
        send->before->next = send->next;
    } else {
        client->sends = send->next;
    }
    if (send->next != NULL) {
        send->next->before = send->before;
    }
    client->send_count--;
    send->done(send->context, answer);
    http_transfer_finish(&send->transfer);
    env_free(client->env, send);
}

static void report_unstarted(struct http_client *client) {
    struct send *next = NULL;
    for (struct send *send = client->sends; send != NULL; send = next) {
        next = send->next;
        if (err_failed(send->err)) {
            struct env_http_answer answer = {.err = send->err};
            client->unstarted--;
            finish(send, &answer);
            next = client->sends; /* the callback may have sent or finished others */
        }
    }
}

static void report_finished(struct http_client *client) {
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(client->multi, &left); message != NULL;
         message = curl_multi_info_read(client->multi, &left)) {
        check(message->msg == CURLMSG_DONE);
        CURLcode code = message->data.result;
        char *private = NULL;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        struct send *send = (struct send *)(void *)private;
        struct env_http_answer answer = http_transfer_answer(&send->transfer, code);
        finish(send, &answer);
    }
}

/* --- libcurl on the loop --- */

static void act(struct http_client *client, curl_socket_t fd, int events) {
    int running = 0;
    (void)curl_multi_socket_action(client->multi, fd, events, &running);
    report_finished(client);
}

static void on_timer(uv_timer_t *timer) {
    struct http_client *client = timer->data;
    report_unstarted(client);
    act(client, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timeout_set(CURLM *multi, long timeout_ms, void *context) {
    struct http_client *client = context;
    (void)multi;
    if (client->is_doomed) {
        return 0;
    }
    if (client->unstarted > 0) {
        timeout_ms = 0;
    }
    if (timeout_ms < 0) {
        return uv_timer_stop(&client->timer);
    }
    return uv_timer_start(&client->timer, on_timer, (uint64_t)timeout_ms, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct watch *watch = poll->data;
    int flags = (status < 0 ? CURL_CSELECT_ERR : 0) |
                ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
                ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0);
    act(watch->client, watch->fd, flags);
}

static void handle_closed(struct http_client *client) {
    check(client->handles > 0);
    client->handles--;
    if (client->handles == 0) {
        env_free(client->env, client);
    }
}

static void on_watch_closed(uv_handle_t *handle) {
    struct watch *watch = handle->data;
    struct http_client *client = watch->client;
    env_free(client->env, watch);
    handle_closed(client);
}

static void close_watch(struct http_client *client, struct watch *watch) {
    if (watch->before != NULL) {
        watch->before->next = watch->next;
    } else {
        client->watches = watch->next;
    }
    if (watch->next != NULL) {
        watch->next->before = watch->before;
    }
    uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
}

static struct watch *open_watch(struct http_client *client, curl_socket_t fd) {
    struct watch *watch = env_alloc(client->env, sizeof *watch);
    if (watch == NULL) {
        return NULL;
    }
    *watch = (struct watch){.client = client, .fd = fd, .next = client->watches};
    if (uv_poll_init_socket(client->loop, &watch->poll, fd) != 0) {
        env_free(client->env, watch);
        return NULL;
    }
    watch->poll.data = watch;
    if (client->watches != NULL) {
        client->watches->before = watch;
    }
    client->watches = watch;
    client->handles++;
    return watch;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context) {
    struct http_client *client = context;
    struct watch *watch = socket_context;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch != NULL) {
            (void)curl_multi_assign(client->multi, fd, NULL);
            close_watch(client, watch);
        }
        return 0;
    }
    if (watch == NULL) {
        watch = open_watch(client, fd);
        if (watch == NULL) {
            return -1; /* libcurl aborts all transfers: there is no memory to go on */
        }
        (void)curl_multi_assign(client->multi, fd, watch);
    }
    int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                 ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    return uv_poll_start(&watch->poll, events, on_poll) == 0 ? 0 : -1;
}

/* --- the env's function --- */

static struct err start(struct http_client *client, struct send *send,
                        const struct env_http_request *request) {
    TRY(http_transfer_init(&send->transfer, client->env, request));
    if (client->send_count > TRANSFERS_MAX) {
        return ERR(ERR_BUSY);
    }
    if (curl_easy_setopt(send->transfer.easy, CURLOPT_PRIVATE, send) != CURLE_OK ||
        curl_multi_add_handle(client->multi, send->transfer.easy) != CURLM_OK) {
        return ERR(ERR_NO_MEMORY);
    }
    send->is_started = true;
    return OK;
}

static void client_send(struct env *env, const struct env_http_request *request,
                        env_http_done *done, void *context) {
    struct http_client *client = env->http;
    check(client != NULL && !client->is_doomed);
    struct send *send = env_alloc(client->env, sizeof *send);
    check(send != NULL); /* without it there is no one to tell that it failed */
    *send =
        (struct send){.client = client, .done = done, .context = context, .next = client->sends};
    if (client->sends != NULL) {
        client->sends->before = send;
    }
    client->sends = send;
    client->send_count++;
    send->err = start(client, send, request);
    if (err_failed(send->err)) {
        client->unstarted++;
        (void)uv_timer_start(&client->timer, on_timer, 0, 0);
    }
}

/* --- life --- */

static bool set_up_multi(struct http_client *client) {
    CURLM *multi = client->multi;
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout_set) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT) == CURLM_OK;
}

struct err http_client_create(struct cx *cx, struct env *env, uv_loop_t *loop,
                              struct http_client **ret_client) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "libcurl cannot be initialised.");
    }
    struct http_client *client = env_alloc(env, sizeof *client);
    if (client == NULL) {
        curl_global_cleanup();
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the HTTP client.");
    }
    *client = (struct http_client){.env = env, .loop = loop, .multi = curl_multi_init()};
    if (client->multi == NULL || !set_up_multi(client)) {
        (void)curl_multi_cleanup(client->multi);
        env_free(env, client);
        curl_global_cleanup();
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the HTTP client.");
    }
    int failed = uv_timer_init(loop, &client->timer);
    check(failed == 0); /* it only fills in the handle */
    client->timer.data = client;
    client->handles = 1;
    env->http = client;
    env->http_send = client_send;
    *ret_client = client;
    return OK;
}

static void on_timer_closed(uv_handle_t *handle) {
    handle_closed(handle->data);
}

void http_client_destroy(struct http_client *client) {
    if (client == NULL) {
        return;
    }
    client->is_doomed = true;
    client->env->http = NULL;
    client->env->http_send = NULL;
    while (client->sends != NULL) {
        struct env_http_answer answer = {.err = ERR(ERR_NETWORK)};
        finish(client->sends, &answer);
    }
    (void)curl_multi_cleanup(client->multi);
    while (client->watches != NULL) {
        close_watch(client, client->watches);
    }
    uv_close((uv_handle_t *)&client->timer, on_timer_closed);
    curl_global_cleanup();
}
