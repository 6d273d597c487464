/* Subscriptions; see subscription.h. What is not the customer's or Stripe's doing in a status is
 * refused: a refused cell is written out, so that a forgotten one is found (CELL_MISSING). */
#include "core/subscription.h"

#include "base/check.h"
#include "core/price.h"

static const char *const status_names[SUBSCRIPTION_STATUS_COUNT] = {
    [SUBSCRIPTION_INCOMPLETE] = "incomplete",
    [SUBSCRIPTION_INCOMPLETE_EXPIRED] = "incomplete_expired",
    [SUBSCRIPTION_TRIALING] = "trialing",
    [SUBSCRIPTION_ACTIVE] = "active",
    [SUBSCRIPTION_PAST_DUE] = "past_due",
    [SUBSCRIPTION_UNPAID] = "unpaid",
    [SUBSCRIPTION_CANCELED] = "canceled",
    [SUBSCRIPTION_PAUSED] = "paused",
    [SUBSCRIPTION_ABSENT] = "absent",
};

static const char *const access_names[] = {
    [ACCESS_FULL] = "full",
    [ACCESS_RESTRICTED] = "restricted",
    [ACCESS_NONE] = "none",
};

/* The access of each status; of past_due, that after its grace. */
static const enum access accesses[SUBSCRIPTION_STATUS_COUNT] = {
    [SUBSCRIPTION_INCOMPLETE] = ACCESS_RESTRICTED, [SUBSCRIPTION_INCOMPLETE_EXPIRED] = ACCESS_NONE,
    [SUBSCRIPTION_TRIALING] = ACCESS_FULL,         [SUBSCRIPTION_ACTIVE] = ACCESS_FULL,
    [SUBSCRIPTION_PAST_DUE] = ACCESS_RESTRICTED,   [SUBSCRIPTION_UNPAID] = ACCESS_RESTRICTED,
    [SUBSCRIPTION_CANCELED] = ACCESS_NONE,         [SUBSCRIPTION_PAUSED] = ACCESS_RESTRICTED,
    [SUBSCRIPTION_ABSENT] = ACCESS_NONE,
};

static const char *const event_names[SUBSCRIPTION_EVENT_COUNT] = {
    [SUBSCRIPTION_CREATED_ACTIVE] = "created_active",
    [SUBSCRIPTION_CREATED_TRIALING] = "created_trialing",
    [SUBSCRIPTION_CREATED_INCOMPLETE] = "created_incomplete",
    [SUBSCRIPTION_PAYMENT_SUCCEEDED] = "payment_succeeded",
    [SUBSCRIPTION_PAYMENT_FAILED] = "payment_failed",
    [SUBSCRIPTION_GRACE_ENDED] = "grace_ended",
    [SUBSCRIPTION_RETRIES_EXHAUSTED] = "retries_exhausted",
    [SUBSCRIPTION_MARKED_UNPAID] = "marked_unpaid",
    [SUBSCRIPTION_TRIAL_ENDED] = "trial_ended",
    [SUBSCRIPTION_CANCEL_SCHEDULED] = "cancel_scheduled",
    [SUBSCRIPTION_CANCEL_UNDONE] = "cancel_undone",
    [SUBSCRIPTION_PERIOD_ENDED] = "period_ended",
    [SUBSCRIPTION_ENDED] = "ended",
    [SUBSCRIPTION_PAUSE] = "pause",
    [SUBSCRIPTION_RESUME] = "resume",
    [SUBSCRIPTION_EXPIRED] = "expired",
};

static const char *const change_names[] = {
    [CHANGE_NONE] = "none",
    [CHANGE_UPGRADE] = "upgrade",
    [CHANGE_DOWNGRADE] = "downgrade",
    [CHANGE_INTERVAL] = "interval",
};

static_assert(ARRAY_LEN(access_names) == ACCESS_NONE + 1, "every access has its name");
static_assert(ARRAY_LEN(change_names) == CHANGE_INTERVAL + 1, "every change has its name");
static_assert(SUBSCRIPTION_ABSENT == SUBSCRIPTION_STATUS_COUNT - 1, "absent comes after Stripe's");

enum verdict { CELL_MISSING, CELL_LEGAL, CELL_REFUSED };

struct cell {
    enum verdict verdict;
    enum subscription_status next;
    unsigned effects;
};

#define TO(status, effects)                                                                        \
    { CELL_LEGAL, SUBSCRIPTION_##status, (effects) }
#define REFUSED                                                                                    \
    { CELL_REFUSED, SUBSCRIPTION_ABSENT, 0 }

static const struct cell cells[SUBSCRIPTION_STATUS_COUNT][SUBSCRIPTION_EVENT_COUNT] = {
    [SUBSCRIPTION_INCOMPLETE] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] =
                TO(ACTIVE, SUBSCRIPTION_GRANT | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_PAYMENT_FAILED] =
                TO(INCOMPLETE, 0), /* another try of the first invoice */
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] = REFUSED,
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = REFUSED,
            [SUBSCRIPTION_CANCEL_UNDONE] = REFUSED,
            [SUBSCRIPTION_PERIOD_ENDED] = REFUSED,
            [SUBSCRIPTION_ENDED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE), /* no paid usage period had begun */
            [SUBSCRIPTION_PAUSE] = REFUSED,
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = TO(INCOMPLETE_EXPIRED, SUBSCRIPTION_FALL_TO_FREE),
        },
    [SUBSCRIPTION_INCOMPLETE_EXPIRED] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] = REFUSED,
            [SUBSCRIPTION_PAYMENT_FAILED] = REFUSED,
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] = REFUSED,
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = REFUSED,
            [SUBSCRIPTION_CANCEL_UNDONE] = REFUSED,
            [SUBSCRIPTION_PERIOD_ENDED] = REFUSED,
            [SUBSCRIPTION_ENDED] = REFUSED,
            [SUBSCRIPTION_PAUSE] = REFUSED,
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
    [SUBSCRIPTION_TRIALING] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] = TO(TRIALING, 0), /* the trial's invoice of nothing */
            [SUBSCRIPTION_PAYMENT_FAILED] =
                TO(TRIALING, 0), /* a one-off invoice; the trial goes on */
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] = REFUSED,
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] =
                TO(ACTIVE, SUBSCRIPTION_BEGIN_USAGE_PERIOD |
                               SUBSCRIPTION_RENEW), /* the trial's end is the new anchor */
            [SUBSCRIPTION_CANCEL_SCHEDULED] = TO(TRIALING, SUBSCRIPTION_SCHEDULE_END),
            [SUBSCRIPTION_CANCEL_UNDONE] = TO(TRIALING, SUBSCRIPTION_CLEAR_END),
            [SUBSCRIPTION_PERIOD_ENDED] = REFUSED,
            [SUBSCRIPTION_ENDED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_PAUSE] =
                TO(PAUSED, SUBSCRIPTION_RESTRICT), /* it ended without a payment method */
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
    [SUBSCRIPTION_ACTIVE] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] =
                TO(ACTIVE, SUBSCRIPTION_CLOSE_CASE), /* a late debit failed, then was paid */
            [SUBSCRIPTION_PAYMENT_FAILED] = TO(PAST_DUE, SUBSCRIPTION_OPEN_CASE),
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] = REFUSED,
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = TO(ACTIVE, SUBSCRIPTION_SCHEDULE_END),
            [SUBSCRIPTION_CANCEL_UNDONE] = TO(ACTIVE, SUBSCRIPTION_CLEAR_END),
            [SUBSCRIPTION_PERIOD_ENDED] = TO(ACTIVE, SUBSCRIPTION_RENEW),
            [SUBSCRIPTION_ENDED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_PAUSE] = TO(PAUSED, SUBSCRIPTION_RESTRICT),
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
    [SUBSCRIPTION_PAST_DUE] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] =
                TO(ACTIVE, SUBSCRIPTION_GRANT | SUBSCRIPTION_CLOSE_CASE),
            [SUBSCRIPTION_PAYMENT_FAILED] = TO(PAST_DUE, 0), /* a retry; dunning counts it */
            [SUBSCRIPTION_GRACE_ENDED] = TO(PAST_DUE, SUBSCRIPTION_RESTRICT),
            [SUBSCRIPTION_RETRIES_EXHAUSTED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_MARKED_UNPAID] = TO(UNPAID, SUBSCRIPTION_RESTRICT),
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = TO(PAST_DUE, SUBSCRIPTION_SCHEDULE_END),
            [SUBSCRIPTION_CANCEL_UNDONE] = TO(PAST_DUE, SUBSCRIPTION_CLEAR_END),
            [SUBSCRIPTION_PERIOD_ENDED] = TO(PAST_DUE, SUBSCRIPTION_RENEW),
            [SUBSCRIPTION_ENDED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_PAUSE] = TO(PAUSED, SUBSCRIPTION_RESTRICT),
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
    [SUBSCRIPTION_UNPAID] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] =
                TO(ACTIVE, SUBSCRIPTION_GRANT | SUBSCRIPTION_CLOSE_CASE),
            [SUBSCRIPTION_PAYMENT_FAILED] = TO(UNPAID, 0),
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = TO(UNPAID, SUBSCRIPTION_SCHEDULE_END),
            [SUBSCRIPTION_CANCEL_UNDONE] = TO(UNPAID, SUBSCRIPTION_CLEAR_END),
            [SUBSCRIPTION_PERIOD_ENDED] =
                TO(UNPAID, SUBSCRIPTION_RENEW), /* its invoices stay drafts */
            [SUBSCRIPTION_ENDED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_PAUSE] = REFUSED,
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
    [SUBSCRIPTION_CANCELED] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] =
                TO(CANCELED, SUBSCRIPTION_CLOSE_CASE), /* what was owed from before */
            [SUBSCRIPTION_PAYMENT_FAILED] = TO(CANCELED, 0),
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] = REFUSED,
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = REFUSED,
            [SUBSCRIPTION_CANCEL_UNDONE] = REFUSED,
            [SUBSCRIPTION_PERIOD_ENDED] = REFUSED,
            [SUBSCRIPTION_ENDED] = REFUSED,
            [SUBSCRIPTION_PAUSE] = REFUSED,
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
    [SUBSCRIPTION_PAUSED] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] = REFUSED,
            [SUBSCRIPTION_CREATED_TRIALING] = REFUSED,
            [SUBSCRIPTION_CREATED_INCOMPLETE] = REFUSED,
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] =
                TO(PAUSED,
                   SUBSCRIPTION_CLOSE_CASE), /* an older invoice; RESUME follows by itself */
            [SUBSCRIPTION_PAYMENT_FAILED] = TO(PAUSED, 0),
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] = REFUSED,
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = TO(PAUSED, SUBSCRIPTION_SCHEDULE_END),
            [SUBSCRIPTION_CANCEL_UNDONE] = TO(PAUSED, SUBSCRIPTION_CLEAR_END),
            [SUBSCRIPTION_PERIOD_ENDED] = REFUSED,
            [SUBSCRIPTION_ENDED] =
                TO(CANCELED, SUBSCRIPTION_FALL_TO_FREE | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_PAUSE] = REFUSED,
            [SUBSCRIPTION_RESUME] = TO(ACTIVE, SUBSCRIPTION_GRANT),
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
    [SUBSCRIPTION_ABSENT] =
        {
            [SUBSCRIPTION_CREATED_ACTIVE] =
                TO(ACTIVE, SUBSCRIPTION_GRANT | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_CREATED_TRIALING] =
                TO(TRIALING, SUBSCRIPTION_GRANT | SUBSCRIPTION_BEGIN_USAGE_PERIOD),
            [SUBSCRIPTION_CREATED_INCOMPLETE] =
                TO(INCOMPLETE, 0), /* `free` goes on until it is paid */
            [SUBSCRIPTION_PAYMENT_SUCCEEDED] = REFUSED,
            [SUBSCRIPTION_PAYMENT_FAILED] = REFUSED,
            [SUBSCRIPTION_GRACE_ENDED] = REFUSED,
            [SUBSCRIPTION_RETRIES_EXHAUSTED] = REFUSED,
            [SUBSCRIPTION_MARKED_UNPAID] = REFUSED,
            [SUBSCRIPTION_TRIAL_ENDED] = REFUSED,
            [SUBSCRIPTION_CANCEL_SCHEDULED] = REFUSED,
            [SUBSCRIPTION_CANCEL_UNDONE] = REFUSED,
            [SUBSCRIPTION_PERIOD_ENDED] = REFUSED,
            [SUBSCRIPTION_ENDED] = REFUSED,
            [SUBSCRIPTION_PAUSE] = REFUSED,
            [SUBSCRIPTION_RESUME] = REFUSED,
            [SUBSCRIPTION_EXPIRED] = REFUSED,
        },
};

const char *subscription_status_name(enum subscription_status status) {
    check((unsigned)status < SUBSCRIPTION_STATUS_COUNT);
    return status_names[status];
}

bool subscription_status_parse(struct str text, enum subscription_status *ret_status) {
    for (unsigned i = 0; i < SUBSCRIPTION_ABSENT; i++) {
        if (str_equal(text, str_from_cstr(status_names[i]))) {
            *ret_status = (enum subscription_status)i;
            return true;
        }
    }
    return false;
}

bool subscription_is_over(enum subscription_status status) {
    check((unsigned)status < SUBSCRIPTION_STATUS_COUNT);
    return status == SUBSCRIPTION_CANCELED || status == SUBSCRIPTION_INCOMPLETE_EXPIRED;
}

const char *access_name(enum access access) {
    check((unsigned)access < ARRAY_LEN(access_names));
    return access_names[access];
}

enum access subscription_access(enum subscription_status status, struct instant access_until,
                                struct instant now) {
    check((unsigned)status < SUBSCRIPTION_STATUS_COUNT);
    check(instant_is_valid(now));
    bool is_in_grace = status == SUBSCRIPTION_PAST_DUE && instant_is_before(now, access_until);
    return is_in_grace ? ACCESS_FULL : accesses[status];
}

const char *subscription_event_name(enum subscription_event event) {
    check((unsigned)event < SUBSCRIPTION_EVENT_COUNT);
    return event_names[event];
}

struct subscription_step subscription_step(enum subscription_status status,
                                           enum subscription_event event) {
    check((unsigned)status < SUBSCRIPTION_STATUS_COUNT);
    check((unsigned)event < SUBSCRIPTION_EVENT_COUNT);
    struct cell cell = cells[status][event];
    check(cell.verdict != CELL_MISSING);
    if (cell.verdict == CELL_REFUSED) {
        return (struct subscription_step){.is_legal = false, .next = status};
    }
    check((cell.effects & SUBSCRIPTION_GRANT) == 0 || cell.next == SUBSCRIPTION_ACTIVE ||
          cell.next == SUBSCRIPTION_TRIALING);
    check((cell.effects & SUBSCRIPTION_FALL_TO_FREE) == 0 || subscription_is_over(cell.next));
    check(!subscription_is_over(status) || cell.next == status);
    check((unsigned)cell.next < SUBSCRIPTION_ABSENT);
    return (struct subscription_step){.is_legal = true, .next = cell.next, .effects = cell.effects};
}

const char *change_name(enum change change) {
    check((unsigned)change < ARRAY_LEN(change_names));
    return change_names[change];
}

/* Between two versions of one tier. */
static enum change change_of_price(struct sale from, struct sale to) {
    struct money before;
    struct money after;
    if (!price_of(from.plan, from.interval, &before) || !price_of(to.plan, to.interval, &after)) {
        return CHANGE_NONE;
    }
    int dearer = money_compare(after, before);
    if (dearer == 0) {
        return CHANGE_NONE;
    }
    return dearer > 0 ? CHANGE_UPGRADE : CHANGE_DOWNGRADE;
}

enum change subscription_change(struct sale from, struct sale to) {
    check(from.plan != NULL);
    check(to.plan != NULL);
    check((unsigned)from.interval < INTERVAL_COUNT);
    check((unsigned)to.interval < INTERVAL_COUNT);
    check((unsigned)from.plan->tier < TIER_COUNT);
    check((unsigned)to.plan->tier < TIER_COUNT);
    if (to.plan->tier != from.plan->tier) {
        return to.plan->tier > from.plan->tier ? CHANGE_UPGRADE : CHANGE_DOWNGRADE;
    }
    if (to.interval != from.interval) {
        return CHANGE_INTERVAL;
    }
    return change_of_price(from, to);
}
