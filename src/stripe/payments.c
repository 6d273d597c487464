/* The port: one call is one request and, where its answer leaves something open, further ones that
 * only read.
 *
 *   subscription_create, incomplete      does the bank ask for the customer, or has it refused?
 *                                        The payment intent of the first invoice tells.
 *   invoice_pay, declined                where can the customer pay? The invoice tells.
 *   subscription_change, pending         the same of the invoice that the change waits for
 *   invoice_void, refused                it was paid before: the invoice tells
 *   schedule_release, refused            it had ended before: the schedule tells
 *   coupon_create, the id is taken       it is the same coupon: its id is made of what it says
 *   price_create, the lookup key is taken    another creation was faster: its price is ours.
 *   subscription_cancel, missing         it was cancelled before: the subscription tells.
 *   dispute_read                         which invoice did the charge pay? Its payments tell.
 *   any, a subscription told a second time   the answer is as old as the first telling, and much
 * may have happened since: the subscription is read afresh.
 *
 * When a reading fails, the whole call is UNKNOWN: made again under the same key, Stripe
 * repeats its first answer and we look again. */
#include "base/check.h"
#include "base/log.h"
#include "stripe/answer.h"
#include "stripe/call.h"
#include "stripe/inside.h"

enum { FLIGHT_MEMORY_MAX = 8 * 1024 * 1024 };

/* A call under way. Its answer borrows from both bodies, so they live until it is delivered. */
struct flight {
    struct stripe *stripe;
    struct arena arena;
    int64_t kind;
    struct str lookup_key, invoice_id, subscription_id, schedule_id; /* of the call, for readings */
    bool is_replayed;
    payments_done *done;
    void *context;
    json_t *first, *second, *third;
    struct payments_answer answer;
};

static void deliver(struct flight *flight) {
    if (arena_failed(&flight->arena)) { /* lines may be missing */
        flight->answer = (struct payments_answer){.outcome = PAYMENTS_UNKNOWN};
    }
    flight->done(flight->context, &flight->answer);
    struct env *env = flight->stripe->env;
    json_decref(flight->first);
    json_decref(flight->second);
    json_decref(flight->third);
    arena_finish(&flight->arena);
    env_free(env, flight);
}

static void note(const struct flight *flight, int64_t kind, const struct stripe_response *response,
                 const struct payments_answer *answer) {
    bool is_well = answer->outcome != PAYMENTS_UNKNOWN && answer->outcome != PAYMENTS_REFUSED;
    log_event(flight->stripe->env, is_well ? LOG_INFO : LOG_WARNING, "stripe.call",
              "kind=%s outcome=%s status=%d error=%s code=" STR_FMT " decline_code=" STR_FMT
              " request_id=" STR_FMT,
              call_name(kind), outcome_name(answer->outcome), response->status,
              err_name(response->err.code), STR_ARG(answer->code), STR_ARG(answer->decline_code),
              STR_ARG(response->trace_id));
}

/* Reads and logs. */
static struct payments_answer read_as(struct flight *flight, int64_t kind,
                                      const struct stripe_response *response) {
    struct payments_answer answer = {0};
    enum object_result result = answer_read(kind, response, &flight->arena, &answer);
    note(flight, kind, response, &answer);
    if (result == OBJECT_UNKNOWN_VALUE) {
        log_event(flight->stripe->env, LOG_WARNING, "stripe.unknown_value",
                  "kind=%s id=" STR_FMT " status=" STR_FMT, call_name(kind),
                  STR_ARG(json_text(response->body, "id")),
                  STR_ARG(json_text(response->body, "status")));
    }
    return answer;
}

static void forget(struct flight *flight) {
    flight->answer = (struct payments_answer){.outcome = PAYMENTS_UNKNOWN};
}

/* --- subscription_create --- */

static const char hosted_url[] = "latest_invoice.hosted_invoice_url";

static bool intent_is_needed(const struct flight *flight) {
    return flight->answer.outcome == PAYMENTS_DONE && flight->answer.has_subscription &&
           flight->answer.subscription.status == SUBSCRIPTION_INCOMPLETE &&
           object_intent_of_invoice(json_at(flight->first, "latest_invoice")).len > 0;
}

/* A change that waits for its payment. */
static bool pending_is_needed(const struct flight *flight) {
    return flight->answer.outcome == PAYMENTS_DONE && flight->answer.has_subscription &&
           flight->answer.subscription.has_pending_update &&
           object_intent_of_invoice(json_at(flight->first, "latest_invoice")).len > 0;
}

static struct stripe_request ask_intent(struct flight *flight) {
    return call_read_intent(&flight->arena,
                            object_intent_of_invoice(json_at(flight->first, "latest_invoice")));
}

static bool is_status(const json_t *intent, const char *status) {
    return str_equal(json_text(intent, "status"), str_from_cstr(status));
}

/* `status` is an open enum: what is not named here is left to the invoice's page. */
static void judge_intent(struct flight *flight, const struct stripe_response *response) {
    const json_t *intent = response->body;
    struct payments_answer *answer = &flight->answer;
    if (answer_outcome(response) != PAYMENTS_DONE || !object_is(intent, "payment_intent")) {
        forget(flight);
    } else if (!is_status(intent, "processing") && !is_status(intent, "succeeded")) {
        answer_read_error(json_at(intent, "last_payment_error"), answer);
        bool is_refused =
            is_status(intent, "requires_payment_method") || is_status(intent, "canceled");
        answer->outcome = is_refused && !answer_asks_customer(answer) ? PAYMENTS_DECLINED
                                                                      : PAYMENTS_ACTION_REQUIRED;
        answer->url = json_text(flight->first, hosted_url);
    }
    note(flight, flight->kind, response, answer);
}

/* --- invoice_pay --- */

static bool invoice_is_needed(const struct flight *flight) {
    return flight->answer.outcome == PAYMENTS_DECLINED;
}

static struct stripe_request ask_invoice(struct flight *flight) {
    struct payments_call call = {.kind = PAYMENTS_INVOICE_READ, .invoice_id = flight->invoice_id};
    return call_request(&flight->arena, &call);
}

static void judge_invoice(struct flight *flight, const struct stripe_response *response) {
    struct payments_answer seen = read_as(flight, PAYMENTS_INVOICE_READ, response);
    struct payments_answer *answer = &flight->answer;
    if (seen.outcome != PAYMENTS_DONE) {
        forget(flight);
        return;
    }
    answer->has_invoice = seen.has_invoice;
    answer->invoice = seen.invoice;
    answer->url = json_text(response->body, "hosted_invoice_url");
    if (answer_asks_customer(answer)) {
        answer->outcome = PAYMENTS_ACTION_REQUIRED;
    }
}

/* --- invoice_void --- */

static bool was_refused(const struct flight *flight) {
    return flight->answer.outcome == PAYMENTS_REFUSED;
}

static void judge_void(struct flight *flight, const struct stripe_response *response) {
    struct payments_answer seen = read_as(flight, PAYMENTS_INVOICE_READ, response);
    if (seen.outcome != PAYMENTS_DONE) {
        forget(flight);
    } else if (seen.has_invoice && seen.invoice.status == INVOICE_VOID) {
        flight->answer = seen;
    } else {
        flight->answer.has_invoice = seen.has_invoice;
        flight->answer.invoice = seen.invoice;
    }
}

/* --- schedule_release --- */

static struct stripe_request ask_schedule(struct flight *flight) {
    return call_read_schedule(&flight->arena, flight->schedule_id);
}

static void judge_schedule(struct flight *flight, const struct stripe_response *response) {
    struct payments_answer seen = read_as(flight, PAYMENTS_SCHEDULE_CREATE, response);
    struct str status = json_text(response->body, "status");
    bool is_live = str_equal(status, STR("active")) || str_equal(status, STR("not_started"));
    if (seen.outcome != PAYMENTS_DONE) {
        forget(flight);
    } else if (!is_live) {
        flight->answer = (struct payments_answer){.outcome = PAYMENTS_DONE};
    }
}

/* --- price_create --- */

static bool price_is_needed(const struct flight *flight) {
    return flight->answer.outcome == PAYMENTS_REFUSED &&
           str_equal(json_text(flight->first, "error.param"), STR("lookup_key"));
}

static struct stripe_request ask_price(struct flight *flight) {
    struct payments_call call = {.kind = PAYMENTS_PRICE_FIND, .lookup_key = flight->lookup_key};
    return call_request(&flight->arena, &call);
}

static void judge_price(struct flight *flight, const struct stripe_response *response) {
    struct payments_answer seen = read_as(flight, PAYMENTS_PRICE_FIND, response);
    if (seen.outcome != PAYMENTS_DONE) {
        forget(flight);
    } else if (seen.price_id.len > 0) {
        flight->answer = seen;
    }
}

/* --- subscription_cancel --- */

static bool end_is_needed(const struct flight *flight) {
    return flight->answer.outcome == PAYMENTS_MISSING;
}

static struct stripe_request ask_subscription(struct flight *flight) {
    struct payments_call call = {.kind = PAYMENTS_SUBSCRIPTION_READ,
                                 .subscription_id = flight->subscription_id};
    return call_request(&flight->arena, &call);
}

/* A deletion has no key: made again, it finds nothing that it could cancel. */
static void judge_end(struct flight *flight, const struct stripe_response *response) {
    struct payments_answer seen = read_as(flight, PAYMENTS_SUBSCRIPTION_READ, response);
    if (seen.outcome == PAYMENTS_DONE && subscription_is_over(seen.subscription.status)) {
        flight->answer = seen;
    } else if (seen.outcome != PAYMENTS_MISSING) {
        forget(flight);
    }
}

/* --- dispute_read --- */

static struct str disputed_intent(const struct flight *flight) {
    return object_reference(flight->first, "payment_intent");
}

static bool paid_invoice_is_needed(const struct flight *flight) {
    return flight->answer.has_dispute && disputed_intent(flight).len > 0;
}

static struct stripe_request ask_paid_invoice(struct flight *flight) {
    return call_find_invoice_of(&flight->arena, disputed_intent(flight));
}

static void judge_paid_invoice(struct flight *flight, const struct stripe_response *response) {
    const json_t *data = json_at(response->body, "data");
    if (answer_outcome(response) != PAYMENTS_DONE || !json_is_array(data)) {
        forget(flight);
        return;
    }
    flight->answer.dispute.invoice_id = object_reference(json_array_get(data, 0), "invoice");
    note(flight, flight->kind, response, &flight->answer);
}

/* --- the flow --- */

static const struct second_look {
    bool (*is_needed)(const struct flight *flight);
    struct stripe_request (*ask)(struct flight *flight);
    void (*judge)(struct flight *flight, const struct stripe_response *response);
} second_looks[PAYMENTS_KIND_COUNT] = {
    [PAYMENTS_SUBSCRIPTION_CREATE] = {intent_is_needed, ask_intent, judge_intent},
    [PAYMENTS_SUBSCRIPTION_CHANGE] = {pending_is_needed, ask_intent, judge_intent},
    [PAYMENTS_INVOICE_VOID] = {was_refused, ask_invoice, judge_void},
    [PAYMENTS_SCHEDULE_RELEASE] = {was_refused, ask_schedule, judge_schedule},
    [PAYMENTS_INVOICE_PAY] = {invoice_is_needed, ask_invoice, judge_invoice},
    [PAYMENTS_PRICE_CREATE] = {price_is_needed, ask_price, judge_price},
    [PAYMENTS_SUBSCRIPTION_CANCEL] = {end_is_needed, ask_subscription, judge_end},
    [PAYMENTS_DISPUTE_READ] = {paid_invoice_is_needed, ask_paid_invoice, judge_paid_invoice},
};

static void on_fresh(void *context, const struct stripe_response *response) {
    struct flight *flight = context;
    flight->third = json_incref(response->body);
    struct payments_answer seen = read_as(flight, PAYMENTS_SUBSCRIPTION_READ, response);
    if (seen.outcome == PAYMENTS_DONE) {
        flight->answer.subscription = seen.subscription;
    } else {
        forget(flight);
    }
    deliver(flight);
}

static void conclude(struct flight *flight) {
    if (!flight->is_replayed || !flight->answer.has_subscription) {
        deliver(flight);
        return;
    }
    flight->subscription_id = arena_str(&flight->arena, flight->answer.subscription.id);
    struct stripe_request request = ask_subscription(flight);
    struct stripe_sender sender = {&flight->arena, on_fresh, flight};
    stripe_send(flight->stripe, &request, &sender);
}

static void on_second(void *context, const struct stripe_response *response) {
    struct flight *flight = context;
    flight->second = json_incref(response->body);
    second_looks[flight->kind].judge(flight, response);
    conclude(flight);
}

static void on_first(void *context, const struct stripe_response *response) {
    struct flight *flight = context;
    flight->first = json_incref(response->body);
    flight->is_replayed = response->is_replayed;
    flight->answer = read_as(flight, flight->kind, response);
    if (flight->kind == PAYMENTS_COUPON_CREATE &&
        str_equal(flight->answer.code, STR("resource_already_exists"))) {
        flight->answer = (struct payments_answer){.outcome = PAYMENTS_DONE};
    }
    const struct second_look *look = &second_looks[flight->kind];
    if (look->is_needed == NULL || !look->is_needed(flight)) {
        conclude(flight);
        return;
    }
    struct stripe_request request = look->ask(flight);
    struct stripe_sender sender = {&flight->arena, on_second, flight};
    stripe_send(flight->stripe, &request, &sender);
}

void stripe_payments_call(struct payments *payments, const struct payments_call *call,
                          payments_done *done, void *context) {
    struct stripe *stripe = (struct stripe *)(void *)payments;
    struct flight *flight = env_alloc(stripe->env, sizeof *flight);
    check(flight != NULL); /* without it there is no one to tell that it failed */
    *flight =
        (struct flight){.stripe = stripe, .kind = call->kind, .done = done, .context = context};
    arena_init(&flight->arena, stripe->env, FLIGHT_MEMORY_MAX);
    flight->lookup_key = arena_str(&flight->arena, call->lookup_key);
    flight->invoice_id = arena_str(&flight->arena, call->invoice_id);
    flight->subscription_id = arena_str(&flight->arena, call->subscription_id);
    flight->schedule_id = arena_str(&flight->arena, call->schedule_id);
    struct stripe_request request = call_request(&flight->arena, call);
    struct stripe_sender sender = {&flight->arena, on_first, flight};
    stripe_send(stripe, &request, &sender);
}
