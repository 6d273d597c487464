#include "core/experiment_feasible.h"

#include <math.h>

#include "base/check.h"

static const char *const advice_names[EXPERIMENT_ADVICE_COUNT] = {
    [EXPERIMENT_ADVICE_RUN] = "run",
    [EXPERIMENT_ADVICE_PRESENTATION] = "presentation",
    [EXPERIMENT_ADVICE_TRAFFIC] = "traffic",
};

const char *experiment_advice_name(enum experiment_advice advice) {
    check(advice < EXPERIMENT_ADVICE_COUNT);
    return advice_names[advice];
}

/* Units that an arm needs for an effect of so many points; not rounded. */
static double units_each(const struct experiment_plan *plan, int64_t mde_ppm) {
    check(mde_ppm > 0 && plan->baseline_ppm + mde_ppm <= EXPERIMENT_PPM);
    double baseline = (double)plan->baseline_ppm / EXPERIMENT_PPM;
    double changed = (double)(plan->baseline_ppm + mde_ppm) / EXPERIMENT_PPM;
    return inference_sample_size(baseline, changed, (double)plan->alpha_ppm / EXPERIMENT_PPM,
                                 (double)plan->power_ppm / EXPERIMENT_PPM);
}

/* The arm that is filled most slowly decides. */
static double units_all(const struct experiment_plan *plan, double each) {
    int64_t least = EXPERIMENT_BUCKETS;
    for (size_t i = 0; i < plan->arm_count; i++) {
        least = plan->arms[i].weight < least ? plan->arms[i].weight : least;
    }
    check(least > 0);
    return ceil(each) * EXPERIMENT_BUCKETS / (double)least;
}

/* More points need fewer units: by halves, to one part per million. */
static int64_t mde_feasible(const struct experiment_plan *plan, double weekly) {
    double most = weekly * EXPERIMENT_WEEKS_FEASIBLE;
    int64_t low = 0;
    int64_t high = EXPERIMENT_PPM - plan->baseline_ppm;
    if (units_all(plan, units_each(plan, high)) > most) {
        return 0;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        bool is_enough = units_all(plan, units_each(plan, middle)) <= most;
        low = is_enough ? low : middle;
        high = is_enough ? middle : high;
    }
    check(units_all(plan, units_each(plan, high)) <= most);
    return high;
}

static int64_t spans(double all, double rate) {
    return rate > 0.0 ? (int64_t)fmin(ceil(all / rate), 1e9) : 0;
}

struct experiment_feasibility experiment_feasible(const struct experiment_plan *plan,
                                                  int64_t monthly) {
    check(plan->baseline_ppm > 0 && monthly >= 0);
    check(plan->range.from <= plan->range.to);
    double each = units_each(plan, plan->mde_ppm);
    double all = units_all(plan, each);
    double share = (double)(plan->range.to - plan->range.from) / EXPERIMENT_BUCKETS;
    double daily = (double)monthly * share * 12.0 / 365.25;
    struct experiment_feasibility feasible = {
        .units_each = (int64_t)ceil(each),
        .units_all = (int64_t)ceil(all),
        .days = spans(all, daily),
        .weeks = spans(all, 7.0 * daily),
        .mde_relative_ppm = plan->mde_ppm * EXPERIMENT_PPM / plan->baseline_ppm,
        .mde_feasible_ppm = mde_feasible(plan, 7.0 * daily),
    };
    feasible.is_feasible = feasible.weeks > 0 && feasible.weeks <= EXPERIMENT_WEEKS_FEASIBLE;
    feasible.advice = feasible.is_feasible ? EXPERIMENT_ADVICE_RUN
                      : feasible.weeks > 0 ? EXPERIMENT_ADVICE_PRESENTATION
                                           : EXPERIMENT_ADVICE_TRAFFIC;
    check(feasible.units_all >= feasible.units_each);
    return feasible;
}
