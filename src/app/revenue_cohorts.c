/* Customers by when they began: what became of them, and how many of those who signed up paid. */
#include "app/revenue_making.h"

#include <string.h>

#include "base/check.h"

enum { AGES = 25, CELLS_MAX = 100000, DAYS_MAX = 40000 };

static const char *const ages[AGES] = {
    "m0",  "m1",  "m2",  "m3",  "m4",  "m5",  "m6",  "m7",  "m8",  "m9",  "m10", "m11", "m12",
    "m13", "m14", "m15", "m16", "m17", "m18", "m19", "m20", "m21", "m22", "m23", "m24"};

/* The last month of which all is known; of a day that is past, what came later in its month is not
 * counted. */
static int64_t last_month(const struct revenue_making *making, bool *ret_is_partial) {
    struct revenue_day today = revenue_day_of(app_now(making->app));
    bool is_now = making->query->as_of.number >= today.number;
    *ret_is_partial = is_now && making->closed != making->last;
    return making->book.first + (int64_t)(is_now ? making->last : making->closed);
}

struct cohort {
    struct revenue_total mrr[AGES];
    int64_t customers[AGES];
};

static void add_cell(const struct revenue_making *making, const struct revenue_cohort_row *row,
                     struct cohort *cohort) {
    struct currency currency = money_stored(0, row->currency).currency;
    struct instant end = revenue_day_start((struct revenue_day){making->query->as_of.number + 1});
    int64_t number = revenue_quote_at(&making->rates, currency, (struct instant){end.ms - 1});
    struct revenue_rate rate = revenue_rate_of(&making->rates, currency, number);
    /* What came is there from then on. */
    for (int64_t age = row->month - row->cohort; age >= 0 && age < AGES; age++) {
        cohort->mrr[age] =
            revenue_plus(cohort->mrr[age], revenue_at((struct annual){row->amount}, rate));
        cohort->customers[age] += row->basis == REVENUE_BY_SIGNUP ? row->accounts : row->paying;
    }
}

static struct revenue_figure cell_of(const struct revenue_making *making,
                                     const struct cohort *cohort, int64_t age) {
    switch ((enum revenue_measure)making->query->measure) {
    case REVENUE_MEASURE_CUSTOMERS:
        return revenue_value(cohort->customers[age]);
    case REVENUE_MEASURE_MRR:
        return revenue_month_money(making, cohort->mrr[age]);
    case REVENUE_MEASURE_SHARE_OF_CUSTOMERS:
        return revenue_share_of_count(cohort->customers[age], cohort->customers[0]);
    case REVENUE_MEASURE_SHARE_OF_MRR:
        break;
    }
    return revenue_share(cohort->mrr[age], cohort->mrr[0]);
}

static enum revenue_unit unit_of(const struct revenue_making *making) {
    switch ((enum revenue_measure)making->query->measure) {
    case REVENUE_MEASURE_CUSTOMERS:
        return REVENUE_IN_COUNT;
    case REVENUE_MEASURE_MRR:
        return REVENUE_IN_MONEY;
    case REVENUE_MEASURE_SHARE_OF_CUSTOMERS:
    case REVENUE_MEASURE_SHARE_OF_MRR:
        break;
    }
    return REVENUE_IN_SHARE;
}

struct err revenue_make_cohorts(struct revenue_making *making) {
    struct row_list list;
    bool is_partial = false;
    int64_t last = last_month(making, &is_partial);
    TRY(revenue_cohort_list(making->tx, (enum revenue_basis)making->query->basis, last, CELLS_MAX,
                            &list));
    REVENUE_COLUMNS(making, {"customers", REVENUE_IN_COUNT, false});
    for (size_t age = 0; age < AGES; age++) {
        REVENUE_COLUMNS(making, {ages[age], unit_of(making), age < 1});
    }
    const struct revenue_cohort_row *rows = list.items;
    for (size_t i = making->first; i <= making->last; i++) {
        int64_t month = making->book.first + (int64_t)i;
        struct cohort cohort = {.customers = {0}};
        for (size_t k = 0; k < list.count; k++) {
            if (rows[k].cohort == month) {
                add_cell(making, &rows[k], &cohort);
            }
        }
        struct revenue_figure *cells =
            month > last ? NULL
                         : revenue_row_add(making, revenue_month_key(making, month), is_partial);
        for (int64_t age = 0; cells != NULL && age < AGES; age++) {
            cells[0] = revenue_value(cohort.customers[0]);
            cells[1 + age] = month + age > last ? revenue_unknown(REVENUE_TOO_RECENT)
                                                : cell_of(making, &cohort, age);
        }
    }
    return OK;
}

/* --- conversion --- */

struct converted {
    int64_t in_14, in_30, in_90, ever;
};

static struct converted of_month(const struct row_list *list, int64_t month) {
    struct converted sum = {0};
    const struct revenue_conversion_row *rows = list->items;
    for (size_t i = 0; i < list->count; i++) {
        struct revenue_day day = {(int32_t)rows[i].day};
        if (revenue_month_of(day).number == month) {
            sum.in_14 += rows[i].in_14;
            sum.in_30 += rows[i].in_30;
            sum.in_90 += rows[i].in_90;
            sum.ever += rows[i].ever;
        }
    }
    return sum;
}

static struct revenue_figure within(const struct revenue_making *making, int64_t month,
                                    int64_t converted, int32_t window) {
    struct revenue_day next = revenue_month_first((struct revenue_month){(int32_t)month + 1});
    const struct revenue_conversion of = {
        .signups = making->book.periods[month - making->book.first].counts[REVENUE_SIGNUP],
        .converted = converted,
        .last = {next.number - 1},
        .as_of = making->query->as_of,
        .window = window,
    };
    return revenue_converted(&of);
}

/* Of the newest month whose 30 days have passed. */
static struct revenue_figure newest(struct revenue_making *making, const struct row_list *list) {
    for (size_t i = making->last + 1; i > making->first; i--) {
        int64_t month = making->book.first + (int64_t)i - 1;
        struct revenue_figure figure = within(making, month, of_month(list, month).in_30, 30);
        if (figure.known != REVENUE_TOO_RECENT) {
            return figure;
        }
    }
    return revenue_unknown(REVENUE_TOO_RECENT);
}

static struct err say_trials(struct revenue_making *making) {
    struct revenue_trials_row trials = {0, 0};
    TRY(revenue_trials(making->tx, making->report->from.number, making->query->as_of.number,
                       &trials));
    revenue_say(making, "trialsEnded", REVENUE_IN_COUNT, revenue_value(trials.ended));
    revenue_say(making, "trialConversion", REVENUE_IN_SHARE,
                revenue_share_of_count(trials.converted, trials.ended));
    return OK;
}

struct err revenue_make_conversion(struct revenue_making *making) {
    struct row_list list;
    TRY(revenue_make_months(making, false, false));
    TRY(revenue_conversions(making->tx, making->query->as_of.number, DAYS_MAX, &list));
    const struct revenue_stock *stock = &making->book.periods[making->last].closing;
    revenue_say(making, "conversion30", REVENUE_IN_SHARE, newest(making, &list));
    revenue_say(making, "stockRatio", REVENUE_IN_SHARE,
                revenue_share_of_count(stock->paying, stock->accounts));
    TRY(say_trials(making));
    REVENUE_COLUMNS(making, {"signups", REVENUE_IN_COUNT, false},
                    {"conversion14", REVENUE_IN_SHARE, false},
                    {"conversion30", REVENUE_IN_SHARE, true},
                    {"conversion90", REVENUE_IN_SHARE, false}, {"ever", REVENUE_IN_COUNT, false});
    for (size_t i = making->first; i <= making->last; i++) {
        int64_t month = making->book.first + (int64_t)i;
        struct converted sum = of_month(&list, month);
        struct revenue_figure *cells = revenue_row_add(making, revenue_month_key(making, month),
                                                       revenue_is_partial(making, i));
        if (cells == NULL) {
            return OK;
        }
        cells[0] = revenue_value(making->book.periods[i].counts[REVENUE_SIGNUP]);
        cells[1] = within(making, month, sum.in_14, 14);
        cells[2] = within(making, month, sum.in_30, 30);
        cells[3] = within(making, month, sum.in_90, 90);
        cells[4] = revenue_value(sum.ever);
    }
    return OK;
}
