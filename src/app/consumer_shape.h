/* The section "consumer" of the catalogue's file (app/catalogue_shape.h). */
#ifndef APP_CONSUMER_SHAPE_H
#define APP_CONSUMER_SHAPE_H

#include "base/cx.h"
#include "base/shape.h"
#include "core/consumer.h"

/* As the file says it; what it does not say is that of consumer_policy_default(). */
struct withdrawal_entry {
    struct shape_list countries; /* of struct country */
    struct shape_list tiers;     /* of int: enum tier */
    int64_t days;
    bool has_countries, has_tiers, has_days;
};

struct consumer_entry {
    int renewal_consent;
    bool has_renewal_consent;
    struct withdrawal_entry withdrawal;
};
extern const struct shape consumer_shape;

/* Adds to `errors` what the form alone cannot say. */
struct consumer_policy consumer_policy_of(struct cx *cx, const struct consumer_entry *entry,
                                          struct shape_errors *errors);

#endif
