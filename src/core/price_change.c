/* Who is moved to another price, and when; see price_change.h. */
#include "core/price_change.h"

#include "base/check.h"

static_assert(PRICE_NOTICE_DAYS_MIN * 24 > PRICE_TELL_HOURS, "who is told in time has had notice");
static_assert(MONEY_MINOR_MAX <= INT64_MAX / 32, "twelve months and a year are added up");

/* --- notice --- */

static bool is_in_range(int32_t days, int32_t least) {
    return days >= least && days <= PRICE_NOTICE_DAYS_MAX;
}

bool price_notice_is_valid(struct price_notice notice, struct price_notice policy) {
    bool is_valid = true;
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        check(is_in_range(policy.days[i], PRICE_NOTICE_DAYS_MIN));
        is_valid = is_valid && is_in_range(notice.days[i], policy.days[i]);
    }
    return is_valid;
}

static struct duration notice_of(const struct price_change *change, enum interval interval) {
    check((unsigned)interval < INTERVAL_COUNT);
    int32_t days = change->notice.days[interval];
    check(is_in_range(days, PRICE_NOTICE_DAYS_MIN));
    return duration_days(days);
}

bool price_change_has_notice(const struct price_change *change, struct instant now) {
    struct instant first = instant_add(now, notice_of(change, INTERVAL_MONTH));
    check(!instant_is_before(first, now));
    return !instant_is_before(change->effective_from, first);
}

/* --- who moves --- */

static const char *const verdict_names[PRICE_VERDICT_COUNT] = {
    [PRICE_MOVES] = "moves",           [PRICE_ALREADY] = "already",
    [PRICE_OTHER] = "other",           [PRICE_CONTRACT] = "contract",
    [PRICE_ENDING] = "ending",         [PRICE_CHANGING] = "changing",
    [PRICE_TRIALING] = "trialing",     [PRICE_NOT_ACTIVE] = "not_active",
    [PRICE_RESTRICTED] = "restricted", [PRICE_PARKED] = "parked",
};

const char *price_verdict_name(enum price_verdict verdict) {
    check((unsigned)verdict < PRICE_VERDICT_COUNT);
    check(verdict_names[verdict] != NULL);
    return verdict_names[verdict];
}

static bool is_from(const struct price_change *change, int64_t version) {
    check(change->from_count >= 1);
    check(change->from_count <= PRICE_CHANGE_VERSIONS_MAX);
    for (size_t i = 0; i < change->from_count; i++) {
        check(change->from[i] < change->to);
        if (change->from[i] == version) {
            return true;
        }
    }
    return false;
}

enum price_verdict price_change_judge(const struct price_change *change,
                                      const struct price_holder *holder) {
    check(change->to > 1);
    check((unsigned)holder->status < SUBSCRIPTION_STATUS_COUNT);
    if (holder->tier != change->tier) {
        return PRICE_OTHER;
    }
    if (holder->is_private) {
        return PRICE_CONTRACT;
    }
    if (holder->version >= change->to) {
        return PRICE_ALREADY;
    }
    return !is_from(change, holder->version)         ? PRICE_OTHER
           : holder->has_pending                     ? PRICE_CHANGING
           : holder->ends                            ? PRICE_ENDING
           : holder->status == SUBSCRIPTION_TRIALING ? PRICE_TRIALING
           : holder->status != SUBSCRIPTION_ACTIVE   ? PRICE_NOT_ACTIVE
           : !holder->has_full_access                ? PRICE_RESTRICTED
           : holder->is_parked                       ? PRICE_PARKED
                                                     : PRICE_MOVES;
}

bool price_verdict_may_pass(enum price_verdict verdict) {
    switch (verdict) {
    case PRICE_MOVES:
    case PRICE_ALREADY:
    case PRICE_OTHER:
    case PRICE_CONTRACT:
    case PRICE_TRIALING:
        return false;
    case PRICE_ENDING:
    case PRICE_CHANGING:
    case PRICE_NOT_ACTIVE:
    case PRICE_RESTRICTED:
    case PRICE_PARKED:
        return true;
    case PRICE_VERDICT_COUNT:
        break;
    }
    check(false);
    return false;
}

/* --- when --- */

struct instant price_move_not_before(const struct price_change *change, enum interval interval,
                                     struct instant told_at) {
    struct instant noticed = instant_add(told_at, notice_of(change, interval));
    struct instant at = instant_later(change->effective_from, noticed);
    check(!instant_is_before(at, change->effective_from));
    check(!instant_is_before(at, noticed));
    return at;
}

struct instant price_move_renewal(struct period billed, enum interval interval,
                                  struct instant not_before) {
    check(instant_is_before(billed.start, billed.end));
    if (!instant_is_before(billed.end, not_before)) {
        return billed.end;
    }
    struct instant anchor = period_anchor(billed, interval);
    struct period around = period_containing(anchor, interval, not_before);
    bool is_at = instant_equal(around.start, not_before);
    struct instant at = is_at ? around.start : around.end;
    check(!instant_is_before(at, not_before));
    check(!instant_is_before(at, billed.end));
    return at;
}

struct instant price_move_tell_at(struct instant renewal) {
    struct instant at = instant_add(renewal, duration_hours(-PRICE_TELL_HOURS));
    check(!instant_is_before(renewal, at));
    return at;
}

/* --- what it comes to --- */

int64_t price_monthly(const int64_t minor[INTERVAL_COUNT]) {
    enum { MONTHS = 12 };
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        check(minor[i] >= -MONEY_MINOR_MAX);
        check(minor[i] <= MONEY_MINOR_MAX);
    }
    int64_t year = minor[INTERVAL_MONTH] * MONTHS + minor[INTERVAL_YEAR];
    int64_t half = year < 0 ? -MONTHS / 2 : MONTHS / 2;
    return (year + half) / MONTHS;
}

/* --- a move --- */

static const char *const status_names[PRICE_MOVE_STATUS_COUNT] = {
    [PRICE_MOVE_PLANNED] = "planned",       [PRICE_MOVE_LEFT] = "left",
    [PRICE_MOVE_NOTIFIED] = "notified",     [PRICE_MOVE_UNDELIVERED] = "undelivered",
    [PRICE_MOVE_SCHEDULED] = "scheduled",   [PRICE_MOVE_MOVED] = "moved",
    [PRICE_MOVE_DROPPED] = "dropped",       [PRICE_MOVE_WITHDRAWN] = "withdrawn",
    [PRICE_MOVE_SUPERSEDED] = "superseded",
};

const char *price_move_status_name(enum price_move_status status) {
    check((unsigned)status < PRICE_MOVE_STATUS_COUNT);
    check(status_names[status] != NULL);
    return status_names[status];
}

struct cell {
    bool is_legal;
    enum price_move_status next;
};
#define TO(status)                                                                                 \
    { true, PRICE_MOVE_##status }
#define REFUSED                                                                                    \
    { false, PRICE_MOVE_PLANNED }
/* In the order of the events. What is over stays so. */
#define OVER                                                                                       \
    { REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED }
static const struct cell cells[PRICE_MOVE_STATUS_COUNT][PRICE_MOVE_EVENT_COUNT] = {
    [PRICE_MOVE_PLANNED] = {TO(LEFT), TO(NOTIFIED), REFUSED, REFUSED, REFUSED, REFUSED, REFUSED,
                            TO(WITHDRAWN), REFUSED},
    [PRICE_MOVE_LEFT] = OVER,
    /* Told again, where the date has become another. */
    [PRICE_MOVE_NOTIFIED] = {REFUSED, TO(NOTIFIED), TO(UNDELIVERED), TO(SCHEDULED), REFUSED,
                             TO(MOVED), TO(DROPPED), TO(WITHDRAWN), TO(SUPERSEDED)},
    /* Somebody says that they were told in another way. */
    [PRICE_MOVE_UNDELIVERED] = {REFUSED, TO(NOTIFIED), REFUSED, REFUSED, REFUSED, TO(MOVED),
                                TO(DROPPED), TO(WITHDRAWN), TO(SUPERSEDED)},
    [PRICE_MOVE_SCHEDULED] = {REFUSED, REFUSED, REFUSED, REFUSED, TO(NOTIFIED), TO(MOVED),
                              TO(DROPPED), TO(WITHDRAWN), TO(SUPERSEDED)},
    [PRICE_MOVE_MOVED] = OVER,
    [PRICE_MOVE_DROPPED] = OVER,
    [PRICE_MOVE_WITHDRAWN] = OVER,
    [PRICE_MOVE_SUPERSEDED] = OVER,
};

struct price_move_step price_move_step(enum price_move_status status, enum price_move_event event) {
    check((unsigned)status < PRICE_MOVE_STATUS_COUNT);
    check((unsigned)event < PRICE_MOVE_EVENT_COUNT);
    struct cell cell = cells[status][event];
    return (struct price_move_step){cell.is_legal, cell.is_legal ? cell.next : status};
}

bool price_move_is_open(enum price_move_status status) {
    check((unsigned)status < PRICE_MOVE_STATUS_COUNT);
    bool is_open = price_move_step(status, PRICE_MOVE_DROP).is_legal;
    check(is_open == price_move_step(status, PRICE_MOVE_SUPERSEDE).is_legal);
    return is_open;
}
