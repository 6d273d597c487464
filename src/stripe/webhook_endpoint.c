#include "stripe/webhook_endpoint.h"

#include "base/check.h"
#include "base/log.h"
#include "net/url.h"
#include "stripe/answer.h"
#include "stripe/form.h"
#include "stripe/inside.h"

/* Stripe allows 16 endpoints an account: one page holds them all. */
enum { ENSURE_MEMORY_MAX = 4 * 1024 * 1024, FORM_MAX = 64 * 1024 };

/* What app/webhook.h acts on; Stripe sends nothing else. */
static const char *const events[] = {
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "credit_note.created",
    "credit_note.voided",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.tax_id.created",
    "customer.tax_id.deleted",
    "customer.tax_id.updated",
    "customer.updated",
    "customer_cash_balance_transaction.created",
    "invoice.created",
    "invoice.finalization_failed",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.overdue",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.updated",
    "invoice.voided",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "setup_intent.succeeded",
};

struct ensure {
    struct stripe *stripe;
    struct arena arena;
    struct str url, installation, kept_id, kept_secret;
    stripe_endpoint_done *done;
    void *context;
    json_t *before; /* the list of endpoints */
    size_t next;    /* of its entries: to be looked at */
};

static void deliver(struct ensure *ensure, const struct stripe_endpoint_answer *answer) {
    ensure->done(ensure->context, answer);
    struct env *env = ensure->stripe->env;
    json_decref(ensure->before);
    arena_finish(&ensure->arena);
    env_free(env, ensure);
}

/* --- failures --- */

static enum err_code code_of(const struct stripe_response *response) {
    if (err_failed(response->err)) {
        return response->err.code;
    }
    if (response->body == NULL || answer_outcome(response) == PAYMENTS_DONE) {
        return ERR_FORMAT;
    }
    return answer_outcome(response) == PAYMENTS_UNKNOWN ? ERR_BUSY : ERR_PERMISSION;
}

static void fail(struct ensure *ensure, const struct stripe_response *response) {
    struct str said = json_text(response->body, "error.message");
    struct stripe_endpoint_answer answer = {.err = ERR(code_of(response))};
    answer.message = arena_printf(&ensure->arena,
                                  "The webhook endpoint could not be registered at Stripe (%s, "
                                  "status %d). " STR_FMT,
                                  err_name(answer.err.code), response->status, STR_ARG(said));
    log_event(ensure->stripe->env, LOG_WARNING, "stripe.endpoint_failed",
              "error=%s status=%d request_id=" STR_FMT, err_name(answer.err.code), response->status,
              STR_ARG(response->trace_id));
    deliver(ensure, &answer);
}

static void send(struct ensure *ensure, const struct stripe_request *request,
                 stripe_response_done *done) {
    struct stripe_sender sender = {&ensure->arena, done, ensure};
    stripe_send(ensure->stripe, request, &sender);
}

/* --- the steps, last first --- */

static void on_created(void *context, const struct stripe_response *response) {
    struct ensure *ensure = context;
    struct stripe_endpoint_answer answer = {.err = OK,
                                            .id = json_text(response->body, "id"),
                                            .secret = json_text(response->body, "secret")};
    if (answer_outcome(response) != PAYMENTS_DONE || answer.secret.len == 0) {
        fail(ensure, response);
        return;
    }
    log_event(ensure->stripe->env, LOG_INFO, "stripe.endpoint_made", "id=" STR_FMT,
              STR_ARG(json_text(response->body, "id")));
    deliver(ensure, &answer);
}

static void add_place(struct buf *form, const struct ensure *ensure) {
    form_add_text(form, "url", ensure->url);
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        form_add_text(form, "enabled_events[]", str_from_cstr(events[i]));
    }
}

static void create(struct ensure *ensure) {
    struct buf form;
    buf_init(&form, ensure->stripe->env, FORM_MAX);
    add_place(&form, ensure);
    form_add_text(&form, "api_version", STR(STRIPE_API_VERSION));
    form_add_text(&form, "description", STR("Turnpike"));
    form_add_text(&form, "metadata[turnpike]", ensure->installation);
    check(!form.has_failed);
    struct stripe_request request = {.method = STRIPE_POST,
                                     .path = STR("/v1/webhook_endpoints"),
                                     .form = arena_str(&ensure->arena, buf_str(&form))};
    buf_finish(&form);
    send(ensure, &request, on_created);
}

static void delete_next(struct ensure *ensure);

static void on_deleted(void *context, const struct stripe_response *response) {
    struct ensure *ensure = context;
    enum payments_outcome outcome = answer_outcome(response);
    if (outcome == PAYMENTS_DONE || outcome == PAYMENTS_MISSING) {
        delete_next(ensure);
    } else {
        fail(ensure, response);
    }
}

/* "/v1/webhook_endpoints/we_…" */
static struct str path_of(struct ensure *ensure, struct str id) {
    struct buf path;
    buf_init(&path, ensure->stripe->env, FORM_MAX);
    buf_add(&path, STR("/v1/webhook_endpoints/"));
    url_encode(&path, id);
    check(!path.has_failed);
    struct str text = arena_str(&ensure->arena, buf_str(&path));
    buf_finish(&path);
    return text;
}

static void delete_one(struct ensure *ensure, struct str id) {
    struct stripe_request request = {.method = STRIPE_DELETE, .path = path_of(ensure, id)};
    send(ensure, &request, on_deleted);
}

static void delete_next(struct ensure *ensure) {
    const json_t *data = json_at(ensure->before, "data");
    while (ensure->next < json_array_size(data)) {
        const json_t *endpoint = json_array_get(data, ensure->next++);
        struct str id = json_text(endpoint, "id");
        struct str owner = json_text(endpoint, "metadata.turnpike");
        if (id.len > 0 && str_equal(owner, ensure->installation)) {
            delete_one(ensure, id);
            return;
        }
    }
    create(ensure);
}

static void on_listed(void *context, const struct stripe_response *response) {
    struct ensure *ensure = context;
    if (answer_outcome(response) != PAYMENTS_DONE ||
        !json_is_array(json_at(response->body, "data"))) {
        fail(ensure, response);
        return;
    }
    ensure->before = json_incref(response->body);
    delete_next(ensure);
}

static void list(struct ensure *ensure) {
    struct stripe_request request = {
        .method = STRIPE_GET, .path = STR("/v1/webhook_endpoints"), .form = STR("limit=100")};
    send(ensure, &request, on_listed);
}

static void on_moved(void *context, const struct stripe_response *response) {
    struct ensure *ensure = context;
    struct stripe_endpoint_answer answer = {
        .err = OK, .id = ensure->kept_id, .secret = ensure->kept_secret};
    enum payments_outcome outcome = answer_outcome(response);
    if (outcome == PAYMENTS_DONE) {
        deliver(ensure, &answer);
    } else if (outcome == PAYMENTS_MISSING) {
        list(ensure);
    } else {
        fail(ensure, response);
    }
}

/* The events too: a newer release may act on more of them. */
static void move(struct ensure *ensure) {
    struct buf form;
    buf_init(&form, ensure->stripe->env, FORM_MAX);
    add_place(&form, ensure);
    check(!form.has_failed);
    struct stripe_request request = {.method = STRIPE_POST,
                                     .path = path_of(ensure, ensure->kept_id),
                                     .form = arena_str(&ensure->arena, buf_str(&form))};
    buf_finish(&form);
    send(ensure, &request, on_moved);
}

void stripe_webhook_endpoint_ensure(struct stripe *stripe, const struct stripe_endpoint *endpoint,
                                    stripe_endpoint_done *done, void *context) {
    check(endpoint->installation.len > 0); /* or every endpoint without an owner would be ours */
    struct ensure *ensure = env_alloc(stripe->env, sizeof *ensure);
    check(ensure != NULL); /* without it there is no one to tell that it failed */
    *ensure = (struct ensure){.stripe = stripe, .done = done, .context = context};
    arena_init(&ensure->arena, stripe->env, ENSURE_MEMORY_MAX);
    ensure->url = arena_str(&ensure->arena, endpoint->url);
    ensure->installation = arena_str(&ensure->arena, endpoint->installation);
    ensure->kept_id = arena_str(&ensure->arena, endpoint->kept_id);
    ensure->kept_secret = arena_str(&ensure->arena, endpoint->kept_secret);
    if (ensure->kept_id.len > 0) {
        move(ensure);
    } else {
        list(ensure);
    }
}
