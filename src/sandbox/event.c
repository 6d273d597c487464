/* Recording events. Snapshots are copies: later changes do not reach them. */
#include "sandbox/event.h"

#include <string.h>

#include "base/json.h"
#include "sandbox/endpoint.h"
#include "sandbox/event_thin.h"

static json_t *render_value(json_t *value);

static json_t *render_array(json_t *array) {
    json_t *copy = json_array();
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_array_append_new(copy, render_value(json_array_get(array, i)));
    }
    return copy;
}

json_t *event_render(json_t *document) {
    json_t *copy = json_object();
    for (void *i = json_object_iter(document); i != NULL; i = json_object_iter_next(document, i)) {
        const char *name = json_object_iter_key(i);
        if (name[0] != '_') {
            json_object_set_new(copy, name, render_value(json_object_iter_value(i)));
        }
    }
    return copy;
}

static json_t *render_value(json_t *value) {
    if (json_is_object(value)) {
        return event_render(value);
    }
    return json_is_array(value) ? render_array(value) : json_deep_copy(value);
}

/* The members of `before` that are otherwise in `after`; arrays come whole. A new reference. */
static json_t *difference(json_t *before, json_t *after) {
    json_t *changed = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(after, name, value) {
        json_t *old = json_object_get(before, name);
        bool is_same = old != NULL && json_equal(old, value);
        if (name[0] == '_' || is_same) {
            continue;
        }
        bool are_objects = json_is_object(old) && json_is_object(value);
        json_object_set_new(changed, name,
                            are_objects   ? difference(old, value)
                            : old == NULL ? json_null()
                                          : render_value(old));
    }
    return changed;
}

static void deliver_later(struct world *world, json_t *event) {
    json_t *endpoints = world_endpoints(world);
    int64_t now_ms = world->env->wall_ms(world->env);
    for (size_t i = 0; i < json_array_size(endpoints); i++) {
        json_t *endpoint = json_array_get(endpoints, i);
        if (!endpoint_wants(endpoint, event)) {
            continue;
        }
        struct err err =
            store_delivery_add(world->store, member(event, "id"), member(endpoint, "id"), now_ms);
        if (err_failed(err)) {
            world->err = err;
            fault_internal(&world->fault);
        }
    }
}

/* Takes `previous`, which may be NULL. */
static json_t *record(struct world *world, const char *type, json_t *document, json_t *previous) {
    const char *customer = member_is(document, "object", "customer") ? member(document, "id")
                                                                     : member(document, "customer");
    if (customer[0] == '\0') {
        customer = member(document, "_customer");
    }
    json_t *event = world_add(world, "event", NULL);
    json_t *data = json_pack("{s:o}", "object", event_render(document));
    if (previous != NULL) {
        json_object_set_new(data, "previous_attributes", previous);
    }
    set_i64(event, "_recorded_at", world->env->wall_ms(world->env) / 1000);
    set_i64(event, "created", world_now(world, customer[0] == '\0' ? NULL : customer));
    json_object_set_new(event, "data", data);
    set_text(event, "type", type);
    if (strcmp(type, "invoice.created") == 0) {
        /* A draft waits until the endpoints have taken this one (invoice_time.c). */
        set_text(document, "_created_event", member(event, "id"));
    }
    json_t *request = json_object_get(event, "request");
    set_text(request, "id", world->request_id);
    set_text(request, "idempotency_key", world->request_key);
    deliver_later(world, event);
    json_object_set_new(world->shown, member(document, "id"), json_deep_copy(document));
    return event;
}

json_t *event_emit(struct world *world, const char *type, json_t *document) {
    return record(world, type, document, NULL);
}

void event_updated(struct world *world, const char *type, json_t *document) {
    json_t *before = json_object_get(world->shown, member(document, "id"));
    json_t *previous = before == NULL ? json_object() : difference(before, document);
    if (json_object_size(previous) == 0) {
        json_decref(previous);
        return;
    }
    (void)record(world, type, document, previous);
}

json_t *event_for_endpoint(json_t *event, json_t *endpoint) {
    if (member_is(endpoint, "event_payload", "thin")) {
        return event_thin(event);
    }
    json_t *shown = event_render(event);
    const char *version = member(endpoint, "api_version");
    if (version[0] != '\0') {
        set_text(shown, "api_version", version);
    }
    set_i64(shown, "pending_webhooks", 1);
    return shown;
}
