#include "sandbox/v2.h"

#include <stdio.h>

#include "base/limits.h"

bool v2_is_path(struct str path) {
    return str_starts_with(path, STR("/v2/"));
}

static json_t *as_form(json_t *value, int depth);

static json_t *members_as_form(json_t *value, int depth) {
    json_t *level = json_object();
    const char *key;
    json_t *inner;
    json_object_foreach(value, key, inner) {
        json_object_set_new(level, key, as_form(inner, depth + 1));
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        json_object_set_new(level, name, as_form(json_array_get(value, i), depth + 1));
    }
    return level;
}

/* A new reference. Null unsets, as the empty text does in a form. */
static json_t *as_form(json_t *value, int depth) {
    if (json_is_object(value) || json_is_array(value)) {
        return depth < LIMIT_JSON_DEPTH ? members_as_form(value, depth) : json_string("");
    }
    if (json_is_integer(value)) {
        return json_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
    if (json_is_boolean(value)) {
        return json_string(json_is_true(value) ? "true" : "false");
    }
    return json_is_string(value) ? json_incref(value) : json_string("");
}

bool v2_read_body(struct str body, json_t *tree, struct fault *fault) {
    if (body.len == 0) {
        return true;
    }
    json_t *read = json_loadb(body.bytes, body.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(read)) {
        json_decref(read);
        return fault_invalid(fault, NULL, NULL, "The request body is not a JSON object.");
    }
    json_t *form = as_form(read, 0);
    json_object_update(tree, form);
    json_decref(form);
    json_decref(read);
    return true;
}
