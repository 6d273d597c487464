/* The customer's subscription: shown, started, cancelled. Changes of it are in change.c. */
#include "api/consent_resources.h"
#include "api/experiment_viewer.h"
#include "api/resources.h"

#include <string.h>

#include "app/pause.h"
#include "app/price_change.h"
#include "app/subscription.h"
#include "core/plan_book.h"

/* --- as shown --- */

struct pending_out {
    int64_t at;
    int tier, interval;
};

struct coming_out {
    struct str id;
    int64_t at, version;
    struct money price;
};

struct subscription_out {
    struct str id, user_id, status, access, stripe_id;
    int tier, interval;
    int64_t plan_version;
    int64_t access_until, period_start, period_end, usage_start, usage_end;
    int64_t resumes_at;
    bool has_access_until, cancel_at_period_end, has_pending, has_coming, resumes;
    struct pending_out pending;
    struct coming_out coming;
    struct money price;
    struct limit limits[METRIC_COUNT];
    struct features_view features;
};

static const struct shape_field pending_fields[] = {
    {"tier", "The plan from then on", SHAPE_ENUM, .offset = offsetof(struct pending_out, tier),
     .names = tier_names},
    {"interval", "Its interval", SHAPE_ENUM, .offset = offsetof(struct pending_out, interval),
     .names = interval_names},
    {"at", "When it takes effect", SHAPE_INSTANT, .offset = offsetof(struct pending_out, at)},
};
static const struct shape pending_shape =
    SHAPE("PendingChange", "A change that waits for the period's end", struct pending_out,
          pending_fields);

#define AT(member) offsetof(struct coming_out, member)
static const struct shape_field coming_fields[] = {
    {"id", "The price change", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"at", "With the renewal then", SHAPE_INSTANT, .offset = AT(at)},
    {"planVersion", "The version of the plan from then on", SHAPE_I64, .offset = AT(version),
     .min = 1, .max = CATALOGUE_VERSION_MAX},
    {"price", "Of one interval, from then on", SHAPE_OBJECT, .offset = AT(price),
     .of = &money_shape},
};
#undef AT
static const struct shape coming_shape =
    SHAPE("ComingPrice", "Another price of the same plan, of which the customer was told",
          struct coming_out, coming_fields);

#define AT(member) offsetof(struct subscription_out, member)
static const struct shape_field subscription_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"planVersion", "The version of the plan that was bought", SHAPE_I64,
     .offset = AT(plan_version), .min = 1, .max = PLAN_BOOK_FIRST + PLAN_BOOK_MAX},
    {"interval", "How often it is billed", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"status", "Stripe's word", SHAPE_STR, .offset = AT(status), .max = 32},
    {"access", "full, restricted (the limits of free), or none", SHAPE_STR, .offset = AT(access),
     .max = 16},
    {"accessUntil", "While money is owed: until when access is full; null: no end is in sight",
     SHAPE_INSTANT, .offset = AT(access_until), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_access_until)},
    {"currentPeriodStart", "Of billing", SHAPE_INSTANT, .offset = AT(period_start)},
    {"currentPeriodEnd", "Of billing", SHAPE_INSTANT, .offset = AT(period_end)},
    {"usagePeriodStart", "When counters were at zero", SHAPE_INSTANT, .offset = AT(usage_start)},
    {"usagePeriodEnd", "When counters will be at zero", SHAPE_INSTANT, .offset = AT(usage_end)},
    {"cancelAtPeriodEnd", "Whether it ends with the period", SHAPE_BOOL,
     .offset = AT(cancel_at_period_end)},
    {"resumesAt", "While it is paused: when it goes on by itself; null: by hand alone",
     SHAPE_INSTANT, .offset = AT(resumes_at), .flags = SHAPE_NULLABLE, .is_set = AT(resumes)},
    {"pendingChange", "What is to change at the period's end", SHAPE_OBJECT, .offset = AT(pending),
     .of = &pending_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_pending)},
    {"priceChange", "What the plan will cost, unless it is changed or cancelled before",
     SHAPE_OBJECT, .offset = AT(coming), .of = &coming_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_coming)},
    {"stripeSubscriptionId", "Null on free", SHAPE_STR, .offset = AT(stripe_id),
     .max = LIMIT_STRIPE_ID, .flags = SHAPE_NULLABLE},
    {"price", "Of one interval", SHAPE_OBJECT, .offset = AT(price), .of = &money_shape},
    {"limits", "As they are in force", SHAPE_OBJECT, .offset = AT(limits), .of = &limits_shape},
    {"features", "As they are in force", SHAPE_CUSTOM, .offset = AT(features),
     .custom = &features_custom},
};
#undef AT
const struct shape subscription_shape =
    SHAPE("Subscription", "A subscription, and what follows from it now", struct subscription_out,
          subscription_fields);

static struct subscription_out subscription_out_of(const struct api_request *request,
                                                   const struct subscription_view *view) {
    struct subscription_out out = {
        .id = id_str(&view->row.id),
        .user_id = view->row.user_id,
        .tier = view->row.tier,
        .plan_version = view->row.plan_version,
        .interval = view->row.interval,
        .status = str_from_cstr(subscription_status_name(view->status)),
        .access = str_from_cstr(access_name(view->access)),
        .access_until = view->row.access_until,
        .has_access_until = view->row.access_until != ROW_NONE,
        .period_start = view->current_period.start.ms,
        .period_end = view->current_period.end.ms,
        .usage_start = view->usage_period.start.ms,
        .usage_end = view->usage_period.end.ms,
        .cancel_at_period_end = view->row.cancel_at_period_end,
        .has_pending = view->has_pending_change,
        .pending = {view->pending_at.ms, (int)view->pending_tier, (int)view->pending_interval},
        .stripe_id = text_or_null(view->row.stripe_subscription_id),
        .price = view->price,
        .features = {request->api->app->catalogue, view->entitlements.features},
    };
    memcpy(out.limits, view->entitlements.limits, sizeof out.limits);
    return out;
}

void reply_subscription(struct api_request *request, int status) {
    struct tx tx = request_read(request);
    struct subscription_view view;
    struct price_coming coming = {0};
    bool is_found = false;
    bool has_coming = false;
    if (reply_if_failed(request, subscription_view_read(request->api->app, &tx, request->user_id,
                                                        &view, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    if (reply_if_failed(request,
                        price_coming_read(request->api->app, &tx, &view, &coming, &has_coming))) {
        return;
    }
    struct subscription_out out = subscription_out_of(request, &view);
    struct instant resumes_at = {0};
    if (reply_if_failed(request, pause_end_read(&tx, &view, &resumes_at, &out.resumes))) {
        return;
    }
    out.resumes_at = resumes_at.ms;
    out.has_coming = has_coming;
    out.coming = (struct coming_out){coming.change_id, coming.at.ms, coming.version, coming.price};
    reply_value(request, status, &subscription_shape, &out);
}

void subscription_show(struct api_request *request) {
    reply_subscription(request, 200);
}

/* --- subscribe --- */

struct subscribe_in {
    struct str method_id, coupon, renewal_consent, early_start_consent;
    int tier, interval;
};

#define AT(member) offsetof(struct subscribe_in, member)
static const struct shape_field subscribe_fields[] = {
    {"tier", "The plan to buy", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"interval", "How often to pay; month when not given", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names, .flags = SHAPE_OPTIONAL},
    {"paymentMethodId", "Stripe's pm_… or ours; the default method when not given", SHAPE_STR,
     .offset = AT(method_id), .min = 1, .max = LIMIT_STRIPE_ID, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
    {"coupon", "A code of the catalogue", SHAPE_STR, .offset = AT(coupon), .min = 1, .max = 64,
     .flags = SHAPE_OPTIONAL},
    CONSENT_HASH_FIELD("renewalConsent", "textHash of a preview's `renewal`, once it is agreed to",
                       AT(renewal_consent)),
    CONSENT_HASH_FIELD("earlyStartConsent",
                       "textHash of a preview's `earlyStart`, when the person asks for it",
                       AT(early_start_consent)),
};
#undef AT
const struct shape subscribe_shape =
    SHAPE("Subscribe", "A plan to start", struct subscribe_in, subscribe_fields);

static void subscribed(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_subscription(request, 201);
}

static void subscribe(struct api_request *request) {
    const struct subscribe_in *in = request->body;
    request_operation(request,
                      &(struct operation_request){.kind = OPERATION_SUBSCRIBE,
                                                  .tier = in->tier,
                                                  .interval = in->interval,
                                                  .method_id = in->method_id,
                                                  .coupon = in->coupon,
                                                  .renewal_consent = in->renewal_consent,
                                                  .early_start_consent = in->early_start_consent},
                      subscribed);
}

/* At the price that they saw before they had an account, too. */
void subscription_subscribe(struct api_request *request) {
    experiment_meet(request, NULL, subscribe);
}

/* --- cancel --- */

struct cancel_in {
    int when;
    bool prorates;
    struct str reason, comment;
};

static const char *const cancel_whens[] = {"period_end", "now", NULL};
static const struct shape_field cancel_fields[] = {
    {"when", "At the period's end when not given", SHAPE_ENUM,
     .offset = offsetof(struct cancel_in, when), .names = cancel_whens, .flags = SHAPE_OPTIONAL},
    {"credit", "Of an end now: the unused time becomes credit on the customer's balance",
     SHAPE_BOOL, .offset = offsetof(struct cancel_in, prorates), .flags = SHAPE_OPTIONAL},
    {"reason", "Why, in a word", SHAPE_STR, .offset = offsetof(struct cancel_in, reason), .max = 64,
     .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    {"comment", "Why, in the customer's words", SHAPE_STR,
     .offset = offsetof(struct cancel_in, comment), .max = 2000,
     .flags = SHAPE_OPTIONAL | SHAPE_OPEN_TEXT},
};
const struct shape cancel_shape =
    SHAPE("Cancel", "A subscription to end", struct cancel_in, cancel_fields);

static void cancelled(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_subscription(request, 200);
}

void subscription_cancel(struct api_request *request) {
    const struct cancel_in *in = request->body;
    bool is_now = in->when == 1;
    if (in->prorates && !is_now) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/credit", "only beside when: now");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    request_operation(
        request,
        &(struct operation_request){.kind = OPERATION_CANCEL,
                                    .tier = -1,
                                    .interval = -1,
                                    .when = is_now ? CHANGE_WHEN_NOW : CHANGE_WHEN_PERIOD_END,
                                    .prorates = in->prorates,
                                    .reason = in->reason,
                                    .comment = in->comment},
        cancelled);
}
