#include "core/appearance.h"

#include "base/check.h"

struct habit {
    enum language language;
    int first_weekday;
};

const char *const appearance_locales[] = {"de-AT", "de-CH", "de-DE", "de-LI", "de-LU", "en-AU",
                                          "en-CA", "en-CH", "en-DE", "en-GB", "en-IE", "en-IN",
                                          "en-NZ", "en-SE", "en-US", "en-ZA", NULL};

/* By place, as the tags. */
static const struct habit habits[] = {
    {LANGUAGE_DE, WEEKDAY_MONDAY}, {LANGUAGE_DE, WEEKDAY_MONDAY}, {LANGUAGE_DE, WEEKDAY_MONDAY},
    {LANGUAGE_DE, WEEKDAY_MONDAY}, {LANGUAGE_DE, WEEKDAY_MONDAY}, {LANGUAGE_EN, WEEKDAY_MONDAY},
    {LANGUAGE_EN, WEEKDAY_SUNDAY}, {LANGUAGE_EN, WEEKDAY_MONDAY}, {LANGUAGE_EN, WEEKDAY_MONDAY},
    {LANGUAGE_EN, WEEKDAY_MONDAY}, {LANGUAGE_EN, WEEKDAY_MONDAY}, {LANGUAGE_EN, WEEKDAY_SUNDAY},
    {LANGUAGE_EN, WEEKDAY_MONDAY}, {LANGUAGE_EN, WEEKDAY_MONDAY}, {LANGUAGE_EN, WEEKDAY_SUNDAY},
    {LANGUAGE_EN, WEEKDAY_SUNDAY},
};
enum { LOCALE_COUNT = ARRAY_LEN(habits) };
static_assert(ARRAY_LEN(appearance_locales) == LOCALE_COUNT + 1, "a habit for each locale");

int appearance_locale_find(struct str tag) {
    for (int i = 0; i < LOCALE_COUNT; i++) {
        if (str_equal(tag, str_from_cstr(appearance_locales[i]))) {
            return i;
        }
    }
    return -1;
}

enum language appearance_language(int locale) {
    check(locale >= 0);
    check(locale < LOCALE_COUNT);
    return habits[locale].language;
}

int appearance_first_weekday(int locale) {
    check(locale >= 0);
    check(locale < LOCALE_COUNT);
    int weekday = habits[locale].first_weekday;
    check(weekday >= WEEKDAY_MONDAY);
    check(weekday <= WEEKDAY_SUNDAY);
    return weekday;
}

bool appearance_zone_fits(struct str name) {
    static const char *const folders[] = {"posix/", "right/"};
    static const char *const others[] = {"Factory", "localtime", "posixrules"};
    bool fits = name.len > 0;
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        fits = fits && !str_starts_with(name, str_from_cstr(folders[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        fits = fits && !str_equal(name, str_from_cstr(others[i]));
    }
    return fits;
}
