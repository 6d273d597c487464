/* How long visitors of each arm wait for the page: counted in memory as pages are sent, since the
 * program started. An arm that is slower sells less for another reason than its price. */
#ifndef CORE_EXPERIMENT_SPEED_H
#define CORE_EXPERIMENT_SPEED_H

#include "core/experiment.h"

enum {
    EXPERIMENT_SPEEDS_MAX = 8, /* experiments that are counted; the oldest makes room */
    EXPERIMENT_SPEED_ID = 48,
    EXPERIMENT_SLOW_MS = 200, /* a page that takes longer is slow */
};

struct experiment_speed {
    int64_t pages, slow; /* that were sent, and of those slow */
    uint64_t took_ns;    /* by all */
};

/* All zero at first. */
struct experiment_speeds {
    struct {
        char id[EXPERIMENT_SPEED_ID];
        struct experiment_speed arms[EXPERIMENT_ARMS_MAX];
    } list[EXPERIMENT_SPEEDS_MAX];
    size_t next; /* the place of the next one that is new */
};

/* A page of this arm was ready so long after it was asked for. */
void experiment_speed_add(struct experiment_speeds *speeds, struct str experiment_id, size_t arm,
                          uint64_t took_ns);
/* All zero where nothing was sent. */
struct experiment_speed experiment_speed_of(const struct experiment_speeds *speeds,
                                            struct str experiment_id, size_t arm);

int64_t experiment_speed_slow_ppm(const struct experiment_speed *speed); /* rounded down */
int64_t experiment_speed_mean_us(const struct experiment_speed *speed); /* microseconds, likewise */
/* Whether the share of slow pages is above the control's by more than `guardrail_ppm`; 0: it is not
 * looked at. */
bool experiment_speed_breaks(const struct experiment_speed *control,
                             const struct experiment_speed *arm, int64_t guardrail_ppm);

#endif
