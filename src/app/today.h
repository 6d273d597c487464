/* What operators look at first: what waits for them, what is at risk, whether the figures are
 * fresh. Each is one figure, worked out as it is asked for; where its rows are, the pages know. */
#ifndef APP_TODAY_H
#define APP_TODAY_H

#include "app/lifecycle.h"
#include "store/today.h"

enum today_figure {
    FIGURE_REVENUE,         /* of a month, recurring; count: subscriptions that bring it in */
    FIGURE_FAILED_PAYMENTS, /* open cases of dunning, and what is owed on their invoices */
    FIGURE_AT_RISK,         /* past due, suspended or ending, and what they bring in a month */
    FIGURE_APPROVALS,       /* that wait for a second person */
    FIGURE_PARKED,          /* customers whom nothing is charged until somebody has looked */
    FIGURE_STUCK,           /* subscriptions that should have moved by the clock */
    FIGURE_ALERTS,          /* of the last 30 days that nobody has looked at */
    FIGURE_FAILURES,        /* events of the provider and mails that were given up */
    FIGURE_DIFFERENCES,     /* open, to the payment provider; at: the last whole reconciliation */
    FIGURE_USAGE,           /* at: when usage was last recorded */
};
enum { FIGURE_COUNT = FIGURE_USAGE + 1 };

enum today_state { TODAY_GOOD, TODAY_WATCH, TODAY_BAD };

struct today_value {
    struct lifecycle_sum sum; /* how many, and how much of which money */
    struct instant at;
    bool has_at;
    enum today_state state;
};
/* Since when the oldest of each queue waits, and when usage was last recorded; 0: nothing does, or
 * never. */
struct today_ages {
    struct today_oldest oldest;
    int64_t usage_at;
};
MUST_USE struct err today_ages_read(struct tx *tx, struct today_ages *ret_ages);

/* On the loop's thread. */
MUST_USE struct err today_read(const struct app *app, struct tx *tx,
                               struct today_value ret_values[FIGURE_COUNT]);

#endif
