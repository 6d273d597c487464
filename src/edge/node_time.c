/* When a row has to be looked at though nothing was used: a lease to be renewed or run out, a usage
 * period that ends. A wheel of seconds; what is further away comes round. */
#include "edge/node_inside.h"

static void wheel_remove(struct edge_tracker *row) {
    if (row->wheel_link != NULL) {
        *row->wheel_link = row->wheel_next;
        if (row->wheel_next != NULL) {
            row->wheel_next->wheel_link = row->wheel_link;
        }
        row->wheel_link = NULL;
    }
}

static uint64_t due_at(const struct edge_tracker *row) {
    uint64_t at = row->ends_at_ms < row->renew_at_ms ? row->ends_at_ms : row->renew_at_ms;
    return !row->has_run_out && row->expires_at_ms < at ? row->expires_at_ms : at;
}

void edge_wheel_set(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms) {
    wheel_remove(row);
    uint64_t at = due_at(row);
    if (at == EDGE_NEVER) {
        return;
    }
    uint64_t slot = at / EDGE_WHEEL_MS + (at % EDGE_WHEEL_MS != 0);
    uint64_t first =
        node->wheel_at > now_ms / EDGE_WHEEL_MS ? node->wheel_at : now_ms / EDGE_WHEEL_MS + 1;
    slot = slot < first ? first : slot;
    slot = slot > first + EDGE_WHEEL - 2 ? first + EDGE_WHEEL - 2 : slot;
    struct edge_tracker **head = &node->wheel[slot % EDGE_WHEEL];
    row->wheel_next = *head;
    row->wheel_link = head;
    if (*head != NULL) {
        (*head)->wheel_link = &row->wheel_next;
    }
    *head = row;
}

static void row_is_due(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms) {
    if (row->has_period && row->ends_at_ms <= now_ms) {
        bool was_used = row->rate_milli > 0 || row->rated_used > 0;
        edge_row_end(node, row, false);
        edge_row_spread(node, row, now_ms);
        if (was_used) {
            edge_enqueue(node, row);
            node->is_hurried = true;
        }
    } else if (row->has_period && !row->has_run_out && row->expires_at_ms <= now_ms) {
        row->has_run_out = true;
        edge_row_spread(node, row, now_ms);
        edge_enqueue(node, row);
    }
    if (row->renew_at_ms <= now_ms) {
        row->renew_at_ms = EDGE_NEVER; /* the answer sets it anew */
        edge_enqueue(node, row);
    }
    edge_wheel_set(node, row, now_ms);
}

void edge_wheel_turn(struct edge_node *node, uint64_t now_ms) {
    uint64_t last = now_ms / EDGE_WHEEL_MS;
    if (node->wheel_at == 0 || last > node->wheel_at + EDGE_WHEEL) {
        node->wheel_at = node->wheel_at == 0 ? last : last - EDGE_WHEEL;
    }
    for (; node->wheel_at <= last; node->wheel_at++) {
        struct edge_tracker **head = &node->wheel[node->wheel_at % EDGE_WHEEL];
        struct edge_tracker *due = *head; /* apart: what is not due yet goes to another slot */
        *head = NULL;
        if (due != NULL) {
            due->wheel_link = &due;
        }
        while (due != NULL) {
            struct edge_tracker *row = due;
            wheel_remove(row);
            row_is_due(node, row, now_ms);
        }
    }
}
