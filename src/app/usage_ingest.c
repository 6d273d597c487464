/* Events in: judged one by one, counted together.
 *
 * One ingest is one use case: each event is judged (known customer, open period, new identity), the
 * accepted ones are appended to the journal's open group and added to totals and to the accounts of
 * their sources (usage_group.h), and the gate counts them. It counts inside the transaction, so
 * that the watches that it moves are stored with the records.
 *
 * All or nothing: when the work fails the journal is rewound here, the totals forget it (app.c),
 * and `done` takes out of the gate what that had counted, as it does when the store refuses. */
#include "app/usage.h"

#include <string.h>

#include "app/billing_event.h"
#include "app/limit_watch.h"
#include "app/usage_group.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "gate/journal.h"
#include "store/usage_journal.h"

/* Events that are staged in the journal ahead of being added, so that memory is near by then. */
enum { AHEAD = 32 };

/* What the gate counted for one (customer, metric). */
struct usage_undo {
    struct gate_handle customer;
    struct gate_use use;
    int64_t counted; /* the difference, also where a level was set: others may count meanwhile */
    bool is_ahead;   /* of a period that an earlier work of the group has begun */
    struct usage_undo *next;
};

static void reject(struct usage_event *event, const char *code, const char *detail) {
    event->status = USAGE_REJECTED;
    event->code = code;
    event->detail = detail;
}

/* --- judging --- */

/* Between which instants an event counts that comes in now. */
struct bounds {
    struct instant closed; /* usage periods that have ended by then are closed */
    struct instant latest; /* that it may have happened */
};

static struct bounds bounds_at(struct instant now) {
    return (struct bounds){
        .closed = instant_add(now, duration_hours(-USAGE_CORRECTION_HOURS)),
        .latest = instant_add(now, duration_seconds(USAGE_FUTURE_MINUTES * 60)),
    };
}

/* Some events of a batch, one behind the other. */
struct few {
    size_t from, to;
    struct bounds bounds;
};

static bool may_be_closed(const struct usage_ingest *ingest, const struct usage_event *event) {
    return ingest->reason.len > 0 && metric_kind(event->record.metric) == METRIC_COUNTER;
}

/* The period that it happened in, which is the one that it counts in, but for gauges: they are
 * levels in the order of arrival (usage_level.h). */
static struct err judge_period(const struct usage_ingest *ingest, struct tx *tx,
                               struct usage_event *event, const struct bounds *bounds) {
    struct app *app = ingest->command.app;
    const struct usage_record *record = &event->record;
    struct usage_moment moment = {event->customer, record->identity.user_id, record->time};
    bool has_period = false;
    TRY(usage_group_find_period(app, tx, &moment, &event->period, &has_period));
    bool is_open = has_period && instant_is_before(bounds->closed, event->period.end);
    if (!has_period || (!is_open && !may_be_closed(ingest, event))) {
        reject(event, "period_closed",
               "The usage period of this time is closed: corrections end 72 hours after it.");
        return OK;
    }
    event->status = USAGE_ACCEPTED;
    return OK;
}

/* Everything but the identity. */
static struct err judge(const struct usage_ingest *ingest, struct tx *tx, struct usage_event *event,
                        const struct bounds *bounds) {
    if (event->code != NULL) {
        event->status = USAGE_REJECTED;
        return OK;
    }
    if (!gate_is_known(event->customer)) {
        reject(event, "customer_not_found", "There is no customer with this subject.");
        return OK;
    }
    if (instant_is_before(bounds->latest, event->record.time)) {
        reject(event, "event_in_future", "The event's time is more than 5 minutes ahead.");
        return OK;
    }
    return judge_period(ingest, tx, event, bounds);
}

/* Most batches speak of one customer for a while. The first was looked for when the ingest was
 * submitted (lane_of), and may have been made since. */
static void find_customer(const struct usage_ingest *ingest, size_t at) {
    struct usage_event *event = &ingest->events[at];
    const struct usage_event *before = at > 0 ? event - 1 : NULL;
    if (before == NULL && gate_is_known(event->customer)) {
        return;
    }
    struct str user_id = event->record.identity.user_id;
    bool is_same = before != NULL && str_equal(user_id, before->record.identity.user_id);
    event->customer =
        is_same ? before->customer : usage_group_customer(ingest->command.app, user_id);
    if (!is_same) {
        usage_group_prefetch(ingest->command.app, event->customer, event->record.metric);
    }
}

/* Takes the record in unless the journal has its identity, fetching the batch it asks for. */
static struct err append(struct journal *journal, struct tx *tx, struct usage_event *event,
                         struct journal_staged staged) {
    for (;;) {
        struct journal_found found = journal_add(journal, staged);
        if (found.answer != JOURNAL_ASK) {
            event->status = found.answer == JOURNAL_NEW ? USAGE_ACCEPTED : USAGE_DUPLICATE;
            return OK;
        }
        struct str blob;
        TRY(journal_get(tx, (int64_t)found.batch, &blob));
        TRY(journal_offer_batch(journal, found.batch, blob));
    }
}

/* An event that names no customer and source of ours belongs to nobody's account. */
static bool is_attributed(const struct usage_event *event) {
    return event->record.identity.source.len > 0 && gate_is_known(event->customer);
}

/* Onto its hour, period and account. */
static struct err add_to_totals(struct app *app, struct tx *tx, const struct usage_event *event,
                                struct instant now) {
    if (event->status == USAGE_ACCEPTED) {
        struct usage_counted counted = {&event->record, event->customer, event->period.start, now};
        return usage_group_gather(app, tx, &counted);
    }
    struct usage_uncounted uncounted = {&event->record, event->customer,
                                        event->status == USAGE_DUPLICATE, now};
    return is_attributed(event) ? usage_group_note(app, &uncounted) : OK;
}

static void tally(struct usage_ingest *ingest, const struct usage_event *event) {
    ingest->accepted += event->status == USAGE_ACCEPTED;
    ingest->duplicate += event->status == USAGE_DUPLICATE;
    ingest->rejected += event->status == USAGE_REJECTED;
    ingest->unattributed += event->status == USAGE_REJECTED && !is_attributed(event);
}

/* Those of a few events that are accepted so far are staged; how many they are. */
static struct err stage_some(struct usage_ingest *ingest, struct tx *tx, struct few few,
                             struct journal_staged *ret_staged, size_t *ret_count) {
    struct journal *journal = ingest->command.app->journal;
    size_t count = 0;
    for (size_t i = few.from; i < few.to; i++) {
        find_customer(ingest, i);
    }
    for (size_t i = few.from; i < few.to; i++) {
        struct usage_event *event = &ingest->events[i];
        TRY(judge(ingest, tx, event, &few.bounds));
        if (event->status == USAGE_ACCEPTED) {
            ret_staged[count++] = journal_stage(journal, &event->record);
        }
    }
    journal_locate(journal, ret_staged, count);
    *ret_count = count;
    return OK;
}

/* A few events: judged and staged, then added one by one, so that an identity that comes twice
 * in one batch is found the second time. All that is to be done with an event is done while it is
 * near: a long batch is larger than the caches. */
static struct err accept_some(struct usage_ingest *ingest, struct tx *tx, size_t from, size_t to) {
    struct app *app = ingest->command.app;
    struct journal_staged staged[AHEAD];
    struct instant now = app_now(app);
    struct few few = {from, to, bounds_at(now)};
    size_t count = 0;
    size_t added = 0;
    TRY(stage_some(ingest, tx, few, staged, &count));
    for (size_t i = from; i < to; i++) {
        struct usage_event *event = &ingest->events[i];
        if (event->status == USAGE_ACCEPTED) {
            TRY(append(app->journal, tx, event, staged[added++]));
        }
        TRY(add_to_totals(app, tx, event, now));
        tally(ingest, event);
    }
    check(added == count);
    return OK;
}

static struct err accept(struct usage_ingest *ingest, struct tx *tx) {
    TRY(journal_reserve(ingest->command.app->journal, ingest->count));
    for (size_t i = 0; i < ingest->count; i += AHEAD) {
        size_t left = ingest->count - i;
        TRY(accept_some(ingest, tx, i, i + (left < AHEAD ? left : AHEAD)));
    }
    usage_group_add_gathered(ingest->command.app);
    check(ingest->accepted + ingest->duplicate + ingest->rejected == ingest->count);
    return OK;
}

/* --- the gate --- */

struct news {
    struct gate_handle customer;
    struct str user_id;
    struct gate_use use;
    struct instant period_start;
};

/* Tells the gate, and remembers how to take it back. */
static struct err tell_gate(struct usage_ingest *ingest, struct tx *tx, const struct news *news) {
    struct app *app = ingest->command.app;
    const struct gate_use *use = &news->use;
    struct usage_undo *undo = ARENA_NEW(ingest->arena, struct usage_undo);
    if (undo == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    struct gate_verdict verdict = gate_record(news->customer, use, app_now(app));
    *undo = (struct usage_undo){
        .customer = news->customer,
        .use = *use,
        .counted = verdict.counted.amount,
        .is_ahead = metric_kind(use->metric) == METRIC_COUNTER &&
                    instant_is_before(verdict.period.start, news->period_start),
        .next = ingest->undo,
    };
    ingest->undo = undo;
    return limit_watch_keep(app, tx, news->user_id, use->metric, &verdict);
}

/* --- gauges --- */

/* A level so high that the gate may hold less of it, or moved further than one use can say. */
static bool is_out_of_reach(struct level before, struct level now) {
    int64_t moved = now.value - before.value;
    return before.value >= GATE_USED_MAX || now.value >= GATE_USED_MAX ||
           before.value <= -GATE_USED_MAX || now.value <= -GATE_USED_MAX || moved > LIMIT_AMOUNT ||
           moved < -LIMIT_AMOUNT;
}

/* The gate stands where the store does, further by what takes have counted that come later in the
 * journal: so it is moved by as much as the store's level, also where that was set. */
static struct err count_level(struct usage_ingest *ingest, struct tx *tx,
                              const struct total *total) {
    struct level before = totals_level_before_work(total);
    struct level now = totals_level(total);
    bool is_set = is_out_of_reach(before, now);
    struct news news = {
        .customer = usage_total_customer(total),
        .user_id = total->key.user_id,
        .use = {total->key.metric, is_set, quantity_of(now.value - (is_set ? 0 : before.value)),
                app_now(ingest->command.app)},
        .period_start = {now.period_start},
    };
    return tell_gate(ingest, tx, &news);
}

/* --- counters --- */

/* Who changes what may be billed already says why, for ever. */
static struct err note_backfill(const struct usage_ingest *ingest, struct tx *tx,
                                const struct total *total) {
    char start[RFC3339_SIZE];
    rfc3339_format(total->key.start, start);
    struct arena *arena = tx->cx->arena;
    const char *metric = metric_name(total->key.metric);
    struct billing_note note = {
        .type = "usage.backfilled",
        .description =
            arena_printf(arena, "%lld of %s in the usage period from %s: " STR_FMT,
                         (long long)total->work.value, metric, start, STR_ARG(ingest->reason)),
        .metadata = arena_printf(
            arena, "{\"metric\":\"%s\",\"value\":%lld,\"events\":%lld,\"periodStart\":\"%s\"}",
            metric, (long long)total->work.value, (long long)total->work.counted, start),
    };
    return billing_event_note(tx, total->key.user_id, &note);
}

static struct err count_period(struct usage_ingest *ingest, struct tx *tx,
                               const struct total *total) {
    /* What happened before the first period counts in it (subscription_usage_period). */
    struct instant start = {total->key.start};
    struct instant last_at = {total->work.last_at};
    struct news news = {
        .customer = usage_total_customer(total),
        .user_id = total->key.user_id,
        .use = {total->key.metric, false, quantity_of(total->work.value),
                instant_later(last_at, start)},
        .period_start = start,
    };
    TRY(tell_gate(ingest, tx, &news));
    return ingest->reason.len > 0 ? note_backfill(ingest, tx, total) : OK;
}

/* --- the use case --- */

static struct err count_total(struct usage_ingest *ingest, struct tx *tx,
                              const struct total *total) {
    bool is_gauge = metric_kind(total->key.metric) == METRIC_GAUGE;
    switch (total->key.kind) {
    case TOTAL_PERIOD:
        return is_gauge ? OK : count_period(ingest, tx, total);
    case TOTAL_LEVEL:
        return count_level(ingest, tx, total);
    case TOTAL_HOUR:
    case TOTAL_ACCOUNT:
        return OK;
    }
    check(false);
    return OK;
}

/* Each period and gauge that this ingest adds to, once. */
static struct err count(struct usage_ingest *ingest, struct tx *tx) {
    const struct total *total = usage_group_totals(ingest->command.app)->work;
    for (; total != NULL; total = total->work_next) {
        TRY(count_total(ingest, tx, total));
    }
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* A counter gives back no more than it has; what a reversal took from it is used again. */
static void take_back_one(const struct usage_undo *undo, struct instant now) {
    struct gate_use use = undo->use;
    bool is_given_back = metric_kind(use.metric) == METRIC_COUNTER && undo->counted > 0;
    use.is_set = false;
    use.value.amount = total_sum(0, is_given_back ? undo->counted : -undo->counted);
    if (is_given_back) {
        (void)gate_release(undo->customer, &use, now);
    } else {
        (void)gate_record(undo->customer, &use, now);
    }
}

/* The store has refused: what the gate counted is taken back. */
static void take_back(struct usage_ingest *ingest) {
    struct instant now = app_now(ingest->command.app);
    for (; ingest->undo != NULL; ingest->undo = ingest->undo->next) {
        take_back_one(ingest->undo, now);
    }
}

/* An earlier work of the group has begun a usage period, and told the gate after this work had
 * counted in the period before: what belongs to the new one is counted there. */
static void after(struct command *command) {
    const struct usage_ingest *ingest = (const struct usage_ingest *)command;
    for (const struct usage_undo *undo = ingest->undo; undo != NULL; undo = undo->next) {
        if (undo->is_ahead) {
            (void)gate_record(undo->customer, &undo->use, app_now(command->app));
        }
    }
}

static struct err run(struct command *command, struct tx *tx) {
    struct usage_ingest *ingest = (struct usage_ingest *)command;
    struct journal_mark mark = journal_mark(command->app->journal);
    struct err err = accept(ingest, tx);
    err = err_failed(err) ? err : count(ingest, tx);
    ingest->counted_ns = command->app->env->mono_ns(command->app->env);
    if (err_failed(err)) {
        journal_rewind(command->app->journal, mark);
    }
    return err;
}

/* Whether the journal has its identity. */
static struct err look_up(struct journal *journal, struct tx *tx, struct usage_event *event) {
    for (;;) {
        struct journal_found found = journal_lookup(journal, &event->record.identity);
        if (found.answer != JOURNAL_ASK) {
            event->status = found.answer == JOURNAL_NEW ? USAGE_ACCEPTED : USAGE_DUPLICATE;
            return OK;
        }
        struct str blob;
        TRY(journal_get(tx, (int64_t)found.batch, &blob));
        TRY(journal_offer_batch(journal, found.batch, blob));
    }
}

static struct err run_trial(struct command *command, struct tx *tx) {
    struct usage_ingest *ingest = (struct usage_ingest *)command;
    struct bounds bounds = bounds_at(app_now(command->app));
    for (size_t i = 0; i < ingest->count; i++) {
        struct usage_event *event = &ingest->events[i];
        find_customer(ingest, i);
        TRY(judge(ingest, tx, event, &bounds));
        if (event->status == USAGE_ACCEPTED) {
            TRY(look_up(command->app->journal, tx, event));
        }
        tally(ingest, event);
    }
    return OK;
}

static void done(struct command *command) {
    struct usage_ingest *ingest = (struct usage_ingest *)command;
    if (err_failed(command->write.err)) {
        take_back(ingest);
    }
    ingest->finished(ingest);
}

/* Customers take turns. A batch that speaks of several has a turn of its own: its sender is the
 * platform, and none of them is to be turned away for it. Turns follow from what came before
 * alone, so that a simulation plays the same again. */
static uint64_t lane_of(struct app *app, const struct usage_ingest *ingest) {
    if (ingest->count == 0) {
        return 0;
    }
    struct usage_event *events = ingest->events;
    struct str first = events[0].record.identity.user_id;
    events[0].customer = gate_customer(app->gate, first);
    for (size_t i = 1; i < ingest->count; i++) {
        if (!str_equal(events[i].record.identity.user_id, first)) {
            return app->batches++;
        }
    }
    return gate_customer_lane(app->gate, first);
}

static void submit(struct app *app, struct usage_ingest *ingest,
                   struct err (*run_it)(struct command *command, struct tx *tx)) {
    check(ingest->count <= LIMIT_BATCH_EVENTS);
    ingest->undo = NULL;
    ingest->accepted = ingest->duplicate = ingest->rejected = 0;
    ingest->unattributed = 0;
    ingest->counted_ns = 0;
    ingest->command.run = run_it;
    ingest->command.after = after;
    ingest->command.done = done;
    command_submit_events(app, &ingest->command, ingest->count + 1, lane_of(app, ingest));
}

void usage_ingest(struct app *app, struct usage_ingest *ingest) {
    submit(app, ingest, run);
}

void usage_try(struct app *app, struct usage_ingest *ingest) {
    submit(app, ingest, run_trial);
}
