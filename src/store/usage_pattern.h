/* How customers use what is metered, over all of them: sums of the totals of hours (usage.h), kept
 * up with them, and what was billed for use. Days count from 1970, hours are instants of their
 * start. */
#ifndef STORE_USAGE_PATTERN_H
#define STORE_USAGE_PATTERN_H

#include "core/metric.h"
#include "store/row.h"

/* All zones together, any region: no zone and no region is called so. */
#define USAGE_ALL STR("*")
enum { USAGE_REACH_DAYS = 28, USAGE_REGIONS_MAX = 512, USAGE_HOURS_MAX = 27000 };

/* --- what is added --- */

struct usage_hour_sum {
    enum metric metric;
    struct str zone; /* empty: UTC */
    int64_t hour;    /* milliseconds since 1970 */
    int64_t value;
};
/* To the hour's sum of its zone. */
MUST_USE struct err usage_hour_add(struct tx *tx, const struct usage_hour_sum *sum);
/* To the day's sum of a region. */
MUST_USE struct err usage_region_add(struct tx *tx, enum metric metric, int64_t day,
                                     struct str region, int64_t value);
/* Customers of whom something was counted: of `span` 1 those of the day, of another one the
 * difference to the day before. */
struct usage_reach {
    enum metric metric;
    struct str region;
    int64_t span, day, delta;
};
MUST_USE struct err usage_reach_add(struct tx *tx, const struct usage_reach *reach);

/* The last hour before `to`, or the first one from `from` on, in which anything of the customer was
 * counted in the region; ROW_NONE: in none between the two. */
struct usage_hours_query {
    struct str user_id;
    enum metric metric;
    struct str region; /* USAGE_ALL: any */
    int64_t from, to;  /* half-open */
};
MUST_USE struct err usage_hour_last(struct tx *tx, const struct usage_hours_query *query,
                                    int64_t *ret_hour);
MUST_USE struct err usage_hour_first(struct tx *tx, const struct usage_hours_query *query,
                                     int64_t *ret_hour);

/* --- where customers live --- */

MUST_USE struct err usage_zone_put(struct tx *tx, struct str user_id, int64_t since,
                                   struct str zone);
/* Empty, which is UTC, when nobody said. */
MUST_USE struct err usage_zone_at(struct tx *tx, struct str user_id, int64_t at,
                                  struct str *ret_zone);

/* --- what is asked --- */

/* The zone behind `zone` in order of which anything was used; empty: there is no more. */
MUST_USE struct err usage_zone_next(struct tx *tx, enum metric metric, struct str zone,
                                    struct str *ret_zone);
struct usage_week_query {
    enum metric metric;
    struct str zone;
    int64_t from, to; /* half-open */
    int64_t ahead_ms; /* of UTC */
};
struct usage_week_row {
    int64_t hour; /* of the week: 0 is the first one of Monday */
    int64_t value;
};
/* At most 168 items of struct usage_week_row. */
MUST_USE struct err usage_week(struct tx *tx, const struct usage_week_query *query,
                               struct row_list *ret_list);
struct usage_hour_row {
    int64_t hour, value;
};
/* Of all zones, in the order of time; items are struct usage_hour_row. Without those of no use. */
MUST_USE struct err usage_hours_between(struct tx *tx, enum metric metric, int64_t from, int64_t to,
                                        struct row_list *ret_list);
struct usage_region_row {
    struct str region;
    int64_t value; /* what was used, or customers */
};
/* Of days from `from` to `to`, both included; items of this and the next are struct
 * usage_region_row. */
MUST_USE struct err usage_regions_between(struct tx *tx, enum metric metric, int64_t from,
                                          int64_t to, struct row_list *ret_list);
/* Customers of whom anything was counted in the USAGE_REACH_DAYS that end with `day`, by region;
 * USAGE_ALL is one. */
MUST_USE struct err usage_reach_at(struct tx *tx, enum metric metric, int64_t day,
                                   struct row_list *ret_list);
/* The same in any region. */
MUST_USE struct err usage_reach_of(struct tx *tx, enum metric metric, int64_t day,
                                   int64_t *ret_customers);
/* Those of each day from `from` to `to`, both included, added up. */
MUST_USE struct err usage_reach_daily(struct tx *tx, enum metric metric, int64_t from, int64_t to,
                                      int64_t *ret_sum);

/* --- what was billed for use --- */

struct usage_revenue_row {
    int64_t day;
    struct str currency;
    int64_t amount; /* minor units, without tax */
};
/* All 0 and no currency when nothing was noted of the invoice. */
MUST_USE struct err usage_revenue_get(struct tx *tx, struct str user_id, struct str invoice_id,
                                      struct usage_revenue_row *ret_row);
MUST_USE struct err usage_revenue_put(struct tx *tx, struct str user_id, struct str invoice_id,
                                      const struct usage_revenue_row *row);
MUST_USE struct err usage_revenue_day_add(struct tx *tx, const struct usage_revenue_row *row,
                                          int64_t invoices);
/* By day, both included; items are struct usage_revenue_row. */
MUST_USE struct err usage_revenue_between(struct tx *tx, int64_t from, int64_t to, size_t max,
                                          struct row_list *ret_list);

/* --- what the sums are held against --- */

/* Ids of the customers behind `after`; items are struct str. */
MUST_USE struct err usage_proof_users(struct tx *tx, struct str after, size_t max,
                                      struct row_list *ret_list);
struct usage_proof_hour {
    int64_t hour;
    struct str region;
    int64_t value;
};
/* Of one customer, between two instants; items are struct usage_proof_hour. The query's region is
 * not asked for. */
MUST_USE struct err usage_proof_hours(struct tx *tx, const struct usage_hours_query *query,
                                      size_t max, struct row_list *ret_list);
/* Adds to what is to be there: of a zone, "region " and one, or "reach". */
MUST_USE struct err usage_proof_add(struct tx *tx, enum metric metric, struct str name,
                                    int64_t timestamp, int64_t value);
MUST_USE struct err usage_proof_forget(struct tx *tx);
/* How many sums of the day are not what was added up. */
MUST_USE struct err usage_proof_differing(struct tx *tx, int64_t day, int64_t *ret_count);

#endif
