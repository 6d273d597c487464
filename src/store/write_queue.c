#include "store/write_queue.h"

#include <string.h>

#include "base/check.h"
#include "store/writer.h"

/* Commands change rows by the dozen; more than these in one group and decisions would wait. */
enum { GROUP_COMMANDS_MAX = 64 };

void write_list_init(struct write_list *list) {
    list->first = NULL;
    list->end = &list->first;
    list->count = 0;
}

void write_list_add(struct write_list *list, struct write *write) {
    write->next = NULL;
    *list->end = write;
    list->end = &write->next;
    list->count++;
}

struct write *write_list_take(struct write_list *list) {
    struct write *write = list->first;
    check(write != NULL);
    list->first = write->next;
    if (list->first == NULL) {
        list->end = &list->first;
    }
    list->count--;
    return write;
}

void write_list_join(struct write_list *list, struct write_list *after) {
    if (after->count > 0) {
        *list->end = after->first;
        list->end = after->end;
        list->count += after->count;
        write_list_init(after);
    }
}

/* --- lanes in turn --- */

static void turns_init(struct write_turns *turns) {
    turns->first = NULL;
    turns->end = &turns->first;
}

static void turns_add(struct write_turns *turns, struct write_lane *lane) {
    lane->next = NULL;
    *turns->end = lane;
    turns->end = &lane->next;
}

static struct write_lane *turns_take(struct write_turns *turns) {
    struct write_lane *lane = turns->first;
    turns->first = lane->next;
    if (turns->first == NULL) {
        turns->end = &turns->first;
    }
    return lane;
}

/* Puts `after` behind `turns`; `after` is not used again. */
static void turns_join(struct write_turns *turns, const struct write_turns *after) {
    if (after->first != NULL) {
        *turns->end = after->first;
        turns->end = after->end;
    }
}

/* --- the queue --- */

void write_queue_init(struct write_queue *queue, const struct write_bounds *bounds) {
    memset(queue, 0, sizeof *queue);
    queue->bounds = *bounds;
    write_list_init(&queue->decisions);
    write_list_init(&queue->commands);
    turns_init(&queue->turns);
    for (size_t i = 0; i < WRITE_LANES; i++) {
        write_list_init(&queue->lanes[i].list);
    }
}

static struct write_lane *lane_of(struct write_queue *queue, const struct write *write) {
    return &queue->lanes[write->lane % WRITE_LANES];
}

/* A work that never waits behind another is always taken, however heavy. */
static bool is_full(const struct write_queue *queue, const struct write *write) {
    const struct write_bounds *bounds = &queue->bounds;
    return queue->count >= bounds->works_max ||
           (bounds->weight_max > 0 && queue->count > 0 &&
            queue->weight + write->weight > bounds->weight_max);
}

static bool is_stuck(const struct write_queue *queue, const struct write_lane *lane,
                     uint64_t now_ns) {
    uint64_t max = queue->bounds.lane_wait_ns_max;
    return max > 0 && lane->list.count > 0 && now_ns - lane->list.first->queued_ns > max;
}

struct err write_queue_add(struct write_queue *queue, struct write *write, uint64_t now_ns) {
    bool is_event = write->class == WRITE_EVENTS;
    struct write_lane *lane = is_event ? lane_of(queue, write) : NULL;
    if (is_full(queue, write) || (is_event && is_stuck(queue, lane, now_ns))) {
        return ERR(ERR_BUSY);
    }
    write->queued_ns = now_ns;
    queue->count++;
    queue->weight += write->weight;
    if (!is_event) {
        write_list_add(write->class == WRITE_DECISION ? &queue->decisions : &queue->commands,
                       write);
        return OK;
    }
    if (lane->list.count == 0) {
        turns_add(&queue->turns, lane);
    }
    write_list_add(&lane->list, write);
    return OK;
}

/* --- a group --- */

struct group {
    struct write_list *list;
    size_t weight;
};

static bool fits(const struct write_queue *queue, const struct group *group,
                 const struct write *write) {
    size_t max = queue->bounds.group_weight_max;
    return max == 0 || group->list->count == 0 || group->weight + write->weight <= max;
}

static void move(struct write_queue *queue, struct group *group, struct write_list *from) {
    struct write *write = write_list_take(from);
    queue->count--;
    queue->weight -= write->weight;
    group->weight += write->weight;
    write_list_add(group->list, write);
}

static void take_first(struct write_queue *queue, struct group *group, struct write_list *from,
                       size_t max) {
    for (size_t i = 0; i < max && from->count > 0 && fits(queue, group, from->first); i++) {
        move(queue, group, from);
    }
}

static bool has_share(const struct write_queue *queue, const struct write_lane *lane) {
    size_t max = queue->bounds.lane_weight_max;
    return max == 0 || lane->group_weight == 0 ||
           lane->group_weight + lane->list.first->weight <= max;
}

/* One work of the lane whose turn it is; false when the group has no room for it. */
static bool take_turn(struct write_queue *queue, struct group *group, struct write_turns *served) {
    struct write_lane *lane = queue->turns.first;
    if (lane->group != queue->group) {
        lane->group = queue->group;
        lane->group_weight = 0;
    }
    if (!has_share(queue, lane)) {
        turns_add(served, turns_take(&queue->turns));
        return true;
    }
    if (!fits(queue, group, lane->list.first)) {
        return false;
    }
    lane->group_weight += lane->list.first->weight;
    move(queue, group, &lane->list);
    (void)turns_take(&queue->turns);
    if (lane->list.count > 0) {
        turns_add(&queue->turns, lane);
    }
    return true;
}

static void take_events(struct write_queue *queue, struct group *group) {
    struct write_turns served; /* lanes that have had their share of this group */
    size_t max = group->list->count + queue->bounds.group_max;
    turns_init(&served);
    queue->group++;
    while (queue->turns.first != NULL && group->list->count < max &&
           take_turn(queue, group, &served)) {
        /* goes on */
    }
    turns_join(&queue->turns, &served);
}

void write_queue_take_group(struct write_queue *queue, struct write_list *ret_group) {
    size_t max = queue->bounds.group_max;
    write_list_init(ret_group);
    struct group group = {.list = ret_group};
    take_first(queue, &group, &queue->decisions, max);
    take_first(queue, &group, &queue->commands,
               max < GROUP_COMMANDS_MAX ? max : GROUP_COMMANDS_MAX);
    take_events(queue, &group);
}
