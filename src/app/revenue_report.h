/* Reports on recurring revenue. Every one has the same form, so that one page, one table and one
 * CSV show them all: figures, and a table of rows with columns. Each is worked out from sums that
 * are kept as facts arrive, as of the end of any day; the same day gives the same figures for ever,
 * unless facts of that day are learned late. */
#ifndef APP_REVENUE_REPORT_H
#define APP_REVENUE_REPORT_H

#include "app/revenue.h"

enum revenue_report_kind {
    REVENUE_REPORT_ADOPTION,
    REVENUE_REPORT_CHURN,
    REVENUE_REPORT_COHORTS,
    REVENUE_REPORT_CONVERSION,
    REVENUE_REPORT_DUNNING,
    REVENUE_REPORT_EXPANSION,
    REVENUE_REPORT_FORECAST,
    REVENUE_REPORT_GEOGRAPHY,
    REVENUE_REPORT_LTV,
    REVENUE_REPORT_MOVEMENTS,
    REVENUE_REPORT_OVERVIEW,
    REVENUE_REPORT_PLANS,
    REVENUE_REPORT_RECONCILIATION,
    REVENUE_REPORT_RETENTION,
    REVENUE_REPORT_TARGETS,
    REVENUE_REPORT_USAGE,
};
enum { REVENUE_REPORT_COUNT = REVENUE_REPORT_USAGE + 1 };
const char *revenue_report_name(enum revenue_report_kind kind); /* "churn" */

enum revenue_unit {
    REVENUE_IN_MONEY, /* minor units of the reporting currency */
    REVENUE_IN_COUNT,
    REVENUE_IN_SHARE,  /* hundredths of a percent */
    REVENUE_IN_RATIO,  /* hundredths */
    REVENUE_IN_MONTHS, /* tenths */
    REVENUE_IN_DAYS,   /* since 1970: a date */
};
enum { REVENUE_UNIT_COUNT = REVENUE_IN_DAYS + 1 };

enum {
    REVENUE_FIGURES_MAX = 48,
    REVENUE_COLUMNS_MAX = 40,
    REVENUE_ROWS_MAX = 1024,
    REVENUE_MONTHS_MAX = 36, /* of one report */
    REVENUE_DAYS_MAX = 93,   /* of one that is by day */
    REVENUE_CELL_MIN = 5,    /* accounts that a cell of places must have to be told by itself */
};

struct revenue_report_figure {
    const char *id;
    enum revenue_unit unit;
    struct revenue_figure value;
    bool has_before;
    struct revenue_figure before; /* the same, a month earlier */
};
struct revenue_report_column {
    const char *id;
    enum revenue_unit unit;
    bool is_drawn; /* what a chart shows first */
};
struct revenue_report_row {
    struct str key;               /* "2026-03", "starter month", "DE" */
    bool is_partial;              /* its time has not passed yet */
    int unit;                     /* enum revenue_unit of all its cells; -1: as its columns say */
    struct revenue_figure *cells; /* as many as there are columns */
};

struct revenue_report {
    enum revenue_report_kind kind;
    struct revenue_day from, as_of;
    struct currency currency;
    bool lacks_rates; /* something stands in a currency of which no rate was entered */
    size_t figure_count, column_count, row_count;
    struct revenue_report_figure figures[REVENUE_FIGURES_MAX];
    struct revenue_report_column columns[REVENUE_COLUMNS_MAX];
    struct revenue_report_row *rows;
};

enum revenue_measure {
    REVENUE_MEASURE_SHARE_OF_CUSTOMERS,
    REVENUE_MEASURE_CUSTOMERS,
    REVENUE_MEASURE_SHARE_OF_MRR,
    REVENUE_MEASURE_MRR,
};
enum revenue_usage_by {
    REVENUE_USAGE_BY_HOUR,
    REVENUE_USAGE_BY_METRIC,
    REVENUE_USAGE_BY_REGION,
    REVENUE_USAGE_BY_MONTH,
};
enum revenue_adoption_by { REVENUE_ADOPTION_BY_SUBJECT, REVENUE_ADOPTION_BY_DRIVER };
struct revenue_report_query {
    enum revenue_report_kind kind;
    bool has_from;
    struct revenue_day from; /* of tables over time; 12 months when not given */
    struct revenue_day as_of;
    int tier, interval; /* -1: all */
    struct str country; /* empty: all */
    bool is_by_day;     /* of movements */
    int basis;          /* of cohorts: enum revenue_basis */
    int measure;        /* of cohorts: enum revenue_measure */
    int metric;         /* of usage: a counter, enum metric */
    int by;             /* of usage: enum revenue_usage_by; of adoption: enum revenue_adoption_by */
    bool is_by_region;  /* of geography: where it is used, instead of where it is billed */
};
/* False in *ret_fits when the range is longer than the report may have; nothing is filled then. */
MUST_USE struct err revenue_report_read(const struct app *app, struct tx *tx,
                                        const struct revenue_report_query *query,
                                        struct revenue_report *ret_report, bool *ret_fits);

/* --- what figures rest on --- */

MUST_USE struct err revenue_movements_read(struct tx *tx,
                                           const struct revenue_movement_filter *filter, size_t max,
                                           struct row_list *ret_list);

/* A figure's name and what it means, for people: each report's figures and columns are in the list.
 */
struct revenue_definition {
    const char *id, *means, *formula;
};
extern const struct revenue_definition revenue_definitions[];
extern const size_t revenue_definition_count;

#endif
