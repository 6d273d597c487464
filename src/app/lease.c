/* The exchange with a node: reports are counted, then what may be granted is granted.
 *
 * All of an exchange is one transaction, and durable before it is answered: no node ever holds a
 * grant that a restart of the server does not know of. The gate is told inside the transaction,
 * since its verdict is part of it; should the store refuse, `done` tells it back. What goes back
 * for good (an epoch that ends) is free only after the commit. */
#include "app/lease.h"

#include "app/freeze.h"
#include "app/lease_inside.h"
#include "app/limit_watch.h"
#include "app/usage.h"
#include "app/usage_group.h"
#include "base/check.h"
#include "base/id.h"
#include "gate/journal.h"

enum {
    ACTIVE_MS = LEASE_HORIZON_MAX_MS, /* a node heard of since counts as one that uses a counter */
    SEEN_MS = 60 * 1000,              /* how old a node's last sign of life may be in its row */
};

/* One counter in hand. */
struct serving {
    struct lease_exchange *exchange;
    struct tx *tx;
    const struct lease_statement *statement;
    enum metric metric;
    struct gate_handle handle;
    struct instant now;
    struct gate_verdict verdict;
    bool is_present; /* of the gate's usage period */
    bool is_ahead;   /* of one that has not begun */
    struct lease_row row;
    struct lease_offer offer;
};

static struct app *app_of(const struct serving *serving) {
    return serving->exchange->command.app;
}

static void reject(const struct serving *serving, const char *code, const char *detail) {
    struct lease_exchange *exchange = serving->exchange;
    exchange->rejections[exchange->rejection_count++] = (struct lease_rejection){
        .user_id = serving->statement->user_id,
        .metric = serving->metric,
        .code = code,
        .detail = detail,
    };
}

/* --- counting what was reported --- */

/* What of a counter is to be counted, or was rejected. */
struct lease_use {
    struct usage_record record;
    struct gate_handle customer;
    struct period period;
    bool is_rejected;
};

static struct usage_record record_of(const struct serving *serving) {
    return (struct usage_record){
        .identity = {serving->row.key.user_id, serving->exchange->source, STR("")},
        .metric = serving->metric,
        .kind = USAGE_LEASE,
        .time = serving->now,
    };
}

static void keep_rejection(const struct serving *serving) {
    struct lease_exchange *exchange = serving->exchange;
    exchange->uses[exchange->use_count++] = (struct lease_use){
        .record = record_of(serving),
        .customer = serving->handle,
        .is_rejected = true,
    };
}

/* At the present time, or at the end of a period that is over. */
static struct err keep_use(const struct serving *serving, struct period period, int64_t used) {
    struct lease_exchange *exchange = serving->exchange;
    struct instant last = {period.end.ms - 1};
    struct record_id id = id_new(serving->tx->cx, "leas");
    struct lease_use *use = &exchange->uses[exchange->use_count++];
    *use = (struct lease_use){record_of(serving), serving->handle, period, false};
    use->record.value = used;
    use->record.time = instant_later(period.start, instant_earlier(serving->now, last));
    use->record.identity.id = arena_str(serving->tx->cx->arena, id_str(&id));
    return arena_failed(serving->tx->cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err add_to_totals(struct app *app, struct tx *tx, const struct lease_use *use) {
    struct instant now = app_now(app);
    if (use->is_rejected) {
        struct usage_uncounted uncounted = {&use->record, use->customer, false, now};
        return usage_group_note(app, &uncounted);
    }
    struct usage_counted counted = {&use->record, use->customer, use->period.start, now};
    return usage_group_count(app, tx, &counted);
}

static struct err append_uses(const struct lease_exchange *exchange) {
    struct app *app = exchange->command.app;
    struct journal_mark mark = journal_mark(app->journal);
    for (size_t i = 0; i < exchange->use_count; i++) {
        struct err err = exchange->uses[i].is_rejected
                             ? OK
                             : journal_append(app->journal, &exchange->uses[i].record, 1);
        if (err_failed(err)) {
            journal_rewind(app->journal, mark);
            return err;
        }
    }
    return OK;
}

/* Into the journal, the totals and the source's account: what may fail first. */
static struct err count_uses(const struct lease_exchange *exchange, struct tx *tx) {
    struct app *app = exchange->command.app;
    for (size_t i = 0; i < exchange->use_count; i++) {
        TRY(add_to_totals(app, tx, &exchange->uses[i]));
    }
    return arena_failed(tx->cx->arena) ? ERR(ERR_NO_MEMORY) : append_uses(exchange);
}

/* Tells the gate, and remembers how to tell it back. */
static struct err settle(struct serving *serving, struct period period,
                         const struct lease_move *move) {
    struct lease_exchange *exchange = serving->exchange;
    struct gate_settlement settlement = {serving->metric, period.start, move->used,
                                         move->outstanding};
    struct gate_verdict verdict = gate_settle(serving->handle, &settlement, serving->now);
    if (!verdict.is_late) {
        settlement.used.amount = -move->used.amount;
        settlement.leased.amount = -move->outstanding.amount;
        struct lease_step back = {.handle = serving->handle, .settlement = settlement};
        TRY(lease_step_add(&exchange->steps, exchange->arena, &back));
    }
    return limit_watch_keep(app_of(serving), serving->tx, serving->row.key.user_id, serving->metric,
                            &verdict);
}

static bool has_news(const struct lease_move *move) {
    return move->used.amount != 0 || move->outstanding.amount != 0;
}

static struct err count_report(struct serving *serving, struct period period, bool *ret_goes_on) {
    const struct lease_statement *said = serving->statement;
    struct lease_report report = {
        {said->taken}, {said->released}, {said->returned}, {said->recorded}};
    struct lease lease = serving->row.lease;
    struct lease_move move;
    enum lease_refusal refusal = lease_report(&lease, &report, &lease, &move);
    *ret_goes_on = refusal == LEASE_REFUSAL_NONE;
    if (refusal != LEASE_REFUSAL_NONE) {
        reject(serving, lease_refusal_name(refusal),
               refusal == LEASE_REFUSAL_SPENT
                   ? "More was spent and returned than was ever granted. Nothing was counted."
                   : "More was released than was taken. Nothing was counted.");
        keep_rejection(serving);
        return OK;
    }
    if (move.used.amount != 0) {
        TRY(keep_use(serving, period, move.used.amount));
    }
    if (has_news(&move)) {
        TRY(settle(serving, period, &move));
    }
    lease_row_set(&serving->row, &lease, serving->now.ms);
    return OK;
}

/* --- finding the lease --- */

static bool is_closed(struct period period, struct instant now) {
    struct instant closes = instant_add(period.end, duration_hours(USAGE_CORRECTION_HOURS));
    return !instant_is_before(now, closes);
}

/* What a lease that is not there can be told: only what needs no lease. */
static bool needs_lease(const struct lease_statement *said) {
    return said->taken > 0 || said->released > 0 || said->returned > 0;
}

static struct err find_lease(struct serving *serving, struct period *ret_period,
                             bool *ret_goes_on) {
    struct lease_row *row = &serving->row;
    bool is_known = false;
    bool has_period = false;
    struct lease_key key = row->key;
    TRY(lease_get(serving->tx, &key, row, &is_known));
    if (!is_known) {
        *row = (struct lease_row){.key = key, .recalled_at = ROW_NONE};
    }
    struct usage_moment moment = {serving->handle, key.user_id, {key.period_start}};
    *ret_period = (struct period){moment.at, moment.at};
    TRY(usage_group_find_period(app_of(serving), serving->tx, &moment, ret_period, &has_period));
    *ret_goes_on = false;
    if (has_period && is_closed(*ret_period, serving->now)) {
        reject(serving, "period_closed",
               "The usage period is closed: corrections end 72 hours after it.");
        keep_rejection(serving);
        return OK;
    }
    bool is_strange =
        !serving->is_present && (ret_period->start.ms != key.period_start || serving->is_ahead);
    if (!has_period || (!is_known && (needs_lease(serving->statement) || is_strange))) {
        reject(serving, "lease_unknown",
               "There is no such lease here. Report what it spent as usage events.");
        return OK;
    }
    row->period_end = ret_period->end.ms;
    *ret_goes_on = true;
    return OK;
}

/* --- granting --- */

static struct err grant(struct serving *serving, struct quantity amount) {
    struct lease_exchange *exchange = serving->exchange;
    struct gate_verdict verdict =
        gate_grant(serving->handle, serving->metric, amount, serving->now);
    if (!verdict.is_allowed) {
        return OK; /* others were faster: the node will ask again */
    }
    struct lease_step back = {
        .handle = serving->handle,
        .settlement = {serving->metric, verdict.period.start, {0}, {-amount.amount}},
    };
    TRY(lease_step_add(&exchange->steps, exchange->arena, &back));
    struct lease lease = lease_grant(serving->row.lease, amount);
    lease_row_set(&serving->row, &lease, serving->now.ms);
    serving->row.recalled_at = ROW_NONE;
    return limit_watch_keep(app_of(serving), serving->tx, serving->row.key.user_id, serving->metric,
                            &verdict);
}

static struct lease_question question_of(const struct serving *serving,
                                         const struct lease_peers *peers) {
    const struct lease_statement *said = serving->statement;
    const struct lease_row *row = &serving->row;
    const struct gate_verdict *verdict = &serving->verdict;
    int64_t own = row->recalled_at == ROW_NONE ? 0 : row->recalled_at;
    int64_t last = own > peers->recalled_at ? own : peers->recalled_at;
    return (struct lease_question){
        .metric = serving->metric,
        .limit = verdict->limit,
        .used = {verdict->used.amount > 0 ? verdict->used.amount : 0},
        .allowance = verdict->allowance,
        .outstanding = {row->outstanding},
        .wanted = {said->wanted},
        .rate = {said->rate},
        .rate_of_all = {said->rate + peers->rate},
        .nodes = peers->count + 1,
        .is_recalled = last > serving->now.ms - LEASE_REST_MS || (own > 0 && row->outstanding > 0),
        .has_grace = verdict->has_grace,
        .grace_ends_at = verdict->grace_ends_at,
        .now = serving->now,
    };
}

/* Near the limit what all nodes hold comes back, unless it was just called. */
static struct err recall(struct serving *serving, const struct lease_peers *peers) {
    struct lease_row *row = &serving->row;
    bool is_out = peers->outstanding > 0 || row->outstanding > 0;
    if (serving->offer.mode != LEASE_MODE_ASK || !is_out) {
        return OK;
    }
    if (row->outstanding > 0 && row->recalled_at == ROW_NONE) {
        row->recalled_at = serving->now.ms;
    }
    return lease_recall(serving->tx, row->key.user_id, serving->metric, serving->now.ms,
                        serving->now.ms - LEASE_REST_MS);
}

static struct err serve_present(struct serving *serving) {
    struct lease_peers peers;
    struct lease_row *row = &serving->row;
    serving->verdict = gate_check(serving->handle, serving->metric, quantity_of(0), serving->now);
    TRY(lease_peers(serving->tx, &row->key, serving->now.ms - ACTIVE_MS, &peers));
    struct lease_question question = question_of(serving, &peers);
    serving->offer = lease_offer(&question);
    TRY(recall(serving, &peers));
    int64_t room = lease_room(&row->lease).amount;
    int64_t amount = serving->offer.grant.amount;
    amount = amount < room ? amount : room;
    row->rate = serving->statement->rate;
    row->lease.is_open |= serving->offer.mode == LEASE_MODE_OPEN;
    /* Never sooner than it was said to be: the answer with the shorter time may be lost. */
    int64_t ends_at = lease_ends_at(serving->now, serving->offer.ttl).ms;
    row->ends_at = ends_at > row->ends_at ? ends_at : row->ends_at;
    if (amount > 0) {
        TRY(grant(serving, quantity_of(amount)));
    }
    row->state = row->lease.granted.amount == row->lease.granted_most.amount
                     ? LEASE_STATE_OPEN
                     : LEASE_STATE_RECLAIMED;
    return OK;
}

/* --- answering --- */

static void answer(struct serving *serving, struct period period) {
    struct lease_exchange *exchange = serving->exchange;
    const struct lease_row *row = &serving->row;
    const struct lease_offer *offer = &serving->offer;
    int64_t reserve = offer->reserve.amount;
    bool is_behind = row->lease.granted.amount < row->lease.granted_most.amount;
    exchange->answers[exchange->answer_count++] = (struct lease_answer){
        .user_id = serving->statement->user_id,
        .metric = serving->metric,
        .period = period,
        .mode = offer->mode,
        .granted = row->lease.granted_most,
        .reserve = {reserve < row->outstanding ? reserve : row->outstanding},
        .expires_in = offer->ttl,
        .is_recalled =
            offer->is_recalled || is_behind || (!serving->is_present && row->outstanding > 0),
        .verdict = gate_check(serving->handle, serving->metric, quantity_of(0), serving->now),
    };
}

/* A lease of a period that is over: what is left of it is of no use. */
static void offer_nothing(struct serving *serving) {
    serving->offer = (struct lease_offer){.mode = LEASE_MODE_ASK};
}

static bool is_gauge(const struct serving *serving) {
    return metric_kind(serving->metric) == METRIC_GAUGE;
}

static struct err serve_lease(struct serving *serving) {
    struct period period;
    bool goes_on = false;
    TRY(find_lease(serving, &period, &goes_on));
    if (goes_on) {
        TRY(count_report(serving, period, &goes_on));
    }
    if (!goes_on) {
        return OK;
    }
    offer_nothing(serving);
    if (serving->is_present && !serving->exchange->is_final) {
        TRY(serve_present(serving));
    }
    if (serving->exchange->is_final && serving->row.outstanding == 0) {
        serving->row.state = LEASE_STATE_ENDED;
    }
    serving->row.updated_at = serving->now.ms;
    TRY(lease_put(serving->tx, &serving->row));
    answer(serving, period);
    return OK;
}

/* Gauges are levels, of which no part can be handed out. */
static struct err serve_gauge(struct serving *serving) {
    const struct lease_statement *said = serving->statement;
    if (needs_lease(said) || said->recorded > 0) {
        reject(serving, "not_a_counter",
               "This metric is a gauge: report it by events, or take from the server.");
        keep_rejection(serving);
        return OK;
    }
    offer_nothing(serving);
    answer(serving, serving->verdict.period);
    return OK;
}

static struct err serve(struct lease_exchange *exchange, struct tx *tx,
                        const struct lease_statement *statement) {
    struct app *app = exchange->command.app;
    struct serving serving = {
        .exchange = exchange,
        .tx = tx,
        .statement = statement,
        .metric = (enum metric)statement->metric,
        .handle = gate_customer(app->gate, statement->user_id),
        .now = app_now(app),
    };
    if (!gate_is_known(serving.handle)) {
        reject(&serving, "customer_not_found", "There is no customer with this userId.");
        return OK;
    }
    serving.verdict = gate_check(serving.handle, serving.metric, quantity_of(0), serving.now);
    int64_t present = serving.verdict.period.start.ms;
    int64_t start = statement->has_period ? statement->period_start : present;
    serving.is_present = start == present;
    serving.is_ahead = start > present;
    serving.row.key = (struct lease_key){statement->user_id, statement->metric, start,
                                         exchange->node, exchange->epoch};
    return is_gauge(&serving) ? serve_gauge(&serving) : serve_lease(&serving);
}

/* --- the node --- */

/* Whether the epoch is over: there is a later one, or it has said its last word and this was
 * overtaken by it. */
static struct err meet(struct lease_exchange *exchange, struct tx *tx, bool *ret_is_dead) {
    struct lease_node_row row = {.epoch = STR("")};
    bool is_known = false;
    int64_t now = cx_now_ms(tx->cx);
    TRY(lease_node_get(tx, exchange->node, &row, &is_known));
    int order = is_known ? str_compare(exchange->epoch, row.epoch) : 1;
    bool was_ended = order == 0 && row.is_ended;
    bool is_same = order == 0 && row.is_ended == (was_ended || exchange->is_final);
    *ret_is_dead = order < 0 || was_ended;
    if (order < 0 || (is_same && row.seen_at > now - SEEN_MS)) {
        return OK;
    }
    row = (struct lease_node_row){exchange->node, exchange->epoch, was_ended || exchange->is_final,
                                  now};
    return lease_node_put(tx, &row);
}

static struct err refuse_epoch(struct lease_exchange *exchange, struct tx *tx) {
    for (size_t i = 0; i < exchange->count; i++) {
        struct serving serving = {
            .exchange = exchange,
            .tx = tx,
            .statement = &exchange->statements[i],
            .metric = (enum metric)exchange->statements[i].metric,
        };
        reject(&serving, "epoch_ended",
               "The epoch has ended, or a later one has begun. Report it with final.");
    }
    return OK;
}

/* The epoch ends: what is not spent goes back; what is too much for one transaction, with the jobs.
 */
static struct err end_epoch(struct lease_exchange *exchange, struct tx *tx) {
    TRY(lease_end_epoch(tx, exchange->node, exchange->epoch, cx_now_ms(tx->cx)));
    struct row_list list;
    const struct lease_freeing freeing = {exchange->command.app, exchange->arena, &exchange->freed,
                                          STR("")};
    TRY(lease_due(tx, cx_now_ms(tx->cx), LEASE_RUN_MAX, &list));
    struct lease_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].state == LEASE_STATE_ENDING) {
            TRY(lease_end_row(&freeing, tx, &rows[i]));
        }
    }
    return OK;
}

static bool was_answered(const struct lease_exchange *exchange, const struct lease_key *key) {
    for (size_t i = 0; i < exchange->answer_count; i++) {
        const struct lease_answer *answer = &exchange->answers[i];
        if ((int)answer->metric == key->metric && answer->period.start.ms == key->period_start &&
            str_equal(answer->user_id, key->user_id)) {
            return true;
        }
    }
    return false;
}

/* What is to come back of counters that the node did not speak of. */
static struct err tell_recalls(struct lease_exchange *exchange, struct tx *tx) {
    struct row_list list;
    struct app *app = exchange->command.app;
    TRY(lease_recalled(tx, exchange->node, exchange->epoch, LEASE_RECALLS_MAX, &list));
    const struct lease_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct gate_handle handle = gate_customer(app->gate, rows[i].key.user_id);
        if (!gate_is_known(handle) || was_answered(exchange, &rows[i].key)) {
            continue;
        }
        enum metric metric = (enum metric)rows[i].key.metric;
        exchange->answers[exchange->answer_count++] = (struct lease_answer){
            .user_id = arena_str(exchange->arena, rows[i].key.user_id),
            .metric = metric,
            .period = {{rows[i].key.period_start}, {rows[i].period_end}},
            .mode = LEASE_MODE_ASK,
            .granted = rows[i].lease.granted_most,
            .is_recalled = true,
            .verdict = gate_check(handle, metric, quantity_of(0), app_now(app)),
        };
    }
    return OK;
}

/* --- the use case --- */

static struct err exchange_all(struct lease_exchange *exchange, struct tx *tx) {
    bool is_dead = false;
    TRY(meet(exchange, tx, &is_dead));
    if (is_dead && !exchange->is_final) {
        return refuse_epoch(exchange, tx);
    }
    for (size_t i = 0; i < exchange->count; i++) {
        TRY(serve(exchange, tx, &exchange->statements[i]));
    }
    TRY(exchange->is_final ? end_epoch(exchange, tx) : tell_recalls(exchange, tx));
    return count_uses(exchange, tx);
}

static void take_back(struct lease_exchange *exchange) {
    lease_free(exchange->command.app, exchange->steps);
    exchange->steps = NULL;
}

static struct err run(struct command *command, struct tx *tx) {
    struct lease_exchange *exchange = (struct lease_exchange *)command;
    struct journal_mark mark = journal_mark(command->app->journal);
    struct freeze freeze;
    TRY(freeze_read(tx, &freeze));
    bool is_other = exchange->has_incarnation && exchange->incarnation != freeze.incarnation;
    exchange->incarnation = freeze.incarnation;
    if (is_other) {
        command->outcome = OUTCOME_LEASE_INCARNATION;
        return OK;
    }
    exchange->source =
        arena_printf(tx->cx->arena, "turnpike:lease:" STR_FMT, STR_ARG(exchange->node));
    struct err err = exchange_all(exchange, tx);
    if (err_failed(err)) {
        journal_rewind(command->app->journal, mark);
    }
    return err;
}

static void after(struct command *command) {
    const struct lease_exchange *exchange = (const struct lease_exchange *)command;
    lease_free(command->app, exchange->freed);
}

static void done(struct command *command) {
    struct lease_exchange *exchange = (struct lease_exchange *)command;
    if (err_failed(command->write.err)) {
        take_back(exchange);
    }
    exchange->finished(exchange);
}

void lease_exchange(struct app *app, struct lease_exchange *exchange) {
    check(exchange->count <= LEASE_COUNTERS_MAX);
    exchange->answers = arena_array(exchange->arena, exchange->count + LEASE_RECALLS_MAX,
                                    sizeof *exchange->answers);
    exchange->rejections =
        arena_array(exchange->arena, exchange->count + 1, sizeof *exchange->rejections);
    exchange->uses = arena_array(exchange->arena, exchange->count + 1, sizeof *exchange->uses);
    exchange->answer_count = exchange->rejection_count = exchange->use_count = 0;
    exchange->steps = exchange->freed = NULL;
    exchange->command.app = app;
    if (exchange->answers == NULL || exchange->rejections == NULL || exchange->uses == NULL) {
        exchange->command.outcome = OUTCOME_STORE_BUSY;
        exchange->finished(exchange);
        return;
    }
    exchange->command.run = run;
    exchange->command.after = after;
    exchange->command.done = done;
    command_submit_decision(app, &exchange->command, exchange->count + 1);
}
