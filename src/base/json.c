#include "base/json.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/json_fast.h"
#include "base/json_place.h"
#include "base/limits.h"

static void problem_set(struct json_problem *problem, struct json_place place, const char *reason) {
    problem->line = place.line;
    problem->column = place.column > 0 ? place.column : 1;
    (void)snprintf(problem->reason, sizeof problem->reason, "%s", reason);
}

/* jansson has a ceiling on depth of its own, but at 2,048, and it is recursive: deep texts are
 * turned away before it sees them. Needs no grammar, only to know what is inside a string. */
static bool is_too_deep(struct str text, struct json_place *ret_place) {
    struct json_place place = {1, 0};
    bool is_in_string = false;
    bool is_escaped = false;
    int depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.bytes[i];
        json_place_pass(&place, c);
        if (is_in_string) {
            is_in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
        } else if (c == '"') {
            is_in_string = true;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if (c == ']' || c == '}') {
            depth--;
        }
        if (depth > LIMIT_JSON_DEPTH) {
            *ret_place = place;
            return true;
        }
    }
    return false;
}

/* What the quick reader leaves, for the one that can say what is wrong. */
static json_t *read_slowly(struct str text, struct json_problem *ret_problem) {
    struct json_place place = {1, 1};
    if (is_too_deep(text, &place)) {
        problem_set(ret_problem, place, "nested too deeply");
        return NULL;
    }
    /* NUL characters are refused by jansson unless JSON_ALLOW_NUL says otherwise. */
    json_error_t error;
    json_t *value = json_loadb(text.len > 0 ? text.bytes : "", text.len,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value == NULL) {
        problem_set(ret_problem, (struct json_place){error.line, error.column}, error.text);
    }
    return value;
}

json_t *json_read(struct str text, struct json_problem *ret_problem) {
    json_t *value = json_fast_read(text.bytes, text.len, LIMIT_JSON_DEPTH);
    return value == NULL ? read_slowly(text, ret_problem) : value;
}

void json_release(json_t **value) {
    json_decref(*value);
}

const json_t *json_at(const json_t *object, const char *path) {
    struct str rest = str_from_cstr(path);
    while (object != NULL && rest.bytes != NULL) {
        struct str name = str_cut(&rest, '.');
        object = json_object_getn(object, name.bytes, name.len);
    }
    return object;
}

struct str json_text(const json_t *object, const char *path) {
    const json_t *value = json_at(object, path);
    return (struct str){json_string_value(value), json_string_length(value)};
}

int64_t json_i64(const json_t *object, const char *path, int64_t fallback) {
    const json_t *value = json_at(object, path);
    return json_is_integer(value) ? (int64_t)json_integer_value(value) : fallback;
}

bool json_flag(const json_t *object, const char *path, bool fallback) {
    const json_t *value = json_at(object, path);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}
