/* Events in: judged one by one, counted together.
 *
 * One ingest is one use case: each event is judged (known customer, open period, new identity), the
 * accepted ones are appended to the journal's open group and folded into totals, the gate counts
 * them, and every source's account is kept. The gate counts inside the transaction, so that the
 * watches it moves are stored with the totals; should the store refuse, `done` takes the counts
 * back out. */
#include "app/usage.h"

#include <string.h>

#include "app/limit_watch.h"
#include "base/check.h"
#include "gate/journal.h"
#include "gate/rollup.h"
#include "store/usage.h"

/* What the gate counted for one (customer, metric). */
struct usage_undo {
    struct str user_id;
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

/* The period of the event before, since most batches speak of one customer and month. What happened
 * before the first period counts in it, so it may reach back further than its start. */
struct period_memo {
    struct str user_id;
    struct period period;
    struct instant from;
};

static bool memo_has(const struct period_memo *memo, const struct usage_record *record) {
    return str_equal(memo->user_id, record->identity.user_id) &&
           !instant_is_before(record->time, memo->from) &&
           instant_is_before(record->time, memo->period.end);
}

static struct err period_for(struct tx *tx, const struct usage_record *record,
                             struct period_memo *memo, bool *ret_found) {
    struct str user_id = record->identity.user_id;
    *ret_found = true;
    if (memo_has(memo, record)) {
        return OK;
    }
    struct err err = subscription_usage_period(tx, user_id, record->time, &memo->period);
    if (err.code == ERR_NOT_FOUND) {
        memo->user_id = STR("");
        *ret_found = false;
        return OK;
    }
    TRY(err);
    memo->user_id = user_id;
    memo->from = instant_earlier(record->time, memo->period.start);
    return OK;
}

static bool is_period_open(struct period period, struct instant now) {
    struct instant closes = instant_add(period.end, duration_hours(USAGE_CORRECTION_HOURS));
    return instant_is_before(now, closes);
}

/* Gauges are levels in the order of arrival: whenever it happened, it is the present level. */
static struct err use_present_period(struct tx *tx, struct str user_id, struct instant now,
                                     struct period_memo *memo) {
    TRY(subscription_usage_period(tx, user_id, now, &memo->period));
    memo->user_id = user_id;
    memo->from = memo->period.start;
    return OK;
}

/* Everything but the identity. */
static struct err judge(struct command *command, struct tx *tx, struct usage_event *event,
                        struct period_memo *memo) {
    const struct usage_record *record = &event->record;
    struct instant now = app_now(command->app);
    struct instant latest = instant_add(now, duration_seconds(USAGE_FUTURE_MINUTES * 60));
    if (event->code != NULL) {
        event->status = USAGE_REJECTED;
        return OK;
    }
    if (!gate_is_known(gate_customer(command->app->gate, record->identity.user_id))) {
        reject(event, "customer_not_found", "There is no customer with this subject.");
        return OK;
    }
    if (instant_is_before(latest, record->time)) {
        reject(event, "event_in_future", "The event's time is more than 5 minutes ahead.");
        return OK;
    }
    bool has_period = false;
    TRY(period_for(tx, record, memo, &has_period));
    if (!has_period || !is_period_open(memo->period, now)) {
        reject(event, "period_closed",
               "The usage period of this time is closed: corrections end 72 hours after it.");
        return OK;
    }
    event->status = USAGE_ACCEPTED;
    return metric_kind(record->metric) == METRIC_GAUGE
               ? use_present_period(tx, record->identity.user_id, now, memo)
               : OK;
}

/* Whether the journal has the identity, fetching the batch it asks for. */
static struct err lookup(struct journal *journal, struct tx *tx,
                         const struct usage_identity *identity, bool *ret_is_new) {
    for (;;) {
        struct journal_found found = journal_lookup(journal, identity);
        if (found.answer != JOURNAL_ASK) {
            *ret_is_new = found.answer == JOURNAL_NEW;
            return OK;
        }
        struct str blob;
        TRY(journal_get(tx, (int64_t)found.batch, &blob));
        TRY(journal_offer_batch(journal, found.batch, blob));
    }
}

/* --- counting --- */

struct accepted {
    struct rollup_input *inputs;
    size_t count;
};

/* Judges all events and appends the new ones to the journal, one by one, so that an identity that
 * comes twice in one batch is found the second time. */
static struct err accept(struct usage_ingest *ingest, struct tx *tx, struct accepted *ret) {
    struct journal *journal = ingest->command.app->journal;
    struct period_memo memo = {.user_id = STR("")};
    struct rollup_input *inputs = arena_array(tx->cx->arena, ingest->count, sizeof *inputs);
    if (inputs == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    size_t count = 0;
    for (size_t i = 0; i < ingest->count; i++) {
        struct usage_event *event = &ingest->events[i];
        TRY(judge(&ingest->command, tx, event, &memo));
        if (event->status != USAGE_ACCEPTED) {
            continue;
        }
        bool is_new = false;
        TRY(lookup(journal, tx, &event->record.identity, &is_new));
        if (!is_new) {
            event->status = USAGE_DUPLICATE;
            continue;
        }
        TRY(journal_append(journal, &event->record, 1));
        inputs[count++] = (struct rollup_input){&event->record, memo.period};
    }
    *ret = (struct accepted){inputs, count};
    return OK;
}

static struct err add_row(struct tx *tx, const struct rollup_row *row, enum usage_grain grain) {
    struct usage_addition addition = {
        .user_id = row->user_id,
        .metric = row->metric,
        .grain = grain,
        .timestamp = row->period.start.ms,
        .region = row->region,
        .resource = row->resource,
        .is_set = row->is_set,
        .value = row->value.amount,
        .events = row->records,
    };
    return usage_add(tx, &addition);
}

/* A gauge's row holds its level, not a difference: for the period, and for the hour of the last
 * event, over all regions and resources. */
static struct err add_level(struct tx *tx, struct rollup_row *row) {
    int64_t level = 0;
    if (!row->is_set) {
        TRY(usage_level(tx, row->user_id, row->metric, &level));
        row->value.amount += level;
        row->is_set = true;
    }
    struct rollup_row hour = *row;
    hour.period = period_hour_containing(row->last_at);
    TRY(add_row(tx, &hour, USAGE_HOUR));
    return add_row(tx, row, USAGE_PERIOD);
}

/* Tells the gate, and remembers how to take it back. */
static struct err tell_gate(struct usage_ingest *ingest, struct tx *tx,
                            const struct rollup_row *row) {
    struct app *app = ingest->command.app;
    struct gate_handle handle = gate_customer(app->gate, row->user_id);
    /* What happened before the first period counts in it (subscription_usage_period). */
    struct instant time = instant_later(row->last_at, row->period.start);
    struct gate_use use = {row->metric, row->is_set, row->value, time};
    struct usage_undo *undo = ARENA_NEW(ingest->arena, struct usage_undo);
    if (undo == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    struct gate_verdict verdict = gate_record(handle, &use, app_now(app));
    *undo = (struct usage_undo){
        .user_id = row->user_id,
        .use = use,
        .counted = verdict.counted.amount,
        .is_ahead = metric_kind(row->metric) == METRIC_COUNTER &&
                    instant_is_before(verdict.period.start, row->period.start),
        .next = ingest->undo,
    };
    ingest->undo = undo;
    return limit_watch_keep(app, tx, row->user_id, row->metric, &verdict);
}

static struct err count(struct usage_ingest *ingest, struct tx *tx,
                        const struct accepted *accepted) {
    struct rollup rollup;
    TRY(rollup_fold(tx->cx->arena, accepted->inputs, accepted->count, &rollup));
    for (size_t i = 0; i < rollup.hour_count; i++) {
        if (metric_kind(rollup.hours[i].metric) == METRIC_COUNTER) {
            TRY(add_row(tx, &rollup.hours[i], USAGE_HOUR));
        }
    }
    for (size_t i = 0; i < rollup.period_count; i++) {
        struct rollup_row *row = &rollup.periods[i];
        bool is_gauge = metric_kind(row->metric) == METRIC_GAUGE;
        TRY(is_gauge ? add_level(tx, row) : add_row(tx, row, USAGE_PERIOD));
        TRY(tell_gate(ingest, tx, row));
    }
    return OK;
}

/* --- accounts --- */

static struct usage_source_row account_of(const struct usage_event *event, int64_t now_ms) {
    return (struct usage_source_row){
        .user_id = event->record.identity.user_id,
        .metric = (int)event->record.metric,
        .source = event->record.identity.source,
        .received = 1,
        .counted = event->status == USAGE_ACCEPTED,
        .duplicate = event->status == USAGE_DUPLICATE,
        .rejected = event->status == USAGE_REJECTED,
        .last_event_at = event->record.time.ms,
        .last_heard_at = now_ms,
    };
}

static bool is_same_account(const struct usage_source_row *a, const struct usage_source_row *b) {
    return a->metric == b->metric && str_equal(a->user_id, b->user_id) &&
           str_equal(a->source, b->source);
}

static void fold_account(struct usage_source_row *into, const struct usage_source_row *row) {
    into->received += row->received;
    into->counted += row->counted;
    into->duplicate += row->duplicate;
    into->rejected += row->rejected;
    into->last_event_at =
        row->last_event_at > into->last_event_at ? row->last_event_at : into->last_event_at;
}

/* Adds each event to its source's account; runs of one account, the common case, become one row. An
 * event that names no customer and source of ours belongs to nobody's account. */
static struct err keep_accounts(struct usage_ingest *ingest, struct tx *tx) {
    struct usage_source_row open = {0};
    for (size_t i = 0; i < ingest->count; i++) {
        const struct usage_event *event = &ingest->events[i];
        const struct usage_identity *who = &event->record.identity;
        if (who->source.len == 0 ||
            !gate_is_known(gate_customer(ingest->command.app->gate, who->user_id))) {
            continue;
        }
        struct usage_source_row row = account_of(event, cx_now_ms(tx->cx));
        if (open.received > 0 && is_same_account(&open, &row)) {
            fold_account(&open, &row);
            continue;
        }
        if (open.received > 0) {
            TRY(usage_source_add(tx, &open));
        }
        open = row;
    }
    return open.received > 0 ? usage_source_add(tx, &open) : OK;
}

/* --- the use case --- */

static void tally(struct usage_ingest *ingest) {
    ingest->accepted = ingest->duplicate = ingest->rejected = 0;
    for (size_t i = 0; i < ingest->count; i++) {
        ingest->accepted += ingest->events[i].status == USAGE_ACCEPTED;
        ingest->duplicate += ingest->events[i].status == USAGE_DUPLICATE;
        ingest->rejected += ingest->events[i].status == USAGE_REJECTED;
    }
    check(ingest->accepted + ingest->duplicate + ingest->rejected == ingest->count);
}

/* The store has refused: what the gate counted is taken back. */
static void take_back(struct usage_ingest *ingest) {
    struct app *app = ingest->command.app;
    struct instant now = app_now(app);
    for (; ingest->undo != NULL; ingest->undo = ingest->undo->next) {
        struct gate_use use = ingest->undo->use;
        struct gate_handle handle = gate_customer(app->gate, ingest->undo->user_id);
        if (metric_kind(use.metric) == METRIC_GAUGE) {
            use.is_set = false;
            use.value.amount = -ingest->undo->counted;
            (void)gate_record(handle, &use, now);
        } else {
            (void)gate_release(handle, &use, now);
        }
    }
}

/* An earlier work of the group has begun a usage period, and told the gate after this work had
 * counted in the period before: what belongs to the new one is counted there. */
static void after(struct command *command) {
    const struct usage_ingest *ingest = (const struct usage_ingest *)command;
    for (const struct usage_undo *undo = ingest->undo; undo != NULL; undo = undo->next) {
        if (undo->is_ahead) {
            struct gate_handle handle = gate_customer(command->app->gate, undo->user_id);
            (void)gate_record(handle, &undo->use, app_now(command->app));
        }
    }
}

static struct err run(struct command *command, struct tx *tx) {
    struct usage_ingest *ingest = (struct usage_ingest *)command;
    struct journal_mark mark = journal_mark(command->app->journal);
    struct accepted accepted = {NULL, 0};
    struct err err = accept(ingest, tx, &accepted);
    err = err_failed(err) ? err : count(ingest, tx, &accepted);
    err = err_failed(err) ? err : keep_accounts(ingest, tx);
    if (err_failed(err)) {
        journal_rewind(command->app->journal, mark);
        return err;
    }
    tally(ingest);
    return OK;
}

static void done(struct command *command) {
    struct usage_ingest *ingest = (struct usage_ingest *)command;
    if (err_failed(command->write.err)) {
        take_back(ingest);
    }
    ingest->finished(ingest);
}

void usage_ingest(struct app *app, struct usage_ingest *ingest) {
    check(ingest->count <= LIMIT_BATCH_EVENTS);
    ingest->undo = NULL;
    ingest->command.run = run;
    ingest->command.after = after;
    ingest->command.done = done;
    command_submit_heavy(app, &ingest->command, ingest->count + 1);
}

/* --- the journal's row, once a group --- */

struct err usage_close_group(struct app *app, struct tx *tx, bool *ret_has_row) {
    struct journal_batch batch = journal_close_group(app->journal);
    *ret_has_row = batch.count > 0;
    if (batch.count == 0) {
        return OK;
    }
    struct journal_row row = {
        .batch = (int64_t)batch.number,
        .recorded_at = cx_now_ms(tx->cx),
        .events = batch.count,
        .body = batch.blob,
    };
    return journal_insert(tx, &row);
}
