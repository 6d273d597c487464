/* Guards: nine o'clock is that of the customer's wall, in summer and winter, of a working day, and
 * never after what it announces; and no file that is cut short or wrong is read past its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/rfc3339.h"
#include "core/zone.h"

enum { FILE_MAX = 512 };

struct file {
    char bytes[FILE_MAX];
    size_t len;
};

static void put(struct file *file, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        size_t shift = 8 * (size - 1 - i);
        file->bytes[file->len++] = (char)(shift < 64 ? value >> shift : 0);
    }
}

static void put_text(struct file *file, const char *text) {
    size_t len = strlen(text);
    memcpy(file->bytes + file->len, text, len);
    file->len += len;
}

static void put_header(struct file *file, uint64_t times, uint64_t types) {
    put_text(file, "TZif2");
    put(file, 0, 15 - 7);
    put(file, 0, 7);
    put(file, 0, 12); /* isut, isstd, leap */
    put(file, times, 4);
    put(file, types, 4);
    put(file, types > 0 ? 4 : 0, 4);
}

/* A zone that had `before` hours until 2000, `after` since, and then follows the footer. */
static struct str made(struct file *file, int before, int after, const char *footer) {
    file->len = 0;
    put_header(file, 0, 0);
    put_header(file, 1, 2);
    put(file, 946684800, 8);
    put(file, 1, 1);
    put(file, (uint64_t)(int64_t)(before * 3600), 4);
    put(file, 0, 2);
    put(file, (uint64_t)(int64_t)(after * 3600), 4);
    put(file, 0, 2);
    put_text(file, "LMT");
    put(file, 0, 1);
    put_text(file, "\n");
    put_text(file, footer);
    put_text(file, "\n");
    return str_of(file->bytes, file->len);
}

static struct instant at(const char *text) {
    struct instant instant;
    assert_true(rfc3339_parse(str_from_cstr(text), &instant.ms));
    return instant;
}

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define SYDNEY "AEST-10AEDT,M10.1.0,M4.1.0/3"

static const struct {
    const char *footer, *at;
    int minutes;
} rules[] = {
    {BERLIN, "2026-01-15T12:00:00Z", 60},
    {BERLIN, "2026-03-29T00:59:59Z", 60},
    {BERLIN, "2026-03-29T01:00:00Z", 120},
    {BERLIN, "2026-10-25T00:59:59Z", 120},
    {BERLIN, "2026-10-25T01:00:00Z", 60},
    {NEW_YORK, "2026-03-08T06:59:59Z", -300},
    {NEW_YORK, "2026-03-08T07:00:00Z", -240},
    {NEW_YORK, "2026-11-01T05:59:59Z", -240},
    {NEW_YORK, "2026-11-01T06:00:00Z", -300},
    {SYDNEY, "2026-01-15T00:00:00Z", 660},
    {SYDNEY, "2026-04-04T15:59:59Z", 660},
    {SYDNEY, "2026-04-04T16:00:00Z", 600},
    {SYDNEY, "2026-10-03T16:00:00Z", 660},
    {"IST-5:30", "2026-07-01T00:00:00Z", 330},
    {"<+0545>-5:45", "2045-07-01T00:00:00Z", 345},
    {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-03-28T23:00:00Z", -180},
    {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-03-29T01:00:00Z", -120},
    {"AAA-1BBB-3,M3.5.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"AAA-0:30:00", "2026-07-01T00:00:00Z", 30},
    /* No rule that is understood: the last offset stays. */
    {"", "2026-07-01T00:00:00Z", 180},
    {"CET", "2026-07-01T00:00:00Z", 180},
    {"AB-1", "2026-07-01T00:00:00Z", 180},
    {"<+05-5", "2026-07-01T00:00:00Z", 180},
    {"CET-x", "2026-07-01T00:00:00Z", 180},
    {"CET-1:", "2026-07-01T00:00:00Z", 180},
    {"CET-1:0:", "2026-07-01T00:00:00Z", 180},
    {"CET-1CE", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST-", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,J60,J300", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M13.5.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M0.5.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.6.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.0.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.9.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.5.7,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.5.0/,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.5.0,M10.5.0 ", "2026-07-01T00:00:00Z", 180},
    {"cet{-1", "2026-07-01T00:00:00Z", 180},
    {"CET-1000", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,3.5.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M.5.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.x.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.5,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.5.x,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST;M3.5.0,M10.5.0", "2026-07-01T00:00:00Z", 180},
    {"CET-1CEST,M3.5.0,M10.5.0!", "2026-07-01T00:00:00Z", 180},
};

static void offsets_of_rules(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct file file;
        struct str text = made(&file, 1, 3, rules[i].footer);
        int64_t offset = zone_offset(text, at(rules[i].at)).ms;
        if (offset != rules[i].minutes * INT64_C(60000)) {
            fail_msg("%s at %s: %lld", rules[i].footer, rules[i].at, (long long)offset / 60000);
        }
    }
}

static void offsets_before_the_last_transition(void **state) {
    (void)state;
    struct file file;
    struct str text = made(&file, -7, 3, "UTC0");
    assert_int_equal(zone_offset(text, at("1999-12-31T23:59:59Z")).ms, -7 * 3600000);
    assert_int_equal(zone_offset(text, at("2000-01-01T00:00:00Z")).ms, 0);
}

static void what_is_no_file_is_utc(void **state) {
    (void)state;
    struct file file;
    struct str text = made(&file, 1, 1, BERLIN);
    size_t needed = text.len - strlen("\n" BERLIN "\n");
    for (size_t len = 0; len < text.len; len++) {
        assert_int_equal(zone_file_is_valid(str_first(text, len)), len >= needed);
    }
    assert_int_equal(zone_offset(str_first(text, needed - 1), at("2026-07-01T00:00:00Z")).ms, 0);
    struct file bad = file;
    bad.bytes[4] = '1'; /* of the first version, without 64 bits */
    assert_false(zone_file_is_valid(str_of(bad.bytes, bad.len)));
    bad = file;
    bad.bytes[0] = 'X';
    assert_false(zone_file_is_valid(str_of(bad.bytes, bad.len)));
    bad = file;
    bad.bytes[44 + 44 + 8] = 2; /* a type that is none */
    assert_false(zone_file_is_valid(str_of(bad.bytes, bad.len)));
    for (size_t i = 20; i < 44; i++) { /* counts that are far too large, or negative */
        for (size_t part = 0; part < 2; part++) {
            bad = file;
            bad.bytes[part * 44 + i] = (char)0xff;
            (void)zone_offset(str_of(bad.bytes, bad.len), at("2026-07-01T00:00:00Z"));
            bad.bytes[part * 44 + i] = 0x7f;
            (void)zone_offset(str_of(bad.bytes, bad.len), at("2026-07-01T00:00:00Z"));
        }
    }
}

static void names_lead_nowhere_else(void **state) {
    (void)state;
    static const char *const good[] = {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires",
                                       "Etc/GMT+5", "America/Port-au-Prince"};
    static const char *const bad[] = {"",       "/etc/passwd", "../x", "Europe/../x", "a b",
                                      "Zürich", "a\n",         "a.b",  "a{b"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(zone_name_is_valid(str_from_cstr(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(zone_name_is_valid(str_from_cstr(bad[i])));
    }
    char name[66];
    memset(name, 'a', sizeof name);
    assert_true(zone_name_is_valid(str_of(name, 64)));
    assert_false(zone_name_is_valid(str_of(name, 65)));
}

static void office_hours(void **state) {
    (void)state;
    static const struct {
        const char *footer, *from, *before, *at;
    } cases[] = {
        /* A Wednesday: in the morning, at nine, a moment later. */
        {BERLIN, "2026-03-04T05:00:00Z", "2026-04-01T00:00:00Z", "2026-03-04T08:00:00Z"},
        {BERLIN, "2026-03-04T08:00:00Z", "2026-04-01T00:00:00Z", "2026-03-04T08:00:00Z"},
        {BERLIN, "2026-03-04T08:00:01Z", "2026-04-01T00:00:00Z", "2026-03-05T08:00:00Z"},
        {BERLIN, "2026-07-01T05:00:00Z", "2026-08-01T00:00:00Z", "2026-07-01T07:00:00Z"},
        {NEW_YORK, "2026-03-04T05:00:00Z", "2026-04-01T00:00:00Z", "2026-03-04T14:00:00Z"},
        {SYDNEY, "2026-03-03T22:30:00Z", "2026-04-01T00:00:00Z", "2026-03-04T22:00:00Z"},
        /* From Friday's afternoon to Monday, over the change of clocks. */
        {BERLIN, "2026-03-27T12:00:00Z", "2026-04-01T00:00:00Z", "2026-03-30T07:00:00Z"},
        {BERLIN, "2026-03-28T05:00:00Z", "2026-04-01T00:00:00Z", "2026-03-30T07:00:00Z"},
        /* What ends on Sunday is told on Saturday; what ends before nine, at once. */
        {BERLIN, "2026-03-06T12:00:00Z", "2026-03-08T12:00:00Z", "2026-03-07T08:00:00Z"},
        {BERLIN, "2026-03-06T12:00:00Z", "2026-03-07T08:00:00Z", "2026-03-06T12:00:00Z"},
        {BERLIN, "2026-03-06T12:00:00Z", "2026-03-06T12:00:00Z", "2026-03-06T12:00:00Z"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct file file;
        struct str text = made(&file, 1, 1, cases[i].footer);
        struct instant hour = zone_office_hour(text, at(cases[i].from), at(cases[i].before));
        if (!instant_equal(hour, at(cases[i].at))) {
            fail_msg("%s from %s: %lld", cases[i].footer, cases[i].from, (long long)hour.ms);
        }
    }
    struct instant utc =
        zone_office_hour(STR(""), at("2026-03-04T05:00:00Z"), at("2026-04-01T00:00:00Z"));
    assert_true(instant_equal(utc, at("2026-03-04T09:00:00Z")));
}

/* Days of Berlin, New York, of a zone that changes clocks at midnight either way, and of half
 * hours.
 */
static void days_on_the_wall(UNUSED void **state) {
    static const struct {
        const char *footer, *at, *start;
        int hours;
    } cases[] = {
        {BERLIN, "2026-01-15T12:00:00Z", "2026-01-14T23:00:00Z", 24},
        {BERLIN, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", 23},
        {BERLIN, "2026-10-24T22:00:00Z", "2026-10-24T22:00:00Z", 25},
        {BERLIN, "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z", 25},
        {BERLIN, "2026-10-25T23:00:00Z", "2026-10-25T23:00:00Z", 24},
        {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", 25},
        {"CST5CDT,M3.2.0/0,M11.1.0/1", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", 23},
        {"CST5CDT,M3.2.0/0,M11.1.0/1", "2026-11-01T04:30:00Z", "2026-11-01T04:00:00Z", 25},
        {"CST5CDT,M3.2.0/0,M11.1.0/1", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", 25},
        {"IST-5:30", "2026-06-10T18:29:59Z", "2026-06-09T18:30:00Z", 24},
        {"IST-5:30", "2026-06-10T18:30:00Z", "2026-06-10T18:30:00Z", 24},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct file file;
        struct str text = made(&file, 1, 1, cases[i].footer);
        struct period day = zone_day(text, at(cases[i].at));
        assert_true(instant_equal(day.start, at(cases[i].start)));
        assert_int_equal(period_length(day).ms, duration_hours(cases[i].hours).ms);
    }
    struct period utc = zone_day(STR(""), at("2026-03-04T05:00:00Z"));
    assert_true(period_equal(utc, period_day_containing(at("2026-03-04T05:00:00Z"))));
    struct file wild;
    struct str no_clock = made(&wild, 1, 1, "AAA400BBB-400,M3.5.0,M10.5.0");
    for (int day = 0; day < 366; day++) {
        struct instant then = instant_add(at("2026-01-01T00:00:00Z"), duration_days(day));
        assert_true(period_contains(zone_day(no_clock, then), then));
    }
    assert_true(
        instant_is_before(zone_day(STR(""), INSTANT_MIN).start, at("0003-01-01T00:00:00Z")));
    assert_true(instant_is_before(at("9997-01-01T00:00:00Z"), zone_day(STR(""), INSTANT_MAX).end));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_of_rules),
        cmocka_unit_test(offsets_before_the_last_transition),
        cmocka_unit_test(what_is_no_file_is_utc),
        cmocka_unit_test(names_lead_nowhere_else),
        cmocka_unit_test(office_hours),
        cmocka_unit_test(days_on_the_wall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
