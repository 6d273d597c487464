/* Events that Stripe has sent, kept before they are acknowledged; and the directory that says to
 * whom Stripe's objects belong. */
#ifndef STORE_WEBHOOK_H
#define STORE_WEBHOOK_H

#include "store/row.h"

struct webhook_row {
    struct str stripe_event_id, type, object_id, body;
    int64_t received_at;
    struct str status; /* "received", "applied", "ignored", "failed" */
    int64_t attempts;
    int64_t next_attempt_at; /* or ROW_NONE */
    int64_t finished_at;     /* or ROW_NONE */
    struct str last_error;
    struct str user_id; /* whose it is, once that is known */
};

/* *ret_is_new is false when the event was there already. */
MUST_USE struct err webhook_insert(struct tx *tx, const struct webhook_row *row, bool *ret_is_new);
/* Those that wait, the oldest first; items are struct webhook_row with an empty body. */
MUST_USE struct err webhook_waiting(struct tx *tx, size_t max, struct row_list *ret_list);
/* ERR_CONFLICT when it does not wait any more. */
MUST_USE struct err webhook_finish(struct tx *tx, struct str event_id, struct str status,
                                   struct str error);
MUST_USE struct err webhook_retry(struct tx *tx, struct str event_id, int64_t at, struct str error);

/* It is this customer's, and sealed as such from now on. */
MUST_USE struct err webhook_own(struct tx *tx, struct str event_id, struct str user_id);

MUST_USE struct err webhook_get(struct tx *tx, struct str event_id, struct webhook_row *ret_row,
                                bool *ret_found);

/* Which of them, the newest first. */
struct webhook_filter {
    int64_t before_at; /* INT64_MAX: from the newest on */
    struct str before_id;
    struct str status, type; /* empty: any */
};
MUST_USE struct err webhook_page(struct tx *tx, const struct webhook_filter *filter, size_t max,
                                 struct row_list *ret_list);
/* *ret_count is 0 when the event is not there, or waits already. */
MUST_USE struct err webhook_replay(struct tx *tx, struct str event_id, int64_t *ret_count);
MUST_USE struct err webhook_replay_failed(struct tx *tx, int64_t since, int64_t until,
                                          int64_t *ret_count);

struct webhook_count {
    struct str status;
    int64_t count;
};
MUST_USE struct err webhook_counts(struct tx *tx, struct row_list *ret_list);

/* Whose record an object of Stripe's is. */
struct stripe_object {
    struct str user_id, local_id;
};
MUST_USE struct err stripe_object_get(struct tx *tx, struct str stripe_id,
                                      struct stripe_object *ret_object, bool *ret_found);
/* Keeps what is there already. */
MUST_USE struct err stripe_object_put(struct tx *tx, struct str stripe_id, struct str user_id,
                                      struct str local_id);

#endif
