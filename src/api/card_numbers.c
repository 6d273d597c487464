/* Numbers of payment cards are refused wherever people write freely, before anything of the request
 * is decoded, run, logged or audited.
 *
 * Free text is what a shape takes without saying of which characters, and whatever is in no shape
 * at all. A number that somebody else gives is refused only where a network could have issued it
 * (SHAPE_REFERENCE). Identifiers, amounts and times are not looked at, nor is the body of a handler
 * that reads it itself: usage has identifiers and figures alone. What was written is not repeated,
 * and no name of a member that is not ours is. */
#include "api/card_numbers.h"

#include "core/card_number.h"

/* Where the walk stands: a chain on the stack. */
struct place {
    const struct place *parent; /* NULL for the whole */
    const char *name;           /* of a field of ours; NULL for an item of a list */
    size_t index;
};

struct walk {
    struct arena *arena;
    enum card_number_rule rule;
    struct shape_errors errors;
};

static struct str pointer_of(struct arena *arena, const struct place *place) {
    if (place == NULL) {
        return STR("");
    }
    struct str above = pointer_of(arena, place->parent);
    return place->name == NULL ? arena_printf(arena, STR_FMT "/%zu", STR_ARG(above), place->index)
                               : arena_printf(arena, STR_FMT "/%s", STR_ARG(above), place->name);
}

/* Each place is named once. */
static bool is_told(const struct shape_errors *errors, struct str pointer) {
    return errors->count > 0 && str_equal(errors->list[errors->count - 1].path, pointer);
}

static void look_at(struct walk *walk, const struct place *place, struct str text) {
    if (walk->errors.count == LIMIT_FIELD_ERRORS || !card_number_is_in(text, walk->rule)) {
        return;
    }
    struct str pointer = pointer_of(walk->arena, place);
    if (!is_told(&walk->errors, pointer)) {
        shape_error_add(
            &walk->errors, walk->arena, pointer.len == 0 ? "" : pointer.bytes,
            "text without 13 to 19 digits that pass the check of card numbers; digits that "
            "are none may be parted with a stop");
    }
}

/* Names and texts, however deep; all of it is said to stand at `place`. */
static void walk_foreign(struct walk *walk, const struct place *place, const json_t *value) {
    size_t count = json_array_size(value);
    for (size_t i = 0; i < count; i++) {
        walk_foreign(walk, place, json_array_get(value, i));
    }
    json_t *members = (json_t *)(uintptr_t)value; /* iterating changes nothing */
    for (void *at = json_object_iter(members); at != NULL;
         at = json_object_iter_next(members, at)) {
        look_at(walk, place, str_of(json_object_iter_key(at), json_object_iter_key_len(at)));
        walk_foreign(walk, place, json_object_iter_value(at));
    }
    if (json_is_string(value)) {
        look_at(walk, place, str_of(json_string_value(value), json_string_length(value)));
    }
}

static void walk_object(struct walk *walk, const struct place *place, const struct shape *shape,
                        const json_t *value);

static void walk_field(struct walk *walk, const struct place *place,
                       const struct shape_field *field, const json_t *value) {
    switch (field->kind) {
    case SHAPE_STR:
    case SHAPE_CHARS:
        if (field->allowed == NULL && (field->flags & SHAPE_IDENTIFIER) == 0) {
            bool is_reference = (field->flags & SHAPE_REFERENCE) != 0;
            walk->rule = is_reference ? CARD_NUMBER_ISSUED : CARD_NUMBER_ANY;
            walk_foreign(walk, place, value);
            walk->rule = CARD_NUMBER_ANY;
        }
        return;
    case SHAPE_OBJECT:
        walk_object(walk, place, field->of, value);
        return;
    case SHAPE_LIST:
        for (size_t i = 0; i < json_array_size(value); i++) {
            struct place item = {.parent = place, .index = i};
            walk_field(walk, &item, field->item, json_array_get(value, i));
        }
        return;
    case SHAPE_JSON:
    case SHAPE_CUSTOM:
        walk_foreign(walk, place, value);
        return;
    case SHAPE_I64:
    case SHAPE_BOOL:
    case SHAPE_ENUM:
    case SHAPE_INSTANT:
        return; /* text in their place is refused as such, and not repeated */
    }
}

static const struct shape_field *field_named(const struct shape *shape, struct str name) {
    for (size_t i = 0; i < shape->count; i++) {
        if (str_equal(name, str_from_cstr(shape->fields[i].name))) {
            return &shape->fields[i];
        }
    }
    return NULL;
}

static void walk_object(struct walk *walk, const struct place *place, const struct shape *shape,
                        const json_t *value) {
    if (!json_is_object(value)) {
        walk_foreign(walk, place, value);
        return;
    }
    json_t *members = (json_t *)(uintptr_t)value; /* iterating changes nothing */
    for (void *at = json_object_iter(members); at != NULL;
         at = json_object_iter_next(members, at)) {
        struct str name = str_of(json_object_iter_key(at), json_object_iter_key_len(at));
        const struct shape_field *field = field_named(shape, name);
        const json_t *member = json_object_iter_value(at);
        if (field == NULL) {
            look_at(walk, place, name);
            walk_foreign(walk, place, member);
        } else {
            struct place here = {.parent = place, .name = field->name};
            walk_field(walk, &here, field, member);
        }
    }
}

bool has_no_card_number(struct api_request *request, const struct shape *shape,
                        const json_t *json) {
    struct walk walk = {.arena = request->arena, .rule = CARD_NUMBER_ANY};
    walk_object(&walk, NULL, shape, json);
    if (walk.errors.count > 0) {
        reply_field_errors(request, PROBLEM_CARD_NUMBER_REFUSED, &walk.errors);
        return false;
    }
    return true;
}

struct str request_user_agent(const struct api_request *request) {
    struct str agent = http_header(request->http, STR("User-Agent"));
    return card_number_is_in(agent, CARD_NUMBER_ANY) ? STR("") : agent;
}

/* Puts `veil` in the place of every text that has a number; true when there was one. */
static bool veil_texts(json_t *value, const json_t *veil) {
    bool has_any = false;
    for (size_t i = 0; i < json_array_size(value); i++) {
        has_any |= veil_texts(json_array_get(value, i), veil);
    }
    for (void *at = json_object_iter(value); at != NULL; at = json_object_iter_next(value, at)) {
        has_any |= veil_texts(json_object_iter_value(at), veil);
    }
    if (json_is_string(value) &&
        card_number_is_in(str_of(json_string_value(value), json_string_length(value)),
                          CARD_NUMBER_ANY)) {
        return json_string_set(value, json_string_value(veil)) == 0;
    }
    return has_any;
}

struct str without_card_numbers(struct arena *arena, json_t *json, struct str text) {
    json_t *veil CLEANUP(json_release) = json_string("(the number of a payment card)");
    if (!veil_texts(json, veil)) {
        return text;
    }
    size_t len = json_dumpb(json, NULL, 0, JSON_COMPACT);
    char *veiled = arena_alloc(arena, len);
    return veiled != NULL && json_dumpb(json, veiled, len, JSON_COMPACT) == len
               ? str_of(veiled, len)
               : STR("{}");
}
