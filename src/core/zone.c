#include "core/zone.h"

#include "base/check.h"
#include "base/rfc3339.h"

enum { HEADER_SIZE = 44, COUNTS_AT = 20, TYPE_SIZE = 6, OFFICE_HOUR = 9, NAME_MAX_LEN = 64 };

#define DAY_MS (INT64_C(24) * 3600 * 1000)

bool zone_name_is_valid(struct str name) {
    if (name.len == 0 || name.len > NAME_MAX_LEN || name.bytes[0] == '/') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.bytes[i];
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool is_other = (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' || c == '/';
        if (!is_letter && !is_other) { /* no dot, so no way up */
            return false;
        }
    }
    return true;
}

/* --- the file --- */

static int64_t big_endian(const char *bytes, size_t size) {
    check(size > 0);
    check(size <= sizeof(int64_t));
    uint64_t value = (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0; /* signed */
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | (unsigned char)bytes[i];
    }
    return (int64_t)value;
}

/* The second part of a file, whose times have 64 bits. */
struct zone {
    const char *times, *indices, *types;
    int64_t time_count, type_count;
    struct str footer; /* without its line ends; may be empty */
};

struct counts {
    int64_t of[6]; /* isut, isstd, leap, time, type, char */
};

static bool read_counts(struct str part, struct counts *ret_counts) {
    if (part.len < HEADER_SIZE || !str_starts_with(part, STR("TZif")) || part.bytes[4] < '2') {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(ret_counts->of); i++) {
        ret_counts->of[i] = big_endian(part.bytes + COUNTS_AT + 4 * i, 4);
        if (ret_counts->of[i] < 0) {
            return false;
        }
    }
    return true;
}

static size_t data_size(const struct counts *counts, int64_t time_size) {
    const int64_t *of = counts->of;
    check(time_size == 4 || time_size == 8);
    return (size_t)(of[3] * time_size + of[3] + of[4] * TYPE_SIZE + of[5] +
                    of[2] * (time_size + 4) + of[1] + of[0]);
}

static bool has_types(const struct zone *zone) {
    check(zone->time_count >= 0);
    check(zone->type_count >= 0);
    for (int64_t i = 0; i < zone->time_count; i++) {
        if ((unsigned char)zone->indices[i] >= zone->type_count) {
            return false;
        }
    }
    return zone->type_count > 0;
}

static bool zone_read(struct str file, struct zone *ret_zone) {
    struct counts counts;
    if (!read_counts(file, &counts) || data_size(&counts, 4) > file.len - HEADER_SIZE) {
        return false;
    }
    struct str part = str_skip(file, HEADER_SIZE + data_size(&counts, 4));
    if (!read_counts(part, &counts) || data_size(&counts, 8) > part.len - HEADER_SIZE) {
        return false;
    }
    const char *at = part.bytes + HEADER_SIZE;
    check(counts.of[3] <= INT64_MAX / 9); /* the part holds them */
    *ret_zone = (struct zone){
        .times = at,
        .indices = at + counts.of[3] * 8,
        .types = at + counts.of[3] * 9,
        .time_count = counts.of[3],
        .type_count = counts.of[4],
    };
    struct str rest = str_skip(part, HEADER_SIZE + data_size(&counts, 8));
    (void)str_cut(&rest, '\n');
    ret_zone->footer = str_cut(&rest, '\n');
    return has_types(ret_zone);
}

bool zone_file_is_valid(struct str file) {
    struct zone zone;
    return zone_read(file, &zone);
}

/* --- the footer: POSIX.1, "Environment variables", TZ --- */

/* A day and a time of a year, on the wall. */
struct rule {
    int64_t month, week, weekday, seconds;
};

struct footer {
    int64_t standard, summer; /* seconds to add to UTC */
    struct rule begins, ends;
};

static bool is_in(char c, const char *first_last) {
    return c >= first_last[0] && c <= first_last[1];
}

static bool take(struct str *text, char c) {
    bool is_there = text->len > 0 && text->bytes[0] == c;
    *text = is_there ? str_skip(*text, 1) : *text;
    return is_there;
}

static bool take_number(struct str *text, int64_t *ret_number) {
    size_t digits = 0;
    *ret_number = 0;
    while (digits < text->len && digits < 3 && is_in(text->bytes[digits], "09")) {
        *ret_number = *ret_number * 10 + (text->bytes[digits++] - '0');
    }
    *text = str_skip(*text, digits);
    return digits > 0;
}

/* "CET" or "<+05>" */
static bool take_name(struct str *text) {
    size_t len = 0;
    if (take(text, '<')) {
        *text = str_skip(*text, str_find(*text, '>'));
        return take(text, '>');
    }
    while (len < text->len && (is_in(text->bytes[len], "AZ") || is_in(text->bytes[len], "az"))) {
        len++;
    }
    *text = str_skip(*text, len);
    return len >= 3;
}

/* "-5:30": hours, and minutes and seconds when they are there. */
static bool take_time(struct str *text, int64_t *ret_seconds) {
    bool is_negative = take(text, '-');
    int64_t hours = 0;
    int64_t minutes = 0;
    int64_t seconds = 0;
    (void)take(text, '+');
    bool is_time = take_number(text, &hours) && (!take(text, ':') || take_number(text, &minutes)) &&
                   (!take(text, ':') || take_number(text, &seconds));
    *ret_seconds = (hours * 3600 + minutes * 60 + seconds) * (is_negative ? -1 : 1);
    return is_time;
}

/* ",M3.5.0/2": at two o'clock, which is also what holds without the time. */
static bool take_rule(struct str *text, struct rule *ret_rule) {
    ret_rule->seconds = 2 * 3600;
    return take(text, ',') && take(text, 'M') && take_number(text, &ret_rule->month) &&
           take(text, '.') && take_number(text, &ret_rule->week) && take(text, '.') &&
           take_number(text, &ret_rule->weekday) &&
           (!take(text, '/') || take_time(text, &ret_rule->seconds)) && ret_rule->month >= 1 &&
           ret_rule->month <= 12 && ret_rule->week >= 1 && ret_rule->week <= 5 &&
           ret_rule->weekday <= 6;
}

static bool read_footer(struct str text, struct footer *ret_footer) {
    int64_t west = 0;
    if (!take_name(&text) || !take_time(&text, &west)) {
        return false;
    }
    ret_footer->standard = ret_footer->summer = -west;
    if (text.len == 0) {
        return true;
    }
    if (!take_name(&text)) {
        return false;
    }
    ret_footer->summer = ret_footer->standard + 3600;
    if (text.len > 0 && text.bytes[0] != ',') {
        if (!take_time(&text, &west)) {
            return false;
        }
        ret_footer->summer = -west;
    }
    return take_rule(&text, &ret_footer->begins) && take_rule(&text, &ret_footer->ends) &&
           text.len == 0;
}

static int weekday_of(int64_t local_ms) { /* 0 is Sunday; 1 January 1970 was a Thursday */
    int64_t days = local_ms / DAY_MS - (local_ms % DAY_MS < 0);
    int weekday = (int)(((days + 4) % 7 + 7) % 7);
    check(weekday >= 0);
    check(weekday <= 6);
    return weekday;
}

/* The rule's moment of a year, on the wall. */
static int64_t rule_at(const struct rule *rule, int year) {
    check(rule->month >= 1);
    check(rule->month <= 12);
    check(rule->week >= 1);
    check(rule->week <= 5);
    check(rule->weekday >= 0);
    check(rule->weekday <= 6);
    int64_t first = civil_to_ms((struct civil){.year = year, .month = (int)rule->month, .day = 1});
    int64_t day = 1 + (rule->weekday - weekday_of(first) + 7) % 7 + (rule->week - 1) * 7;
    int64_t last = civil_days_in_month(year, (int)rule->month);
    day = day > last ? day - 7 : day; /* the fifth week is the last */
    check(day >= 1);
    check(day <= last);
    return first + (day - 1) * DAY_MS + rule->seconds * 1000;
}

static int64_t footer_offset(const struct footer *footer, int64_t at_ms) {
    int year = civil_from_ms(at_ms + footer->standard * 1000).year;
    if (footer->summer == footer->standard) {
        return footer->standard;
    }
    int64_t begin = rule_at(&footer->begins, year) - footer->standard * 1000;
    int64_t end = rule_at(&footer->ends, year) - footer->summer * 1000;
    bool is_summer = begin < end ? at_ms >= begin && at_ms < end : at_ms >= begin || at_ms < end;
    return is_summer ? footer->summer : footer->standard;
}

/* --- asked --- */

static int64_t type_offset(const struct zone *zone, int64_t index) {
    check(index >= 0);
    check(index < zone->type_count);
    return big_endian(zone->types + index * TYPE_SIZE, 4);
}

struct duration zone_offset(struct str file, struct instant at) {
    struct zone zone;
    struct footer footer;
    int64_t past = 0;
    if (!zone_read(file, &zone)) {
        return duration_seconds(0);
    }
    while (past < zone.time_count &&
           big_endian(zone.times + 8 * past, 8) <= instant_unix_seconds(at)) {
        past++;
    }
    if (past == zone.time_count && read_footer(zone.footer, &footer)) {
        return duration_seconds(footer_offset(&footer, at.ms));
    }
    return duration_seconds(
        type_offset(&zone, past == 0 ? 0 : (unsigned char)zone.indices[past - 1]));
}

static int64_t midnight_of(int64_t local_ms) {
    int64_t midnight = local_ms - ((local_ms % DAY_MS) + DAY_MS) % DAY_MS;
    check(midnight <= local_ms);
    return midnight;
}

static int64_t local_midnight(struct str file, struct instant at) {
    return midnight_of(at.ms + zone_offset(file, at).ms);
}

/* Where midnight is skipped, the day begins when clocks were changed; where it comes twice, with
 * the first. */
static struct instant day_start(struct str file, struct instant at) {
    int64_t midnight = local_midnight(file, at);
    struct instant start = {midnight - zone_offset(file, at).ms};
    start.ms = midnight - zone_offset(file, start).ms;
    struct instant before = {start.ms - 1};
    if (local_midnight(file, before) == midnight) {
        start.ms = midnight - zone_offset(file, before).ms;
    }
    return start;
}

/* A file may say anything of a clock: one that makes no days has those of UTC. */
struct period zone_day(struct str file, struct instant at) {
    const struct duration into_next = duration_hours(26); /* no day is longer, none that short */
    const struct duration margin = duration_days(400);    /* calendars end there */
    at = instant_later(at, instant_add(INSTANT_MIN, margin));
    at = instant_earlier(at, instant_add(INSTANT_MAX, (struct duration){-margin.ms}));
    struct instant start = day_start(file, at);
    struct period day = {start, day_start(file, instant_add(start, into_next))};
    if (instant_is_before(at, day.start) || !instant_is_before(at, day.end)) {
        day = period_day_containing(at);
    }
    check(period_contains(day, at));
    return day;
}

static struct instant next_nine(struct str file, struct instant from, bool on_weekdays) {
    int64_t local = from.ms + zone_offset(file, from).ms;
    int64_t midnight = midnight_of(local);
    for (int64_t day = 0;; day++) {
        check(day <= 7); /* a week has five */
        int64_t nine = midnight + day * DAY_MS + duration_hours(OFFICE_HOUR).ms;
        int weekday = weekday_of(nine);
        /* Clocks are not changed at nine: the offset of about then is that of then. */
        struct instant at = {nine - zone_offset(file, (struct instant){nine}).ms};
        at.ms = nine - zone_offset(file, at).ms;
        if (!instant_is_before(at, from) && (!on_weekdays || (weekday >= 1 && weekday <= 5))) {
            return at;
        }
    }
}

struct instant zone_office_hour(struct str file, struct instant from, struct instant before) {
    struct instant at = next_nine(file, from, true);
    if (!instant_is_before(at, before)) {
        at = next_nine(file, from, false);
    }
    at = instant_is_before(at, before) ? at : from;
    check(!instant_is_before(at, from));
    return at;
}
