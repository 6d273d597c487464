/* The server of the model of leases (leases_model_test.c): the gate and the rules of leases are the
 * real ones, the store is an array, and the steps between them are those of app/lease.c. */
#include <string.h>

#include "base/testing.h"
#include "edge/test_model.h"
#include "gate/gate_lease.h"

/* --- tallies --- */

struct tally *model_tally_of(struct world *world, int64_t period_start) {
    for (size_t i = 0; i < PERIODS; i++) {
        struct tally *tally = &world->tallies[(world->present + PERIODS - i) % PERIODS];
        if (tally->period.start.ms == period_start) {
            return tally;
        }
    }
    check(false);
    return NULL;
}

/* The promise, after every unit. */
void model_let_through(struct world *world, struct tally *tally, int64_t amount) {
    tally->let_through += amount;
    check(tally->let_through <= limit_hard(world->server.limit).amount);
}

static int64_t *stored_of(struct world *world, int64_t period_start) {
    return &world->server.stored[model_tally_of(world, period_start) - world->tallies];
}

static void begin_period(struct world *world, struct period period) {
    if (world->tallies[world->present].period.start.ms == period.start.ms) {
        return;
    }
    world->present = (world->present + 1) % PERIODS;
    world->tallies[world->present] = (struct tally){.period = period};
    world->server.stored[world->present] = 0;
    world->periods++;
    world->steps_in_period = 0;
    struct server *server = &world->server;
    size_t kept = 0; /* rows of periods that nobody may report of any more */
    for (size_t i = 0; i < server->row_count; i++) {
        if (server->rows[i].period.end.ms > world->now - duration_days(4).ms) {
            server->rows[kept++] = server->rows[i];
        }
    }
    server->row_count = kept;
    for (size_t i = 0; i < NODES; i++) {
        world->nodes[i].row = NULL;
    }
}

/* --- the server --- */

static struct gate_handle ada_of(const struct world *world) {
    return (struct gate_handle){world->server.ada};
}

static struct gate_verdict look(struct world *world) {
    struct gate_verdict verdict = gate_check(ada_of(world), METRIC, quantity_of(0), now_of(world));
    begin_period(world, verdict.period);
    return verdict;
}

struct row *model_find_row(struct server *server, unsigned node, const char *epoch,
                           int64_t period_start) {
    for (size_t i = server->row_count; i-- > 0;) {
        struct row *row = &server->rows[i];
        if (row->node == node && row->period.start.ms == period_start &&
            strcmp(row->epoch, epoch) == 0) {
            return row;
        }
    }
    return NULL;
}

static void set_row(struct world *world, struct row *row, const struct lease *lease) {
    row->lease = *lease;
    row->outstanding = lease_outstanding(lease).amount;
    row->updated_at = world->now;
}

static void settle(struct world *world, const struct row *row, const struct lease_move *move) {
    struct gate_settlement settlement = {METRIC, row->period.start, move->used, move->outstanding};
    (void)gate_settle(ada_of(world), &settlement, now_of(world));
    *stored_of(world, row->period.start.ms) += move->used.amount;
}

static void recall_all(struct world *world, int64_t period_start) {
    struct server *server = &world->server;
    for (size_t i = 0; i < server->row_count; i++) {
        struct row *row = &server->rows[i];
        if (row->outstanding > 0 && row->period.start.ms == period_start &&
            row->recalled_at < world->now - LEASE_REST_MS) {
            row->recalled_at = world->now;
        }
    }
}

static struct lease_question question_of(struct world *world, const struct row *row,
                                         const struct ask *ask) {
    struct server *server = &world->server;
    struct gate_verdict verdict = look(world);
    struct lease_question question = {
        .metric = METRIC,
        .limit = verdict.limit,
        .used = {verdict.used.amount > 0 ? verdict.used.amount : 0},
        .allowance = verdict.allowance,
        .outstanding = {row->outstanding},
        .wanted = {ask->wanted},
        .rate = {ask->rate},
        .rate_of_all = {ask->rate},
        .nodes = 1,
        .has_grace = verdict.has_grace,
        .grace_ends_at = verdict.grace_ends_at,
        .now = now_of(world),
    };
    int64_t recalled_at = row->recalled_at;
    for (size_t i = 0; i < server->row_count; i++) {
        const struct row *other = &server->rows[i];
        bool is_active = other->updated_at >= world->now - LEASE_HORIZON_MAX_MS;
        if (other == row || other->period.start.ms != row->period.start.ms) {
            continue;
        }
        question.nodes += is_active;
        question.rate_of_all.amount += is_active ? other->rate : 0;
        recalled_at = other->recalled_at > recalled_at ? other->recalled_at : recalled_at;
    }
    question.is_recalled =
        recalled_at > world->now - LEASE_REST_MS || (row->recalled_at > 0 && row->outstanding > 0);
    return question;
}

static void grant(struct world *world, struct row *row, struct quantity amount) {
    struct gate_verdict verdict = gate_grant(ada_of(world), METRIC, amount, now_of(world));
    if (!verdict.is_allowed) {
        return;
    }
    check(verdict.used.amount + verdict.leased.amount <= verdict.hard_limit.amount);
    struct lease lease = lease_grant(row->lease, amount);
    set_row(world, row, &lease);
    row->recalled_at = 0;
}

static struct lease_offer serve_present(struct world *world, struct row *row,
                                        const struct ask *ask) {
    struct lease_question question = question_of(world, row, ask);
    struct lease_offer offer = lease_offer(&question);
    if (offer.mode == LEASE_MODE_ASK) {
        recall_all(world, row->period.start.ms);
    }
    row->rate = ask->rate;
    row->ends_at = larger(row->ends_at, lease_ends_at(now_of(world), offer.ttl).ms);
    row->state = LEASE_STATE_OPEN;
    if (offer.grant.amount > 0) {
        grant(world, row, offer.grant);
    }
    return offer;
}

static struct edge_told tell(struct world *world, const struct row *row,
                             const struct lease_offer *offer, bool is_present) {
    int64_t ends_in = row->period.end.ms - world->now;
    int64_t reserve = offer->reserve.amount;
    struct edge_told told = {
        .user_id = USER,
        .metric = METRIC,
        .period_start = row->period.start.ms,
        .period_ends_in_ms = ends_in > 0 ? ends_in : 0,
        .mode = (enum edge_mode)offer->mode,
        .granted = row->lease.granted_most.amount,
        .reserve = reserve < row->outstanding ? reserve : row->outstanding,
        .expires_in_ms = offer->ttl.ms,
        .is_recall = offer->is_recalled || (!is_present && row->outstanding > 0),
    };
    told.standing.details.resets_at_ms = row->period.end.ms;
    return told;
}

static struct row *make_row(struct world *world, const struct message *message,
                            struct period period) {
    struct server *server = &world->server;
    check(server->row_count < ROWS);
    struct row *row = &server->rows[server->row_count++];
    *row = (struct row){.node = message->node, .period = period};
    memcpy(row->epoch, message->epoch, sizeof row->epoch);
    /* What the dead have asked for may come late. */
    row->is_dead = strcmp(row->epoch, world->nodes[row->node].buried) <= 0;
    return row;
}

static struct edge_told serve(struct world *world, const struct message *message,
                              const struct ask *ask) {
    struct gate_verdict verdict = look(world);
    int64_t start = ask->has_period ? ask->period_start : verdict.period.start.ms;
    bool is_present = start == verdict.period.start.ms;
    struct row *row = model_find_row(&world->server, message->node, message->epoch, start);
    struct lease_move move;
    if (row == NULL) {
        check(ask->report.taken.amount == 0 && ask->report.returned.amount == 0);
        row = make_row(world, message, model_tally_of(world, start)->period);
    }
    struct lease lease = row->lease;
    enum lease_refusal refusal = lease_report(&lease, &ask->report, &lease, &move);
    check(refusal == LEASE_REFUSAL_NONE); /* no node spends what it was not granted */
    settle(world, row, &move);
    set_row(world, row, &lease);
    struct lease_offer offer = {.mode = LEASE_MODE_ASK};
    if (is_present && !message->is_final) {
        offer = serve_present(world, row, ask);
    }
    return tell(world, row, &offer, is_present);
}

static void end_epoch(struct world *world, const struct message *message) {
    struct server *server = &world->server;
    for (size_t i = 0; i < server->row_count; i++) {
        struct row *row = &server->rows[i];
        if (row->node == message->node && strcmp(row->epoch, message->epoch) == 0) {
            struct lease_move move;
            struct lease lease = lease_end(row->lease, &move);
            settle(world, row, &move);
            set_row(world, row, &lease);
            row->state = LEASE_STATE_ENDED;
        }
    }
}

static void tell_recalls(struct world *world, const struct message *from, struct message *to) {
    struct server *server = &world->server;
    for (size_t i = 0; i < server->row_count && to->count < ASKS; i++) {
        const struct row *row = &server->rows[i];
        bool is_told = row->node != from->node || row->outstanding == 0 || row->recalled_at == 0 ||
                       strcmp(row->epoch, from->epoch) != 0;
        for (size_t k = 0; k < to->count; k++) {
            is_told |= to->told[k].period_start == row->period.start.ms;
        }
        if (!is_told) {
            const struct lease_offer nothing = {.mode = LEASE_MODE_ASK, .is_recalled = true};
            to->told[to->count++] = tell(world, row, &nothing, true);
        }
    }
}

void model_serve(struct world *world, const struct message *from, struct message *to) {
    char *newest = world->server.newest[from->node];
    int order = strcmp(from->epoch, newest);
    bool was_ended = order == 0 && world->server.is_ended[from->node];
    bool is_dead = order < 0 || was_ended;
    if (order >= 0) {
        memcpy(newest, from->epoch, EDGE_EPOCH_SIZE);
        world->server.is_ended[from->node] = was_ended || from->is_final;
    }
    for (size_t i = 0; i < from->count; i++) {
        to->told[to->count++] =
            is_dead && !from->is_final
                ? (struct edge_told){USER, METRIC, EDGE_REFUSED_EPOCH_ENDED, .granted = 0}
                : serve(world, from, &from->asks[i]);
    }
    if (from->is_final) {
        end_epoch(world, from);
    } else if (!is_dead) {
        tell_recalls(world, from, to);
    }
    world->exchanges++;
}

/* A lease that was not renewed is held: nothing of it is free before its node returns. */
void model_run_due(struct world *world) {
    for (size_t i = 0; i < world->server.row_count; i++) {
        struct row *row = &world->server.rows[i];
        if (row->state == LEASE_STATE_OPEN && row->outstanding > 0 && row->ends_at <= world->now) {
            bool is_over = row->period.end.ms <= world->now;
            row->state = is_over ? LEASE_STATE_ENDED : LEASE_STATE_HELD;
        }
    }
}

static void put_ada(struct world *world, int64_t used) {
    struct gate_settings settings = {.now = now_of(world)};
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        settings.metrics[i].limit = world->server.limit;
    }
    settings.metrics[METRIC].used = quantity_of(used);
    assert_ok(gate_put(world->server.gate, USER, &settings));
    world->server.ada = gate_customer(world->server.gate, USER).entries;
}

static void start_gate(struct world *world) {
    struct gate_options options = {.env = &world->env, .customers_max = 1};
    assert_ok(gate_create(&options, &world->server.gate));
}

/* Its memory goes, what was stored stays, and what was on its way is lost. */
void model_restart_server(struct world *world) {
    struct server *server = &world->server;
    (void)look(world);
    gate_destroy(server->gate);
    start_gate(world);
    put_ada(world, server->stored[world->present]);
    for (size_t i = 0; i < server->row_count; i++) {
        struct lease_move out = {{0}, {server->rows[i].outstanding}};
        settle(world, &server->rows[i], &out);
    }
    for (size_t i = 0; i < MESSAGES; i++) {
        world->arrivals[i] = INT64_MAX;
    }
}

/* By HTTP: exact. Denied while something is out, that is called back. */
bool model_take_at_server(struct world *world, int64_t amount) {
    (void)look(world);
    struct gate_verdict verdict =
        gate_take(ada_of(world), METRIC, quantity_of(amount), now_of(world));
    int64_t start = verdict.period.start.ms;
    if (verdict.is_allowed) {
        *stored_of(world, start) += amount;
        model_let_through(world, model_tally_of(world, start), amount);
    } else if (verdict.leased.amount > 0) {
        recall_all(world, start);
    }
    return verdict.is_allowed;
}

void model_start_server(struct world *world) {
    start_gate(world);
    put_ada(world, 0);
    (void)look(world);
}

void model_stop_server(struct world *world) {
    gate_destroy(world->server.gate);
}

struct model_standing model_look(struct world *world) {
    struct gate_verdict verdict = look(world);
    return (struct model_standing){verdict.used.amount, verdict.leased.amount,
                                   verdict.allowance.amount};
}
