/* What is aimed at, and when the present trend arrives there. */
#ifndef CORE_REVENUE_TARGET_H
#define CORE_REVENUE_TARGET_H

#include "core/revenue_figure.h"

/* Of the first year; the last two are no aims but what figures rest on, and have no default. */
enum revenue_aim {
    REVENUE_AIM_FREE,
    REVENUE_AIM_STARTER,
    REVENUE_AIM_PROFESSIONAL,
    REVENUE_AIM_ENTERPRISE,
    REVENUE_AIM_MRR,
    REVENUE_AIM_ARR,
    REVENUE_AIM_CONVERSION, /* of a month's sign-ups within 30 days */
    REVENUE_AIM_EXPANSION,  /* of twelve months, of their opening */
    REVENUE_AIM_LOGO_CHURN, /* of a month; less is better */
    REVENUE_AIM_LTV_TO_CAC,
    REVENUE_GIVEN_MARGIN, /* gross, in hundredths of a percent */
    REVENUE_GIVEN_LAG,    /* months from spend to the customers that it wins */
};
enum {
    REVENUE_AIM_COUNT = REVENUE_AIM_LTV_TO_CAC + 1,
    REVENUE_GIVEN_COUNT = REVENUE_GIVEN_LAG + 1
};

struct revenue_aim_info {
    const char *name;
    int64_t value; /* of the first year, in the unit of its figure; of what is given: unused */
    int64_t min, max;
    bool is_less_better;
};
const struct revenue_aim_info *revenue_aim_info(enum revenue_aim aim);
MUST_USE bool revenue_aim_parse(struct str name, enum revenue_aim *ret_aim);

/* A straight line through what is now and what was some months ago. */
struct revenue_course {
    int64_t before, now, months; /* between them, 1.. */
    int64_t target;
    bool is_less_better;
    struct revenue_day today;
};
/* The change of a month, rounded half to even. */
int64_t revenue_trend(const struct revenue_course *course);
/* The day, since 1970, on which the line reaches the target: today when it is reached; no base when
 * it does not lead there within a hundred years. Months are of 365 / 12 days. */
struct revenue_figure revenue_arrival(const struct revenue_course *course);

#endif
