/* Leases as stored: what each run of each node holds of a customer's allowance, and which run of a
 * node is its newest. What the figures mean: core/lease.h. */
#ifndef STORE_LEASE_H
#define STORE_LEASE_H

#include "core/lease.h"
#include "store/row.h"

struct lease_key {
    struct str user_id;
    int metric; /* enum metric */
    int64_t period_start;
    struct str node, epoch;
};

struct lease_row {
    struct lease_key key;
    int64_t period_end;
    struct lease lease;
    int64_t outstanding; /* what still counts of it: 0 once it has ended */
    int64_t rate;        /* units a second, as the node said last */
    int state;           /* enum lease_state */
    int64_t ends_at;     /* when it was not renewed until then */
    int64_t recalled_at; /* since when it is to come back; ROW_NONE: it is not */
    int64_t updated_at;
};
MUST_USE struct err lease_get(struct tx *tx, const struct lease_key *key, struct lease_row *ret_row,
                              bool *ret_found);
MUST_USE struct err lease_put(struct tx *tx, const struct lease_row *row);

/* Other leases of the counter. */
struct lease_peers {
    int64_t count, rate; /* of those heard of since `since` */
    int64_t outstanding;
    int64_t recalled_at; /* the last recall; 0: there was none */
};
MUST_USE struct err lease_peers(struct tx *tx, const struct lease_key *but, int64_t since,
                                struct lease_peers *ret_peers);

/* What is out of the counter is to come back from `at` on; a recall since `unless_since` stands. */
MUST_USE struct err lease_recall(struct tx *tx, struct str user_id, enum metric metric, int64_t at,
                                 int64_t unless_since);
/* What of this epoch is recalled; items are struct lease_row, as in all lists below. */
MUST_USE struct err lease_recalled(struct tx *tx, struct str node, struct str epoch, size_t max,
                                   struct row_list *ret_list);
/* Of the epoch nothing will be spent: its leases are ending, and due at `at`. */
MUST_USE struct err lease_end_epoch(struct tx *tx, struct str node, struct str epoch, int64_t at);

/* Those that are due by `at`: not renewed, or ending. */
MUST_USE struct err lease_due(struct tx *tx, int64_t at, size_t max, struct row_list *ret_list);
/* When the next one is; ROW_NONE when none ever is. */
MUST_USE struct err lease_next_due(struct tx *tx, int64_t *ret_at);

/* What a node holds, all epochs. */
struct lease_holder {
    struct str node, user_id, metric; /* an empty user_id or metric stands for all */
};
MUST_USE struct err lease_of_node(struct tx *tx, const struct lease_holder *holder, size_t max,
                                  struct row_list *ret_list);

struct lease_filter {
    struct str user_id, node; /* empty: all */
    struct lease_key after;   /* zeroed texts: from the first on */
    struct str after_metric;
};
MUST_USE struct err lease_page(struct tx *tx, const struct lease_filter *filter, size_t max,
                               struct row_list *ret_list);

/* What is out of one counter: of the key's customer, metric and period. */
MUST_USE struct err lease_total(struct tx *tx, const struct lease_key *counter,
                                int64_t *ret_outstanding);
/* Calls `each` with what is out of every counter of these customers. */
MUST_USE struct err lease_totals(struct tx *tx, struct user_range range,
                                 struct err (*each)(void *context, const struct lease_key *counter,
                                                    int64_t outstanding),
                                 void *context);

/* Of the leases of one metric that count. */
struct lease_figures {
    int metric; /* enum metric */
    int64_t open, held;
    int64_t recalled; /* called back and not yet returned */
    int64_t outstanding;
};
/* At most METRIC_COUNT items of struct lease_figures. */
MUST_USE struct err lease_figures(struct tx *tx, struct row_list *ret_list);
/* Of what was reclaimed and no node has accounted for since. */
struct lease_reclaimed {
    int metric; /* enum metric */
    int64_t leases, amount;
};
/* At most METRIC_COUNT items of struct lease_reclaimed. */
MUST_USE struct err lease_reclaimed_figures(struct tx *tx, struct row_list *ret_list);

/* Forgets those of periods that ended before. */
MUST_USE struct err lease_prune(struct tx *tx, int64_t before);

struct lease_node_row {
    struct str node, epoch;
    bool is_ended; /* it has said its last word */
    int64_t seen_at;
};
MUST_USE struct err lease_node_get(struct tx *tx, struct str node, struct lease_node_row *ret_row,
                                   bool *ret_found);
MUST_USE struct err lease_node_put(struct tx *tx, const struct lease_node_row *row);

#endif
