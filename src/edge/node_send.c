/* What is sent, and when.
 *
 * One exchange is under way at a time, for one epoch: earlier epochs first, oldest first, each
 * ended by a final one; then the present. Events (of rows that the server does not know) go before
 * all. What is sent again is sent as it then stands: all figures are cumulative. */
#include "base/check.h"
#include "edge/node_inside.h"

/* --- when --- */

static bool has_work(const struct edge_node *node) {
    return node->queue != NULL || node->olds != NULL || node->epochs != node->epoch ||
           (node->is_closing && node->has_rows && !node->final_told);
}

uint64_t edge_node_next_ms(const struct edge_node *node, uint64_t now_ms) {
    if (node->is_in_flight || node->needs_epoch || !has_work(node)) {
        return EDGE_NEVER;
    }
    uint64_t at = now_ms;
    if (node->failures > 0) {
        at = node->retry_at_ms;
    } else if (node->has_sent) {
        at = node->sent_at_ms + (node->is_hurried ? EDGE_HURRY_MS : EDGE_EXCHANGE_MS);
    }
    return at > now_ms ? at : now_ms;
}

/* --- what --- */

static void add_old(struct edge_node *node, struct edge_send *send, struct edge_old *old) {
    old->is_sent = true;
    node->sent_old[node->sent_olds++] = old;
    node->asks[send->count++] =
        (struct edge_ask){.user_id = edge_person_id(node, old->customer),
                          .metric = old->metric,
                          .has_period = old->has_period,
                          .period_start = old->period_start,
                          .figures = old->figures,
                          .is_event = old->is_event,
                          .value = edge_figures_net(old->figures) - old->acked,
                          .time = old->time,
                          .epoch = old->epoch->text};
}

static size_t count_events(struct edge_node *node, struct edge_send *send) {
    for (struct edge_old *old = node->olds; old != NULL && send->count < EDGE_ROWS_MAX;
         old = old->next) {
        if (old->is_event && edge_figures_net(old->figures) <= old->acked) {
            old->is_event = false; /* nothing to tell after all: it goes with what is told */
            old->figures = (struct edge_figures){0};
        } else if (old->is_event) {
            old->time = old->time == 0 ? node->server_at : old->time;
            add_old(node, send, old);
        }
    }
    return send->count;
}

static void add_olds_of(struct edge_node *node, struct edge_send *send,
                        const struct edge_epoch *epoch) {
    for (struct edge_old *old = node->olds; old != NULL && send->count < EDGE_ROWS_MAX;
         old = old->next) {
        if (old->epoch == epoch) {
            add_old(node, send, old);
        }
    }
}

static int64_t wanted_of(const struct edge_node *node, struct edge_tracker *row) {
    int64_t left = edge_left(atomic_load(&row->counter->word));
    if (node->is_closing || row->mode == EDGE_MODE_OPEN ||
        (row->has_period && left >= row->refill_below && left >= row->wanted)) {
        return 0;
    }
    int64_t rate = row->rate_milli / 1000;
    int64_t wanted = rate > EDGE_LEFT_MAX / (EDGE_HORIZON_MS / 1000)
                         ? EDGE_LEFT_MAX
                         : row->rate_milli * (EDGE_HORIZON_MS / 1000 / 10) / 100;
    wanted = wanted > row->wanted ? wanted : row->wanted;
    if (!row->has_period && wanted < EDGE_FIRST_WANTED) {
        wanted = EDGE_FIRST_WANTED;
    }
    return wanted > 0 ? wanted : 1;
}

static void add_row(struct edge_node *node, struct edge_send *send, struct edge_tracker *row) {
    row->is_sent = true;
    row->sent_whole = row->has_period;
    row->sent_flushed = row->is_flushed;
    row->sent = row->has_period ? edge_row_figures(row) : (struct edge_figures){0};
    node->sent[node->sent_trackers++] = row;
    node->asks[send->count++] = (struct edge_ask){.user_id = edge_person_id(node, row->customer),
                                                  .metric = row->metric,
                                                  .has_period = row->has_period,
                                                  .period_start = row->period_start,
                                                  .figures = row->sent,
                                                  .wanted = wanted_of(node, row),
                                                  .rate = row->rate_milli / 1000,
                                                  .epoch = node->epoch->text};
}

static void add_queue(struct edge_node *node, struct edge_send *send) {
    while (node->queue != NULL && send->count < EDGE_ROWS_MAX) {
        struct edge_tracker *row = node->queue;
        node->queue = row->next_queued;
        node->queue_end = node->queue == NULL ? &node->queue : node->queue_end;
        row->is_queued = false;
        node->queued--;
        add_row(node, send, row);
    }
}

/* False while the period of a row that was used is yet to be learnt: its figures follow. */
static bool sends_whole_rows(const struct edge_node *node) {
    for (size_t i = 0; i < node->sent_trackers; i++) {
        struct edge_tracker *row = node->sent[i];
        if (!row->sent_whole && edge_figures_net(edge_row_figures(row)) != 0) {
            return false;
        }
    }
    return true;
}

static void fill(struct edge_node *node, struct edge_send *send) {
    send->is_events = count_events(node, send) > 0;
    if (send->is_events) {
        send->epoch = node->epoch->text;
        return;
    }
    struct edge_epoch *epoch = node->epochs;
    send->epoch = epoch->text;
    node->flight_epoch = epoch;
    add_olds_of(node, send, epoch);
    if (epoch != node->epoch) {
        send->is_final = send->count == epoch->olds && epoch->needs_final;
        return;
    }
    add_queue(node, send);
    node->has_rows |= send->count > 0;
    send->is_final = node->is_closing && node->queue == NULL && node->sent_olds == epoch->olds &&
                     sends_whole_rows(node);
}

bool edge_node_compose(struct edge_node *node, uint64_t now_ms, struct edge_send *ret_send) {
    if (node->is_in_flight || edge_node_next_ms(node, now_ms) > now_ms) {
        return false;
    }
    struct edge_send send = {.incarnation = node->incarnation, .asks = node->asks};
    node->sent_trackers = node->sent_olds = 0;
    fill(node, &send);
    node->is_in_flight = true;
    node->flight_is_final = send.is_final;
    node->flight_is_events = send.is_events;
    node->has_sent = true;
    node->is_hurried = node->queue != NULL || node->olds_count > node->sent_olds;
    node->sent_at_ms = now_ms;
    *ret_send = send;
    return true;
}

/* --- no answer --- */

static void put_back(struct edge_node *node) {
    for (size_t i = node->sent_trackers; i > 0; i--) {
        struct edge_tracker *row = node->sent[i - 1];
        row->is_sent = false;
        if (!row->is_queued) {
            row->is_queued = true;
            row->next_queued = node->queue;
            node->queue_end = node->queue == NULL ? &row->next_queued : node->queue_end;
            node->queue = row;
            node->queued++;
        }
    }
    for (size_t i = 0; i < node->sent_olds; i++) {
        node->sent_old[i]->is_sent = false;
    }
    node->sent_trackers = node->sent_olds = 0;
}

static uint64_t retry_after(unsigned failures) {
    uint64_t wait = 100U << (failures < 6 ? failures : 6);
    return wait < EDGE_RETRY_MS_MAX ? wait : EDGE_RETRY_MS_MAX;
}

void edge_node_failed(struct edge_node *node, uint64_t now_ms) {
    check(node->is_in_flight);
    node->is_in_flight = false;
    put_back(node);
    node->stats.failures++;
    node->retry_at_ms = now_ms + retry_after(node->failures++);
    if (!node->is_away && node->failures >= EDGE_AWAY_FAILURES) {
        node->is_away = true;
        for (size_t i = 0; i < node->trackers_made; i++) {
            edge_row_spread(node, edge_tracker_at(node, (uint32_t)i + 1), now_ms);
        }
    }
}

/* --- closing, flushing --- */

void edge_node_close(struct edge_node *node, uint64_t now_ms) {
    edge_node_tick(node, now_ms);
    node->is_closing = node->is_hurried = true;
    for (size_t i = 0; i < node->customers; i++) {
        struct turnpike_customer *customer =
            &node->blocks[i / EDGE_BLOCK]->customers[i % EDGE_BLOCK];
        for (size_t k = 0; k < TURNPIKE_METRICS; k++) {
            atomic_store(&customer->counters[k].standing, TURNPIKE_CLOSED);
        }
    }
    for (size_t i = 0; i < node->trackers_made; i++) {
        struct edge_tracker *row = edge_tracker_at(node, (uint32_t)i + 1);
        edge_row_spread(node, row, now_ms);
        edge_row_look(node, row, now_ms);
    }
}

bool edge_node_is_settled(const struct edge_node *node) {
    return !node->is_in_flight && !has_work(node);
}

static void wait_for(struct edge_node *node, struct edge_tracker *row) {
    if (!row->is_flushed && !row->is_unknown_customer) {
        row->is_flushed = true;
        node->flush_waits++;
    }
}

void edge_node_flush(struct edge_node *node, uint64_t now_ms) {
    edge_node_tick(node, now_ms);
    if (node->flush_waits == 0) {
        node->flush_refused = false;
    }
    for (struct edge_tracker *row = node->queue; row != NULL; row = row->next_queued) {
        wait_for(node, row);
    }
    for (size_t i = 0; i < node->sent_trackers; i++) {
        wait_for(node, node->sent[i]);
    }
    node->is_hurried = true;
}

bool edge_node_is_flushed(const struct edge_node *node, bool *ret_refused) {
    *ret_refused = node->flush_refused;
    return node->flush_waits == 0 && node->olds == NULL;
}

void edge_unmark_flushed(struct edge_node *node, struct edge_tracker *row, bool is_refused) {
    if (row->is_flushed) {
        row->is_flushed = false;
        node->flush_waits--;
        node->flush_refused |= is_refused;
    }
}
