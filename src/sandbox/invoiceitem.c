/* /v1/invoiceitems: what waits for a customer's next invoice, or is put onto a draft at once. */
#include "sandbox/invoice.h"

#include <string.h>

#include "sandbox/currency.h"
#include "sandbox/decimal.h"
#include "sandbox/discount.h"
#include "sandbox/price.h"
#include "sandbox/resources.h"
#include "sandbox/tax.h"

static const struct param period[] = {
    {.name = "start", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = "end", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = NULL}};
static const struct param pricing[] = {{.name = "price", .kind = PARAM_TEXT}, {.name = NULL}};
static const char *const tax_behaviors[] = {"exclusive", "inclusive", "unspecified", NULL};

#define ITEM_PARAMS                                                                                \
    {.name = "amount", .kind = PARAM_INTEGER, .min = -UNIT_AMOUNT_MAX, .max = UNIT_AMOUNT_MAX},    \
        {.name = "description", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                     \
        {.name = "discountable", .kind = PARAM_BOOLEAN},                                           \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},                         \
        {.name = "period", .kind = PARAM_OBJECT, .of = period},                                    \
        {.name = "price_data", .kind = PARAM_OBJECT, .of = price_data_params},                     \
        {.name = "pricing", .kind = PARAM_OBJECT, .of = pricing},                                  \
        {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},                \
        {.name = "tax_behavior", .kind = PARAM_ENUM, .words = tax_behaviors},                      \
        {.name = "tax_code", .kind = PARAM_TEXT, .flags = PARAM_EMPTYABLE},                        \
        {.name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},                      \
        {.name = "unit_amount_decimal", .kind = PARAM_DECIMAL}, PARAM_DISCOUNTS

static const struct param create_params[] = {ITEM_PARAMS,
                                             {.name = "customer", .kind = PARAM_TEXT},
                                             {.name = "currency", .kind = PARAM_TEXT},
                                             {.name = "invoice", .kind = PARAM_TEXT},
                                             {.name = "subscription", .kind = PARAM_TEXT},
                                             PARAMS_COMMON};
static const struct param update_params[] = {ITEM_PARAMS, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "invoice", .kind = PARAM_TEXT},
                                           {.name = "pending", .kind = PARAM_BOOLEAN},
                                           PARAMS_COMMON};

/* A draft that items may still be put onto; NULL with a fault. */
static json_t *draft_for(struct call *call, const char *id, const char *customer) {
    struct world *world = call->world;
    json_t *invoice = world_find(world, "invoice", id, "invoice");
    if (invoice == NULL) {
        return NULL;
    }
    if (!member_is(invoice, "customer", customer)) {
        fault_invalid(&world->fault, NULL, "invoice",
                      "The invoice %s is another customer's and takes no item of this one.", id);
        return NULL;
    }
    if (!member_is(invoice, "status", "draft")) {
        fault_invalid(&world->fault, "invoice_not_editable", "invoice",
                      "This invoice is no longer editable: items are added to drafts only.");
        return NULL;
    }
    return invoice;
}

/* The price that is named or described: NULL when neither is, a fault when it cannot be used. */
static json_t *price_given(struct call *call) {
    struct world *world = call->world;
    const char *id = param_text(call, "pricing.price");
    json_t *data = json_object_get(call->params, "price_data");
    if (id[0] == '\0' && data == NULL) {
        return NULL;
    }
    if (data != NULL) {
        return price_of_data(world, data, "price_data");
    }
    json_t *price = world_find(world, "price", id, "pricing[price]");
    if (price != NULL && !member_is(price, "type", "one_time")) {
        fault_invalid(&world->fault, NULL, "pricing[price]",
                      "The price specified is set to `type=recurring` but this field only accepts "
                      "prices with `type=one_time`.");
        return NULL;
    }
    bool is_agreed = json_is_true(json_object_get(call->params, "_is_agreed"));
    if (price != NULL && !is_agreed && !json_is_true(json_object_get(price, "active"))) {
        fault_invalid(&world->fault, NULL, "pricing[price]",
                      "The price specified is inactive. This field only accepts active prices.");
        return NULL;
    }
    return price;
}

/* One way of saying the amount: amount, unit_amount_decimal, or a price. */
static bool check_ways(struct call *call) {
    static const char *const ways[] = {"amount", "unit_amount_decimal", "pricing", "price_data"};
    const char *first = NULL;
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        if (!param_given(call, ways[i])) {
            continue;
        }
        if (first != NULL) {
            return fault_invalid(&call->world->fault, "parameters_exclusive", ways[i],
                                 "You may only specify one of these parameters: %s, %s.", first,
                                 ways[i]);
        }
        first = ways[i];
    }
    bool has_quantity = param_given(call, "quantity") && param_given(call, "amount");
    return !has_quantity ||
           fault_invalid(&call->world->fault, "parameters_exclusive", "quantity",
                         "You may only specify one of these parameters: amount, quantity.");
}

static bool set_price(struct call *call, json_t *item, json_t *price) {
    struct world *world = call->world;
    const char *currency = member(item, "currency");
    if (!price_check_currency(world, price, currency, "currency")) {
        return false;
    }
    if (currency[0] == '\0') {
        currency = price_currency_for(world, price, member(item, "customer"));
    }
    json_t *own = price_in(price, currency);
    set_text(item, "currency", currency);
    json_object_set_new(item, "_price", json_deep_copy(own));
    json_decref(own);
    json_object_del(item, "_unit");
    return true;
}

/* The amount once price, quantity and unit amount are known. */
static void set_amount(struct call *call, json_t *item) {
    const json_t *price = json_object_get(item, "_price");
    int64_t quantity = member_i64(item, "quantity");
    i128 unit = 0;
    if (param_given(call, "amount")) {
        set_i64(item, "amount", member_i64(call->params, "amount"));
        json_object_del(item, "_price");
        json_object_del(item, "_unit");
    } else if (json_is_object(price)) {
        set_i64(item, "amount", price_amount(price, quantity));
    } else if (decimal_scale(member(item, "_unit"), DECIMAL_PLACES, &unit)) {
        set_i64(item, "amount", decimal_round(unit * quantity, DECIMAL_PLACES));
    } else if (json_is_null(json_object_get(item, "amount"))) {
        set_i64(item, "amount", 0);
    }
}

static bool is_unit(struct fault *fault, const char *text) {
    i128 unit = 0;
    i128 most = UNIT_AMOUNT_MAX * DECIMAL_ONE;
    bool fits = decimal_scale(text, DECIMAL_PLACES, &unit) && unit >= -most && unit <= most;
    return fits || fault_invalid(fault, "parameter_invalid_integer", "unit_amount_decimal",
                                 "Invalid decimal: %.40s must be between -%d and %d.", text,
                                 UNIT_AMOUNT_MAX, UNIT_AMOUNT_MAX);
}

static bool apply_price(struct call *call, json_t *item) {
    struct fault *fault = &call->world->fault;
    json_t *price = price_given(call);
    if (fault->status != 0 || (price != NULL && !set_price(call, item, price))) {
        return false;
    }
    if (param_given(call, "unit_amount_decimal")) {
        if (!is_unit(fault, param_text(call, "unit_amount_decimal"))) {
            return false;
        }
        set_text(item, "_unit", param_text(call, "unit_amount_decimal"));
        json_object_del(item, "_price");
    }
    copy_params(item, call->params, (const char *const[]){"quantity", NULL});
    set_amount(call, item);
    if (member(item, "currency")[0] == '\0') {
        return fault_invalid(fault, "parameter_missing", "currency",
                             "Missing required param: currency.");
    }
    return currency_check_amount(fault, member(item, "currency"), member_i64(item, "amount"),
                                 "amount");
}

static bool apply_period(struct call *call, json_t *item) {
    json_t *given = json_object_get(call->params, "period");
    if (given != NULL && member_i64(given, "end") < member_i64(given, "start")) {
        return fault_invalid(&call->world->fault, NULL, "period[end]",
                             "Invalid period: it must not end before it starts.");
    }
    if (given != NULL) {
        json_object_set(item, "period", given);
    }
    return true;
}

/* Shows what the amount was made of, and the name of what is sold. */
static void describe(struct call *call, json_t *item) {
    json_t *price = json_object_get(item, "_price");
    const json_t *product = world_get(call->world, member(price, "product"));
    const char *own = member(item, "description");
    const struct line line = {
        .amount = member_i64(item, "amount"),
        .period = {member_i64(item, "period.start"), member_i64(item, "period.end")},
        .price = json_is_object(price) ? price : NULL,
        .quantity = member_i64(item, "quantity"),
        .is_undiscountable = !json_is_true(json_object_get(item, "discountable")),
        .tax_behavior = member(item, "_tax_behavior"),
    };
    char text[256];
    (void)snprintf(text, sizeof text, "%.250s", own[0] != '\0' ? own : member(product, "name"));
    invoice_fill_line(item, &line);
    set_text(item, "description", text);
    if (member(item, "_unit")[0] != '\0') {
        json_object_set(json_object_get(item, "pricing"), "unit_amount_decimal",
                        json_object_get(item, "_unit"));
    }
}

/* Everything that create and update share; false with a fault. */
bool invoiceitem_apply(struct call *call, json_t *item) {
    struct world *world = call->world;
    copy_params(item, call->params, (const char *const[]){"description", "discountable", NULL});
    if (param_given(call, "tax_behavior")) {
        set_text(item, "_tax_behavior", param_text(call, "tax_behavior"));
    }
    metadata_merge(item, call->params);
    bool is_well =
        check_ways(call) && apply_price(call, item) && apply_period(call, item) &&
        tax_rates_set(world, item, "tax_rates", json_object_get(call->params, "tax_rates"));
    const struct discount_owner owner = {
        .object = item,
        .role = "invoice_item",
        .customer = member(item, "customer"),
        .currency = member(item, "currency"),
        .amount = member_i64(item, "amount"),
    };
    if (!is_well || !discounts_set(world, &owner, json_object_get(call->params, "discounts"))) {
        return false;
    }
    describe(call, item);
    if (member_is(item, "object", "invoiceitem")) {
        world_touch(world, item);
    }
    return true;
}

/* A subscription of the customer that the item waits for; false with a fault. */
static bool set_subscription(struct call *call, json_t *item) {
    const char *id = param_text(call, "subscription");
    if (id[0] == '\0') {
        return true;
    }
    json_t *subscription = world_find(call->world, "subscription", id, "subscription");
    if (subscription == NULL) {
        return false;
    }
    if (!member_is(subscription, "customer", member(item, "customer"))) {
        return fault_invalid(&call->world->fault, NULL, "subscription",
                             "The subscription %s is another customer's.", id);
    }
    json_object_set_new(item, "parent",
                        json_pack("{s:s, s:{s:s}}", "type", "subscription_details",
                                  "subscription_details", "subscription", id));
    return true;
}

static bool set_currency(struct call *call, json_t *item) {
    const char *currency = param_text(call, "currency");
    if (currency[0] == '\0') {
        return true;
    }
    if (!currency_check(&call->world->fault, currency, "currency")) {
        return false;
    }
    set_text(item, "currency", currency_find(currency)->code);
    return true;
}

/* The customer, given or the invoice's; NULL with a fault. */
static json_t *customer_for(struct call *call) {
    struct world *world = call->world;
    const char *customer = param_text(call, "customer");
    if (customer[0] == '\0' && param_given(call, "invoice")) {
        const json_t *invoice =
            world_find(world, "invoice", param_text(call, "invoice"), "invoice");
        return invoice == NULL ? NULL : world_get(world, member(invoice, "customer"));
    }
    if (customer[0] == '\0') {
        fault_invalid(&world->fault, "parameter_missing", "customer",
                      "Missing required param: customer.");
        return NULL;
    }
    return world_find(world, "customer", customer, "customer");
}

static bool put_onto(struct call *call, json_t *item, json_t *invoice) {
    struct world *world = call->world;
    if (!member_is(invoice, "currency", member(item, "currency"))) {
        return fault_invalid(&world->fault, NULL, "currency",
                             "The item's currency (%s) is not that of the invoice (%s).",
                             member(item, "currency"), member(invoice, "currency"));
    }
    invoice_take_item(world, invoice, item);
    invoice_sum(world, invoice);
    event_updated(world, "invoice.updated", invoice);
    return true;
}

static json_t *item_make(struct call *call, const char *customer) {
    json_t *item = world_add(call->world, "invoiceitem", customer);
    int64_t now = world_now(call->world, customer);
    set_i64(item, "date", now);
    set_bool(item, "proration", false);
    set_bool(item, "discountable", true);
    json_object_set_new(item, "period",
                        json_pack("{s:I, s:I}", "start", (json_int_t)now, "end", (json_int_t)now));
    json_object_set(item, "test_clock",
                    json_object_get(world_get(call->world, customer), "test_clock"));
    return item;
}

json_t *invoiceitem_make(struct call *call, const char *customer_id, json_t *invoice) {
    struct world *world = call->world;
    json_t *customer = world_get(world, customer_id);
    json_t *item = item_make(call, customer_id);
    if (invoice != NULL) {
        set_text(item, "currency", member(invoice, "currency"));
    }
    if (!set_currency(call, item) || !set_subscription(call, item) ||
        !invoiceitem_apply(call, item)) {
        return NULL;
    }
    if (member(customer, "currency")[0] == '\0') {
        set_text(customer, "currency", member(item, "currency"));
        world_touch(world, customer);
    }
    event_emit(world, "invoiceitem.created", item);
    return invoice == NULL || put_onto(call, item, invoice) ? item : NULL;
}

static json_t *create(struct call *call) {
    const char *invoice_id = param_text(call, "invoice");
    const json_t *customer = customer_for(call);
    if (customer == NULL) {
        return NULL;
    }
    json_t *invoice = NULL;
    if (invoice_id[0] != '\0') {
        invoice = draft_for(call, invoice_id, member(customer, "id"));
        if (invoice == NULL) {
            return NULL;
        }
    }
    return json_incref(invoiceitem_make(call, member(customer, "id"), invoice));
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "invoiceitem", call->id, "id"));
}

/* An item is fixed once its invoice is; false with a fault. *ret_invoice is its draft, or NULL. */
static bool may_change(struct call *call, json_t *item, json_t **ret_invoice) {
    json_t *invoice = world_get(call->world, member(item, "invoice"));
    *ret_invoice = invoice;
    return invoice == NULL || member_is(invoice, "status", "draft") ||
           fault_invalid(&call->world->fault, "invoice_not_editable", NULL,
                         "This invoice item is on an invoice that is no longer a draft.");
}

static void take_off(struct world *world, json_t *invoice, const char *id) {
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    for (size_t i = json_array_size(lines); i-- > 0;) {
        const json_t *line = json_array_get(lines, i);
        if (member_is(line, "parent.invoice_item_details.invoice_item", id) ||
            member_is(line, "parent.subscription_item_details.invoice_item", id)) {
            json_array_remove(lines, i);
        }
    }
    invoice_sum(world, invoice);
}

static json_t *update(struct call *call) {
    struct world *world = call->world;
    json_t *item = world_find(world, "invoiceitem", call->id, "id");
    json_t *invoice = NULL;
    if (item == NULL || !may_change(call, item, &invoice) || !invoiceitem_apply(call, item)) {
        return NULL;
    }
    if (invoice != NULL) {
        take_off(world, invoice, call->id);
        invoice_take_item(world, invoice, item);
        invoice_sum(world, invoice);
        event_updated(world, "invoice.updated", invoice);
    }
    return json_incref(item);
}

static json_t *delete (struct call *call) {
    struct world *world = call->world;
    json_t *item = world_find(world, "invoiceitem", call->id, "id");
    json_t *invoice = NULL;
    if (item == NULL || !may_change(call, item, &invoice)) {
        return NULL;
    }
    if (invoice != NULL) {
        take_off(world, invoice, call->id);
        event_updated(world, "invoice.updated", invoice);
    }
    event_emit(world, "invoiceitem.deleted", item);
    world_remove(world, item);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "invoiceitem", "deleted", 1);
}

static bool keeps(struct call *call, json_t *item) {
    json_t *pending = json_object_get(call->params, "pending");
    json_t *created = json_object_get(call->params, "created");
    struct call rest = *call;
    rest.params = json_copy(call->params);
    json_object_del(rest.params, "pending");
    json_object_del(rest.params, "created");
    if (created != NULL) {
        json_object_set(rest.params, "date", created);
    }
    bool is_pending = member(item, "invoice")[0] == '\0';
    bool is_kept =
        (pending == NULL || json_is_true(pending) == is_pending) && list_matches(&rest, item);
    json_decref(rest.params);
    return is_kept;
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {
        .type = "invoiceitem", .customer = customer[0] == '\0' ? NULL : customer, .keeps = keeps};
    return list_answer(call, &query, "/v1/invoiceitems");
}

static const struct route routes[] = {
    {"POST", "/v1/invoiceitems", create, create_params},
    {"GET", "/v1/invoiceitems", list, list_params},
    {"GET", "/v1/invoiceitems/:id", get, get_params},
    {"POST", "/v1/invoiceitems/:id", update, update_params},
    {"DELETE", "/v1/invoiceitems/:id", delete, get_params},
};
const struct route_list invoiceitem_routes = {routes, ARRAY_LEN(routes)};
