#include "base/rfc3339.h"

#include <string.h>

#include "base/check.h"
#include "base/put.h"

enum {
    MS_PER_SECOND = 1000,
    MS_PER_MINUTE = 60 * MS_PER_SECOND,
    MS_PER_DAY = 24 * 60 * MS_PER_MINUTE,
    DAYS_PER_ERA = 146097, /* 400 Gregorian years: 400 * 365 + 97 */
    DAYS_TO_1970 = 719468, /* from 0000-03-01 to 1970-01-01 */
};

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

/* Years are counted from 1 March, so that the leap day is the last of its year and the lengths of
 * the months follow the pattern 31 30 31 30 31 | 31 30 31 30 31 | 31 …, which is (153 m + 2) / 5.
 */
static int64_t days_from_civil(int year, int month, int day) {
    int64_t march_year = (int64_t)year - (month <= 2);
    int64_t era = floor_div(march_year, 400);
    int64_t year_of_era = march_year - era * 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

int64_t civil_to_ms(struct civil civil) {
    check(civil.month >= 1 && civil.month <= 12);
    check(civil.year >= -100000 && civil.year <= 100000); /* far from where the sum overflows */
    int64_t days = days_from_civil(civil.year, civil.month, civil.day);
    int64_t minutes = (int64_t)civil.hour * 60 + civil.minute;
    return days * MS_PER_DAY + minutes * MS_PER_MINUTE + (int64_t)civil.second * MS_PER_SECOND +
           civil.millisecond;
}

struct civil civil_from_ms(int64_t ms) {
    int64_t days = floor_div(ms, MS_PER_DAY);
    uint32_t of_day = (uint32_t)(ms - days * MS_PER_DAY);
    days += DAYS_TO_1970;
    int64_t era = floor_div(days, DAYS_PER_ERA);
    uint32_t day_of_era = (uint32_t)(days - era * DAYS_PER_ERA);
    /* Take the leap days out (one each 1,461 days, none each 36,524, one each 146,097); what is
     * left are years of 365 days. */
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    uint32_t march_month = (5 * day_of_year + 2) / 153;
    int month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    uint32_t second = of_day / MS_PER_SECOND;
    uint32_t minute = second / 60;
    return (struct civil){
        .year = (int)(era * 400 + year_of_era + (month <= 2)),
        .month = month,
        .day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1),
        .hour = (int)(minute / 60),
        .minute = (int)(minute % 60),
        .second = (int)(second % 60),
        .millisecond = (int)(of_day % MS_PER_SECOND),
    };
}

int civil_days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    check(month >= 1 && month <= 12);
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap);
}

/* Takes `digits` decimal digits off the front. */
static bool take_number(struct str *rest, size_t digits, int *ret_value) {
    if (rest->len < digits) {
        return false;
    }
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = rest->bytes[i];
        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    *ret_value = value;
    *rest = str_of(rest->bytes + digits, rest->len - digits);
    return true;
}

/* Takes one byte off the front when it is one of `set`. */
static bool take_char(struct str *rest, const char *set) {
    for (; rest->len > 0 && *set != '\0'; set++) {
        if (rest->bytes[0] == *set) {
            *rest = str_of(rest->bytes + 1, rest->len - 1);
            return true;
        }
    }
    return false;
}

static bool take_date(struct str *rest, struct civil *civil) {
    return take_number(rest, 4, &civil->year) && take_char(rest, "-") &&
           take_number(rest, 2, &civil->month) && take_char(rest, "-") &&
           take_number(rest, 2, &civil->day) && civil->year >= 1 && civil->month >= 1 &&
           civil->month <= 12 && civil->day >= 1 &&
           civil->day <= civil_days_in_month(civil->year, civil->month);
}

static bool take_time(struct str *rest, struct civil *civil) {
    return take_number(rest, 2, &civil->hour) && take_char(rest, ":") &&
           take_number(rest, 2, &civil->minute) && take_char(rest, ":") &&
           take_number(rest, 2, &civil->second) && civil->hour <= 23 && civil->minute <= 59 &&
           civil->second <= 59;
}

static bool take_fraction(struct str *rest, int *ret_millisecond) {
    if (!take_char(rest, ".")) {
        return true;
    }
    int count = 0;
    int digit = 0;
    int weight = 100;
    for (; take_number(rest, 1, &digit); count++) {
        *ret_millisecond += digit * weight;
        weight /= 10;
    }
    return count >= 1 && count <= 9;
}

static bool take_offset(struct str *rest, int *ret_minutes) {
    if (take_char(rest, "Zz")) {
        return true;
    }
    int sign = str_starts_with(*rest, STR("-")) ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    if (!take_char(rest, "+-") || !take_number(rest, 2, &hours) || !take_char(rest, ":") ||
        !take_number(rest, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

bool rfc3339_parse(struct str text, int64_t *ret_ms) {
    struct civil civil = {0};
    int offset_minutes = 0;
    if (!take_date(&text, &civil) || !take_char(&text, "Tt") || !take_time(&text, &civil) ||
        !take_fraction(&text, &civil.millisecond) || !take_offset(&text, &offset_minutes) ||
        text.len != 0) {
        return false;
    }
    int64_t ms = civil_to_ms(civil) - (int64_t)offset_minutes * MS_PER_MINUTE;
    if (ms < RFC3339_FIRST_MS || ms > RFC3339_LAST_MS) {
        return false; /* an offset may push the first and last day over the edge */
    }
    *ret_ms = ms;
    return true;
}

void rfc3339_format(int64_t ms, char ret_text[RFC3339_SIZE]) {
    *put_rfc3339(ret_text, ms) = '\0';
}
