/* Attempts to collect an invoice, whoever made them. At most one of an invoice is in flight. */
#ifndef STORE_PAYMENT_ATTEMPT_H
#define STORE_PAYMENT_ATTEMPT_H

#include "store/row.h"

enum attempt_origin {
    ATTEMPT_PROVIDER, /* the provider's own: the first of a renewal, or its retries */
    ATTEMPT_RETRY,    /* a day of our schedule */
    ATTEMPT_METHOD,   /* there is another payment method */
    ATTEMPT_OPERATOR,
    ATTEMPT_CUSTOMER, /* through us, or on the provider's page */
    ATTEMPT_ORIGIN_COUNT
};

enum attempt_status {
    ATTEMPT_PENDING,    /* the call waits, or is on its way */
    ATTEMPT_UNKNOWN,    /* no answer came: it may have been charged */
    ATTEMPT_PROCESSING, /* a bank debit takes days */
    ATTEMPT_SUCCEEDED,
    ATTEMPT_FAILED,  /* declined: decline_code */
    ATTEMPT_SKIPPED, /* its day came, and charging would have been pointless */
    ATTEMPT_LOST,    /* never reached the provider */
    ATTEMPT_STATUS_COUNT
};
const char *attempt_status_name(enum attempt_status status);
const char *attempt_origin_name(enum attempt_origin origin);
/* Its end is not known. */
bool attempt_is_in_flight(int status);

struct payment_attempt_row {
    struct str user_id;
    struct record_id id;
    struct record_id invoice_id;
    int origin;                                    /* enum attempt_origin */
    int status;                                    /* enum attempt_status */
    struct str outbox_id, charge_id, decline_code; /* empty: none */
    int64_t created_at;
    int64_t settled_at; /* or ROW_NONE */
};

MUST_USE struct err payment_attempt_in_flight(struct tx *tx, struct str user_id,
                                              struct str invoice_id,
                                              struct payment_attempt_row *ret_row, bool *ret_found);
MUST_USE struct err payment_attempt_of_call(struct tx *tx, struct str user_id, struct str outbox_id,
                                            struct payment_attempt_row *ret_row, bool *ret_found);
/* The first one first; items are struct payment_attempt_row. */
MUST_USE struct err payment_attempt_list(struct tx *tx, struct str user_id, struct str invoice_id,
                                         size_t max, struct row_list *ret_list);
MUST_USE struct err payment_attempt_count(struct tx *tx, struct str user_id, struct str invoice_id,
                                          int64_t *ret_count);
/* ERR_CONFLICT when another one of the invoice is in flight. */
MUST_USE struct err payment_attempt_insert(struct tx *tx, const struct payment_attempt_row *row);
MUST_USE struct err payment_attempt_replace(struct tx *tx, const struct payment_attempt_row *row);

#endif
