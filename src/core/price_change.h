/* Price changes: holders of older versions of a plan are moved to the one that is sold now, with
 * notice, at a renewal.
 *
 * A holder keeps what they bought until somebody plans a change, a second person agrees, and they
 * have been told. It takes effect with the first renewal that is neither before the change's date
 * nor before the period of notice is over; never inside a period, and never without notice, so that
 * nobody is billed what they could not have left. Who ends, changes, owes or is bound by a contract
 * is left alone. Pure: the caller keeps rows and instants. The status x event table in
 * price_change.c has every cell. */
#ifndef CORE_PRICE_CHANGE_H
#define CORE_PRICE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/catalogue.h"
#include "core/period.h"
#include "core/subscription.h"

enum { PRICE_CHANGE_VERSIONS_MAX = 16 }; /* that one change takes holders from */

/* Neither below the policy nor above the maximum. */
MUST_USE bool price_notice_is_valid(struct price_notice notice, struct price_notice policy);

struct price_change {
    enum tier tier;
    int32_t from[PRICE_CHANGE_VERSIONS_MAX];
    size_t from_count;
    int32_t to;
    struct instant effective_from;
    struct price_notice notice;
};

/* Whether a date leaves the notice that monthly holders are due; annual ones are looked at one by
 * one. */
MUST_USE bool price_change_has_notice(const struct price_change *change, struct instant now);

/* --- who moves --- */

struct price_holder {
    enum tier tier;
    int64_t version;
    enum subscription_status status;
    bool is_private;  /* the version is a contract's */
    bool ends;        /* with the period */
    bool has_pending; /* another change waits for the period's end */
    bool is_parked;   /* nothing is charged until somebody has looked */
    bool has_full_access;
};

enum price_verdict {
    PRICE_MOVES,
    PRICE_ALREADY,    /* they have it, or a newer one */
    PRICE_OTHER,      /* another plan, or a version that the change does not name */
    PRICE_CONTRACT,   /* a contract says what they pay */
    PRICE_ENDING,     /* cancelled at the period's end */
    PRICE_CHANGING,   /* another plan or interval waits for the period's end */
    PRICE_TRIALING,   /* nothing has been billed yet */
    PRICE_NOT_ACTIVE, /* owes, is paused or incomplete */
    PRICE_RESTRICTED, /* without full access */
    PRICE_PARKED,
    PRICE_VERDICT_COUNT
};
const char *price_verdict_name(enum price_verdict verdict); /* "not_active" */
/* The first reason in the order above that keeps them where they are. */
enum price_verdict price_change_judge(const struct price_change *change,
                                      const struct price_holder *holder);
/* Whether it may pass before the renewal, so that it is worth looking again. */
bool price_verdict_may_pass(enum price_verdict verdict);

/* --- when --- */

/* From when on a holder who was told then may be moved. */
struct instant price_move_not_before(const struct price_change *change, enum interval interval,
                                     struct instant told_at);
/* The first renewal of the subscription that bills `billed` now, at or after the instant. */
struct instant price_move_renewal(struct period billed, enum interval interval,
                                  struct instant not_before);
/* From when on the provider is told what begins with the renewal: PRICE_TELL_HOURS before. */
enum { PRICE_TELL_HOURS = 72 };
struct instant price_move_tell_at(struct instant renewal);

/* --- what it comes to --- */

/* What a month brings, of what is billed per interval: years are added up before they are divided,
 * and the quotient is rounded half away from zero, once. `minor[i]`: the sum per interval, within
 * MONEY_MINOR_MAX. */
int64_t price_monthly(const int64_t minor[INTERVAL_COUNT]);

/* --- a move --- */

enum price_move_status {
    PRICE_MOVE_PLANNED,     /* counted */
    PRICE_MOVE_LEFT,        /* not part of it */
    PRICE_MOVE_NOTIFIED,    /* told */
    PRICE_MOVE_UNDELIVERED, /* could not be told: not moved until somebody says that they were */
    PRICE_MOVE_SCHEDULED,   /* the provider bills it from the renewal on */
    PRICE_MOVE_MOVED,
    PRICE_MOVE_DROPPED, /* changed, cancelled or ended in between */
    PRICE_MOVE_WITHDRAWN,
    PRICE_MOVE_SUPERSEDED, /* a newer change takes effect no later */
    PRICE_MOVE_STATUS_COUNT
};
const char *price_move_status_name(enum price_move_status status);

enum price_move_event {
    PRICE_MOVE_LEAVE, /* judged anew, they are not part of it */
    PRICE_MOVE_NOTIFY,
    PRICE_MOVE_BOUNCE,   /* the mail did not arrive */
    PRICE_MOVE_SCHEDULE, /* the provider has been told */
    PRICE_MOVE_RELEASE,  /* and has been told otherwise */
    PRICE_MOVE_ARRIVE,   /* the renewal has come */
    PRICE_MOVE_DROP,
    PRICE_MOVE_WITHDRAW,
    PRICE_MOVE_SUPERSEDE,
    PRICE_MOVE_EVENT_COUNT
};

struct price_move_step {
    bool is_legal; /* false: refused, `next` is the status before */
    enum price_move_status next;
};
struct price_move_step price_move_step(enum price_move_status status, enum price_move_event event);
/* Told or to be told: something may still come of it. */
bool price_move_is_open(enum price_move_status status);

#endif
