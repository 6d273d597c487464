/* Decoding of forms: pairs, percent-escapes, brackets. Scratch memory is the request's arena; the
 * tree is jansson's. */
#include "sandbox/form.h"

#include <stdio.h>

static bool unescape(struct arena *arena, struct str text, struct str *ret_plain) {
    char *out = arena_alloc(arena, text.len + 1);
    if (out == NULL) {
        return false;
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.bytes[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            uint8_t byte = 0;
            if (!str_unhex(str_first(str_skip(text, i + 1), 2), &byte, 1)) {
                return false;
            }
            c = (char)byte;
            i += 2;
        }
        out[len++] = c;
    }
    *ret_plain = str_of(out, len);
    return true;
}

/* The keys of one pair: "a[b][]" is a, b and the empty one. */
struct path {
    struct str keys[FORM_DEPTH];
    size_t count;
};

static bool path_split(struct str key, struct path *ret_path) {
    struct path path = {.count = 0};
    size_t open = str_find(key, '[');
    path.keys[path.count++] = str_first(key, open);
    struct str rest = str_skip(key, open);
    while (rest.len > 0) {
        size_t close = str_find(rest, ']');
        if (rest.bytes[0] != '[' || close == rest.len || path.count == FORM_DEPTH) {
            return false;
        }
        path.keys[path.count++] = str_first(str_skip(rest, 1), close - 1);
        rest = str_skip(rest, close + 1);
    }
    *ret_path = path;
    return path.keys[0].len > 0;
}

/* Whether the keys from `at` on are taken below `level`. */
static bool is_taken(struct arena *arena, json_t *level, const struct path *path, size_t at) {
    for (; at < path->count && level != NULL && path->keys[at].len > 0; at++) {
        level = json_object_get(level, arena_cstr(arena, path->keys[at]));
    }
    return level != NULL;
}

/* The name of the member that key `at` means. The empty key of `[]` is the next number; but in
 * `items[][price]=p&items[][quantity]=2` it stays with the item before until a key comes twice. */
static const char *member_name(struct arena *arena, json_t *level, const struct path *path,
                               size_t at) {
    struct str key = path->keys[at];
    size_t count = json_object_size(level);
    if (key.len > 0) {
        return arena_cstr(arena, key);
    }
    const char *last = arena_printf(arena, "%zu", count - 1).bytes;
    json_t *before = count == 0 ? NULL : json_object_get(level, last);
    bool is_same_item =
        at + 1 < path->count && json_is_object(before) && !is_taken(arena, before, path, at + 1);
    return is_same_item ? last : arena_printf(arena, "%zu", count).bytes;
}

static bool place(struct arena *arena, json_t *tree, const struct path *path, struct str value) {
    json_t *level = tree;
    for (size_t i = 0; i + 1 < path->count; i++) {
        const char *name = member_name(arena, level, path, i);
        json_t *next = json_object_get(level, name);
        if (next == NULL) {
            next = json_object();
            json_object_set_new(level, name, next);
        }
        if (!json_is_object(next)) {
            return false;
        }
        level = next;
    }
    const char *name = member_name(arena, level, path, path->count - 1);
    if (json_is_object(json_object_get(level, name))) {
        return false;
    }
    return json_object_set_new(level, name, json_stringn(value.bytes, value.len)) == 0;
}

static const char *add_pair(struct arena *arena, struct str pair, json_t *tree) {
    struct str value = pair;
    struct str raw_key = str_cut(&value, '=');
    struct str key;
    struct str plain;
    if (!unescape(arena, raw_key, &key) || !unescape(arena, value, &plain)) {
        return "The request has a broken percent-escape.";
    }
    bool has_nul = str_find(key, '\0') < key.len || str_find(plain, '\0') < plain.len;
    if (has_nul || !str_is_utf8(key) || !str_is_utf8(plain)) {
        return "The request is not valid UTF-8 text.";
    }
    struct path path;
    if (key.len > FORM_KEY || !path_split(key, &path)) {
        return "A parameter's name has brackets that do not match, or too many of them.";
    }
    if (!place(arena, tree, &path, plain)) {
        return "A parameter is given both as a value and as an object.";
    }
    return NULL;
}

bool form_decode(struct arena *arena, struct str text, json_t *tree, const char **ret_problem) {
    size_t pairs = 0;
    while (text.len > 0) {
        struct str pair = str_cut(&text, '&');
        if (pair.len == 0) {
            continue;
        }
        const char *problem = ++pairs > FORM_PAIRS ? "The request has too many parameters."
                                                   : add_pair(arena, pair, tree);
        if (problem != NULL) {
            *ret_problem = problem;
            return false;
        }
    }
    return true;
}
