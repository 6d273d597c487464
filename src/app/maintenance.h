/* What the installation does for itself as time passes; each piece is one transaction and may run
 * again without harm. */
#ifndef APP_MAINTENANCE_H
#define APP_MAINTENANCE_H

#include "app/app.h"
#include "app/limit_due.h"

enum maintenance_kind {
    MAINTENANCE_APPROVALS,   /* those whose time is over */
    MAINTENANCE_AUDIT,       /* a checkpoint of the audit log */
    MAINTENANCE_ACCESS,      /* access that ended since `from`: the gate learns of it */
    MAINTENANCE_CONTRACTS,   /* offers whose time is over, and what is due in a term */
    MAINTENANCE_DUNNING,     /* what is due for cases: retries, warnings, ends */
    MAINTENANCE_EXPERIMENTS, /* those whose arms are not filled as they are weighted: paused */
    MAINTENANCE_GRACE,       /* graces that are about to end, or have ended, since `from` */
    MAINTENANCE_LEASES,      /* leases that were not renewed, or are ending */
    MAINTENANCE_NOTICES,     /* what is written some days before it happens */
    MAINTENANCE_PRICES,      /* price changes under way, and holders whom they move */
    MAINTENANCE_PRIVACY,     /* what people asked and is due soon */
    MAINTENANCE_REVIEWS,     /* of access that fall due: opened, reminded of, closed */
    MAINTENANCE_RETENTION,   /* forgets what is kept for a while only */
    MAINTENANCE_BREACHES,    /* what is left of their 72 hours */
    MAINTENANCE_BOOKS,       /* counts whose books may go, once a month */
    MAINTENANCE_REVENUE,     /* facts of revenue that time makes, or that were before them */
    MAINTENANCE_USAGE,       /* sums of usage held against its totals, each night */
    MAINTENANCE_MARKS,       /* stand-ins that were not made yet (app/customer_marks.h) */
    MAINTENANCE_PAUSES,      /* subscriptions that go on by themselves */
    MAINTENANCE_CLOCK,       /* remembers that the test clock stands at `from` */
};

/* What the program itself needs for so long; all else is the catalogue's (core/retention.h). */
enum {
    RETAIN_TAKES_DAYS = 40,
    RETAIN_JOURNAL_DAYS = 90,
    RETAIN_LEASES_DAYS = 4,           /* after their period: corrections have ended by then */
    RETAIN_INQUIRIES_DAYS = 30,       /* once they are answered */
    RETAIN_INQUIRIES_OPEN_DAYS = 180, /* when nobody answers */
    RETAIN_VISITORS_DAYS = 90,        /* after the experiment that they saw; strangers alone */
};

struct maintenance {
    struct command command;
    enum maintenance_kind kind;
    struct instant from;
    struct gate_update *updates; /* of the customers whose access ended */
    size_t update_count;
    struct limit_due graces;  /* of MAINTENANCE_GRACE; how far it has come */
    bool has_more;            /* in `done`: it is to be run again for what is left */
    bool goes_on;             /* it has run, and left some */
    struct lease_step *freed; /* what ended leases leave */
    struct {
        struct str at;                  /* the row that is being done; of the tx's arena */
        char id[LIMIT_RECORD_ID];       /* in `done`: the row that failed it; empty: none did */
        char error[CX_DETAIL_MAX + 32]; /* and why */
        bool is_due;                    /* it is to be set aside now, instead */
    } row;
    int64_t batch_kept; /* the first batch of the journal that is still there; 0: none went */
    bool has_take_rows; /* with answers; where batch_kept is set */
};
void maintenance_start(struct app *app, struct maintenance *maintenance);
/* In `done`, when a row failed for a reason of its own (row.id): sets it aside, so that it holds up
 * nobody; then it is started anew. */
void maintenance_set_aside(struct app *app, struct maintenance *maintenance);
/* In `done`, when there is more. */
void maintenance_go_on(struct app *app, struct maintenance *maintenance);

/* When the next customer's full access ends after `after`; INSTANT_MAX when none does. */
MUST_USE struct err maintenance_next_access_end(const struct app *app, struct tx *tx,
                                                struct instant after, struct instant *ret_at);

/* The instant at which the test clock was left; false when it never ran. */
MUST_USE struct err maintenance_read_clock(struct tx *tx, struct instant *ret_at, bool *ret_found);

#endif
