/* Guards: each locale has a language that the pages have and a first weekday, and no zone is taken
 * that a browser could not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/appearance.h"

static void test_locales(UNUSED void **state) {
    for (int i = 0; appearance_locales[i] != NULL; i++) {
        struct str tag = str_from_cstr(appearance_locales[i]);
        assert_int_equal(appearance_locale_find(tag), i);
        assert_true(str_starts_with(tag, str_from_cstr(language_name(appearance_language(i)))));
        assert_in_range(appearance_first_weekday(i), WEEKDAY_MONDAY, WEEKDAY_SUNDAY);
    }
    assert_int_equal(appearance_first_weekday(appearance_locale_find(STR("en-US"))),
                     WEEKDAY_SUNDAY);
    assert_int_equal(appearance_first_weekday(appearance_locale_find(STR("en-GB"))),
                     WEEKDAY_MONDAY);
    assert_int_equal(appearance_locale_find(STR("fr-FR")), -1);
    assert_int_equal(appearance_locale_find(STR("de")), -1);
    assert_int_equal(appearance_locale_find(STR("")), -1);
}

static void test_zones(UNUSED void **state) {
    assert_true(appearance_zone_fits(STR("Europe/Berlin")));
    assert_true(appearance_zone_fits(STR("UTC")));
    assert_false(appearance_zone_fits(STR("")));
    assert_false(appearance_zone_fits(STR("right/Europe/Berlin")));
    assert_false(appearance_zone_fits(STR("posix/Europe/Berlin")));
    assert_false(appearance_zone_fits(STR("localtime")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locales),
        cmocka_unit_test(test_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
