/* How often an experiment is wrong that is looked at every day, and how often it finds what is
 * there: 2,000 experiments of 20,000 units an arm, of which 5 % convert, looked at 40 times. Beside
 * each figure what an ordinary test does in the same runs. */
#include <stdio.h>

#include "core/experiment_fixture.h"

static double percent(int calls, int runs) {
    return 100.0 * calls / runs;
}

static void row(const char *name, double figure, double reference, const char *than) {
    printf("%s\t%.2f\t%%\t%.2f\tthan=%s\n", name, figure, reference, than);
}

int main(void) {
    struct simulated_experiments of = {.seed = 20270101,
                                       .runs = 2000,
                                       .looks = 40,
                                       .units = 20000,
                                       .share = 0.05,
                                       .alpha = 0.05,
                                       .tau = 0.01};
    struct simulated_calls same = simulate_experiments(&of);
    of.effect = 0.01;
    struct simulated_calls other = simulate_experiments(&of);
    const char *daily = "z at every look";
    row("experiments: false alarms, mSPRT", percent(same.msprt, of.runs),
        percent(same.z_any, of.runs), daily);
    row("experiments: false alarms, confidence sequence", percent(same.sequence, of.runs),
        percent(same.z_any, of.runs), daily);
    row("experiments: false alarms, one look", percent(same.z_last, of.runs),
        percent(same.z_any, of.runs), daily);
    row("experiments: one point found, mSPRT", percent(other.msprt, of.runs),
        percent(other.z_last, of.runs), "z at the end alone");
    return 0;
}
