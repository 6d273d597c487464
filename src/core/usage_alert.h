/* Alerts that customers set: which of their thresholds are reached, and which are to be told now.
 *
 * A rule watches one figure (a counter, a gauge, or the money of the next invoice) against a base
 * (the limit, an amount of its own, a budget). Thresholds are percents of the base. Each is told
 * once in a cycle; a gauge, which knows no cycles, re-arms when it has fallen LIMIT_REARM_POINTS
 * below. Another base (another limit, plan, or amount) arms all of them anew: the caller counts as
 * told only what was told of this base.
 *
 * Percentages are compared by cross-multiplication, so that no threshold is off by one. */
#ifndef CORE_USAGE_ALERT_H
#define CORE_USAGE_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/limit.h"

enum usage_alert_basis {
    USAGE_ALERT_LIMIT,    /* percents of the limit, whatever it is */
    USAGE_ALERT_QUANTITY, /* of an amount in the metric's unit */
    USAGE_ALERT_MONEY,    /* of an amount of money that the next invoice may come to */
};
enum { USAGE_ALERT_BASIS_COUNT = USAGE_ALERT_MONEY + 1 };
const char *usage_alert_basis_name(enum usage_alert_basis basis); /* "limit", "quantity", "money" */

enum {
    USAGE_ALERT_THRESHOLDS_MAX = 5,
    USAGE_ALERT_PERCENT_MAX = 1000,
};

struct usage_alert_thresholds {
    int32_t percents[USAGE_ALERT_THRESHOLDS_MAX]; /* rising */
    size_t count;
};
/* 1 to USAGE_ALERT_THRESHOLDS_MAX of them, each 1..USAGE_ALERT_PERCENT_MAX, rising. */
bool usage_alert_thresholds_are_valid(const struct usage_alert_thresholds *thresholds);

struct usage_alert_level {
    int64_t value; /* below zero is as good as zero */
    int64_t base;  /* 0 or less: there is none, and nothing is reached */
    bool is_gauge;
};

/* What a look came to; bits 1 << i for the threshold i. */
struct usage_alert_judgement {
    unsigned reached; /* as it stands */
    unsigned fires;   /* reached, and not told */
    unsigned rearms;  /* told, and a gauge has fallen far enough below */
    /* Nothing changes while the value stays within [falls_at, rises_at). */
    int64_t falls_at, rises_at;
};
struct usage_alert_judgement usage_alert_judge(const struct usage_alert_thresholds *thresholds,
                                               const struct usage_alert_level *level,
                                               unsigned told);

/* What the plan's limit becomes by a rule that blocks at `amount` (or, NULL, at the limit itself):
 * the plan's own where that is lower. */
struct limit usage_alert_capped(struct limit plan, const int64_t *amount);

/* The least value that reaches a percent of the base. */
int64_t usage_alert_line(int32_t percent, int64_t base);

#endif
