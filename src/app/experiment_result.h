/* What the figures of an experiment say (core/experiment_inference.h), as of now.
 *
 * Units that were shown something are counted by the day, once the windows of all who were first
 * shown it on that day are over; so the same rows give the same figures at any time. Nothing is
 * said of effects while the arms are not filled as they are weighted, and by the fixed method
 * before its number of units is there. */
#ifndef APP_EXPERIMENT_RESULT_H
#define APP_EXPERIMENT_RESULT_H

#include "app/experiment.h"
#include "core/experiment_sold.h"

/* Of all units that count. */
MUST_USE struct err experiment_srm_read(struct tx *tx, const struct experiment *of,
                                        struct srm *ret_srm);

struct experiment_arm_result {
    struct str name;
    int64_t weight, exposed, excluded;
    int64_t counted; /* whose window is over */
    double mean;     /* of the metric */
    struct experiment_sold sold;
    int64_t guardrails[EXPERIMENT_GUARDRAIL_COUNT]; /* of those exposed */
    bool breaks[EXPERIMENT_GUARDRAIL_COUNT];
};

/* An arm beside the control. */
struct experiment_comparison {
    struct str arm;
    struct comparison look; /* intervals at alpha, shared among the arms */
    double p;               /* of the method: the running one, or that of the fixed test */
    double p_holm;          /* the same, corrected for how many arms there are */
    double low, high;       /* of the method's interval */
    bool is_effect;         /* p_holm < alpha */
};

/* What could be seen at the end of a day. */
struct experiment_look {
    int64_t day; /* since 1970 */
    struct str arm;
    double units, effect, half_width, p; /* of the arm; p is the running one */
};

struct experiment_slice_result {
    const char *by; /* "day", "country", "device" */
    struct str of;
    int64_t units;
    struct srm srm; /* `is_failed`: off, among as many slices of its kind as there are */
};

enum experiment_hidden { EXPERIMENT_SHOWN, EXPERIMENT_HIDDEN_SRM, EXPERIMENT_HIDDEN_HORIZON };
struct experiment_result {
    struct srm srm;
    enum experiment_hidden hidden;
    bool has_run_enough; /* the days that were registered */
    size_t arm_count;
    struct experiment_arm_result arms[EXPERIMENT_ARMS_MAX];
    struct experiment_comparison comparisons[EXPERIMENT_ARMS_MAX]; /* of arms 1… */
    struct row_list looks;  /* struct experiment_look; none while hidden */
    struct row_list slices; /* struct experiment_slice_result: countries, devices, days */
};
MUST_USE struct err experiment_result_read(const struct app *app, struct tx *tx,
                                           const struct experiment *of,
                                           struct experiment_result *ret_result);

#endif
