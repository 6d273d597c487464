/* Periods; see period.h. Number and period come from the same sum, anchor + n intervals, so that
 * they cannot disagree. */
#include "core/period.h"

#include <assert.h>

#include "base/check.h"
#include "base/rfc3339.h"

enum { PERIOD_NUMBER_MAX = 9999 * 12 };

static_assert(INTERVAL_YEAR == INTERVAL_COUNT - 1, "every interval is counted");

static const char *const interval_names[INTERVAL_COUNT] = {
    [INTERVAL_MONTH] = "month",
    [INTERVAL_YEAR] = "year",
};

static const int64_t interval_months[INTERVAL_COUNT] = {
    [INTERVAL_MONTH] = 1,
    [INTERVAL_YEAR] = 12,
};

const char *interval_name(enum interval interval) {
    check((unsigned)interval < INTERVAL_COUNT);
    return interval_names[interval];
}

bool interval_parse(struct str text, enum interval *ret_interval) {
    for (unsigned i = 0; i < INTERVAL_COUNT; i++) {
        if (str_equal(text, str_from_cstr(interval_names[i]))) {
            *ret_interval = (enum interval)i;
            return true;
        }
    }
    return false;
}

static struct instant start_of(struct instant anchor, enum interval interval, int64_t n) {
    return instant_add_months(anchor, n * interval_months[interval]);
}

struct period period_at(struct instant anchor, enum interval interval, struct period_number n) {
    check(instant_is_valid(anchor));
    check((unsigned)interval < INTERVAL_COUNT);
    check(n.value >= -PERIOD_NUMBER_MAX);
    check(n.value <= PERIOD_NUMBER_MAX);
    struct period period = {
        .start = start_of(anchor, interval, n.value),
        .end = start_of(anchor, interval, n.value + 1),
    };
    check(!instant_is_before(period.end, period.start));
    return period;
}

struct period period_find(struct instant anchor, enum interval interval, struct instant instant,
                          struct period_number *ret_number) {
    check(instant_is_valid(anchor));
    check(instant_is_valid(instant));
    check((unsigned)interval < INTERVAL_COUNT);
    struct civil from = civil_from_ms(anchor.ms);
    struct civil to = civil_from_ms(instant.ms);
    int64_t n = to.year - from.year;
    if (interval == INTERVAL_MONTH) {
        n = n * 12 + to.month - from.month;
    }
    /* Period n starts in the month (year) of the instant: at or before it, or else after it, and
     * then the one before holds it. */
    struct instant start = start_of(anchor, interval, n);
    struct period period;
    if (instant_is_before(instant, start)) {
        n -= 1;
        period = (struct period){start_of(anchor, interval, n), start};
    } else {
        period = (struct period){start, start_of(anchor, interval, n + 1)};
    }
    check(n >= -PERIOD_NUMBER_MAX);
    check(n <= PERIOD_NUMBER_MAX);
    check(period_contains(period, instant) || instant_equal(instant, INSTANT_MAX));
    *ret_number = (struct period_number){n};
    return period;
}

struct period_number period_number_containing(struct instant anchor, enum interval interval,
                                              struct instant instant) {
    struct period_number number;
    (void)period_find(anchor, interval, instant, &number);
    return number;
}

struct period period_containing(struct instant anchor, enum interval interval,
                                struct instant instant) {
    struct period_number number;
    return period_find(anchor, interval, instant, &number);
}

struct instant period_anchor(struct period period, enum interval interval) {
    enum { FOUR_YEARS = 48 };
    check(instant_is_before(period.start, period.end));
    if (period_equal(period_containing(period.start, interval, period.start), period)) {
        return period.start;
    }
    return instant_add_months(period.end, -FOUR_YEARS);
}

bool period_contains(struct period period, struct instant instant) {
    return !instant_is_before(instant, period.start) && instant_is_before(instant, period.end);
}

bool period_equal(struct period a, struct period b) {
    return instant_equal(a.start, b.start) && instant_equal(a.end, b.end);
}

struct duration period_length(struct period period) {
    check(!instant_is_before(period.end, period.start));
    return instant_difference(period.end, period.start);
}

/* The stretch of that length, one of those that tile time from 1970, that `instant` falls into. */
static struct period tile_containing(struct instant instant, struct duration length) {
    check(instant_is_valid(instant));
    int64_t into = instant.ms % length.ms;
    into += into < 0 ? length.ms : 0; /* C's remainder has the sign of the dividend */
    struct instant start = {instant.ms - into};
    check(start.ms % length.ms == 0);
    struct period tile = {.start = start, .end = instant_add(start, length)};
    check(period_contains(tile, instant) || instant_equal(instant, INSTANT_MAX));
    return tile;
}

struct period period_hour_containing(struct instant instant) {
    return tile_containing(instant, duration_hours(1));
}

struct period period_day_containing(struct instant instant) {
    return tile_containing(instant, duration_days(1));
}
