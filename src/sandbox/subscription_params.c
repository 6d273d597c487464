/* The parameters that subscriptions and what speaks of them have in common. */
#include "sandbox/subscription.h"

const char *const payment_behaviors[] = {"allow_incomplete", "default_incomplete",
                                         "error_if_incomplete", "pending_if_incomplete", NULL};
const char *const collection_methods[] = {"charge_automatically", "send_invoice", NULL};
const char *const missing_behaviors[] = {"cancel", "create_invoice", "pause", NULL};
static const char *const anchor_words[] = {"now", "unchanged", NULL};
static const char *const saves[] = {"off", "on_subscription", NULL};
static const char *const feedbacks[] = {
    "customer_service", "low_quality",   "missing_features", "other", "switched_service",
    "too_complex",      "too_expensive", "unused",           NULL};
static const char *const pauses[] = {"keep_as_draft", "mark_uncollectible", "void", NULL};
const char *const now_word[] = {"now", NULL};
const char *const cancel_at_words[] = {"min_period_end", "max_period_end", "max_billed_until",
                                       NULL};

static const struct param bank_transfer[] = {{.name = "type", .kind = PARAM_TEXT}, {.name = NULL}};
static const struct param customer_balance[] = {
    {.name = "funding_type", .kind = PARAM_TEXT},
    {.name = "bank_transfer", .kind = PARAM_OBJECT, .of = bank_transfer},
    {.name = NULL}};
static const struct param card_options[] = {{.name = "request_three_d_secure", .kind = PARAM_TEXT},
                                            {.name = "network", .kind = PARAM_TEXT},
                                            {.name = NULL}};
static const struct param bank_account[] = {{.name = "verification_method", .kind = PARAM_TEXT},
                                            {.name = NULL}};
static const struct param nothing[] = {{.name = NULL}};
static const struct param method_options[] = {
    {.name = "card", .kind = PARAM_OBJECT, .of = card_options},
    {.name = "customer_balance", .kind = PARAM_OBJECT, .of = customer_balance},
    {.name = "sepa_debit", .kind = PARAM_OBJECT, .of = nothing},
    {.name = "us_bank_account", .kind = PARAM_OBJECT, .of = bank_account},
    {.name = NULL}};
const struct param subscription_payment_settings[] = {
    {.name = "save_default_payment_method", .kind = PARAM_ENUM, .words = saves},
    {.name = "payment_method_types", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = "payment_method_options", .kind = PARAM_OBJECT, .of = method_options},
    {.name = NULL}};
const struct param subscription_cancellation_details[] = {
    {.name = "comment", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "feedback", .kind = PARAM_ENUM, .flags = PARAM_EMPTYABLE, .words = feedbacks},
    {.name = "feedback_option", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
static const struct param end_behavior[] = {
    {.name = "billing_cycle_anchor", .kind = PARAM_ENUM, .words = anchor_words},
    {.name = "missing_payment_method", .kind = PARAM_ENUM, .words = missing_behaviors},
    {.name = NULL}};
const struct param subscription_trial_settings[] = {
    {.name = "end_behavior", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = end_behavior},
    {.name = NULL}};
const struct param subscription_pause_collection[] = {
    {.name = "behavior", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = pauses},
    {.name = "resumes_at", .kind = PARAM_INTEGER},
    {.name = NULL}};

/* What each method's options have besides what can be given here. */
static json_t *options_shape(void) {
    return json_pack("{s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n}", "acss_debit",
                     "bancontact", "card", "customer_balance", "konbini", "payto", "pix",
                     "sepa_debit", "upi", "us_bank_account");
}

static void fill(json_t *options, const char *method, const char *name, const char *value) {
    json_t *given = json_object_get(options, method);
    if (json_is_object(given) && json_object_get(given, name) == NULL) {
        set_text(given, name, value);
    }
}

void subscription_settings_apply(json_t *document, json_t *given) {
    json_t *settings = json_object_get(document, "payment_settings");
    json_object_update(settings, given);
    json_t *options = json_object_get(given, "payment_method_options");
    if (!json_is_object(options)) {
        return;
    }
    json_t *shown = options_shape();
    json_t *copy = json_deep_copy(options);
    json_object_update(shown, copy);
    json_decref(copy);
    fill(shown, "card", "network", NULL);
    fill(shown, "card", "request_three_d_secure", NULL);
    fill(shown, "customer_balance", "funding_type", "bank_transfer");
    json_object_set_new(settings, "payment_method_options", shown);
}
