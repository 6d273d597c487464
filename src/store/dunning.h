/* Cases of dunning as stored (core/dunning.h says what they mean), and what operators did. */
#ifndef STORE_DUNNING_H
#define STORE_DUNNING_H

#include "store/row.h"

struct dunning_row {
    struct str user_id;
    struct record_id id;
    int kind;                         /* enum dunning_kind */
    int status;                       /* enum dunning_status */
    struct record_id invoice_id;      /* ours; empty: the dispute is about none that we know */
    struct record_id subscription_id; /* ours; empty: the invoice is of none */
    struct str stripe_dispute_id;     /* of disputes */
    int64_t retries;                  /* made or skipped */
    bool needs_new_method;
    bool needs_takeover; /* the provider retries by itself and has not been told to stop */
    bool is_access_ended, has_warned_access, has_warned_end;
    int64_t opened_at;
    int64_t access_until;    /* or ROW_NONE: no end is in sight */
    int64_t next_attempt_at; /* or ROW_NONE */
    int64_t due_at;          /* or ROW_NONE */
    int64_t closed_at;       /* or ROW_NONE */
};

MUST_USE struct err dunning_get(struct tx *tx, struct str user_id, struct str id,
                                struct dunning_row *ret_row, bool *ret_found);
/* By the id alone, for operators. */
MUST_USE struct err dunning_named(struct tx *tx, struct str id, struct dunning_row *ret_row,
                                  bool *ret_found);
/* The newest one of a failed payment of the invoice, live or not; disputes are others. */
MUST_USE struct err dunning_of_invoice(struct tx *tx, struct str user_id, struct str invoice_id,
                                       struct dunning_row *ret_row, bool *ret_found);
MUST_USE struct err dunning_of_dispute(struct tx *tx, struct str user_id, struct str dispute_id,
                                       struct dunning_row *ret_row, bool *ret_found);
/* Open or paused, the oldest first. Items of this and the next one are struct dunning_row. */
MUST_USE struct err dunning_live(struct tx *tx, struct str user_id, size_t max,
                                 struct row_list *ret_list);

/* What a page follows: nothing yet is {INT64_MAX, ""}. */
struct dunning_filter {
    struct str user_id; /* empty: everybody's */
    int status;         /* -1: any */
    int64_t opened_before;
    struct str id_before;
};
MUST_USE struct err dunning_page(struct tx *tx, const struct dunning_filter *filter, size_t max,
                                 struct row_list *ret_list);

/* ROW_NONE when nothing is. */
MUST_USE struct err dunning_due_next(struct tx *tx, int64_t *ret_at);
/* The earliest of the live cases of the subscription, or ROW_NONE. */
MUST_USE struct err dunning_access_until(struct tx *tx, struct str user_id,
                                         struct str subscription_id, int64_t *ret_until);

/* ERR_CONFLICT when a live one of that kind is about the invoice. */
MUST_USE struct err dunning_insert(struct tx *tx, const struct dunning_row *row);
MUST_USE struct err dunning_replace(struct tx *tx, const struct dunning_row *row);

struct dunning_action_row {
    struct str user_id, idempotency_key;
    struct record_id case_id;
    struct str action, request_hash, reason;
    int64_t created_at;
};
MUST_USE struct err dunning_action_get(struct tx *tx, struct str user_id, struct str key,
                                       struct dunning_action_row *ret_row, bool *ret_found);
MUST_USE struct err dunning_action_insert(struct tx *tx, const struct dunning_action_row *row);

#endif
