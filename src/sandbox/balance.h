/* The account's own balance: one transaction for each movement of money, with Stripe's fee. */
#ifndef SANDBOX_BALANCE_H
#define SANDBOX_BALANCE_H

#include "sandbox/call.h"

struct balance_entry {
    const char *type;     /* "charge", "refund", "adjustment" */
    const char *category; /* reporting_category */
    const char *source;   /* the object behind it */
    const char *customer; /* whose clock it follows; "" */
    const char *currency;
    const char *description; /* NULL: none */
    int64_t amount;          /* negative: away from us */
    int64_t fee;             /* taken off the amount */
    int64_t available_after_s;
};

/* A new balance transaction; borrowed from the world. */
json_t *balance_add(struct world *world, const struct balance_entry *entry);
/* What has arrived in a currency and may leave. */
int64_t balance_available(struct world *world, const char *currency);
/* Two business days, after which a card's money is available. */
enum { BALANCE_PENDING_S = 2 * 86400 };

#endif
