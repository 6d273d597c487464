/* The members of an event, found in two ways that come to the same: from jansson's tree, which can
 * say what is wrong with a text, and straight from the text, which takes a thirtieth of the time.
 * event_read_test.c holds the two against each other. */
#include <string.h>

#include "api/event_members.h"
#include "base/json_list.h"
#include "base/limits.h"

static const struct str event_names[EVENT_MEMBERS] = {
    [EVENT_SPECVERSION] = STR_INIT("specversion"), [EVENT_ID] = STR_INIT("id"),
    [EVENT_SOURCE] = STR_INIT("source"),           [EVENT_TYPE] = STR_INIT("type"),
    [EVENT_SUBJECT] = STR_INIT("subject"),         [EVENT_TIME] = STR_INIT("time"),
    [EVENT_CONTENT] = STR_INIT("datacontenttype"), [EVENT_DATA] = STR_INIT("data"),
    [EVENT_BASE64] = STR_INIT("data_base64"),
};
static const struct str data_names[DATA_MEMBERS] = {
    [DATA_VALUE] = STR_INIT("value"),       [DATA_SET] = STR_INIT("set"),
    [DATA_REGION] = STR_INIT("region"),     [DATA_RESOURCE] = STR_INIT("resource"),
    [DATA_REVERSES] = STR_INIT("reverses"),
};

/* CloudEvents 3.1: names are lower-case ASCII letters and digits. */
static bool is_attribute_name(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.bytes[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            return false;
        }
    }
    return true;
}

/* --- from a tree --- */

/* An integer beyond 64 bits would sink the whole batch: then all numbers are read as reals, which
 * are exact up to the largest amount, so that only that event is refused. */
json_t *event_read_lenient(struct str text, struct json_problem *ret_problem) {
    json_t *json = json_read(text, ret_problem);
    if (json != NULL) {
        return json;
    }
    struct str reason = str_from_cstr(ret_problem->reason);
    bool is_number = str_starts_with(reason, STR("too big integer")) ||
                     str_starts_with(reason, STR("too big negative int"));
    return is_number
               ? json_loadb(text.bytes, text.len,
                            JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY,
                            NULL)
               : NULL;
}

static struct json_slot slot_of(const json_t *value) {
    struct json_slot slot = {.kind = JSON_SLOT_OTHER, .is_passing = true};
    if (value == NULL) {
        slot.kind = JSON_SLOT_ABSENT;
    } else if (json_is_string(value)) {
        slot.kind = JSON_SLOT_TEXT;
        slot.text = str_of(json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        slot.kind = JSON_SLOT_INTEGER;
        slot.integer = json_integer_value(value);
    } else if (json_is_real(value)) {
        slot.kind = JSON_SLOT_REAL;
        slot.real = json_real_value(value);
    } else if (json_is_object(value)) {
        slot.kind = JSON_SLOT_OBJECT;
    }
    return slot;
}

/* Fills the slots; how many of the object's members are none of the names. */
static size_t slots_of(const json_t *object, const struct str *names, size_t count,
                       struct json_slot *ret_slots) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        ret_slots[i] = slot_of(json_object_getn(object, names[i].bytes, names[i].len));
        found += ret_slots[i].kind != JSON_SLOT_ABSENT;
    }
    return json_object_size(object) - found;
}

static bool has_bad_name(const json_t *object) {
    json_t *members = (json_t *)(uintptr_t)object; /* iterating changes nothing */
    for (void *at = json_object_iter(members); at != NULL;
         at = json_object_iter_next(members, at)) {
        struct str name = {json_object_iter_key(at), json_object_iter_key_len(at)};
        /* data_base64 is a member of the JSON format and no attribute. */
        if (!is_attribute_name(name) && !str_equal(name, event_names[EVENT_BASE64])) {
            return true;
        }
    }
    return false;
}

void event_decode(struct event_context *context, const json_t *event,
                  struct usage_event *ret_event) {
    struct json_slot slots[EVENT_MEMBERS];
    struct json_slot data[DATA_MEMBERS];
    if (!json_is_object(event)) {
        *ret_event = (struct usage_event){
            .record = {.kind = USAGE_EVENT, .time = context->now},
            .code = "not_an_event",
            .detail = "This is not a JSON object.",
            .status = USAGE_REJECTED,
        };
        return;
    }
    size_t others = slots_of(event, event_names, EVENT_MEMBERS, slots);
    size_t unknown = slots_of(json_object_get(event, "data"), data_names, DATA_MEMBERS, data);
    struct event_members members = {slots, data, others > 0 && has_bad_name(event), unknown > 0};
    event_decode_members(context, &members, ret_event);
}

/* --- from the text --- */

static void decode_row(struct event_context *context, const struct json_row *row,
                       struct usage_event *ret_event) {
    struct event_members members = {row->outer, row->inner, false, false};
    for (size_t i = 0; i < row->extra_count; i++) {
        members.has_bad_name |= !is_attribute_name(row->extras[i]);
    }
    event_decode_members(context, &members, ret_event);
}

struct event_scan {
    struct event_context context;
    struct event_list list;
    size_t room;
    struct str text;
    struct json_scanner scanner;
    bool is_careful; /* all is read once more, by `items` */
    struct json_list items;
    struct json_problem problem;
    bool has_problem;
};

/* The next place of the list; NULL when no more are taken. */
static struct usage_event *next_place(struct event_scan *scan) {
    struct event_list *list = &scan->list;
    if (list->count == LIMIT_BATCH_EVENTS) {
        return NULL;
    }
    if (list->count == scan->room) {
        size_t room = 2 * scan->room;
        struct usage_event *events = arena_room(scan->context.arena, room * sizeof *events);
        if (events == NULL) {
            return NULL;
        }
        memcpy(events, list->events, list->count * sizeof *events);
        list->events = events;
        scan->room = room;
    }
    return &list->events[list->count++];
}

static bool add_row(void *context, const struct json_row *row) {
    struct event_scan *scan = context;
    struct usage_event *event = next_place(scan);
    if (event == NULL || row->raw.len == 0) {
        if (event != NULL) {
            decode_row(&scan->context, row, event);
        }
        return event != NULL;
    }
    struct json_problem problem;
    json_t *json CLEANUP(json_release) = json_read(row->raw, &problem);
    if (json != NULL) {
        event_decode(&scan->context, json, event);
    }
    return json != NULL;
}

/* An event of ours takes some two hundred bytes. */
enum { EVENT_BYTES_USUAL = 160 };

static_assert((int)EVENT_MEMBERS <= (int)JSON_SCAN_NAMES &&
                  (int)DATA_MEMBERS <= (int)JSON_SCAN_NAMES,
              "a row has room for every member");

struct event_scan *event_scan_create(struct env *env) {
    struct event_scan *scan = env_alloc(env, sizeof *scan);
    struct json_scan members = {
        .outer = event_names,
        .outer_count = EVENT_MEMBERS,
        .nested = EVENT_DATA,
        .inner = data_names,
        .inner_count = DATA_MEMBERS,
        .row = add_row,
        .context = scan,
    };
    if (scan != NULL) {
        json_scan_begin(&scan->scanner, &members, STR(""));
    }
    return scan;
}

bool event_scan_begin(struct event_scan *scan, const struct event_context *context,
                      struct str text) {
    size_t room = text.len / EVENT_BYTES_USUAL + 1;
    room = room < LIMIT_BATCH_EVENTS ? room : LIMIT_BATCH_EVENTS;
    struct usage_event *events = arena_room(context->arena, room * sizeof *events);
    scan->context = *context;
    scan->list = (struct event_list){events, 0};
    scan->room = room;
    scan->text = text;
    scan->is_careful = scan->has_problem = false;
    json_scan_again(&scan->scanner, text);
    return events != NULL;
}

struct event_scan *event_scan_keep(const struct event_scan *scan) {
    struct event_scan *kept = arena_room(scan->context.arena, sizeof *kept);
    if (kept != NULL) {
        *kept = *scan;
        kept->scanner.scan.context = kept;
    }
    return kept;
}

/* --- item by item, with a tree of each --- */

/* Read in one go: a thirtieth of a quick window, which takes about as long. */
enum { CAREFUL_BYTES = 8 * 1024 };

bool event_scan_is_list(const struct event_scan *scan) {
    return str_starts_with(str_trim(scan->text), STR("["));
}

static enum json_scanned begin_carefully(struct event_scan *scan) {
    if (!event_scan_is_list(scan)) {
        return JSON_SCANNED_LEFT;
    }
    scan->is_careful = true;
    scan->list.count = 0;
    json_list_begin(&scan->items, scan->text);
    return JSON_SCANNED_SOME;
}

static enum json_scanned next_carefully(struct event_scan *scan) {
    json_t *item CLEANUP(json_release) = NULL;
    switch (json_list_next(&scan->items, event_read_lenient, &item, &scan->problem)) {
    case JSON_LISTED_ALL:
        return JSON_SCANNED_ALL;
    case JSON_LISTED_WRONG:
        scan->has_problem = true;
        return JSON_SCANNED_LEFT;
    case JSON_LISTED_ITEM:
        break;
    }
    struct usage_event *event = next_place(scan);
    if (event == NULL) {
        return JSON_SCANNED_LEFT;
    }
    event_decode(&scan->context, item, event);
    return JSON_SCANNED_SOME;
}

static enum json_scanned step_carefully(struct event_scan *scan) {
    size_t before = scan->items.rest.len;
    enum json_scanned scanned = JSON_SCANNED_SOME;
    while (scanned == JSON_SCANNED_SOME && before - scan->items.rest.len < CAREFUL_BYTES) {
        scanned = next_carefully(scan);
    }
    return scanned;
}

/* --- either way --- */

enum json_scanned event_scan_step(struct event_scan *scan, struct event_list *ret_list) {
    enum json_scanned scanned =
        scan->is_careful ? step_carefully(scan) : json_scan_step(&scan->scanner);
    if (scanned == JSON_SCANNED_LEFT && !scan->is_careful) {
        scanned = begin_carefully(scan);
    }
    if (scanned == JSON_SCANNED_ALL) {
        *ret_list = scan->list;
    }
    return scanned;
}

struct event_list event_scan_so_far(const struct event_scan *scan) {
    return scan->list;
}

size_t event_scan_left(const struct event_scan *scan) {
    return scan->is_careful ? scan->items.rest.len : scan->scanner.rest.len;
}

const struct json_problem *event_scan_problem(const struct event_scan *scan) {
    return scan->has_problem ? &scan->problem : NULL;
}
