#include "app/limit_watch.h"

#include "app/billing_event.h"
#include "app/mail_usage.h"
#include "store/usage.h"

static const struct {
    enum limit_notice notice;
    const char *type;
    const char *says;
} notices[] = {
    {LIMIT_NOTICE_WARNING, "usage.warning", "has reached 80 % of its limit"},
    {LIMIT_NOTICE_REACHED, "usage.limit_reached", "has reached its limit"},
    {LIMIT_NOTICE_GRACE_ENDING, "usage.grace_ending", "is over its limit; the grace ends in 12 h"},
    {LIMIT_NOTICE_BLOCKED, "usage.blocked", "is blocked"},
};

static struct err note(struct tx *tx, struct str user_id, enum metric metric,
                       const struct gate_verdict *verdict) {
    for (size_t i = 0; i < ARRAY_LEN(notices); i++) {
        if ((verdict->notices & notices[i].notice) == 0) {
            continue;
        }
        struct billing_note line = {
            .type = notices[i].type,
            .description =
                arena_printf(tx->cx->arena, "%s %s", metric_info(metric)->title, notices[i].says),
            .metadata =
                arena_printf(tx->cx->arena, "{\"metric\":\"%s\",\"used\":%lld,\"limit\":%lld}",
                             metric_name(metric), (long long)verdict->used.amount,
                             (long long)verdict->limit.amount.amount),
        };
        TRY(billing_event_note(tx, user_id, &line));
    }
    return OK;
}

static struct err put(struct tx *tx, struct str user_id, enum metric metric,
                      const struct gate_verdict *verdict, const struct limit_watch *watch) {
    struct limit_state_row row = {
        .user_id = user_id,
        .metric = (int)metric,
        .period_start = verdict->period.start.ms,
        .grace_ends_at = watch->has_grace ? watch->grace_ends_at.ms : ROW_NONE,
        .settled_since = watch->is_settling ? watch->settled_since.ms : ROW_NONE,
        .notices = watch->sent,
    };
    return limit_state_put(tx, &row);
}

struct err limit_watch_keep(struct app *app, struct tx *tx, struct str user_id, enum metric metric,
                            const struct gate_verdict *verdict) {
    /* A grace is written each time: the call that saw it begin may have been one that the store
     * refused, and the gate tells of a change only once. */
    if (!verdict->watch_changed && verdict->notices == 0 && !verdict->watch.has_grace) {
        return OK;
    }
    TRY(put(tx, user_id, metric, verdict, &verdict->watch));
    TRY(note(tx, user_id, metric, verdict));
    return mail_usage_notices(app, tx, user_id, metric, verdict);
}

static bool is_same(const struct limit_watch *a, const struct limit_watch *b) {
    return a->has_grace == b->has_grace && a->is_settling == b->is_settling && a->sent == b->sent &&
           (!a->has_grace || instant_equal(a->grace_ends_at, b->grace_ends_at)) &&
           (!a->is_settling || instant_equal(a->settled_since, b->settled_since));
}

struct err limit_watch_rejudge(struct tx *tx, struct str user_id, enum metric metric,
                               const struct gate_verdict *verdict, struct limit limit) {
    struct limit_query query = {
        .limit = limit,
        .kind = metric_kind(metric),
        .watch = verdict->watch,
        .used = verdict->used,
        .now = {cx_now_ms(tx->cx)},
    };
    unsigned unsaid = 0;
    struct limit_watch watch = limit_step(&query, LIMIT_CAUSE_LIMIT_CHANGED, &unsaid);
    watch.sent &= (uint8_t)~unsaid; /* left for the next call to say, as in the gate */
    return is_same(&watch, &verdict->watch) ? OK : put(tx, user_id, metric, verdict, &watch);
}
