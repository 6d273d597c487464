/* /v1/quotes: drafts that are edited, open offers that are accepted or canceled, and those that
 * expire by themselves. */
#include "sandbox/quote.h"

#include "sandbox/discount.h"
#include "sandbox/resources.h"
#include "sandbox/subscription.h"
#include "sandbox/tax.h"

enum { LIFE_S = 30 * 86400, TRIAL_DAYS_MAX = 730, DAYS_MAX = 3650 };

static const char *const statuses[] = {"accepted", "canceled", "draft", "open", NULL};
static const char *const modes[] = {"classic", "flexible", NULL};
static const char *const effective_words[] = {"current_period_end", NULL};
static const struct param billing_mode[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = modes}, {.name = NULL}};
static const struct param settings_params[] = {
    {.name = "days_until_due", .kind = PARAM_INTEGER, .min = 0, .max = DAYS_MAX},
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = "footer", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},
    {.name = NULL}};
#define DATA_PARAMS                                                                                \
    {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                         \
        {.name = "effective_date",                                                                 \
         .kind = PARAM_MOMENT,                                                                     \
         .flags = PARAM_EMPTYABLE,                                                                 \
         .words = effective_words},                                                                \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE}, {                       \
        .name = "trial_period_days", .kind = PARAM_INTEGER, .flags = PARAM_EMPTYABLE, .min = 0,    \
        .max = TRIAL_DAYS_MAX                                                                      \
    }
static const struct param data_params[] = {
    DATA_PARAMS,
    {.name = "billing_mode", .kind = PARAM_OBJECT, .of = billing_mode},
    {.name = NULL}};
static const struct param data_update_params[] = {DATA_PARAMS, {.name = NULL}};
static const struct param from_params[] = {
    {.name = "quote", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "is_revision", .kind = PARAM_BOOLEAN},
    {.name = NULL}};

#define QUOTE_PARAMS                                                                               \
    {.name = "automatic_tax", .kind = PARAM_OBJECT, .of = automatic_tax_params},                   \
        {.name = "collection_method", .kind = PARAM_ENUM, .words = collection_methods},            \
        {.name = "customer", .kind = PARAM_TEXT},                                                  \
        {.name = "default_tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},              \
        {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                     \
        {.name = "expires_at", .kind = PARAM_INTEGER},                                             \
        {.name = "footer", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                          \
        {.name = "header", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                          \
        {.name = "invoice_settings", .kind = PARAM_OBJECT, .of = settings_params},                 \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE}, PARAM_DISCOUNTS

static const struct param create_params[] = {
    QUOTE_PARAMS,
    {.name = "from_quote", .kind = PARAM_OBJECT, .of = from_params},
    {.name = "line_items", .kind = PARAM_LIST, .of = quote_item_params},
    {.name = "subscription_data", .kind = PARAM_OBJECT, .of = data_params},
    {.name = "test_clock", .kind = PARAM_TEXT},
    PARAMS_COMMON};
static const struct param update_params[] = {
    QUOTE_PARAMS,
    {.name = "line_items", .kind = PARAM_LIST, .of = quote_item_update_params},
    {.name = "subscription_data", .kind = PARAM_OBJECT, .of = data_update_params},
    PARAMS_COMMON};
static const struct param finalize_params[] = {{.name = "expires_at", .kind = PARAM_INTEGER},
                                               PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param page_params[] = {PARAMS_PAGE, PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE,
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "status", .kind = PARAM_ENUM, .words = statuses},
    {.name = "test_clock", .kind = PARAM_TEXT},
    PARAMS_COMMON};

static int64_t now_of(struct world *world, const json_t *quote) {
    const char *customer = member(quote, "customer");
    return world_now(world, customer[0] == '\0' ? NULL : customer);
}

static json_t *find(struct call *call) {
    return world_find(call->world, "quote", call->id, "quote");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

/* --- filling --- */

/* Whose offer it is; once that is said it stays. */
static bool set_customer(struct call *call, json_t *quote) {
    struct world *world = call->world;
    const char *id = param_text(call, "customer");
    const char *clock = param_text(call, "test_clock");
    if (id[0] != '\0' && !member_is(quote, "customer", "") && !member_is(quote, "customer", id)) {
        return fault_invalid(&world->fault, NULL, "customer",
                             "You cannot change the customer of a quote once it is set.");
    }
    json_t *customer = id[0] == '\0' ? NULL : world_find(world, "customer", id, "customer");
    if (id[0] != '\0' && customer == NULL) {
        return false;
    }
    if (clock[0] != '\0' && !member_is(customer, "test_clock", clock)) {
        return fault_invalid(&world->fault, NULL, "test_clock",
                             "The test clock of a quote must be that of its customer.");
    }
    if (customer != NULL) {
        set_text(quote, "customer", id);
        json_object_set(quote, "test_clock", json_object_get(customer, "test_clock"));
    }
    return true;
}

static bool set_expiry(struct call *call, json_t *quote) {
    json_t *at = json_object_get(call->params, "expires_at");
    if (at != NULL && json_integer_value(at) <= now_of(call->world, quote)) {
        return fault_invalid(&call->world->fault, NULL, "expires_at",
                             "`expires_at` must be a timestamp in the future.");
    }
    copy_params(quote, call->params, (const char *const[]){"expires_at", NULL});
    return true;
}

static bool set_data(struct call *call, json_t *quote) {
    json_t *given = json_object_get(call->params, "subscription_data");
    json_t *data = json_object_get(quote, "subscription_data");
    json_t *date = json_object_get(given, "effective_date");
    if (json_is_string(date)) {
        return fault_invalid(&call->world->fault, NULL, "subscription_data[effective_date]",
                             "`current_period_end` is only for quotes that change a subscription "
                             "that there is already. This sandbox has no such quotes.");
    }
    copy_params(data, given,
                (const char *const[]){"description", "effective_date", "trial_period_days", NULL});
    if (member_is(given, "billing_mode.type", "classic")) {
        json_object_set_new(data, "billing_mode", json_pack("{s:s}", "type", "classic"));
    }
    if (given != NULL) {
        metadata_merge(data, given);
    }
    return true;
}

/* Everything that create and update share; false with a fault. */
static bool apply(struct call *call, json_t *quote) {
    static const char *const words[] = {"collection_method", "description", "footer", "header",
                                        NULL};
    json_t *tax = json_object_get(call->params, "automatic_tax");
    if (!set_customer(call, quote) || !set_expiry(call, quote) || !set_data(call, quote)) {
        return false;
    }
    copy_params(quote, call->params, words);
    json_object_update(json_object_get(quote, "invoice_settings"),
                       json_object_get(call->params, "invoice_settings"));
    if (tax != NULL) {
        json_object_update(json_object_get(quote, "automatic_tax"), tax);
    }
    metadata_merge(quote, call->params);
    if (!quote_items_set(call, quote)) {
        return false;
    }
    quote_sum(call->world, quote);
    return true;
}

/* --- copies --- */

/* What was asked for of another quote, as parameters; a new reference. */
static json_t *params_of(json_t *source) {
    json_t *params = json_object();
    json_t *items = quote_items(source);
    json_t *given = json_array();
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_array_append(given, json_object_get(json_array_get(items, i), "given"));
    }
    json_object_set_new(params, "line_items", given);
    copy_params(params, source,
                (const char *const[]){"customer", "collection_method", "description", "footer",
                                      "header", "metadata", "subscription_data", "invoice_settings",
                                      NULL});
    json_object_set_new(
        params, "automatic_tax",
        json_pack("{s:O}", "enabled",
                  json_object_get(json_object_get(source, "automatic_tax"), "enabled")));
    json_t *discounts = json_object_get(source, "_given_discounts");
    if (discounts != NULL) {
        json_object_set(params, "discounts", discounts);
    }
    json_object_set_new(params, "default_tax_rates",
                        tax_rate_ids(json_object_get(source, "default_tax_rates")));
    return params;
}

/* The quote that is to be copied; NULL with a fault. A revision is of an offer that stands. */
static json_t *source_of(struct call *call) {
    struct world *world = call->world;
    json_t *from = json_object_get(call->params, "from_quote");
    const char *name;
    json_t *value;
    json_object_foreach(call->params, name, value) {
        struct str given = str_from_cstr(name);
        bool may = str_equal(given, STR("from_quote")) || str_equal(given, STR("expires_at")) ||
                   str_equal(given, STR("expand"));
        if (!may) {
            fault_invalid(&world->fault, "parameters_exclusive", name,
                          "You cannot specify `%s` together with `from_quote`.", name);
            return NULL;
        }
    }
    json_t *source = world_find(world, "quote", member(from, "quote"), "from_quote[quote]");
    bool is_revision = json_is_true(json_object_get(from, "is_revision"));
    if (source != NULL && is_revision && !member_is(source, "status", "open")) {
        fault_invalid(&world->fault, NULL, "from_quote[is_revision]",
                      "Only open quotes can be revised. This quote is %s.",
                      member(source, "status"));
        return NULL;
    }
    return source;
}

static json_t *fill_copy(struct call *call, json_t *quote) {
    json_t *source = source_of(call);
    if (source == NULL) {
        return NULL;
    }
    json_t *from = json_object_get(call->params, "from_quote");
    bool is_revision = json_is_true(json_object_get(from, "is_revision"));
    struct call copy = *call;
    copy.params = params_of(source);
    copy_params(copy.params, call->params, (const char *const[]){"expires_at", NULL});
    json_object_set_new(
        quote, "from_quote",
        json_pack("{s:b, s:s}", "is_revision", is_revision, "quote", member(source, "id")));
    bool is_well = apply(&copy, quote);
    json_decref(copy.params);
    return is_well ? quote : NULL;
}

/* --- requests --- */

static json_t *create(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    if (customer[0] != '\0' && world_find(world, "customer", customer, "customer") == NULL) {
        return NULL;
    }
    json_t *quote = world_add(world, "quote", customer[0] == '\0' ? NULL : customer);
    set_i64(quote, "expires_at", member_i64(quote, "created") + LIFE_S);
    bool is_well =
        param_given(call, "from_quote") ? fill_copy(call, quote) != NULL : apply(call, quote);
    if (!is_well) {
        return NULL;
    }
    event_emit(world, "quote.created", quote);
    return json_incref(quote);
}

/* False with a fault unless the quote has that status. */
static bool must_be(struct call *call, const json_t *quote, const char *status, const char *verb) {
    return member_is(quote, "status", status) ||
           fault_invalid(&call->world->fault, NULL, NULL,
                         "You cannot %s this quote because its status is `%s`: only `%s` quotes "
                         "can be %s.",
                         verb, member(quote, "status"), status,
                         str_equal(str_from_cstr(verb), STR("accept")) ? "accepted" : verb);
}

/* An open offer stands; only how long may change. */
static bool may_change(struct call *call, const json_t *quote) {
    bool is_open = member_is(quote, "status", "open");
    const char *name;
    json_t *value;
    json_object_foreach(call->params, name, value) {
        struct str given = str_from_cstr(name);
        bool is_expiry = str_equal(given, STR("expires_at")) || str_equal(given, STR("expand"));
        if (!member_is(quote, "status", "draft") && !(is_open && is_expiry)) {
            return fault_invalid(&call->world->fault, NULL, name,
                                 "This quote is %s: `%s` can no longer be changed.",
                                 member(quote, "status"), name);
        }
    }
    return true;
}

static json_t *update(struct call *call) {
    json_t *quote = find(call);
    if (quote == NULL || !may_change(call, quote)) {
        return NULL;
    }
    bool is_draft = member_is(quote, "status", "draft");
    if (!(is_draft ? apply(call, quote) : set_expiry(call, quote))) {
        return NULL;
    }
    world_touch(call->world, quote);
    return json_incref(quote);
}

/* "QT-", the customer's invoice prefix, which quote it is of that customer, which revision. */
static void give_number(struct world *world, json_t *quote) {
    const json_t *source = world_get(world, member(quote, "from_quote.quote"));
    json_t *customer = world_get(world, member(quote, "customer"));
    bool is_revision =
        json_is_true(json_object_get(json_object_get(quote, "from_quote"), "is_revision"));
    int64_t sequence =
        is_revision ? member_i64(source, "_sequence") : member_i64(customer, "_quotes") + 1;
    int64_t revision = is_revision ? member_i64(source, "_revision") + 1 : 1;
    if (!is_revision) {
        set_i64(customer, "_quotes", sequence);
        world_touch(world, customer);
    }
    set_i64(quote, "_sequence", sequence);
    set_i64(quote, "_revision", revision);
    json_object_set_new(quote, "number",
                        json_sprintf("QT-%s-%04lld-%lld", member(customer, "invoice_prefix"),
                                     (long long)sequence, (long long)revision));
}

static void move(struct world *world, json_t *quote, const char *status, const char *when) {
    set_text(quote, "status", status);
    set_i64(json_object_get(quote, "status_transitions"), when, now_of(world, quote));
    world_touch(world, quote);
}

static void cancel_now(struct world *world, json_t *quote) {
    move(world, quote, "canceled", "canceled_at");
    event_emit(world, "quote.canceled", quote);
}

static bool is_whole(struct call *call, const json_t *quote) {
    struct fault *fault = &call->world->fault;
    json_t *days = json_object_get(json_object_get(quote, "invoice_settings"), "days_until_due");
    if (member_is(quote, "customer", "")) {
        return fault_invalid(fault, "parameter_missing", "customer",
                             "A customer is required to finalize a quote.");
    }
    if (json_array_size(quote_items(quote)) == 0) {
        return fault_invalid(fault, "parameter_missing", "line_items",
                             "A quote must have at least one line item to be finalized.");
    }
    return !member_is(quote, "collection_method", "send_invoice") || json_is_integer(days) ||
           fault_invalid(fault, "parameter_missing", "invoice_settings[days_until_due]",
                         "You must set `invoice_settings[days_until_due]` when "
                         "`collection_method=send_invoice`.");
}

static json_t *finalize(struct call *call) {
    struct world *world = call->world;
    json_t *quote = find(call);
    bool is_well = quote != NULL && must_be(call, quote, "draft", "finalize") &&
                   is_whole(call, quote) && set_expiry(call, quote);
    if (!is_well) {
        return NULL;
    }
    json_t *source = world_get(world, member(quote, "from_quote.quote"));
    quote_sum(world, quote);
    give_number(world, quote);
    move(world, quote, "open", "finalized_at");
    event_emit(world, "quote.finalized", quote);
    bool replaces =
        json_is_true(json_object_get(json_object_get(quote, "from_quote"), "is_revision"));
    if (replaces && source != NULL && member_is(source, "status", "open")) {
        cancel_now(world, source);
    }
    return json_incref(quote);
}

static json_t *accept(struct call *call) {
    json_t *quote = find(call);
    if (quote == NULL || !must_be(call, quote, "open", "accept") || !quote_become(call, quote)) {
        return NULL;
    }
    move(call->world, quote, "accepted", "accepted_at");
    event_emit(call->world, "quote.accepted", quote);
    return json_incref(quote);
}

static json_t *cancel(struct call *call) {
    json_t *quote = find(call);
    if (quote == NULL) {
        return NULL;
    }
    if (!member_is(quote, "status", "draft") && !member_is(quote, "status", "open")) {
        fault_invalid(&call->world->fault, NULL, NULL,
                      "You cannot cancel this quote because its status is `%s`: only `draft` and "
                      "`open` quotes can be canceled.",
                      member(quote, "status"));
        return NULL;
    }
    cancel_now(call->world, quote);
    return json_incref(quote);
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "quote",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    return list_answer(call, &query, "/v1/quotes");
}

/* A page of one of the hidden lists of a quote. */
static json_t *page_of(struct call *call, const char *name, const char *tail) {
    json_t *quote = find(call);
    if (quote == NULL) {
        return NULL;
    }
    json_t *url = json_sprintf("/v1/quotes/%s/%s", call->id, tail);
    json_t *page = list_cut(call, json_object_get(quote, name), json_string_value(url));
    json_decref(url);
    return page;
}

static json_t *line_items(struct call *call) {
    return page_of(call, "_shown", "line_items");
}

static json_t *upfront_items(struct call *call) {
    return page_of(call, "_upfront", "computed_upfront_line_items");
}

/* --- time --- */

int64_t quote_due_at(const json_t *quote) {
    bool waits = member_is(quote, "status", "draft") || member_is(quote, "status", "open");
    return waits ? member_i64(quote, "expires_at") : STORE_NEVER;
}

void quote_on_due(struct world *world, json_t *quote) {
    cancel_now(world, quote);
}

static const struct route routes[] = {
    {"POST", "/v1/quotes", create, create_params},
    {"GET", "/v1/quotes", list, list_params},
    {"GET", "/v1/quotes/:id", get, get_params},
    {"POST", "/v1/quotes/:id", update, update_params},
    {"POST", "/v1/quotes/:id/finalize", finalize, finalize_params},
    {"POST", "/v1/quotes/:id/accept", accept, get_params},
    {"POST", "/v1/quotes/:id/cancel", cancel, get_params},
    {"GET", "/v1/quotes/:id/line_items", line_items, page_params},
    {"GET", "/v1/quotes/:id/computed_upfront_line_items", upfront_items, page_params},
    {"GET", "/v1/quotes/:id/pdf", quote_pdf, get_params},
};
const struct route_list quote_routes = {routes, ARRAY_LEN(routes)};
