/* Whether the traffic is enough for what an experiment looks for, and what is recommended when it
 * is not: said before anything starts. */
#ifndef CORE_EXPERIMENT_FEASIBLE_H
#define CORE_EXPERIMENT_FEASIBLE_H

#include "core/experiment.h"

/* What is recommended before anything starts. */
enum experiment_advice {
    EXPERIMENT_ADVICE_RUN,          /* the traffic is enough */
    EXPERIMENT_ADVICE_PRESENTATION, /* it is not: try packaging and the page before the price */
    EXPERIMENT_ADVICE_TRAFFIC,      /* nobody said how many units come */
    EXPERIMENT_ADVICE_COUNT,
};
const char *experiment_advice_name(enum experiment_advice advice);

/* Whether the traffic is enough, before anything starts. */
struct experiment_feasibility {
    int64_t units_each, units_all; /* that an arm needs, and all together; rounded up */
    int64_t days, weeks;           /* until they are there, rounded up; 0: no traffic is known */
    int64_t mde_relative_ppm;
    int64_t mde_feasible_ppm; /* the least effect that would fit into a quarter; 0: none does */
    bool is_feasible;         /* within EXPERIMENT_WEEKS_FEASIBLE: a quarter */
    enum experiment_advice advice;
};
/* `monthly` units a month (of 365.25 / 12 days) come into the experiment. */
struct experiment_feasibility experiment_feasible(const struct experiment_plan *plan,
                                                  int64_t monthly);

#endif
