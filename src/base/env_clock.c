/* A clock that stands until it is set, over any other env. Everything else is passed on; the
 * monotonic clock too, since time-outs are about the real world even when the date is not. */
#include "base/env.h"

#include <stdatomic.h>

/* `env` is the first member, so that the two have one address. */
static struct env_clock *clock_of(struct env *env) {
    return (struct env_clock *)env;
}

static int64_t clock_wall_ms(struct env *env) {
    return atomic_load(&clock_of(env)->now_ms);
}

static uint64_t clock_mono_ns(struct env *env) {
    struct env *below = clock_of(env)->below;
    return below->mono_ns(below);
}

static void clock_random(struct env *env, void *bytes, size_t len) {
    struct env *below = clock_of(env)->below;
    below->random(below, bytes, len);
}

static void *clock_realloc(struct env *env, void *memory, size_t size) {
    struct env *below = clock_of(env)->below;
    return below->realloc(below, memory, size);
}

static void *clock_zeroed(struct env *env, size_t size) {
    struct env *below = clock_of(env)->below;
    return below->zeroed(below, size);
}

static void clock_log(struct env *env, struct str line) {
    struct env *below = clock_of(env)->below;
    below->log(below, line);
}

static struct err clock_open(struct env *env, const char *path, enum env_open how,
                             struct env_file **ret_file) {
    struct env *below = clock_of(env)->below;
    return below->files.open(below, path, how, ret_file);
}

static struct err clock_make_dir(struct env *env, const char *path) {
    struct env *below = clock_of(env)->below;
    return below->files.make_dir(below, path);
}

static struct err clock_remove(struct env *env, const char *path) {
    struct env *below = clock_of(env)->below;
    return below->files.remove(below, path);
}

static struct err clock_exists(struct env *env, const char *path, bool *ret_exists) {
    struct env *below = clock_of(env)->below;
    return below->files.exists(below, path, ret_exists);
}

static struct err clock_is_empty_dir(struct env *env, const char *path, bool *ret_is_empty) {
    struct env *below = clock_of(env)->below;
    return below->files.is_empty_dir(below, path, ret_is_empty);
}

static struct err clock_sync_name(struct env *env, const char *path) {
    struct env *below = clock_of(env)->below;
    return below->files.sync_name(below, path);
}

static void clock_http_send(struct env *env, const struct env_http_request *request,
                            env_http_done *done, void *context) {
    struct env *below = clock_of(env)->below;
    below->http_send(below, request, done, context);
}

void env_clock_init(struct env_clock *clock, struct env *below, int64_t start_ms) {
    clock->env = *below; /* an open file knows its own world: read, write, … stay as they are */
    clock->env.wall_ms = clock_wall_ms;
    clock->env.mono_ns = clock_mono_ns;
    clock->env.random = clock_random;
    clock->env.realloc = clock_realloc;
    clock->env.zeroed = clock_zeroed;
    clock->env.log = clock_log;
    clock->env.files.open = clock_open;
    clock->env.files.make_dir = clock_make_dir;
    clock->env.files.remove = clock_remove;
    clock->env.files.exists = clock_exists;
    clock->env.files.is_empty_dir = clock_is_empty_dir;
    clock->env.files.sync_name = clock_sync_name;
    clock->env.http_send = clock_http_send;
    clock->below = below;
    atomic_init(&clock->now_ms, start_ms);
}

void env_clock_set(struct env_clock *clock, int64_t now_ms) {
    atomic_store(&clock->now_ms, now_ms);
}
