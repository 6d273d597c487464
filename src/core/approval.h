/* The two-person rule: what one person asks for and another one must agree to.
 *
 * A policy says of each action whether it needs a second person, from which amount on, who that may
 * be and how long they have. An approval waits, is decided once, and what it was given for is done
 * in the same step or not at all. Nobody agrees to what they have asked for themselves: ISO 27001
 * A.5.3 (segregation of duties), PCI DSS 4.0.1 7.2.
 *
 * Pure: the caller keeps rows and instants. The status x event table in approval.c has every cell.
 */
#ifndef CORE_APPROVAL_H
#define CORE_APPROVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/calendar.h"
#include "core/money.h"
#include "core/role.h"

enum approval_action {
    APPROVAL_REFUND,       /* money back for an invoice */
    APPROVAL_CREDIT_NOTE,  /* a correction of an invoice */
    APPROVAL_WRITE_OFF,    /* money that is owed is given up */
    APPROVAL_CONTRACT,     /* a plan at a price of its own */
    APPROVAL_CATALOGUE,    /* what is sold changes */
    APPROVAL_ERASURE,      /* a customer's personal data goes for good */
    APPROVAL_PURGE,        /* books that were kept long enough go for good */
    APPROVAL_PRICE_CHANGE, /* holders of a plan are to pay another price */
    APPROVAL_ACTION_COUNT,
};
const char *approval_action_name(enum approval_action action); /* "credit_note" */

/* --- the policy --- */

enum approval_need { APPROVAL_NEVER, APPROVAL_ABOVE, APPROVAL_ALWAYS, APPROVAL_NEED_COUNT };

enum {
    APPROVAL_HOURS_DEFAULT = 72,
    APPROVAL_HOURS_MAX = 720,        /* 30 days: what it rests on is old by then */
    APPROVAL_THRESHOLD_DEFAULT = 500 /* whole units of the currency */
};

struct approval_rule {
    enum approval_need need;
    int64_t threshold; /* of APPROVAL_ABOVE: what is more needs it; minor units */
    int32_t hours;     /* until it expires; 1..APPROVAL_HOURS_MAX */
    /* What the second person must have; theirs it is to say yes or no. */
    enum permission permission;
};

struct approval_policy {
    struct currency currency; /* of the thresholds */
    struct approval_rule rules[APPROVAL_ACTION_COUNT];
};

/* Refunds and credit notes above 500.00, all else always; 72 hours; who has PERMISSION_APPROVE. */
struct approval_policy approval_policy_default(struct currency currency);
/* A need, hours and a permission in range, that an operator can have; a threshold, from 0 on, where
 * there is an amount: settings are input and are asked this. */
MUST_USE bool approval_rule_is_valid(enum approval_action action, struct approval_rule rule);

/* Whether a second person is needed. An amount in another currency than the policy's cannot be
 * compared, so that it is. */
bool approval_is_needed(const struct approval_policy *policy, enum approval_action action,
                        struct money amount);
struct instant approval_expires_at(const struct approval_policy *policy,
                                   enum approval_action action, struct instant requested_at);

/* --- an approval --- */

enum approval_status {
    APPROVAL_PENDING,
    APPROVAL_APPROVED, /* while it is being done */
    APPROVAL_EXECUTED,
    APPROVAL_FAILED, /* what it rested on had changed: nothing was done */
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN, /* by whoever asked */
    APPROVAL_EXPIRED,
};
enum { APPROVAL_STATUS_COUNT = APPROVAL_EXPIRED + 1 };
const char *approval_status_name(enum approval_status status);

enum approval_event {
    APPROVAL_APPROVE,
    APPROVAL_REJECT,
    APPROVAL_WITHDRAW,
    APPROVAL_EXPIRE, /* its time is over */
    APPROVAL_DONE,   /* what was approved has been done */
    APPROVAL_STALE,  /* it no longer is what was asked for */
};
enum { APPROVAL_EVENT_COUNT = APPROVAL_STALE + 1 };
const char *approval_event_name(enum approval_event event);

struct approval_step {
    bool is_legal; /* false: refused, `next` is the status before */
    enum approval_status next;
};
struct approval_step approval_step(enum approval_status status, enum approval_event event);

/* --- who decides --- */

enum approval_verdict {
    APPROVAL_MAY_DECIDE,
    APPROVAL_NO_PERSON,  /* machines agree to nothing */
    APPROVAL_OWN,        /* they asked for it themselves */
    APPROVAL_NOT_THEIRS, /* their role may not */
};
/* Whether a person with this role, of this installation now, may decide what `requester` asked for:
 * both by their ids, "pers_…" or "apik_…"; an empty decider is no person. */
enum approval_verdict approval_may_decide(const struct approval_rule *rule, struct str requester,
                                          struct str decider, enum role role);

#endif
