/* The gate fills while the server serves; see app/gate_load.h for why that is exact.
 *
 * One connection reads the rows of customers, under one mutex: the loader's thread a page at a
 * time, and between its pages whoever asks for a customer who is not there yet. So a check waits
 * for a page at most, some milliseconds. */
#include "app/gate_load.h"

#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "gate/journal.h"
#include "main/program.h"
#include "store/schema.h"
#include "store/usage_journal.h"

struct loader {
    struct program *program;
    struct db *db;
    uv_mutex_t mutex;
    uv_thread_t thread;
    bool has_thread;
    atomic_bool is_stopping;
    struct cx cx; /* of a failure; valid once it is told */
    struct err failure;
    _Atomic bool has_failed;
};

/* What one piece of loading works in. */
struct scratch {
    struct arena arena;
    struct cx cx;
    struct tx tx;
};

static void scratch_init(struct scratch *scratch, struct loader *loader) {
    struct env *env = loader->program->env;
    arena_init(&scratch->arena, env, LIMIT_REQUEST_ARENA);
    cx_init(&scratch->cx, env, &scratch->arena);
    scratch->tx = (struct tx){&scratch->cx, loader->db};
}

void program_load_customer(void *context, struct str user_id) {
    struct program *program = context;
    struct loader *loader = program->loader;
    struct scratch scratch;
    scratch_init(&scratch, loader);
    uv_mutex_lock(&loader->mutex);
    struct err err = gate_load_customer(&program->app, &scratch.tx, user_id);
    uv_mutex_unlock(&loader->mutex);
    if (err_failed(err)) { /* the loader will meet it too, and end the program */
        log_event(program->env, LOG_ERROR, "load.failed", "err=%s detail=\"%s\"",
                  err_name(err.code), scratch.cx.detail);
    }
    arena_finish(&scratch.arena);
}

static struct err load_page(struct loader *loader, struct gate_load *progress) {
    struct scratch scratch;
    scratch_init(&scratch, loader);
    uv_mutex_lock(&loader->mutex);
    struct err err = gate_load_page(&loader->program->app, &scratch.tx, progress);
    uv_mutex_unlock(&loader->mutex);
    memcpy(loader->cx.detail, scratch.cx.detail, sizeof loader->cx.detail);
    arena_finish(&scratch.arena);
    return err;
}

static void fill_gate(void *argument) {
    struct loader *loader = argument;
    struct program *program = loader->program;
    struct gate_load progress = {.is_complete = false};
    uint64_t started_ns = program->env->mono_ns(program->env);
    while (!progress.is_complete && !atomic_load(&loader->is_stopping)) {
        loader->failure = load_page(loader, &progress);
        if (err_failed(loader->failure)) {
            atomic_store(&loader->has_failed, true);
            (void)uv_async_send(&program->wake);
            return;
        }
    }
    if (progress.is_complete) {
        uint64_t customers = gate_count(program->gate).customers;
        gate_complete(program->gate);
        atomic_store(&program->gate_customers, customers);
        log_event(program->env, LOG_INFO, "serve.customers", "loaded=%llu ms=%llu",
                  (unsigned long long)customers,
                  (unsigned long long)(program->env->mono_ns(program->env) - started_ns) / 1000000);
    }
}

struct err program_open_loader(struct program *program, const char *path) {
    struct cx *cx = &program->cx;
    struct loader *loader = ARENA_NEW(&program->arena, struct loader);
    if (loader == NULL || uv_mutex_init(&loader->mutex) != 0) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory to load customers.");
    }
    loader->program = program;
    program->loader = loader;
    return store_open(cx, path, true, &loader->db);
}

struct err program_start_loader(struct program *program) {
    struct loader *loader = program->loader;
    if (uv_thread_create(&loader->thread, fill_gate, loader) != 0) {
        return cx_fail(&program->cx, ERR(ERR_NO_MEMORY), "The loader's thread cannot be started.");
    }
    loader->has_thread = true;
    return OK;
}

struct err program_loader_failure(struct program *program) {
    struct loader *loader = program->loader;
    if (!atomic_load(&loader->has_failed)) {
        return OK;
    }
    memcpy(program->cx.detail, loader->cx.detail, sizeof program->cx.detail);
    return loader->failure;
}

void program_close_loader(struct program *program) {
    struct loader *loader = program->loader;
    if (loader == NULL) {
        return;
    }
    atomic_store(&loader->is_stopping, true);
    if (loader->has_thread) {
        (void)uv_thread_join(&loader->thread);
    }
    db_close(loader->db);
    uv_mutex_destroy(&loader->mutex);
}

/* --- the journal, before the writer's first work --- */

struct err program_load_journal(void *context, struct cx *cx, struct db *db) {
    struct program *program = context;
    struct tx tx = {cx, db};
    int64_t events = 0;
    uint64_t started_ns = program->env->mono_ns(program->env);
    TRY(journal_events(&tx, &events));
    TRY(journal_expect(program->journal, (size_t)events));
    TRY(journal_rebuild(&program->app, &tx));
    atomic_store(&program->journal_ids, journal_count(program->journal).ids);
    log_event(program->env, LOG_INFO, "serve.ids", "loaded=%lld ms=%llu", (long long)events,
              (unsigned long long)(program->env->mono_ns(program->env) - started_ns) / 1000000);
    return OK;
}
