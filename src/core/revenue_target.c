#include "core/revenue_target.h"

#include "base/check.h"

enum { DAYS_OF_YEAR = 365, YEARS_MAX = 100 };

static const struct revenue_aim_info infos[REVENUE_GIVEN_COUNT] = {
    [REVENUE_AIM_FREE] = {"free", 10000, 0, MONEY_MINOR_MAX, false},
    [REVENUE_AIM_STARTER] = {"starter", 500, 0, MONEY_MINOR_MAX, false},
    [REVENUE_AIM_PROFESSIONAL] = {"professional", 200, 0, MONEY_MINOR_MAX, false},
    [REVENUE_AIM_ENTERPRISE] = {"enterprise", 20, 0, MONEY_MINOR_MAX, false},
    [REVENUE_AIM_MRR] = {"mrr", 4430000, 0, MONEY_MINOR_MAX, false},
    [REVENUE_AIM_ARR] = {"arr", 53160000, 0, MONEY_MINOR_MAX, false},
    [REVENUE_AIM_CONVERSION] = {"conversion", 500, 0, REVENUE_SHARE, false},
    [REVENUE_AIM_EXPANSION] = {"expansion", 2000, 0, 100 * REVENUE_SHARE, false},
    [REVENUE_AIM_LOGO_CHURN] = {"logo_churn", 500, 0, REVENUE_SHARE, true},
    [REVENUE_AIM_LTV_TO_CAC] = {"ltv_to_cac", 300, 0, 1000 * REVENUE_RATIO, false},
    [REVENUE_GIVEN_MARGIN] = {"gross_margin", 0, 1, REVENUE_SHARE, false},
    [REVENUE_GIVEN_LAG] = {"cac_lag_months", 1, 0, 12, false},
};

const struct revenue_aim_info *revenue_aim_info(enum revenue_aim aim) {
    check((unsigned)aim < REVENUE_GIVEN_COUNT);
    check(infos[aim].name != NULL);
    check(infos[aim].min <= infos[aim].max);
    return &infos[aim];
}

bool revenue_aim_parse(struct str name, enum revenue_aim *ret_aim) {
    for (int aim = 0; aim < REVENUE_GIVEN_COUNT; aim++) {
        if (str_equal(str_from_cstr(infos[aim].name), name)) {
            *ret_aim = (enum revenue_aim)aim;
            return true;
        }
    }
    return false;
}

int64_t revenue_trend(const struct revenue_course *course) {
    check(course->months > 0);
    return (int64_t)revenue_round_half_even((i128)course->now - course->before, course->months);
}

struct revenue_figure revenue_arrival(const struct revenue_course *course) {
    i128 gain = (i128)course->now - course->before;
    i128 missing = (i128)course->target - course->now;
    check(course->months > 0);
    if (course->is_less_better) {
        gain = -gain;
        missing = -missing;
    }
    if (missing <= 0) {
        return revenue_value(course->today.number);
    }
    if (gain <= 0) {
        return revenue_unknown(REVENUE_NO_BASE);
    }
    i128 parts = gain * REVENUE_MONTHS_OF_YEAR;
    i128 days = (missing * course->months * DAYS_OF_YEAR + parts - 1) / parts;
    check(parts > 0);
    check(days > 0); /* something is missing */
    return days > (i128)DAYS_OF_YEAR * YEARS_MAX
               ? revenue_unknown(REVENUE_NO_BASE)
               : revenue_value(course->today.number + (int64_t)days);
}
