/* Reports in general: which months, what they are made of, and what is said of them. */
#include "app/revenue_making.h"

#include <string.h>

#include "base/check.h"
#include "base/rfc3339.h"
#include "store/revenue_entered.h"

enum { BEFORE = 4, CHURN_MONTHS = 3, SHOWN = 12, SPEND_MAX = 1200, ENTRIES_MAX = 64 };

static const struct {
    const char *name;
    revenue_maker *make;
} makers[REVENUE_REPORT_COUNT] = {
    [REVENUE_REPORT_ADOPTION] = {"adoption", revenue_make_adoption},
    [REVENUE_REPORT_CHURN] = {"churn", revenue_make_churns},
    [REVENUE_REPORT_COHORTS] = {"cohorts", revenue_make_cohorts},
    [REVENUE_REPORT_CONVERSION] = {"conversion", revenue_make_conversion},
    [REVENUE_REPORT_DUNNING] = {"dunning", revenue_make_dunning},
    [REVENUE_REPORT_EXPANSION] = {"expansion", revenue_make_expansion},
    [REVENUE_REPORT_FORECAST] = {"forecast", revenue_make_forecast},
    [REVENUE_REPORT_GEOGRAPHY] = {"geography", revenue_make_geography},
    [REVENUE_REPORT_LTV] = {"ltv", revenue_make_ltv},
    [REVENUE_REPORT_MOVEMENTS] = {"movements", revenue_make_movements},
    [REVENUE_REPORT_OVERVIEW] = {"overview", revenue_make_overview},
    [REVENUE_REPORT_PLANS] = {"plans", revenue_make_plans},
    [REVENUE_REPORT_RECONCILIATION] = {"reconciliation", revenue_make_reconciliation},
    [REVENUE_REPORT_RETENTION] = {"retention", revenue_make_retention},
    [REVENUE_REPORT_TARGETS] = {"targets", revenue_make_targets},
    [REVENUE_REPORT_USAGE] = {"usage", revenue_make_usage},
};

const char *revenue_report_name(enum revenue_report_kind kind) {
    check((unsigned)kind < REVENUE_REPORT_COUNT);
    return makers[kind].name;
}

/* --- what it is made of --- */

static struct revenue_month month_of(struct revenue_day day) {
    return revenue_month_of(day);
}

/* Months that the report shows, and some before them, which some figures need. */
static bool plan_months(struct revenue_making *making) {
    struct revenue_month last = month_of(making->query->as_of);
    struct revenue_month first = {last.number - SHOWN + 1};
    if (making->query->has_from) {
        first = month_of(making->query->from);
    }
    int64_t shown = (int64_t)last.number - first.number + 1;
    if (shown < 1 || shown > REVENUE_MONTHS_MAX) {
        return false;
    }
    making->book.first = first.number - BEFORE;
    making->book.count = (size_t)(shown + BEFORE);
    making->first = BEFORE;
    making->last = making->book.count - 1;
    struct revenue_day next = revenue_month_first((struct revenue_month){last.number + 1});
    bool is_over = making->query->as_of.number + 1 == next.number;
    making->closed = is_over ? making->last : making->last - 1;
    making->report->from =
        making->query->has_from ? making->query->from : revenue_month_first(first);
    return true;
}

static struct revenue_period *periods_of(struct revenue_making *making, size_t count) {
    struct revenue_period *periods =
        arena_array(making->tx->cx->arena, count, sizeof(struct revenue_period));
    if (periods != NULL) {
        memset(periods, 0, count * sizeof *periods);
    }
    return periods;
}

struct err revenue_make_book(struct revenue_making *making,
                             bool (*is_wanted)(const struct revenue_sum *sum, const void *context),
                             const void *context, struct revenue_book *ret_book) {
    struct revenue_book book = {.first = making->book.first, .count = making->book.count};
    struct revenue_sum *some = arena_array(making->tx->cx->arena, making->sum_count, sizeof *some);
    size_t count = 0;
    book.periods = periods_of(making, book.count);
    if (book.periods == NULL || (some == NULL && making->sum_count > 0)) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < making->sum_count; i++) {
        if (is_wanted(&making->sums[i], context)) {
            some[count++] = making->sums[i];
        }
    }
    revenue_book_fill(&book, &making->rates, some, count);
    *ret_book = book;
    return OK;
}

static bool is_any(const struct revenue_sum *sum, const void *context) {
    (void)sum;
    (void)context;
    return true;
}

struct err revenue_make_months(struct revenue_making *making, bool by_plan, bool by_country) {
    const struct revenue_sums_query query = {
        .tier = making->query->tier,
        .interval = making->query->interval,
        .country = making->query->country,
        .by_reason = true,
        .by_plan = by_plan,
        .by_country = by_country,
        .to = making->query->as_of,
    };
    struct row_list list;
    TRY(revenue_sums_of_months(making->tx, &query, &list));
    making->sums = list.items;
    making->sum_count = list.count;
    TRY(revenue_make_book(making, is_any, NULL, &making->book));
    making->report->lacks_rates = making->book.has_unknown_rates;
    return OK;
}

struct revenue_churn revenue_make_churn(const struct revenue_book *book, size_t last) {
    struct revenue_churn churn = {0, 0};
    for (size_t i = 0; i < CHURN_MONTHS && i <= last; i++) {
        churn.lost += book->periods[last - i].lost;
        churn.opening += book->periods[last - i].opening_paying;
    }
    return churn;
}

struct revenue_worth revenue_make_worth(const struct revenue_making *making,
                                        const struct revenue_book *book, size_t at) {
    const struct revenue_stock *stock = &book->periods[at].closing;
    size_t closed = at > making->closed ? making->closed : at;
    return (struct revenue_worth){stock->arr, stock->paying, making->assumptions.margin,
                                  revenue_make_churn(book, closed)};
}

struct err revenue_make_spend(struct revenue_making *making, const struct revenue_book *book,
                              size_t at, struct revenue_spend *ret_spend) {
    struct row_list list;
    int64_t month = book->first + (int64_t)at - making->assumptions.lag_months;
    struct instant end = revenue_day_start((struct revenue_day){making->query->as_of.number + 1});
    *ret_spend = (struct revenue_spend){.customers = book->periods[at].counts[REVENUE_NEW]};
    TRY(revenue_spend_list(making->tx, end.ms - 1, SPEND_MAX, &list));
    const struct revenue_spend_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].month == month) {
            ret_spend->is_known = true;
            ret_spend->minor = rows[i].minor;
        }
    }
    return OK;
}

static struct err read_assumptions(struct revenue_making *making) {
    struct row_list list;
    struct instant end = revenue_day_start((struct revenue_day){making->query->as_of.number + 1});
    making->assumptions = (struct revenue_assumptions){.lag_months = 1};
    TRY(revenue_target_list(making->tx, end.ms - 1, ENTRIES_MAX, &list));
    const struct revenue_target_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal(rows[i].name, STR("gross_margin"))) {
            making->assumptions.margin = (int32_t)rows[i].value;
        } else if (str_equal(rows[i].name, STR("cac_lag_months"))) {
            making->assumptions.lag_months = (int32_t)rows[i].value;
        }
    }
    return OK;
}

/* --- what is said --- */

static void say(struct revenue_making *making, const struct revenue_report_figure *figure) {
    check(making->report->figure_count < REVENUE_FIGURES_MAX);
    making->report->figures[making->report->figure_count++] = *figure;
}

void revenue_say(struct revenue_making *making, const char *id, enum revenue_unit unit,
                 struct revenue_figure value) {
    say(making, &(struct revenue_report_figure){.id = id, .unit = unit, .value = value});
}

void revenue_say_both(struct revenue_making *making, const char *id, enum revenue_unit unit,
                      struct revenue_figure value, struct revenue_figure before) {
    say(making, &(struct revenue_report_figure){id, unit, value, true, before});
}

void revenue_columns(struct revenue_making *making, const struct revenue_report_column *columns,
                     size_t count) {
    struct revenue_report *report = making->report;
    check(report->row_count == 0 && report->column_count + count <= REVENUE_COLUMNS_MAX);
    memcpy(report->columns + report->column_count, columns, count * sizeof *columns);
    report->column_count += count;
}

struct revenue_figure *revenue_row_add(struct revenue_making *making, struct str key,
                                       bool is_partial) {
    struct revenue_report *report = making->report;
    struct arena *arena = making->tx->cx->arena;
    struct revenue_figure *cells =
        arena_array(arena, report->column_count, sizeof(struct revenue_figure));
    if (report->rows == NULL) {
        report->rows = arena_array(arena, REVENUE_ROWS_MAX, sizeof *report->rows);
    }
    if (cells == NULL || report->rows == NULL || report->row_count == REVENUE_ROWS_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < report->column_count; i++) {
        cells[i] = revenue_unknown(REVENUE_NOT_RECORDED);
    }
    report->rows[report->row_count++] = (struct revenue_report_row){key, is_partial, -1, cells};
    return cells;
}

struct revenue_figure revenue_month_money(const struct revenue_making *making,
                                          struct revenue_total total) {
    return revenue_value(revenue_monthly(total, making->rates.reporting).minor);
}

static struct str key_of(struct revenue_making *making, struct revenue_day day, size_t len) {
    char text[RFC3339_SIZE];
    rfc3339_format(revenue_day_start(day).ms, text);
    return arena_str(making->tx->cx->arena, str_of(text, len));
}

struct str revenue_month_key(struct revenue_making *making, int64_t month) {
    enum { LEN = 7 };
    return key_of(making, revenue_month_first((struct revenue_month){(int32_t)month}), LEN);
}

struct str revenue_day_key(struct revenue_making *making, int64_t day) {
    enum { LEN = 10 };
    return key_of(making, (struct revenue_day){(int32_t)day}, LEN);
}

bool revenue_is_partial(const struct revenue_making *making, size_t at) {
    return at == making->last && making->closed != making->last;
}

/* --- reading --- */

struct err revenue_report_read(const struct app *app, struct tx *tx,
                               const struct revenue_report_query *query,
                               struct revenue_report *ret_report, bool *ret_fits) {
    struct revenue_making making = {.app = app, .tx = tx, .query = query, .report = ret_report};
    *ret_report = (struct revenue_report){
        .kind = query->kind, .as_of = query->as_of, .currency = app->catalogue->currency};
    *ret_fits = plan_months(&making);
    if (!*ret_fits) {
        return OK;
    }
    TRY(revenue_rates_read(app, tx, &making.rates));
    TRY(read_assumptions(&making));
    TRY(makers[query->kind].make(&making));
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

struct err revenue_movements_read(struct tx *tx, const struct revenue_movement_filter *filter,
                                  size_t max, struct row_list *ret_list) {
    return revenue_movement_page(tx, filter, max, ret_list);
}
