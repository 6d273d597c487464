/* Instants, durations and steps of the civil calendar, in UTC.
 *
 * An instant is a moment between the years 1 and 9999; arithmetic that would leave that range stays
 * at its edge (so that no input can abort), but for instant_add_step, which refuses. Nothing here
 * knows what time it is. The civil arithmetic itself is base/rfc3339.h's.
 *
 * Source: https://docs.stripe.com/billing/subscriptions/billing-cycle (month ends are clamped from
 * the anchor, time of day is kept, everything is UTC). */
#ifndef CORE_CALENDAR_H
#define CORE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

/* Milliseconds UTC since 1970. */
struct instant {
    int64_t ms;
};

/* A length of time in milliseconds; may be negative. */
struct duration {
    int64_t ms;
};

/* 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z */
#define INSTANT_MIN_MS INT64_C(-62135596800000)
#define INSTANT_MAX_MS INT64_C(253402300799999)
#define INSTANT_MIN ((struct instant){INSTANT_MIN_MS})
#define INSTANT_MAX ((struct instant){INSTANT_MAX_MS})

static inline struct duration duration_seconds(int64_t count) {
    return (struct duration){count * 1000};
}
static inline struct duration duration_hours(int64_t count) {
    return (struct duration){count * 60 * 60 * 1000};
}
static inline struct duration duration_days(int64_t count) {
    return (struct duration){count * 24 * 60 * 60 * 1000};
}

/* Within the years 1 to 9999: everything that rfc3339_parse accepts is. */
static inline bool instant_is_valid(struct instant instant) {
    return instant.ms >= INSTANT_MIN_MS && instant.ms <= INSTANT_MAX_MS;
}
/* Negative, zero or positive as `a` is before, at or after `b`. */
int instant_compare(struct instant a, struct instant b);
static inline bool instant_is_before(struct instant a, struct instant b) {
    return a.ms < b.ms;
}
bool instant_equal(struct instant a, struct instant b);
struct instant instant_earlier(struct instant a, struct instant b);
struct instant instant_later(struct instant a, struct instant b);

/* Stays at INSTANT_MIN or INSTANT_MAX rather than pass it. */
struct instant instant_add(struct instant instant, struct duration duration);
/* later - earlier; negative when they stand the other way round. */
struct duration instant_difference(struct instant later, struct instant earlier);
int duration_compare(struct duration a, struct duration b);

/* The whole second that holds the instant, counted from 1970 (rounded down, also before 1970):
 * Stripe knows no smaller unit. */
int64_t instant_unix_seconds(struct instant instant);

/* `anchor` moved by whole months, at its own time of day, on its own day of the month or, where
 * the month is shorter, on the month's last day: 31 January + 1 is 28 (29) February, + 2 is
 * 31 March. Always add to the anchor, never to a result. Stays within the range of instants. */
struct instant instant_add_months(struct instant anchor, int64_t months);

/* --- steps of a test clock: ISO 8601 durations --- */

/* Months are counted by the calendar, the rest by the second. Never negative. */
struct calendar_step {
    int64_t months;
    int64_t ms;
};

/* Parses `P[nY][nM][nW][nD][T[nH][nM][nS]]` with whole numbers and at least one part: "P1M",
 * "P14D", "P1Y", "PT1H", "PT90S". False for anything else, and for more than 10,000 years. */
MUST_USE bool calendar_step_parse(struct str text, struct calendar_step *ret_step);

/* Months first (clamped), then the rest. False when that would pass INSTANT_MAX. */
MUST_USE bool instant_add_step(struct instant instant, struct calendar_step step,
                               struct instant *ret_instant);

#endif
