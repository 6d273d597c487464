/* Periods that tile time: billing periods of a month or a year, usage periods of a month, hours.
 *
 * A period is half-open, [start, end). The periods of one anchor follow each other without gap or
 * overlap in both directions; number 0 starts at the anchor. Period n starts at anchor + n
 * intervals, clamped to the month's last day *from the anchor, never from the previous period*:
 * 31 January, 28 (29) February, 31 March. A yearly anchor of 29 February falls on 28 February in
 * common years. Usage periods are always INTERVAL_MONTH.
 *
 * Source: https://docs.stripe.com/billing/subscriptions/billing-cycle
 *
 *     struct period now_in = period_containing(subscription.anchor, INTERVAL_MONTH, now); */
#ifndef CORE_PERIOD_H
#define CORE_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/calendar.h"

enum interval { INTERVAL_MONTH, INTERVAL_YEAR };
enum { INTERVAL_COUNT = 2 };

/* "month", "year": the same words in SQL, JSON and at Stripe. */
const char *interval_name(enum interval interval);
MUST_USE bool interval_parse(struct str text, enum interval *ret_interval);

struct period {
    struct instant start; /* inclusive */
    struct instant end;   /* exclusive */
};

/* Which period of an anchor; 0 starts at the anchor, negative ones lie before it. */
struct period_number {
    int64_t value;
};

/* The n-th period. At the ends of time (years 1 and 9999) periods are cut off. */
struct period period_at(struct instant anchor, enum interval interval, struct period_number n);
/* The period that `instant` falls into, and its number. */
struct period period_find(struct instant anchor, enum interval interval, struct instant instant,
                          struct period_number *ret_number);
/* Its number alone. */
struct period_number period_number_containing(struct instant anchor, enum interval interval,
                                              struct instant instant);
/* The period alone. */
struct period period_containing(struct instant anchor, enum interval interval,
                                struct instant instant);

/* An anchor of which this is a period: its start, unless that was clamped to the end of a short
 * month; then its end, four years back so that a 29 February stays one. */
struct instant period_anchor(struct period period, enum interval interval);

bool period_contains(struct period period, struct instant instant);
bool period_equal(struct period a, struct period b);
struct duration period_length(struct period period);

/* The hour [hh:00, hh+1:00) UTC that `instant` falls into: the bucket of usage totals. */
struct period period_hour_containing(struct instant instant);
/* The day of UTC, [00:00, 24:00). */
struct period period_day_containing(struct instant instant);

#endif
