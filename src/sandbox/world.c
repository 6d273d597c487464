/* The unit of work; see the header. */
#include "sandbox/world.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "sandbox/render.h"

const char *member(const json_t *object, const char *path) {
    const json_t *value = json_at(object, path);
    return json_is_string(value) ? json_string_value(value) : "";
}

int64_t member_i64(const json_t *object, const char *path) {
    return json_i64(object, path, 0);
}

bool member_is(const json_t *object, const char *path, const char *text) {
    return strcmp(member(object, path), text) == 0;
}

void set_text(json_t *object, const char *name, const char *text) {
    bool is_empty = text == NULL || text[0] == '\0';
    json_object_set_new(object, name, is_empty ? json_null() : json_string(text));
}

void set_i64(json_t *object, const char *name, int64_t value) {
    json_object_set_new(object, name, json_integer(value));
}

void set_bool(json_t *object, const char *name, bool value) {
    json_object_set_new(object, name, json_boolean(value));
}

void set_null(json_t *object, const char *name) {
    json_object_set_new(object, name, json_null());
}

void world_init(struct world *world, struct store *store, struct env *env) {
    *world = (struct world){
        .env = env,
        .store = store,
        .documents = json_object(),
        .shown = json_object(),
        .changed = json_object(),
    };
}

void world_finish(struct world *world) {
    json_decref(world->documents);
    json_decref(world->shown);
    json_decref(world->changed);
    json_decref(world->endpoints);
    fault_finish(&world->fault);
}

bool world_is_well(struct world *world, struct err err) {
    if (err_failed(err) && !err_failed(world->err)) {
        world->err = err;
        fault_internal(&world->fault);
    }
    return !err_failed(world->err);
}

bool world_begin(struct world *world) {
    return world_is_well(world, store_begin(world->store));
}

/* Who owns a document: parts that do not show their customer keep it as their own member. */
static const char *owner_of(const json_t *document) {
    const char *customer = member(document, "customer");
    return customer[0] == '\0' ? member(document, "_customer") : customer;
}

static const char *clock_of(struct world *world, const json_t *document) {
    if (member_is(document, "object", "event")) {
        return STORE_SHELF;
    }
    if (member_is(document, "object", "customer")) {
        return member(document, "test_clock");
    }
    const char *customer = owner_of(document);
    return customer[0] == '\0' ? "" : member(world_get(world, customer), "test_clock");
}

void world_put(struct world *world, const json_t *document, struct str text) {
    const struct kind *kind = kind_of_type(member(document, "object"));
    const struct store_row row = {
        .id = member(document, "id"),
        .type = kind->type,
        .customer = owner_of(document),
        .clock = clock_of(world, document),
        .seq = member_i64(document, "_seq"),
        .due_at = kind->due_at == NULL ? STORE_NEVER : kind->due_at(document),
        .text = text,
    };
    (void)world_is_well(world, store_put(world->store, &row));
}

static void write_one(struct world *world, const char *id) {
    json_t *document = json_object_get(world->documents, id);
    struct buf text;
    buf_init(&text, world->env, RENDER_MAX);
    render_whole(&text, document);
    if (world_is_well(world, text.has_failed ? ERR(ERR_NO_MEMORY) : OK)) {
        world_put(world, document, buf_str(&text));
    }
    buf_finish(&text);
}

static void write_changed(struct world *world) {
    const char *id;
    json_t *mark;
    json_object_foreach(world->changed, id, mark) {
        write_one(world, id);
    }
}

bool world_commit(struct world *world) {
    write_changed(world);
    if (err_failed(world->err)) {
        world_abandon(world);
        return false;
    }
    json_object_clear(world->changed);
    return world_is_well(world, store_commit(world->store));
}

void world_abandon(struct world *world) {
    store_rollback(world->store);
    json_object_clear(world->changed);
    json_object_clear(world->documents);
    json_object_clear(world->shown);
}

enum { LETTER_COUNT = 62, ID_LONG = 24, ID_ORDER = 8 };

/* In the order of their codes. */
static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void world_random(struct world *world, char *ret_text, int count) {
    uint8_t bytes[64];
    check(count <= (int)sizeof bytes);
    world->env->random(world->env, bytes, (size_t)count);
    for (int i = 0; i < count; i++) {
        ret_text[i] = letters[bytes[i] % LETTER_COUNT];
    }
    ret_text[count] = '\0';
}

/* Long ids begin with their place in the order of creation, as Stripe's do with the time: what is
 * made together lies together, in every index that holds the id. */
static void put_order(struct world *world, char *text) {
    int64_t rest = store_next_seq(world->store);
    text[0] = '1';
    for (int at = ID_ORDER - 1; at > 0; at--) {
        text[at] = letters[rest % LETTER_COUNT];
        rest /= LETTER_COUNT;
    }
}

json_t *world_part(struct world *world, const char *type) {
    const struct kind *kind = kind_of_type(type);
    json_t *part = kind_shape(type);
    char random[65];
    world_random(world, random, kind->random);
    if (kind->random >= ID_LONG) {
        put_order(world, random);
    }
    json_object_set_new(part, "id", json_sprintf("%s%s", kind->prefix, random));
    return part;
}

/* Takes `document`, which has its id. */
static json_t *add(struct world *world, json_t *document, const char *customer) {
    const char *id = member(document, "id");
    if (customer != NULL) {
        set_text(document, "customer", customer);
    }
    if (json_object_get(document, "created") != NULL) {
        set_i64(document, "created", world_now(world, customer));
    }
    set_i64(document, "_seq", store_next_seq(world->store));
    json_object_set_new(world->documents, id, document);
    world_touch(world, document);
    return document;
}

json_t *world_add(struct world *world, const char *type, const char *customer) {
    return add(world, world_part(world, type), customer);
}

json_t *world_add_as(struct world *world, const char *type, const char *id) {
    json_t *document = kind_shape(type);
    set_text(document, "id", id);
    return add(world, document, NULL);
}

void world_note_shown(struct world *world, const char *id, struct str text) {
    json_object_set_new(world->shown, id, json_stringn_nocheck(text.bytes, text.len));
}

/* A document from the store, kept for the others who ask; NULL when it is damaged. */
static json_t *take(struct world *world, const char *id, struct str text) {
    json_t *document = NULL;
    if (world_is_well(world, store_parse(text, &document))) {
        json_object_set_new(world->documents, id, document);
        world_note_shown(world, id, text);
    }
    return document;
}

json_t *world_get(struct world *world, const char *id) {
    json_t *document = json_object_get(world->documents, id);
    if (document != NULL || id[0] == '\0' || strlen(id) >= STORE_ID) {
        return document;
    }
    struct buf text;
    buf_init(&text, world->env, RENDER_MAX);
    if (world_is_well(world, store_get_text(world->store, id, &text)) && text.len > 0) {
        document = take(world, id, buf_str(&text));
    }
    buf_finish(&text);
    return document;
}

static bool is_in_path(const struct world *world, const char *id) {
    struct str path = str_from_cstr(world->path == NULL ? "" : world->path);
    while (path.len > 0) {
        if (str_equal(str_cut(&path, '/'), str_from_cstr(id))) {
            return true;
        }
    }
    return false;
}

bool world_missing(struct world *world, const char *noun, const char *param, const char *id) {
    bool is_first = world->fault.status == 0;
    fault_missing(&world->fault, noun, param, id);
    if (is_first && !is_in_path(world, id)) {
        world->fault.status = 400;
    }
    return false;
}

json_t *world_find(struct world *world, const char *type, const char *id, const char *param) {
    json_t *document = world_get(world, id);
    if (err_failed(world->err)) {
        return NULL;
    }
    bool is_there = document != NULL && member_is(document, "object", type) &&
                    !json_is_true(json_object_get(document, "deleted"));
    if (!is_there) {
        world_missing(world, kind_of_type(type)->noun, param, id);
        return NULL;
    }
    return document;
}

void world_touch(struct world *world, json_t *document) {
    json_object_set_new(world->changed, member(document, "id"), json_true());
}

void world_remove(struct world *world, json_t *document) {
    char id[STORE_ID];
    (void)snprintf(id, sizeof id, "%s", member(document, "id"));
    (void)world_is_well(world, store_delete(world->store, id));
    json_object_del(world->changed, id);
    json_object_del(world->shown, id);
    json_object_del(world->documents, id);
}

struct collect {
    struct world *world;
    json_t *list;
};

static struct err collect_one(void *context, const char *id, struct str text, bool *goes_on) {
    struct collect *collect = context;
    struct world *world = collect->world;
    json_t *document = json_object_get(world->documents, id);
    if (document == NULL) {
        document = take(world, id, text);
    }
    *goes_on = document != NULL;
    if (document != NULL) {
        json_array_append(collect->list, document);
    }
    return OK;
}

static json_t *collect_all(struct world *world, const char *type, const char *customer) {
    struct collect collect = {world, json_array()};
    struct store_scan scan = {.type = type,
                              .customer = customer,
                              .before = INT64_MAX,
                              .visit = collect_one,
                              .context = &collect};
    (void)world_is_well(world, store_scan(world->store, &scan));
    return collect.list;
}

/* The store must know what this world has changed so far, or the list would be of the past. */
json_t *world_list(struct world *world, const char *type, const char *customer) {
    write_changed(world);
    return collect_all(world, type, customer);
}

json_t *world_list_clock(struct world *world, const char *type, const char *clock,
                         bool is_waiting) {
    struct collect collect = {world, json_array()};
    const struct store_scan scan = {.type = type, .visit = collect_one, .context = &collect};
    write_changed(world);
    (void)world_is_well(world, store_scan_clock(world->store, clock, is_waiting, &scan));
    return collect.list;
}

json_t *world_endpoints(struct world *world) {
    if (world->endpoints == NULL) {
        json_t *destinations = collect_all(world, "v2.core.event_destination", NULL);
        world->endpoints = collect_all(world, "webhook_endpoint", NULL);
        json_array_extend(world->endpoints, destinations);
        json_decref(destinations);
    }
    return world->endpoints;
}

int64_t world_now(struct world *world, const char *customer) {
    if (world->now_s != 0) {
        return world->now_s;
    }
    const json_t *owner = customer == NULL ? NULL : world_get(world, customer);
    const char *clock = owner == NULL ? "" : member(owner, "test_clock");
    const json_t *test_clock = clock[0] == '\0' ? NULL : world_get(world, clock);
    return test_clock == NULL ? world->env->wall_ms(world->env) / 1000
                              : member_i64(test_clock, "frozen_time");
}
