/* Dunning; see dunning.h. The table says which status follows and what is to be done; apply() below
 * says what the numbers of the case become. */
#include "core/dunning.h"

#include <assert.h>

#include "base/check.h"

const struct dunning_policy dunning_policy_default = {
    .retry_count = 3,
    .retry_days = {3, 7, 14},
    .access_days = 7,
};

static const char *const kind_names[DUNNING_KIND_COUNT] = {
    [DUNNING_PAYMENT] = "payment",
    [DUNNING_LATE] = "late_failure",
    [DUNNING_DISPUTE] = "dispute",
    [DUNNING_OVERDUE] = "overdue",
};

static const char *const status_names[DUNNING_STATUS_COUNT] = {
    [DUNNING_OPEN] = "open",
    [DUNNING_PAUSED] = "paused",
    [DUNNING_RECOVERED] = "recovered",
    [DUNNING_EXHAUSTED] = "exhausted",
    [DUNNING_WRITTEN_OFF] = "written_off",
    [DUNNING_CLOSED] = "closed",
};

static const char *const event_names[DUNNING_EVENT_COUNT] = {
    [DUNNING_PAID] = "paid",
    [DUNNING_RETRY_FAILED] = "retry_failed",
    [DUNNING_RETRY_SKIPPED] = "retry_skipped",
    [DUNNING_LAST_FAILED] = "last_failed",
    [DUNNING_CUSTOMER_FAILED] = "customer_failed",
    [DUNNING_METHOD_ADDED] = "method_added",
    [DUNNING_ACCESS_ENDED] = "access_ended",
    [DUNNING_PAUSE] = "pause",
    [DUNNING_RESUME] = "resume",
    [DUNNING_EXTEND] = "extend",
    [DUNNING_WRITE_OFF] = "write_off",
    [DUNNING_INVOICE_CLOSED] = "invoice_closed",
    [DUNNING_LOST] = "lost",
};

/* https://docs.stripe.com/billing/revenue-recovery/smart-retries */
static const char *const hard_declines[] = {
    "authentication_required",
    "highest_risk_level",
    "incorrect_number",
    "lost_card",
    "pickup_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "stolen_card",
    "transaction_not_allowed",
};

static_assert(DUNNING_DAYS_MAX < 365, "a case does not outlive the year");
enum { WARNING_HOURS = 48 };

enum verdict { CELL_MISSING, CELL_LEGAL, CELL_REFUSED };

struct cell {
    enum verdict verdict;
    enum dunning_status next;
    unsigned effects;
};

#define TO(status, effects)                                                                        \
    { CELL_LEGAL, DUNNING_##status, (effects) }
#define REFUSED                                                                                    \
    { CELL_REFUSED, DUNNING_OPEN, 0 }

static const struct cell cells[DUNNING_STATUS_COUNT][DUNNING_EVENT_COUNT] =
    {
        [DUNNING_OPEN] =
            {
                [DUNNING_PAID] = TO(RECOVERED, DUNNING_RESTORE | DUNNING_MAIL_RECOVERED),
                [DUNNING_RETRY_FAILED] = TO(OPEN, DUNNING_MAIL_FAILED),
                [DUNNING_RETRY_SKIPPED] =
                    TO(OPEN, DUNNING_MAIL_FAILED), /* the link is what helps now */
                [DUNNING_LAST_FAILED] = TO(EXHAUSTED, DUNNING_CANCEL | DUNNING_MAIL_ENDED),
                [DUNNING_CUSTOMER_FAILED] = TO(OPEN, 0), /* they see the reason themselves */
                [DUNNING_METHOD_ADDED] = TO(OPEN, DUNNING_CHARGE),
                [DUNNING_ACCESS_ENDED] = TO(OPEN, DUNNING_RESTRICT | DUNNING_MAIL_RESTRICTED),
                [DUNNING_PAUSE] = TO(PAUSED, 0),
                [DUNNING_RESUME] = REFUSED,
                [DUNNING_EXTEND] = TO(OPEN, DUNNING_RESTORE),
                [DUNNING_WRITE_OFF] = TO(WRITTEN_OFF, DUNNING_CANCEL | DUNNING_MAIL_ENDED),
                [DUNNING_INVOICE_CLOSED] = TO(CLOSED, DUNNING_RESTORE),
                [DUNNING_LOST] = TO(EXHAUSTED, DUNNING_CANCEL | DUNNING_MAIL_ENDED),
            },
        [DUNNING_PAUSED] =
            {
                [DUNNING_PAID] = TO(RECOVERED, DUNNING_RESTORE | DUNNING_MAIL_RECOVERED),
                [DUNNING_RETRY_FAILED] = TO(PAUSED, 0), /* not counted */
                [DUNNING_RETRY_SKIPPED] = REFUSED,
                [DUNNING_LAST_FAILED] = TO(PAUSED, 0), /* not counted */
                [DUNNING_CUSTOMER_FAILED] = TO(PAUSED, 0),
                [DUNNING_METHOD_ADDED] = TO(PAUSED, 0), /* nothing is charged during a pause */
                [DUNNING_ACCESS_ENDED] = TO(PAUSED, DUNNING_RESTRICT | DUNNING_MAIL_RESTRICTED),
                [DUNNING_PAUSE] = REFUSED,
                [DUNNING_RESUME] = TO(OPEN, 0),
                [DUNNING_EXTEND] = TO(PAUSED, DUNNING_RESTORE),
                [DUNNING_WRITE_OFF] = TO(WRITTEN_OFF, DUNNING_CANCEL | DUNNING_MAIL_ENDED),
                [DUNNING_INVOICE_CLOSED] = TO(CLOSED, DUNNING_RESTORE),
                [DUNNING_LOST] = TO(EXHAUSTED, DUNNING_CANCEL | DUNNING_MAIL_ENDED),
            },
        [DUNNING_RECOVERED] =
            {
                [DUNNING_PAID] = REFUSED,
                [DUNNING_RETRY_FAILED] = REFUSED,
                [DUNNING_RETRY_SKIPPED] = REFUSED,
                [DUNNING_LAST_FAILED] = REFUSED,
                [DUNNING_CUSTOMER_FAILED] = REFUSED,
                [DUNNING_METHOD_ADDED] = REFUSED,
                [DUNNING_ACCESS_ENDED] = REFUSED,
                [DUNNING_PAUSE] = REFUSED,
                [DUNNING_RESUME] = REFUSED,
                [DUNNING_EXTEND] = REFUSED,
                [DUNNING_WRITE_OFF] = REFUSED,
                [DUNNING_INVOICE_CLOSED] = REFUSED,
                [DUNNING_LOST] = REFUSED,
            },
        [DUNNING_EXHAUSTED] =
            {
                [DUNNING_PAID] =
                    TO(RECOVERED, DUNNING_MAIL_RECOVERED), /* the subscription stays ended */
                [DUNNING_RETRY_FAILED] = REFUSED,
                [DUNNING_RETRY_SKIPPED] = REFUSED,
                [DUNNING_LAST_FAILED] = REFUSED,
                [DUNNING_CUSTOMER_FAILED] = TO(EXHAUSTED, 0),
                [DUNNING_METHOD_ADDED] = REFUSED,
                [DUNNING_ACCESS_ENDED] = REFUSED,
                [DUNNING_PAUSE] = REFUSED,
                [DUNNING_RESUME] = REFUSED,
                [DUNNING_EXTEND] = REFUSED,
                [DUNNING_WRITE_OFF] = TO(WRITTEN_OFF, 0),
                [DUNNING_INVOICE_CLOSED] = TO(CLOSED, 0),
                [DUNNING_LOST] = REFUSED,
            },
        [DUNNING_WRITTEN_OFF] =
            {
                [DUNNING_PAID] = TO(RECOVERED, DUNNING_MAIL_RECOVERED),
                [DUNNING_RETRY_FAILED] = REFUSED,
                [DUNNING_RETRY_SKIPPED] = REFUSED,
                [DUNNING_LAST_FAILED] = REFUSED,
                [DUNNING_CUSTOMER_FAILED] = REFUSED,
                [DUNNING_METHOD_ADDED] = REFUSED,
                [DUNNING_ACCESS_ENDED] = REFUSED,
                [DUNNING_PAUSE] = REFUSED,
                [DUNNING_RESUME] = REFUSED,
                [DUNNING_EXTEND] = REFUSED,
                [DUNNING_WRITE_OFF] = REFUSED,
                [DUNNING_INVOICE_CLOSED] = REFUSED,
                [DUNNING_LOST] = REFUSED,
            },
        [DUNNING_CLOSED] =
            {
                [DUNNING_PAID] = TO(RECOVERED, DUNNING_MAIL_RECOVERED),
                [DUNNING_RETRY_FAILED] = REFUSED,
                [DUNNING_RETRY_SKIPPED] = REFUSED,
                [DUNNING_LAST_FAILED] = REFUSED,
                [DUNNING_CUSTOMER_FAILED] = REFUSED,
                [DUNNING_METHOD_ADDED] = REFUSED,
                [DUNNING_ACCESS_ENDED] = REFUSED,
                [DUNNING_PAUSE] = REFUSED,
                [DUNNING_RESUME] = REFUSED,
                [DUNNING_EXTEND] = REFUSED,
                [DUNNING_WRITE_OFF] = REFUSED,
                [DUNNING_INVOICE_CLOSED] = REFUSED,
                [DUNNING_LOST] = REFUSED,
            },
};

bool dunning_policy_is_valid(const struct dunning_policy *policy) {
    if (policy->retry_count < 1 || policy->retry_count > DUNNING_RETRIES_MAX ||
        policy->access_days < 0 || policy->access_days > DUNNING_DAYS_MAX) {
        return false;
    }
    int32_t before = 0;
    for (int32_t i = 0; i < policy->retry_count; i++) {
        if (policy->retry_days[i] <= before || policy->retry_days[i] > DUNNING_DAYS_MAX) {
            return false;
        }
        before = policy->retry_days[i];
    }
    return true;
}

const char *dunning_kind_name(enum dunning_kind kind) {
    check((unsigned)kind < DUNNING_KIND_COUNT);
    return kind_names[kind];
}

const char *dunning_status_name(enum dunning_status status) {
    check((unsigned)status < DUNNING_STATUS_COUNT);
    return status_names[status];
}

bool dunning_status_parse(struct str text, enum dunning_status *ret_status) {
    for (unsigned i = 0; i < DUNNING_STATUS_COUNT; i++) {
        if (str_equal(text, str_from_cstr(status_names[i]))) {
            *ret_status = (enum dunning_status)i;
            return true;
        }
    }
    return false;
}

const char *dunning_event_name(enum dunning_event event) {
    check((unsigned)event < DUNNING_EVENT_COUNT);
    return event_names[event];
}

bool dunning_is_hard_decline(struct str decline_code) {
    for (size_t i = 0; i < ARRAY_LEN(hard_declines); i++) {
        if (str_equal(decline_code, str_from_cstr(hard_declines[i]))) {
            return true;
        }
    }
    return false;
}

bool dunning_next_attempt_at(const struct dunning_policy *policy, struct instant opened_at,
                             int32_t attempts, struct instant *ret_at) {
    check(dunning_policy_is_valid(policy));
    check(attempts >= 0);
    check(instant_is_valid(opened_at));
    if (attempts >= policy->retry_count) {
        return false;
    }
    *ret_at = instant_add(opened_at, duration_days(policy->retry_days[attempts]));
    check(!instant_is_before(*ret_at, opened_at));
    return true;
}

/* The schedule as the status and the attempts have it. A retry whose day passed during a pause is
 * due at once; so is a last one when the policy has become shorter than what the case has behind
 * it, or the case would never end. */
static void plan_next(const struct dunning_policy *policy, struct dunning_case *dunning,
                      struct instant now) {
    struct instant at;
    if (!dunning_next_attempt_at(policy, dunning->opened_at, dunning->attempts, &at)) {
        at = now;
    }
    dunning->has_next_attempt = dunning->status == DUNNING_OPEN && dunning->has_schedule;
    dunning->next_attempt_at = instant_later(at, now);
}

struct dunning_step dunning_open(const struct dunning_policy *policy, struct instant failed_at,
                                 bool is_hard_decline) {
    check(dunning_policy_is_valid(policy));
    check(instant_is_valid(failed_at));
    struct dunning_case opened = {
        .status = DUNNING_OPEN,
        .needs_new_method = is_hard_decline,
        .has_schedule = true,
        .opened_at = failed_at,
        .access_until = instant_add(failed_at, duration_days(policy->access_days)),
    };
    plan_next(policy, &opened, failed_at);
    check(opened.has_next_attempt);
    check(!instant_is_before(opened.access_until, failed_at));
    return (struct dunning_step){.is_legal = true, .next = opened, .effects = DUNNING_MAIL_FAILED};
}

struct dunning_step dunning_open_dispute(struct instant disputed_at) {
    check(instant_is_valid(disputed_at));
    struct dunning_case opened = {
        .status = DUNNING_OPEN,
        .opened_at = disputed_at,
        .access_until = INSTANT_MAX,
    };
    return (struct dunning_step){.is_legal = true, .next = opened};
}

/* Whether the event is a day of the schedule that brought nothing. What fails during a pause was on
 * its way before it, and is tried again after it: else a paused case could run out of retries. */
static bool is_counted(const struct dunning_case *before, enum dunning_event event) {
    return before->status == DUNNING_OPEN &&
           (event == DUNNING_RETRY_FAILED || event == DUNNING_RETRY_SKIPPED ||
            event == DUNNING_LAST_FAILED);
}

/* Of a day that brought nothing, whether it was the last of the schedule. */
static enum dunning_event resolve(const struct dunning_policy *policy,
                                  const struct dunning_case *before, enum dunning_event event) {
    if (!is_counted(before, event)) {
        return event;
    }
    if (before->attempts + 1 >= policy->retry_count) {
        return DUNNING_LAST_FAILED;
    }
    return event == DUNNING_LAST_FAILED ? DUNNING_RETRY_FAILED : event;
}

/* What the table cannot say: an extension must extend, an end must have come, and a dispute is the
 * bank's to decide. */
static bool is_refused(const struct dunning_case *before, const struct dunning_input *input) {
    if (!before->has_schedule) {
        return input->event != DUNNING_PAID && input->event != DUNNING_LOST;
    }
    if (input->event == DUNNING_EXTEND) {
        return !instant_is_before(before->access_until, input->extend) ||
               !instant_is_before(input->now, input->extend);
    }
    if (input->event == DUNNING_ACCESS_ENDED) {
        return before->is_access_ended || instant_is_before(input->now, before->access_until);
    }
    return false;
}

static struct dunning_case apply(const struct dunning_case *before, struct cell cell,
                                 const struct dunning_input *input) {
    struct dunning_case next = *before;
    next.status = cell.next;
    next.attempts += is_counted(before, input->event);
    if (input->event == DUNNING_METHOD_ADDED) {
        next.needs_new_method = false;
    } else if (is_counted(before, input->event) || input->event == DUNNING_CUSTOMER_FAILED) {
        next.needs_new_method = next.needs_new_method || input->is_hard_decline;
    }
    if (input->event == DUNNING_EXTEND) {
        next.access_until = input->extend;
        next.has_warned_access = false;
    }
    if ((cell.effects & (DUNNING_RESTRICT | DUNNING_RESTORE)) != 0) {
        next.is_access_ended = (cell.effects & DUNNING_RESTRICT) != 0;
    }
    return next;
}

struct dunning_step dunning_step(const struct dunning_policy *policy,
                                 const struct dunning_case *before,
                                 const struct dunning_input *input) {
    check(dunning_policy_is_valid(policy));
    check((unsigned)before->status < DUNNING_STATUS_COUNT);
    check((unsigned)input->event < DUNNING_EVENT_COUNT);
    check(instant_is_valid(input->now));
    check(before->attempts >= 0);
    check(!before->has_next_attempt || before->status == DUNNING_OPEN);
    enum dunning_event event = resolve(policy, before, input->event);
    struct cell cell = cells[before->status][event];
    check(cell.verdict != CELL_MISSING);
    if (cell.verdict == CELL_REFUSED || is_refused(before, input)) {
        return (struct dunning_step){.is_legal = false, .next = *before};
    }
    struct dunning_step step = {
        .is_legal = true, .next = apply(before, cell, input), .effects = cell.effects};
    if (step.next.status != before->status || step.next.attempts != before->attempts) {
        plan_next(policy, &step.next, input->now);
    }
    check(step.next.attempts >= before->attempts);
    check(step.next.attempts <= before->attempts + 1);
    check(instant_equal(step.next.opened_at, before->opened_at));
    check(!step.next.has_next_attempt || step.next.status == DUNNING_OPEN);
    check(!instant_is_before(step.next.access_until, before->access_until));
    return step;
}

static void consider(struct dunning_next *next, enum dunning_due due, struct instant at) {
    if (instant_is_before(at, next->at)) {
        *next = (struct dunning_next){due, at};
    }
}

/* The order of the questions is the order of what falls due at one instant: a warning that comes
 * too late to warn is still said before what it warns of. */
struct dunning_next dunning_next_due(const struct dunning_policy *policy,
                                     const struct dunning_case *dunning) {
    struct dunning_next next = {DUNNING_DUE_NOTHING, INSTANT_MAX};
    bool is_live = dunning->status == DUNNING_OPEN || dunning->status == DUNNING_PAUSED;
    if (!is_live || !dunning->has_schedule) {
        return next;
    }
    struct duration before = duration_hours(-WARNING_HOURS);
    bool is_last = dunning->has_next_attempt && dunning->attempts + 1 >= policy->retry_count;
    if (!dunning->is_access_ended && !dunning->has_warned_access) {
        consider(&next, DUNNING_DUE_ACCESS_WARNING, instant_add(dunning->access_until, before));
    }
    if (is_last && !dunning->has_warned_end) {
        consider(&next, DUNNING_DUE_END_WARNING, instant_add(dunning->next_attempt_at, before));
    }
    if (dunning->has_next_attempt) {
        consider(&next, DUNNING_DUE_RETRY, dunning->next_attempt_at);
    }
    if (!dunning->is_access_ended) {
        consider(&next, DUNNING_DUE_ACCESS_END, dunning->access_until);
    }
    return next;
}
