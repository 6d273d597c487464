/* One account's recurring revenue: what it stands for at an instant, and the row that says how that
 * has changed.
 *
 * It pays while its subscription is active, or past due with full access (then it is at risk).
 * Trials, `free`, taxes and usage bring nothing, nor does what is suspended, unpaid, paused or
 * over. Coupons that come again are taken off, those of one invoice are not. A row is written once
 * for each transaction that changed something; rows are never changed. */
#ifndef CORE_REVENUE_ACCOUNT_H
#define CORE_REVENUE_ACCOUNT_H

#include "core/coupon.h"
#include "core/revenue.h"
#include "core/subscription.h"

enum revenue_place {
    REVENUE_FREE,
    REVENUE_TRIAL,
    REVENUE_PAYING,
    REVENUE_AT_RISK, /* past due, in grace */
    REVENUE_SUSPENDED,
    REVENUE_ON_PAUSE,
    REVENUE_GONE, /* erased */
};
enum { REVENUE_PLACE_COUNT = REVENUE_GONE + 1 };
const char *revenue_place_name(enum revenue_place place); /* "paying" */

/* Why somebody is on `free` who was not. */
enum revenue_exit { REVENUE_EXIT_CANCELED, REVENUE_EXIT_TO_FREE, REVENUE_EXIT_UNPAID };

/* What is scheduled for the plan that an account pays, and who wanted it so. */
enum revenue_ahead {
    REVENUE_AHEAD_NOTHING,
    REVENUE_AHEAD_END,     /* with its period */
    REVENUE_AHEAD_TO_FREE, /* the same, as a change to the plan that costs nothing */
    REVENUE_AHEAD_CHANGE,  /* another plan or interval */
};
enum { REVENUE_AHEAD_COUNT = REVENUE_AHEAD_CHANGE + 1 };
const char *revenue_ahead_name(enum revenue_ahead ahead); /* "to_free" */

/* What is known of a subscription at an instant. */
struct revenue_terms {
    const struct plan *plan;
    enum interval interval;
    enum subscription_status status;
    enum access access;
    bool is_ending;                 /* with its period */
    const struct plan *pending;     /* that follows; NULL: none does */
    enum interval pending_interval; /* of it */
    const struct coupon *coupon;    /* NULL: none */
    struct instant coupon_since;    /* when it was given */
    struct instant at;
    enum revenue_exit exit; /* looked at on `free` */
};

/* How an account stands. Amounts are of a year, in its currency. */
struct revenue_stand {
    enum revenue_place place;
    enum tier tier;
    int64_t plan_version;
    enum interval interval;
    bool is_contract, has_discount;
    enum revenue_exit exit;
    struct annual arr;
    struct annual list;      /* without coupons */
    struct annual committed; /* once all has come that is scheduled; never more than arr */
    char country[3];         /* ISO 3166-1; empty: not known */
    struct currency currency;
};
/* Country and currency are the caller's to fill in; by contract, the plan has the price. */
struct revenue_stand revenue_stand_of(const struct revenue_terms *terms);
/* When a coupon that repeats has run out; INSTANT_MAX when it never does, or there is none. */
struct instant revenue_coupon_ends(const struct coupon *coupon, struct instant since);

/* What is remembered between two rows. */
struct revenue_account {
    bool is_known; /* false: there is no row yet */
    struct revenue_stand stand;
    bool has_ever_paid;
    struct revenue_day signed_up;
    struct revenue_month cohort; /* of the first payment, once it has ever paid */
    struct revenue_month month;  /* of the last row */
    struct annual month_opening; /* what it brought as that month began */
};

struct revenue_row {
    enum revenue_kind kind;
    enum revenue_reason reason;
    struct instant at; /* when it takes effect */
    struct revenue_stand before, after;
    bool is_of_opening; /* it paid as its month began */
    int lost;           /* 1: one of those stopped; -1: came back within the month; 0: neither */
    bool has_cohort;
    struct revenue_month cohort;
    struct revenue_day signed_up;
};
/* False when nothing has changed that a row would tell; else *account stands where the row ends. */
MUST_USE bool revenue_follow(struct revenue_account *account, const struct revenue_stand *now,
                             struct instant at, struct revenue_row *ret_row);
/* The row that takes back the last one, as a correction; `account` is as after it. */
struct revenue_row revenue_reversed(struct revenue_account *account, const struct revenue_row *row,
                                    struct instant at);

static inline struct annual revenue_risk(const struct revenue_stand *stand) {
    return stand->place == REVENUE_AT_RISK ? stand->arr : (struct annual){0};
}

/* --- what roll-ups add up --- */

struct revenue_measures {
    int64_t count;                             /* rows */
    int64_t amount;                            /* units that moved */
    int64_t lost;                              /* customers of the month's opening */
    int64_t holding, list, committed, at_risk; /* units, as differences of what stands */
    int64_t paying, accounts;                  /* customers, the same */
};
/* Whose plan the row tells of; a change of plan tells of two. */
struct revenue_entry {
    enum tier tier;
    enum interval interval;
    char country[3];
    struct currency currency;
    struct revenue_measures measures;
};
enum { REVENUE_ENTRIES = 2 };
/* How many there are: the movement itself stands in the first, that of the plan after it (of churn:
 * before it). */
int revenue_entries(const struct revenue_row *row,
                    struct revenue_entry ret_entries[REVENUE_ENTRIES]);

#endif
