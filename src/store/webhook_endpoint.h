/* Who is told of billing events: addresses that operators have given, with the secrets that sign
 * what is sent there. The secrets are in no other table and no other file of this layer. */
#ifndef STORE_WEBHOOK_ENDPOINT_H
#define STORE_WEBHOOK_ENDPOINT_H

#include "store/row.h"

enum webhook_endpoint_status { WEBHOOK_ENDPOINT_ENABLED, WEBHOOK_ENDPOINT_DISABLED };
enum { WEBHOOK_ENDPOINT_STATUS_COUNT = WEBHOOK_ENDPOINT_DISABLED + 1 };
const char *webhook_endpoint_status_name(enum webhook_endpoint_status status);

struct webhook_endpoint_row {
    struct record_id id;
    struct str url, description;
    struct str types;            /* "invoice.paid dunning.*", or "*" */
    struct str metadata;         /* a JSON object */
    struct str secret;           /* "whsec_…" */
    struct str secret_before;    /* good until then; empty: none */
    int64_t secret_before_until; /* or ROW_NONE */
    int status;                  /* enum webhook_endpoint_status */
    struct str disabled_reason;  /* "operator", "gone", "failing"; empty while enabled */
    int64_t disabled_at;         /* or ROW_NONE */
    int64_t failing_since;       /* or ROW_NONE: the last attempt succeeded, or none was made */
    int64_t created_at, updated_at;
};

MUST_USE struct err webhook_endpoint_insert(struct tx *tx, const struct webhook_endpoint_row *row);
/* All of it but the id. ERR_CONFLICT when it is not there. */
MUST_USE struct err webhook_endpoint_replace(struct tx *tx, const struct webhook_endpoint_row *row);
/* Since when attempts fail; ROW_NONE: the last one did not. ERR_CONFLICT when it is not there. */
MUST_USE struct err webhook_endpoint_failing(struct tx *tx, struct str id, int64_t since);
MUST_USE struct err webhook_endpoint_get(struct tx *tx, struct str id,
                                         struct webhook_endpoint_row *ret_row, bool *ret_found);
/* The oldest first; items are struct webhook_endpoint_row. */
MUST_USE struct err webhook_endpoint_list(struct tx *tx, size_t max, struct row_list *ret_list);
MUST_USE struct err webhook_endpoint_delete(struct tx *tx, struct str id, bool *ret_found);

#endif
