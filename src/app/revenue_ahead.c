/* Where revenue goes: aims and when they are reached, what the present course leads to, and whether
 * the books add up. */
#include "app/revenue_making.h"
#include "app/revenue_proof.h"

#include "base/check.h"
#include "core/revenue_target.h"
#include "store/revenue_entered.h"

enum { COURSE_MONTHS = 3, AHEAD_MONTHS = 12, ENTRIES_MAX = 64 };

/* --- targets --- */

struct plan_of_aim {
    int tier;
};

static bool is_of_tier(const struct revenue_sum *sum, const void *context) {
    const struct plan_of_aim *plan = context;
    return sum->tier == plan->tier;
}

static struct err holders(struct revenue_making *making, enum tier tier, size_t at,
                          struct revenue_figure *ret_count) {
    const struct plan_of_aim plan = {(int)tier};
    struct revenue_book book;
    TRY(revenue_make_book(making, is_of_tier, &plan, &book));
    const struct revenue_stock *stock = &book.periods[at].closing;
    *ret_count = revenue_value(tier == TIER_FREE ? stock->accounts : stock->paying);
    return OK;
}

/* Of sign-ups in the month before the one that has just passed: 30 days are over. */
static struct err converted(struct revenue_making *making, size_t at,
                            struct revenue_figure *ret_share) {
    enum { DAYS_MAX = 40000, WINDOW = 30 };
    struct row_list list;
    int64_t month = making->book.first + (int64_t)at - 1;
    struct revenue_conversion of = {
        .signups = making->book.periods[at - 1].counts[REVENUE_SIGNUP],
        .last = {revenue_month_first((struct revenue_month){(int32_t)month + 1}).number - 1},
        .as_of = making->query->as_of,
        .window = WINDOW,
    };
    TRY(revenue_conversions(making->tx, making->query->as_of.number, DAYS_MAX, &list));
    const struct revenue_conversion_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct revenue_day day = {(int32_t)rows[i].day};
        of.converted += revenue_month_of(day).number == month ? rows[i].in_30 : 0;
    }
    *ret_share = revenue_converted(&of);
    return OK;
}

static struct revenue_figure expanded(const struct revenue_making *making, size_t at) {
    struct revenue_total expansion = {0};
    size_t first = at + 1 >= REVENUE_MONTHS_OF_YEAR ? at + 1 - REVENUE_MONTHS_OF_YEAR : 0;
    for (size_t i = first; i <= at; i++) {
        expansion = revenue_plus(expansion, making->book.periods[i].moved[REVENUE_EXPANSION]);
    }
    return revenue_share(expansion, making->book.periods[first].opening);
}

static struct err ltv_to_cac(struct revenue_making *making, size_t at,
                             struct revenue_figure *ret_ratio) {
    struct revenue_spend spend;
    struct revenue_worth worth = revenue_make_worth(making, &making->book, at);
    TRY(revenue_make_spend(making, &making->book, at > making->closed ? making->closed : at,
                           &spend));
    *ret_ratio = revenue_ltv_to_cac(&worth, &spend);
    return OK;
}

/* How the aim stood at the end of a month of the book. */
static struct err actual_of(struct revenue_making *making, enum revenue_aim aim, size_t at,
                            struct revenue_figure *ret_actual) {
    const struct revenue_period *period = &making->book.periods[at];
    switch (aim) {
    case REVENUE_AIM_FREE:
        return holders(making, TIER_FREE, at, ret_actual);
    case REVENUE_AIM_STARTER:
        return holders(making, TIER_STARTER, at, ret_actual);
    case REVENUE_AIM_PROFESSIONAL:
        return holders(making, TIER_PROFESSIONAL, at, ret_actual);
    case REVENUE_AIM_ENTERPRISE:
        return holders(making, TIER_ENTERPRISE, at, ret_actual);
    case REVENUE_AIM_MRR:
        *ret_actual = revenue_month_money(making, period->closing.arr);
        return OK;
    case REVENUE_AIM_ARR:
        *ret_actual =
            revenue_value(revenue_yearly(period->closing.arr, making->rates.reporting).minor);
        return OK;
    case REVENUE_AIM_CONVERSION:
        return converted(making, at, ret_actual);
    case REVENUE_AIM_EXPANSION:
        *ret_actual = expanded(making, at);
        return OK;
    case REVENUE_AIM_LOGO_CHURN:
        *ret_actual =
            revenue_logo_churn((struct revenue_churn){period->lost, period->opening_paying});
        return OK;
    case REVENUE_AIM_LTV_TO_CAC:
        return ltv_to_cac(making, at, ret_actual);
    case REVENUE_GIVEN_MARGIN:
    case REVENUE_GIVEN_LAG:
        break;
    }
    check(false);
    return OK;
}

static const enum revenue_unit units[REVENUE_AIM_COUNT] = {
    [REVENUE_AIM_FREE] = REVENUE_IN_COUNT,         [REVENUE_AIM_STARTER] = REVENUE_IN_COUNT,
    [REVENUE_AIM_PROFESSIONAL] = REVENUE_IN_COUNT, [REVENUE_AIM_ENTERPRISE] = REVENUE_IN_COUNT,
    [REVENUE_AIM_MRR] = REVENUE_IN_MONEY,          [REVENUE_AIM_ARR] = REVENUE_IN_MONEY,
    [REVENUE_AIM_CONVERSION] = REVENUE_IN_SHARE,   [REVENUE_AIM_EXPANSION] = REVENUE_IN_SHARE,
    [REVENUE_AIM_LOGO_CHURN] = REVENUE_IN_SHARE,   [REVENUE_AIM_LTV_TO_CAC] = REVENUE_IN_RATIO,
};

static struct err target_of(struct revenue_making *making, enum revenue_aim aim,
                            int64_t *ret_target) {
    struct row_list list;
    const struct revenue_aim_info *info = revenue_aim_info(aim);
    struct instant end = revenue_day_start((struct revenue_day){making->query->as_of.number + 1});
    *ret_target = info->value;
    TRY(revenue_target_list(making->tx, end.ms - 1, ENTRIES_MAX, &list));
    const struct revenue_target_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal(rows[i].name, str_from_cstr(info->name))) {
            *ret_target = rows[i].value;
        }
    }
    return OK;
}

static struct err put_aim(struct revenue_making *making, enum revenue_aim aim) {
    const struct revenue_aim_info *info = revenue_aim_info(aim);
    struct revenue_figure now;
    struct revenue_figure before;
    int64_t target = 0;
    TRY(actual_of(making, aim, making->last, &now));
    TRY(actual_of(making, aim, making->last - COURSE_MONTHS, &before));
    TRY(target_of(making, aim, &target));
    struct revenue_figure *cells = revenue_row_add(making, str_from_cstr(info->name), false);
    if (cells == NULL) {
        return OK;
    }
    making->report->rows[making->report->row_count - 1].unit = (int)units[aim];
    bool has_course = now.known == REVENUE_KNOWN && before.known == REVENUE_KNOWN;
    const struct revenue_course course = {
        before.value, now.value, COURSE_MONTHS, target, info->is_less_better, making->query->as_of};
    cells[0] = now;
    cells[1] = revenue_value(target);
    cells[2] = has_course ? revenue_value(revenue_trend(&course)) : revenue_unknown(now.known);
    cells[3] = has_course ? revenue_arrival(&course) : revenue_unknown(now.known);
    if (!has_course && now.known == REVENUE_KNOWN) {
        cells[2] = cells[3] = revenue_unknown(before.known);
    }
    return OK;
}

struct err revenue_make_targets(struct revenue_making *making) {
    TRY(revenue_make_months(making, true, false));
    bool has_margin = making->assumptions.margin > 0;
    revenue_say(making, "grossMargin", REVENUE_IN_SHARE,
                has_margin ? revenue_value(making->assumptions.margin)
                           : revenue_unknown(REVENUE_NO_MARGIN));
    revenue_say(making, "cacLagMonths", REVENUE_IN_COUNT,
                revenue_value(making->assumptions.lag_months));
    REVENUE_COLUMNS(making, {"actual", REVENUE_IN_COUNT, true}, {"target", REVENUE_IN_COUNT, true},
                    {"trend", REVENUE_IN_COUNT, false}, {"reachedOn", REVENUE_IN_DAYS, false});
    for (int aim = 0; aim < REVENUE_AIM_COUNT; aim++) {
        TRY(put_aim(making, (enum revenue_aim)aim));
    }
    return OK;
}

/* --- forecast --- */

/* Three closed months together. */
static struct revenue_moves course_of(const struct revenue_making *making) {
    struct revenue_moves sum = {.opening = {0}};
    for (size_t i = 0; i < COURSE_MONTHS; i++) {
        struct revenue_moves one = revenue_moves_of(&making->book.periods[making->closed - i]);
        sum.opening = revenue_plus(sum.opening, one.opening);
        for (int kind = 0; kind < REVENUE_MOVEMENTS; kind++) {
            sum.of[kind] = revenue_plus(sum.of[kind], one.of[kind]);
        }
    }
    return sum;
}

/* What stays of it in a month, when as much is lost as lately. */
static struct revenue_total after_losses(struct revenue_total total,
                                         const struct revenue_moves *course) {
    struct revenue_total lost =
        revenue_plus(course->of[REVENUE_CHURN], course->of[REVENUE_CONTRACTION]);
    if (course->opening.value <= 0 || lost.value >= course->opening.value) {
        return (struct revenue_total){course->opening.value <= 0 ? total.value : 0};
    }
    /* In shares of a millionth: exact enough for what nobody knows, and within 128 bits. */
    const i128 one = 1000000;
    i128 stays =
        revenue_round_half_even((course->opening.value - lost.value) * one, course->opening.value);
    return (struct revenue_total){revenue_round_half_even(total.value * stays, one)};
}

struct err revenue_make_forecast(struct revenue_making *making) {
    TRY(revenue_make_months(making, false, false));
    struct revenue_moves course = course_of(making);
    const struct revenue_stock *now = &making->book.periods[making->last].closing;
    struct revenue_total net = revenue_net_new(&course);
    struct revenue_total retained = now->arr;
    revenue_say(making, "mrr", REVENUE_IN_MONEY, revenue_month_money(making, now->arr));
    revenue_say(making, "committedMrr", REVENUE_IN_MONEY,
                revenue_month_money(making, now->committed));
    revenue_say(making, "netNewOfMonth", REVENUE_IN_MONEY,
                revenue_month_money(making, (struct revenue_total){revenue_round_half_even(
                                                net.value, COURSE_MONTHS)}));
    REVENUE_COLUMNS(making, {"trend", REVENUE_IN_MONEY, true},
                    {"retained", REVENUE_IN_MONEY, true});
    for (int64_t ahead = 1; ahead <= AHEAD_MONTHS; ahead++) {
        struct revenue_total line = {now->arr.value +
                                     revenue_round_half_even(net.value * ahead, COURSE_MONTHS)};
        int64_t month = making->book.first + (int64_t)making->last + ahead;
        struct revenue_figure *cells =
            revenue_row_add(making, revenue_month_key(making, month), true);
        retained = after_losses(retained, &course);
        line.value = line.value < 0 ? 0 : line.value;
        if (cells == NULL) {
            return OK;
        }
        cells[0] = revenue_month_money(making, line);
        cells[1] = revenue_month_money(making, retained);
    }
    return OK;
}

/* --- reconciliation --- */

struct err revenue_make_reconciliation(struct revenue_making *making) {
    struct revenue_proof_row sums = {0, 0};
    struct revenue_proof proof;
    TRY(revenue_make_months(making, false, false));
    TRY(revenue_proof_sums(making->tx, revenue_month_of(making->query->as_of), &sums));
    TRY(revenue_proof_read(making->tx, &proof));
    bool was_proved = proof.has_ended;
    revenue_say(making, "differencesOfDays", REVENUE_IN_COUNT, revenue_value(sums.days));
    revenue_say(making, "differencesOfMonths", REVENUE_IN_COUNT, revenue_value(sums.months));
    revenue_say(making, "provedOn", REVENUE_IN_DAYS,
                was_proved ? revenue_value(proof.day) : revenue_unknown(REVENUE_NOT_RECORDED));
    revenue_say(making, "differencesProved", REVENUE_IN_COUNT,
                was_proved ? revenue_value(proof.ended_differences)
                           : revenue_unknown(REVENUE_NOT_RECORDED));
    REVENUE_COLUMNS(making, {"opening", REVENUE_IN_MONEY, false},
                    {"netNew", REVENUE_IN_MONEY, true}, {"transfers", REVENUE_IN_MONEY, false},
                    {"fx", REVENUE_IN_MONEY, false}, {"closing", REVENUE_IN_MONEY, true},
                    {"difference", REVENUE_IN_MONEY, false});
    for (size_t i = making->first; i <= making->last; i++) {
        const struct revenue_period *period = &making->book.periods[i];
        struct revenue_moves moves = revenue_moves_of(period);
        struct revenue_total sum = revenue_plus(period->opening, revenue_net_new(&moves));
        sum = revenue_plus(revenue_plus(sum, period->transfers), period->fx);
        struct revenue_figure *cells =
            revenue_row_add(making, revenue_month_key(making, making->book.first + (int64_t)i),
                            revenue_is_partial(making, i));
        if (cells == NULL) {
            return OK;
        }
        cells[0] = revenue_month_money(making, period->opening);
        cells[1] = revenue_month_money(making, revenue_net_new(&moves));
        cells[2] = revenue_month_money(making, period->transfers);
        cells[3] = revenue_month_money(making, period->fx);
        cells[4] = revenue_month_money(making, period->closing.arr);
        cells[5] = revenue_month_money(making, revenue_minus(sum, period->closing.arr));
    }
    return OK;
}
