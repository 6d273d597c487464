/* Payment methods: attached, made the default, removed. Numbers of cards and accounts never come
 * here: the browser gives them to Stripe, or the customer to Stripe's hosted page. */
#include "api/billing_resources.h"
#include "api/resources.h"

#include "api/card_form.h"
#include "api/cross_site.h"
#include "app/payment_method.h"

/* --- as shown --- */

struct expiry_out {
    int64_t month, year;
};

struct method_out {
    struct str id, type, brand, last4, stripe_id;
    struct expiry_out expiry;
    bool has_expiry, is_default;
};

static const struct shape_field expiry_fields[] = {
    {"month", "1 to 12", SHAPE_I64, .offset = offsetof(struct expiry_out, month), .min = 1,
     .max = 12},
    {"year", "Four digits", SHAPE_I64, .offset = offsetof(struct expiry_out, year), .min = 1970,
     .max = 9999},
};
static const struct shape expiry_shape =
    SHAPE("CardExpiry", "Until when a card is good", struct expiry_out, expiry_fields);

#define AT(member) offsetof(struct method_out, member)
static const struct shape_field method_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"type", "card or us_bank_account", SHAPE_STR, .offset = AT(type), .max = 64},
    {"brand", "Of a card the scheme, of an account the bank", SHAPE_STR, .offset = AT(brand),
     .max = 100, .flags = SHAPE_NULLABLE},
    {"last4", "The last digits", SHAPE_STR, .offset = AT(last4), .max = 4},
    {"expiry", "Of cards", SHAPE_OBJECT, .offset = AT(expiry), .of = &expiry_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_expiry)},
    {"isDefault", "Whether it is the one that is charged", SHAPE_BOOL, .offset = AT(is_default)},
    {"stripePaymentMethodId", "Stripe's", SHAPE_STR, .offset = AT(stripe_id),
     .max = LIMIT_STRIPE_ID},
};
#undef AT
const struct shape payment_method_shape =
    SHAPE("PaymentMethod", "How the customer pays", struct method_out, method_fields);
static const struct shape_field method_item = {.kind = SHAPE_OBJECT, .of = &payment_method_shape};

static const struct shape_field methods_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = PAYMENT_METHODS_MAX, .item = &method_item, .item_size = sizeof(struct method_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape payment_methods_shape =
    SHAPE("PaymentMethods", "Every payment method of a customer", struct page, methods_fields);

static struct method_out method_out_of(const struct payment_method_row *row) {
    return (struct method_out){
        .id = id_str(&row->id),
        .type = row->type,
        .brand = text_or_null(row->brand),
        .last4 = row->last4,
        .has_expiry = row->expiry_month != ROW_NONE && row->expiry_month != 0,
        .expiry = {row->expiry_month, row->expiry_year},
        .is_default = row->is_default,
        .stripe_id = row->stripe_payment_method_id,
    };
}

void payment_methods_list(struct api_request *request) {
    if (!has_customer(request)) {
        return;
    }
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, payment_methods_read(&tx, request->user_id, &list))) {
        return;
    }
    const struct payment_method_row *rows = list.items;
    struct method_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = method_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : list.count}, {NULL, 0}};
    reply_value(request, 200, &payment_methods_shape, &page);
}

static void reply_method(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct payment_method_row row;
    bool is_found = false;
    if (reply_if_failed(request, payment_method_read(&tx, request->user_id, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_PAYMENT_METHOD_NOT_FOUND);
        return;
    }
    struct method_out out = method_out_of(&row);
    reply_value(request, status, &payment_method_shape, &out);
}

/* --- adding --- */

struct add_in {
    struct str method_id, setup_id, return_url;
    int type;
    bool has_type;
};

struct setup_out {
    struct str url;
    int64_t expires_at;
};

static const char *const type_names[] = {"card", "us_bank_account", NULL};

#define AT(member) offsetof(struct add_in, member)
static const struct shape_field add_fields[] = {
    {"paymentMethodId", "Stripe's pm_…, made in the browser: it is attached", SHAPE_STR,
     .offset = AT(method_id), .min = 1, .max = LIMIT_STRIPE_ID, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
    {"setupIntentId", "Stripe's seti_…, which the browser has confirmed: its card is kept",
     SHAPE_STR, .offset = AT(setup_id), .min = 1, .max = LIMIT_STRIPE_ID, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
    {"type", "Opens the hosted page for a new one of this type", SHAPE_ENUM, .offset = AT(type),
     .names = type_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_type)},
    {"returnUrl", "Where the hosted page leads back to", SHAPE_STR, .offset = AT(return_url),
     .min = 1, .max = 2000, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
};
#undef AT
const struct shape payment_method_add_shape =
    SHAPE("PaymentMethodAdd", "Either setupIntentId, or paymentMethodId, or type and returnUrl",
          struct add_in, add_fields);

static const struct shape_field setup_fields[] = {
    {"setupUrl", "The hosted page", SHAPE_STR, .offset = offsetof(struct setup_out, url),
     .max = 2000},
    {"expiresAt", "Of the page", SHAPE_INSTANT, .offset = offsetof(struct setup_out, expires_at)},
};
const struct shape setup_page_shape =
    SHAPE("SetupPage", "Where the customer enters a new method", struct setup_out, setup_fields);

static void attached(struct api_request *request, const struct operation_result *result) {
    reply_method(request, 201, result->payment_method_id);
}

static void opened(struct api_request *request, const struct operation_result *result) {
    struct setup_out out = {result->url, result->expires_at.ms};
    reply_value(request, 201, &setup_page_shape, &out);
}

/* A person comes back to our own pages only; a platform knows its own. */
static bool may_return_to(const struct api_request *request, struct str url) {
    bool is_web = str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://"));
    size_t host = str_starts_with(url, STR("https://")) ? 8 : 7;
    size_t path = str_find(str_skip(url, host), '/');
    return is_web && path > 0 &&
           (!request->has_session ||
            is_own_origin(request_host(request), str_first(url, host + path)));
}

/* As Stripe makes them: "seti_" and letters, digits or more underscores. */
static bool is_setup_id(struct str id) {
    bool is_one = str_starts_with(id, STR("seti_")) && id.len > 5;
    for (size_t i = 0; is_one && i < id.len; i++) {
        char c = id.bytes[i];
        is_one =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
    return is_one;
}

static bool is_sensible(struct api_request *request, const struct add_in *in) {
    struct shape_errors errors = {.count = 0};
    int ways = (in->method_id.len > 0) + (in->setup_id.len > 0) + in->has_type;
    if (ways != 1) {
        shape_error_add(&errors, request->arena, "",
                        "either setupIntentId, or paymentMethodId, or type and returnUrl");
    } else if (!in->has_type && in->return_url.len > 0) {
        shape_error_add(&errors, request->arena, "/returnUrl", "to stand beside type only");
    } else if (in->setup_id.len > 0 && !is_setup_id(in->setup_id)) {
        shape_error_add(&errors, request->arena, "/setupIntentId", "an id of Stripe's: seti_…");
    } else if (in->has_type && !may_return_to(request, in->return_url)) {
        shape_error_add(&errors, request->arena, "/returnUrl",
                        request->has_session ? "an address of this server"
                                             : "an http or https address");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    return errors.count == 0;
}

/* A card is entered in a page of ours, which a session opens: nothing is asked of the provider. */
static void open_form(struct api_request *request) {
    int64_t end = request->has_session
                      ? request->session.expires_at.ms
                      : instant_add(request_now(request), session_absolute(SESSION_PORTAL)).ms;
    struct setup_out out = {card_form_url(request), end};
    reply_value(request, 201, &setup_page_shape, &out);
}

void payment_methods_add(struct api_request *request) {
    const struct add_in *in = request->body;
    if (!is_sensible(request, in)) {
        return;
    }
    if (in->has_type && in->type == 0 && card_form_is_on(request->api)) {
        open_form(request);
        return;
    }
    struct operation_request wanted = {
        .kind = in->has_type           ? OPERATION_SETUP
                : in->setup_id.len > 0 ? OPERATION_CARD_KEEP
                                       : OPERATION_METHOD_ATTACH,
        .tier = -1,
        .interval = -1,
        .method_id = in->method_id,
        .setup_id = in->setup_id,
        .return_url = in->return_url,
    };
    if (in->has_type) {
        wanted.method_type = str_from_cstr(type_names[in->type]);
    }
    request_operation(request, &wanted, in->has_type ? opened : attached);
}

/* --- a card that the browser makes ready, with the bank's word --- */

struct card_setup_out {
    struct str client_secret;
};
static const struct shape_field card_setup_fields[] = {
    {"clientSecret", "For Stripe.js in the customer's browser; to be kept nowhere", SHAPE_STR,
     .offset = offsetof(struct card_setup_out, client_secret), .min = 1, .max = 255},
};
const struct shape card_setup_shape =
    SHAPE("CardSetup", "What confirms a SetupIntent", struct card_setup_out, card_setup_fields);

static void set_up(struct api_request *request, const struct operation_result *result) {
    const struct card_setup_out out = {result->client_secret};
    reply_value(request, 201, &card_setup_shape, &out);
}

void payment_methods_set_up(struct api_request *request) {
    request_operation(
        request,
        &(struct operation_request){.kind = OPERATION_CARD_SETUP, .tier = -1, .interval = -1},
        set_up);
}

/* --- default and removal --- */

static void begin(struct api_request *request, enum operation_kind kind,
                  void (*succeeded)(struct api_request *, const struct operation_result *)) {
    request_operation(
        request,
        &(struct operation_request){
            .kind = kind, .tier = -1, .interval = -1, .method_id = request->values[0]},
        succeeded);
}

static void made_default(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_method(request, 200, request->values[0]);
}

void payment_methods_make_default(struct api_request *request) {
    begin(request, OPERATION_METHOD_DEFAULT, made_default);
}

static void removed(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_empty(request, 204);
}

void payment_methods_remove(struct api_request *request) {
    begin(request, OPERATION_METHOD_DETACH, removed);
}
