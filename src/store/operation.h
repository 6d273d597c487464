/* Operations: changes that need the outside world, and the client keys that started them. */
#ifndef STORE_OPERATION_H
#define STORE_OPERATION_H

#include "store/row.h"

enum operation_status { OPERATION_PENDING, OPERATION_SUCCEEDED, OPERATION_FAILED };

struct operation_row {
    struct str user_id;
    struct record_id id;
    struct str kind;        /* "subscribe" */
    int status;             /* enum operation_status */
    struct str request;     /* JSON: what was asked for, and what has been learned on the way */
    struct str result_code; /* an outcome's code; empty while pending */
    struct str result;      /* JSON; empty while pending */
    int64_t created_at;
    int64_t finished_at; /* or ROW_NONE */
};

/* ERR_CONFLICT when another operation of the customer is pending. */
MUST_USE struct err operation_insert(struct tx *tx, const struct operation_row *row);
MUST_USE struct err operation_get(struct tx *tx, struct str user_id, struct str id,
                                  struct operation_row *ret_row, bool *ret_found);
MUST_USE struct err operation_open(struct tx *tx, struct str user_id, struct operation_row *ret_row,
                                   bool *ret_found);
/* Writes status, result_code, result and finished_at of a pending one. */
MUST_USE struct err operation_finish(struct tx *tx, const struct operation_row *row);
MUST_USE struct err operation_count(struct tx *tx, struct str user_id, struct str kind,
                                    int64_t *ret_count);

struct idempotency_row {
    struct str request_hash;
    struct record_id operation_id;
};

MUST_USE struct err idempotency_get(struct tx *tx, struct str user_id, struct str key,
                                    struct idempotency_row *ret_row, bool *ret_found);
MUST_USE struct err idempotency_insert(struct tx *tx, struct str user_id, struct str key,
                                       const struct idempotency_row *row);

#endif
