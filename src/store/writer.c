/* Group commit: the queue, the writer's thread, and what a group's end means for each work.
 *
 * A work is in exactly one place: the queue, the running group, or the finished list; each
 * hand-over happens under the mutex. No callback runs while the mutex is held. The database is
 * touched by the thread that runs groups and by no other.
 *
 * A failed sync or a damaged file kills the writer: the running group and all that follows fail
 * with that error, and `fatal` tells the owner to exit. A full disk only fails its group. Whether
 * it is the database that failed is asked of the database: a use case may fail with any error for
 * reasons of its own, and is undone alone. */
#include "store/writer.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/check.h"

/* The memory of one group's use cases; and how long nothing must come before the log is moved. */
enum { GROUP_MEMORY_MAX = 256 * 1024 * 1024, REST_NS = 1000 * 1000 };

struct writer {
    struct writer_options options;
    uv_mutex_t mutex;
    uv_cond_t has_work;
    uv_thread_t thread;
    bool has_thread;
    bool is_to_be_woken; /* of the submitting thread, where it has turns */
    struct arena arena;  /* of the group that runs; a block of it is kept for the next */
    /* Under the mutex: */
    struct write_queue queue;
    struct write_list finished;
    size_t running;
    bool is_stopping;
    struct err dead; /* failed once nothing may be written any more */
    struct writer_counts counts;
};

enum writer_loss writer_loss_of(struct err err, bool is_store_lost, bool is_in_transaction) {
    if (is_store_lost) {
        return WRITER_LOSES_STORE; /* even if whoever met it did not hand it on */
    }
    if (!err_failed(err)) {
        return WRITER_LOSES_NOTHING;
    }
    return is_in_transaction ? WRITER_LOSES_WORK : WRITER_LOSES_GROUP;
}

/* What the person behind a work reads when the whole group failed. */
static const char *sentence_for(struct err err) {
    switch (err.code) {
    case ERR_DISK_FULL:
        return "The disk is full: nothing new can be stored.";
    case ERR_NO_MEMORY:
        return "There is not enough memory to store this now.";
    case ERR_BUSY:
        return "The database is locked by another process.";
    case ERR_NONE:
    case ERR_IO:
    case ERR_CORRUPT:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_NETWORK:
    case ERR_TIMEOUT:
    case ERR_FORMAT:
    case ERR_TOO_LARGE:
    case ERR_PERMISSION:
    case ERR_VERSION:
        break;
    }
    return "The database cannot be written.";
}

static void fail_work(struct write *write, struct err err, const char *detail) {
    write->err = err;
    (void)snprintf(write->detail, sizeof write->detail, "%s", detail);
}

/* The same error, or, where a use case has not handed it on, one that says what is lost. */
static struct err lost(struct err err) {
    return err_failed(err) ? err : ERR(ERR_IO);
}

/* Runs one work in its savepoint. Fails only when the group cannot go on. */
static struct err run_work(struct write *write, struct cx *cx, struct db *db) {
    cx->detail[0] = '\0';
    if (write->before != NULL) {
        TRY(write->before(write, cx, db));
    }
    TRY(db_savepoint(db));
    struct err err = write->run(write, cx, db);
    switch (writer_loss_of(err, db_is_lost(db), db_in_transaction(db))) {
    case WRITER_LOSES_NOTHING:
        return db_savepoint_release(db);
    case WRITER_LOSES_WORK:
        db_savepoint_rollback(db);
        write->is_own_failure = true;
        fail_work(write, err, cx->detail);
        return db_is_lost(db) ? ERR(ERR_IO) : OK;
    case WRITER_LOSES_GROUP:
    case WRITER_LOSES_STORE:
        break;
    }
    return lost(err);
}

static struct err run_works(const struct writer *writer, struct write_list *group, struct cx *cx) {
    const struct writer_options *options = &writer->options;
    for (struct write *write = group->first; write != NULL; write = write->next) {
        TRY(run_work(write, cx, options->db));
    }
    return options->before_commit == NULL
               ? OK
               : options->before_commit(options->context, cx, options->db);
}

/* The group's transaction; *ret_commit_ns is the time of the commit alone. */
static struct err run_transaction(const struct writer *writer, struct write_list *group,
                                  struct cx *cx, uint64_t *ret_commit_ns) {
    struct env *env = writer->options.env;
    struct db *db = writer->options.db;
    TRY(db_begin(db));
    struct err err = run_works(writer, group, cx);
    if (!err_failed(err)) {
        uint64_t start = env->mono_ns(env);
        err = db_commit(db);
        *ret_commit_ns = env->mono_ns(env) - start;
    }
    if (err_failed(err)) {
        db_rollback(db);
    }
    return err;
}

/* Takes the next group off the queue; empty when nothing waits. */
static void take_group(struct writer *writer, struct write_list *ret_group, struct err *ret_dead) {
    uv_mutex_lock(&writer->mutex);
    write_queue_take_group(&writer->queue, ret_group);
    writer->running = ret_group->count;
    *ret_dead = writer->dead;
    uv_mutex_unlock(&writer->mutex);
}

static void finish_group(struct writer *writer, struct write_list *group, uint64_t commit_ns) {
    uint64_t failed = 0;
    for (const struct write *write = group->first; write != NULL; write = write->next) {
        failed += err_failed(write->err);
    }
    uv_mutex_lock(&writer->mutex);
    struct writer_counts *counts = &writer->counts;
    counts->groups++;
    counts->works += group->count;
    counts->failed += failed;
    counts->commit_ns_total += commit_ns;
    counts->commit_ns_max = commit_ns > counts->commit_ns_max ? commit_ns : counts->commit_ns_max;
    write_list_join(&writer->finished, group);
    writer->running = 0;
    uv_mutex_unlock(&writer->mutex);
    if (writer->options.wake != NULL) {
        writer->options.wake(writer->options.context);
    }
}

static void die_of(struct writer *writer, struct err err, const char *detail) {
    uv_mutex_lock(&writer->mutex);
    writer->dead = err;
    uv_mutex_unlock(&writer->mutex);
    if (writer->options.fatal != NULL) {
        writer->options.fatal(writer->options.context, err, detail);
    }
}

static void die(struct writer *writer, struct err err) {
    die_of(writer, err, db_error_text(writer->options.db));
}

/* Settles every work of a group whose transaction ended with `err`. */
static void settle(struct write_list *group, struct err err) {
    for (struct write *write = group->first; write != NULL; write = write->next) {
        if (err_failed(write->err)) {
            continue; /* it failed by itself and knows why */
        }
        if (err_failed(err)) {
            fail_work(write, err, sentence_for(err));
        } else if (write->after != NULL) {
            write->after(write);
        }
    }
}

/* A full disk leaves the log as it is; the next group tries again. */
static void end_checkpoint(struct writer *writer, struct err err) {
    if (db_is_lost(writer->options.db)) {
        die(writer, lost(err));
    }
}

bool writer_step(struct writer *writer) {
    struct write_list group;
    struct err err = OK;
    take_group(writer, &group, &err);
    if (group.count == 0) {
        return false;
    }
    if (err_failed(err)) {
        settle(&group, err);
        finish_group(writer, &group, 0);
        return true;
    }
    uint64_t commit_ns = 0;
    struct cx cx;
    cx_init(&cx, writer->options.env, &writer->arena);
    err = run_transaction(writer, &group, &cx, &commit_ns);
    if (writer->options.after_commit != NULL) {
        writer->options.after_commit(writer->options.context, !err_failed(err));
    }
    settle(&group, err);
    arena_reset(&writer->arena);
    if (db_is_lost(writer->options.db)) {
        die(writer, lost(err));
    }
    finish_group(writer, &group, commit_ns);
    if (!err_failed(err)) {
        end_checkpoint(writer, db_checkpoint(writer->options.db));
    }
    return true;
}

static void prepare(struct writer *writer) {
    const struct writer_options *options = &writer->options;
    if (options->prepare == NULL) {
        return;
    }
    struct arena arena;
    struct cx cx;
    arena_init(&arena, options->env, GROUP_MEMORY_MAX);
    cx_init(&cx, options->env, &arena);
    struct err err = options->prepare(options->context, &cx, options->db);
    if (err_failed(err)) {
        die_of(writer, err, cx.detail);
    }
    arena_finish(&arena);
}

/* Until there is work, or the end has come. False: neither has, for as long as nobody who sends one
 * thing after the other would pause; only looked at where `may_rest`. */
static bool wait_for_work(struct writer *writer, bool may_rest) {
    int waited = 0;
    uv_mutex_lock(&writer->mutex);
    may_rest = may_rest && !err_failed(writer->dead);
    while (writer->queue.count == 0 && !writer->is_stopping && waited == 0) {
        if (may_rest) {
            waited = uv_cond_timedwait(&writer->has_work, &writer->mutex, REST_NS);
        } else {
            uv_cond_wait(&writer->has_work, &writer->mutex);
        }
    }
    bool is_over = writer->queue.count > 0 || writer->is_stopping;
    uv_mutex_unlock(&writer->mutex);
    return is_over;
}

/* What would be due soon is done while nobody waits for it. */
static void rest(struct writer *writer) {
    end_checkpoint(writer, db_checkpoint_early(writer->options.db));
    uv_mutex_lock(&writer->mutex);
    writer->counts.early++;
    uv_mutex_unlock(&writer->mutex);
}

static void writer_main(void *argument) {
    struct writer *writer = argument;
    bool has_rested =
        true; /* since the last group: what a reader still holds is left to the next */
    prepare(writer);
    for (;;) {
        bool may_rest = !has_rested && db_has_early_checkpoint(writer->options.db);
        if (!wait_for_work(writer, may_rest)) {
            rest(writer);
            has_rested = true;
        } else if (writer_step(writer)) {
            has_rested = false;
        } else {
            return;
        }
    }
}

struct err writer_create(struct cx *cx, const struct writer_options *options,
                         struct writer **ret_writer) {
    check(options->bounds.works_max > 0 && options->bounds.group_max > 0);
    struct writer *writer = env_alloc_zeroed(cx->env, sizeof *writer);
    if (writer == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the writer.");
    }
    writer->options = *options;
    write_queue_init(&writer->queue, &options->bounds);
    write_list_init(&writer->finished);
    arena_init(&writer->arena, cx->env, GROUP_MEMORY_MAX);
    if (uv_mutex_init(&writer->mutex) != 0) {
        env_free(cx->env, writer);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the writer.");
    }
    if (uv_cond_init(&writer->has_work) != 0) {
        uv_mutex_destroy(&writer->mutex);
        env_free(cx->env, writer);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the writer.");
    }
    *ret_writer = writer;
    return OK;
}

struct err writer_start(struct cx *cx, struct writer *writer) {
    check(!writer->has_thread);
    int result = uv_thread_create(&writer->thread, writer_main, writer);
    if (result != 0) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "The writer's thread cannot be started: %s.",
                       uv_strerror(result));
    }
    writer->has_thread = true;
    return OK;
}

struct err writer_submit(struct writer *writer, struct write *write) {
    uint64_t now_ns = writer->options.env->mono_ns(writer->options.env);
    write->err = OK;
    write->is_own_failure = false;
    write->detail[0] = '\0';
    uv_mutex_lock(&writer->mutex);
    struct err err = writer->dead;
    if (!err_failed(err)) {
        err = writer->is_stopping ? ERR(ERR_BUSY) : write_queue_add(&writer->queue, write, now_ns);
        writer->counts.refused += err_failed(err);
    }
    uv_mutex_unlock(&writer->mutex);
    if (!err_failed(err) && writer->options.has_turns) {
        writer->is_to_be_woken = true;
    } else if (!err_failed(err)) {
        uv_cond_signal(&writer->has_work);
    }
    return err;
}

/* Without the mutex: on one core the writer, woken at once, would find it held and have to wait. */
void writer_turn_ended(struct writer *writer) {
    if (writer->is_to_be_woken) {
        writer->is_to_be_woken = false;
        uv_cond_signal(&writer->has_work);
    }
}

size_t writer_deliver(struct writer *writer) {
    struct write_list ready;
    write_list_init(&ready);
    uv_mutex_lock(&writer->mutex);
    write_list_join(&ready, &writer->finished);
    uv_mutex_unlock(&writer->mutex);
    size_t count = ready.count;
    while (ready.count > 0) {
        struct write *write = write_list_take(&ready); /* its memory may be gone after `done` */
        write->done(write);
    }
    return count;
}

size_t writer_pending(struct writer *writer) {
    uv_mutex_lock(&writer->mutex);
    size_t count = writer->queue.count + writer->running + writer->finished.count;
    uv_mutex_unlock(&writer->mutex);
    return count;
}

struct writer_counts writer_count(struct writer *writer) {
    uv_mutex_lock(&writer->mutex);
    struct writer_counts counts = writer->counts;
    uv_mutex_unlock(&writer->mutex);
    return counts;
}

void writer_stop(struct writer *writer) {
    uv_mutex_lock(&writer->mutex);
    writer->is_stopping = true;
    uv_cond_signal(&writer->has_work);
    uv_mutex_unlock(&writer->mutex);
    if (writer->has_thread) {
        int result = uv_thread_join(&writer->thread);
        check(result == 0);
        writer->has_thread = false;
    }
    while (writer_step(writer)) {
        /* without a thread, what is queued is finished here */
    }
}

void writer_destroy(struct writer *writer) {
    if (writer != NULL) {
        check(!writer->has_thread);
        uv_cond_destroy(&writer->has_work);
        uv_mutex_destroy(&writer->mutex);
        arena_finish(&writer->arena);
        env_free(writer->options.env, writer);
    }
}
