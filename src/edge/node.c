/* The node's life, its customers, and the look at what has changed. */
#include "edge/node.h"

#include <string.h>

#include "base/check.h"
#include "edge/node_inside.h"

enum { TABLE_LEAST = 1024 };

/* --- memory --- */

/* Zeroed, and aligned to `alignment` behind a word that says where it began. */
static void *plain_map(struct env *env, size_t size, size_t alignment) {
    char *bytes = env_alloc(env, size + 2 * alignment);
    if (bytes == NULL) {
        return NULL;
    }
    char *aligned = bytes + 2 * alignment - (uintptr_t)bytes % alignment;
    aligned -= aligned - bytes > (ptrdiff_t)alignment ? alignment : 0;
    memcpy(aligned - sizeof bytes, &bytes, sizeof bytes);
    memset(aligned, 0, size);
    return aligned;
}

static void plain_unmap(struct env *env, void *aligned) {
    char *bytes;
    memcpy(&bytes, (char *)aligned - sizeof bytes, sizeof bytes);
    env_free(env, bytes);
}

static void *map(struct edge_node *node, size_t size) {
    struct edge_memory *memory = node->options.memory;
    return memory != NULL ? memory->map(memory, size)
                          : plain_map(node->options.env, size, EDGE_BLOCK_BYTES);
}

static void unmap(struct edge_node *node, void *bytes, size_t size) {
    struct edge_memory *memory = node->options.memory;
    if (bytes != NULL && memory != NULL) {
        memory->unmap(memory, bytes, size);
    } else if (bytes != NULL) {
        plain_unmap(node->options.env, bytes);
    }
}

static void *zeroed(struct env *env, size_t size) {
    void *bytes = env_alloc(env, size);
    if (bytes != NULL) {
        memset(bytes, 0, size);
    }
    return bytes;
}

/* --- life --- */

static bool make_parts(struct edge_node *node) {
    struct env *env = node->options.env;
    size_t blocks = (node->options.customers_max + EDGE_BLOCK - 1) / EDGE_BLOCK;
    size_t trackers = (node->options.customers_max * TURNPIKE_METRICS) / EDGE_TRACKERS + 2;
    node->shared = plain_map(env, sizeof *node->shared, EDGE_LINE_BYTES);
    node->blocks = zeroed(env, blocks * sizeof *node->blocks);
    node->persons = zeroed(env, blocks * sizeof *node->persons);
    node->trackers = zeroed(env, trackers * sizeof *node->trackers);
    node->table = zeroed(env, TABLE_LEAST * sizeof *node->table);
    node->table_mask = TABLE_LEAST - 1;
    return node->shared != NULL && node->blocks != NULL && node->persons != NULL &&
           node->trackers != NULL && node->table != NULL;
}

static void take_policies(struct edge_node *node) {
    for (size_t i = 0; i < TURNPIKE_METRICS; i++) {
        if (node->options.policy[i] == TURNPIKE_POLICY_DEFAULT) {
            bool is_open = i == TURNPIKE_API_REQUESTS || i == TURNPIKE_BANDWIDTH;
            node->options.policy[i] =
                is_open ? TURNPIKE_POLICY_BOUNDED_OPEN : TURNPIKE_POLICY_CLOSED;
        }
    }
}

struct err edge_node_create(const struct edge_node_options *options, struct edge_node **ret_node) {
    check(options->customers_max > 0);
    struct edge_node *node = zeroed(options->env, sizeof *node);
    if (node == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    node->options = *options;
    node->queue_end = &node->queue;
    node->changed_end = &node->changed;
    node->olds_end = &node->olds;
    if (!make_parts(node)) {
        edge_node_destroy(node);
        return ERR(ERR_NO_MEMORY);
    }
    take_policies(node);
    atomic_store(&node->shared->unknown_budget, options->unknown_budget);
    *ret_node = node;
    return OK;
}

static void destroy_lists(struct edge_node *node) {
    struct env *env = node->options.env;
    while (node->olds != NULL) {
        struct edge_old *old = node->olds;
        node->olds = old->next;
        env_free(env, old);
    }
    while (node->epochs != NULL) {
        struct edge_epoch *epoch = node->epochs;
        node->epochs = epoch->next;
        env_free(env, epoch);
    }
}

void edge_node_destroy(struct edge_node *node) {
    if (node == NULL) {
        return;
    }
    struct env *env = node->options.env;
    destroy_lists(node);
    for (size_t i = 0; i < node->blocks_made; i++) {
        unmap(node, node->blocks[i], sizeof **node->blocks);
        env_free(env, node->persons[i]);
    }
    for (size_t i = 0; i < node->tracker_blocks; i++) {
        env_free(env, node->trackers[i]);
    }
    env_free(env, node->blocks);
    env_free(env, node->persons);
    env_free(env, node->trackers);
    env_free(env, node->table);
    if (node->shared != NULL) {
        plain_unmap(env, node->shared);
    }
    env_free(env, node);
}

/* --- customers --- */

static uint64_t hash_of(struct str text) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash ^ hash >> 32;
}

struct str edge_person_id(const struct edge_node *node, uint32_t customer) {
    const struct edge_person *person = &node->persons[customer / EDGE_BLOCK][customer % EDGE_BLOCK];
    return str_of(person->user_id, person->len);
}

static struct turnpike_customer *customer_at(const struct edge_node *node, uint32_t customer) {
    return &node->blocks[customer / EDGE_BLOCK]->customers[customer % EDGE_BLOCK];
}

/* The place of the customer, or the free one where it belongs. */
static uint32_t *place_of_user(const struct edge_node *node, struct str user_id) {
    for (size_t at = hash_of(user_id);; at++) {
        uint32_t *place = &node->table[at & node->table_mask];
        if (*place == 0 || str_equal(edge_person_id(node, *place - 1), user_id)) {
            return place;
        }
    }
}

struct turnpike_customer *edge_find_customer(const struct edge_node *node, struct str user_id) {
    uint32_t number = *place_of_user(node, user_id);
    return number == 0 ? NULL : customer_at(node, number - 1);
}

static bool grow_table(struct edge_node *node) {
    if (node->customers * 2 <= node->table_mask) {
        return true;
    }
    size_t size = (node->table_mask + 1) * 2;
    uint32_t *table = zeroed(node->options.env, size * sizeof *table);
    if (table == NULL) {
        return false;
    }
    env_free(node->options.env, node->table);
    node->table = table;
    node->table_mask = size - 1;
    for (uint32_t i = 0; i < node->customers; i++) {
        *place_of_user(node, edge_person_id(node, i)) = i + 1;
    }
    return true;
}

static bool grow_blocks(struct edge_node *node) {
    if (node->customers < node->blocks_made * EDGE_BLOCK) {
        return true;
    }
    struct edge_block *block = map(node, sizeof *block);
    struct edge_person *persons = zeroed(node->options.env, EDGE_BLOCK * sizeof *persons);
    if (block == NULL || persons == NULL) {
        unmap(node, block, sizeof *block);
        env_free(node->options.env, persons);
        return false;
    }
    node->blocks[node->blocks_made] = block;
    node->persons[node->blocks_made++] = persons;
    return true;
}

static void fill_customer(struct edge_node *node, struct turnpike_customer *customer) {
    customer->gate = node->options.gate;
    customer->number = (uint32_t)node->customers;
    for (size_t i = 0; i < TURNPIKE_METRICS; i++) {
        struct edge_counter *counter = &customer->counters[i];
        counter->shared = node->shared;
        atomic_store(&counter->standing, TURNPIKE_NOT_LEARNT);
    }
}

struct err edge_node_customer(struct edge_node *node, struct str user_id,
                              struct turnpike_customer **ret_customer) {
    check(user_id.len > 0 && user_id.len <= EDGE_USER_ID_MAX);
    struct turnpike_customer *known = edge_find_customer(node, user_id);
    if (known != NULL) {
        *ret_customer = known;
        return OK;
    }
    if (node->customers >= node->options.customers_max) {
        return ERR(ERR_TOO_LARGE);
    }
    if (!grow_table(node) || !grow_blocks(node)) {
        return ERR(ERR_NO_MEMORY);
    }
    uint32_t number = (uint32_t)node->customers;
    struct edge_person *person = &node->persons[number / EDGE_BLOCK][number % EDGE_BLOCK];
    uint32_t *place = place_of_user(node, user_id); /* before its own id is there to be found */
    memcpy(person->user_id, user_id.bytes, user_id.len);
    person->len = (uint8_t)user_id.len;
    *place = number + 1;
    fill_customer(node, customer_at(node, number));
    node->customers++;
    *ret_customer = customer_at(node, number);
    return OK;
}

struct str edge_node_user_id(const struct edge_node *node, const struct turnpike_customer *handle) {
    return edge_person_id(node, handle->number);
}

/* --- trackers --- */

struct edge_tracker *edge_tracker_at(const struct edge_node *node, uint32_t number) {
    check(number > 0 && number <= node->trackers_made);
    return &node->trackers[(number - 1) / EDGE_TRACKERS][(number - 1) % EDGE_TRACKERS];
}

struct edge_tracker *edge_tracker_of(struct edge_node *node, struct edge_counter *counter,
                                     uint32_t customer, enum metric metric) {
    if (counter->tracker != 0) {
        return edge_tracker_at(node, counter->tracker);
    }
    if (node->trackers_made == node->tracker_blocks * EDGE_TRACKERS) {
        struct edge_tracker *block = zeroed(node->options.env, EDGE_TRACKERS * sizeof *block);
        if (block == NULL) {
            return NULL;
        }
        node->trackers[node->tracker_blocks++] = block;
    }
    counter->tracker = (uint32_t)++node->trackers_made;
    struct edge_tracker *row = edge_tracker_at(node, counter->tracker);
    *row = (struct edge_tracker){.counter = counter,
                                 .number = counter->tracker,
                                 .customer = customer,
                                 .metric = metric,
                                 .ends_at_ms = EDGE_NEVER,
                                 .expires_at_ms = EDGE_NEVER,
                                 .renew_at_ms = EDGE_NEVER};
    edge_row_spread(node, row, 0); /* the server may be away */
    return row;
}

void edge_enqueue(struct edge_node *node, struct edge_tracker *row) {
    if (!row->is_queued) {
        row->is_queued = true;
        row->next_queued = NULL;
        *node->queue_end = row;
        node->queue_end = &row->next_queued;
        node->queued++;
    }
}

void edge_mark_changed(struct edge_node *node, struct edge_tracker *row) {
    if (!row->is_changed) {
        row->is_changed = true;
        row->next_changed = NULL;
        *node->changed_end = row;
        node->changed_end = &row->next_changed;
    }
}

/* --- looking --- */

/* The marks of one customer were `marks`, a byte a line. */
static void look_at_customer(struct edge_node *node, uint32_t number, uint64_t marks,
                             uint64_t now_ms) {
    struct turnpike_customer *customer = customer_at(node, number);
    uint8_t bytes[EDGE_LINES];
    memcpy(bytes, &marks, sizeof bytes);
    for (unsigned i = 0; i < TURNPIKE_METRICS; i++) {
        struct edge_counter *counter = &customer->counters[i];
        if (bytes[i] != 0) {
            struct edge_tracker *row = edge_tracker_of(node, counter, number, (enum metric)i);
            if (row != NULL) {
                edge_row_look(node, row, now_ms);
            } else {
                edge_counter_mark(counter); /* no memory: later */
            }
        }
    }
}

/* Takes the marks away before it looks: what changes while it does is marked again. */
static void look_at_block(struct edge_node *node, size_t block, uint64_t now_ms) {
    size_t first = block * EDGE_BLOCK;
    size_t count = node->customers - first < EDGE_BLOCK ? node->customers - first : EDGE_BLOCK;
    uint64_t *marks = node->blocks[block]->marks;
    for (size_t i = 0; i < count; i++) {
        if (__atomic_load_n(&marks[i], __ATOMIC_RELAXED) != 0) {
            uint64_t taken = __atomic_exchange_n(&marks[i], 0, __ATOMIC_SEQ_CST);
            look_at_customer(node, (uint32_t)(first + i), taken, now_ms);
        }
    }
}

void edge_node_tick(struct edge_node *node, uint64_t now_ms) {
    static_assert(sizeof(uint64_t) == EDGE_LINES, "a customer's marks are a word");
    for (size_t i = 0; i < node->blocks_made; i++) {
        look_at_block(node, i, now_ms);
    }
    edge_wheel_turn(node, now_ms);
}

/* --- what stands where --- */

bool edge_node_next_changed(struct edge_node *node, struct edge_settlement *ret_row) {
    for (struct edge_old *old = node->olds; old != NULL; old = old->next) {
        if (!old->is_given) {
            old->is_given = true;
            *ret_row =
                (struct edge_settlement){old->epoch->text,  edge_person_id(node, old->customer),
                                         old->metric,       old->has_period,
                                         old->period_start, old->figures,
                                         old->acked};
            return true;
        }
    }
    struct edge_tracker *row = node->changed;
    if (row == NULL) {
        return false;
    }
    if (row->has_period && row->given_bare) { /* what was given without one is void */
        row->given_bare = false;
        *ret_row = (struct edge_settlement){.epoch = node->epoch->text,
                                            .user_id = edge_person_id(node, row->customer),
                                            .metric = row->metric};
        return true;
    }
    row->given_bare = !row->has_period;
    node->changed = row->next_changed;
    node->changed_end = node->changed == NULL ? &node->changed : node->changed_end;
    row->is_changed = false;
    *ret_row = (struct edge_settlement){node->epoch->text,
                                        edge_person_id(node, row->customer),
                                        row->metric,
                                        row->has_period,
                                        row->period_start,
                                        edge_row_figures(row),
                                        edge_figures_net(row->acked)};
    return true;
}

void edge_node_all_changed(struct edge_node *node) {
    for (struct edge_old *old = node->olds; old != NULL; old = old->next) {
        old->is_given = false;
    }
    for (size_t i = 0; i < node->trackers_made; i++) {
        struct edge_tracker *row = edge_tracker_at(node, (uint32_t)i + 1);
        if (edge_figures_net(edge_row_figures(row)) != 0) {
            edge_mark_changed(node, row);
        }
    }
}

void edge_node_details(struct edge_node *node, const struct turnpike_customer *handle,
                       enum metric metric, struct turnpike_details *ret_details) {
    const struct edge_counter *counter = &handle->counters[metric];
    *ret_details = (struct turnpike_details){0};
    if (counter->tracker != 0) {
        *ret_details = edge_tracker_at(node, counter->tracker)->said.details;
        bool is_open = edge_tracker_at(node, counter->tracker)->mode == EDGE_MODE_OPEN;
        ret_details->unspent = is_open ? 0 : edge_left(atomic_load(&counter->word));
    }
}

void edge_node_stats(const struct edge_node *node, uint64_t now_ms,
                     struct turnpike_stats *ret_stats) {
    *ret_stats = node->stats;
    ret_stats->customers = node->customers;
    ret_stats->waiting = node->queued + node->sent_trackers + node->olds_count;
    ret_stats->is_reachable = node->has_answer && node->failures == 0;
    ret_stats->last_answer_ms = node->has_answer ? (int64_t)(now_ms - node->answered_at_ms) : -1;
}
