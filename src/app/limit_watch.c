#include "app/limit_watch.h"

#include "app/adoption.h"
#include "app/billing_event.h"
#include "app/limit_told.h"
#include "app/mail_usage.h"
#include "app/usage_alert.h"
#include "store/limit_state.h"

static const char *const says[] = {
    [LIMIT_NOTICE_WARNING] = "has reached 80 % of its limit",
    [LIMIT_NOTICE_REACHED] = "has reached its limit",
    [LIMIT_NOTICE_GRACE_ENDING] = "is over its limit; the grace ends in 12 h",
    [LIMIT_NOTICE_BLOCKED] = "is blocked",
};

/* One limit, as the gate sees it now and as its row has it. */
struct watched {
    struct app *app;
    struct tx *tx;
    struct gate_handle customer;
    enum metric metric;
    struct gate_verdict now;      /* of a check */
    struct limit_state_row found; /* as it was, or one that says nothing */
    struct limit_state_row row;   /* as it is to be */
};

static bool is_gauge(const struct watched *watched) {
    return metric_kind(watched->metric) == METRIC_GAUGE;
}

/* A counter's row speaks of one usage period, a gauge's of all. */
static struct err look(struct watched *watched, struct str user_id) {
    struct instant now = {cx_now_ms(watched->tx->cx)};
    bool is_found = false;
    watched->now = gate_check(watched->customer, watched->metric, quantity_of(0), now);
    watched->row = (struct limit_state_row){
        .user_id = user_id,
        .metric = (int)watched->metric,
        .period_start = watched->now.period.start.ms,
        .grace_ends_at = ROW_NONE,
        .settled_since = ROW_NONE,
        .limit_amount = ROW_NONE,
        .given_at = {ROW_NONE, ROW_NONE, ROW_NONE, ROW_NONE},
    };
    watched->found = watched->row;
    TRY(limit_state_get(watched->tx, user_id, watched->metric, &watched->found, &is_found));
    if (is_gauge(watched) || watched->found.period_start == watched->row.period_start) {
        watched->row = watched->found;
    }
    return OK;
}

static struct limit_query query_of(const struct watched *watched) {
    struct limit_query query = {
        .limit = watched->now.limit,
        .kind = metric_kind(watched->metric),
        .watch = watched->now.watch,
        .used = watched->now.used,
        .now = {cx_now_ms(watched->tx->cx)},
    };
    query.watch.sent = (uint8_t)watched->row.notices;
    return query;
}

/* --- the row --- */

static void set_grace(struct limit_state_row *row, const struct limit_watch *watch) {
    row->grace_ends_at = watch->has_grace ? watch->grace_ends_at.ms : ROW_NONE;
    row->settled_since = watch->is_settling ? watch->settled_since.ms : ROW_NONE;
}

/* From now on these are given, and of this limit. What goes may come again, and is another time
 * then. */
static void set_notices(struct watched *watched, unsigned notices, struct limit limit) {
    struct limit_state_row *row = &watched->row;
    unsigned gone = (unsigned)row->notices & ~notices;
    row->armings += is_gauge(watched) && gone != 0;
    for (unsigned i = 0; i < LIMIT_NOTICE_COUNT; i++) {
        row->given_at[i] = (gone & 1U << i) != 0 ? ROW_NONE : row->given_at[i];
    }
    row->notices = notices;
    row->limit_amount = limit_is_bounded(limit) ? limit.amount.amount : ROW_NONE;
}

static bool is_same(const struct limit_state_row *a, const struct limit_state_row *b) {
    bool is_of_same = a->notices == 0 || a->limit_amount == b->limit_amount;
    return a->period_start == b->period_start && a->grace_ends_at == b->grace_ends_at &&
           a->settled_since == b->settled_since && a->notices == b->notices && is_of_same &&
           a->armings == b->armings;
}

static struct err store(struct watched *watched) {
    struct gate_told told = {watched->metric, watched->now.period.start,
                             (unsigned)watched->row.notices};
    if (!is_same(&watched->row, &watched->found)) {
        TRY(limit_state_put(watched->tx, &watched->row));
    }
    return told.notices == watched->now.watch.sent
               ? OK
               : limit_told_add(watched->app, watched->tx, watched->customer, &told);
}

/* --- telling --- */

static struct err note(struct tx *tx, const struct usage_notice *notice) {
    const char *metric = metric_name(notice->metric);
    const char *name = limit_notice_name(notice->notice);
    struct arena *arena = tx->cx->arena;
    struct billing_note line = {
        .type = arena_printf(arena, "usage.%s", name).bytes,
        .description =
            arena_printf(arena, "%s %s", metric_info(notice->metric)->title, says[notice->notice]),
        .metadata = arena_printf(arena, "{\"metric\":\"%s\",\"used\":%lld,\"limit\":%lld}", metric,
                                 (long long)notice->verdict->used.amount,
                                 (long long)notice->verdict->limit.amount.amount),
    };
    return billing_event_note(tx, notice->user_id, &line);
}

/* Which may lead to a larger plan. */
static struct err note_signal(struct tx *tx, const struct usage_notice *notice) {
    bool is_block = notice->notice == LIMIT_NOTICE_BLOCKED;
    const struct adoption_given given = {
        .user_id = notice->user_id,
        .kind = is_block ? ADOPTION_BLOCK : ADOPTION_WARNING,
        .name = str_from_cstr(metric_name(notice->metric)),
        .day = adoption_today(tx),
    };
    return adoption_note(tx, &given);
}

/* A line of history and a mail; neither when this was told before, as of a limit that a change of
 * plan took away and another brought back within one usage period. */
static struct err tell(struct watched *watched, enum limit_notice which, int64_t *ret_at) {
    struct tx *tx = watched->tx;
    struct usage_notice notice = {
        .user_id = watched->row.user_id,
        .metric = watched->metric,
        .notice = which,
        .verdict = &watched->now,
        .armings = watched->row.armings,
    };
    struct str key = mail_usage_key(tx->cx->arena, &notice);
    TRY(mail_ordered_at(tx, notice.user_id, key, ret_at));
    if (*ret_at != ROW_NONE) {
        return OK;
    }
    *ret_at = cx_now_ms(tx->cx);
    TRY(note(tx, &notice));
    TRY(note_signal(tx, &notice));
    return mail_usage_order(watched->app, tx, &notice);
}

static struct err tell_all(struct watched *watched, unsigned due) {
    for (unsigned i = 0; i < LIMIT_NOTICE_COUNT; i++) {
        if ((due & 1U << i) != 0) {
            TRY(tell(watched, (enum limit_notice)(1U << i), &watched->row.given_at[i]));
        }
    }
    return OK;
}

/* What was told of another limit, as far as this one justifies it. */
static uint8_t told_of_another(const struct limit_query *query) {
    unsigned due = 0;
    unsigned sent = limit_step(query, LIMIT_CAUSE_LIMIT_CHANGED, &due).sent;
    return (uint8_t)(sent & ~due);
}

static struct err judge(struct watched *watched, enum limit_cause cause) {
    struct limit_query query = query_of(watched);
    int64_t limit = watched->row.limit_amount;
    unsigned due = 0;
    if (limit != ROW_NONE && limit != query.limit.amount.amount) {
        query.watch.sent = told_of_another(&query);
    }
    struct limit_watch next = limit_step(&query, cause, &due);
    set_grace(&watched->row, &watched->now.watch);
    set_notices(watched, next.sent, query.limit);
    TRY(tell_all(watched, due));
    return store(watched);
}

struct err limit_watch_keep(struct app *app, struct tx *tx, struct str user_id, enum metric metric,
                            const struct gate_verdict *verdict) {
    TRY(usage_alert_watch_keep(app, tx, user_id, metric, verdict));
    /* A grace is compared each time: the call that saw it begin may have been one that the store
     * refused, and the gate tells of a change only once. */
    if (!verdict->watch_changed && verdict->notices == 0 && !verdict->watch.has_grace) {
        return OK;
    }
    struct watched watched = {
        .app = app, .tx = tx, .customer = gate_customer(app->gate, user_id), .metric = metric};
    if (limit_told_has_change(app, watched.customer)) {
        return OK;
    }
    TRY(look(&watched, user_id));
    /* A denial is news of the limit and the period that it was judged by. */
    bool was_denied = !verdict->is_allowed && (verdict->notices & LIMIT_NOTICE_BLOCKED) != 0 &&
                      limit_equal(verdict->limit, watched.now.limit) &&
                      instant_equal(verdict->period.start, watched.now.period.start);
    return judge(&watched, was_denied ? LIMIT_CAUSE_DENIED : LIMIT_CAUSE_USED);
}

struct err limit_watch_rejudge(struct app *app, struct tx *tx, struct str user_id,
                               enum metric metric, struct limit limit) {
    struct watched watched = {
        .app = app, .tx = tx, .customer = gate_customer(app->gate, user_id), .metric = metric};
    TRY(look(&watched, user_id));
    if (limit_equal(watched.now.limit, limit)) {
        return OK;
    }
    struct limit_query query = query_of(&watched);
    query.limit = limit;
    unsigned unsaid = 0;
    struct limit_watch watch = limit_step(&query, LIMIT_CAUSE_LIMIT_CHANGED, &unsaid);
    set_grace(&watched.row, &watch);
    set_notices(&watched, watch.sent & ~unsaid, limit);
    return is_same(&watched.row, &watched.found) ? OK : limit_state_put(tx, &watched.row);
}
