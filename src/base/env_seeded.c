#include "base/env_seeded.h"

#include <stdatomic.h>
#include <string.h>

/* `env` is the first member, so that the two have one address. */
static struct env_seeded *seeded_of(struct env *env) {
    return (struct env_seeded *)env;
}

static int64_t seeded_wall_ms(struct env *env) {
    return seeded_of(env)->wall_ms;
}

static uint64_t seeded_mono_ns(struct env *env) {
    return seeded_of(env)->mono_ns;
}

static void seeded_random(struct env *env, void *bytes, size_t len) {
    struct env_seeded *seeded = seeded_of(env);
    char *at = bytes;
    while (len > 0) {
        uint64_t word = prng_next(&seeded->prng);
        size_t part = len < sizeof word ? len : sizeof word;
        memcpy(at, &word, part);
        at += part;
        len -= part;
    }
}

/* "2015-05-17T00:00:00Z info serve.ids …" (base/log.c). */
static bool is_news(struct str line) {
    (void)str_cut(&line, ' ');
    return str_starts_with(line, STR("info "));
}

static void seeded_log(struct env *env, struct str line) {
    struct env_seeded *seeded = seeded_of(env);
    if (seeded->logs_all || !is_news(line)) {
        seeded->below->log(seeded->below, line);
    }
}

void env_seeded_init(struct env_seeded *seeded, struct env *below, uint64_t seed, int64_t wall_ms) {
    *seeded = (struct env_seeded){
        .env = *below, /* files and memory: the system's functions know nothing of their env */
        .below = below,
        .prng = prng_split(seed, 0),
        .wall_ms = wall_ms,
        .mono_ns = 1,
    };
    seeded->env.wall_ms = seeded_wall_ms;
    seeded->env.mono_ns = seeded_mono_ns;
    seeded->env.random = seeded_random;
    seeded->env.log = seeded_log;
    seeded->env.http = NULL;
    seeded->env.http_send = NULL;
    atomic_init(&seeded->env.ids_made, 0);
}

void env_seeded_pass(struct env_seeded *seeded, uint64_t ns) {
    seeded->mono_ns += ns;
}
