/* What waits for the writer, and who is next.
 *
 * Three classes, each with a share of every group, so that none starves another: decisions (take,
 * release), which somebody's request waits for; commands, all that changes money and plans; events.
 * Within the first two, first come, first served. Events wait in lanes, one for each customer:
 * lanes are served in turn, a work at a time, and none gets more of a group than its share, so that
 * the wait of one customer's events does not depend on how many another has sent.
 *
 * What waits is bounded: by number, by weight, and a lane by time. Once its oldest work has waited
 * that long, a lane takes nothing more in. Not thread-safe: the writer's mutex is held. */
#ifndef STORE_WRITE_QUEUE_H
#define STORE_WRITE_QUEUE_H

#include "base/env.h"

struct write;

struct write_list {
    struct write *first;
    struct write **end; /* where the next one is hung */
    size_t count;
};

void write_list_init(struct write_list *list);
void write_list_add(struct write_list *list, struct write *write);
struct write *write_list_take(struct write_list *list); /* the list is not empty */
/* Puts all of `after` behind the list, and leaves `after` empty. */
void write_list_join(struct write_list *list, struct write_list *after);

/* In the order in which they are served; a zeroed work is a command. */
enum write_class { WRITE_COMMAND, WRITE_DECISION, WRITE_EVENTS };

struct write_bounds {
    size_t works_max;  /* that wait */
    size_t weight_max; /* that waits; 0: no bound */
    size_t group_max;  /* works of one class in a group */
    size_t
        group_weight_max; /* of a group's works together; a heavier one goes alone. 0: no bound */
    size_t
        lane_weight_max; /* of a lane's works in a group; a heavier one goes alone. 0: no bound */
    uint64_t lane_wait_ns_max; /* 0: no bound */
};

/* Customers are spread over so many lanes; with more of them, several share one. */
enum { WRITE_LANES = 4096 };

struct write_lane {
    struct write_list list;
    struct write_lane *next; /* in turn */
    uint64_t group;          /* the last one that it was served in */
    size_t group_weight;     /* what it got there */
};

struct write_turns {
    struct write_lane *first;
    struct write_lane **end;
};

struct write_queue {
    struct write_bounds bounds;
    struct write_list decisions, commands;
    struct write_turns turns; /* lanes in which something waits */
    uint64_t group;
    size_t count, weight;
    struct write_lane lanes[WRITE_LANES];
};

void write_queue_init(struct write_queue *queue, const struct write_bounds *bounds);
/* ERR_BUSY when a bound is reached. */
MUST_USE struct err write_queue_add(struct write_queue *queue, struct write *write,
                                    uint64_t now_ns);
/* The works of the next group; empty when nothing waits. */
void write_queue_take_group(struct write_queue *queue, struct write_list *ret_group);

#endif
