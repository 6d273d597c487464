#include "client/problem.h"

#include "base/limits.h"

enum { SENTENCE_MAX = 8 * 1024 };

static const char *status_sentence(int status) {
    switch (status) {
    case 401:
        return "The server does not accept the key";
    case 403:
        return "The server does not allow this";
    case 404:
        return "The server knows no such address";
    case 413:
        return "The server finds the request too large";
    case 503:
        return "The server has too much to do";
    default:
        return status >= 500 ? "The server failed" : "The server refused the request";
    }
}

static void add_fields(struct buf *out, const json_t *errors) {
    size_t count = json_array_size(errors);
    for (size_t i = 0; i < count && i < LIMIT_FIELD_ERRORS; i++) {
        const json_t *error = json_array_get(errors, i);
        struct str field = json_text(error, "field");
        struct str expected = json_text(error, "expected");
        if (expected.len > 0) {
            buf_printf(out, "%s" STR_FMT ": expected " STR_FMT, i == 0 ? " " : "; ", STR_ARG(field),
                       STR_ARG(expected));
        }
    }
    buf_add(out, count > 0 ? STR(".") : STR(""));
}

static void add_names(struct buf *out, struct str code, struct str request_id) {
    if (code.len == 0) {
        return;
    }
    buf_printf(out, " (" STR_FMT, STR_ARG(code));
    if (request_id.len > 0) {
        buf_printf(out, ", request " STR_FMT, STR_ARG(request_id));
    }
    buf_add_char(out, ')');
}

/* The document comes from the network and goes to a terminal, which obeys control characters. */
static void blank_controls(struct buf *out) {
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = (unsigned char)out->bytes[i];
        out->bytes[i] = c < ' ' || c == 0x7f ? ' ' : out->bytes[i];
    }
}

struct str problem_sentence(struct arena *arena, int status, const json_t *document) {
    struct str detail = json_text(document, "detail");
    if (detail.len == 0) {
        detail = json_text(document, "title");
    }
    struct buf out;
    buf_init(&out, arena->env, SENTENCE_MAX);
    if (detail.len > 0) {
        buf_add(&out, detail);
    } else {
        buf_printf(&out, "%s (status %d).", status_sentence(status), status);
    }
    add_fields(&out, json_at(document, "errors"));
    add_names(&out, json_text(document, "code"), json_text(document, "requestId"));
    blank_controls(&out);
    struct str sentence = arena_str(arena, buf_str(&out));
    buf_finish(&out);
    return sentence;
}
