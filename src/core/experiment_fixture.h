/* For the unit test and the bench: many experiments of which the truth is known, looked at again
 * and again. Not part of the program. */
#ifndef CORE_EXPERIMENT_FIXTURE_H
#define CORE_EXPERIMENT_FIXTURE_H

#include <stdint.h>

struct simulated_experiments {
    uint64_t seed;
    int runs, looks; /* looks are as far apart as one another, the last at the end */
    int64_t units;   /* of each arm at the end */
    double share;    /* that converts in the control */
    double effect;   /* what the other arm's share has more; 0: an A/A test */
    double alpha, tau;
};

/* In how many runs an effect was called, at any look and by the last alone. */
struct simulated_calls {
    int z_any, z_last, msprt, sequence;
};
struct simulated_calls simulate_experiments(const struct simulated_experiments *of);

#endif
