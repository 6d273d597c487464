/* The board of paid subscriptions: how many stand where, what they bring in, how they moved in a
 * period, and which are stuck. Worked out from the rows as they are and from what the audit log
 * proves; nothing is kept for it. */
#ifndef APP_LIFECYCLE_H
#define APP_LIFECYCLE_H

#include "app/app.h"
#include "core/lifecycle.h"
#include "store/lifecycle.h"

enum {
    LIFECYCLE_READ = 100000,  /* subscriptions that are looked at one by one, for a board or page */
    LIFECYCLE_FLOWS = 10000,  /* moves that are looked at, of each kind */
    LIFECYCLE_CURRENCIES = 8, /* sums of one place */
};

struct lifecycle_sum {
    int64_t count;
    struct money monthly[LIFECYCLE_CURRENCIES]; /* recurring revenue, as core/standing.h has it */
    size_t currencies;
};

/* The places that a move may come from: those of the board, and none before. */
enum { LIFECYCLE_NEW = LIFECYCLE_COUNT, LIFECYCLE_FROM_COUNT };

struct lifecycle_board {
    struct lifecycle_sum places[LIFECYCLE_COUNT]; /* ENDED: those that ended in the period */
    struct lifecycle_sum stuck[STUCK_COUNT];      /* of STUCK_NOT: nothing */
    int64_t flows[LIFECYCLE_FROM_COUNT][LIFECYCLE_COUNT];
    bool is_cut; /* there is more than is looked at */
};
/* On the loop's thread; moves and ends from `from` on and before `to`. */
MUST_USE struct err lifecycle_board_read(const struct app *app, struct tx *tx, struct instant from,
                                         struct instant to, struct lifecycle_board *ret_board);

struct lifecycle_entry {
    struct lifecycle_row row;
    enum lifecycle place;
    enum stuck stuck;
    struct money monthly;
    bool is_priced; /* false: the plan's version is not known any more */
};
struct lifecycle_query {
    int place, stuck;        /* -1: any; `stuck` STUCK_NOT: any that is */
    struct instant from, to; /* of what ended */
    struct str after;        /* `next` of the page before; empty: the first */
    size_t max;
};
struct lifecycle_page {
    struct lifecycle_entry *entries;
    size_t count;
    struct str next; /* empty: this is the last one */
};
/* In order of the customer; what ended, in order of when it began. */
MUST_USE struct err lifecycle_page_read(const struct app *app, struct tx *tx,
                                        const struct lifecycle_query *query,
                                        struct lifecycle_page *ret_page);

#endif
