#include "core/experiment.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/sha256.h"

/* --- who sees what --- */

int32_t experiment_bucket(struct str salt, struct str experiment, struct str unit) {
    uint8_t mac[SHA256_SIZE];
    const struct str parts[] = {experiment, STR("\x1F"), unit};
    uint64_t drawn = 0;
    hmac_sha256(salt, parts, sizeof parts / sizeof *parts, mac);
    for (size_t i = 0; i < sizeof drawn; i++) {
        drawn = drawn << 8 | mac[i];
    }
    int32_t bucket = (int32_t)(drawn % EXPERIMENT_BUCKETS);
    check(bucket >= 0);
    check(bucket < EXPERIMENT_BUCKETS);
    return bucket;
}

bool experiment_range_meets(struct experiment_range a, struct experiment_range b) {
    check(a.from <= a.to);
    check(b.from <= b.to);
    return a.from < b.to && b.from < a.to;
}

size_t experiment_arm_of(const struct experiment_arm *arms, size_t count, int32_t bucket) {
    int64_t end = 0;
    check(bucket >= 0);
    check(bucket < EXPERIMENT_BUCKETS);
    check(count <= EXPERIMENT_ARMS_MAX);
    for (size_t i = 0; i < count; i++) {
        check(arms[i].weight > 0);
        end += arms[i].weight;
        check(end <= EXPERIMENT_BUCKETS);
        if (bucket < end) {
            return i;
        }
    }
    check(false); /* experiment_check() saw to it that they are all */
    return 0;
}

/* --- the plan --- */

static const char *const metric_names[EXPERIMENT_METRIC_COUNT] = {
    [EXPERIMENT_CONVERSION] = "conversion",
    [EXPERIMENT_REVENUE] = "revenue",
};
static const char *const method_names[EXPERIMENT_METHOD_COUNT] = {
    [EXPERIMENT_SEQUENTIAL] = "sequential",
    [EXPERIMENT_FIXED] = "fixed",
};
static const char *const guardrail_names[EXPERIMENT_GUARDRAIL_COUNT] = {
    [EXPERIMENT_REFUNDS] = "refunds",
    [EXPERIMENT_FAILURES] = "failures",
    [EXPERIMENT_CANCELLATIONS] = "cancellations",
    [EXPERIMENT_DOWNGRADES] = "downgrades",
    [EXPERIMENT_CONTACTS] = "contacts",
};

const char *experiment_metric_name(enum experiment_metric metric) {
    check(metric < EXPERIMENT_METRIC_COUNT);
    return metric_names[metric];
}

const char *experiment_method_name(enum experiment_method method) {
    check(method < EXPERIMENT_METHOD_COUNT);
    return method_names[method];
}

const char *experiment_guardrail_name(enum experiment_guardrail guardrail) {
    check(guardrail < EXPERIMENT_GUARDRAIL_COUNT);
    return guardrail_names[guardrail];
}

static void found(struct experiment_problems *problems, const char *path, const char *expected) {
    if (problems->count == EXPERIMENT_PROBLEMS_MAX) {
        return;
    }
    struct experiment_problem *problem = &problems->list[problems->count++];
    check(expected != NULL);
    int length = snprintf(problem->path, sizeof problem->path, "%s", path);
    check(length > 0 && (size_t)length < sizeof problem->path);
    problem->expected = expected;
}

static void found_in_arm(struct experiment_problems *problems, size_t arm, const char *member,
                         const char *expected) {
    char path[32];
    int length = snprintf(path, sizeof path, "/arms/%zu/%s", arm, member);
    check(length > 0 && (size_t)length < sizeof path);
    found(problems, path, expected);
}

static bool is_same_offer(const struct experiment_arm *a, const struct experiment_arm *b) {
    return memcmp(a->versions, b->versions, sizeof a->versions) == 0 &&
           a->emphasis == b->emphasis && a->interval == b->interval &&
           str_equal(a->headline, b->headline);
}

/* What is free or sold by contract has no price to try. */
static void check_versions(const struct experiment_arm *arm, size_t at,
                           const struct catalogue *catalogue,
                           struct experiment_problems *problems) {
    for (int t = 0; t < TIER_COUNT; t++) {
        if (arm->versions[t] == 0) {
            continue;
        }
        const struct plan *plan =
            catalogue_plan_version(catalogue, (enum tier)t, (int32_t)arm->versions[t]);
        if (t == TIER_FREE || plan == NULL || !plan->prices[INTERVAL_MONTH].is_set) {
            found_in_arm(problems, at, "versions",
                         "versions of paid plans that the catalogue has, with a price");
            return;
        }
    }
}

static void check_arms(const struct experiment_plan *plan, const struct catalogue *catalogue,
                       struct experiment_problems *problems) {
    int64_t weights = 0;
    for (size_t i = 0; i < plan->arm_count; i++) {
        const struct experiment_arm *arm = &plan->arms[i];
        weights += arm->weight;
        if (arm->weight <= 0) {
            found_in_arm(problems, i, "weight", "at least one bucket of 10000");
        }
        for (size_t j = 0; j < i; j++) {
            if (str_equal(arm->name, plan->arms[j].name)) {
                found_in_arm(problems, i, "name", "a name that no other arm has");
            }
        }
        if (i > 0 && is_same_offer(arm, &plan->arms[0])) {
            found_in_arm(problems, i, "versions", "something that the control does not show");
        }
        check_versions(arm, i, catalogue, problems);
    }
    if (weights != EXPERIMENT_BUCKETS) { /* said beside the last, which is what is left */
        found_in_arm(problems, plan->arm_count - 1, "weight",
                     "weights of all arms that are 10000 together");
    }
}

bool experiment_check(const struct experiment_plan *plan, const struct catalogue *catalogue,
                      struct experiment_problems *ret_problems) {
    *ret_problems = (struct experiment_problems){.count = 0};
    if (plan->arm_count < 2 || plan->arm_count > EXPERIMENT_ARMS_MAX) {
        found(ret_problems, "/arms", "2 to 8 arms, the first of them the control");
        return false;
    }
    check_arms(plan, catalogue, ret_problems);
    if (plan->range.from >= plan->range.to) {
        found(ret_problems, "/range", "buckets from 0 to 10000, the end behind the beginning");
    } else if (plan->layer.len == 0 &&
               (plan->range.from != 0 || plan->range.to != EXPERIMENT_BUCKETS)) {
        found(ret_problems, "/range", "all buckets, 0 to 10000, where there is no layer");
    }
    if (plan->baseline_ppm + plan->mde_ppm > EXPERIMENT_PPM) {
        found(ret_problems, "/mdePpm", "an effect that leaves a share of at most 1000000");
    }
    if (plan->metric == EXPERIMENT_REVENUE && plan->cut <= 0) {
        found(ret_problems, "/cut", "the revenue above which a unit counts as this much");
    }
    return ret_problems->count == 0;
}

/* --- states --- */

static const char *const state_names[EXPERIMENT_STATE_COUNT] = {
    [EXPERIMENT_DRAFT] = "draft",     [EXPERIMENT_REGISTERED] = "registered",
    [EXPERIMENT_RUNNING] = "running", [EXPERIMENT_PAUSED] = "paused",
    [EXPERIMENT_ENDED] = "ended",     [EXPERIMENT_DECIDED] = "decided",
};
static const char *const event_names[EXPERIMENT_EVENT_COUNT] = {
    [EXPERIMENT_REGISTER] = "register", [EXPERIMENT_START] = "start",
    [EXPERIMENT_PAUSE] = "pause",       [EXPERIMENT_RESUME] = "resume",
    [EXPERIMENT_END] = "end",           [EXPERIMENT_DECIDE] = "decide",
};

enum verdict { CELL_MISSING, CELL_LEGAL, CELL_REFUSED };

struct cell {
    enum verdict verdict;
    enum experiment_state next;
};

#define TO(state)                                                                                  \
    { CELL_LEGAL, EXPERIMENT_##state }
#define REFUSED                                                                                    \
    { CELL_REFUSED, EXPERIMENT_DRAFT }

static const struct cell cells[EXPERIMENT_STATE_COUNT][EXPERIMENT_EVENT_COUNT] = {
    [EXPERIMENT_DRAFT] = {[EXPERIMENT_REGISTER] = TO(REGISTERED),
                          [EXPERIMENT_START] = REFUSED,
                          [EXPERIMENT_PAUSE] = REFUSED,
                          [EXPERIMENT_RESUME] = REFUSED,
                          [EXPERIMENT_END] = REFUSED,
                          [EXPERIMENT_DECIDE] = REFUSED},
    [EXPERIMENT_REGISTERED] = {[EXPERIMENT_REGISTER] = REFUSED,
                               [EXPERIMENT_START] = TO(RUNNING),
                               [EXPERIMENT_PAUSE] = REFUSED,
                               [EXPERIMENT_RESUME] = REFUSED,
                               [EXPERIMENT_END] = TO(ENDED),
                               [EXPERIMENT_DECIDE] = REFUSED},
    [EXPERIMENT_RUNNING] = {[EXPERIMENT_REGISTER] = REFUSED,
                            [EXPERIMENT_START] = REFUSED,
                            [EXPERIMENT_PAUSE] = TO(PAUSED),
                            [EXPERIMENT_RESUME] = REFUSED,
                            [EXPERIMENT_END] = TO(ENDED),
                            [EXPERIMENT_DECIDE] = REFUSED},
    [EXPERIMENT_PAUSED] = {[EXPERIMENT_REGISTER] = REFUSED,
                           [EXPERIMENT_START] = REFUSED,
                           [EXPERIMENT_PAUSE] = REFUSED,
                           [EXPERIMENT_RESUME] = TO(RUNNING),
                           [EXPERIMENT_END] = TO(ENDED),
                           [EXPERIMENT_DECIDE] = REFUSED},
    [EXPERIMENT_ENDED] = {[EXPERIMENT_REGISTER] = REFUSED,
                          [EXPERIMENT_START] = REFUSED,
                          [EXPERIMENT_PAUSE] = REFUSED,
                          [EXPERIMENT_RESUME] = REFUSED,
                          [EXPERIMENT_END] = REFUSED,
                          [EXPERIMENT_DECIDE] = TO(DECIDED)},
    [EXPERIMENT_DECIDED] = {[EXPERIMENT_REGISTER] = REFUSED,
                            [EXPERIMENT_START] = REFUSED,
                            [EXPERIMENT_PAUSE] = REFUSED,
                            [EXPERIMENT_RESUME] = REFUSED,
                            [EXPERIMENT_END] = REFUSED,
                            [EXPERIMENT_DECIDE] = REFUSED},
};

const char *experiment_state_name(enum experiment_state state) {
    check((unsigned)state < EXPERIMENT_STATE_COUNT);
    return state_names[state];
}

const char *experiment_event_name(enum experiment_event event) {
    check((unsigned)event < EXPERIMENT_EVENT_COUNT);
    return event_names[event];
}

struct experiment_step experiment_step(enum experiment_state state, enum experiment_event event) {
    check((unsigned)state < EXPERIMENT_STATE_COUNT);
    check((unsigned)event < EXPERIMENT_EVENT_COUNT);
    const struct cell *cell = &cells[state][event];
    check(cell->verdict != CELL_MISSING);
    bool is_legal = cell->verdict == CELL_LEGAL;
    check(!is_legal || cell->next != state); /* something happens, or nothing may */
    return (struct experiment_step){is_legal, is_legal ? cell->next : state};
}
