/* Guards: nothing is kept shorter than it must be; years count from their end; what is over is over
 * to the day. */
#include "core/retention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rfc3339.h"

static struct instant at(const char *text) {
    struct instant instant;
    assert_true(rfc3339_parse(str_from_cstr(text), &instant.ms));
    return instant;
}

static struct calendar_step period(const char *text) {
    struct calendar_step step;
    assert_true(retention_period_parse(str_from_cstr(text), &step));
    return step;
}

static void every_kind_says_all_of_itself(void **state) {
    (void)state;
    for (int i = 0; i < RETENTION_KIND_COUNT; i++) {
        const struct retention_info *info = retention_info_of((enum retention_kind)i);
        struct calendar_step step;
        assert_true(strlen(info->name) > 0 && strlen(info->what) > 0);
        assert_true(strlen(info->why) > 0 && strlen(info->from) > 0);
        bool has_period = retention_period_parse(str_from_cstr(info->period), &step);
        assert_int_equal(has_period, info->how != RETENTION_STAYS);
        if (retention_is_setting((enum retention_kind)i)) {
            assert_false(retention_is_shorter(period(info->period), period(info->minimum)));
        }
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(info->name, retention_info_of((enum retention_kind)j)->name);
        }
    }
}

static void by_default_no_period_is_below_what_the_law_wants(void **state) {
    (void)state;
    const enum retention_kind kinds[] = {RETENTION_BOOKS, RETENTION_INVOICES, RETENTION_LETTERS};
    for (size_t i = 0; i < retention_country_count; i++) {
        const struct retention_country *country = &retention_countries[i];
        assert_ptr_equal(retention_country_find(str_from_cstr(country->code)), country);
        struct retention_policy policy = retention_policy_default(country);
        for (size_t j = 0; j < ARRAY_LEN(kinds); j++) {
            struct calendar_step least = period(retention_minimum(country, kinds[j]));
            assert_false(retention_is_shorter(policy.periods[kinds[j]], least));
            least = period(retention_minimum(NULL, kinds[j]));
            assert_false(retention_is_shorter(policy.periods[kinds[j]], least));
        }
    }
    assert_null(retention_country_find(STR("US")));
    assert_null(retention_country_find(STR("de")));
}

static void periods_are_whole_days_and_print_as_they_are_read(void **state) {
    (void)state;
    static const char *const fit[] = {"P10Y", "P1Y6M", "P30D", "P2M", "P1Y2M3D", "P0D", "P100Y"};
    for (size_t i = 0; i < ARRAY_LEN(fit); i++) {
        char text[RETENTION_PERIOD_SIZE];
        retention_period_text(period(fit[i]), text);
        assert_string_equal(text, fit[i]);
    }
    char text[RETENTION_PERIOD_SIZE];
    retention_period_text(period("P2W"), text);
    assert_string_equal(text, "P14D");
    retention_period_text(period("P18M"), text);
    assert_string_equal(text, "P1Y6M");
    static const char *const unfit[] = {"",      "P",     "10Y",  "P101Y",   "P1YT1H", "PT24M",
                                        "PT48H", "P1.5Y", "P-1Y", "P36526D", "P1D1Y"};
    struct calendar_step step;
    for (size_t i = 0; i < ARRAY_LEN(unfit); i++) {
        assert_false(retention_period_parse(str_from_cstr(unfit[i]), &step));
    }
}

static void shorter_means_by_the_longest_year(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool is;
    } rows[] = {
        {"P365D", "P12M", true}, {"P366D", "P12M", false}, {"P12M", "P1Y", false},
        {"P1Y", "P366D", false}, {"P1M", "P32D", true},    {"P1M", "P31D", false},
        {"P0D", "P1D", true},    {"P9Y", "P10Y", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(retention_is_shorter(period(rows[i].a), period(rows[i].b)), rows[i].is);
    }
}

static void what_is_older_than_the_cutoff_has_had_its_time(void **state) {
    (void)state;
    struct retention_policy policy = retention_policy_default(NULL);
    policy.periods[RETENTION_ORIGINS] = period("P1Y1M1D");
    assert_int_equal(retention_cutoff(&policy, RETENTION_ORIGINS, at("2027-03-31T12:00:00Z")).ms,
                     at("2026-02-27T12:00:00Z").ms);
    assert_int_equal(retention_cutoff(&policy, RETENTION_MAIL_TEXTS, at("2026-03-31T00:00:00Z")).ms,
                     at("2026-03-01T00:00:00Z").ms);
}

static void books_go_years_after_the_year_of_the_newest(void **state) {
    (void)state;
    static const struct {
        const char *country, *invoice, *letter, *due;
    } rows[] = {
        {"", "2026-01-01T00:00:00Z", NULL, "2037-01-01T00:00:00Z"},
        {"", "2026-12-31T23:59:59Z", NULL, "2037-01-01T00:00:00Z"},
        {"", "2028-02-29T10:00:00Z", NULL, "2039-01-01T00:00:00Z"},
        {"DE", "2026-06-01T00:00:00Z", NULL, "2037-01-01T00:00:00Z"},
        {"DE", NULL, "2026-06-01T00:00:00Z", "2033-01-01T00:00:00Z"},
        {"DE", "2026-06-01T00:00:00Z", "2031-06-01T00:00:00Z", "2038-01-01T00:00:00Z"},
        {"NL", "2026-06-01T00:00:00Z", "2025-06-01T00:00:00Z", "2034-01-01T00:00:00Z"},
        {"", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct retention_policy policy =
            retention_policy_default(retention_country_find(str_from_cstr(rows[i].country)));
        struct retention_books books = {
            .has_invoice = rows[i].invoice != NULL,
            .has_letter = rows[i].letter != NULL,
        };
        books.invoice = books.has_invoice ? at(rows[i].invoice) : books.invoice;
        books.letter = books.has_letter ? at(rows[i].letter) : books.letter;
        struct instant due = {0};
        assert_int_equal(retention_books_due(&policy, &books, &due), rows[i].due != NULL);
        if (rows[i].due != NULL) {
            assert_int_equal(due.ms, at(rows[i].due).ms);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_says_all_of_itself),
        cmocka_unit_test(by_default_no_period_is_below_what_the_law_wants),
        cmocka_unit_test(periods_are_whole_days_and_print_as_they_are_read),
        cmocka_unit_test(shorter_means_by_the_longest_year),
        cmocka_unit_test(what_is_older_than_the_cutoff_has_had_its_time),
        cmocka_unit_test(books_go_years_after_the_year_of_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
