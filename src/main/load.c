/* The gate fills while the server serves; see app/gate_load.h for why that is exact.
 *
 * One connection reads the rows of customers, under one mutex: the loader's thread a page at a
 * time, and between its pages whoever asks for a customer who is not there yet. So a check waits
 * for a page at most, some milliseconds. Where there are more customers than fit a page, a helper
 * with a connection of its own loads every other page, once the writer has loaded the ids: until
 * then there are two at work, and writes wait for the ids. Whose turn the next page is, is settled
 * under a second mutex, which is taken after the first and held for the list of the page alone. */
#include "app/gate_load.h"

#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "gate/journal.h"
#include "main/load.h"
#include "store/row.h"
#include "store/schema.h"
#include "store/usage_journal.h"

struct loader {
    struct program *program;
    const char *path;
    struct db *db;
    uv_mutex_t mutex; /* of db */
    uv_thread_t thread, helper;
    bool has_thread, has_helper; /* the second is the thread's until it has ended */
    atomic_bool has_ids;         /* of the journal: the writer has no more to load */
    atomic_bool is_stopping;
    atomic_int running; /* threads that load */
    uint64_t started_ns;
    uv_mutex_t turn; /* of what follows */
    struct gate_load progress;
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

static void scratch_init(struct scratch *scratch, struct loader *loader, struct db *db) {
    struct env *env = loader->program->env;
    arena_init(&scratch->arena, env, LIMIT_REQUEST_ARENA);
    cx_init(&scratch->cx, env, &scratch->arena);
    scratch->tx = (struct tx){.cx = &scratch->cx, .db = db, .keyring = NULL};
}

void program_load_customer(void *context, struct str user_id) {
    struct program *program = context;
    struct loader *loader = program->loader;
    struct scratch scratch;
    scratch_init(&scratch, loader, loader->db);
    uv_mutex_lock(&loader->mutex);
    struct err err = gate_load_customer(&program->app, &scratch.tx, user_id);
    uv_mutex_unlock(&loader->mutex);
    if (err_failed(err)) { /* the loader will meet it too, and end the program */
        log_event(program->env, LOG_ERROR, "load.failed", "err=%s detail=\"%s\"",
                  err_name(err.code), scratch.cx.detail);
    }
    arena_finish(&scratch.arena);
}

/* --- the threads --- */

/* The first failure ends the program. */
static void fail(struct loader *loader, const struct cx *cx, struct err err) {
    uv_mutex_lock(&loader->turn);
    if (!atomic_load(&loader->has_failed)) {
        memcpy(loader->cx.detail, cx->detail, sizeof loader->cx.detail);
        loader->failure = err;
        atomic_store(&loader->has_failed, true);
    }
    uv_mutex_unlock(&loader->turn);
    (void)uv_async_send(&loader->program->wake);
}

static struct err next_page(struct loader *loader, struct tx *tx, struct row_list *ret_page) {
    struct err err = OK;
    *ret_page = (struct row_list){NULL, 0};
    uv_mutex_lock(&loader->turn);
    if (!loader->progress.is_complete) {
        err = gate_load_next(tx, &loader->progress, ret_page);
    }
    uv_mutex_unlock(&loader->turn);
    return err;
}

/* False when there is nothing more to do. */
static bool load_page(struct loader *loader, struct db *db) {
    struct scratch scratch;
    struct row_list page;
    scratch_init(&scratch, loader, db);
    struct err err = next_page(loader, &scratch.tx, &page);
    err = err_failed(err) ? err : gate_load_page(&loader->program->app, &scratch.tx, &page);
    if (err_failed(err)) {
        fail(loader, &scratch.cx, err);
    }
    arena_finish(&scratch.arena);
    return page.count == GATE_LOAD_PAGE && !atomic_load(&loader->has_failed) &&
           !atomic_load(&loader->is_stopping);
}

static bool load_own_page(struct loader *loader) {
    uv_mutex_lock(&loader->mutex);
    bool has_more = load_page(loader, loader->db);
    uv_mutex_unlock(&loader->mutex);
    return has_more;
}

/* The last to end says that all customers are there, if they are. */
static void end(struct loader *loader) {
    struct program *program = loader->program;
    if (atomic_fetch_sub(&loader->running, 1) > 1 || atomic_load(&loader->has_failed) ||
        !loader->progress.is_complete) {
        return;
    }
    uint64_t customers = gate_count(program->gate).customers;
    gate_complete(program->gate);
    atomic_store(&program->gate_customers, customers);
    log_event(program->env, LOG_INFO, "serve.customers", "loaded=%llu ms=%llu",
              (unsigned long long)customers,
              (unsigned long long)(program->env->mono_ns(program->env) - loader->started_ns) /
                  1000000);
}

/* Without a connection of its own the other is alone, which is slower and no more. */
static void help(void *argument) {
    struct loader *loader = argument;
    struct db *db = NULL;
    struct scratch scratch;
    scratch_init(&scratch, loader, NULL);
    struct err err = store_open(&scratch.cx, loader->path, true, &db);
    if (err_failed(err)) {
        log_event(loader->program->env, LOG_WARNING, "load.alone", "err=%s detail=\"%s\"",
                  err_name(err.code), scratch.cx.detail);
    }
    arena_finish(&scratch.arena);
    while (db != NULL && load_page(loader, db)) {
        /* every other page */
    }
    db_close(db);
    end(loader);
}

static void start_helper(struct loader *loader) {
    (void)atomic_fetch_add(&loader->running, 1);
    loader->has_helper = uv_thread_create(&loader->helper, help, loader) == 0;
    if (!loader->has_helper) {
        (void)atomic_fetch_sub(&loader->running, 1);
    }
}

static void fill_gate(void *argument) {
    struct loader *loader = argument;
    while (load_own_page(loader)) {
        if (!loader->has_helper && atomic_load(&loader->has_ids)) {
            start_helper(loader);
        }
    }
    end(loader);
}

/* --- life --- */

struct err program_open_loader(struct program *program, const char *path) {
    struct cx *cx = &program->cx;
    struct loader *loader = ARENA_NEW(&program->arena, struct loader);
    if (loader == NULL || uv_mutex_init(&loader->mutex) != 0 || uv_mutex_init(&loader->turn) != 0) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory to load customers.");
    }
    loader->program = program;
    loader->path = path;
    program->loader = loader;
    return store_open(cx, path, true, &loader->db);
}

struct err program_start_loader(struct program *program) {
    struct loader *loader = program->loader;
    loader->started_ns = program->env->mono_ns(program->env);
    atomic_store(&loader->running, 1);
    if (uv_thread_create(&loader->thread, fill_gate, loader) != 0) {
        return cx_fail(&program->cx, ERR(ERR_NO_MEMORY), "The loader's thread cannot be started.");
    }
    loader->has_thread = true;
    return OK;
}

struct err program_load_customers(struct program *program) {
    struct loader *loader = program->loader;
    loader->started_ns = program->env->mono_ns(program->env);
    atomic_store(&loader->running, 1);
    fill_gate(loader);
    return program_loader_failure(program);
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
    if (loader->has_helper) {
        (void)uv_thread_join(&loader->helper);
    }
    db_close(loader->db);
    uv_mutex_destroy(&loader->turn);
    uv_mutex_destroy(&loader->mutex);
}

/* --- the journal, before the writer's first work --- */

struct err program_load_journal(void *context, struct cx *cx, struct db *db) {
    struct program *program = context;
    struct tx tx = {.cx = cx, .db = db, .keyring = NULL};
    int64_t events = 0;
    uint64_t started_ns = program->env->mono_ns(program->env);
    TRY(journal_events(&tx, &events));
    TRY(journal_expect(program->journal, (size_t)events));
    TRY(journal_rebuild(&program->app, &tx));
    atomic_store(&program->journal_ids, journal_count(program->journal).ids);
    atomic_store(&program->loader->has_ids, true);
    log_event(program->env, LOG_INFO, "serve.ids", "loaded=%lld ms=%llu", (long long)events,
              (unsigned long long)(program->env->mono_ns(program->env) - started_ns) / 1000000);
    return OK;
}
