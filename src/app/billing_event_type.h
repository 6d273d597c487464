/* Every type of billing event: what it tells and what its metadata has. The history shows them,
 * webhooks deliver them, docs/reference/webhooks.md and the API's description are printed from this
 * table. A type that is not here cannot be noted. */
#ifndef APP_BILLING_EVENT_TYPE_H
#define APP_BILLING_EVENT_TYPE_H

#include <stddef.h>

#include "base/str.h"

struct billing_event_type {
    const char *name; /* "invoice.paid" */
    const char *doc;
    const char *amount;   /* what the amount is; NULL: it has none */
    const char *metadata; /* "name:string other:integer"; empty: none */
};

/* In the order of their names. */
extern const struct billing_event_type billing_event_types[];
extern const size_t billing_event_type_count;

/* NULL when it is none. */
const struct billing_event_type *billing_event_type_find(struct str name);

#endif
