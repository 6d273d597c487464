/* What an answer changes. All that was sent and is not refused by name is acknowledged. */
#include "base/check.h"
#include "edge/node_inside.h"

/* A lease is taken to run out this much early: the wheel looks once a second. */
enum { EXPIRY_MARGIN_MS = 1500 };

static uint64_t later(uint64_t at_ms, int64_t by_ms) {
    return by_ms <= 0 ? at_ms : at_ms + (uint64_t)by_ms;
}

/* --- which row is meant --- */

static struct edge_tracker *row_of(const struct edge_node *node, const struct edge_told *told) {
    struct turnpike_customer *customer = NULL;
    if (told->user_id.len > 0 && told->user_id.len <= EDGE_USER_ID_MAX) {
        customer = edge_find_customer(node, told->user_id);
    }
    uint32_t number = customer == NULL ? 0 : customer->counters[told->metric].tracker;
    return number == 0 ? NULL : edge_tracker_at(node, number);
}

static struct edge_old *old_of(const struct edge_node *node, const struct edge_told *told) {
    for (size_t i = 0; i < node->sent_olds; i++) {
        struct edge_old *old = node->sent_old[i];
        if (old->metric == told->metric && old->is_sent &&
            str_equal(edge_person_id(node, old->customer), told->user_id) &&
            (told->period_start == 0 || !old->has_period ||
             old->period_start == told->period_start)) {
            return old;
        }
    }
    return NULL;
}

/* --- refused --- */

static void old_refused(struct edge_node *node, struct edge_old *old, enum edge_refusal refusal) {
    bool is_open = refusal == EDGE_REFUSED_UNKNOWN || refusal == EDGE_REFUSED_ABOVE_GRANT ||
                   refusal == EDGE_REFUSED_EPOCH_ENDED;
    if (!old->is_event && is_open) {
        old->is_event = true; /* another way to be told */
        old->is_sent = false;
    } else {
        node->stats.refused++; /* is_sent stays: it goes with what is told */
        node->flush_refused = true;
    }
}

static void row_refused(struct edge_node *node, struct edge_tracker *row, enum edge_refusal refusal,
                        uint64_t now_ms) {
    row->is_sent = false;
    switch (refusal) {
    case EDGE_REFUSED_NOT:
        break;
    case EDGE_REFUSED_NO_CUSTOMER:
        row->is_unknown_customer = true;
        edge_unmark_flushed(node, row, true);
        edge_row_spread(node, row, now_ms);
        break;
    case EDGE_REFUSED_EPOCH_ENDED:
        node->needs_epoch = true;
        node->epoch_is_known = true;
        break;
    case EDGE_REFUSED_ABOVE_GRANT:
        row->is_above_grant = true;
        node->needs_epoch = true;
        node->epoch_is_known = true;
        break;
    case EDGE_REFUSED_UNKNOWN:
        edge_row_end(node, row, true);
        edge_row_spread(node, row, now_ms);
        edge_enqueue(node, row);
        break;
    case EDGE_REFUSED_PERIOD_CLOSED:
        edge_row_drop(node, row);
        edge_row_spread(node, row, now_ms);
        break;
    case EDGE_REFUSED_OTHER:
        node->stats.refused++;
        edge_unmark_flushed(node, row, true);
        break;
    }
}

static void take_refusals(struct edge_node *node, const struct edge_answer *answer,
                          uint64_t now_ms) {
    for (size_t i = 0; i < answer->count; i++) {
        const struct edge_told *told = &answer->told[i];
        if (told->refusal == EDGE_REFUSED_NOT) {
            continue;
        }
        struct edge_old *old = old_of(node, told);
        struct edge_tracker *row = row_of(node, told);
        if (old != NULL) {
            old_refused(node, old, told->refusal);
        }
        if (row != NULL && row->is_sent && (old == NULL || told->period_start == 0)) {
            row_refused(node, row, told->refusal, now_ms);
        }
    }
}

/* --- acknowledged --- */

static void row_acknowledged(struct edge_node *node, struct edge_tracker *row) {
    row->is_sent = false;
    row->is_unknown_customer = false;
    if (!row->sent_whole) {
        return; /* only asked: its figures follow now that its period is known */
    }
    row->acked = row->sent;
    node->stats.reported++;
    edge_mark_changed(node, row);
    if (row->sent_flushed) {
        edge_unmark_flushed(node, row, false);
    }
}

/* --- granted --- */

static bool is_of_present(const struct edge_node *node, const struct edge_tracker *row,
                          const struct edge_told *told) {
    if (row->has_period) {
        return told->period_start >= row->period_start && told->period_ends_in_ms > 0;
    }
    if (row->has_ended && told->period_start <= row->ended_period) {
        return false; /* the lease that has ended here: it was spent already */
    }
    for (size_t i = 0; i < node->sent_olds; i++) {
        const struct edge_old *old = node->sent_old[i];
        if (old->customer == row->customer && old->metric == row->metric && old->has_period &&
            old->period_start == told->period_start) {
            return false;
        }
    }
    return told->period_ends_in_ms > 0;
}

static void row_granted(struct edge_node *node, struct edge_tracker *row,
                        const struct edge_told *told, uint64_t now_ms) {
    if (row->has_period && told->period_start == row->period_start &&
        told->period_ends_in_ms <= 0) { /* over, by the server's clock: the next is asked for */
        edge_row_end(node, row, false);
        edge_row_spread(node, row, now_ms);
        edge_enqueue(node, row);
        node->is_hurried = true;
        return;
    }
    if (!is_of_present(node, row, told)) {
        return;
    }
    if (row->has_period && told->period_start > row->period_start) {
        edge_row_end(node, row, false); /* the server is in the next period already */
    }
    bool was_new = !row->has_period;
    row->has_period = true;
    row->period_start = told->period_start;
    row->ends_at_ms = later(node->sent_at_ms, told->period_ends_in_ms);
    row->granted = told->granted;
    row->reserve = told->reserve;
    row->mode = told->mode;
    row->said = told->standing;
    row->said.details.is_known = true;
    row->has_run_out = row->is_cut = false;
    row->expires_at_ms = later(node->sent_at_ms, told->expires_in_ms - EXPIRY_MARGIN_MS);
    edge_row_spread(node, row, now_ms);
    if (told->is_recall) {
        edge_row_give_back(node, row);
    }
    int64_t left = edge_left(atomic_load(&row->counter->word));
    row->refill_below = told->is_recall || told->mode != EDGE_MODE_LEASE ? 0 : (left + 1) / 2;
    row->wanted = 0;
    bool holds = told->mode == EDGE_MODE_OPEN || left > 0;
    row->renew_at_ms = holds ? later(node->sent_at_ms, told->expires_in_ms / 2) : EDGE_NEVER;
    edge_wheel_set(node, row, now_ms);
    struct edge_figures figures = edge_row_figures(row);
    if (!edge_figures_equal(figures, row->acked)) {
        edge_mark_changed(node, row);
        edge_enqueue(node, row);
        node->is_hurried |= was_new;
    }
}

static void come_back(struct edge_node *node, uint64_t now_ms) {
    node->failures = 0;
    if (node->is_away) {
        node->is_away = false;
        for (size_t i = 0; i < node->trackers_made; i++) {
            edge_row_spread(node, edge_tracker_at(node, (uint32_t)i + 1), now_ms);
        }
    }
}

static void take_grants(struct edge_node *node, const struct edge_answer *answer, uint64_t now_ms) {
    for (size_t i = 0; i < answer->count; i++) {
        const struct edge_told *told = &answer->told[i];
        struct edge_tracker *row = told->refusal == EDGE_REFUSED_NOT ? row_of(node, told) : NULL;
        if (row != NULL) {
            row_granted(node, row, told, now_ms);
        }
    }
}

void edge_node_answer(struct edge_node *node, uint64_t now_ms, const struct edge_answer *answer) {
    check(node->is_in_flight);
    node->is_in_flight = false;
    node->stats.exchanges++;
    node->has_answer = true;
    node->answered_at_ms = now_ms;
    if (!node->flight_is_events) {
        node->incarnation = answer->incarnation;
        node->server_at = answer->at;
    }
    take_refusals(node, answer, now_ms);
    for (size_t i = 0; i < node->sent_trackers; i++) {
        if (node->sent[i]->is_sent) {
            row_acknowledged(node, node->sent[i]);
        }
    }
    if (node->flight_is_final) {
        node->flight_epoch->needs_final = false;
        node->final_told |= node->flight_epoch == node->epoch;
    }
    edge_olds_told(node);
    node->sent_olds = 0;
    come_back(node, now_ms);
    if (!node->flight_is_events && node->flight_epoch == node->epoch && !node->flight_is_final) {
        take_grants(node, answer, now_ms);
    }
    node->sent_trackers = 0;
}
