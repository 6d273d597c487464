/* Guards: the aims of the first year are those that were said, and the day of arrival is where the
 * line of the last months meets them, or none. */
#include "core/revenue_target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_first_year_is_as_it_was_said(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int64_t value;
    } aims[] = {{"free", 10000},     {"starter", 500},   {"professional", 200}, {"enterprise", 20},
                {"mrr", 4430000},    {"arr", 53160000},  {"conversion", 500},   {"expansion", 2000},
                {"logo_churn", 500}, {"ltv_to_cac", 300}};
    assert_int_equal(sizeof aims / sizeof *aims, REVENUE_AIM_COUNT);
    for (size_t i = 0; i < REVENUE_AIM_COUNT; i++) {
        enum revenue_aim aim;
        assert_true(revenue_aim_parse(str_from_cstr(aims[i].name), &aim));
        const struct revenue_aim_info *info = revenue_aim_info(aim);
        assert_int_equal(aim, i);
        assert_int_equal(info->value, aims[i].value);
        assert_true(info->min <= info->value && info->value <= info->max);
        assert_int_equal(info->is_less_better, aim == REVENUE_AIM_LOGO_CHURN);
    }
    enum revenue_aim none = REVENUE_AIM_MRR;
    assert_false(revenue_aim_parse(STR("happiness"), &none));
    assert_false(revenue_aim_parse(STR(""), &none));
    assert_true(revenue_aim_parse(STR("gross_margin"), &none));
    assert_int_equal(none, REVENUE_GIVEN_MARGIN);
}

static void a_line_leads_to_a_day(void **state) {
    (void)state;
    static const struct {
        struct revenue_course course;
        int64_t trend;
        enum revenue_known known;
        int64_t day;
    } cases[] = {
        {{100, 400, 3, 500, false, {1000}}, 100, REVENUE_KNOWN, 1031},
        {{100, 400, 3, 1600, false, {1000}}, 100, REVENUE_KNOWN, 1365},
        {{100, 400, 3, 400, false, {1000}}, 100, REVENUE_KNOWN, 1000},
        {{100, 400, 3, 399, false, {1000}}, 100, REVENUE_KNOWN, 1000},
        {{400, 100, 3, 500, false, {1000}}, -100, REVENUE_NO_BASE, 0},
        {{400, 400, 3, 500, false, {1000}}, 0, REVENUE_NO_BASE, 0},
        {{900, 600, 3, 500, true, {1000}}, -100, REVENUE_KNOWN, 1031},
        {{900, 400, 3, 500, true, {1000}}, -167, REVENUE_KNOWN, 1000},
        {{600, 900, 3, 500, true, {1000}}, 100, REVENUE_NO_BASE, 0},
        {{0, 1, 3, 1000000, false, {1000}}, 0, REVENUE_NO_BASE, 0},
        {{0, MONEY_MINOR_MAX, 1, MONEY_MINOR_MAX, false, {0}}, MONEY_MINOR_MAX, REVENUE_KNOWN, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct revenue_figure figure = revenue_arrival(&cases[i].course);
        assert_int_equal(revenue_trend(&cases[i].course), cases[i].trend);
        assert_int_equal(figure.known, cases[i].known);
        assert_int_equal(figure.value, cases[i].day);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_year_is_as_it_was_said),
        cmocka_unit_test(a_line_leads_to_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
