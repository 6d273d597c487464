/* Where each limit of a customer stands beside its total: the grace clock, and what was told. */
#ifndef STORE_LIMIT_STATE_H
#define STORE_LIMIT_STATE_H

#include "core/limit.h"
#include "store/usage.h"

struct limit_state_row {
    struct str user_id;
    int metric; /* enum metric */
    int64_t period_start;
    int64_t grace_ends_at, settled_since; /* or ROW_NONE */
    int64_t notices;                      /* enum limit_notice bits that were given */
    int64_t limit_amount;                 /* that they speak of; or ROW_NONE */
    int64_t armings;                      /* how often notices of a gauge have become due anew */
    int64_t given_at[LIMIT_NOTICE_COUNT]; /* each of `notices`, by its bit; or ROW_NONE */
};
MUST_USE struct err limit_state_get(struct tx *tx, struct str user_id, enum metric metric,
                                    struct limit_state_row *ret_row, bool *ret_found);
/* At most METRIC_COUNT items of struct limit_state_row. */
MUST_USE struct err limit_state_list(struct tx *tx, struct str user_id, struct row_list *ret_list);
/* Of the customers of the range, in their order. */
MUST_USE struct err limit_state_between(struct tx *tx, struct user_range range, size_t max,
                                        struct row_list *ret_list);
/* When the next grace ends after `after`; ROW_NONE when none does. */
MUST_USE struct err limit_state_next_end(struct tx *tx, int64_t after, int64_t *ret_at);
/* Those whose grace ends by `until`, in this order; items are struct limit_state_row. */
struct limit_state_span {
    int64_t from; /* that or later … */
    int64_t until;
    struct str user_id, metric; /* … and after this limit of it; empty: all of it */
};
MUST_USE struct err limit_state_ending(struct tx *tx, const struct limit_state_span *span,
                                       size_t max, struct row_list *ret_list);
MUST_USE struct err limit_state_put(struct tx *tx, const struct limit_state_row *row);

#endif
