/* A report in the making; for the files that make them. */
#ifndef APP_REVENUE_MAKING_H
#define APP_REVENUE_MAKING_H

#include "app/revenue_report.h"

struct revenue_assumptions {
    int32_t margin;     /* gross, in hundredths of a percent; 0: nobody entered it */
    int32_t lag_months; /* from spend to the customers that it wins */
};

struct revenue_making {
    const struct app *app;
    struct tx *tx;
    const struct revenue_report_query *query;
    struct revenue_report *report;
    struct revenue_rates rates;
    struct revenue_assumptions assumptions;
    struct revenue_book book; /* by month, from some months before the first that is shown */
    size_t first, last;       /* periods that are shown; the last one holds `as_of` */
    size_t closed;            /* the last whose time has passed by as_of; book.count: none */
    struct revenue_sum *sums; /* what the book is made of */
    size_t sum_count;
};

/* --- what it is made of --- */

/* The book of months with sums in the groups that are wanted. */
MUST_USE struct err revenue_make_months(struct revenue_making *making, bool by_plan,
                                        bool by_country);
/* The same of some of the sums, over the same months; the periods are in the arena. */
MUST_USE struct err revenue_make_book(struct revenue_making *making,
                                      bool (*is_wanted)(const struct revenue_sum *sum,
                                                        const void *context),
                                      const void *context, struct revenue_book *ret_book);

/* Openings and losses of three closed months up to `last`, pooled. */
struct revenue_churn revenue_make_churn(const struct revenue_book *book, size_t last);
struct revenue_worth revenue_make_worth(const struct revenue_making *making,
                                        const struct revenue_book *book, size_t at);
/* What was spent for the customers whom month `at` of the book brought. */
MUST_USE struct err revenue_make_spend(struct revenue_making *making,
                                       const struct revenue_book *book, size_t at,
                                       struct revenue_spend *ret_spend);

/* --- what is said --- */

void revenue_say(struct revenue_making *making, const char *id, enum revenue_unit unit,
                 struct revenue_figure value);
/* With the same a month earlier. */
void revenue_say_both(struct revenue_making *making, const char *id, enum revenue_unit unit,
                      struct revenue_figure value, struct revenue_figure before);
void revenue_columns(struct revenue_making *making, const struct revenue_report_column *columns,
                     size_t count);
#define REVENUE_COLUMNS(making, ...)                                                               \
    revenue_columns((making), (const struct revenue_report_column[]){__VA_ARGS__},                 \
                    sizeof((const struct revenue_report_column[]){__VA_ARGS__}) /                  \
                        sizeof(struct revenue_report_column))
/* The cells of the next row, after all columns were said; NULL when there is no room: then nothing
 * is said, and the report is as long as it may be. */
struct revenue_figure *revenue_row_add(struct revenue_making *making, struct str key,
                                       bool is_partial);

struct revenue_figure revenue_month_money(const struct revenue_making *making,
                                          struct revenue_total total);
struct str revenue_month_key(struct revenue_making *making, int64_t month); /* "2026-03" */
struct str revenue_day_key(struct revenue_making *making, int64_t day);     /* "2026-03-01" */
bool revenue_is_partial(const struct revenue_making *making, size_t at);

/* What is billed for use, and the run rate with it; once the book is there. */
MUST_USE struct err revenue_say_billed(struct revenue_making *making);
/* Rows by region of use; those with fewer than REVENUE_CELL_MIN customers are one. */
MUST_USE struct err revenue_put_regions(struct revenue_making *making);

/* --- the reports --- */

typedef struct err revenue_maker(struct revenue_making *making);
struct err revenue_make_adoption(struct revenue_making *making);
struct err revenue_make_overview(struct revenue_making *making);
struct err revenue_make_movements(struct revenue_making *making);
struct err revenue_make_churns(struct revenue_making *making);
struct err revenue_make_retention(struct revenue_making *making);
struct err revenue_make_plans(struct revenue_making *making);
struct err revenue_make_geography(struct revenue_making *making);
struct err revenue_make_expansion(struct revenue_making *making);
struct err revenue_make_cohorts(struct revenue_making *making);
struct err revenue_make_conversion(struct revenue_making *making);
struct err revenue_make_ltv(struct revenue_making *making);
struct err revenue_make_dunning(struct revenue_making *making);
struct err revenue_make_forecast(struct revenue_making *making);
struct err revenue_make_targets(struct revenue_making *making);
struct err revenue_make_reconciliation(struct revenue_making *making);
struct err revenue_make_usage(struct revenue_making *making);

#endif
