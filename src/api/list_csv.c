#include "api/list_csv.h"

#include <string.h>

#include "api/accept.h"
#include "api/shapes.h"
#include "base/check.h"
#include "base/shape_csv.h"

/* --- money --- */

static void put_money(struct csv_line *line, const void *value) {
    const struct money *money = value;
    char bytes[MONEY_DECIMAL_MAX + 1];
    struct text text;
    csv_line_i64(line, money->minor);
    text_init(&text, bytes, sizeof bytes);
    money_decimal(&text, *money);
    csv_line_number(line, str_of(bytes, text.len));
    csv_line_text(line, str_from_cstr(money->currency.code));
}

static const char *const money_endings[] = {".minor", ".amount", ".currency", NULL};
static const struct csv_object money_object = {&money_shape, money_endings, 3, put_money};

/* --- which answers are lists --- */

static const struct shape_field *field_of(const struct shape *shape, const char *name) {
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->fields[i].name, name) == 0) {
            return &shape->fields[i];
        }
    }
    return NULL;
}

/* What is told besides has its own names: the list of an answer is the first of these. */
static const struct shape_field *list_of(const struct shape *shape) {
    static const char *const names[] = {"data", "checks", "history", "items", "kinds"};
    for (size_t i = 0; shape != NULL && i < ARRAY_LEN(names); i++) {
        const struct shape_field *field = field_of(shape, names[i]);
        if (field != NULL && field->kind == SHAPE_LIST && field->item->kind == SHAPE_OBJECT) {
            return field;
        }
    }
    return NULL;
}

bool list_csv_has(const struct shape *shape) {
    return list_of(shape) != NULL;
}

bool list_csv_is_wanted(const struct api_request *request, const struct shape *shape) {
    return list_csv_has(shape) && accept_names(request->http, STR("Accept"), STR("text/csv"));
}

/* --- the answer --- */

/* The address of the next page: this one, with another cursor. */
static struct str next_link(struct api_request *request, struct str cursor) {
    struct str rest = request->http->query;
    struct str kept = STR("");
    while (rest.len > 0) {
        struct str parameter = str_cut(&rest, '&');
        if (!str_starts_with(parameter, STR("cursor="))) {
            kept = arena_printf(request->arena, STR_FMT STR_FMT "&", STR_ARG(kept),
                                STR_ARG(parameter));
        }
    }
    return arena_printf(request->arena, "<" STR_FMT "?" STR_FMT "cursor=" STR_FMT ">; rel=\"next\"",
                        STR_ARG(request->http->path), STR_ARG(kept), STR_ARG(cursor));
}

static struct str cursor_of(const struct shape *shape, const void *page) {
    const struct shape_field *field = field_of(shape, "nextCursor");
    bool has_one = field != NULL && field->kind == SHAPE_STR;
    return has_one ? *(const struct str *)((const char *)page + field->offset) : STR("");
}

void list_csv_send(struct api_request *request, struct str text, struct str cursor) {
    struct http_response response = {.status = 200, .body = text};
    http_add_header(&response, STR("Content-Type"), STR("text/csv; charset=utf-8; header=present"));
    http_add_header(&response, STR("Vary"), STR("Accept"));
    if (cursor.len > 0) {
        http_add_header(&response, STR("Link"), next_link(request, cursor));
    }
    reply_response(request, &response);
}

void list_csv_reply(struct api_request *request, const struct shape *shape, const void *page) {
    const struct shape_field *data = list_of(shape);
    check(data != NULL);
    const struct shape_list *list = (const void *)((const char *)page + data->offset);
    struct str cursor = cursor_of(shape, page);
    struct buf out CLEANUP(buf_finish);
    buf_init(&out, request->api->env, LIMIT_REQUEST_ARENA);
    shape_csv_names(data->item->of, &money_object, &out);
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * data->item_size;
        shape_csv_values(data->item->of, &money_object, item + data->item->offset, &out);
    }
    if (out.has_failed || arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    list_csv_send(request, buf_str(&out), cursor);
}
