#include "core/experiment_fixture.h"

#include <math.h>
#include <stdbool.h>

#include "base/prng.h"
#include "core/experiment_inference.h"

/* How many of `count` units convert, each drawn for itself. */
static int64_t draw(struct prng *prng, int64_t count, double share) {
    uint64_t bound = (uint64_t)ldexp(share, 53);
    int64_t converted = 0;
    for (int64_t i = 0; i < count; i++) {
        converted += prng_next(prng) >> 11 < bound;
    }
    return converted;
}

static bool is_beyond_sequence(const struct simulated_experiments *of,
                               const struct comparison *found, double units) {
    double deviation = sqrt(found->variance * units);
    double half = inference_asymptotic_half_width(deviation, units, (double)of->units, of->alpha);
    return fabs(found->effect) > half;
}

struct calls {
    bool z_any, z_last, msprt, sequence;
};

static struct calls run(const struct simulated_experiments *of, struct prng *prng) {
    struct sample arms[2] = {{.units = 0.0}, {.units = 0.0}};
    const struct comparing how = {.is_share = true, .alpha = of->alpha, .tau = of->tau};
    struct calls calls = {.z_any = false};
    for (int look = 1; look <= of->looks; look++) {
        int64_t until = of->units * look / of->looks;
        int64_t more = until - (int64_t)arms[0].units;
        for (int arm = 0; arm < 2; arm++) {
            int64_t converted = draw(prng, more, of->share + (arm == 1 ? of->effect : 0.0));
            sample_add(&arms[arm], 1, converted);
            sample_add(&arms[arm], 0, more - converted);
        }
        struct comparison found = inference_compare(&arms[0], &arms[1], &how);
        if (found.is_known) {
            calls.z_last = found.p_fixed < of->alpha;
            calls.z_any |= calls.z_last;
            calls.msprt |= found.likelihood_ratio >= 1.0 / of->alpha;
            calls.sequence |= is_beyond_sequence(of, &found, (double)until);
        }
    }
    return calls;
}

struct simulated_calls simulate_experiments(const struct simulated_experiments *of) {
    struct simulated_calls all = {.z_any = 0};
    for (int i = 0; i < of->runs; i++) {
        struct prng prng = prng_split(of->seed, (uint64_t)i + 1);
        struct calls calls = run(of, &prng);
        all.z_any += calls.z_any;
        all.z_last += calls.z_last;
        all.msprt += calls.msprt;
        all.sequence += calls.sequence;
    }
    return all;
}
