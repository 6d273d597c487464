/* Epochs, and rows that are over: of a period that ended, of an earlier epoch, of an earlier life
 * of this process by its journal. They wait until they are told, as reports or as events. */
#include <string.h>

#include "base/check.h"
#include "edge/node_inside.h"

bool edge_old_add(struct edge_node *node, const struct edge_old *old) {
    struct edge_old *copy = env_alloc(node->options.env, sizeof *copy);
    if (copy == NULL) {
        return false;
    }
    *copy = *old;
    copy->next = NULL;
    *node->olds_end = copy;
    node->olds_end = &copy->next;
    node->olds_count++;
    copy->epoch->olds++;
    node->is_hurried = true;
    return true;
}

void edge_olds_told(struct edge_node *node) {
    struct edge_old **link = &node->olds;
    while (*link != NULL) {
        struct edge_old *old = *link;
        if (old->is_sent) {
            *link = old->next;
            old->epoch->olds--;
            node->olds_count--;
            env_free(node->options.env, old);
        } else {
            link = &old->next;
        }
    }
    node->olds_end = link;
    struct edge_epoch **at = &node->epochs;
    while (*at != NULL) {
        struct edge_epoch *epoch = *at;
        if (epoch != node->epoch && epoch->olds == 0 && !epoch->needs_final) {
            *at = epoch->next;
            env_free(node->options.env, epoch);
        } else {
            at = &epoch->next;
        }
    }
}

static struct edge_epoch *epoch_of(struct edge_node *node, const char *text) {
    struct edge_epoch **link = &node->epochs;
    while (*link != NULL) {
        if (strcmp((*link)->text, text) == 0) {
            return *link;
        }
        link = &(*link)->next;
    }
    struct edge_epoch *epoch = env_alloc(node->options.env, sizeof *epoch);
    if (epoch != NULL) {
        *epoch = (struct edge_epoch){.needs_final = true};
        memcpy(epoch->text, text, strnlen(text, EDGE_EPOCH_SIZE - 1));
        *link = epoch;
    }
    return epoch;
}

struct err edge_node_settle(struct edge_node *node, const struct edge_settlement *settlement) {
    struct turnpike_customer *customer = NULL;
    TRY(edge_node_customer(node, settlement->user_id, &customer));
    struct edge_epoch *epoch = epoch_of(node, settlement->epoch);
    struct edge_old old = {.epoch = epoch,
                           .customer = customer->number,
                           .metric = settlement->metric,
                           .has_period = settlement->has_period,
                           .is_event = !settlement->has_period,
                           .period_start = settlement->period_start,
                           .figures = settlement->figures,
                           .acked = settlement->acked};
    return epoch != NULL && edge_old_add(node, &old) ? OK : ERR(ERR_NO_MEMORY);
}

struct err edge_node_settle_epoch(struct edge_node *node, const char *epoch) {
    return epoch_of(node, epoch) != NULL ? OK : ERR(ERR_NO_MEMORY);
}

static void end_rows(struct edge_node *node, bool is_known) {
    for (size_t i = 0; i < node->trackers_made; i++) {
        struct edge_tracker *row = edge_tracker_at(node, (uint32_t)i + 1);
        bool was_open = row->has_period;
        edge_row_end(node, row, !is_known);
        if (was_open) {
            edge_enqueue(node, row);
        }
    }
    if (!is_known) { /* what has ended before was to be reported to a server that has forgotten */
        for (struct edge_old *old = node->olds; old != NULL; old = old->next) {
            old->is_event |= old->epoch == node->epoch;
        }
    }
}

struct err edge_node_begin(struct edge_node *node, const char *epoch, bool is_known) {
    check(!node->is_in_flight && epoch[0] != 0 && strlen(epoch) < EDGE_EPOCH_SIZE);
    struct edge_epoch *next = epoch_of(node, epoch);
    if (next == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    next->needs_final = false;
    if (node->epoch != NULL) {
        end_rows(node, is_known);
        node->epoch->needs_final = is_known && node->has_rows;
    }
    node->epoch = next;
    node->needs_epoch = node->has_rows = false;
    for (size_t i = 0; i < node->trackers_made; i++) {
        struct edge_tracker *row = edge_tracker_at(node, (uint32_t)i + 1);
        row->has_ended = false;
        edge_row_spread(node, row, node->answered_at_ms);
    }
    edge_olds_told(node);
    node->is_hurried = true;
    return OK;
}

const char *edge_node_epoch(const struct edge_node *node) {
    return node->epoch->text;
}

const char *edge_node_epoch_at(const struct edge_node *node, size_t index) {
    const struct edge_epoch *epoch = node->epochs;
    for (; epoch != NULL && index > 0; index--) {
        epoch = epoch->next;
    }
    return epoch == NULL ? NULL : epoch->text;
}

bool edge_node_has_old(const struct edge_node *node) {
    return node->epochs != node->epoch;
}

bool edge_node_needs_epoch(const struct edge_node *node, bool *ret_is_known) {
    *ret_is_known = node->epoch_is_known;
    return node->needs_epoch && !node->is_in_flight;
}

void edge_node_incarnation(struct edge_node *node, int64_t incarnation) {
    check(!node->is_in_flight);
    node->incarnation = incarnation;
    node->needs_epoch = true;
    node->epoch_is_known = false;
}
