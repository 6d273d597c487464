/* Proration, anchored periods and settlement; see the header for the rules and their sources. */
#include "sandbox/arith.h"

#include <string.h>

#include "base/check.h"
#include "base/int128.h"
#include "base/rfc3339.h"

enum { SECONDS_A_DAY = 86400 };

int64_t prorate(int64_t amount, int64_t part, int64_t whole) {
    check(whole > 0);
    bool is_negative = amount < 0;
    i128 magnitude = is_negative ? -(i128)amount : amount;
    i128 rounded = (magnitude * part * 2 + whole) / ((i128)whole * 2);
    check(rounded <= INT64_MAX);
    return is_negative ? -(int64_t)rounded : (int64_t)rounded;
}

bool interval_unit_parse(const char *name, enum interval_unit *ret_unit) {
    static const char *const names[] = {"day", "week", "month", "year"};
    for (int i = 0; i < (int)ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret_unit = (enum interval_unit)i;
            return true;
        }
    }
    return false;
}

static int64_t floor_divide(int64_t a, int64_t b) {
    int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

static int64_t plus_months(int64_t anchor, int64_t months, int day) {
    struct civil civil = civil_from_ms(anchor * 1000);
    int64_t month_index = (int64_t)civil.year * 12 + (civil.month - 1) + months;
    int64_t year = floor_divide(month_index, 12);
    civil.year = (int)year;
    civil.month = (int)(month_index - year * 12) + 1;
    int last_day = civil_days_in_month(civil.year, civil.month);
    civil.day = day == 0 ? civil.day : day;
    civil.day = civil.day < last_day ? civil.day : last_day;
    return civil_to_ms(civil) / 1000;
}

int64_t anchor_plus(int64_t anchor, struct interval interval, int64_t n) {
    int64_t steps = n * interval.count;
    switch (interval.unit) {
    case INTERVAL_DAY:
        return anchor + steps * SECONDS_A_DAY;
    case INTERVAL_WEEK:
        return anchor + steps * 7 * SECONDS_A_DAY;
    case INTERVAL_MONTH:
        return plus_months(anchor, steps, interval.day);
    case INTERVAL_YEAR:
        return plus_months(anchor, steps * 12, interval.day);
    }
    check(false);
}

/* The longest an interval can be; a step of this length never jumps over a whole period. */
static int64_t seconds_at_most(struct interval interval) {
    static const int64_t days[] = {1, 7, 31, 366};
    return days[interval.unit] * interval.count * SECONDS_A_DAY;
}

struct period sandbox_period_at(int64_t anchor, struct interval interval, int64_t at) {
    check(interval.count > 0);
    int64_t n = floor_divide(at - anchor, seconds_at_most(interval));
    while (anchor_plus(anchor, interval, n + 1) <= at) {
        n++;
    }
    while (anchor_plus(anchor, interval, n) > at) {
        n--;
    }
    return (struct period){anchor_plus(anchor, interval, n), anchor_plus(anchor, interval, n + 1)};
}

struct settlement settle(int64_t total, int64_t balance, int64_t least_charge) {
    int64_t due = total + balance;
    if (total <= 0) {
        return (struct settlement){0, due};
    }
    if (due < least_charge) {
        return (struct settlement){0, due};
    }
    return (struct settlement){due, 0};
}

int64_t business_days_after(int64_t from_s, int days) {
    int64_t day = from_s / SECONDS_A_DAY;
    int64_t time = from_s % SECONDS_A_DAY;
    while (days > 0) {
        day++;
        int64_t weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday; Sunday is 0 */
        days -= weekday == 0 || weekday == 6 ? 0 : 1;
    }
    return day * SECONDS_A_DAY + time;
}
