/* /v2/billing: usage by version 2 of the API. A single event is judged at once; a stream's are
 * taken in by the hundred under a session's token, and judged afterwards
 * (billing/subscriptions/usage-based/recording-usage-api). */
#include <stdio.h>
#include <string.h>

#include "base/rfc3339.h"
#include "sandbox/access.h"
#include "sandbox/meter.h"
#include "sandbox/resources.h"

enum { EVENTS_MAX = 100, SESSION_LIFE_S = 15 * 60 };

#define EVENT_PARAMS                                                                               \
    {.name = "event_name", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},                           \
        {.name = "payload", .kind = PARAM_MAP, .flags = PARAM_REQUIRED},                           \
        {.name = "identifier", .kind = PARAM_TEXT}, {.name = "timestamp", .kind = PARAM_TEXT}, {   \
        .name = NULL                                                                               \
    }
static const struct param event_params[] = {EVENT_PARAMS};
static const struct param stream_params[] = {
    {.name = "events", .kind = PARAM_LIST, .flags = PARAM_REQUIRED, .of = event_params},
    {.name = NULL}};
static const struct param no_params[] = {{.name = NULL}};

/* Seconds as RFC 3339; a new reference. */
static json_t *instant(int64_t at_s) {
    char text[RFC3339_SIZE];
    rfc3339_format(at_s * 1000, text);
    return json_string(text);
}

/* An event's parameters as a report; false with a fault. */
static bool read_report(struct world *world, const json_t *given, struct usage_report *ret_report) {
    const char *text = member(given, "timestamp");
    int64_t at_ms = 0;
    if (text[0] != '\0' && !rfc3339_parse(str_from_cstr(text), &at_ms)) {
        return fault_invalid(&world->fault, NULL, "timestamp",
                             "Invalid timestamp: %.40s is not RFC 3339.", text);
    }
    *ret_report = (struct usage_report){
        .event_name = member(given, "event_name"),
        .payload = json_object_get(given, "payload"),
        .identifier = member(given, "identifier"),
        .at = text[0] == '\0' ? USAGE_NOW : at_ms / 1000,
    };
    return true;
}

static json_t *create(struct call *call) {
    struct usage_report report;
    json_t *event = read_report(call->world, call->params, &report)
                        ? usage_take_or_refuse(call->world, &report)
                        : NULL;
    if (event == NULL) {
        return NULL;
    }
    return json_pack("{s:s, s:o, s:s, s:s, s:b, s:O, s:o}", "object", "v2.billing.meter_event",
                     "created", instant(member_i64(event, "created")), "event_name",
                     member(event, "event_name"), "identifier", member(event, "identifier"),
                     "livemode", 0, "payload", json_object_get(event, "payload"), "timestamp",
                     instant(member_i64(event, "timestamp")));
}

static json_t *adjust(struct call *call) {
    const json_t *event = usage_cancel(call);
    if (event == NULL) {
        return NULL;
    }
    char random[25];
    world_random(call->world, random, 24);
    return json_pack("{s:o, s:s, s:{s:s}, s:o, s:s, s:b, s:s, s:s}", "id",
                     json_sprintf("mtradj_test_%s", random), "object",
                     "v2.billing.meter_event_adjustment", "cancel", "identifier",
                     member(event, "identifier"), "created", instant(world_now(call->world, NULL)),
                     "event_name", member(event, "event_name"), "livemode", 0, "status", "complete",
                     "type", "cancel");
}

/* The token names its session, which access.c looks up. */
static json_t *open_session(struct call *call) {
    struct world *world = call->world;
    json_t *session = world_add(world, "v2.billing.meter_event_session", NULL);
    int64_t now = world_now(world, NULL);
    char random[33];
    world_random(world, random, 32);
    json_object_set_new(session, "authentication_token",
                        json_sprintf(ACCESS_STREAM_PREFIX "%s_%s",
                                     member(session, "id") + strlen(ACCESS_SESSION_PREFIX),
                                     random));
    set_i64(session, "_expires_at", now + SESSION_LIFE_S);
    json_object_set_new(session, "created", instant(now));
    json_object_set_new(session, "expires_at", instant(now + SESSION_LIFE_S));
    return json_incref(session);
}

static json_t *stream(struct call *call) {
    struct world *world = call->world;
    json_t *events = json_object_get(call->params, "events");
    json_t *wrongs = json_object();
    bool is_well = json_array_size(events) <= EVENTS_MAX ||
                   fault_invalid(&world->fault, NULL, "events",
                                 "At most %d events may be sent at once.", EVENTS_MAX);
    for (size_t i = 0; is_well && i < json_array_size(events); i++) {
        struct usage_report report;
        json_t *meter = NULL;
        json_t *event = NULL;
        is_well = read_report(world, json_array_get(events, i), &report);
        if (is_well) {
            enum usage_verdict verdict = usage_take(world, &report, &meter, &event);
            usage_report_wrong(wrongs, meter, &report, verdict);
        }
    }
    if (is_well) {
        usage_tell_wrongs(world, wrongs);
    }
    json_decref(wrongs);
    return is_well ? json_object() : NULL;
}

static const struct route routes[] = {
    {"POST", "/v2/billing/meter_events", create, event_params},
    {"POST", "/v2/billing/meter_event_adjustments", adjust, usage_cancel_params},
    {"POST", "/v2/billing/meter_event_session", open_session, no_params},
    {"POST", ACCESS_STREAM_PATH, stream, stream_params},
};
const struct route_list meter_v2_routes = {routes, ARRAY_LEN(routes)};
