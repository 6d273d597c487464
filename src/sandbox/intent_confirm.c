/* Confirming a payment intent through the API: which method may pay it, what must be there, and
 * what the caller is answered. What the method then does is payment.c's business. */
#include <string.h>

#include "sandbox/cash_balance.h"
#include "sandbox/intent_api.h"
#include "sandbox/method.h"
#include "sandbox/sepa_debit.h"
#include "sandbox/us_bank_account.h"

static bool is_web_address(const char *url) {
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

/* --- the method --- */

static bool takes_type(const json_t *intent, const char *type) {
    const json_t *types = json_object_get(intent, "payment_method_types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (strcmp(json_string_value(json_array_get(types, i)), type) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether an intent of this customer may be paid by the method. */
static bool may_use(struct world *world, const json_t *intent, const json_t *method) {
    struct fault *fault = &world->fault;
    const char *owner = member(method, "customer");
    const char *customer = member(intent, "customer");
    const char *id = member(method, "id");
    if (owner[0] == '\0' && json_is_true(json_object_get(method, "_is_detached"))) {
        return fault_invalid(fault, "payment_method_unexpected_state", "payment_method",
                             "The provided PaymentMethod was previously used with a PaymentIntent "
                             "without Customer attachment, or was detached from a Customer. It may "
                             "not be used again.");
    }
    if (owner[0] != '\0' && customer[0] == '\0') {
        return fault_invalid(fault, NULL, "payment_method",
                             "The PaymentMethod %s belongs to the Customer %s. Please include the "
                             "Customer in the `customer` parameter on the PaymentIntent.",
                             id, owner);
    }
    if (owner[0] != '\0' && strcmp(owner, customer) != 0) {
        return fault_invalid(fault, "resource_missing", "payment_method",
                             "The customer does not have a payment method with the ID %s. The "
                             "payment method must be attached to the customer.",
                             id);
    }
    return takes_type(intent, member(method, "type")) ||
           fault_invalid(fault, "payment_intent_incompatible_payment_method", "payment_method",
                         "The PaymentMethod provided (%s) is not allowed for this PaymentIntent.",
                         member(method, "type"));
}

/* The method that a call brings, or NULL: with a fault, or because it brings none. */
static json_t *method_given(struct call *call) {
    json_t *data = json_object_get(call->params, "payment_method_data");
    if (data != NULL) {
        struct call making = {.world = call->world, .params = data, .id = ""};
        return method_create(&making);
    }
    const char *id = param_text(call, "payment_method");
    return id[0] == '\0' ? NULL : method_resolve(call->world, id, "payment_method");
}

static bool apply_method(struct call *call, json_t *intent) {
    json_t *method = method_given(call);
    if (method == NULL) {
        return call->world->fault.status == 0;
    }
    if (!may_use(call->world, intent, method)) {
        return false;
    }
    set_text(intent, "payment_method", member(method, "id"));
    bool waits = member_is(intent, "status", "requires_payment_method") ||
                 member_is(intent, "status", "requires_action");
    if (waits) {
        set_text(intent, "status", "requires_confirmation");
        set_null(intent, "next_action");
    }
    return true;
}

static void apply_options(json_t *intent, json_t *given) {
    json_t *options = json_object_get(intent, "payment_method_options");
    const char *type;
    json_t *value;
    json_object_foreach(given, type, value) {
        json_t *own = json_object_get(options, type);
        if (own == NULL) {
            json_object_set_new(options, type, json_deep_copy(value));
        } else {
            json_object_update(own, value);
        }
    }
}

static void apply_shipping(json_t *intent, const json_t *given) {
    json_t *shipping = json_pack("{s:{s:n, s:n, s:n, s:n, s:n, s:n}, s:n, s:n, s:n, s:n}",
                                 "address", "city", "country", "line1", "line2", "postal_code",
                                 "state", "carrier", "name", "phone", "tracking_number");
    json_t *address = json_object_get(shipping, "address");
    json_object_update(address, json_object_get(given, "address"));
    json_incref(address);
    json_object_update(shipping, (json_t *)(uintptr_t)given);
    json_object_set_new(shipping, "address", address);
    json_object_set_new(intent, "shipping",
                        json_is_null(given) ? json_null() : json_incref(shipping));
    json_decref(shipping);
}

bool intent_apply(struct call *call, json_t *intent) {
    struct fault *fault = &call->world->fault;
    json_t *params = call->params;
    const char *back = param_text(call, "return_url");
    if (back[0] != '\0' && !is_web_address(back)) {
        return fault_invalid(fault, "url_invalid", "return_url", "Not a valid URL.");
    }
    copy_params(intent, params,
                (const char *const[]){"description", "receipt_email", "statement_descriptor",
                                      "statement_descriptor_suffix", "setup_future_usage",
                                      "capture_method", "transfer_group", NULL});
    if (json_object_get(params, "shipping") != NULL) {
        apply_shipping(intent, json_object_get(params, "shipping"));
    }
    apply_options(intent, json_object_get(params, "payment_method_options"));
    metadata_merge(intent, params);
    if (back[0] != '\0') {
        set_text(intent, "_return_url", back);
    }
    world_touch(call->world, intent);
    return apply_method(call, intent);
}

/* --- confirmation --- */

static bool must_be_confirmable(struct fault *fault, const json_t *intent) {
    if (member_is(intent, "status", "succeeded")) {
        return fault_invalid(fault, "payment_intent_unexpected_state", NULL,
                             "You cannot confirm this PaymentIntent because it has already "
                             "succeeded after being previously confirmed.");
    }
    bool is_over = member_is(intent, "status", "canceled") ||
                   member_is(intent, "status", "processing") ||
                   member_is(intent, "status", "requires_capture");
    if (is_over) {
        return fault_invalid(fault, "payment_intent_unexpected_state", NULL,
                             "You cannot confirm this PaymentIntent because it has a status of "
                             "%s. Only a PaymentIntent with one of the following statuses may be "
                             "confirmed: requires_payment_method, requires_confirmation, "
                             "requires_action.",
                             member(intent, "status"));
    }
    return !member_is(intent, "payment_method", "") ||
           fault_invalid(fault, "payment_intent_unexpected_state", NULL,
                         "You cannot confirm this PaymentIntent because it's missing a payment "
                         "method. You can either update the PaymentIntent with a payment method "
                         "and then confirm it again, or confirm it again directly with a payment "
                         "method.");
}

/* Automatic methods might redirect, so that they need somewhere to come back to. */
static bool has_return_url(struct fault *fault, const json_t *intent) {
    const json_t *automatic = json_object_get(intent, "automatic_payment_methods");
    bool may_redirect = json_is_true(json_object_get(automatic, "enabled")) &&
                        !member_is(automatic, "allow_redirects", "never");
    return !may_redirect || !member_is(intent, "_return_url", "") ||
           fault_invalid(fault, NULL, "return_url",
                         "This PaymentIntent is configured to accept payment methods enabled in "
                         "your Dashboard. Because some of these payment methods might redirect "
                         "your customer off of your page, you must provide a `return_url`, or set "
                         "`automatic_payment_methods[allow_redirects]` to `never`.");
}

/* A transfer is asked for, and what is in the cash balance is used at once. */
static bool await_transfer(struct world *world, json_t *intent) {
    const char *currency = member(intent, "currency");
    bool is_set =
        member_is(intent, "payment_method_options.customer_balance.funding_type", "bank_transfer");
    if (member_is(intent, "customer", "") || !is_set || transfer_type_of(currency) == NULL) {
        return fault_invalid(&world->fault, "payment_intent_invalid_parameter",
                             member_is(intent, "customer", "") ? "customer"
                             : !is_set                         ? "payment_method_options"
                                                               : "currency",
                             "A payment from the cash balance needs a customer, "
                             "payment_method_options[customer_balance][funding_type]=bank_transfer "
                             "and a currency that has bank transfers.");
    }
    set_text(intent, "status", "requires_action");
    json_object_set_new(intent, "next_action", transfer_instructions(world, intent));
    world_touch(world, intent);
    transfer_covers_intent(world, intent);
    if (member_is(intent, "status", "requires_action")) {
        event_emit(world, "payment_intent.requires_action", intent);
    }
    return true;
}

static bool is_off_session(const struct call *call) {
    const char *off = param_text(call, "off_session");
    return off[0] != '\0' && strcmp(off, "false") != 0;
}

/* Each kind of debit is in one currency. */
static bool has_own_currency(struct fault *fault, const json_t *intent, const json_t *method) {
    static const char *const currencies[][2] = {{"sepa_debit", "eur"}, {"us_bank_account", "usd"}};
    for (size_t i = 0; i < ARRAY_LEN(currencies); i++) {
        if (member_is(method, "type", currencies[i][0]) &&
            !member_is(intent, "currency", currencies[i][1])) {
            return fault_invalid(fault, "payment_method_currency_mismatch", "currency",
                                 "%s payments are in %s.", currencies[i][0], currencies[i][1]);
        }
    }
    return true;
}

bool intent_confirm_call(struct call *call, json_t *intent) {
    struct world *world = call->world;
    if (!must_be_confirmable(&world->fault, intent) || !has_return_url(&world->fault, intent)) {
        return false;
    }
    json_t *method = world_get(world, member(intent, "payment_method"));
    if (member_is(method, "type", "customer_balance")) {
        return await_transfer(world, intent);
    }
    bool is_kept = !member_is(intent, "setup_future_usage", "");
    const struct mandate_order order = {
        .data = json_object_get(call->params, "mandate_data"),
        .code = "payment_intent_mandate_invalid",
        .noun = "PaymentIntent",
        .amount = is_kept ? 0 : member_i64(intent, "amount"),
        .currency = member(intent, "currency"),
    };
    if (!has_own_currency(&world->fault, intent, method) || !sepa_payer_is_named(world, method) ||
        !mandate_ensure(world, method, &order)) {
        return false;
    }
    bool insists = json_is_true(json_object_get(call->params, "error_on_requires_action"));
    (void)intent_confirm(world, intent, method, is_off_session(call) || insists);
    return !member_is(intent, "status", "requires_payment_method") || intent_fault(world, intent);
}
