/* Usage as stored: totals by hour and by period, where limits stand, what sources have sent, what
 * takes were answered. The journal is usage_journal.h's. */
#ifndef STORE_USAGE_H
#define STORE_USAGE_H

#include "core/metric.h"
#include "store/row.h"

/* --- totals --- */

enum usage_grain { USAGE_HOUR, USAGE_DAY, USAGE_PERIOD };

struct usage_addition {
    struct str user_id;
    enum metric metric;
    enum usage_grain grain;
    int64_t timestamp;           /* start of the hour or the period */
    struct str region, resource; /* empty for periods */
    bool is_set;                 /* `value` replaces the total instead of adding to it */
    int64_t value;
    int64_t events;
    int64_t adjusted, adjusted_events; /* of both, what came late (core/usage_late.h) */
    int64_t updated_at;
    int64_t batch; /* of the journal, up to which the total is complete with this */
};
/* What a counter's hour is given its day is given as well: nobody else writes days. */
MUST_USE struct err usage_add(struct tx *tx, const struct usage_addition *addition);
/* The batch that was given last; 0 when there is no such total. Only what names it is read. */
MUST_USE struct err usage_batch(struct tx *tx, const struct usage_addition *total,
                                int64_t *ret_batch);

/* The total of one period; 0 when there is none. */
MUST_USE struct err usage_total(struct tx *tx, struct str user_id, enum metric metric,
                                int64_t period_start, int64_t *ret_value);
/* The newest level of a gauge; all 0 when there is none. */
struct usage_level_row {
    int64_t value;
    int64_t period_start;
    int64_t batch; /* of the journal, up to which all rows of the gauge are complete */
};
MUST_USE struct err usage_level_get(struct tx *tx, struct str user_id, enum metric metric,
                                    struct usage_level_row *ret_row);
MUST_USE struct err usage_level(struct tx *tx, struct str user_id, enum metric metric,
                                int64_t *ret_value);

/* When the newest period's total was last changed; ROW_NONE when there is none. */
MUST_USE struct err usage_changed_at(struct tx *tx, struct str user_id, enum metric metric,
                                     int64_t *ret_at);

/* The totals of the period that starts at `from` become those of one that starts at `to`. */
MUST_USE struct err usage_move_period(struct tx *tx, struct str user_id, int64_t from, int64_t to);

/* Calls `each` for the totals of periods of the customers of the range, in order of the customer,
 * the metric and the time; the text is valid only inside. Those of one customer may be told twice,
 * from the first on. */
struct usage_period_total {
    struct str user_id;
    enum metric metric;
    int64_t period_start, value;
};
typedef void usage_period_each(void *context, const struct usage_period_total *total);
MUST_USE struct err usage_each_period(struct tx *tx, struct user_range range,
                                      usage_period_each *each, void *context);

struct usage_point {
    int metric; /* enum metric */
    int64_t timestamp;
    struct str region, resource;
    int64_t value, events;
    int64_t adjusted, adjusted_events; /* 0 where it is not known */
};
struct usage_span {
    enum usage_grain grain;
    int64_t from, to; /* half-open */
};
/* Appends to the list, whose items are struct usage_point, up to USAGE_SERIES_MAX together: of one
 * metric in the order of time, or of all, one after the other. Days are of counters alone. */
enum { USAGE_SERIES_MAX = 20000 };
MUST_USE struct err usage_series_of(struct tx *tx, struct str user_id, enum metric metric,
                                    struct usage_span span, struct row_list *list);
MUST_USE struct err usage_series(struct tx *tx, struct str user_id, struct usage_span span,
                                 struct row_list *list);
/* What lies in a span, day by day of UTC, from its hours. */
struct usage_day {
    int64_t day; /* where it begins */
    int64_t sum, highest, events;
    int64_t counted_at; /* when any of it last changed */
};
enum { USAGE_DAYS_MAX = 400 };
/* Items are struct usage_day; `span` is of hours. */
MUST_USE struct err usage_days(struct tx *tx, struct str user_id, enum metric metric,
                               struct usage_span span, struct row_list *ret_list);
/* What was used of a counter in the hours, days or periods that begin in the span. */
MUST_USE struct err usage_sum(struct tx *tx, struct str user_id, enum metric metric,
                              struct usage_span span, int64_t *ret_value);
/* Whether there is any. */
MUST_USE struct err usage_series_has(struct tx *tx, struct str user_id, enum metric metric,
                                     struct usage_span span, bool *ret_has);

/* --- what sources have sent: received = counted + duplicate + rejected --- */

struct usage_source_row {
    struct str user_id;
    int metric; /* enum metric */
    struct str source;
    int64_t received, counted, duplicate, rejected;
    int64_t last_event_at, last_heard_at; /* as its events say; as they came in */
    int64_t batch;                        /* of the journal, up to which the account is complete */
};
/* Adds the four counts to those of the source. */
MUST_USE struct err usage_source_add(struct tx *tx, const struct usage_source_row *row);
/* The batch that was given last; 0 when the source is new. Only what names it is read. */
MUST_USE struct err usage_source_batch(struct tx *tx, const struct usage_source_row *row,
                                       int64_t *ret_batch);
MUST_USE struct err usage_source_list(struct tx *tx, struct str user_id, size_t max,
                                      struct row_list *ret_list);

/* When sources last sent anything of a metric, counted or not. */
struct usage_heard {
    int metric; /* enum metric */
    int64_t at;
};
/* At most METRIC_COUNT items of struct usage_heard; those of which nothing came are not there. */
MUST_USE struct err usage_heard_list(struct tx *tx, struct str user_id, struct row_list *ret_list);

/* --- takes --- */

/* How much was given back of a take, which itself is in the journal; or, with an answer, a take of
 * before it was. */
struct take_row {
    struct str user_id, id;
    int metric; /* enum metric */
    int64_t amount;
    int64_t released;
    struct str answer;  /* empty, or JSON as first answered */
    int64_t created_at; /* when it was taken */
};
MUST_USE struct err take_get(struct tx *tx, struct str user_id, struct str id,
                             struct take_row *ret_row, bool *ret_found);
/* Adds `released` to that of the take, which has one id and one instant; a row of an earlier take
 * of this id is replaced. ERR_CONFLICT when that would give back more than was taken. */
MUST_USE struct err take_put(struct tx *tx, const struct take_row *row);
/* Whether any row has an answer. */
MUST_USE struct err take_has_answers(struct tx *tx, bool *ret_has);
/* Forgets takes of before; of those with an answer all before the other instant. */
MUST_USE struct err take_prune(struct tx *tx, int64_t before, int64_t answered_before);

#endif
