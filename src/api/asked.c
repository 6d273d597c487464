#include "api/asked.h"

#include <string.h>

#include "app/audit.h"
#include "base/check.h"
#include "base/rfc3339.h"

struct walk {
    struct api_request *request;
    struct jcs_member members[JCS_MEMBERS_MAX];
    size_t count;
};

static struct str facts_of(struct api_request *request, const struct shape *shape,
                           const void *from);

struct str asked_veiled(struct api_request *request, struct str text) {
    char veiled[AUDIT_VEILED_SIZE];
    audit_veil(request->api->app, text, veiled);
    return arena_str(request->arena, str_from_cstr(veiled));
}

static void add(struct walk *walk, const char *name, enum jcs_kind kind, struct str text) {
    if (text.len > 0 && walk->count < JCS_MEMBERS_MAX) {
        walk->members[walk->count++] =
            (struct jcs_member){.name = name, .kind = kind, .text = text};
    }
}

static const void *at(const void *base, size_t offset) {
    return (const char *)base + offset;
}

static bool is_given(const struct shape_field *field, const void *base) {
    return field->is_set == 0 || *(const bool *)at(base, (size_t)field->is_set);
}

static struct str text_of(struct walk *walk, const struct shape_field *field, struct str text) {
    bool is_open = (field->flags & (SHAPE_PERSONAL | SHAPE_OPEN_TEXT)) != 0;
    return is_open ? asked_veiled(walk->request, text) : text;
}

static void add_whole(struct walk *walk, const char *name, int64_t value) {
    bool fits = value >= -JCS_WHOLE_MAX && value <= JCS_WHOLE_MAX;
    add(walk, name, fits ? JCS_RAW : JCS_TEXT,
        arena_printf(walk->request->arena, "%lld", (long long)value));
}

/* Of texts: `["a","b"]`; of anything else how many there are. */
static void add_list(struct walk *walk, const struct shape_field *field,
                     const struct shape_list *list) {
    if (list->count == 0 || field->item->kind != SHAPE_STR) {
        add_whole(walk, field->name, (int64_t)list->count);
        return;
    }
    struct buf out;
    struct json_writer writer;
    buf_init(&out, walk->request->api->env, LIMIT_BODY);
    json_writer_init(&writer, &out);
    json_open_array(&writer);
    for (size_t i = 0; i < list->count; i++) {
        const struct str *item = at(list->items, i * field->item_size);
        json_put_str(&writer, text_of(walk, field->item, *item));
    }
    json_close_array(&writer);
    add(walk, field->name, JCS_RAW, buf_finish_in(&out, walk->request->arena));
}

static void add_enum(struct walk *walk, const struct shape_field *field, int value) {
    if (value >= 0) {
        add(walk, field->name, JCS_TEXT, str_from_cstr(field->names[value]));
    }
}

static void add_instant(struct walk *walk, const char *name, int64_t ms) {
    char text[RFC3339_SIZE];
    if (ms >= RFC3339_FIRST_MS && ms <= RFC3339_LAST_MS) {
        rfc3339_format(ms, text);
        add(walk, name, JCS_TEXT, arena_str(walk->request->arena, str_from_cstr(text)));
    }
}

static void add_field(struct walk *walk, const struct shape_field *field, const void *base) {
    const void *member = at(base, field->offset);
    switch (field->kind) {
    case SHAPE_STR:
        add(walk, field->name, JCS_TEXT, text_of(walk, field, *(const struct str *)member));
        return;
    case SHAPE_CHARS:
        add(walk, field->name, JCS_TEXT, text_of(walk, field, str_from_cstr(member)));
        return;
    case SHAPE_I64:
        add_whole(walk, field->name, *(const int64_t *)member);
        return;
    case SHAPE_BOOL:
        add(walk, field->name, JCS_RAW, *(const bool *)member ? STR("true") : STR("false"));
        return;
    case SHAPE_ENUM:
        add_enum(walk, field, *(const int *)member);
        return;
    case SHAPE_INSTANT:
        add_instant(walk, field->name, *(const int64_t *)member);
        return;
    case SHAPE_OBJECT:
        add(walk, field->name, JCS_RAW, facts_of(walk->request, field->of, member));
        return;
    case SHAPE_LIST:
        add_list(walk, field, member);
        return;
    case SHAPE_JSON:
        add(walk, field->name, JCS_TEXT, asked_veiled(walk->request, *(const struct str *)member));
        return;
    case SHAPE_CUSTOM:
        return; /* limits of a catalogue; none is asked for in what is audited */
    }
    check(false);
}

/* What lets somebody in stands in no row, in whatever form. The words lack their first letter,
 * which may be a capital. */
static bool is_secret(const struct shape_field *field) {
    static const char *const words[] = {"assword", "oken", "ecret", "ode", "redential", "proof"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strstr(field->name, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void add_fields(struct walk *walk, const struct shape *shape, const void *from) {
    for (size_t i = 0; shape != NULL && from != NULL && i < shape->count; i++) {
        if (is_given(&shape->fields[i], from) && !is_secret(&shape->fields[i])) {
            add_field(walk, &shape->fields[i], from);
        }
    }
}

static struct str written(struct walk *walk) {
    return walk->count == 0 ? STR("") : audit_facts(&walk->request->cx, walk->members, walk->count);
}

static struct str facts_of(struct api_request *request, const struct shape *shape,
                           const void *from) {
    struct walk walk = {.request = request};
    add_fields(&walk, shape, from);
    return written(&walk);
}

/* Takes a text out of what was asked, to stand in a place of its own. */
static struct str take_out(struct walk *walk, const char *name) {
    for (size_t i = 0; i < walk->count; i++) {
        const struct jcs_member member = walk->members[i];
        if (member.kind == JCS_TEXT && str_equal(str_from_cstr(member.name), str_from_cstr(name))) {
            walk->members[i] = walk->members[--walk->count];
            return member.text;
        }
    }
    return STR("");
}

struct asked asked_of(struct api_request *request) {
    struct walk walk = {.request = request};
    struct asked asked;
    add_fields(&walk, request->route->body, request->body);
    add_fields(&walk, request->route->query, request->query);
    asked.user_id = take_out(&walk, "userId");
    asked.reason = take_out(&walk, "reason");
    asked.facts = written(&walk);
    return asked;
}
