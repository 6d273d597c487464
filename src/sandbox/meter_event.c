/* POST /v1/billing/meter_events and meter_event_adjustments, and the judgement of a report that
 * all doors share: within 35 days back and 5 minutes ahead, each identifier once.
 *
 * An event lies under an id made of its identifier, so that the same one is found at once. Stripe
 * forgets identifiers after at least 24 hours; this sandbox never does. */
#include "sandbox/meter.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "sandbox/decimal.h"
#include "sandbox/resources.h"

enum {
    BACK_S = 35 * 86400,
    AHEAD_S = 300,
    CANCEL_S = 86400,
    IDENTIFIER_RANDOM = 24,
    DIGITS_MAX = 15, /* before the point */
};
#define EVENT_PREFIX "mtrev_"

static const struct param create_params[] = {
    {.name = "event_name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "payload", .kind = PARAM_MAP, .flags = PARAM_REQUIRED},
    {.name = "identifier", .kind = PARAM_TEXT},
    {.name = "timestamp", .kind = PARAM_INTEGER},
    PARAMS_COMMON};

/* The meter of a name: the active one, else an inactive one, else NULL. */
static json_t *meter_named(struct world *world, const char *name) {
    json_t *all = world_list(world, "billing.meter", NULL);
    json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *meter = json_array_get(all, i);
        bool is_better = found == NULL || member_is(meter, "status", "active");
        found = member_is(meter, "event_name", name) && is_better ? meter : found;
    }
    json_decref(all);
    return found;
}

/* A key of the payload by its name, which may hold dots. */
static const char *payload_of(const json_t *payload, const char *key) {
    const char *text = json_string_value(json_object_get(payload, key));
    return text == NULL ? "" : text;
}

static const char *customer_key(const json_t *meter) {
    return member(meter, "customer_mapping.event_payload_key");
}

static const char *value_key(const json_t *meter) {
    return member(meter, "value_settings.event_payload_key");
}

/* What the event counts: its value, or 1 under the formula count. */
static enum usage_verdict read_value(const json_t *meter, const json_t *payload, i128 *ret_value) {
    const char *text = payload_of(payload, value_key(meter));
    bool counts = member_is(meter, "default_aggregation.formula", "count");
    if (text[0] == '\0' && counts) {
        *ret_value = DECIMAL_ONE;
        return USAGE_COUNTS;
    }
    size_t sign = text[0] == '-' ? 1 : 0;
    size_t whole = strspn(text + sign, "0123456789");
    size_t behind = text[sign + whole] == '.' ? strspn(text + sign + whole + 1, "0123456789") : 0;
    bool is_long = whole > DIGITS_MAX || behind > DECIMAL_PLACES;
    bool is_number = whole > 0 && text[sign + whole + (behind > 0 ? behind + 1 : 0)] == '\0';
    if (is_number && is_long) {
        return USAGE_VALUE_TOO_LONG;
    }
    return is_number && decimal_scale(text, DECIMAL_PLACES, ret_value) ? USAGE_COUNTS
                                                                       : USAGE_VALUE_INVALID;
}

static void event_id(const char *identifier, char ret_id[STORE_ID]) {
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256(str_from_cstr(identifier), hash);
    str_hex(hash, sizeof hash, hex);
    (void)snprintf(ret_id, STORE_ID, EVENT_PREFIX "%.*s", SHA256_HEX, hex);
}

static json_t *keep(struct world *world, const struct usage_report *report, const json_t *meter,
                    const char *customer, i128 value) {
    char random[IDENTIFIER_RANDOM + 1];
    char value_text[DECIMAL_TEXT];
    char id[STORE_ID];
    world_random(world, random, IDENTIFIER_RANDOM);
    const char *identifier = report->identifier[0] == '\0' ? random : report->identifier;
    int64_t now = world_now(world, customer);
    event_id(identifier, id);
    decimal_text(value, DECIMAL_PLACES, value_text);
    json_t *event = world_add_as(world, "billing.meter_event", id);
    set_text(event, "_customer", customer);
    set_text(event, "_value", value_text);
    set_text(event, "_meter", member(meter, "id"));
    set_i64(event, "created", now);
    set_i64(event, "timestamp", report->at == USAGE_NOW ? now : report->at);
    set_text(event, "identifier", identifier);
    set_text(event, "event_name", report->event_name);
    json_object_set_new(event, "payload", json_deep_copy(report->payload));
    return event;
}

static bool is_known(struct world *world, const char *identifier) {
    char id[STORE_ID];
    event_id(identifier, id);
    return identifier[0] != '\0' && world_get(world, id) != NULL;
}

/* The customer that the payload names, as far as there is one. */
static enum usage_verdict find_customer(struct world *world, const char *id) {
    const json_t *customer = id[0] == '\0' ? NULL : world_get(world, id);
    if (id[0] == '\0') {
        return USAGE_NO_CUSTOMER;
    }
    bool is_there = customer != NULL && member_is(customer, "object", "customer") &&
                    !json_is_true(json_object_get(customer, "deleted"));
    return is_there ? USAGE_COUNTS : USAGE_CUSTOMER_UNKNOWN;
}

static enum usage_verdict judge_time(const struct usage_report *report, int64_t now) {
    if (report->at == USAGE_NOW) {
        return USAGE_COUNTS;
    }
    return report->at < now - BACK_S    ? USAGE_TOO_OLD
           : report->at > now + AHEAD_S ? USAGE_IN_FUTURE
                                        : USAGE_COUNTS;
}

enum usage_verdict usage_take(struct world *world, const struct usage_report *report,
                              json_t **ret_meter, json_t **ret_event) {
    i128 value = 0;
    const json_t *meter = *ret_meter = meter_named(world, report->event_name);
    if (meter == NULL) {
        return USAGE_NO_METER;
    }
    if (!member_is(meter, "status", "active")) {
        return USAGE_METER_INACTIVE;
    }
    const char *customer = payload_of(report->payload, customer_key(meter));
    enum usage_verdict verdict = find_customer(world, customer);
    if (verdict == USAGE_COUNTS) {
        verdict = read_value(meter, report->payload, &value);
    }
    if (verdict == USAGE_COUNTS) {
        verdict = judge_time(report, world_now(world, customer));
    }
    if (verdict == USAGE_COUNTS && is_known(world, report->identifier)) {
        verdict = USAGE_KNOWN;
    }
    if (verdict == USAGE_COUNTS) {
        *ret_event = keep(world, report, meter, customer, value);
    }
    return verdict;
}

/* --- at once --- */

static bool refuse(struct world *world, const struct usage_report *report, const json_t *meter,
                   enum usage_verdict verdict) {
    struct fault *fault = &world->fault;
    char param[64];
    switch (verdict) {
    case USAGE_COUNTS:
    case USAGE_VERDICT_COUNT:
        break;
    case USAGE_NO_METER:
    case USAGE_METER_INACTIVE:
        return fault_invalid(fault, "resource_missing", "event_name",
                             "No active meter found for event name %.100s.", report->event_name);
    case USAGE_NO_CUSTOMER:
        (void)snprintf(param, sizeof param, "payload[%.40s]", customer_key(meter));
        return fault_invalid(fault, "parameter_missing", param, "Missing required param: %s.",
                             param);
    case USAGE_CUSTOMER_UNKNOWN:
        (void)snprintf(param, sizeof param, "payload[%.40s]", customer_key(meter));
        return world_missing(world, "customer", param,
                             payload_of(report->payload, customer_key(meter)));
    case USAGE_VALUE_INVALID:
    case USAGE_VALUE_TOO_LONG:
        (void)snprintf(param, sizeof param, "payload[%.40s]", value_key(meter));
        return fault_invalid(
            fault,
            payload_of(report->payload, value_key(meter))[0] == '\0' ? "parameter_missing" : NULL,
            param,
            "The value of a meter event must be a number with at most %d digits before and %d "
            "behind the point.",
            DIGITS_MAX, DECIMAL_PLACES);
    case USAGE_TOO_OLD:
    case USAGE_IN_FUTURE:
        return fault_invalid(fault, NULL, "timestamp",
                             "The timestamp must be within the past 35 days or up to 5 minutes in "
                             "the future.");
    case USAGE_KNOWN:
        return fault_invalid(fault, "resource_already_exists", "identifier",
                             "An event already exists with identifier %.100s.", report->identifier);
    }
    return true;
}

json_t *usage_take_or_refuse(struct world *world, const struct usage_report *report) {
    json_t *meter = NULL;
    json_t *event = NULL;
    enum usage_verdict verdict = usage_take(world, report, &meter, &event);
    return refuse(world, report, meter, verdict) ? event : NULL;
}

/* The event without the id that the sandbox gives it; Stripe's has none. */
static json_t *show(json_t *event) {
    json_t *shown = json_copy(event);
    json_object_del(shown, "id");
    return shown;
}

static json_t *create(struct call *call) {
    json_t *at = json_object_get(call->params, "timestamp");
    const struct usage_report report = {
        .event_name = param_text(call, "event_name"),
        .payload = json_object_get(call->params, "payload"),
        .identifier = param_text(call, "identifier"),
        .at = at == NULL ? USAGE_NOW : json_integer_value(at),
    };
    json_t *event = usage_take_or_refuse(call->world, &report);
    return event == NULL ? NULL : show(event);
}

/* --- taken back --- */

static const char *const adjustment_types[] = {"cancel", NULL};
static const struct param cancel[] = {
    {.name = "identifier", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
const struct param usage_cancel_params[] = {
    {.name = "cancel", .kind = PARAM_OBJECT, .flags = PARAM_REQUIRED, .of = cancel},
    {.name = "event_name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = adjustment_types},
    PARAMS_COMMON};

json_t *usage_cancel(struct call *call) {
    struct world *world = call->world;
    char id[STORE_ID];
    event_id(param_text(call, "cancel.identifier"), id);
    json_t *event = world_get(world, id);
    if (event == NULL || !member_is(event, "event_name", param_text(call, "event_name"))) {
        fault_invalid(&world->fault, "resource_missing", "cancel[identifier]",
                      "No meter event of %.60s found with identifier %.100s.",
                      param_text(call, "event_name"), param_text(call, "cancel.identifier"));
        return NULL;
    }
    bool is_late =
        member_i64(event, "created") < world_now(world, member(event, "_customer")) - CANCEL_S;
    if (is_late || json_is_true(json_object_get(event, "_is_canceled"))) {
        fault_invalid(&world->fault, NULL, "cancel[identifier]",
                      is_late ? "A meter event can only be canceled within 24 hours of being "
                                "received."
                              : "This meter event has already been canceled.");
        return NULL;
    }
    set_bool(event, "_is_canceled", true);
    world_touch(world, event);
    return event;
}

static json_t *adjust(struct call *call) {
    const json_t *event = usage_cancel(call);
    if (event == NULL) {
        return NULL;
    }
    return json_pack("{s:s, s:{s:s}, s:s, s:b, s:s, s:s}", "object",
                     "billing.meter_event_adjustment", "cancel", "identifier",
                     member(event, "identifier"), "event_name", member(event, "event_name"),
                     "livemode", 0, "status", "complete", "type", "cancel");
}

static const struct route routes[] = {
    {"POST", "/v1/billing/meter_events", create, create_params},
    {"POST", "/v1/billing/meter_event_adjustments", adjust, usage_cancel_params},
};
const struct route_list meter_event_routes = {routes, ARRAY_LEN(routes)};
