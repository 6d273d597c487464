/* The book of recurring revenue: sums of rows become periods, each with its opening, what moved,
 * the effect of exchange rates, and its closing, in the reporting currency.
 *
 * A movement is worth what its currency was worth when it took effect. What stands is worth what
 * its currency is worth now; the difference is made where a rate changes, and stands in a line of
 * its own. So opening + net new + fx = closing, exactly, whatever happened. */
#ifndef CORE_REVENUE_BOOK_H
#define CORE_REVENUE_BOOK_H

#include "core/revenue_account.h"
#include "core/revenue_figure.h"

enum {
    REVENUE_RATES_MAX = 512,
    REVENUE_PERIODS_MAX = 400,
    REVENUE_CURRENCIES_MAX = 8,
};

/* From a moment on a currency is worth so much. Numbers ascend with time, from 1; number 0 is
 * before the first: nothing is known, and nothing is counted. */
struct revenue_quote {
    int64_t number;
    struct currency currency;
    struct instant at;
    struct revenue_rate rate;
};
struct revenue_rates {
    struct currency reporting;          /* is always at par */
    const struct revenue_quote *quotes; /* in order of their numbers */
    size_t count;
};
/* The last one of the currency that was in force at `at`; 0: none was. */
int64_t revenue_quote_at(const struct revenue_rates *rates, struct currency currency,
                         struct instant at);
struct revenue_rate revenue_rate_of(const struct revenue_rates *rates, struct currency currency,
                                    int64_t number);

/* Rows of one kind, added up; the period is a day or a month, as the reader groups them. */
struct revenue_sum {
    int64_t period;
    int kind, reason; /* reason -1: of all */
    bool is_of_opening;
    int tier, interval; /* -1: of all */
    struct str country; /* empty: of all, or not known */
    struct str currency;
    int64_t rate_number;
    struct revenue_measures measures;
};

struct revenue_stock {
    struct revenue_total arr, list, committed, at_risk;
    int64_t paying, accounts;
};
struct revenue_period {
    struct revenue_total opening;
    struct revenue_total moved[REVENUE_MOVEMENTS];            /* amounts; none is negative */
    struct revenue_total moved_of_opening[REVENUE_MOVEMENTS]; /* of who paid at the opening */
    int64_t counts[REVENUE_KIND_COUNT];
    struct revenue_total transfers; /* into or out of the plans that were asked for */
    struct revenue_total fx;
    int64_t opening_paying;
    int64_t lost, lost_involuntary; /* customers of the opening; with reasons alone the second */
    struct revenue_stock closing;
};
struct revenue_book {
    int64_t first;  /* the period with which it begins; what is before is its opening */
    bool is_by_day; /* else by month */
    size_t count;   /* periods */
    struct revenue_period *periods; /* the caller's, zeroed */
    bool has_unknown_rates;         /* something is in a currency of which no rate was entered */
};
/* `sums` in any order; those behind the last period are left out. */
void revenue_book_fill(struct revenue_book *book, const struct revenue_rates *rates,
                       const struct revenue_sum *sums, size_t count);

/* Of a period of a book. */
struct revenue_moves revenue_moves_of(const struct revenue_period *period);
struct revenue_moves revenue_moves_of_opening(const struct revenue_period *period);

#endif
