#include "net/transfers.h"

#include "base/check.h"
#include "base/log.h"

enum { CONNECTIONS_KEPT = 64 }; /* open for the next transfer */

/* A socket of libcurl's that the loop watches. */
struct watch {
    uv_poll_t poll;
    struct transfers *transfers;
    curl_socket_t fd;
    struct watch *before, *next;
};

struct transfers {
    struct env *env;
    uv_loop_t *loop;
    struct curl curl;
    CURLM *multi;     /* NULL until something is to go out; without it `curl` is empty */
    uv_timer_t timer; /* libcurl's clock */
    struct transfer_task *tasks;
    struct watch *watches;
    size_t task_count;
    size_t unstarted; /* tasks whose failure the timer has yet to report */
    size_t handles;   /* open: the timer and the watches */
    bool is_doomed;
};

static void finish(struct transfer_task *task, CURLcode code) {
    struct transfers *transfers = task->transfers;
    if (task->is_started) {
        (void)transfers->curl.multi_remove_handle(transfers->multi, task->easy);
    }
    if (task->before != NULL) {
        task->before->next = task->next;
    } else {
        transfers->tasks = task->next;
    }
    if (task->next != NULL) {
        task->next->before = task->before;
    }
    transfers->task_count--;
    task->done(task, code);
}

static void report_unstarted(struct transfers *transfers) {
    struct transfer_task *next = NULL;
    for (struct transfer_task *task = transfers->tasks; task != NULL; task = next) {
        next = task->next;
        if (!task->is_started) {
            transfers->unstarted--;
            finish(task, CURLE_FAILED_INIT);
            next = transfers->tasks; /* the callback may have started or finished others */
        }
    }
}

static void report_finished(struct transfers *transfers) {
    int left = 0;
    for (CURLMsg *message = transfers->curl.multi_info_read(transfers->multi, &left);
         message != NULL; message = transfers->curl.multi_info_read(transfers->multi, &left)) {
        check(message->msg == CURLMSG_DONE);
        CURLcode code = message->data.result;
        char *private = NULL;
        (void)transfers->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        finish((struct transfer_task *)(void *)private, code);
    }
}

/* --- libcurl on the loop --- */

static void act(struct transfers *transfers, curl_socket_t fd, int events) {
    int running = 0;
    (void)transfers->curl.multi_socket_action(transfers->multi, fd, events, &running);
    report_finished(transfers);
}

static void on_timer(uv_timer_t *timer) {
    struct transfers *transfers = timer->data;
    report_unstarted(transfers);
    if (transfers->multi != NULL) {
        act(transfers, CURL_SOCKET_TIMEOUT, 0);
    }
}

static int on_timeout_set(CURLM *multi, long timeout_ms, void *context) {
    struct transfers *transfers = context;
    (void)multi;
    if (transfers->is_doomed) {
        return 0;
    }
    if (transfers->unstarted > 0) {
        timeout_ms = 0;
    }
    if (timeout_ms < 0) {
        return uv_timer_stop(&transfers->timer);
    }
    return uv_timer_start(&transfers->timer, on_timer, (uint64_t)timeout_ms, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct watch *watch = poll->data;
    int flags = (status < 0 ? CURL_CSELECT_ERR : 0) |
                ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
                ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0);
    act(watch->transfers, watch->fd, flags);
}

static void handle_closed(struct transfers *transfers) {
    check(transfers->handles > 0);
    transfers->handles--;
    if (transfers->handles == 0) {
        env_free(transfers->env, transfers);
    }
}

static void on_watch_closed(uv_handle_t *handle) {
    struct watch *watch = handle->data;
    struct transfers *transfers = watch->transfers;
    env_free(transfers->env, watch);
    handle_closed(transfers);
}

static void close_watch(struct transfers *transfers, struct watch *watch) {
    if (watch->before != NULL) {
        watch->before->next = watch->next;
    } else {
        transfers->watches = watch->next;
    }
    if (watch->next != NULL) {
        watch->next->before = watch->before;
    }
    uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
}

static struct watch *open_watch(struct transfers *transfers, curl_socket_t fd) {
    struct watch *watch = env_alloc(transfers->env, sizeof *watch);
    if (watch == NULL) {
        return NULL;
    }
    *watch = (struct watch){.transfers = transfers, .fd = fd, .next = transfers->watches};
    if (uv_poll_init_socket(transfers->loop, &watch->poll, fd) != 0) {
        env_free(transfers->env, watch);
        return NULL;
    }
    watch->poll.data = watch;
    if (transfers->watches != NULL) {
        transfers->watches->before = watch;
    }
    transfers->watches = watch;
    transfers->handles++;
    return watch;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context) {
    struct transfers *transfers = context;
    struct watch *watch = socket_context;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch != NULL) {
            (void)transfers->curl.multi_assign(transfers->multi, fd, NULL);
            close_watch(transfers, watch);
        }
        return 0;
    }
    if (watch == NULL) {
        watch = open_watch(transfers, fd);
        if (watch == NULL) {
            return -1; /* libcurl aborts all transfers: there is no memory to go on */
        }
        (void)transfers->curl.multi_assign(transfers->multi, fd, watch);
    }
    int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                 ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    return uv_poll_start(&watch->poll, events, on_poll) == 0 ? 0 : -1;
}

/* --- a transfer's start --- */

void transfers_start(struct transfers *transfers, struct transfer_task *task) {
    check(!transfers->is_doomed);
    task->transfers = transfers;
    task->before = NULL;
    task->next = transfers->tasks;
    if (transfers->tasks != NULL) {
        transfers->tasks->before = task;
    }
    transfers->tasks = task;
    transfers->task_count++;
    task->is_started = task->easy != NULL &&
                       CURL_SET(&transfers->curl, task->easy, CURLOPT_PRIVATE, task) == CURLE_OK &&
                       transfers->curl.multi_add_handle(transfers->multi, task->easy) == CURLM_OK;
    if (!task->is_started) {
        transfers->unstarted++;
        (void)uv_timer_start(&transfers->timer, on_timer, 0, 0);
    }
}

size_t transfers_count(const struct transfers *transfers) {
    return transfers->task_count;
}

/* --- life --- */

static bool set_up_multi(struct transfers *transfers, const struct curl *curl, CURLM *multi) {
    return curl->multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl->multi_setopt(multi, CURLMOPT_SOCKETDATA, transfers) == CURLM_OK &&
           curl->multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout_set) == CURLM_OK &&
           curl->multi_setopt(multi, CURLMOPT_TIMERDATA, transfers) == CURLM_OK &&
           curl->multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT) == CURLM_OK;
}

static struct err open_multi(struct cx *cx, struct transfers *transfers) {
    struct curl curl;
    TRY(curl_load(cx, CURL_LIBRARY, &curl));
    if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "libcurl cannot be initialised.");
    }
    CURLM *multi = curl.multi_init();
    if (multi == NULL || !set_up_multi(transfers, &curl, multi)) {
        (void)curl.multi_cleanup(multi);
        curl.global_cleanup();
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for outbound transfers.");
    }
    transfers->curl = curl;
    transfers->multi = multi;
    return OK;
}

struct err transfers_curl(struct transfers *transfers, const struct curl **ret_curl) {
    if (transfers->multi == NULL) {
        struct cx cx;
        cx_init(&cx, transfers->env, NULL);
        struct err err = open_multi(&cx, transfers);
        if (err_failed(err)) {
            log_event(transfers->env, LOG_ERROR, "net.no_libcurl", "err=%s detail=\"%s\"",
                      err_name(err.code), cx.detail);
            return err;
        }
    }
    *ret_curl = &transfers->curl;
    return OK;
}

struct err transfers_create(struct cx *cx, struct env *env, uv_loop_t *loop,
                            struct transfers **ret_transfers) {
    struct transfers *transfers = env_alloc(env, sizeof *transfers);
    if (transfers == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for outbound transfers.");
    }
    *transfers = (struct transfers){.env = env, .loop = loop};
    int failed = uv_timer_init(loop, &transfers->timer);
    check(failed == 0); /* it only fills in the handle */
    transfers->timer.data = transfers;
    transfers->handles = 1;
    *ret_transfers = transfers;
    return OK;
}

static void on_timer_closed(uv_handle_t *handle) {
    handle_closed(handle->data);
}

void transfers_destroy(struct transfers *transfers) {
    if (transfers == NULL) {
        return;
    }
    transfers->is_doomed = true;
    while (transfers->tasks != NULL) {
        finish(transfers->tasks, CURLE_ABORTED_BY_CALLBACK);
    }
    if (transfers->multi != NULL) {
        (void)transfers->curl.multi_cleanup(transfers->multi);
        transfers->curl.global_cleanup();
    }
    while (transfers->watches != NULL) {
        close_watch(transfers, transfers->watches);
    }
    uv_close((uv_handle_t *)&transfers->timer, on_timer_closed);
}
