/* A payment provider for tests, as small as one can be and still be believed: it answers a call
 * once for each idempotency key, remembers what it has sold and charged, may refuse, and answers
 * when it is told to. It stands outside the simulated world, so it survives that world's crashes.
 * Not part of the program. */
#ifndef APP_TEST_PAYMENTS_H
#define APP_TEST_PAYMENTS_H

#include "app/ports.h"

enum { TEST_OBJECTS_MAX = 40, TEST_REQUESTS_MAX = 256, TEST_WAITING_MAX = 64 };

/* One key, and what became of it. */
struct test_request {
    enum payments_kind kind;
    struct str key, parameters; /* the whole call as JSON */
    struct payments_answer answer;
    int times; /* it was sent */
};

struct test_charge {
    struct str key, invoice_id;
    int64_t amount;
};

struct test_price {
    struct str id, lookup_key, name;
    struct money amount;
    enum interval interval;
};

struct test_payments {
    struct payments port; /* first */
    struct env env;       /* of its own memory */
    struct env *clock;    /* of the world's time */
    struct arena arena;
    struct cx cx;
    bool is_holding;                 /* answers wait until this is false */
    bool has_mismatch;               /* a key came with other parameters */
    bool breaks_answer;              /* the next answer is lost on the way: PAYMENTS_UNKNOWN */
    bool loses[PAYMENTS_KIND_COUNT]; /* calls of the kind never arrive: PAYMENTS_UNKNOWN */
    int64_t previews_more;           /* a preview says so much more than is charged */
    /* How the next new call of a kind ends; PAYMENTS_DONE (0) as a rule. */
    enum payments_outcome next[PAYMENTS_KIND_COUNT];

    size_t request_count, charge_count, failure_count, customer_count;
    size_t price_count, method_count, subscription_count, invoice_count, waiting_count;
    struct test_request requests[TEST_REQUESTS_MAX];
    struct test_charge charges[TEST_OBJECTS_MAX];
    struct test_price prices[TEST_OBJECTS_MAX];
    struct payments_method methods[TEST_OBJECTS_MAX];
    struct payments_subscription subscriptions[TEST_OBJECTS_MAX];
    struct str next_prices[TEST_OBJECTS_MAX]; /* by subscription: of its plan ahead */
    struct payments_invoice invoices[TEST_OBJECTS_MAX];
    struct payments_customer customers[TEST_OBJECTS_MAX];
    size_t taken_count, refund_count;
    struct payments_charge taken[TEST_OBJECTS_MAX]; /* `charges` as objects */
    struct payments_refund refunds[TEST_OBJECTS_MAX];
    size_t setup_count;
    struct payments_setup_intent setups[TEST_OBJECTS_MAX]; /* tests move their status */
    size_t page_size;                                      /* of lists; 0: all on one page */
    struct {
        struct payments_answer answer;
        payments_done *done;
        void *context;
    } waiting[TEST_WAITING_MAX];
};

/* `clock` is only asked for the time. */
void test_payments_init(struct test_payments *payments, struct env *clock);
void test_payments_finish(struct test_payments *payments);

/* Gives the oldest answer that waits; false when there is none or answers are held. */
bool test_payments_step(struct test_payments *payments);
/* The program that waits for answers is gone. */
void test_payments_hang_up(struct test_payments *payments);

/* A subscription's period is over: it renews, and is charged, or ends. */
void test_payments_renew(struct test_payments *payments, size_t subscription);

/* The same, and the charge is declined: the subscription is past due. */
void test_payments_renew_unpaid(struct test_payments *payments, size_t subscription);

/* What a customer has been charged in all, in minor units. */
int64_t test_payments_taken(const struct test_payments *payments);
/* How many keys of that kind were seen. */
int test_payments_count(const struct test_payments *payments, enum payments_kind kind);

/* --- test_payments_list.c --- */

/* Answers a read by name, or a list. */
void test_payments_read(struct test_payments *payments, const struct payments_call *wanted,
                        struct payments_answer *answer);
/* True when the subscription or invoice that the call names is not there. */
bool test_payments_is_missing(const struct test_payments *payments,
                              const struct payments_call *wanted);
/* What a call makes of the subscription itself. */
void test_payments_set(struct payments_subscription *subscription,
                       const struct payments_call *wanted);

#endif
