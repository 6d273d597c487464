/* Guards: amounts and dates read as people of each language write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/rfc3339.h"
#include "core/locale.h"

#define NBSP "\xC2\xA0"

#define TEXT(name)                                                                                 \
    char name##_bytes[LOCALE_TEXT_SIZE];                                                           \
    struct text name;                                                                              \
    text_init(&name, name##_bytes, sizeof name##_bytes)

static void money_is_written_by_language(void **state) {
    (void)state;
    static const struct {
        int64_t minor;
        const char *currency, *en, *de;
    } table[] = {
        {0, "usd", "$0.00", "0,00" NBSP "$"},
        {5, "usd", "$0.05", "0,05" NBSP "$"},
        {2900, "usd", "$29.00", "29,00" NBSP "$"},
        {123456789, "eur", "€1,234,567.89", "1.234.567,89" NBSP "€"},
        {-100000, "gbp", "-£1,000.00", "-1.000,00" NBSP "£"},
        {1234, "jpy", "¥1,234", "1.234" NBSP "¥"},
        {1234567, "kwd", "KWD" NBSP "1,234.567", "1.234,567" NBSP "KWD"},
        {MONEY_MINOR_MAX, "usd", "$90,071,992,547,409.92", "90.071.992.547.409,92" NBSP "$"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct currency currency;
        TEXT(en);
        TEXT(de);
        assert_true(currency_parse(str_from_cstr(table[i].currency), &currency));
        locale_money(&en, LANGUAGE_EN, money_of(table[i].minor, currency));
        locale_money(&de, LANGUAGE_DE, money_of(table[i].minor, currency));
        assert_string_equal(en.bytes, table[i].en);
        assert_string_equal(de.bytes, table[i].de);
        assert_true(text_fits(&en) && text_fits(&de));
    }
}

static void quantities_are_written_in_units_that_people_know(void **state) {
    (void)state;
    static const struct {
        enum metric metric;
        int64_t amount;
        const char *en, *de;
    } table[] = {
        {METRIC_API_REQUESTS, 10000, "10,000", "10.000"},
        {METRIC_API_REQUESTS, LIMIT_AMOUNT, "9,007,199,254,740,992", "9.007.199.254.740.992"},
        {METRIC_MODULES, 3, "3", "3"},
        {METRIC_DEPLOYMENTS, 999, "999", "999"},
        {METRIC_COLLABORATORS, -2, "-2", "-2"},
        {METRIC_BANDWIDTH, 999, "999" NBSP "B", "999" NBSP "B"},
        {METRIC_BANDWIDTH, 1000, "1" NBSP "kB", "1" NBSP "kB"},
        {METRIC_BANDWIDTH, 1999999, "1.9" NBSP "MB", "1,9" NBSP "MB"},
        {METRIC_BANDWIDTH, INT64_C(110000000000), "110" NBSP "GB", "110" NBSP "GB"},
        {METRIC_STORAGE, INT64_C(1234500000000000), "1,234.5" NBSP "TB", "1.234,5" NBSP "TB"},
        {METRIC_BUILD_MINUTES, 6000, "100", "100"},
        {METRIC_BUILD_MINUTES, 90, "1.5", "1,5"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        TEXT(en);
        TEXT(de);
        locale_quantity(&en, LANGUAGE_EN, table[i].metric, quantity_of(table[i].amount));
        locale_quantity(&de, LANGUAGE_DE, table[i].metric, quantity_of(table[i].amount));
        assert_string_equal(en.bytes, table[i].en);
        assert_string_equal(de.bytes, table[i].de);
    }
}

static void dates_are_written_in_words(void **state) {
    (void)state;
    static const struct {
        const char *instant, *en, *de;
    } table[] = {
        {"2026-03-01T09:05:59.999Z", "1 March 2026, 09:05 UTC", "1. März 2026, 09:05 Uhr UTC"},
        {"2024-02-29T00:00:00Z", "29 February 2024, 00:00 UTC", "29. Februar 2024, 00:00 Uhr UTC"},
        {"9999-12-31T23:59:59Z", "31 December 9999, 23:59 UTC", "31. Dezember 9999, 23:59 Uhr UTC"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct instant instant;
        TEXT(en);
        TEXT(de);
        assert_true(rfc3339_parse(str_from_cstr(table[i].instant), &instant.ms));
        locale_instant(&en, LANGUAGE_EN, instant);
        locale_instant(&de, LANGUAGE_DE, instant);
        assert_string_equal(en.bytes, table[i].en);
        assert_string_equal(de.bytes, table[i].de);
    }
}

static void every_word_exists_in_every_language(void **state) {
    (void)state;
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        enum language language = (enum language)i;
        enum language again;
        assert_true(language_parse(str_from_cstr(language_name(language)), &again));
        assert_int_equal(again, language);
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            assert_true(locale_metric(language, (enum metric)metric)[0] != '\0');
        }
        for (int interval = 0; interval < INTERVAL_COUNT; interval++) {
            assert_true(locale_interval(language, (enum interval)interval)[0] != '\0');
        }
    }
    enum language language = LANGUAGE_EN;
    assert_false(language_parse(STR("fr"), &language));
    assert_false(language_parse(STR(""), &language));
}

static void counts_have_their_sign(void **state) {
    (void)state;
    TEXT(text);
    locale_count(&text, LANGUAGE_EN, -1234567);
    assert_string_equal(text.bytes, "-1,234,567");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_written_by_language),
        cmocka_unit_test(quantities_are_written_in_units_that_people_know),
        cmocka_unit_test(dates_are_written_in_words),
        cmocka_unit_test(every_word_exists_in_every_language),
        cmocka_unit_test(counts_have_their_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
