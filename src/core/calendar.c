/* Instants and steps; see calendar.h. */
#include "core/calendar.h"

#include <assert.h>

#include "base/attr.h"
#include "base/check.h"
#include "base/rfc3339.h"

enum { MONTHS_PER_YEAR = 12, YEAR_MIN = 1, YEAR_MAX = 9999 };

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_HOUR (60 * 60 * MS_PER_SECOND)
#define MS_PER_DAY (24 * MS_PER_HOUR)

static_assert(INSTANT_MIN_MS % MS_PER_DAY == 0, "the first instant is a midnight");
static_assert((INSTANT_MAX_MS + 1) % MS_PER_DAY == 0, "the last instant ends a day");

int instant_compare(struct instant a, struct instant b) {
    return (a.ms > b.ms) - (a.ms < b.ms);
}

bool instant_equal(struct instant a, struct instant b) {
    return a.ms == b.ms;
}

struct instant instant_earlier(struct instant a, struct instant b) {
    return b.ms < a.ms ? b : a;
}

struct instant instant_later(struct instant a, struct instant b) {
    return b.ms > a.ms ? b : a;
}

struct instant instant_add(struct instant instant, struct duration duration) {
    check(instant_is_valid(instant));
    int64_t room_above = INSTANT_MAX.ms - instant.ms;
    int64_t room_below = INSTANT_MIN.ms - instant.ms;
    if (duration.ms > room_above) {
        return INSTANT_MAX;
    }
    if (duration.ms < room_below) {
        return INSTANT_MIN;
    }
    struct instant sum = {instant.ms + duration.ms};
    check(instant_is_valid(sum));
    return sum;
}

struct duration instant_difference(struct instant later, struct instant earlier) {
    check(instant_is_valid(later));
    check(instant_is_valid(earlier));
    return (struct duration){later.ms - earlier.ms};
}

int duration_compare(struct duration a, struct duration b) {
    return (a.ms > b.ms) - (a.ms < b.ms);
}

int64_t instant_unix_seconds(struct instant instant) {
    int64_t cut = instant.ms / MS_PER_SECOND;
    return cut - (instant.ms % MS_PER_SECOND < 0);
}

/* False when the month lies outside the years 1 to 9999. */
static bool shift_months(struct instant anchor, int64_t months, struct instant *ret_instant) {
    check(instant_is_valid(anchor));
    struct civil civil = civil_from_ms(anchor.ms);
    int64_t month_of_time = (int64_t)civil.year * MONTHS_PER_YEAR + civil.month - 1;
    int64_t first = (int64_t)YEAR_MIN * MONTHS_PER_YEAR;
    int64_t last = (int64_t)YEAR_MAX * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1;
    if (months < first - month_of_time || months > last - month_of_time) {
        return false;
    }
    month_of_time += months;
    civil.year = (int)(month_of_time / MONTHS_PER_YEAR);
    civil.month = (int)(month_of_time % MONTHS_PER_YEAR) + 1;
    int last_day = civil_days_in_month(civil.year, civil.month);
    check(last_day >= 28);
    check(last_day <= 31);
    civil.day = civil.day < last_day ? civil.day : last_day;
    *ret_instant = (struct instant){civil_to_ms(civil)};
    check(instant_is_valid(*ret_instant));
    return true;
}

struct instant instant_add_months(struct instant anchor, int64_t months) {
    struct instant moved;
    if (shift_months(anchor, months, &moved)) {
        return moved;
    }
    check(months != 0); /* what is not moved is in range */
    return months < 0 ? INSTANT_MIN : INSTANT_MAX;
}

/* --- steps --- */

/* In the order in which ISO 8601 wants them. */
static const struct step_unit {
    bool is_time; /* behind the T */
    char letter;
    struct calendar_step step;
} step_units[] = {
    {false, 'Y', {.months = MONTHS_PER_YEAR}}, {false, 'M', {.months = 1}},
    {false, 'W', {.ms = 7 * MS_PER_DAY}},      {false, 'D', {.ms = MS_PER_DAY}},
    {true, 'H', {.ms = MS_PER_HOUR}},          {true, 'M', {.ms = 60 * MS_PER_SECOND}},
    {true, 'S', {.ms = MS_PER_SECOND}},
};

enum { STEP_DIGITS_MAX = 9, STEP_YEARS_MAX = 10000 };

#define STEP_COUNT_MAX INT64_C(999999999) /* nine digits */
#define STEP_MS_MAX (STEP_YEARS_MAX * INT64_C(366) * MS_PER_DAY)

static_assert(STEP_COUNT_MAX <= INT64_MAX / (14 * MS_PER_DAY),
              "a week and five shorter units of nine digits fit together");

static bool take_count(struct str *rest, int64_t *ret_count) {
    size_t digits = 0;
    while (digits < rest->len && rest->bytes[digits] >= '0' && rest->bytes[digits] <= '9') {
        digits++;
    }
    if (digits == 0 || digits > STEP_DIGITS_MAX) {
        return false;
    }
    int64_t count = 0;
    for (size_t i = 0; i < digits; i++) {
        count = count * 10 + (rest->bytes[i] - '0');
    }
    *ret_count = count;
    *rest = str_skip(*rest, digits);
    return true;
}

/* Finds the unit that `rest` starts with among those from `*next` on, and takes it. */
static bool take_unit(struct str *rest, bool is_time, size_t *next,
                      struct calendar_step *ret_unit) {
    if (rest->len == 0) {
        return false;
    }
    for (size_t i = *next; i < ARRAY_LEN(step_units); i++) {
        if (step_units[i].is_time == is_time && step_units[i].letter == rest->bytes[0]) {
            *rest = str_skip(*rest, 1);
            *next = i + 1;
            *ret_unit = step_units[i].step;
            return true;
        }
    }
    return false;
}

bool calendar_step_parse(struct str text, struct calendar_step *ret_step) {
    if (!str_starts_with(text, STR("P")) || text.len == 1) {
        return false;
    }
    struct str rest = str_skip(text, 1);
    struct calendar_step step = {0};
    bool is_time = false;
    size_t next = 0;
    while (rest.len > 0) {
        if (!is_time && str_starts_with(rest, STR("T"))) {
            is_time = true;
            rest = str_skip(rest, 1);
        }
        int64_t count;
        struct calendar_step unit;
        if (!take_count(&rest, &count) || !take_unit(&rest, is_time, &next, &unit)) {
            return false;
        }
        check(count <= STEP_COUNT_MAX);
        step.months += count * unit.months;
        step.ms += count * unit.ms;
    }
    if (step.months > STEP_YEARS_MAX * MONTHS_PER_YEAR || step.ms > STEP_MS_MAX) {
        return false;
    }
    check(step.months >= 0);
    check(step.ms >= 0);
    *ret_step = step;
    return true;
}

bool instant_add_step(struct instant instant, struct calendar_step step,
                      struct instant *ret_instant) {
    check(step.months >= 0);
    check(step.ms >= 0);
    struct instant moved;
    if (!shift_months(instant, step.months, &moved) || step.ms > INSTANT_MAX.ms - moved.ms) {
        return false;
    }
    *ret_instant = instant_add(moved, (struct duration){step.ms});
    check(!instant_is_before(*ret_instant, instant));
    return true;
}
