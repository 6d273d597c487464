/* "/object/ID": an object as the API shows it, with links along its ids. "/requests/ID": what
 * became of a request. */
#include <stdio.h>
#include <string.h>

#include "sandbox/pages.h"

enum { DEPTH_MAX = 24 };

static void value(struct page_turn *turn, json_t *json, int depth);

static void indent(struct page_out *out, int depth) {
    html(out, "\n");
    for (int i = 0; i < depth; i++) {
        html(out, "  ");
    }
}

static bool looks_like_id(const char *text) {
    size_t len = strlen(text);
    return len > 6 && len < STORE_ID && strchr(text, '_') != NULL &&
           str_only(str_from_cstr(text),
                    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
}

/* What an object of this sandbox has for its id leads to it. */
static void text(struct page_turn *turn, const char *word) {
    struct page_out *out = &turn->out;
    bool is_link =
        looks_like_id(word) && strcmp(word, turn->id) != 0 && world_get(&turn->world, word) != NULL;
    html(out, "\"");
    if (is_link) {
        html(out, "<a href=\"/object/");
        html_text(out, word);
        html(out, "\">");
    }
    html_text(out, word);
    html(out, is_link ? "</a>\"" : "\"");
}

static void members(struct page_turn *turn, json_t *object, int depth) {
    struct page_out *out = &turn->out;
    const char *name;
    json_t *inner;
    bool is_first = true;
    html(out, "{");
    json_object_foreach(object, name, inner) {
        html(out, is_first ? "" : ",");
        is_first = false;
        indent(out, depth + 1);
        html(out, "\"");
        html_text(out, name);
        html(out, "\": ");
        value(turn, inner, depth + 1);
    }
    if (!is_first) {
        indent(out, depth);
    }
    html(out, "}");
}

static void items(struct page_turn *turn, json_t *array, int depth) {
    struct page_out *out = &turn->out;
    html(out, "[");
    for (size_t i = 0; i < json_array_size(array); i++) {
        html(out, i == 0 ? "" : ",");
        indent(out, depth + 1);
        value(turn, json_array_get(array, i), depth + 1);
    }
    if (json_array_size(array) > 0) {
        indent(out, depth);
    }
    html(out, "]");
}

static void value(struct page_turn *turn, json_t *json, int depth) {
    struct page_out *out = &turn->out;
    if (depth > DEPTH_MAX) {
        html(out, "…");
    } else if (json_is_object(json)) {
        members(turn, json, depth);
    } else if (json_is_array(json)) {
        items(turn, json, depth);
    } else if (json_is_string(json)) {
        text(turn, json_string_value(json));
    } else if (json_is_integer(json)) {
        buf_add_i64(&out->text, json_integer_value(json));
    } else if (json_is_real(json)) {
        buf_printf(&out->text, "%.12g", json_real_value(json));
    } else {
        html(out, json_is_null(json) ? "null" : json_is_true(json) ? "true" : "false");
    }
}

int page_object(struct page_turn *turn) {
    struct page_out *out = &turn->out;
    json_t *document = world_get(&turn->world, turn->id);
    if (document == NULL) {
        return 404;
    }
    json_t *shown = event_render(document);
    html(out, "<p class=\"soft\">");
    html_text(out, member(document, "object"));
    html(out, "</p><h1>");
    html_text(out, turn->id);
    html(out, "</h1><pre class=\"card scroll\" tabindex=\"0\" aria-label=\"As the API shows it\">");
    value(turn, shown, 0);
    html(out, "</pre>");
    json_decref(shown);
    return 200;
}

static void fact(struct page_out *out, const char *name, const char *word) {
    html(out, "<div><dt>");
    html(out, name);
    html(out, "</dt><dd>");
    html_text(out, word);
    html(out, "</dd></div>");
}

int page_request(struct page_turn *turn) {
    struct page_out *out = &turn->out;
    const struct request_note *note = request_log_find(turn->log, turn->id);
    if (note == NULL) {
        html(out,
             "<h1>This request is not remembered</h1><p class=\"lead\">The last 200 are, until "
             "the sandbox stops. <a href=\"/\">To what is in this sandbox</a></p>");
        return 200;
    }
    char status[40];
    (void)snprintf(status, sizeof status, note->status == 0 ? "closed without an answer" : "%d",
                   note->status);
    html(out, "<h1>Request ");
    html_text(out, note->id);
    html(out, "</h1><div class=\"card\"><dl class=\"facts\">");
    fact(out, "Method", note->method);
    fact(out, "Path", note->path);
    fact(out, "Status", status);
    html(out, "<div><dt>At</dt><dd>");
    html_time(out, note->at_ms / 1000);
    html(out, "</dd></div></dl></div>");
    if (note->said[0] != '\0') {
        html(out, "<p class=\"problem\">");
        html_text(out, note->said);
        html(out, "</p>");
    }
    return 200;
}
