/* Where an item ends is found without its grammar, by brackets and quotation marks; the reader
 * judges what lies between. A text in which that misleads is wrong anyhow, and jansson is then
 * asked what it says of a list that goes on like this. */
#include "base/json_list.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"

static void pass(struct json_list *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        json_place_pass(&list->place, list->rest.bytes[i]);
    }
    list->rest = str_skip(list->rest, count);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void pass_blanks(struct json_list *list) {
    while (list->rest.len > 0 && is_blank(list->rest.bytes[0])) {
        pass(list, 1);
    }
}

void json_list_begin(struct json_list *list, struct str text) {
    *list = (struct json_list){.rest = text, .place = {1, 0}, .at = JSON_LIST_FIRST};
    pass_blanks(list);
    check(str_starts_with(list->rest, STR("[")));
    pass(list, 1);
}

static bool begins_with(const struct json_list *list, char c) {
    return list->rest.len > 0 && list->rest.bytes[0] == c;
}

/* --- where an item ends --- */

/* Behind the quotation mark that closes the string at `at`, or at the text's end. */
static size_t end_of_string(struct str text, size_t at) {
    for (at++; at < text.len && text.bytes[at] != '"'; at++) {
        at += text.bytes[at] == '\\';
    }
    return at < text.len ? at + 1 : text.len;
}

static size_t end_of_word(struct str text) {
    size_t at = 0;
    while (at < text.len && !is_blank(text.bytes[at]) && text.bytes[at] != ',' &&
           text.bytes[at] != ']') {
        at++;
    }
    return at;
}

/* Behind the bracket that closes the first one; *ret_deep is where it is nested too deeply, or
 * beyond the text. */
static size_t end_of_nested(struct str text, size_t *ret_deep) {
    int depth = 1; /* the list's own */
    size_t at = 0;
    do {
        char c = text.bytes[at];
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (depth > LIMIT_JSON_DEPTH && *ret_deep == text.len) {
            *ret_deep = at;
        }
        at = c == '"' ? end_of_string(text, at) : at + 1;
    } while (at < text.len && depth > 1);
    return at;
}

static size_t end_of_item(struct str text, size_t *ret_deep) {
    *ret_deep = text.len;
    switch (text.len > 0 ? text.bytes[0] : '\0') {
    case '{':
    case '[':
        return end_of_nested(text, ret_deep);
    case '"':
        return end_of_string(text, 0);
    default:
        return end_of_word(text);
    }
}

/* --- what is wrong --- */

/* A list that stands where this one stands, and then this one's rest. */
struct feed {
    struct str parts[2];
};

static size_t take(void *buffer, size_t room, void *context) {
    struct feed *feed = context;
    struct str *part = &feed->parts[feed->parts[0].len > 0 ? 0 : 1];
    size_t len = part->len < room ? part->len : room;
    if (len > 0) {
        memcpy(buffer, part->bytes, len);
    }
    *part = str_skip(*part, len);
    return len;
}

static void say(struct json_place place, const char *reason, struct json_problem *ret_problem) {
    ret_problem->line = place.line;
    ret_problem->column = place.column > 0 ? place.column : 1;
    (void)snprintf(ret_problem->reason, sizeof ret_problem->reason, "%s", reason);
}

static enum json_listed wrong(const struct json_list *list, struct json_problem *ret_problem) {
    static const struct str stands[] = {
        [JSON_LIST_FIRST] = STR_INIT("["),
        [JSON_LIST_COMMA] = STR_INIT("[\"\""),
        [JSON_LIST_ITEM] = STR_INIT("[\"\","),
        [JSON_LIST_END] = STR_INIT("[]"),
    };
    struct feed feed = {{stands[list->at], list->rest}};
    json_error_t error = {.line = 1, .text = "unreadable"};
    json_decref(json_load_callback(take, &feed, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error));
    struct json_place place = {error.line, error.column};
    if (error.line == 1) {
        place.column += list->place.column - (int)stands[list->at].len;
    }
    place.line += list->place.line - 1;
    say(place, error.text, ret_problem);
    return JSON_LISTED_WRONG;
}

static enum json_listed too_deep(struct json_list *list, size_t at,
                                 struct json_problem *ret_problem) {
    pass(list, at + 1);
    say(list->place, "nested too deeply", ret_problem);
    return JSON_LISTED_WRONG;
}

/* --- reading --- */

static enum json_listed next_item(struct json_list *list, json_reader *read, json_t **ret_item,
                                  struct json_problem *ret_problem) {
    size_t deep = 0;
    size_t end = end_of_item(list->rest, &deep);
    if (deep < list->rest.len) {
        return too_deep(list, deep, ret_problem);
    }
    *ret_item = end == 0 ? NULL : read(str_first(list->rest, end), ret_problem);
    if (*ret_item == NULL) {
        return wrong(list, ret_problem);
    }
    pass(list, end);
    list->at = JSON_LIST_COMMA;
    return JSON_LISTED_ITEM;
}

enum json_listed json_list_next(struct json_list *list, json_reader *read, json_t **ret_item,
                                struct json_problem *ret_problem) {
    *ret_item = NULL;
    pass_blanks(list);
    if (list->at == JSON_LIST_COMMA && begins_with(list, ',')) {
        pass(list, 1);
        list->at = JSON_LIST_ITEM;
        pass_blanks(list);
    } else if (list->at != JSON_LIST_ITEM && begins_with(list, ']')) {
        pass(list, 1);
        list->at = JSON_LIST_END;
        pass_blanks(list);
        return list->rest.len == 0 ? JSON_LISTED_ALL : wrong(list, ret_problem);
    } else if (list->at == JSON_LIST_COMMA) {
        return wrong(list, ret_problem);
    }
    return next_item(list, read, ret_item, ret_problem);
}
