/* Usage that is counted and billed behind its period: meters, their events, and what a metered
 * item of a subscription comes to. */
#ifndef SANDBOX_METER_H
#define SANDBOX_METER_H

#include "sandbox/billing.h"
#include "sandbox/call.h"

/* What a customer used in a period by the meter's formula: sum, count or last; 0 without events. */
int64_t meter_usage(struct world *world, const json_t *meter, const char *customer,
                    struct period period);
/* Adds to an invoice what a metered item of a subscription used in a period. */
void meter_bill_item(struct world *world, json_t *invoice, json_t *item, struct period period);
/* The same as a pending item of the subscription, when anything was used. */
void meter_wait_item(struct world *world, json_t *subscription, json_t *item, struct period period);

#endif
