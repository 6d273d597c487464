/* Usage coming in, exactly once, and going out again as figures. */
#ifndef APP_USAGE_H
#define APP_USAGE_H

#include "app/app.h"
#include "app/subscription.h"
#include "gate/gate.h"
#include "gate/journal_record.h"
#include "store/usage.h"

enum { USAGE_CORRECTION_HOURS = 72, USAGE_FUTURE_MINUTES = 5 };

/* --- events in --- */

enum usage_status { USAGE_ACCEPTED, USAGE_DUPLICATE, USAGE_REJECTED };

/* Why an event was not counted; the decoder's own reasons come in as `code` already set. */
struct usage_event {
    struct usage_record record; /* kind USAGE_EVENT */
    /* In: NULL, or why the decoder rejects it. Out: NULL, or the stable code of the rejection:
     * "customer_not_found", "period_closed", "event_in_future", "negative_amount" … */
    const char *code;
    const char *detail; /* a sentence for a person, beside `code` */
    enum usage_status status;
    struct gate_handle customer; /* the use case's, as is period */
    struct period period;        /* in which it happened */
};

/* Counts events, each exactly once however often it is sent. DONE whatever became of the single
 * events; else none was counted. */
struct usage_ingest {
    struct command command;
    struct usage_event *events;
    size_t count;
    struct arena *arena; /* the caller's; scratch that must outlive the command */
    /* Not empty: an operator's backfill. Counters count in periods that are closed too, and the
     * customer's history says what was counted, and this. */
    struct str reason;
    size_t accepted, duplicate, rejected;
    size_t unattributed; /* of those rejected: on no account of a source */
    void (*finished)(struct usage_ingest *ingest); /* on the loop's thread; look at the outcome */
    struct usage_undo *undo; /* what the gate has counted and the store may yet refuse */
    uint64_t counted_ns;     /* out: when the gate had counted all of it, by the monotonic clock */
};
void usage_ingest(struct app *app, struct usage_ingest *ingest);
/* Judges them as usage_ingest() would just now, by the same rules, and counts and keeps nothing.
 * One that comes twice among them is judged alone each time. */
void usage_try(struct app *app, struct usage_ingest *ingest);

/* --- figures out --- */

/* A notice that the customer was given, in this usage period or of the level of a gauge. */
struct usage_notice_given {
    struct str name; /* limit_notice_name() */
    int64_t at;      /* when has_at: notices of early days do not know it */
    int64_t limit;   /* when has_limit: that it speaks of */
    bool has_at, has_limit;
};

struct usage_metric_view {
    enum metric metric;
    struct gate_verdict verdict; /* as a check of 0 sees it */
    struct instant resets_at;    /* of counters */
    bool has_projection;
    struct quantity projected; /* at the period's end, if it goes on like this */
    bool was_heard;
    struct instant heard_at; /* when anything of the metric last came in; none: never */
    int percent;             /* of the limit, rounded down; 0 when unbounded */
    struct usage_notice_given notices[LIMIT_NOTICE_COUNT];
    size_t notice_count; /* the mildest first */
};

/* Of the limit, rounded down; 0 when unbounded. */
int usage_percent_of(const struct gate_verdict *verdict);

/* The totals of hours and periods hold all that was answered up to here: until ingestion was
 * paused (ingestion.h), or until now. */
struct instant usage_complete_until(const struct app *app);

struct usage_view {
    struct period period;
    struct instant as_of; /* complete up to here */
    struct usage_metric_view metrics[METRIC_COUNT];
};
/* *ret_found is false when there is no such customer. */
MUST_USE struct err usage_view_read(const struct app *app, struct tx *tx, struct str user_id,
                                    struct usage_view *ret_view, bool *ret_found);

/* What the customer used of each counter on the last days, with today, and where each gauge stands:
 * as far as it is written, which is moments ago. */
MUST_USE struct err usage_lately(const struct app *app, struct tx *tx, struct str user_id, int days,
                                 struct quantity ret_amounts[METRIC_COUNT]);

/* Totals by hour, day or period, of one metric or, with NULL, of all. By day there may be hours
 * among them (of gauges, and of a day that the span does not hold wholly), which the caller folds.
 * Items are struct usage_point. */
MUST_USE struct err usage_series_read(struct tx *tx, struct str user_id, const enum metric *metric,
                                      struct usage_span span, struct row_list *ret_list);
/* What each source has sent; items are struct usage_source_row. */
MUST_USE struct err usage_sources_read(struct tx *tx, struct str user_id,
                                       struct row_list *ret_list);

#endif
