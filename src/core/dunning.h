/* Dunning: what happens after a failed payment, until it is paid or given up.
 *
 * A failed payment opens a case. Retries follow on days 3, 7 and 14 after it; access stays full for
 * 7 days, then is restricted; when the last retry fails the subscription ends. Paying closes the
 * case at once. Operators pause it (retries wait, access is not touched), resume, extend access and
 * write off. After a hard decline (a lost card) the schedule goes on but charges nothing until
 * there is another payment method. An invoice that was sent and is overdue has the same schedule,
 * with reminders in place of charges. A disputed payment is a case without a schedule: the bank
 * decides it, and until then nothing is charged and nobody is restricted.
 *
 * Source: https://docs.stripe.com/billing/revenue-recovery/smart-retries (hard declines; at most
 * three retries of a custom schedule). The status x event table in dunning.c has every cell. */
#ifndef CORE_DUNNING_H
#define CORE_DUNNING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/calendar.h"

enum { DUNNING_RETRIES_MAX = 8, DUNNING_DAYS_MAX = 90 };

struct dunning_policy {
    int32_t retry_count;                     /* 1..DUNNING_RETRIES_MAX */
    int32_t retry_days[DUNNING_RETRIES_MAX]; /* after the first failure, ascending, from 1 */
    int32_t access_days;                     /* 0..DUNNING_DAYS_MAX */
};

extern const struct dunning_policy dunning_policy_default; /* 3, 7, 14; 7 */
/* Counts and days within bounds, days strictly ascending: settings are input and are asked this. */
MUST_USE bool dunning_policy_is_valid(const struct dunning_policy *policy);

enum dunning_kind {
    DUNNING_PAYMENT, /* an automatic payment was declined */
    DUNNING_LATE,    /* a bank debit that was under way for days has failed */
    DUNNING_DISPUTE, /* the customer's bank takes back what was paid */
    DUNNING_OVERDUE, /* an invoice that was sent is not paid by its day */
};
enum { DUNNING_KIND_COUNT = DUNNING_OVERDUE + 1 };
const char *dunning_kind_name(enum dunning_kind kind); /* "late_failure" */

enum dunning_status {
    DUNNING_OPEN,
    DUNNING_PAUSED,
    DUNNING_RECOVERED,   /* paid */
    DUNNING_EXHAUSTED,   /* the last retry failed, or a dispute was lost */
    DUNNING_WRITTEN_OFF, /* by an operator */
    DUNNING_CLOSED,      /* the invoice was voided or given up at the provider */
};
enum { DUNNING_STATUS_COUNT = DUNNING_CLOSED + 1 };

const char *dunning_status_name(enum dunning_status status);
MUST_USE bool dunning_status_parse(struct str text, enum dunning_status *ret_status);

struct dunning_case {
    enum dunning_status status;
    int32_t attempts;                       /* retries made or skipped so far */
    bool needs_new_method;                  /* the last decline was a hard one */
    bool is_access_ended;                   /* access has been restricted */
    bool has_schedule;                      /* retries and an end of access: all but disputes */
    bool has_warned_access, has_warned_end; /* the notices 48 hours before either have gone out */
    bool has_next_attempt;                  /* open, and a retry is to come */
    struct instant opened_at;
    struct instant access_until;
    struct instant next_attempt_at; /* when has_next_attempt */
};

enum dunning_event {
    DUNNING_PAID,
    DUNNING_RETRY_FAILED,  /* an automatic retry was declined */
    DUNNING_RETRY_SKIPPED, /* its day came, and charging would have been pointless */
    DUNNING_LAST_FAILED,   /* either of these, the last of the schedule; dunning_step says which */
    DUNNING_CUSTOMER_FAILED, /* the customer tried, and was declined: not counted */
    DUNNING_METHOD_ADDED,    /* another payment method: try it at once */
    DUNNING_ACCESS_ENDED,    /* access_until has come */
    DUNNING_PAUSE,
    DUNNING_RESUME,
    DUNNING_EXTEND,
    DUNNING_WRITE_OFF,
    DUNNING_INVOICE_CLOSED, /* voided or given up at the provider: nothing is owed any more */
    DUNNING_LOST,           /* a dispute, or a payment that nothing can repeat */
};
enum { DUNNING_EVENT_COUNT = DUNNING_LOST + 1 };

const char *dunning_event_name(enum dunning_event event);

enum dunning_effect {
    DUNNING_CHARGE = 1,           /* try the invoice now */
    DUNNING_RESTRICT = 2,         /* entitlements become those of `free` */
    DUNNING_RESTORE = 4,          /* entitlements become the plan's again */
    DUNNING_CANCEL = 8,           /* end the subscription */
    DUNNING_MAIL_FAILED = 16,     /* it failed; here is the link; when the next try is */
    DUNNING_MAIL_RESTRICTED = 32, /* access is restricted */
    DUNNING_MAIL_ENDED = 64,      /* the subscription has ended */
    DUNNING_MAIL_RECOVERED = 128, /* paid, thank you */
};

struct dunning_input {
    enum dunning_event event;
    struct instant now;
    bool is_hard_decline;  /* of the failures */
    struct instant extend; /* of DUNNING_EXTEND: the new end of full access */
};

struct dunning_step {
    bool is_legal; /* false: refused, `next` is the case before */
    struct dunning_case next;
    unsigned effects; /* enum dunning_effect bits */
};

/* The case that a failed payment opens; its effect is DUNNING_MAIL_FAILED. */
struct dunning_step dunning_open(const struct dunning_policy *policy, struct instant failed_at,
                                 bool is_hard_decline);
/* The case of a disputed payment: no schedule, and no end of access until it is lost. */
struct dunning_step dunning_open_dispute(struct instant disputed_at);
/* DUNNING_EXTEND is refused unless it moves access_until to later and past `now`. */
struct dunning_step dunning_step(const struct dunning_policy *policy,
                                 const struct dunning_case *before,
                                 const struct dunning_input *input);

/* What falls due next for a case as time passes, were nothing to happen. */
enum dunning_due {
    DUNNING_DUE_NOTHING,
    DUNNING_DUE_ACCESS_WARNING, /* 48 hours before access is restricted */
    DUNNING_DUE_END_WARNING,    /* 48 hours before the last retry */
    DUNNING_DUE_RETRY,          /* comes before an end of access at the same instant: it may pay */
    DUNNING_DUE_ACCESS_END,
};
struct dunning_next {
    enum dunning_due due;
    struct instant at; /* INSTANT_MAX for nothing */
};
struct dunning_next dunning_next_due(const struct dunning_policy *policy,
                                     const struct dunning_case *dunning);

/* When retry number `attempts` + 1 is due; false when the schedule has no more. */
MUST_USE bool dunning_next_attempt_at(const struct dunning_policy *policy, struct instant opened_at,
                                      int32_t attempts, struct instant *ret_at);
/* Stripe's decline codes that no retry of the same card can cure. */
bool dunning_is_hard_decline(struct str decline_code);

#endif
