/* `turnpike sandbox`: the Stripe-compatible server alone. */
#include "sandbox/sandbox.h"

#include <signal.h>
#include <stdio.h>

#include "db/folder.h"
#include "main/serve.h"
#include "net/http_client.h"

enum { STOP_MS = 5000 };

struct stand {
    struct cx *cx;
    uv_loop_t loop;
    uv_signal_t signals[2];
    struct http_client *client;
    struct sandbox *sandbox;
    bool is_stopping;
};

static void on_stopped(void *context) {
    struct stand *stand = context;
    http_client_destroy(stand->client);
    stand->client = NULL;
    uv_stop(&stand->loop);
}

static void on_signal(uv_signal_t *signal, int number) {
    struct stand *stand = signal->data;
    (void)number;
    if (!stand->is_stopping) {
        stand->is_stopping = true;
        sandbox_stop(stand->sandbox, STOP_MS, on_stopped, stand);
    }
}

static void close_handle(uv_handle_t *handle, void *context) {
    (void)context;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static struct err start(struct stand *stand, const struct cli_sandbox *options,
                        const char *data_path) {
    static const int numbers[] = {SIGTERM, SIGINT};
    struct cx *cx = stand->cx;
    struct sandbox_options sandbox = {
        .env = cx->env,
        .loop = &stand->loop,
        .data_path = data_path,
        .address = options->listen,
        .retry_days = options->retry_days,
        .retry_count = options->retry_count,
        .retry_end = options->retry_end,
        .has_account_numbers = options->has_account_numbers,
    };
    (void)signal(SIGPIPE, SIG_IGN);
    TRY(http_client_create(cx, cx->env, &stand->loop, &stand->client));
    TRY(sandbox_create(cx, &sandbox, &stand->sandbox));
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        stand->signals[i].data = stand;
        if (uv_signal_init(&stand->loop, &stand->signals[i]) != 0 ||
            uv_signal_start(&stand->signals[i], on_signal, numbers[i]) != 0) {
            return cx_fail(cx, ERR(ERR_NO_MEMORY), "Signals could not be set up.");
        }
    }
    printf("turnpike: sandbox listening on http://127.0.0.1:%d\n", sandbox_port(stand->sandbox));
    fflush(stdout);
    return OK;
}

static void finish(struct stand *stand) {
    if (stand->client != NULL) {
        http_client_destroy(stand->client);
    }
    sandbox_destroy(stand->sandbox);
    uv_walk(&stand->loop, close_handle, NULL);
    (void)uv_run(&stand->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&stand->loop);
}

struct err sandbox_run(struct cx *cx, const struct cli_sandbox *options) {
    struct stand stand = {.cx = cx};
    struct folder *folder = NULL;
    TRY(folder_open(cx, options->data_dir, "sandbox.db", &folder));
    if (uv_loop_init(&stand.loop) != 0) {
        folder_close(folder);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "The event loop could not be started.");
    }
    const char *path = arena_printf(cx->arena, "%s/sandbox.db", options->data_dir).bytes;
    struct err err = start(&stand, options, path);
    if (!err_failed(err)) {
        (void)uv_run(&stand.loop, UV_RUN_DEFAULT);
    }
    finish(&stand);
    folder_close(folder);
    return err;
}
