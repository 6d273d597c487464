/* The life of a sandbox: data, listener, timer. */
#include "sandbox/sandbox.h"

#include <stdio.h>

#include "base/log.h"
#include "sandbox/turn.h"

enum { BODY_MAX = 256 * 1024, TIMER_MS_MAX = 60000, RETRY_MS = 5000 };

static void on_timer(uv_timer_t *timer) {
    sandbox_run_due(timer->data);
}

static void handle(void *context, struct http_exchange *exchange) {
    struct sandbox *sandbox = context;
    const struct http_request *request = http_exchange_request(exchange);
    bool is_api =
        str_starts_with(request->path, STR("/v1/")) || str_starts_with(request->path, STR("/v2/"));
    if (is_api) {
        sandbox_api_handle(sandbox, exchange);
    } else {
        pages_handle(sandbox, exchange);
    }
    if (store_writes(sandbox->store) != sandbox->seen_writes) {
        sandbox_kick(sandbox);
    }
}

static size_t body_max(void *context, struct str method, struct str path) {
    (void)context;
    (void)method;
    (void)path;
    return BODY_MAX;
}

static void refuse(void *context, int status, const char *reason, struct arena *arena,
                   struct http_response *ret_response) {
    (void)context;
    ret_response->status = status;
    http_add_header(ret_response, STR("Content-Type"), STR("application/json"));
    ret_response->body = arena_printf(
        arena, "{\"error\": {\"type\": \"invalid_request_error\", \"message\": \"%s\"}}", reason);
}

static struct err open_all(struct cx *cx, const struct sandbox_options *options,
                           struct sandbox *sandbox) {
    TRY(sandbox_store_open(cx, options->data_path, &sandbox->store));
    TRY(store_deliveries_recall(sandbox->store, options->env->wall_ms(options->env)));
    const struct http_server_options server_options = {
        .env = options->env,
        .loop = options->loop,
        .handle = handle,
        .body_max = body_max,
        .refuse = refuse,
        .context = sandbox,
    };
    TRY(http_server_create(cx, &server_options, &sandbox->server));
    if (options->address.len > 0) {
        TRY(http_server_listen(cx, sandbox->server, options->address));
    }
    if (uv_timer_init(options->loop, &sandbox->timer) != 0) {
        return ERR(ERR_NO_MEMORY);
    }
    sandbox->timer.data = sandbox;
    sandbox->has_timer = true;
    return OK;
}

/* What the account is set to do lies with its other data, where every unit of work finds it. */
static bool set_account(struct sandbox *sandbox, const struct sandbox_options *options) {
    struct world world;
    world_init(&world, sandbox->store, sandbox->env);
    bool is_well = world_begin(&world);
    json_t *settings = is_well ? world_get(&world, SANDBOX_SETTINGS) : NULL;
    if (is_well && settings == NULL) {
        settings = world_add_as(&world, "sandbox.settings", SANDBOX_SETTINGS);
    }
    json_t *days = json_array();
    for (size_t i = 0; i < options->retry_count; i++) {
        json_array_append_new(days, json_integer(options->retry_days[i]));
    }
    if (settings == NULL) {
        json_decref(days);
    } else {
        json_object_set_new(settings, "retry_days", days);
        set_bool(settings, "has_account_numbers", options->has_account_numbers);
        set_text(settings, "retry_end",
                 options->retry_end == NULL ? "past_due" : options->retry_end);
        world_touch(&world, settings);
        is_well = world_commit(&world);
    }
    world_finish(&world);
    return is_well;
}

struct err sandbox_create(struct cx *cx, const struct sandbox_options *options,
                          struct sandbox **ret_sandbox) {
    struct sandbox *sandbox = env_alloc_zeroed(options->env, sizeof *sandbox);
    if (sandbox == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    sandbox->env = options->env;
    sandbox->loop = options->loop;
    struct err err = open_all(cx, options, sandbox);
    if (err_failed(err)) {
        sandbox_destroy(sandbox);
        return err;
    }
    if (options->public_url.len > 0) {
        (void)snprintf(sandbox->public_url, sizeof sandbox->public_url, STR_FMT,
                       STR_ARG(options->public_url));
    } else {
        (void)snprintf(sandbox->public_url, sizeof sandbox->public_url, "http://127.0.0.1:%d",
                       http_server_port(sandbox->server));
    }
    if (!set_account(sandbox, options)) {
        sandbox_destroy(sandbox);
        return cx_fail(cx, ERR(ERR_IO), "The sandbox could not write its settings.");
    }
    sandbox_kick(sandbox);
    *ret_sandbox = sandbox;
    return OK;
}

/* Its secrets are those that it was made with, or that it was given since. */
static void fill_endpoint(struct world *world, const struct sandbox_endpoint *endpoint) {
    json_t *document = world_get(world, endpoint->id);
    if (document == NULL) {
        document = world_add_as(world, "webhook_endpoint", endpoint->id);
        set_text(document, "api_version", SANDBOX_API_VERSION);
        set_text(document, "description", "The program's own");
        json_object_set_new(document, "_secrets", json_pack("[{s:s}]", "secret", endpoint->secret));
    }
    json_t *events = json_array();
    for (size_t i = 0; i < endpoint->event_count; i++) {
        json_array_append_new(events, json_string(endpoint->events[i]));
    }
    json_object_set_new(document, "enabled_events", events);
    json_object_set_new(document, "url", json_stringn(endpoint->url.bytes, endpoint->url.len));
    world_touch(world, document);
}

struct err sandbox_set_endpoint(struct cx *cx, struct sandbox *sandbox,
                                const struct sandbox_endpoint *endpoint) {
    struct world world;
    world_init(&world, sandbox->store, sandbox->env);
    bool is_well = world_begin(&world);
    if (is_well) {
        fill_endpoint(&world, endpoint);
        is_well = world_commit(&world);
    }
    world_finish(&world);
    return is_well ? OK : cx_fail(cx, ERR(ERR_IO), "The sandbox could not write where events go.");
}

struct http_server *sandbox_server(const struct sandbox *sandbox) {
    return sandbox->server;
}

int sandbox_port(const struct sandbox *sandbox) {
    return http_server_port(sandbox->server);
}

static void timer_closed(uv_handle_t *handle) {
    struct sandbox *sandbox = handle->data;
    sandbox->has_timer = false;
    sandbox->stopped(sandbox->stopped_context);
}

static void server_stopped(void *context) {
    struct sandbox *sandbox = context;
    uv_close((uv_handle_t *)&sandbox->timer, timer_closed);
}

void sandbox_stop(struct sandbox *sandbox, int64_t grace_ms, void (*stopped)(void *context),
                  void *context) {
    sandbox->is_stopping = true;
    sandbox->stopped = stopped;
    sandbox->stopped_context = context;
    turns_release(sandbox);
    uv_timer_stop(&sandbox->timer);
    http_server_stop(sandbox->server, grace_ms, server_stopped, sandbox);
}

static void doomed(uv_handle_t *handle) {
    struct sandbox *sandbox = handle->data;
    env_free(sandbox->env, sandbox);
}

/* One that was never stopped, since the program's start failed, still has its timer in the loop. */
void sandbox_destroy(struct sandbox *sandbox) {
    if (sandbox == NULL) {
        return;
    }
    http_server_destroy(sandbox->server);
    store_close(sandbox->store);
    if (sandbox->has_timer) {
        uv_close((uv_handle_t *)&sandbox->timer, doomed);
    } else {
        env_free(sandbox->env, sandbox);
    }
}

static int64_t next_document_ms(struct sandbox *sandbox) {
    char id[STORE_ID];
    int64_t due_s = STORE_NEVER;
    bool is_none =
        err_failed(store_due(sandbox->store, "", INT64_MAX, id, &due_s)) || due_s == STORE_NEVER;
    return is_none ? INT64_MAX : due_s * 1000;
}

static int64_t next_delivery_ms(struct sandbox *sandbox) {
    int64_t due_ms = INT64_MAX;
    return err_failed(store_delivery_next(sandbox->store, &due_ms)) ? INT64_MAX : due_ms;
}

int64_t sandbox_next_due_ms(struct sandbox *sandbox) {
    int64_t document_ms = next_document_ms(sandbox);
    int64_t delivery_ms = next_delivery_ms(sandbox);
    return document_ms < delivery_ms ? document_ms : delivery_ms;
}

static void set_timer(struct sandbox *sandbox) {
    int64_t document_ms = next_document_ms(sandbox);
    int64_t due_ms = webhooks_next_ms(sandbox);
    int64_t wait_ms = TIMER_MS_MAX;
    due_ms = document_ms < due_ms ? document_ms : due_ms;
    if (due_ms != INT64_MAX) {
        int64_t left_ms = due_ms - sandbox->env->wall_ms(sandbox->env);
        /* At once only for what is then over: anything else may have to wait for an answer, which a
         * timer that is always due would keep the loop from hearing. */
        int64_t least_ms = due_ms == 0 ? 0 : 1;
        wait_ms = left_ms < least_ms ? least_ms : left_ms < wait_ms ? left_ms : wait_ms;
    }
    sandbox->seen_writes = store_writes(sandbox->store);
    uv_timer_start(&sandbox->timer, on_timer, (uint64_t)wait_ms, 0);
}

void sandbox_run_due(struct sandbox *sandbox) {
    if (sandbox->is_stopping || sandbox->is_running) {
        return;
    }
    sandbox->is_running = true;
    bool is_well = due_run_all(sandbox);
    webhooks_start(sandbox);
    sandbox->is_running = false;
    if (is_well) {
        set_timer(sandbox);
    } else {
        uv_timer_start(&sandbox->timer, on_timer, RETRY_MS, 0);
    }
}

void sandbox_kick(struct sandbox *sandbox) {
    if (!sandbox->is_stopping && !sandbox->is_running) {
        set_timer(sandbox);
    }
}

bool sandbox_is_quiet(struct sandbox *sandbox) {
    return webhooks_idle(sandbox) &&
           sandbox_next_due_ms(sandbox) > sandbox->env->wall_ms(sandbox->env);
}
