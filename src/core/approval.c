/* The two-person rule; see approval.h. */
#include "core/approval.h"

#include "base/check.h"

static const struct {
    const char *name;
    bool has_amount;
    enum approval_need need;
} actions[APPROVAL_ACTION_COUNT] = {
    [APPROVAL_REFUND] = {"refund", true, APPROVAL_ABOVE},
    [APPROVAL_CREDIT_NOTE] = {"credit_note", true, APPROVAL_ABOVE},
    [APPROVAL_WRITE_OFF] = {"write_off", true, APPROVAL_ALWAYS},
    [APPROVAL_CONTRACT] = {"contract", true, APPROVAL_ALWAYS},
    [APPROVAL_CATALOGUE] = {"catalogue", false, APPROVAL_ALWAYS},
    [APPROVAL_ERASURE] = {"erasure", false, APPROVAL_ALWAYS},
    [APPROVAL_PURGE] = {"purge", false, APPROVAL_ALWAYS},
    [APPROVAL_PRICE_CHANGE] = {"price_change", false, APPROVAL_ALWAYS},
};

static const char *const status_names[APPROVAL_STATUS_COUNT] = {
    [APPROVAL_PENDING] = "pending",   [APPROVAL_APPROVED] = "approved",
    [APPROVAL_EXECUTED] = "executed", [APPROVAL_FAILED] = "failed",
    [APPROVAL_REJECTED] = "rejected", [APPROVAL_WITHDRAWN] = "withdrawn",
    [APPROVAL_EXPIRED] = "expired",
};

static const char *const event_names[APPROVAL_EVENT_COUNT] = {
    [APPROVAL_APPROVE] = "approve", [APPROVAL_REJECT] = "reject", [APPROVAL_WITHDRAW] = "withdraw",
    [APPROVAL_EXPIRE] = "expire",   [APPROVAL_DONE] = "done",     [APPROVAL_STALE] = "stale",
};

enum verdict { CELL_MISSING, CELL_LEGAL, CELL_REFUSED };

struct cell {
    enum verdict verdict;
    enum approval_status next;
};

#define TO(status)                                                                                 \
    { CELL_LEGAL, APPROVAL_##status }
#define REFUSED                                                                                    \
    { CELL_REFUSED, APPROVAL_PENDING }
/* What is decided stays so. */
#define DECIDED                                                                                    \
    {                                                                                              \
        [APPROVAL_APPROVE] = REFUSED, [APPROVAL_REJECT] = REFUSED, [APPROVAL_WITHDRAW] = REFUSED,  \
        [APPROVAL_EXPIRE] = REFUSED, [APPROVAL_DONE] = REFUSED, [APPROVAL_STALE] = REFUSED,        \
    }

static const struct cell cells[APPROVAL_STATUS_COUNT][APPROVAL_EVENT_COUNT] = {
    [APPROVAL_PENDING] =
        {
            [APPROVAL_APPROVE] = TO(APPROVED),
            [APPROVAL_REJECT] = TO(REJECTED),
            [APPROVAL_WITHDRAW] = TO(WITHDRAWN),
            [APPROVAL_EXPIRE] = TO(EXPIRED),
            [APPROVAL_DONE] = REFUSED,
            [APPROVAL_STALE] = REFUSED,
        },
    [APPROVAL_APPROVED] =
        {
            [APPROVAL_APPROVE] = REFUSED,
            [APPROVAL_REJECT] = REFUSED,
            [APPROVAL_WITHDRAW] = REFUSED,
            [APPROVAL_EXPIRE] = REFUSED,
            [APPROVAL_DONE] = TO(EXECUTED),
            [APPROVAL_STALE] = TO(FAILED),
        },
    [APPROVAL_EXECUTED] = DECIDED,
    [APPROVAL_FAILED] = DECIDED,
    [APPROVAL_REJECTED] = DECIDED,
    [APPROVAL_WITHDRAWN] = DECIDED,
    [APPROVAL_EXPIRED] = DECIDED,
};

const char *approval_action_name(enum approval_action action) {
    check(action < APPROVAL_ACTION_COUNT);
    return actions[action].name;
}

const char *approval_status_name(enum approval_status status) {
    check((unsigned)status < APPROVAL_STATUS_COUNT);
    return status_names[status];
}

const char *approval_event_name(enum approval_event event) {
    check((unsigned)event < APPROVAL_EVENT_COUNT);
    return event_names[event];
}

/* --- the policy --- */

static int64_t whole_units(int64_t units, struct currency currency) {
    check(units >= 0);
    check(units <= MONEY_MINOR_MAX / 10000); /* four digits at most */
    for (int i = 0; i < currency_exponent(currency); i++) {
        units *= 10;
    }
    return units;
}

struct approval_policy approval_policy_default(struct currency currency) {
    check(currency_is_known(currency));
    struct approval_policy policy = {.currency = currency};
    for (size_t i = 0; i < APPROVAL_ACTION_COUNT; i++) {
        bool is_above = actions[i].need == APPROVAL_ABOVE;
        policy.rules[i] = (struct approval_rule){
            .need = actions[i].need,
            .threshold = is_above ? whole_units(APPROVAL_THRESHOLD_DEFAULT, currency) : 0,
            .hours = APPROVAL_HOURS_DEFAULT,
            .permission = PERMISSION_APPROVE,
        };
        check(approval_rule_is_valid((enum approval_action)i, policy.rules[i]));
    }
    return policy;
}

/* Some operator has it, and it lets them change something: who only looks agrees to nothing. */
static bool can_decide(enum permission permission) {
    if ((unsigned)permission >= PERMISSION_COUNT || !permission_writes(permission)) {
        return false;
    }
    for (int role = ROLE_NONE; role < ROLE_COUNT; role++) {
        if (role_is_operator((enum role)role) && role_may((enum role)role, permission)) {
            return true;
        }
    }
    return false;
}

bool approval_rule_is_valid(enum approval_action action, struct approval_rule rule) {
    check(action < APPROVAL_ACTION_COUNT);
    bool is_amount_fit =
        rule.need == APPROVAL_ABOVE
            ? actions[action].has_amount && rule.threshold >= 0 && rule.threshold <= MONEY_MINOR_MAX
            : rule.threshold == 0;
    return (unsigned)rule.need < APPROVAL_NEED_COUNT && is_amount_fit && rule.hours >= 1 &&
           rule.hours <= APPROVAL_HOURS_MAX && can_decide(rule.permission);
}

bool approval_is_needed(const struct approval_policy *policy, enum approval_action action,
                        struct money amount) {
    check(action < APPROVAL_ACTION_COUNT);
    const struct approval_rule *rule = &policy->rules[action];
    check(approval_rule_is_valid(action, *rule));
    switch (rule->need) {
    case APPROVAL_NEVER:
        return false;
    case APPROVAL_ALWAYS:
        return true;
    case APPROVAL_ABOVE:
        return !currency_equal(amount.currency, policy->currency) || amount.minor > rule->threshold;
    case APPROVAL_NEED_COUNT:
        break;
    }
    check(false);
    return true;
}

struct instant approval_expires_at(const struct approval_policy *policy,
                                   enum approval_action action, struct instant requested_at) {
    check(action < APPROVAL_ACTION_COUNT);
    check(instant_is_valid(requested_at));
    struct instant at = instant_add(requested_at, duration_hours(policy->rules[action].hours));
    check(instant_is_before(requested_at, at));
    return at;
}

/* --- an approval --- */

struct approval_step approval_step(enum approval_status status, enum approval_event event) {
    check((unsigned)status < APPROVAL_STATUS_COUNT);
    check((unsigned)event < APPROVAL_EVENT_COUNT);
    struct cell cell = cells[status][event];
    check(cell.verdict != CELL_MISSING);
    if (cell.verdict == CELL_REFUSED) {
        return (struct approval_step){.is_legal = false, .next = status};
    }
    check(cell.next != status);
    return (struct approval_step){.is_legal = true, .next = cell.next};
}

enum approval_verdict approval_may_decide(const struct approval_rule *rule, struct str requester,
                                          struct str decider, enum role role) {
    check((unsigned)role < ROLE_COUNT);
    check((unsigned)rule->permission < PERMISSION_COUNT);
    if (decider.len == 0) {
        return APPROVAL_NO_PERSON;
    }
    if (str_equal(requester, decider)) {
        return APPROVAL_OWN;
    }
    bool may = role_is_operator(role) && role_may(role, PERMISSION_APPROVE) &&
               role_may(role, rule->permission);
    return may ? APPROVAL_MAY_DECIDE : APPROVAL_NOT_THEIRS;
}
