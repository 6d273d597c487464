/* What the files of the node share; nobody else looks inside. */
#ifndef EDGE_NODE_INSIDE_H
#define EDGE_NODE_INSIDE_H

#include "edge/node_exchange.h"

enum {
    EDGE_TRACKERS = 1024, /* trackers likewise */
    EDGE_WHEEL = 1024,    /* slots of a second */
    EDGE_WHEEL_MS = 1000,
    EDGE_BLOCKS_MAX = 1 << 16,
};
#define EDGE_NEVER UINT64_MAX

/* A customer, where only the node looks. */
struct edge_person {
    uint8_t len;
    char user_id[EDGE_USER_ID_MAX];
};

/* A counter's row, where only the node looks. Made when the counter is first used. */
struct edge_tracker {
    struct edge_counter *counter;
    uint32_t number, customer;
    enum metric metric;

    bool has_period; /* the server has told which; until then no figures are sent */
    int64_t period_start;
    uint64_t ends_at_ms;
    int64_t ended_period; /* when has_ended: by a clock that may be ahead of the server's */
    int64_t granted, returned, reserve;
    int64_t released_before, recorded_before; /* the counter's, when the row began */
    int64_t taken;                            /* the most that was seen: figures never go back */
    struct edge_figures sent, acked;
    uint64_t expires_at_ms, renew_at_ms;
    bool has_run_out; /* the lease */
    bool is_cut;      /* and what of it may be spent without the server was decided */
    bool has_credit;  /* open: the word holds what the node gave itself */
    bool is_unknown_customer, is_above_grant, has_ended;
    enum edge_mode mode;
    struct edge_standing said;

    int64_t rate_milli; /* units in 1,000 seconds */
    int64_t rated_used;
    uint64_t rated_at_ms;
    int64_t wanted, refill_below;
    uint64_t hurry_again_ms;

    bool is_queued, is_sent, sent_whole, is_changed, given_bare;
    bool is_flushed, sent_flushed; /* somebody waits; this is what was sent then */
    struct edge_tracker *next_queued, *next_changed;
    struct edge_tracker *wheel_next, **wheel_link; /* link NULL: on no slot */
};

struct edge_epoch {
    char text[EDGE_EPOCH_SIZE];
    size_t olds;      /* rows that wait under it */
    bool needs_final; /* of an earlier epoch: the server is to be told that it is over */
    struct edge_epoch *next;
};

/* A row that is over and not yet told. */
struct edge_old {
    struct edge_epoch *epoch;
    uint32_t customer;
    enum metric metric;
    bool has_period, is_event, is_sent, is_given; /* to the journal */
    int64_t period_start;
    struct edge_figures figures;
    int64_t acked; /* net */
    int64_t time;  /* of an event */
    struct edge_old *next;
};

struct edge_node {
    struct edge_node_options options;
    struct edge_shared *shared;
    /* Customers, in blocks; found by a table of numbers + 1, which is never more than half full. */
    struct edge_block **blocks;
    struct edge_person **persons;
    uint32_t *table;
    size_t customers, blocks_made, table_mask;
    struct edge_tracker **trackers; /* in blocks; number 0 is nobody's */
    size_t trackers_made, tracker_blocks;

    struct edge_epoch *epochs, *epoch; /* earlier ones, then the present one */
    int64_t incarnation;
    bool needs_epoch, epoch_is_known, has_rows, is_closing, final_told;

    struct edge_tracker *queue, **queue_end;
    size_t queued;
    struct edge_tracker *changed, **changed_end;
    struct edge_old *olds, **olds_end;
    size_t olds_count;

    bool is_in_flight, flight_is_final, flight_is_events, is_hurried, has_sent, is_away;
    bool has_answer;
    struct edge_epoch *flight_epoch;
    uint64_t sent_at_ms, retry_at_ms;
    unsigned failures;
    size_t sent_trackers, sent_olds;
    struct edge_tracker *sent[EDGE_ROWS_MAX];
    struct edge_old *sent_old[EDGE_ROWS_MAX];
    struct edge_ask asks[EDGE_ROWS_MAX];

    size_t flush_waits;
    bool flush_refused;
    struct edge_tracker *wheel[EDGE_WHEEL];
    uint64_t wheel_at; /* the slot that is looked at next */

    int64_t server_at; /* UTC, by the last answer */
    uint64_t answered_at_ms;
    struct turnpike_stats stats;
};

/* --- node.c --- */
struct edge_tracker *edge_tracker_at(const struct edge_node *node, uint32_t number);
struct edge_tracker *edge_tracker_of(struct edge_node *node, struct edge_counter *counter,
                                     uint32_t customer, enum metric metric);
struct str edge_person_id(const struct edge_node *node, uint32_t customer);
struct turnpike_customer *edge_find_customer(const struct edge_node *node, struct str user_id);
void edge_enqueue(struct edge_node *node, struct edge_tracker *row);
void edge_mark_changed(struct edge_node *node, struct edge_tracker *row);
void edge_unmark_flushed(struct edge_node *node, struct edge_tracker *row, bool is_refused);

/* --- node_row.c --- */
struct edge_figures edge_row_figures(struct edge_tracker *row);
int64_t edge_figures_net(struct edge_figures figures);
bool edge_figures_equal(struct edge_figures a, struct edge_figures b);
/* Puts what may be spent now into the word, takes what may not out of it, and says why. */
void edge_row_spread(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms);
void edge_row_give_back(struct edge_node *node, struct edge_tracker *row);
/* The row is over and the counter begins anew; what is not acknowledged waits as an old one, or is
 * dropped. */
void edge_row_end(struct edge_node *node, struct edge_tracker *row, bool is_event);
void edge_row_drop(struct edge_node *node, struct edge_tracker *row);
/* Looks at what was used since, and whether more is needed. */
void edge_row_look(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms);

/* --- node_time.c --- */
void edge_wheel_set(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms);
void edge_wheel_turn(struct edge_node *node, uint64_t now_ms);

/* --- node_old.c --- */
bool edge_old_add(struct edge_node *node, const struct edge_old *old);
/* Removes those that were sent (is_sent), and their epochs when nothing more waits under them. */
void edge_olds_told(struct edge_node *node);

#endif
