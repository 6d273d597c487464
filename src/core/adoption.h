/* What customers reach for, and whether it leads them to a larger plan.
 *
 * A signal is that a customer on a day was warned of a limit, was refused more of a metric, asked
 * for a feature that their plan lacks, or for one that it has. It counts on its day and those
 * behind it, a span long; sums keep how many customers that are as differences from day to day, so
 * that any past day is a sum. An upgrade is preceded by a signal when the signal counts on its day.
 *
 * Signals of a customer come in the order of their days. */
#ifndef CORE_ADOPTION_H
#define CORE_ADOPTION_H

#include "core/revenue_account.h"
#include "core/revenue_figure.h"

enum adoption_kind {
    ADOPTION_WARNING,        /* of a metric: 80 % or all of a limit are used, or a grace ends */
    ADOPTION_BLOCK,          /* of a metric: more was refused */
    ADOPTION_DENIED_FEATURE, /* it was asked for, and the plan lacks it */
    ADOPTION_USED_FEATURE,   /* it was asked for, and was there */
};
enum { ADOPTION_DRIVERS = ADOPTION_USED_FEATURE, ADOPTION_KIND_COUNT = ADOPTION_USED_FEATURE + 1 };
const char *adoption_kind_name(enum adoption_kind kind); /* "denied_feature" */

enum {
    ADOPTION_DRIVER_DAYS = 14,  /* until an upgrade, its day included */
    ADOPTION_USE_DAYS = 28,     /* in which who uses something has adopted it */
    ADOPTION_UPGRADES_MIN = 20, /* fewer say nothing of what leads to them */
};
int64_t adoption_span(enum adoption_kind kind); /* days */

/* What a signal of `day` changes of how many customers there are: from each of the days on so many
 * more. `last` is the day of the one before it; none when it counts no more, or never was. */
struct adoption_steps {
    int count; /* 0 or 2 */
    struct {
        int64_t day, delta;
    } of[2];
};
enum { ADOPTION_NEVER = -1 };
struct adoption_steps adoption_steps(int64_t day, int64_t last, int64_t span);

/* The account was there, and brings more in a larger plan than before; a correction is none, nor is
 * a trial that becomes paid. */
bool adoption_is_upgrade(const struct revenue_row *row);

/* --- figures --- */

/* Customers who use something, of those who may; the two are kept apart, so that who uses it by a
 * contract's leave does not make more than all. */
struct revenue_figure adoption_share(int64_t adopting, int64_t entitled);
/* How many there are on a day, as the mean of the span's, of all in the span; `daily` is the sum.
 */
struct revenue_figure adoption_daily(int64_t daily);
struct revenue_figure adoption_stickiness(int64_t daily, int64_t monthly);

/* In days of customers, of a stretch of days. */
struct adoption_driver {
    int64_t upgrades, preceded;  /* of these, those on whose day a signal counted */
    int64_t days, signaled_days; /* on which an account was there; and a signal counted */
};
/* Of upgrades, those that were preceded. */
struct revenue_figure adoption_driven(const struct adoption_driver *driver);
/* The same of who did not upgrade: of their days, those on which a signal counted. */
struct revenue_figure adoption_base(const struct adoption_driver *driver);
/* The one by the other, in hundredths; too few where there are fewer than ADOPTION_UPGRADES_MIN
 * upgrades, or no day to hold them against. */
struct revenue_figure adoption_lift(const struct adoption_driver *driver);

#endif
