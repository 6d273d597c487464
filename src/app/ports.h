/* What the use cases need of the outside world, as they see it; adapters implement it.
 *
 * payments: the system that charges. One `struct payments_call` is one request to it, made from one
 * outbox row whose id is the idempotency key; one `struct payments_answer` is what came of it. The
 * vocabulary is Stripe's (https://docs.stripe.com/api), cut to what Turnpike decides by. Text is
 * borrowed. */
#ifndef APP_PORTS_H
#define APP_PORTS_H

#include "app/payments_object.h"
#include "base/limits.h"
#include "core/catalogue.h"

enum payments_kind {
    PAYMENTS_CUSTOMER_CREATE,     /* user_id email name country -> customer_id */
    PAYMENTS_PRICE_FIND,          /* lookup_key -> price_id, empty when there is none */
    PAYMENTS_PRICE_CREATE,        /* lookup_key name price interval -> price_id */
    PAYMENTS_METHOD_ATTACH,       /* customer_id method_id -> method */
    PAYMENTS_METHOD_DEFAULT,      /* customer_id method_id */
    PAYMENTS_METHOD_DETACH,       /* method_id -> method */
    PAYMENTS_METHOD_READ,         /* method_id -> method */
    PAYMENTS_SETUP_OPEN,          /* customer_id method_type return_url -> url expires_at */
    PAYMENTS_SUBSCRIPTION_CREATE, /* customer_id price_id method_id? local_id -> subscription,
                                     invoice (the first one) */
    PAYMENTS_SUBSCRIPTION_CHANGE, /* subscription_id item_id price_id change at -> subscription,
                                     invoice? */
    PAYMENTS_SUBSCRIPTION_CANCEL, /* subscription_id: now -> subscription */
    PAYMENTS_SUBSCRIPTION_END,    /* subscription_id at_period_end -> subscription */
    PAYMENTS_SUBSCRIPTION_READ,   /* subscription_id -> subscription */
    PAYMENTS_INVOICE_READ,        /* invoice_id -> invoice */
    PAYMENTS_INVOICE_PAY,         /* invoice_id method_id? -> invoice */
    PAYMENTS_CUSTOMER_READ,       /* customer_id -> customer */
    PAYMENTS_CHARGE_READ,         /* object_id -> charge */
    PAYMENTS_REFUND_READ,         /* object_id -> refund */
    PAYMENTS_CUSTOMER_LIST,       /* after? -> items, has_more, next; so are all lists */
    PAYMENTS_SUBSCRIPTION_LIST,   /* customer_id? after?: ended ones too */
    PAYMENTS_INVOICE_LIST,        /* customer_id? after? */
    PAYMENTS_CHARGE_LIST,         /* customer_id? after? */
    PAYMENTS_REFUND_LIST,         /* after? */
    PAYMENTS_EVENT_LIST,          /* at after? -> events since `at` */
    PAYMENTS_INVOICE_ADVANCE, /* invoice_id advances: goes on by itself, or is held -> invoice */
    PAYMENTS_INVOICE_GIVE_UP, /* invoice_id: marked uncollectible -> invoice */
    PAYMENTS_DISPUTE_READ,    /* object_id -> dispute */
    PAYMENTS_KIND_COUNT
};

/* How a change of price is billed. */
enum payments_change {
    PAYMENTS_CHANGE_NOW,         /* prorated to the second `at`, invoiced and charged at once;
                                    nothing changes when the charge fails */
    PAYMENTS_CHANGE_NEW_PERIOD,  /* the same, and a new billing period begins now */
    PAYMENTS_CHANGE_NEXT_PERIOD, /* no proration; the next period bills the new price */
};

/* Whole numbers are int64_t and a price stands in two members, since a call is stored as the JSON
 * that its shape says (operation_text.c). */
struct payments_call {
    int64_t kind; /* enum payments_kind */
    struct str idempotency_key;
    struct str user_id, email, name, country;
    struct str customer_id, method_id, method_type, return_url;
    struct str lookup_key, price_id;
    int64_t price; /* minor units of `currency` */
    struct str currency;
    int64_t interval;    /* enum interval */
    struct str local_id; /* our id of the subscription, kept in its metadata */
    struct str subscription_id, item_id, invoice_id;
    int64_t change; /* enum payments_change */
    int64_t at;     /* milliseconds UTC */
    bool at_period_end;
    bool advances;        /* the invoice is finalized and charged by the provider */
    struct str object_id; /* of a charge, a refund or a dispute */
    struct str after;     /* the last object of the page before; empty: the first page */
};

/* True when such a call changes nothing at the provider. */
bool payments_is_read(int64_t kind);

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
};

/* The answer is valid inside the callback only. */
typedef void payments_done(void *context, const struct payments_answer *answer);

/* A copy that lives in the arena; ask arena_failed() afterwards. */
struct payments_answer payments_answer_copy(struct arena *arena,
                                            const struct payments_answer *from);

struct payments {
    /* Sends, and calls `done` exactly once, later, on the loop's thread. */
    void (*call)(struct payments *payments, const struct payments_call *call, payments_done *done,
                 void *context);
};

#endif
