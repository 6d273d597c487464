/* Usage that is counted and billed behind its period: meters, their events, and what a metered
 * item of a subscription comes to.
 *
 * Usage is a decimal with up to 12 places (decimal.h): an i128 in parts of 10^-12. */
#ifndef SANDBOX_METER_H
#define SANDBOX_METER_H

#include "base/int128.h"
#include "sandbox/billing.h"
#include "sandbox/call.h"

/* --- events (meter_event.c) --- */

/* A report of usage as it came, by whichever door. */
struct usage_report {
    const char *event_name;
    const json_t *payload;
    const char *identifier; /* "": one is made */
    int64_t at;             /* UTC seconds; USAGE_NOW: the customer's present */
};
#define USAGE_NOW INT64_MIN

enum usage_verdict {
    USAGE_COUNTS,
    USAGE_NO_METER,
    USAGE_METER_INACTIVE,
    USAGE_NO_CUSTOMER,      /* the payload names none */
    USAGE_CUSTOMER_UNKNOWN, /* there is none of that id */
    USAGE_VALUE_INVALID,
    USAGE_VALUE_TOO_LONG,
    USAGE_TOO_OLD,
    USAGE_IN_FUTURE,
    USAGE_KNOWN, /* an event has this identifier already */
    USAGE_VERDICT_COUNT
};

/* Judges a report and, when it counts, keeps it: *ret_event is the event, borrowed. *ret_meter is
 * the meter of that name, NULL when there is none; an inactive one is found too. */
enum usage_verdict usage_take(struct world *world, const struct usage_report *report,
                              json_t **ret_meter, json_t **ret_event);
/* The same, with a verdict against the report as a 400: the event, borrowed, or NULL. */
json_t *usage_take_or_refuse(struct world *world, const struct usage_report *report);
/* Takes back the event of an identifier; NULL with a fault, else the event. */
json_t *usage_cancel(struct call *call);
extern const struct param usage_cancel_params[];

/* What was wrong with reports that were judged after they were taken in (meter_error.c). */
void usage_report_wrong(json_t *wrongs, json_t *meter, const struct usage_report *report,
                        enum usage_verdict verdict);
/* Tells of them in events: one for each meter, and one for those without a meter. */
void usage_tell_wrongs(struct world *world, json_t *wrongs);

/* --- sums (meter_usage.c) --- */

/* What a customer used in a period by the meter's formula: sum, count or last; 0 without events,
 * and USAGE_MAX at most either way. */
i128 meter_usage(struct world *world, const json_t *meter, const char *customer,
                 struct period period);
/* Adds to an invoice what a metered item of a subscription used in its period that ended at
 * `until`; nothing for other items. */
void meter_bill_item(struct world *world, json_t *invoice, const json_t *subscription, json_t *item,
                     int64_t until);
/* The same as a pending item of the subscription, when anything was used. */
void meter_wait_item(struct world *world, json_t *subscription, json_t *item, int64_t until);
/* meter_wait_item for each of them. */
void meter_wait_items(struct world *world, json_t *subscription, int64_t until);
/* The price of an item changes at `at`: in flexible billing each use costs what was in force when
 * it was reported (billing-mode/compare), so that what was used till then waits for the invoice. */
void meter_price_ends(struct world *world, json_t *subscription, json_t *item, int64_t at);
/* An item is metered from `at` on: what was used before is none of it. */
void meter_begin(json_t *item, int64_t at);
/* Counts the usage lines of a draft again: events that came late are in time until it is
 * finalized. */
void meter_recount(struct world *world, json_t *invoice);

#endif
