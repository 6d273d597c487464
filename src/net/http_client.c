#include "net/http_client.h"

#include "base/check.h"
#include "net/http_transfer.h"
#include "net/transfers.h"

enum { TRANSFERS_MAX = 1024 }; /* under way at once, over which http_send answers ERR_BUSY */

/* One request from http_send to its callback. */
struct send {
    struct transfer_task task; /* first */
    struct http_transfer transfer;
    struct http_client *client;
    env_http_done *done;
    void *context;
    struct err err; /* of the start */
};

struct http_client {
    struct env *env;
    struct transfers *transfers;
};

static void finish(struct transfer_task *task, CURLcode code) {
    struct send *send = (struct send *)task;
    struct http_client *client = send->client;
    struct env_http_answer answer = {.err = send->err};
    if (!err_failed(send->err)) {
        answer = http_transfer_answer(&send->transfer, code);
    }
    send->done(send->context, &answer);
    http_transfer_finish(&send->transfer);
    env_free(client->env, send);
}

static struct err prepare(struct http_client *client, struct send *send,
                          const struct env_http_request *request) {
    const struct curl *curl = NULL;
    TRY(transfers_curl(client->transfers, &curl));
    TRY(http_transfer_init(&send->transfer, curl, client->env, request));
    return transfers_count(client->transfers) >= TRANSFERS_MAX ? ERR(ERR_BUSY) : OK;
}

static void client_send(struct env *env, const struct env_http_request *request,
                        env_http_done *done, void *context) {
    struct http_client *client = env->http;
    check(client != NULL);
    struct send *send = env_alloc(client->env, sizeof *send);
    check(send != NULL); /* without it there is no one to tell that it failed */
    *send =
        (struct send){.task = {.done = finish}, .client = client, .done = done, .context = context};
    send->err = prepare(client, send, request);
    send->task.easy = err_failed(send->err) ? NULL : send->transfer.easy;
    transfers_start(client->transfers, &send->task);
}

/* --- life --- */

struct err http_client_create(struct cx *cx, struct env *env, uv_loop_t *loop,
                              struct http_client **ret_client) {
    struct http_client *client = env_alloc(env, sizeof *client);
    if (client == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the HTTP client.");
    }
    *client = (struct http_client){.env = env};
    struct err err = transfers_create(cx, env, loop, &client->transfers);
    if (err_failed(err)) {
        env_free(env, client);
        return err;
    }
    env->http = client;
    env->http_send = client_send;
    *ret_client = client;
    return OK;
}

struct transfers *http_client_transfers(struct http_client *client) {
    return client->transfers;
}

void http_client_destroy(struct http_client *client) {
    if (client == NULL) {
        return;
    }
    client->env->http = NULL;
    client->env->http_send = NULL;
    transfers_destroy(client->transfers);
    env_free(client->env, client);
}
