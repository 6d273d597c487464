#include "app/mail_usage.h"

#include "app/mail_values.h"
#include "base/check.h"
#include "base/int128.h"
#include "core/catalogue.h"
#include "store/subscription.h"

enum { COALESCE_MINUTES = 15 }; /* that a warning waits, for what may come to tell more */

static enum mail_kind kind_of(enum limit_notice notice) {
    switch (notice) {
    case LIMIT_NOTICE_WARNING:
        return MAIL_KIND_USAGE_80;
    case LIMIT_NOTICE_REACHED:
        return MAIL_KIND_USAGE_100;
    case LIMIT_NOTICE_GRACE_ENDING:
        return MAIL_KIND_USAGE_GRACE_ENDING;
    case LIMIT_NOTICE_BLOCKED:
        return MAIL_KIND_USAGE_BLOCKED;
    }
    check(false);
    return MAIL_KIND_USAGE_BLOCKED;
}

struct told {
    struct app *app;
    struct tx *tx;
    struct str user_id;
    enum metric metric;
    const struct gate_verdict *verdict;
};

/* The cheapest plan above the customer's own that would hold what is used; empty when none is. */
static struct err upgrade_of(const struct told *told, struct str *ret_tier) {
    struct subscription_row row;
    bool is_found = false;
    enum tier tier;
    *ret_tier = STR("");
    TRY(subscription_in_force(told->tx, told->user_id, &row, &is_found));
    int64_t larger = told->verdict->limit.amount.amount + 1;
    int64_t used = told->verdict->used.amount;
    struct quantity least = {used > larger ? used : larger};
    if (is_found && catalogue_upgrade_for(told->app->catalogue, told->metric, least,
                                          (enum tier)row.tier, &tier)) {
        *ret_tier = str_from_cstr(tier_name(tier));
    }
    return OK;
}

/* When the limit is reached if the period goes on as it began; ROW_NONE when it is not, or when
 * there is too little to go by. */
static int64_t projected_at(const struct told *told) {
    const struct gate_verdict *verdict = told->verdict;
    int64_t start = verdict->period.start.ms;
    int64_t elapsed = cx_now_ms(told->tx->cx) - start;
    int64_t used = verdict->used.amount;
    if (metric_kind(told->metric) != METRIC_COUNTER || used <= 0 || elapsed <= 0) {
        return ROW_NONE;
    }
    i128 whole = (i128)elapsed * verdict->limit.amount.amount / used;
    bool is_within = whole < (i128)(verdict->period.end.ms - start);
    return is_within ? start + (int64_t)whole : ROW_NONE;
}

static struct err values_of(const struct told *told, enum mail_kind kind, struct str *ret_values) {
    const struct gate_verdict *verdict = told->verdict;
    struct mail_values values;
    struct str upgrade;
    TRY(upgrade_of(told, &upgrade));
    mail_values_begin(&values, told->tx->cx);
    mail_values_str(&values, "metric", str_from_cstr(metric_name(told->metric)));
    mail_values_i64(&values, "used", verdict->used.amount > 0 ? verdict->used.amount : 0);
    mail_values_i64(&values, "limit", verdict->limit.amount.amount);
    mail_values_str(&values, "upgradeTo", upgrade);
    if (upgrade.len > 0) {
        mail_values_str(&values, "changeUrl",
                        arena_printf(told->tx->cx->arena, "/billing/plan/change?to=" STR_FMT,
                                     STR_ARG(upgrade)));
    }
    if (metric_kind(told->metric) == METRIC_COUNTER) {
        mail_values_time(&values, "resetsAt", verdict->period.end.ms);
    }
    if (kind == MAIL_KIND_USAGE_80) {
        mail_values_time(&values, "projectedAt", projected_at(told));
    } else {
        mail_values_i64(&values, "hardLimit", verdict->hard_limit.amount);
    }
    bool has_end = verdict->watch.has_grace;
    if (kind == MAIL_KIND_USAGE_GRACE_ENDING || (kind == MAIL_KIND_USAGE_100 && has_end)) {
        mail_values_time(&values, "graceEndsAt", verdict->watch.grace_ends_at.ms);
    }
    if (kind == MAIL_KIND_USAGE_BLOCKED) {
        mail_values_time(&values, "blockedAt", cx_now_ms(told->tx->cx));
    }
    *ret_values = mail_values_end(&values);
    return OK;
}

struct str mail_usage_key(struct arena *arena, const struct usage_notice *notice) {
    bool is_gauge = metric_kind(notice->metric) == METRIC_GAUGE;
    int64_t time = is_gauge ? notice->armings : notice->verdict->period.start.ms;
    return arena_printf(arena, "%s:%s:%lld:%lld", mail_kind_name(kind_of(notice->notice)),
                        metric_name(notice->metric),
                        (long long)notice->verdict->limit.amount.amount, (long long)time);
}

struct err mail_usage_order(struct app *app, struct tx *tx, const struct usage_notice *notice) {
    struct told told = {app, tx, notice->user_id, notice->metric, notice->verdict};
    struct mail_order order = {
        .user_id = notice->user_id,
        .kind = kind_of(notice->notice),
        .dedupe_key = mail_usage_key(tx->cx->arena, notice),
    };
    if (order.kind == MAIL_KIND_USAGE_80) {
        order.rest = duration_seconds(60 * COALESCE_MINUTES);
    }
    TRY(values_of(&told, order.kind, &order.values));
    return mail_order(app, tx, &order);
}

struct err mail_usage_is_outrun(struct tx *tx, const struct mail_row *row, bool *ret_is) {
    static const struct str warning = STR_INIT("usage_80:");
    *ret_is = false;
    if (!str_starts_with(row->dedupe_key, warning)) {
        return OK;
    }
    struct str key = arena_printf(tx->cx->arena, "usage_100:" STR_FMT,
                                  STR_ARG(str_skip(row->dedupe_key, warning.len)));
    return mail_is_ordered(tx, row->user_id, key, ret_is);
}
