#include "core/usage_alert.h"

#include "base/check.h"
#include "base/int128.h"

static const char *const basis_names[] = {
    [USAGE_ALERT_LIMIT] = "limit",
    [USAGE_ALERT_QUANTITY] = "quantity",
    [USAGE_ALERT_MONEY] = "money",
};
static_assert(ARRAY_LEN(basis_names) == USAGE_ALERT_BASIS_COUNT, "every basis has its name");
static_assert(USAGE_ALERT_THRESHOLDS_MAX < 32, "a bit for each threshold");

const char *usage_alert_basis_name(enum usage_alert_basis basis) {
    check((unsigned)basis < ARRAY_LEN(basis_names));
    return basis_names[basis];
}

bool usage_alert_thresholds_are_valid(const struct usage_alert_thresholds *thresholds) {
    int32_t before = 0;
    if (thresholds->count == 0 || thresholds->count > USAGE_ALERT_THRESHOLDS_MAX) {
        return false;
    }
    for (size_t i = 0; i < thresholds->count; i++) {
        int32_t percent = thresholds->percents[i];
        if (percent <= before || percent > USAGE_ALERT_PERCENT_MAX) {
            return false;
        }
        before = percent;
    }
    return true;
}

int64_t usage_alert_line(int32_t percent, int64_t base) {
    check(percent > 0);
    check(base > 0);
    i128 line = ((i128)base * percent + 99) / 100; /* rounded up */
    return line > INT64_MAX ? INT64_MAX : (int64_t)line;
}

/* A gauge at or below it lets the threshold be told again. */
static int64_t rearm_line(int32_t percent, int64_t base) {
    int32_t points = percent - LIMIT_REARM_POINTS;
    return points <= 0 ? 0 : (int64_t)((i128)base * points / 100);
}

struct usage_alert_judgement usage_alert_judge(const struct usage_alert_thresholds *thresholds,
                                               const struct usage_alert_level *level,
                                               unsigned told) {
    check(usage_alert_thresholds_are_valid(thresholds));
    check(told < 1U << thresholds->count);
    struct usage_alert_judgement judged = {.falls_at = INT64_MIN, .rises_at = INT64_MAX};
    int64_t value = level->value > 0 ? level->value : 0;
    for (size_t i = 0; level->base > 0 && i < thresholds->count; i++) {
        unsigned bit = 1U << i;
        int64_t line = usage_alert_line(thresholds->percents[i], level->base);
        int64_t rearm = rearm_line(thresholds->percents[i], level->base);
        bool is_reached = value >= line;
        judged.reached |= is_reached ? bit : 0;
        judged.fires |= is_reached && (told & bit) == 0 ? bit : 0;
        judged.rearms |= level->is_gauge && (told & bit) != 0 && value <= rearm ? bit : 0;
        bool is_told = ((told | judged.fires) & ~judged.rearms & bit) != 0;
        if (!is_told && line < judged.rises_at) {
            judged.rises_at = line;
        }
        if (is_told && level->is_gauge && rearm + 1 > judged.falls_at) {
            judged.falls_at = rearm + 1;
        }
    }
    check((judged.fires & told) == 0);
    check((judged.rearms & ~told) == 0);
    check((judged.fires & ~judged.reached) == 0);
    check(judged.rises_at > value);
    check(judged.falls_at <= value);
    return judged;
}

struct limit usage_alert_capped(struct limit plan, const int64_t *amount) {
    bool is_bounded = limit_is_bounded(plan);
    if (amount == NULL ? !is_bounded : is_bounded && *amount > plan.amount.amount) {
        return plan;
    }
    check(amount == NULL || *amount >= 0);
    return (struct limit){
        .kind = LIMIT_CAP,
        .amount = quantity_of(amount == NULL ? plan.amount.amount : *amount),
        .soft_limit_percent = LIMIT_PERCENT_MIN,
    };
}
