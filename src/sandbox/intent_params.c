/* The parameters of payment intents, and what each may be. */
#include <string.h>

#include "sandbox/currency.h"
#include "sandbox/intent_api.h"
#include "sandbox/method.h"
#include "sandbox/us_bank_account.h"

static const char *const flags_or_words[] = {"true", "false", "one_off", "recurring", NULL};
static const char *const usages[] = {"off_session", "on_session", NULL};
static const char *const captures[] = {"automatic", "automatic_async", "manual", NULL};
static const char *const confirmations[] = {"automatic", "manual", NULL};
static const char *const redirects[] = {"always", "never", NULL};
static const char *const three_d[] = {"any", "automatic", "challenge", NULL};
static const char *const fundings[] = {"bank_transfer", NULL};
static const char *const verifications[] = {"automatic", "instant", "microdeposits", NULL};

static const struct param address_params[] = {{.name = "city", .kind = PARAM_TEXT},
                                              {.name = "country", .kind = PARAM_TEXT},
                                              {.name = "line1", .kind = PARAM_TEXT},
                                              {.name = "line2", .kind = PARAM_TEXT},
                                              {.name = "postal_code", .kind = PARAM_TEXT},
                                              {.name = "state", .kind = PARAM_TEXT},
                                              {.name = NULL}};
const struct param shipping_params[] = {
    {.name = "address", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = address_params},
    {.name = "name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "carrier", .kind = PARAM_TEXT},
    {.name = "phone", .kind = PARAM_TEXT},
    {.name = "tracking_number", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param automatic_params[] = {
    {.name = "enabled", .kind = PARAM_BOOLEAN, .flags = PARAM_REQUIRED},
    {.name = "allow_redirects", .kind = PARAM_ENUM, .words = redirects},
    {.name = NULL}};
static const struct param card_options[] = {
    {.name = "request_three_d_secure", .kind = PARAM_ENUM, .words = three_d},
    {.name = "setup_future_usage", .kind = PARAM_TEXT},
    {.name = "capture_method", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param eu_options[] = {{.name = "country", .kind = PARAM_TEXT}, {.name = NULL}};
static const struct param transfer_options[] = {
    {.name = "type", .kind = PARAM_TEXT},
    {.name = "requested_address_types", .kind = PARAM_TEXTS},
    {.name = "eu_bank_transfer", .kind = PARAM_OBJECT, .of = eu_options},
    {.name = NULL}};
static const struct param cash_options[] = {
    {.name = "funding_type", .kind = PARAM_ENUM, .words = fundings},
    {.name = "bank_transfer", .kind = PARAM_OBJECT, .of = transfer_options},
    {.name = NULL}};
static const struct param bank_options[] = {
    {.name = "verification_method", .kind = PARAM_ENUM, .words = verifications},
    {.name = "setup_future_usage", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param sepa_mandate[] = {{.name = "reference_prefix", .kind = PARAM_TEXT},
                                            {.name = NULL}};
static const struct param sepa_options[] = {
    {.name = "mandate_options", .kind = PARAM_OBJECT, .of = sepa_mandate},
    {.name = "setup_future_usage", .kind = PARAM_TEXT},
    {.name = NULL}};
static const struct param options_params[] = {
    {.name = "card", .kind = PARAM_OBJECT, .of = card_options},
    {.name = "customer_balance", .kind = PARAM_OBJECT, .of = cash_options},
    {.name = "us_bank_account", .kind = PARAM_OBJECT, .of = bank_options},
    {.name = "sepa_debit", .kind = PARAM_OBJECT, .of = sepa_options},
    {.name = NULL}};

/* What creating, updating and confirming take alike. */
#define SHARED_PARAMS                                                                              \
    {.name = "payment_method", .kind = PARAM_TEXT},                                                \
        {.name = "payment_method_data", .kind = PARAM_OBJECT, .of = method_data_params},           \
        {.name = "payment_method_options", .kind = PARAM_OBJECT, .of = options_params},            \
        {.name = "payment_method_types", .kind = PARAM_TEXTS},                                     \
        {.name = "allowed_payment_method_types", .kind = PARAM_TEXTS},                             \
        {.name = "excluded_payment_method_types", .kind = PARAM_TEXTS},                            \
        {.name = "capture_method", .kind = PARAM_ENUM, .words = captures},                         \
        {.name = "receipt_email", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                   \
        {.name = "return_url", .kind = PARAM_TEXT},                                                \
        {.name = "setup_future_usage",                                                             \
         .kind = PARAM_ENUM,                                                                       \
         .flags = PARAM_EMPTYABLE,                                                                 \
         .words = usages},                                                                         \
    {                                                                                              \
        .name = "shipping", .kind = PARAM_OBJECT, .flags = PARAM_EMPTYABLE, .of = shipping_params  \
    }
#define CONFIRM_PARAMS                                                                             \
    {.name = "off_session", .kind = PARAM_ENUM, .words = flags_or_words},                          \
        {.name = "error_on_requires_action", .kind = PARAM_BOOLEAN},                               \
        {.name = "mandate", .kind = PARAM_TEXT},                                                   \
        {.name = "use_stripe_sdk", .kind = PARAM_BOOLEAN}, PARAM_MANDATE_DATA
#define DESCRIBING_PARAMS                                                                          \
    {.name = "customer", .kind = PARAM_TEXT},                                                      \
        {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                     \
        {.name = "statement_descriptor", .kind = PARAM_TEXT},                                      \
        {.name = "statement_descriptor_suffix", .kind = PARAM_TEXT},                               \
        {.name = "transfer_group", .kind = PARAM_TEXT}, {                                          \
        .name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE                            \
    }

const struct param intent_create_params[] = {
    {.name = "amount", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = "currency", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "automatic_payment_methods", .kind = PARAM_OBJECT, .of = automatic_params},
    {.name = "confirm", .kind = PARAM_BOOLEAN},
    {.name = "confirmation_method", .kind = PARAM_ENUM, .words = confirmations},
    SHARED_PARAMS,
    CONFIRM_PARAMS,
    DESCRIBING_PARAMS,
    PARAMS_COMMON};
const struct param intent_update_params[] = {{.name = "amount", .kind = PARAM_INTEGER},
                                             {.name = "currency", .kind = PARAM_TEXT},
                                             SHARED_PARAMS,
                                             DESCRIBING_PARAMS,
                                             PARAMS_COMMON};
const struct param intent_confirm_params[] = {SHARED_PARAMS, CONFIRM_PARAMS, PARAMS_COMMON};

bool intent_amount_check(struct fault *fault, const char *currency, int64_t amount,
                         const char *param) {
    char least[48];
    int64_t floor = currency_least(currency);
    if (amount < 1) {
        return fault_invalid(fault, "parameter_invalid_integer", param,
                             "This value must be greater than or equal to 1.");
    }
    if (amount < floor) {
        currency_text(currency, floor, least, sizeof least);
        return fault_invalid(fault, "amount_too_small", param, "Amount must be at least %s %s",
                             least, currency);
    }
    if (amount > UNIT_AMOUNT_MAX) {
        return fault_invalid(fault, "amount_too_large", param,
                             "Amount must be no more than %d in the smallest unit.",
                             UNIT_AMOUNT_MAX);
    }
    return currency_check_amount(fault, currency, amount, param);
}

/* --- kinds of method --- */

static bool is_known_type(const char *type) {
    return strcmp(type, "card") == 0 || strcmp(type, "us_bank_account") == 0 ||
           strcmp(type, "customer_balance") == 0 || strcmp(type, "link") == 0 ||
           strcmp(type, "sepa_debit") == 0;
}

static bool are_known_types(struct fault *fault, const json_t *types, const char *param) {
    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *type = json_string_value(json_array_get(types, i));
        if (!is_known_type(type)) {
            return fault_invalid(fault, "payment_method_unsupported_type", param,
                                 "This sandbox has card, us_bank_account, sepa_debit, "
                                 "customer_balance and link, not %.40s.",
                                 type);
        }
    }
    return true;
}

bool types_check(struct call *call) {
    struct fault *fault = &call->world->fault;
    static const char allowed[] = "allowed_payment_method_types";
    if (param_given(call, "payment_method_types")) {
        return fault_invalid(fault, "payment_method_types_no_longer_supported",
                             "payment_method_types",
                             "The payment_method_types parameter is no longer supported. Use "
                             "automatic_payment_methods, or allowed_payment_method_types and "
                             "excluded_payment_method_types.");
    }
    return are_known_types(fault, json_object_get(call->params, allowed), allowed);
}

/* What the account offers of itself. */
static json_t *account_types(const char *currency) {
    return strcmp(currency, "usd") == 0   ? json_pack("[s, s]", "card", "us_bank_account")
           : strcmp(currency, "eur") == 0 ? json_pack("[s, s]", "card", "sepa_debit")
                                          : json_pack("[s]", "card");
}

static void exclude(json_t *types, const json_t *excluded) {
    for (size_t i = json_array_size(types); i-- > 0;) {
        for (size_t j = 0; j < json_array_size(excluded); j++) {
            if (json_equal(json_array_get(types, i), json_array_get(excluded, j))) {
                json_array_remove(types, i);
                break;
            }
        }
    }
}

bool intent_types(struct call *call, json_t *intent, const char *currency) {
    json_t *allowed = json_object_get(call->params, "allowed_payment_method_types");
    json_t *excluded = json_object_get(call->params, "excluded_payment_method_types");
    if (!types_check(call)) {
        return false;
    }
    copy_params(intent, call->params,
                (const char *const[]){"allowed_payment_method_types",
                                      "excluded_payment_method_types", NULL});
    if (allowed != NULL) {
        json_object_set_new(intent, "payment_method_types", json_deep_copy(allowed));
        return true;
    }
    json_t *types = account_types(currency);
    exclude(types, excluded);
    json_object_set_new(intent, "payment_method_types", types);
    return true;
}
