/* What an invoice bills, and what it was counted from: rows that anybody can add up.
 *
 * Of each line: the price by its formula (app/explain.h); then of each usage period that its time
 * touches, and of each metric, the days as the roll-ups have them and the period's total against
 * what the plan includes. The amounts of a line's rows come to the line's, always: what cannot be
 * computed here once more is a row of its own that says so. Credits for time that was not used are
 * of the price alone. */
#ifndef APP_USAGE_EVIDENCE_H
#define APP_USAGE_EVIDENCE_H

#include "app/app.h"
#include "core/metric.h"
#include "core/money.h"
#include "core/period.h"
#include "core/usage_split.h"
#include "store/invoice.h"

enum { USAGE_EVIDENCE_MAX = 20000 };

enum usage_evidence_kind {
    EVIDENCE_PRICE,     /* by the formula */
    EVIDENCE_UNMATCHED, /* of the line, what no formula comes to: `text` says why */
    EVIDENCE_DAY,       /* of a metric; of a gauge its highest level */
    EVIDENCE_EDGE,      /* of a counter, what its total has and no day: of hours that the period
                           shares with the ones beside it, or that were counted without a time */
    EVIDENCE_TOTAL,     /* of a metric; of a gauge its last level */
    EVIDENCE_CORRECTION /* of the invoice as a whole (line 0): `text` is the other one's number */
};

struct usage_evidence_row {
    enum usage_evidence_kind kind;
    int64_t line; /* from 1 */
    struct period period;
    bool is_usage; /* the metric and its value are set */
    enum metric metric;
    int64_t value, events;
    struct usage_split split; /* of EVIDENCE_TOTAL */
    bool has_count, is_late;  /* EVIDENCE_DAY: counted_at, which was after its period's end */
    int64_t counted_at;       /* when it last changed */
    struct money amount;      /* of the line's */
    struct str text;          /* formula, reason or number; or empty */
};
struct usage_evidence {
    struct usage_evidence_row *items; /* in the arena */
    size_t count;
    bool is_cut; /* there are more than USAGE_EVIDENCE_MAX */
};
MUST_USE struct err usage_evidence_read(struct app *app, struct tx *tx,
                                        const struct invoice_row *invoice,
                                        struct usage_evidence *ret_evidence);

#endif
