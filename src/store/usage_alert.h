/* Alerts that customers set, and what they were told by them. */
#ifndef STORE_USAGE_ALERT_H
#define STORE_USAGE_ALERT_H

#include "core/metric.h"
#include "core/usage_alert.h"
#include "store/row.h"

struct usage_alert_row {
    struct str user_id;
    struct record_id id;
    int metric;     /* enum metric; -1: of money */
    int basis;      /* enum usage_alert_basis */
    int64_t amount; /* or ROW_NONE: the limit */
    struct str currency;
    struct str thresholds;  /* "80 100" */
    struct str action;      /* "notify", "block" */
    struct str recipients;  /* "account pers_… ops@example.com" */
    struct str request_key; /* of the request that made it; may be empty */
    int64_t look_at, created_at, updated_at;
    /* Of budgets, as last looked at; or ROW_NONE. */
    int64_t seen_value, seen_cycle, seen_at;
};
MUST_USE struct err usage_alert_insert(struct tx *tx, const struct usage_alert_row *row);
/* ERR_CONFLICT when there is none. */
MUST_USE struct err usage_alert_replace(struct tx *tx, const struct usage_alert_row *row);
/* By id, which is by age; struct usage_alert_row. */
MUST_USE struct err usage_alert_list(struct tx *tx, struct str user_id, size_t max,
                                     struct row_list *ret_list);
MUST_USE struct err usage_alert_get(struct tx *tx, struct str user_id, struct str id,
                                    struct usage_alert_row *ret_row, bool *ret_found);
/* ERR_CONFLICT when there is none. */
MUST_USE struct err usage_alert_delete(struct tx *tx, struct str user_id, struct str id);

/* Whose rules are looked at next; *ret_found is false when nobody has any. */
struct usage_alert_due {
    struct str user_id;
    int64_t look_at;
};
MUST_USE struct err usage_alert_next_due(struct tx *tx, struct usage_alert_due *ret_due,
                                         bool *ret_found);
/* Has the customer's rules looked at, at `at` at the latest. */
MUST_USE struct err usage_alert_touch(struct tx *tx, struct str user_id, int64_t at);

/* Figures that somebody watches, by customer and metric, after the one given; */
struct usage_alert_watched {
    struct str user_id;
    int metric; /* enum metric */
};
MUST_USE struct err usage_alert_watched_page(struct tx *tx, const struct usage_alert_watched *after,
                                             size_t max, struct row_list *ret_list);

/* Where customers of the range block themselves, in their order; struct usage_alert_cap. */
struct usage_alert_cap {
    struct str user_id;
    int metric;     /* enum metric */
    int64_t amount; /* or ROW_NONE: at the limit */
};
MUST_USE struct err usage_alert_caps(struct tx *tx, struct user_range range, size_t max,
                                     struct row_list *ret_list);

/* Hours of one metric in the order of time, over all regions and resources; struct
 * usage_alert_hour.
 */
struct usage_alert_hour {
    int64_t at, value;
};
enum { USAGE_ALERT_HOURS_MAX = 32 * 24 }; /* of one cycle */
struct usage_alert_span {
    int64_t from, to; /* half-open */
};
MUST_USE struct err usage_alert_hours(struct tx *tx, const struct usage_alert_watched *of,
                                      struct usage_alert_span span, struct row_list *ret_list);

struct usage_alert_firing_row {
    struct str user_id;
    struct record_id id;
    struct str alert_id;
    int metric; /* enum metric; -1: of money */
    int basis;  /* enum usage_alert_basis */
    int64_t threshold;
    int64_t value, base; /* as they stood */
    struct str currency;
    int64_t cycle_start;
    int64_t recipients; /* to how many it went */
    int64_t fired_at;
    int64_t rearmed_at; /* or ROW_NONE */
};
MUST_USE struct err usage_alert_firing_insert(struct tx *tx,
                                              const struct usage_alert_firing_row *row);
/* What counts as told of a rule; struct usage_alert_firing_row. */
struct usage_alert_told {
    struct str user_id, alert_id;
    int64_t base;
    int64_t cycle_start;
    bool is_of_any_cycle;
};
MUST_USE struct err usage_alert_firing_told(struct tx *tx, const struct usage_alert_told *told,
                                            struct row_list *ret_list);
/* A threshold of a rule may be told again; 0: all of them. */
MUST_USE struct err usage_alert_firing_rearm(struct tx *tx, struct str user_id, struct str alert_id,
                                             int64_t threshold, int64_t now);
/* Before the id, the newest first. */
MUST_USE struct err usage_alert_firing_page(struct tx *tx, struct str user_id, struct str before,
                                            size_t max, struct row_list *ret_list);

#endif
