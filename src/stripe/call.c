/* One table: kind of call -> method, path, parameters.
 *
 * The names are Stripe's at STRIPE_API_VERSION. A text parameter that is empty is left out, since
 * an empty value would unset the field. Ids in paths are percent-encoded: some of them were typed
 * by a customer's browser. */
#include "stripe/call.h"

#include <stddef.h>

#include "base/check.h"
#include "net/url.h"
#include "stripe/form.h"

enum {
    MS_PER_SECOND = 1000,
    FORM_MAX = 1024 * 1024, /* of texts that came in bodies of at most LIMIT_BODY */
};

enum source {
    SOURCE_END, /* of a list of parameters */
    SOURCE_FIXED,
    SOURCE_TEXT,
    SOURCE_I64,
    SOURCE_FLAG,
    SOURCE_INTERVAL,
    SOURCE_SECONDS, /* of milliseconds */
};

struct param {
    const char *name;
    enum source source;
    const char *fixed;
    size_t offset; /* of the member of struct payments_call */
};

#define MEMBER(member) offsetof(struct payments_call, member)
#define FIXED(name, value)                                                                         \
    { name, SOURCE_FIXED, value, 0 }
#define TEXT(name, member)                                                                         \
    { name, SOURCE_TEXT, NULL, MEMBER(member) }
#define END                                                                                        \
    { NULL, SOURCE_END, NULL, 0 }

static const struct param customer_create[] = {
    TEXT("metadata[user_id]", user_id),
    TEXT("email", email),
    TEXT("name", name),
    TEXT("address[country]", country),
    END,
};
static const struct param price_find[] = {TEXT("lookup_keys[0]", lookup_key),
                                          FIXED("active", "true"), FIXED("limit", "1"), END};
/* The metadata says whose price it is even after the lookup key has moved on to another one. */
static const struct param price_create[] = {
    TEXT("product_data[name]", name),
    {"unit_amount", SOURCE_I64, NULL, MEMBER(price)},
    TEXT("currency", currency),
    {"recurring[interval]", SOURCE_INTERVAL, NULL, MEMBER(interval)},
    TEXT("lookup_key", lookup_key),
    TEXT("metadata[turnpike]", lookup_key),
    END,
};
static const struct param method_attach[] = {TEXT("customer", customer_id), END};
static const struct param method_default[] = {
    TEXT("invoice_settings[default_payment_method]", method_id), END};
/* payment_method_types is refused since endive:
 * https://docs.stripe.com/changelog/endive. The currency is needed when the types are left open. */
static const struct param setup_open[] = {
    FIXED("mode", "setup"),
    TEXT("customer", customer_id),
    TEXT("success_url", return_url),
    TEXT("cancel_url", return_url),
    TEXT("currency", currency),
    TEXT("allowed_payment_method_types[0]", method_type),
    END,
};
/* The customer is there (off_session=false), and a payment that fails leaves the subscription
 * incomplete for 23 hours instead of nothing, so that it can be paid on the hosted page. What is
 * charged is the customer's default method: one named here would stay when the customer chooses
 * another. */
static const struct param subscription_create[] = {
    TEXT("customer", customer_id),
    TEXT("items[0][price]", price_id),
    TEXT("metadata[subscription_id]", local_id),
    FIXED("payment_behavior", "allow_incomplete"),
    FIXED("off_session", "false"),
    FIXED("expand[0]", "latest_invoice"),
    FIXED("expand[1]", "latest_invoice.payments"),
    END,
};

#define CHANGED_ITEM                                                                               \
    TEXT("items[0][id]", item_id), TEXT("items[0][price]", price_id),                              \
        FIXED("cancel_at_period_end", "false"), FIXED("expand[0]", "latest_invoice")

static const struct param change_now[] = {
    CHANGED_ITEM,
    FIXED("proration_behavior", "always_invoice"),
    {"proration_date", SOURCE_SECONDS, NULL, MEMBER(at)},
    FIXED("payment_behavior", "error_if_incomplete"),
    END,
};
/* Without a date: what counts is when the new period begins, which is when Stripe does this. */
static const struct param change_new_period[] = {
    CHANGED_ITEM,
    FIXED("proration_behavior", "always_invoice"),
    FIXED("billing_cycle_anchor[type]", "now"),
    FIXED("payment_behavior", "error_if_incomplete"),
    END,
};
static const struct param change_next_period[] = {CHANGED_ITEM, FIXED("proration_behavior", "none"),
                                                  END};
static const struct param *const changes[] = {
    [PAYMENTS_CHANGE_NOW] = change_now,
    [PAYMENTS_CHANGE_NEW_PERIOD] = change_new_period,
    [PAYMENTS_CHANGE_NEXT_PERIOD] = change_next_period,
};

static const struct param subscription_end[] = {
    {"cancel_at_period_end", SOURCE_FLAG, NULL, MEMBER(at_period_end)}, END};
/* How its payment went is said by the intent: one reading suffices, at the four levels that Stripe
 * expands at most (https://docs.stripe.com/expand). */
#define WITH_PAYMENT FIXED("expand[0]", "payments.data.payment.payment_intent")
static const struct param invoice_read[] = {WITH_PAYMENT, END};
static const struct param invoice_pay[] = {TEXT("payment_method", method_id), WITH_PAYMENT, END};
static const struct param none[] = {END};
/* Pages of the most that Stripe gives, the newest first
 * (https://docs.stripe.com/api/pagination). */
#define PAGE TEXT("starting_after", after), FIXED("limit", "100")
static const struct param list_all[] = {PAGE, END};
static const struct param list_of_customer[] = {TEXT("customer", customer_id), PAGE, END};
/* Without a status, those that have ended would be left out. */
static const struct param list_subscriptions[] = {TEXT("customer", customer_id),
                                                  FIXED("status", "all"), PAGE, END};
static const struct param list_events[] = {
    {"created[gte]", SOURCE_SECONDS, NULL, MEMBER(at)}, PAGE, END};
static const struct param invoice_advance[] = {
    {"auto_advance", SOURCE_FLAG, NULL, MEMBER(advances)}, WITH_PAYMENT, END};
static const struct param dispute_read[] = {FIXED("expand[0]", "charge"), END};

struct spec {
    const char *name;
    enum stripe_method method;
    const char *path;
    size_t id; /* the member that follows `path`; 0 (the kind): none */
    const char *path_end;
    const struct param *params;
};

static const struct spec specs[] = {
    [PAYMENTS_CUSTOMER_CREATE] = {"customer_create", STRIPE_POST, "/v1/customers", 0, "",
                                  customer_create},
    [PAYMENTS_PRICE_FIND] = {"price_find", STRIPE_GET, "/v1/prices", 0, "", price_find},
    [PAYMENTS_PRICE_CREATE] = {"price_create", STRIPE_POST, "/v1/prices", 0, "", price_create},
    [PAYMENTS_METHOD_ATTACH] = {"method_attach", STRIPE_POST, "/v1/payment_methods/",
                                MEMBER(method_id), "/attach", method_attach},
    [PAYMENTS_METHOD_DEFAULT] = {"method_default", STRIPE_POST, "/v1/customers/",
                                 MEMBER(customer_id), "", method_default},
    [PAYMENTS_METHOD_DETACH] = {"method_detach", STRIPE_POST, "/v1/payment_methods/",
                                MEMBER(method_id), "/detach", none},
    [PAYMENTS_METHOD_READ] = {"method_read", STRIPE_GET, "/v1/payment_methods/", MEMBER(method_id),
                              "", none},
    [PAYMENTS_SETUP_OPEN] = {"setup_open", STRIPE_POST, "/v1/checkout/sessions", 0, "", setup_open},
    [PAYMENTS_SUBSCRIPTION_CREATE] = {"subscription_create", STRIPE_POST, "/v1/subscriptions", 0,
                                      "", subscription_create},
    /* The parameters are those of `changes`. */
    [PAYMENTS_SUBSCRIPTION_CHANGE] = {"subscription_change", STRIPE_POST, "/v1/subscriptions/",
                                      MEMBER(subscription_id), "", NULL},
    [PAYMENTS_SUBSCRIPTION_CANCEL] = {"subscription_cancel", STRIPE_DELETE, "/v1/subscriptions/",
                                      MEMBER(subscription_id), "", none},
    [PAYMENTS_SUBSCRIPTION_END] = {"subscription_end", STRIPE_POST, "/v1/subscriptions/",
                                   MEMBER(subscription_id), "", subscription_end},
    [PAYMENTS_SUBSCRIPTION_READ] = {"subscription_read", STRIPE_GET, "/v1/subscriptions/",
                                    MEMBER(subscription_id), "", none},
    [PAYMENTS_INVOICE_READ] = {"invoice_read", STRIPE_GET, "/v1/invoices/", MEMBER(invoice_id), "",
                               invoice_read},
    [PAYMENTS_INVOICE_PAY] = {"invoice_pay", STRIPE_POST, "/v1/invoices/", MEMBER(invoice_id),
                              "/pay", invoice_pay},
    [PAYMENTS_CUSTOMER_READ] = {"customer_read", STRIPE_GET, "/v1/customers/", MEMBER(customer_id),
                                "", none},
    [PAYMENTS_CHARGE_READ] = {"charge_read", STRIPE_GET, "/v1/charges/", MEMBER(object_id), "",
                              none},
    [PAYMENTS_REFUND_READ] = {"refund_read", STRIPE_GET, "/v1/refunds/", MEMBER(object_id), "",
                              none},
    [PAYMENTS_CUSTOMER_LIST] = {"customer_list", STRIPE_GET, "/v1/customers", 0, "", list_all},
    [PAYMENTS_SUBSCRIPTION_LIST] = {"subscription_list", STRIPE_GET, "/v1/subscriptions", 0, "",
                                    list_subscriptions},
    [PAYMENTS_INVOICE_LIST] = {"invoice_list", STRIPE_GET, "/v1/invoices", 0, "", list_of_customer},
    [PAYMENTS_CHARGE_LIST] = {"charge_list", STRIPE_GET, "/v1/charges", 0, "", list_of_customer},
    [PAYMENTS_REFUND_LIST] = {"refund_list", STRIPE_GET, "/v1/refunds", 0, "", list_all},
    [PAYMENTS_EVENT_LIST] = {"event_list", STRIPE_GET, "/v1/events", 0, "", list_events},
    [PAYMENTS_INVOICE_ADVANCE] = {"invoice_advance", STRIPE_POST, "/v1/invoices/",
                                  MEMBER(invoice_id), "", invoice_advance},
    [PAYMENTS_INVOICE_GIVE_UP] = {"invoice_give_up", STRIPE_POST, "/v1/invoices/",
                                  MEMBER(invoice_id), "/mark_uncollectible", invoice_read},
    [PAYMENTS_DISPUTE_READ] = {"dispute_read", STRIPE_GET, "/v1/disputes/", MEMBER(object_id), "",
                               dispute_read},
};
static_assert(ARRAY_LEN(specs) == PAYMENTS_KIND_COUNT, "every kind has its request");

static const void *member_at(const struct payments_call *call, size_t offset) {
    return (const char *)call + offset;
}

static struct str text_at(const struct payments_call *call, size_t offset) {
    return *(const struct str *)member_at(call, offset);
}

static int64_t number_at(const struct payments_call *call, size_t offset) {
    return *(const int64_t *)member_at(call, offset);
}

static bool flag_at(const struct payments_call *call, size_t offset) {
    return *(const bool *)member_at(call, offset);
}

static void add_given_text(struct buf *form, const char *name, struct str text) {
    if (text.len > 0) {
        form_add_text(form, name, text);
    }
}

static const char *interval_at(const struct payments_call *call, size_t offset) {
    return interval_name((enum interval)number_at(call, offset));
}

static void add_param(struct buf *form, const struct param *param,
                      const struct payments_call *call) {
    switch (param->source) {
    case SOURCE_END:
        break;
    case SOURCE_FIXED:
        form_add_text(form, param->name, str_from_cstr(param->fixed));
        break;
    case SOURCE_TEXT:
        add_given_text(form, param->name, text_at(call, param->offset));
        break;
    case SOURCE_I64:
        form_add_i64(form, param->name, number_at(call, param->offset));
        break;
    case SOURCE_FLAG:
        form_add_bool(form, param->name, flag_at(call, param->offset));
        break;
    case SOURCE_INTERVAL:
        form_add_text(form, param->name, str_from_cstr(interval_at(call, param->offset)));
        break;
    case SOURCE_SECONDS:
        form_add_i64(form, param->name, number_at(call, param->offset) / MS_PER_SECOND);
        break;
    }
}

static const struct param *params_of(const struct payments_call *call) {
    if (call->kind != PAYMENTS_SUBSCRIPTION_CHANGE) {
        return specs[call->kind].params;
    }
    check(call->change >= 0 && call->change < (int64_t)ARRAY_LEN(changes));
    return changes[call->change];
}

static struct str form_of(struct arena *arena, const struct payments_call *call) {
    struct buf form;
    buf_init(&form, arena->env, FORM_MAX);
    for (const struct param *param = params_of(call); param->source != SOURCE_END; param++) {
        add_param(&form, param, call);
    }
    check(!form.has_failed); /* memory only: half a request must not leave */
    struct str text = arena_str(arena, buf_str(&form));
    buf_finish(&form);
    return text;
}

/* Dots too: HTTP clients take ".." for a step up. */
static void add_id(struct buf *path, struct str id) {
    for (size_t i = 0; i < id.len; i++) {
        if (id.bytes[i] == '.') {
            buf_add(path, STR("%2E"));
        } else {
            url_encode(path, str_of(id.bytes + i, 1));
        }
    }
}

static struct str path_of(struct arena *arena, const char *path, struct str id,
                          const char *path_end) {
    check(id.len > 0); /* or the path would be that of another request */
    struct buf text;
    buf_init(&text, arena->env, FORM_MAX);
    buf_add(&text, str_from_cstr(path));
    add_id(&text, id);
    buf_add(&text, str_from_cstr(path_end));
    check(!text.has_failed);
    struct str result = arena_str(arena, buf_str(&text));
    buf_finish(&text);
    return result;
}

const char *call_name(int64_t kind) {
    check(kind >= 0 && kind < PAYMENTS_KIND_COUNT);
    return specs[kind].name;
}

struct stripe_request call_request(struct arena *arena, const struct payments_call *call) {
    check(call->kind >= 0 && call->kind < PAYMENTS_KIND_COUNT);
    const struct spec *spec = &specs[call->kind];
    struct str path = str_from_cstr(spec->path);
    if (spec->id != 0) {
        path = path_of(arena, spec->path, text_at(call, spec->id), spec->path_end);
    }
    return (struct stripe_request){
        .method = spec->method,
        .path = path,
        .form = form_of(arena, call),
        .idempotency_key =
            spec->method == STRIPE_POST ? arena_str(arena, call->idempotency_key) : STR(""),
    };
}

struct stripe_request call_find_invoice_of(struct arena *arena, struct str intent_id) {
    struct buf form;
    buf_init(&form, arena->env, FORM_MAX);
    form_add_text(&form, "payment[type]", STR("payment_intent"));
    form_add_text(&form, "payment[payment_intent]", intent_id);
    form_add_text(&form, "limit", STR("1"));
    check(!form.has_failed);
    struct str text = arena_str(arena, buf_str(&form));
    buf_finish(&form);
    return (struct stripe_request){
        .method = STRIPE_GET, .path = STR("/v1/invoice_payments"), .form = text};
}

struct stripe_request call_read_intent(struct arena *arena, struct str intent_id) {
    return (struct stripe_request){.method = STRIPE_GET,
                                   .path = path_of(arena, "/v1/payment_intents/", intent_id, "")};
}
