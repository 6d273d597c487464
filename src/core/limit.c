/* Limits; see limit.h. Percentages are compared by cross-multiplication in 128 bits, never by
 * dividing, so that no threshold is off by one. */
#include "core/limit.h"

#include "base/check.h"
#include "base/int128.h"

enum {
    ALL_NOTICES_NEAR_LIMIT = LIMIT_NOTICE_REACHED | LIMIT_NOTICE_GRACE_ENDING | LIMIT_NOTICE_BLOCKED
};

static const char *const state_names[] = {
    [LIMIT_STATE_OK] = "ok",
    [LIMIT_STATE_WARNING] = "warning",
    [LIMIT_STATE_OVER] = "over",
    [LIMIT_STATE_BLOCKED] = "blocked",
};

static const char *const denial_names[] = {
    [LIMIT_DENIAL_NONE] = "none",
    [LIMIT_DENIAL_HARD_LIMIT] = "hard_limit",
    [LIMIT_DENIAL_GRACE_ENDED] = "grace_ended",
};

static const char *const notice_names[] = {
    [LIMIT_NOTICE_WARNING] = "warning",
    [LIMIT_NOTICE_REACHED] = "limit_reached",
    [LIMIT_NOTICE_GRACE_ENDING] = "grace_ending",
    [LIMIT_NOTICE_BLOCKED] = "blocked",
};

static_assert(ARRAY_LEN(notice_names) == (1 << (LIMIT_NOTICE_COUNT - 1)) + 1, "each has a name");
static_assert(ARRAY_LEN(state_names) == LIMIT_STATE_BLOCKED + 1, "every state has its name");
static_assert(ARRAY_LEN(denial_names) == LIMIT_DENIAL_GRACE_ENDED + 1, "every denial has its name");
static_assert(LIMIT_GRACE_ENDING_HOURS < LIMIT_GRACE_HOURS, "the warning comes within the grace");
static_assert(LIMIT_REARM_POINTS < LIMIT_WARNING_PERCENT, "a gauge can fall below its re-arming");
static_assert((ALL_NOTICES_NEAR_LIMIT & LIMIT_NOTICE_WARNING) == 0, "80 % re-arms by itself");
static_assert((ALL_NOTICES_NEAR_LIMIT | LIMIT_NOTICE_WARNING) <= UINT8_MAX, "all fit `sent`");

const char *limit_state_name(enum limit_state state) {
    check((unsigned)state < ARRAY_LEN(state_names));
    return state_names[state];
}

const char *limit_denial_name(enum limit_denial denial) {
    check((unsigned)denial < ARRAY_LEN(denial_names));
    return denial_names[denial];
}

const char *limit_notice_name(enum limit_notice notice) {
    check((unsigned)notice < ARRAY_LEN(notice_names));
    check(notice_names[notice] != NULL);
    return notice_names[notice];
}

bool limit_is_bounded(struct limit limit) {
    return limit.kind == LIMIT_COUNT || limit.kind == LIMIT_CAP;
}

bool limit_equal(struct limit a, struct limit b) {
    return a.kind == b.kind && a.amount.amount == b.amount.amount &&
           a.soft_limit_percent == b.soft_limit_percent;
}

struct quantity limit_hard(struct limit limit) {
    check(limit_is_bounded(limit));
    check(limit.amount.amount >= 0);
    check(limit.amount.amount <= LIMIT_AMOUNT);
    check(limit.soft_limit_percent >= LIMIT_PERCENT_MIN);
    check(limit.soft_limit_percent <= LIMIT_PERCENT_MAX);
    /* Fits (limit.h), and a 64-bit division costs the gate a tenth of a 128-bit one. */
    int64_t hard = limit.amount.amount * limit.soft_limit_percent / 100;
    check(hard >= limit.amount.amount);
    return quantity_of(hard);
}

/* --- what the query says, in plain terms --- */

/* A level that corrections pushed below zero is as good as zero. */
static int64_t used_of(const struct limit_query *query) {
    return query->used.amount > 0 ? query->used.amount : 0;
}

/* What is out of reach for whoever wants more. Who wants nothing asks for the state. */
static int64_t held_of(const struct limit_query *query) {
    return used_of(query) + (query->amount.amount > 0 ? query->leased.amount : 0);
}

static bool is_above(const struct limit_query *query) {
    return used_of(query) > query->limit.amount.amount;
}

static bool has_reached(const struct limit_query *query, int percent) {
    return (i128)used_of(query) * 100 >= (i128)query->limit.amount.amount * percent;
}

static bool has_fallen_to(const struct limit_query *query, int percent) {
    return (i128)used_of(query) * 100 <= (i128)query->limit.amount.amount * percent;
}

static bool is_grace_over(struct limit_watch watch, struct instant now) {
    return watch.has_grace && !instant_is_before(now, watch.grace_ends_at);
}

/* The watch without a grace that a gauge has outlived by staying at or below L. */
static struct limit_watch settled(const struct limit_query *query) {
    struct limit_watch watch = query->watch;
    struct duration hold = duration_hours(LIMIT_GRACE_HOURS);
    if (watch.is_settling &&
        duration_compare(instant_difference(query->now, watch.settled_since), hold) >= 0) {
        watch.has_grace = false;
        watch.is_settling = false;
    }
    return watch;
}

/* The state as it stands; `watch` is settled, the limit bounded. */
static enum limit_state standing(const struct limit_query *query, struct limit_watch watch) {
    if (query->limit.amount.amount == 0 || used_of(query) > limit_hard(query->limit).amount) {
        return LIMIT_STATE_BLOCKED;
    }
    if (is_above(query)) {
        return is_grace_over(watch, query->now) ? LIMIT_STATE_BLOCKED : LIMIT_STATE_OVER;
    }
    return has_reached(query, LIMIT_WARNING_PERCENT) ? LIMIT_STATE_WARNING : LIMIT_STATE_OK;
}

/* --- deciding --- */

static struct quantity rest_to(int64_t bound, int64_t used) {
    check(bound >= 0);
    check(used >= 0);
    return quantity_of(used < bound ? bound - used : 0);
}

static unsigned remedies_of(const struct limit_query *query) {
    unsigned larger =
        query->limit.kind == LIMIT_CAP ? LIMIT_REMEDY_RAISE_CAP : LIMIT_REMEDY_UPGRADE;
    if (query->amount.amount > limit_hard(query->limit).amount) {
        return larger; /* more than even an unused limit lets through */
    }
    bool is_counter = query->kind == METRIC_COUNTER;
    return larger | (is_counter ? LIMIT_REMEDY_NEW_PERIOD : LIMIT_REMEDY_REDUCE);
}

static enum limit_denial denial_of(const struct limit_query *query, struct limit_watch watch) {
    i128 wanted = (i128)held_of(query) + query->amount.amount;
    if (wanted > limit_hard(query->limit).amount) {
        return LIMIT_DENIAL_HARD_LIMIT;
    }
    if (wanted > query->limit.amount.amount && is_grace_over(watch, query->now)) {
        return LIMIT_DENIAL_GRACE_ENDED;
    }
    return LIMIT_DENIAL_NONE;
}

struct limit_decision limit_decide(const struct limit_query *query) {
    check(query->amount.amount >= 0);
    check(query->leased.amount >= 0);
    check(instant_is_valid(query->now));
    check((unsigned)query->kind <= METRIC_GAUGE);
    if (!limit_is_bounded(query->limit)) {
        return (struct limit_decision){.is_allowed = true, .state = LIMIT_STATE_OK};
    }
    struct limit_watch watch = settled(query);
    int64_t limit = query->limit.amount.amount;
    int64_t hard = limit_hard(query->limit).amount;
    int64_t used = used_of(query);
    enum limit_denial denial = denial_of(query, watch);
    struct limit_decision decision = {
        .is_allowed = denial == LIMIT_DENIAL_NONE,
        .denial = denial,
        .state = denial == LIMIT_DENIAL_NONE ? standing(query, watch) : LIMIT_STATE_BLOCKED,
        .remedies = denial == LIMIT_DENIAL_NONE ? 0 : remedies_of(query),
        .is_bounded = true,
        .remaining = rest_to(limit, used),
        .allowance =
            rest_to(is_grace_over(watch, query->now) ? limit : hard, used + query->leased.amount),
        .has_grace = watch.has_grace && used > limit,
        .grace_ends_at = watch.grace_ends_at,
    };
    check(!decision.is_allowed || query->amount.amount == 0 ||
          query->amount.amount <= decision.allowance.amount);
    check(decision.is_allowed || query->amount.amount == 0 ||
          query->amount.amount > decision.allowance.amount);
    check(decision.allowance.amount <= hard);
    check(decision.remaining.amount <= decision.allowance.amount + query->leased.amount);
    check(decision.is_allowed == (decision.remedies == 0));
    return decision;
}

/* --- stepping --- */

/* The notices that the present level justifies. */
static unsigned notices_due(const struct limit_query *query, struct limit_watch watch,
                            enum limit_cause cause) {
    enum limit_state state = standing(query, watch);
    bool is_sold = query->limit.amount.amount > 0; /* nobody is warned of a limit of nothing */
    struct duration lead = duration_hours(-LIMIT_GRACE_ENDING_HOURS);
    unsigned due = 0;
    if (query->limit.kind == LIMIT_CAP) {
        return due;
    }
    if (is_sold && has_reached(query, LIMIT_WARNING_PERCENT)) {
        due |= LIMIT_NOTICE_WARNING;
    }
    if (is_sold && has_reached(query, 100)) {
        due |= LIMIT_NOTICE_REACHED;
    }
    if (state == LIMIT_STATE_OVER && watch.has_grace &&
        !instant_is_before(query->now, instant_add(watch.grace_ends_at, lead))) {
        due |= LIMIT_NOTICE_GRACE_ENDING;
    }
    /* A gauge far below its limit from which too much was asked at once is not blocked for good:
     * were that a notice, it would re-arm and come again with each request. */
    bool is_near = query->kind == METRIC_COUNTER || !has_fallen_to(query, 100 - LIMIT_REARM_POINTS);
    bool is_stuck = state == LIMIT_STATE_BLOCKED && (is_sold || used_of(query) > 0);
    if (is_stuck || (cause == LIMIT_CAUSE_DENIED && is_near)) {
        due |= LIMIT_NOTICE_BLOCKED;
    }
    return due;
}

/* The notices of a gauge that may be given again, since it fell far enough below their threshold.
 */
static unsigned rearmed(const struct limit_query *query) {
    unsigned armed = 0;
    if (query->kind == METRIC_COUNTER) {
        return armed;
    }
    if (has_fallen_to(query, LIMIT_WARNING_PERCENT - LIMIT_REARM_POINTS)) {
        armed |= LIMIT_NOTICE_WARNING;
    }
    if (has_fallen_to(query, 100 - LIMIT_REARM_POINTS)) {
        armed |= ALL_NOTICES_NEAR_LIMIT;
    }
    return armed;
}

static struct limit_watch step_grace(const struct limit_query *query, struct limit_watch watch) {
    if (is_above(query)) {
        watch.is_settling = false;
        if (!watch.has_grace) {
            watch.has_grace = true;
            watch.grace_ends_at = instant_add(query->now, duration_hours(LIMIT_GRACE_HOURS));
        }
    } else if (query->kind == METRIC_GAUGE && watch.has_grace && !watch.is_settling) {
        watch.is_settling = true;
        watch.settled_since = query->now;
    }
    check(!watch.is_settling || watch.has_grace);
    check(watch.has_grace || !is_above(query));
    return watch;
}

/* What the cause alone forgets, before the level is looked at. */
static struct limit_watch forget(const struct limit_query *query, struct limit_watch watch,
                                 enum limit_cause cause) {
    if (cause == LIMIT_CAUSE_PERIOD_BEGAN && query->kind == METRIC_COUNTER) {
        return (struct limit_watch){0};
    }
    if (cause != LIMIT_CAUSE_LIMIT_CHANGED) {
        return watch;
    }
    if (!is_above(query)) {
        watch.has_grace = false;
        watch.is_settling = false;
    }
    /* Under the new limit only what it justifies counts as said. */
    watch.sent &= (uint8_t)notices_due(query, watch, cause);
    return watch;
}

struct limit_watch limit_step(const struct limit_query *query, enum limit_cause cause,
                              unsigned *ret_notices) {
    check(instant_is_valid(query->now));
    check((unsigned)cause <= LIMIT_CAUSE_TIME_PASSED);
    check((unsigned)query->kind <= METRIC_GAUGE);
    if (!limit_is_bounded(query->limit)) {
        *ret_notices = 0;
        return (struct limit_watch){0};
    }
    struct limit_watch watch = step_grace(query, forget(query, settled(query), cause));
    unsigned due = notices_due(query, watch, cause);
    unsigned sent = watch.sent & ~(rearmed(query) & ~due);
    *ret_notices = due & ~sent;
    watch.sent = (uint8_t)(sent | due);
    check((*ret_notices & ~(unsigned)watch.sent) == 0);
    check((*ret_notices & sent) == 0);
    return watch;
}

bool limit_next_step_at(const struct limit_query *query, struct instant *ret_at) {
    check(instant_is_valid(query->now));
    if (!limit_is_bounded(query->limit)) {
        return false;
    }
    struct limit_watch watch = settled(query);
    if (!watch.has_grace || standing(query, watch) != LIMIT_STATE_OVER) {
        return false;
    }
    struct instant warn_at =
        instant_add(watch.grace_ends_at, duration_hours(-LIMIT_GRACE_ENDING_HOURS));
    *ret_at = instant_is_before(query->now, warn_at) ? warn_at : watch.grace_ends_at;
    check(instant_is_before(query->now, *ret_at));
    return true;
}
