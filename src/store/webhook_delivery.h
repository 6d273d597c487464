/* What is sent to the endpoints of webhook_endpoint.h: one row for an event and an endpoint, and
 * one for each attempt. */
#ifndef STORE_WEBHOOK_DELIVERY_H
#define STORE_WEBHOOK_DELIVERY_H

#include "store/row.h"

enum webhook_delivery_status {
    WEBHOOK_DELIVERY_WAITING,   /* to be sent at `next_attempt_at`, for the first time or again */
    WEBHOOK_DELIVERY_DELIVERED, /* answered with 2xx */
    WEBHOOK_DELIVERY_FAILED,    /* given up; an operator may replay it */
};
enum { WEBHOOK_DELIVERY_STATUS_COUNT = WEBHOOK_DELIVERY_FAILED + 1 };
const char *webhook_delivery_status_name(enum webhook_delivery_status status);

struct webhook_delivery_row {
    struct record_id id;
    struct record_id endpoint_id;
    struct record_id event_id; /* the message's id for whoever receives it */
    struct str user_id;        /* empty: the event is of no customer */
    struct str type;
    struct str body; /* empty in lists */
    int status;      /* enum webhook_delivery_status */
    int64_t attempts;
    int64_t attempts_before; /* of these, before it was last replayed */
    int64_t next_attempt_at; /* or ROW_NONE */
    int64_t created_at;
    int64_t finished_at; /* or ROW_NONE */
    struct str last_error;
};

struct webhook_attempt_row {
    struct record_id id;
    struct str user_id; /* of the delivery */
    struct record_id delivery_id;
    int64_t number; /* from 1 */
    int64_t started_at;
    int64_t duration_ms;
    int64_t response_status; /* or ROW_NONE */
    struct str response;     /* the beginning of its body */
    struct str error;        /* empty: it succeeded */
};

MUST_USE struct err webhook_delivery_insert(struct tx *tx, const struct webhook_delivery_row *row);
/* To where the row says that it stands now. ERR_CONFLICT when it is not there. */
MUST_USE struct err webhook_delivery_move(struct tx *tx, const struct webhook_delivery_row *row);
MUST_USE struct err webhook_delivery_get(struct tx *tx, struct str id,
                                         struct webhook_delivery_row *ret_row, bool *ret_found);

/* Which deliveries; empty members leave nothing out. */
struct webhook_delivery_filter {
    struct str endpoint_id, status, type, user_id;
    struct str before; /* the id that the page follows */
};
/* The newest first; items are struct webhook_delivery_row. */
MUST_USE struct err webhook_delivery_page(struct tx *tx,
                                          const struct webhook_delivery_filter *filter, size_t max,
                                          struct row_list *ret_list);
/* Those of an endpoint to be sent by `now`, the longest due first. */
MUST_USE struct err webhook_delivery_waiting(struct tx *tx, struct str endpoint_id, int64_t now,
                                             size_t max, struct row_list *ret_list);
/* When the next one is due after `now`; ROW_NONE when none is. */
MUST_USE struct err webhook_delivery_next_due(struct tx *tx, int64_t now, int64_t *ret_at);
/* Nothing that waits is sent to the endpoint any more, for this reason. */
MUST_USE struct err webhook_delivery_give_up(struct tx *tx, struct str endpoint_id,
                                             struct str error);
/* What has failed of those written since then waits again, from now on. */
MUST_USE struct err webhook_delivery_replay_failed(struct tx *tx, struct str endpoint_id,
                                                   int64_t since, int64_t *ret_count);

MUST_USE struct err webhook_delivery_waiting_count(struct tx *tx, int64_t *ret_count);
/* With their attempts: all of an endpoint; what was finished before. */
MUST_USE struct err webhook_delivery_delete_of(struct tx *tx, struct str endpoint_id);

MUST_USE struct err webhook_attempt_insert(struct tx *tx, const struct webhook_attempt_row *row);
/* The newest first; items are struct webhook_attempt_row. */
MUST_USE struct err webhook_attempt_list(struct tx *tx, struct str delivery_id, size_t max,
                                         struct row_list *ret_list);

#endif
