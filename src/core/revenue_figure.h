/* The figures that are made of recurring revenue, by their formulas. Each is a whole number of its
 * unit, rounded once, half to even; or it says why there is none. A denominator of zero never gives
 * a zero. */
#ifndef CORE_REVENUE_FIGURE_H
#define CORE_REVENUE_FIGURE_H

#include "core/revenue.h"

enum revenue_known {
    REVENUE_KNOWN,
    REVENUE_NO_BASE,      /* nothing to divide by */
    REVENUE_INFINITE,     /* something by nothing */
    REVENUE_FEW_DATA,     /* no churn, or fewer events than say anything: more than 60 months */
    REVENUE_NO_SPEND,     /* nobody entered what was spent */
    REVENUE_NO_MARGIN,    /* nobody entered the gross margin */
    REVENUE_TOO_RECENT,   /* the window has not passed yet */
    REVENUE_NOT_RECORDED, /* no fact tells */
};
enum { REVENUE_KNOWN_COUNT = REVENUE_NOT_RECORDED + 1 };
const char *revenue_known_name(enum revenue_known known); /* "no_base"; "" of REVENUE_KNOWN */

struct revenue_figure {
    enum revenue_known known;
    int64_t value; /* of REVENUE_KNOWN alone */
};
static inline struct revenue_figure revenue_value(int64_t value) {
    return (struct revenue_figure){REVENUE_KNOWN, value};
}
static inline struct revenue_figure revenue_unknown(enum revenue_known known) {
    return (struct revenue_figure){known, 0};
}

enum { REVENUE_SHARE = 10000, REVENUE_RATIO = 100, REVENUE_TENTHS = 10 };

/* --- shares, in hundredths of a percent --- */

struct revenue_figure revenue_share(struct revenue_total part, struct revenue_total whole);
struct revenue_figure revenue_share_of_count(int64_t part, int64_t whole);

/* What moved in a period; none of the five is negative. */
struct revenue_moves {
    struct revenue_total opening, of[REVENUE_MOVEMENTS];
};
struct revenue_total revenue_net_new(const struct revenue_moves *moves);
/* (churn + contraction) / opening. */
struct revenue_figure revenue_gross_churn(const struct revenue_moves *moves);
/* (churn + contraction - expansion - reactivation) / opening. */
struct revenue_figure revenue_net_churn(const struct revenue_moves *moves);
/* 1 - gross churn. */
struct revenue_figure revenue_grr(const struct revenue_moves *moves);
/* (opening + expansion + reactivation - contraction - churn) / opening, where all that moved is of
 * customers who paid at the opening: who came back within the period has not left. */
struct revenue_figure revenue_nrr(const struct revenue_moves *of_opening);
struct revenue_figure revenue_expansion_rate(const struct revenue_moves *moves);
/* (new + reactivation + expansion) / (contraction + churn), in hundredths. */
struct revenue_figure revenue_quick_ratio(const struct revenue_moves *moves);

/* --- customers --- */

/* Of those that paid at an opening, how many paid no more at the end. */
struct revenue_churn {
    int64_t lost, opening;
};
struct revenue_figure revenue_logo_churn(struct revenue_churn churn);
/* 1 - (1 - c)^12 of a month's. */
struct revenue_figure revenue_logo_churn_of_year(struct revenue_churn month);

/* A month's revenue by head, in minor units: of payers, of all, or new revenue by new customer. */
struct revenue_figure revenue_per_head(struct revenue_total total, int64_t heads);

enum { REVENUE_CHURN_EVENTS_MIN = 20 };
/* What one customer brings before they leave, in minor units: ARPA x margin / churn. `churn` is of
 * three months, pooled: of an opening, a month. Few data where fewer left than
 * REVENUE_CHURN_EVENTS_MIN. */
struct revenue_worth {
    struct revenue_total total; /* of all who pay, a year */
    int64_t paying;
    int32_t margin;             /* in hundredths of a percent; REVENUE_SHARE: none is taken off */
    struct revenue_churn churn; /* openings and losses of the months together */
};
struct revenue_figure revenue_lifetime(struct revenue_churn churn); /* months, in tenths */
struct revenue_figure revenue_ltv(const struct revenue_worth *worth);
/* The most that a customer may cost at LTV:CAC of 3 to 1. */
struct revenue_figure revenue_cac_max(const struct revenue_worth *worth);

/* What was spent to win them, in minor units. `is_known` false: nobody entered it. */
struct revenue_spend {
    bool is_known;
    int64_t minor;
    int64_t customers; /* new ones, a lag later */
};
struct revenue_figure revenue_cac(const struct revenue_spend *spend);
/* CAC / (ARPA x margin), months in tenths. */
struct revenue_figure revenue_payback(const struct revenue_worth *worth,
                                      const struct revenue_spend *spend);
/* In hundredths; infinite where nothing was spent. */
struct revenue_figure revenue_ltv_to_cac(const struct revenue_worth *worth,
                                         const struct revenue_spend *spend);

/* Of accounts that signed up in a period, the share that paid within a window. */
struct revenue_conversion {
    int64_t signups, converted;
    struct revenue_day last;  /* of the period */
    struct revenue_day as_of; /* what is known until its end */
    int32_t window;           /* days */
};
struct revenue_figure revenue_converted(const struct revenue_conversion *conversion);

#endif
