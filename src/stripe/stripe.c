#include "stripe/stripe.h"

#include "base/check.h"
#include "stripe/inside.h"

enum { OPTIONS_MAX = 4096 };

static bool is_address(struct str url) {
    return (str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://"))) &&
           !str_ends_with(url, STR("/"));
}

/* Printable ASCII without blanks: a line break would begin another header. */
static bool is_key(struct str key) {
    for (size_t i = 0; i < key.len; i++) {
        if (key.bytes[i] <= ' ' || key.bytes[i] > '~') {
            return false;
        }
    }
    return key.len > 0;
}

struct err stripe_create(struct cx *cx, const struct stripe_options *options,
                         struct stripe **ret_stripe) {
    if (!is_address(options->base_url)) {
        return cx_fail(cx, ERR(ERR_FORMAT),
                       "Stripe's address must begin with https:// or http:// and end without a "
                       "slash.");
    }
    if (!is_key(options->secret_key)) {
        return cx_fail(cx, ERR(ERR_FORMAT),
                       "Stripe's secret key must be one word of printable characters.");
    }
    struct stripe *stripe = env_alloc(options->env, sizeof *stripe);
    if (stripe == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the Stripe client.");
    }
    *stripe = (struct stripe){.payments = {.call = stripe_payments_call}, .env = options->env};
    arena_init(&stripe->arena, options->env, OPTIONS_MAX);
    stripe->base_url = arena_str(&stripe->arena, options->base_url);
    stripe->authorization = arena_printf(&stripe->arena, "Authorization: Bearer " STR_FMT,
                                         STR_ARG(options->secret_key));
    if (arena_failed(&stripe->arena)) {
        stripe_destroy(stripe);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the Stripe client.");
    }
    *ret_stripe = stripe;
    return OK;
}

void stripe_destroy(struct stripe *stripe) {
    if (stripe == NULL) {
        return;
    }
    check(stripe->under_way == 0);
    arena_finish(&stripe->arena);
    env_free(stripe->env, stripe);
}

struct payments *stripe_payments(struct stripe *stripe) {
    return &stripe->payments;
}
