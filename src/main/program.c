/* Up and down, in order. */
#include "main/program.h"

#include <signal.h>
#include <unistd.h>

#include "app/operation.h"
#include "app/usage_totals.h"
#include "base/log.h"
#include "main/load.h"
#include "net/http_inside.h"
#include "sandbox/sandbox.h"

enum {
    TICK_MS = 250,
    QUIET_TICKS = 8,
    GRACE_MS = 10 * 1000,
    PROGRAM_MEMORY_MAX = 1024 * 1024 * 1024
};

struct err program_open(struct program *program, struct env *system,
                        const struct serve_options *options) {
    struct program fresh = {.options = options, .env = system};
    fresh.ready = program->ready;
    fresh.context = program->context;
    fresh.listens_on_network = program->listens_on_network;
    fresh.is_driven = program->is_driven;
    *program = fresh;
    arena_init(&program->arena, system, PROGRAM_MEMORY_MAX);
    cx_init(&program->cx, system, &program->arena);
    return program_open_store(program);
}

/* --- on the loop --- */

static void on_wake(uv_async_t *wake) {
    struct program *program = wake->data;
    struct err err = program_loader_failure(program);
    if (err_failed(err) && !program->is_stopping) {
        program->failure = err;
        program_stop(program);
    }
    (void)writer_deliver(program->writer);
    if (program->app.has_news && program->is_ready && program->listens_on_network) {
        program->app.has_news = false;
        jobs_poke(program->jobs);
    } else if (program->jobs != NULL) {
        jobs_poke_stirred(program->jobs);
    }
}

/* What a load has left is given back once it has been over for two seconds. */
static void give_memory_back(struct program *program) {
    if (program->server == NULL) {
        return;
    }
    uint64_t requests = http_server_count(program->server).requests;
    program->quiet_ticks = requests == program->requests_seen ? program->quiet_ticks + 1 : 0;
    program->requests_seen = requests;
    if (program->quiet_ticks == QUIET_TICKS) {
        env_posix_trim_memory();
    }
}

static void on_tick(uv_timer_t *tick) {
    struct program *program = tick->data;
    give_memory_back(program);
    operation_expire_waiters(&program->app, program->env->mono_ns(program->env));
    if (!program->is_stopping) {
        usage_totals_catch_up(&program->app);
    }
    if (program->api != NULL) {
        api_tick(program->api);
    }
    if (!program->is_ready || program->is_stopping || !program->listens_on_network) {
        return;
    }
    if (!program->options->has_test_clock) {
        jobs_run_due(program->jobs);
    }
    jobs_poke(program->jobs);
}

/* Before the loop waits for input, and after what came in: what a turn has submitted is one group.
 */
static void on_prepare(uv_prepare_t *handle) {
    writer_turn_ended(((struct program *)handle->data)->writer);
}

static void on_busy(uv_idle_t *handle) {
    (void)handle;
}

static void on_check(uv_check_t *handle) {
    struct program *program = handle->data;
    bool has_more = program->api != NULL && api_turn(program->api);
    has_more |= program->jobs != NULL && jobs_turn(program->jobs);
    if (has_more) {
        (void)uv_idle_start(&program->is_busy, on_busy);
    } else {
        (void)uv_idle_stop(&program->is_busy);
    }
    writer_turn_ended(program->writer);
}

static void on_signal(uv_signal_t *signal, int number) {
    struct program *program = signal->data;
    if (number == SIGHUP) {
        program_reread_secrets(program);
        program_reload_tls(program);
        return;
    }
    if (program->is_stopping) {
        log_event(program->env, LOG_WARNING, "serve.exit_at_once", "signal=%d", number);
        _exit(0); /* the store is crash-safe */
    }
    program_stop(program);
}

static struct err open_handles(struct program *program) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    bool is_open = uv_async_init(&program->loop, &program->wake, on_wake) == 0 &&
                   uv_timer_init(&program->loop, &program->tick) == 0 &&
                   uv_prepare_init(&program->loop, &program->turn_begins) == 0 &&
                   uv_check_init(&program->loop, &program->turn_ends) == 0 &&
                   uv_idle_init(&program->loop, &program->is_busy) == 0;
    program->wake.data = program;
    program->tick.data = program;
    program->turn_begins.data = program->turn_ends.data = program;
    is_open = is_open && uv_prepare_start(&program->turn_begins, on_prepare) == 0 &&
              uv_check_start(&program->turn_ends, on_check) == 0;
    for (size_t i = 0; i < ARRAY_LEN(numbers) && is_open; i++) {
        is_open = uv_signal_init(&program->loop, &program->signals[i]) == 0;
        program->signals[i].data = program;
        if (is_open && program->listens_on_network) {
            is_open = uv_signal_start(&program->signals[i], on_signal, numbers[i]) == 0;
        }
    }
    return is_open && uv_timer_start(&program->tick, on_tick, TICK_MS, TICK_MS) == 0
               ? OK
               : cx_fail(&program->cx, ERR(ERR_NO_MEMORY), "The event loop could not be set up.");
}

struct err program_start(struct program *program) {
    struct cx *cx = &program->cx;
    if (uv_loop_init(&program->loop) != 0) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "The event loop could not be started.");
    }
    program->has_loop = true;
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an error of the write */
    TRY(open_handles(program));
    TRY(http_client_create(cx, program->env, &program->loop, &program->client));
    TRY(program_connect_mail(program));
    TRY(program_open_provider(program));
    TRY(program_open_payments(program));
    TRY(program_open_web(program));
    TRY(writer_start(cx, program->writer));
    program->has_writer_thread = true;
    TRY(program_start_loader(program));
    return program_announce(program);
}

/* --- down --- */

static void close_handle(uv_handle_t *handle, void *context) {
    (void)context;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

/* All requests are answered: what the writer still has is finished, and the loop may end. */
static void on_quiet(struct program *program) {
    if (program->has_writer_thread) {
        usage_totals_finish(&program->app);
        writer_stop(program->writer);
        program->has_writer_thread = false;
    }
    jobs_stop(program->jobs);
    http_client_destroy(program->client);
    program->client = NULL;
    (void)writer_deliver(program->writer);
    uv_stop(&program->loop);
}

static void on_sandbox_stopped(void *context) {
    on_quiet(context);
}

static void on_server_stopped(void *context) {
    struct program *program = context;
    if (program->sandbox == NULL) {
        on_quiet(program);
        return;
    }
    sandbox_stop(program->sandbox, GRACE_MS, on_sandbox_stopped, program);
}

void program_stop(struct program *program) {
    if (program->is_stopping) {
        return;
    }
    program->is_stopping = true;
    if (program->listens_on_network) {
        log_event(program->env, LOG_INFO, "serve.stopping", "grace_ms=%d", (int)GRACE_MS);
    }
    http_server_stop(program->server, GRACE_MS, on_server_stopped, program);
}

struct err program_run(struct program *program) {
    (void)uv_run(&program->loop, UV_RUN_DEFAULT);
    return program->failure;
}

void program_close(struct program *program) {
    if (program->has_writer_thread) {
        writer_stop(program->writer);
    }
    if (program->client != NULL) {
        http_client_destroy(program->client);
    }
    http_inside_destroy(program->inside);
    program_close_web(program);
    program_close_payments(program);
    jobs_destroy(program->jobs);
    if (program->has_loop) {
        uv_walk(&program->loop, close_handle, NULL);
        (void)uv_run(&program->loop, UV_RUN_DEFAULT);
        (void)uv_loop_close(&program->loop);
    }
    program_close_store(program);
    arena_finish(&program->arena);
}
