/* What the use cases need of the outside world, as they see it; adapters implement it.
 *
 * payments: the system that charges. One `struct payments_call` is one request to it, made from one
 * outbox row whose id is the idempotency key; one `struct payments_answer` is what came of it. The
 * vocabulary is Stripe's (https://docs.stripe.com/api), cut to what Turnpike decides by. Text is
 * borrowed. */
#ifndef APP_PORTS_H
#define APP_PORTS_H

#include "app/outcome.h"
#include "app/payments_call.h"
#include "app/payments_object.h"
#include "base/limits.h"
#include "core/catalogue.h"

/* True when such a call changes nothing at the provider. */
bool payments_is_read(int64_t kind);
/* True when such a call may take money from a customer. */
bool payments_may_charge(int64_t kind);

enum payments_outcome {
    PAYMENTS_DONE,
    PAYMENTS_DECLINED,        /* the charge or the method was refused: decline_code, message */
    PAYMENTS_ACTION_REQUIRED, /* the customer must authenticate: url */
    PAYMENTS_MISSING,         /* the object does not exist (any more) */
    PAYMENTS_REFUSED,         /* the request itself was refused, for good: message */
    PAYMENTS_UNKNOWN,         /* no answer, a 5xx or a rate limit: ask again with the same key */
};

struct payments_answer {
    enum payments_outcome outcome;
    struct str code, decline_code, message; /* of a refusal; message may be shown to the customer */
    struct str customer_id, price_id;
    struct str url; /* of the hosted page: set-up, or what fixes the payment */
    struct instant expires_at;
    bool has_method, has_subscription, has_invoice, has_customer, has_charge, has_refund,
        has_dispute;
    struct payments_method method;
    struct payments_subscription subscription;
    struct payments_invoice invoice;
    struct payments_customer customer;
    struct payments_charge charge;
    struct payments_refund refund;
    struct str unreadable; /* the object that this release cannot represent; empty: none */
    /* Of lists: an item is an answer that has just the one object. */
    const struct payments_answer *items;
    size_t item_count;
    const struct payments_event *events;
    size_t event_count;
    bool has_more;
    struct str next; /* what the page after this one follows */
    struct payments_dispute dispute;
    bool has_preview, has_schedule;
    struct payments_invoice preview; /* of what would be billed; never mirrored */
    struct payments_schedule schedule;
    bool has_credit_note;
    struct payments_credit_note credit_note;
    bool has_transfer;
    struct payments_transfer transfer;
    bool has_tax_ids;
    struct payments_tax_ids tax_ids;
    bool has_setup_intent;
    struct payments_setup_intent setup_intent; /* of one that failed, code and message say why */
};

/* What a person is told of a request that was refused for good: TAX_LOCATION_INVALID where the
 * customer can put it right, PAYMENT_PROVIDER_REFUSED otherwise. */
enum outcome payments_refusal(const struct payments_answer *answer);

/* The answer is valid inside the callback only. */
typedef void payments_done(void *context, const struct payments_answer *answer);

/* A copy that lives in the arena; ask arena_failed() afterwards. */
struct payments_answer payments_answer_copy(struct arena *arena,
                                            const struct payments_answer *from);

struct payments {
    /* Sends, and calls `done` exactly once, later, on the loop's thread. */
    void (*call)(struct payments *payments, const struct payments_call *call, payments_done *done,
                 void *context);
    /* By how much the provider's clock was ahead of ours with its last answer, in milliseconds,
     * negative when behind; it tells whole seconds. Of the loop's thread. */
    bool has_clock;
    int64_t clock_ahead_ms;
};

#endif
