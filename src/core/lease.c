/* Leases; see lease.h. Products go through 128 bits, so that no size is cut short. */
#include "core/lease.h"

#include "base/check.h"
#include "base/int128.h"

enum {
    TTL_HORIZONS = 2,
    HORIZON_PARTS = 20, /* of the time to the limit */
    HARD_PARTS = 64,    /* of the least amount, for each node, that a hard limit must hold */
    FIRST_PARTS = 64,   /* a node whose rate is not known yet gets its part of this part */
};

static const char *const refusal_names[] = {
    [LEASE_REFUSAL_NONE] = "none",
    [LEASE_REFUSAL_SPENT] = "spent_above_grant",
    [LEASE_REFUSAL_RELEASED] = "released_above_taken",
};

static const char *const mode_names[] = {
    [LEASE_MODE_LEASE] = "lease",
    [LEASE_MODE_ASK] = "ask",
    [LEASE_MODE_OPEN] = "open",
};

static const char *const state_names[] = {
    [LEASE_STATE_OPEN] = "open",           [LEASE_STATE_HELD] = "held",
    [LEASE_STATE_RECLAIMED] = "reclaimed", [LEASE_STATE_ENDING] = "ending",
    [LEASE_STATE_ENDED] = "ended",
};

/* Of what a node decides alone, and whether it may go on without its server at all. Gauges are
 * levels, which only one place can know. */
static const struct {
    int64_t least;
    bool has_reserve;
} terms[METRIC_COUNT] = {
    [METRIC_API_REQUESTS] = {8, true},
    [METRIC_BANDWIDTH] = {64 * 1024, true},
    [METRIC_BUILD_MINUTES] = {10, false},
};

static_assert(ARRAY_LEN(refusal_names) == LEASE_REFUSAL_RELEASED + 1, "every refusal has a name");
static_assert(ARRAY_LEN(state_names) == LEASE_STATE_COUNT, "every state has its name");
static_assert(ARRAY_LEN(mode_names) == LEASE_MODE_OPEN + 1, "every mode has its name");
static_assert(LEASE_FIGURE_MAX <= INT64_MAX / 8, "sums of a lease's figures fit");

const char *lease_refusal_name(enum lease_refusal refusal) {
    check((unsigned)refusal < ARRAY_LEN(refusal_names));
    return refusal_names[refusal];
}

const char *lease_mode_name(enum lease_mode mode) {
    check((unsigned)mode < ARRAY_LEN(mode_names));
    return mode_names[mode];
}

const char *lease_state_name(enum lease_state state) {
    check((unsigned)state < ARRAY_LEN(state_names));
    return state_names[state];
}

struct quantity lease_least(enum metric metric) {
    check((unsigned)metric < METRIC_COUNT);
    return quantity_of(terms[metric].least);
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* --- one lease --- */

static void check_amount(struct quantity amount) {
    check(amount.amount >= 0);
    check(amount.amount <= LEASE_FIGURE_MAX);
}

static void check_lease(const struct lease *lease) {
    check_amount(lease->granted);
    check_amount(lease->taken);
    check_amount(lease->released);
    check_amount(lease->returned);
    check_amount(lease->recorded);
    check(lease->granted_most.amount >= lease->granted.amount);
    check(lease->released.amount <= lease->taken.amount);
    check(lease_outstanding(lease).amount >= 0);
}

/* What is gone of the grants: spent, or given back. */
static int64_t gone(const struct lease *lease) {
    return lease->taken.amount - lease->released.amount + lease->returned.amount;
}

struct quantity lease_outstanding(const struct lease *lease) {
    return quantity_of(lease->granted.amount - gone(lease));
}

struct quantity lease_used(const struct lease *lease) {
    return quantity_of(lease->taken.amount - lease->released.amount + lease->recorded.amount);
}

static struct lease_move move_of(const struct lease *before, const struct lease *after) {
    return (struct lease_move){
        .used = {lease_used(after).amount - lease_used(before).amount},
        .outstanding = {lease_outstanding(after).amount - lease_outstanding(before).amount},
    };
}

static struct quantity latest(struct quantity known, struct quantity reported) {
    check_amount(reported);
    return quantity_of(larger(known.amount, reported.amount));
}

enum lease_refusal lease_report(const struct lease *before, const struct lease_report *report,
                                struct lease *ret_after, struct lease_move *ret_move) {
    check_lease(before);
    struct lease after = *before;
    after.taken = latest(before->taken, report->taken);
    after.released = latest(before->released, report->released);
    after.returned = latest(before->returned, report->returned);
    after.recorded = latest(before->recorded, report->recorded);
    if (after.released.amount > after.taken.amount) {
        return LEASE_REFUSAL_RELEASED;
    }
    if (gone(&after) > (after.is_open ? LEASE_FIGURE_MAX : after.granted_most.amount)) {
        return LEASE_REFUSAL_SPENT;
    }
    /* Spent without a grant where none was needed, or what was reclaimed: granted after the fact.
     */
    after.granted.amount = larger(after.granted.amount, gone(&after));
    after.granted_most.amount = larger(after.granted_most.amount, after.granted.amount);
    check_lease(&after);
    check(after.granted.amount >= before->granted.amount);
    *ret_move = move_of(before, &after);
    *ret_after = after;
    return LEASE_REFUSAL_NONE;
}

struct quantity lease_room(const struct lease *lease) {
    check_lease(lease);
    bool is_whole = lease->granted.amount == lease->granted_most.amount;
    return quantity_of(is_whole ? LEASE_FIGURE_MAX - lease->granted.amount : 0);
}

struct lease lease_grant(struct lease lease, struct quantity amount) {
    check(amount.amount > 0);
    check(amount.amount <= lease_room(&lease).amount);
    lease.granted.amount += amount.amount;
    lease.granted_most = lease.granted;
    check_lease(&lease);
    return lease;
}

struct lease lease_end(struct lease lease, struct lease_move *ret_move) {
    check_lease(&lease);
    struct lease before = lease;
    lease.returned.amount += lease_outstanding(&lease).amount;
    check(lease_outstanding(&lease).amount == 0);
    *ret_move = move_of(&before, &lease);
    check(ret_move->used.amount == 0);
    return lease;
}

struct lease lease_reclaim(struct lease lease, struct lease_move *ret_move) {
    check_lease(&lease);
    struct lease before = lease;
    lease.granted.amount = gone(&lease);
    check(lease_outstanding(&lease).amount == 0);
    check(lease.granted_most.amount == before.granted_most.amount);
    *ret_move = move_of(&before, &lease);
    return lease;
}

/* --- how much --- */

static void check_question(const struct lease_question *question) {
    check(question->nodes >= 1);
    check(question->nodes <= LIMIT_AMOUNT);
    check(question->allowance.amount >= 0);
    check_amount(question->wanted);
    check(question->rate.amount >= 0);
    check(question->rate_of_all.amount >= question->rate.amount);
    check(question->outstanding.amount >= 0);
    check(instant_is_valid(question->now));
}

/* T: the shorter, the nearer the limit is at the present rate of all nodes. */
static int64_t horizon_ms(const struct lease_question *question) {
    int64_t rate = question->rate_of_all.amount;
    if (rate == 0) {
        return LEASE_HORIZON_MAX_MS;
    }
    i128 horizon = (i128)question->allowance.amount * 1000 / ((i128)HORIZON_PARTS * rate);
    if (horizon > LEASE_HORIZON_MAX_MS) {
        return LEASE_HORIZON_MAX_MS;
    }
    return larger((int64_t)horizon, LEASE_HORIZON_MIN_MS);
}

/* q: what the node needs over the horizon. Until its rate is known, what it wishes for, within a
 * small part of all; and never more than it wishes for. */
static int64_t size(const struct lease_question *question, int64_t least) {
    int64_t left = question->allowance.amount;
    int64_t most = left / (2 * question->nodes);
    i128 needed = (i128)question->rate.amount * horizon_ms(question) / 1000;
    int64_t first = smaller(question->wanted.amount, left / (FIRST_PARTS * question->nodes));
    int64_t amount = needed > first ? (needed > most ? most : (int64_t)needed) : first;
    amount = smaller(larger(amount, least), larger(question->wanted.amount, least));
    return smaller(amount, most);
}

/* This node's part of half of the band above the limit, as long as nobody has begun to use it. */
static int64_t reserve(const struct lease_question *question) {
    int64_t limit = question->limit.amount.amount;
    if (!terms[question->metric].has_reserve || question->used.amount > limit) {
        return 0;
    }
    return (limit_hard(question->limit).amount - limit) / (2 * question->nodes);
}

static bool must_ask(const struct lease_question *question, int64_t least) {
    i128 least_of_all = (i128)question->nodes * least;
    return question->is_recalled || question->allowance.amount < 2 * least_of_all ||
           limit_hard(question->limit).amount < HARD_PARTS * least_of_all;
}

/* Not beyond the end of a grace, at which the limit itself begins to hold. */
static struct duration ttl_of(const struct lease_question *question) {
    struct duration ttl = {TTL_HORIZONS * horizon_ms(question)};
    if (question->has_grace) {
        struct duration left = instant_difference(question->grace_ends_at, question->now);
        ttl.ms = larger(0, smaller(ttl.ms, left.ms));
    }
    return ttl;
}

struct lease_offer lease_offer(const struct lease_question *question) {
    check_question(question);
    struct lease_offer offer = {.mode = LEASE_MODE_ASK, .ttl = ttl_of(question)};
    if (metric_kind(question->metric) == METRIC_GAUGE) {
        return offer;
    }
    if (!limit_is_bounded(question->limit)) {
        offer.mode = LEASE_MODE_OPEN;
        return offer;
    }
    int64_t least = lease_least(question->metric).amount;
    check(least > 0);
    if (must_ask(question, least)) {
        offer.is_recalled = question->outstanding.amount > 0;
        return offer;
    }
    offer.mode = LEASE_MODE_LEASE;
    offer.reserve = quantity_of(reserve(question));
    int64_t target = size(question, least) + offer.reserve.amount;
    if (question->wanted.amount > 0 && target > question->outstanding.amount) {
        int64_t more = target - question->outstanding.amount;
        offer.grant = quantity_of(smaller(more, question->allowance.amount / 2));
    }
    check(offer.grant.amount >= 0);
    check(offer.grant.amount <= question->allowance.amount);
    return offer;
}

struct instant lease_ends_at(struct instant now, struct duration ttl) {
    check(ttl.ms >= 0);
    return instant_add(now, (struct duration){ttl.ms + ttl.ms / 100 + 1000});
}
