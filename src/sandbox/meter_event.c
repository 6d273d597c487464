/* POST /v1/billing/meter_events, and what events come to: within 35 days back and 5 minutes ahead,
 * each identifier once. Values are whole numbers here. */
#include "sandbox/meter.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "sandbox/currency.h"
#include "sandbox/resources.h"

enum { BACK_S = 35 * 86400, AHEAD_S = 300, IDENTIFIER_RANDOM = 24 };
/* So that every sum of a period, times a unit amount, fits. */
#define VALUE_MAX INT64_C(1000000000)

static const struct param create_params[] = {
    {.name = "event_name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "payload", .kind = PARAM_MAP, .flags = PARAM_REQUIRED},
    {.name = "identifier", .kind = PARAM_TEXT},
    {.name = "timestamp", .kind = PARAM_INTEGER},
    PARAMS_COMMON};

static json_t *active_meter(struct world *world, const char *name) {
    json_t *all = world_list(world, "billing.meter", NULL);
    json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(all) && found == NULL; i++) {
        json_t *meter = json_array_get(all, i);
        found = member_is(meter, "event_name", name) && member_is(meter, "status", "active") ? meter
                                                                                             : NULL;
    }
    json_decref(all);
    if (found == NULL) {
        fault_invalid(&world->fault, "resource_missing", "event_name",
                      "No active meter found for event name %.100s.", name);
    }
    return found;
}

/* A key of the payload by its name, which may hold dots. */
static const char *payload_of(const json_t *payload, const char *key) {
    const char *text = json_string_value(json_object_get(payload, key));
    return text == NULL ? "" : text;
}

/* What the event counts: its value, or 1 under the formula count. False with a fault. */
static bool read_value(struct call *call, const json_t *meter, int64_t *ret_value) {
    const char *key = member(meter, "value_settings.event_payload_key");
    const char *text = payload_of(json_object_get(call->params, "payload"), key);
    char param[64];
    (void)snprintf(param, sizeof param, "payload[%.40s]", key);
    if (text[0] == '\0' && member_is(meter, "default_aggregation.formula", "count")) {
        *ret_value = 1;
        return true;
    }
    return (str_to_i64(str_from_cstr(text), ret_value) && *ret_value >= -VALUE_MAX &&
            *ret_value <= VALUE_MAX) ||
           fault_invalid(&call->world->fault, text[0] == '\0' ? "parameter_missing" : NULL, param,
                         "The value of a meter event must be a whole number, at most %lld.",
                         (long long)VALUE_MAX);
}

static bool is_new(struct world *world, const char *customer, const char *identifier) {
    json_t *all = world_list(world, "billing.meter_event", customer);
    bool is_known = false;
    for (size_t i = 0; i < json_array_size(all); i++) {
        is_known = is_known || member_is(json_array_get(all, i), "identifier", identifier);
    }
    json_decref(all);
    return !is_known ||
           fault_invalid(&world->fault, "resource_already_exists", "identifier",
                         "An event already exists with identifier %.100s.", identifier);
}

static bool is_timely(struct call *call, int64_t at, int64_t now) {
    return (at >= now - BACK_S && at <= now + AHEAD_S) ||
           fault_invalid(&call->world->fault, NULL, "timestamp",
                         "The timestamp must be within the past 35 days or up to 5 minutes in the "
                         "future.");
}

/* The event without the id that the sandbox gives it; Stripe's has none. */
static json_t *show(json_t *event) {
    json_t *shown = json_copy(event);
    json_object_del(shown, "id");
    return shown;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *meter = active_meter(world, param_text(call, "event_name"));
    if (meter == NULL) {
        return NULL;
    }
    const char *key = member(meter, "customer_mapping.event_payload_key");
    char param[64];
    (void)snprintf(param, sizeof param, "payload[%.40s]", key);
    const json_t *customer = world_find(
        world, "customer", payload_of(json_object_get(call->params, "payload"), key), param);
    int64_t value = 0;
    if (customer == NULL || !read_value(call, meter, &value)) {
        return NULL;
    }
    const char *id = member(customer, "id");
    int64_t now = world_now(world, id);
    json_t *given = json_object_get(call->params, "timestamp");
    int64_t at = given == NULL ? now : json_integer_value(given);
    char random[IDENTIFIER_RANDOM + 1];
    world_random(world, random, IDENTIFIER_RANDOM);
    const char *identifier = param_text(call, "identifier");
    bool is_well =
        is_timely(call, at, now) && (identifier[0] == '\0' || is_new(world, id, identifier));
    if (!is_well) {
        return NULL;
    }
    json_t *event = world_add(world, "billing.meter_event", NULL);
    set_text(event, "_customer", id);
    set_i64(event, "created", now);
    set_i64(event, "timestamp", at);
    set_i64(event, "_value", value);
    set_text(event, "_meter", member(meter, "id"));
    set_text(event, "identifier", identifier[0] == '\0' ? random : identifier);
    copy_params(event, call->params, (const char *const[]){"event_name", "payload", NULL});
    return show(event);
}

int64_t meter_usage(struct world *world, const json_t *meter, const char *customer,
                    struct period period) {
    json_t *all = world_list(world, "billing.meter_event", customer);
    bool takes_last = member_is(meter, "default_aggregation.formula", "last");
    bool counts = member_is(meter, "default_aggregation.formula", "count");
    int64_t usage = 0;
    int64_t latest = INT64_MIN;
    for (size_t i = json_array_size(all); i-- > 0;) {
        const json_t *event = json_array_get(all, i);
        int64_t at = member_i64(event, "timestamp");
        int64_t value = member_i64(event, "_value");
        if (!member_is(event, "_meter", member(meter, "id")) || at < period.start ||
            at >= period.end) {
            continue;
        }
        usage = !takes_last ? usage + (counts ? 1 : value) : at >= latest ? value : usage;
        latest = at > latest ? at : latest;
    }
    json_decref(all);
    return usage;
}

enum { TEXT_SIZE = 256 };

/* The line of a metered item for a period; its words lie in `text`. */
static struct line usage_line(struct world *world, const char *customer, json_t *item,
                              struct period period, char text[TEXT_SIZE]) {
    json_t *price = json_object_get(item, "price");
    const json_t *meter = world_get(world, member(price, "recurring.meter"));
    const json_t *product = world_get(world, member(price, "product"));
    int64_t usage = meter_usage(world, meter, customer, period);
    char unit[40];
    usage = usage < 0 ? 0 : usage;
    currency_text(member(price, "currency"), member_i64(price, "unit_amount"), unit, sizeof unit);
    (void)snprintf(text, TEXT_SIZE, "%lld × %.120s (at %s / %s)", (long long)usage,
                   product == NULL ? "item" : member(product, "name"), unit,
                   member(price, "recurring.interval"));
    return (struct line){
        .amount = price_amount(price, usage),
        .period = period,
        .price = price,
        .quantity = usage,
        .description = text,
        .item = member(item, "id"),
        .tax_rates = json_object_get(item, "tax_rates"),
        .discounts = json_object_get(item, "discounts"),
    };
}

void meter_bill_item(struct world *world, json_t *invoice, json_t *item, struct period period) {
    char text[TEXT_SIZE];
    const struct line line = usage_line(world, member(invoice, "customer"), item, period, text);
    invoice_add_line(world, invoice, &line);
}

void meter_wait_item(struct world *world, json_t *subscription, json_t *item,
                     struct period period) {
    char text[TEXT_SIZE];
    const struct line line =
        usage_line(world, member(subscription, "customer"), item, period, text);
    if (line.quantity > 0) {
        sandbox_pending_add(world, subscription, &line);
    }
}

static const struct route routes[] = {
    {"POST", "/v1/billing/meter_events", create, create_params},
};
const struct route_list meter_event_routes = {routes, ARRAY_LEN(routes)};
