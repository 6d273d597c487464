#include "core/experiment_speed.h"

#include <string.h>

#include "base/check.h"

static const uint64_t ms_ns = 1000000;

/* EXPERIMENT_SPEEDS_MAX when it is not among them. */
static size_t place_of(const struct experiment_speeds *speeds, struct str experiment_id) {
    check(experiment_id.len > 0 && experiment_id.len < EXPERIMENT_SPEED_ID);
    for (size_t i = 0; i < EXPERIMENT_SPEEDS_MAX; i++) {
        if (str_equal(str_from_cstr(speeds->list[i].id), experiment_id)) {
            return i;
        }
    }
    return EXPERIMENT_SPEEDS_MAX;
}

void experiment_speed_add(struct experiment_speeds *speeds, struct str experiment_id, size_t arm,
                          uint64_t took_ns) {
    check(arm < EXPERIMENT_ARMS_MAX);
    check(speeds->next < EXPERIMENT_SPEEDS_MAX);
    size_t place = place_of(speeds, experiment_id);
    if (place == EXPERIMENT_SPEEDS_MAX) {
        place = speeds->next;
        speeds->next = (place + 1) % EXPERIMENT_SPEEDS_MAX;
        memset(&speeds->list[place], 0, sizeof speeds->list[place]);
        memcpy(speeds->list[place].id, experiment_id.bytes, experiment_id.len);
    }
    struct experiment_speed *speed = &speeds->list[place].arms[arm];
    speed->pages++;
    speed->slow += took_ns > EXPERIMENT_SLOW_MS * ms_ns ? 1 : 0;
    speed->took_ns += took_ns;
    check(speed->slow <= speed->pages);
}

struct experiment_speed experiment_speed_of(const struct experiment_speeds *speeds,
                                            struct str experiment_id, size_t arm) {
    check(arm < EXPERIMENT_ARMS_MAX);
    size_t place = place_of(speeds, experiment_id);
    return place == EXPERIMENT_SPEEDS_MAX ? (struct experiment_speed){.pages = 0}
                                          : speeds->list[place].arms[arm];
}

int64_t experiment_speed_slow_ppm(const struct experiment_speed *speed) {
    check(speed->pages >= 0 && speed->slow >= 0);
    check(speed->slow <= speed->pages);
    return speed->pages > 0 ? speed->slow * EXPERIMENT_PPM / speed->pages : 0;
}

int64_t experiment_speed_mean_us(const struct experiment_speed *speed) {
    check(speed->pages >= 0);
    return speed->pages > 0 ? (int64_t)(speed->took_ns / 1000 / (uint64_t)speed->pages) : 0;
}

bool experiment_speed_breaks(const struct experiment_speed *control,
                             const struct experiment_speed *arm, int64_t guardrail_ppm) {
    check(guardrail_ppm >= 0 && guardrail_ppm <= EXPERIMENT_PPM);
    return guardrail_ppm > 0 &&
           experiment_speed_slow_ppm(arm) - experiment_speed_slow_ppm(control) > guardrail_ppm;
}
