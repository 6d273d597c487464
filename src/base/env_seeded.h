/* The operating system's world, but for time and randomness, which come from a seed: what runs on
 * it alone, on one thread, does the same again. Files, memory are the system's.
 *
 * The wall clock stands at the start (env_clock.h lays one over it that moves); the monotonic one
 * goes on when it is told to. Randomness is reproducible, thus worth nothing as a secret: for
 * simulations, never for what holds somebody's data. */
#ifndef BASE_ENV_SEEDED_H
#define BASE_ENV_SEEDED_H

#include "base/env.h"
#include "base/prng.h"

struct env_seeded {
    struct env env; /* pass &seeded.env on */
    struct env *below;
    struct prng prng;
    int64_t wall_ms;
    uint64_t mono_ns;
    bool logs_all; /* else warnings and errors alone */
};

/* `below` is env_posix_init()'s. */
void env_seeded_init(struct env_seeded *seeded, struct env *below, uint64_t seed, int64_t wall_ms);
/* The monotonic clock goes on by so much. */
void env_seeded_pass(struct env_seeded *seeded, uint64_t ns);

#endif
