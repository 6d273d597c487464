/* Recording events. A snapshot is a text, written at once: later changes do not reach it, and it is
 * delivered as it lies in the store.
 *
 * The sandbox's own members stand last in that text ("_seq" first), so that what may be shown is
 * its beginning. */
#include "sandbox/event.h"

#include <string.h>

#include "base/json.h"
#include "sandbox/endpoint.h"
#include "sandbox/event_thin.h"
#include "sandbox/render.h"

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

/* Whether two values look the same: our own members are not shown. */
static bool looks_equal(json_t *before, json_t *after);

static size_t shown_count(json_t *object) {
    size_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        count += name[0] != '_';
    }
    return count;
}

static bool objects_look_equal(json_t *before, json_t *after) {
    const char *name;
    json_t *value;
    json_object_foreach(after, name, value) {
        if (name[0] != '_' && !looks_equal(json_object_get(before, name), value)) {
            return false;
        }
    }
    return shown_count(before) == shown_count(after);
}

static bool looks_equal(json_t *before, json_t *after) {
    if (json_is_object(before) && json_is_object(after)) {
        return objects_look_equal(before, after);
    }
    if (!json_is_array(before) || !json_is_array(after)) {
        return before != NULL && json_equal(before, after);
    }
    size_t count = json_array_size(after);
    for (size_t i = 0; i < count; i++) {
        if (!looks_equal(json_array_get(before, i), json_array_get(after, i))) {
            return false;
        }
    }
    return json_array_size(before) == count;
}

/* The members of `before` that are otherwise in `after`; arrays come whole. A new reference. */
static json_t *difference(json_t *before, json_t *after) {
    json_t *changed = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(after, name, value) {
        json_t *old = json_object_get(before, name);
        if (name[0] == '_' || looks_equal(old, value)) {
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

/* How many endpoints are to be told. */
static int64_t deliver_later(struct world *world, json_t *event) {
    json_t *endpoints = world_endpoints(world);
    int64_t now_ms = world->env->wall_ms(world->env);
    int64_t count = 0;
    for (size_t i = 0; i < json_array_size(endpoints); i++) {
        json_t *endpoint = json_array_get(endpoints, i);
        if (endpoint_wants(endpoint, event)) {
            count++;
            (void)world_is_well(world, store_delivery_add(world->store, member(event, "id"),
                                                          member(endpoint, "id"), now_ms));
        }
    }
    return count;
}

static const char *customer_of(const json_t *document) {
    const char *customer = member_is(document, "object", "customer") ? member(document, "id")
                                                                     : member(document, "customer");
    return customer[0] == '\0' ? member(document, "_customer") : customer;
}

/* An event without its data and its text. Owned by the caller. */
static json_t *make(struct world *world, const char *type, const json_t *document) {
    const char *customer = customer_of(document);
    json_t *event = world_part(world, "event");
    json_t *request = json_object_get(event, "request");
    set_i64(event, "created", world_now(world, customer[0] == '\0' ? NULL : customer));
    set_text(event, "type", type);
    set_text(request, "id", world->request_id);
    set_text(request, "idempotency_key", world->request_key);
    set_i64(event, "_seq", store_next_seq(world->store));
    set_i64(event, "_recorded_at", world->env->wall_ms(world->env) / 1000);
    return event;
}

/* The text of an event whose data are the texts given; `previous` empty: none. */
static void write_text(struct buf *out, json_t *event, struct str object, struct str previous) {
    bool is_first = true;
    const char *name;
    json_t *value;
    json_object_foreach(event, name, value) {
        buf_printf(out, "%c\"%s\":", is_first ? '{' : ',', name);
        is_first = false;
        if (strcmp(name, "data") != 0) {
            render_whole(out, value);
            continue;
        }
        buf_printf(out, "{\"object\":" STR_FMT, STR_ARG(object));
        if (previous.len > 0) {
            buf_printf(out, ",\"previous_attributes\":" STR_FMT, STR_ARG(previous));
        }
        buf_add_char(out, '}');
    }
    buf_add_char(out, '}');
}

struct str event_text_shown(struct str text) {
    const struct str own = STR(",\"_seq\":");
    for (size_t at = text.len; at >= own.len; at--) {
        if (str_starts_with(str_skip(text, at - own.len), own)) {
            return str_of(text.bytes, at - own.len);
        }
    }
    return text;
}

/* Records an event of a document shown as `object`. */
static void record_text(struct world *world, json_t *event, const json_t *document,
                        struct str object, json_t *previous) {
    struct buf before, text;
    buf_init(&before, world->env, RENDER_MAX);
    buf_init(&text, world->env, RENDER_MAX);
    if (previous != NULL) {
        render_whole(&before, previous);
    }
    write_text(&text, event, object, buf_str(&before));
    if (world_is_well(world, before.has_failed || text.has_failed ? ERR(ERR_NO_MEMORY) : OK)) {
        world_put(world, event, buf_str(&text));
        world_note_shown(world, member(document, "id"), object);
    }
    buf_finish(&before);
    buf_finish(&text);
}

/* Records an event that was made; the living document is left in it. */
static void record(struct world *world, json_t *event, json_t *document, json_t *previous) {
    struct buf object;
    json_t *data = json_object_get(event, "data");
    buf_init(&object, world->env, RENDER_MAX);
    render_shown(&object, document, 0);
    json_object_set(data, "object", document);
    set_i64(event, "pending_webhooks", deliver_later(world, event));
    if (member_is(event, "type", "invoice.created")) {
        /* A draft waits until the endpoints have taken this one (invoice_time.c). */
        set_text(document, "_created_event", member(event, "id"));
    }
    if (world_is_well(world, object.has_failed ? ERR(ERR_NO_MEMORY) : OK)) {
        record_text(world, event, document, buf_str(&object), previous);
    }
    buf_finish(&object);
}

void event_emit(struct world *world, const char *type, json_t *document) {
    json_t *event = make(world, type, document);
    record(world, event, document, NULL);
    json_decref(event);
}

json_t *event_emit_thin(struct world *world, const char *type, json_t *document,
                        json_t *thin_data) {
    json_t *event = make(world, type, document);
    if (thin_data != NULL) {
        json_object_set_new(event, "_thin_data", thin_data);
    }
    record(world, event, document, NULL);
    json_t *thin = event_thin(event);
    json_decref(event);
    return thin;
}

/* How a document stood when it was last shown; NULL when it never was. */
static json_t *shown_before(struct world *world, const json_t *document) {
    const json_t *text = json_object_get(world->shown, member(document, "id"));
    json_t *before = NULL;
    if (text != NULL) {
        struct str bytes = str_of(json_string_value(text), json_string_length(text));
        (void)world_is_well(world, store_parse(bytes, &before));
    }
    return before;
}

void event_updated(struct world *world, const char *type, json_t *document) {
    json_t *before = shown_before(world, document);
    json_t *previous = before == NULL ? json_object() : difference(before, document);
    if (json_object_size(previous) > 0) {
        json_t *event = make(world, type, document);
        record(world, event, document, previous);
        json_decref(event);
    }
    json_decref(previous);
    json_decref(before);
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
