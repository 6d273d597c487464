/* What comes in beside the path: query, JSON body, Idempotency-Key. */
#include <string.h>

#include "api/card_numbers.h"
#include "api/media.h"
#include "api/request.h"
#include "base/url.h"
#include "core/card_number.h"

/* --- the query, as an object of its own --- */

static const struct shape_field *field_named(const struct shape *shape, struct str name) {
    for (size_t i = 0; shape != NULL && i < shape->count; i++) {
        if (str_equal(name, str_from_cstr(shape->fields[i].name))) {
            return &shape->fields[i];
        }
    }
    return NULL;
}

/* The text as the kind that its field wants; as text when it cannot be that, so that decoding
 * refuses it with what was expected. */
static json_t *query_value(const struct shape_field *field, struct str text) {
    int64_t number = 0;
    if (field != NULL && field->kind == SHAPE_I64 && str_to_i64(text, &number)) {
        return json_integer(number);
    }
    bool is_true = str_equal(text, STR("true"));
    if (field != NULL && field->kind == SHAPE_BOOL && (is_true || str_equal(text, STR("false")))) {
        return json_boolean(is_true);
    }
    return json_stringn(text.bytes, text.len);
}

/* NULL and a reply when the query cannot be read at all. */
static json_t *query_object(struct api_request *request, const struct shape *shape, struct str text,
                            struct shape_errors *errors) {
    json_t *object = json_object();
    struct url_query query = url_query_of(request->arena, text);
    struct str name;
    struct str value;
    while (object != NULL && url_query_next(&query, &name, &value)) {
        if (json_object_getn(object, name.bytes, name.len) != NULL) {
            struct str path = arena_printf(request->arena, "/" STR_FMT, STR_ARG(name));
            shape_error_add(errors, request->arena, path.bytes, "to be given once");
            continue;
        }
        json_t *member = query_value(field_named(shape, name), value);
        (void)json_object_setn_new(object, name.bytes, name.len, member);
    }
    if (object == NULL || query.is_bad) {
        json_decref(object);
        reply_problem(request, PROBLEM_MALFORMED_URL);
        return NULL;
    }
    return object;
}

static const struct shape no_fields = {.size = 1};

bool decode_query(struct api_request *request) {
    const struct shape *shape = request->route->query;
    bool is_page = (request->route->flags & ROUTE_PAGE) != 0; /* its script reads the address */
    if (is_page || request->is_forwarded || (shape == NULL && request->http->query.len == 0)) {
        return true;
    }
    shape = shape == NULL ? &no_fields : shape;
    request->query = arena_alloc(request->arena, shape->size);
    bool may_scan = request->route->scan_query != NULL && request->query != NULL;
    if (may_scan && request->route->scan_query(request->http->query, request->query)) {
        return true;
    }
    struct shape_errors *errors = ARENA_NEW(request->arena, struct shape_errors);
    if (errors == NULL || request->query == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    json_t *object CLEANUP(json_release) =
        query_object(request, request->route->query, request->http->query, errors);
    if (object == NULL || !has_no_card_number(request, shape, object)) {
        return false;
    }
    bool is_good = shape_decode(shape, object, request->arena, request->query, errors);
    if (!is_good || errors->count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_QUERY, errors);
        return false;
    }
    return true;
}

/* The errors once more, under the member that holds the query. */
static void reply_errors_under(struct api_request *request, const char *member,
                               const struct shape_errors *errors) {
    struct shape_errors *under = ARENA_NEW(request->arena, struct shape_errors);
    for (size_t i = 0; under != NULL && i < errors->count; i++) {
        struct str path =
            arena_printf(request->arena, "/%s" STR_FMT, member, STR_ARG(errors->list[i].path));
        under->list[under->count++] = (struct shape_error){path, errors->list[i].expected};
    }
    if (under == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, under);
}

bool is_query_of(struct api_request *request, const struct shape *shape, const char *member,
                 struct str text) {
    struct shape_errors *errors = ARENA_NEW(request->arena, struct shape_errors);
    void *decoded = arena_alloc(request->arena, shape->size);
    if (errors == NULL || decoded == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    json_t *object CLEANUP(json_release) = query_object(request, shape, text, errors);
    if (object == NULL || !has_no_card_number(request, shape, object)) {
        return false;
    }
    bool is_good = shape_decode(shape, object, request->arena, decoded, errors);
    if (!is_good || errors->count > 0) {
        reply_errors_under(request, member, errors);
        return false;
    }
    return true;
}

/* --- the body --- */

static bool is_json(struct api_request *request) {
    struct str type = http_header(request->http, STR("Content-Type"));
    if (media_is(type, STR("application/json"))) {
        return true;
    }
    reply_problem_detail(request, PROBLEM_WRONG_CONTENT_TYPE,
                         STR("Send the body as Content-Type: application/json, in UTF-8."));
    return false;
}

void reply_malformed_json(struct api_request *request, const struct json_problem *problem) {
    /* A reason may repeat some of the text. */
    bool tells_card = card_number_is_in(str_from_cstr(problem->reason), CARD_NUMBER_ANY);
    reply_problem_detail(request, PROBLEM_MALFORMED_JSON,
                         arena_printf(request->arena,
                                      "The body is not valid JSON: line %d, column %d: %s.",
                                      problem->line, problem->column,
                                      tells_card ? "not as expected" : problem->reason));
}

static bool decode_object(struct api_request *request, const struct shape *shape,
                          const json_t *json) {
    struct shape_errors *errors = ARENA_NEW(request->arena, struct shape_errors);
    request->body = arena_alloc(request->arena, shape->size);
    if (errors == NULL || request->body == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    if (!shape_decode(shape, json, request->arena, request->body, errors)) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, errors);
        return false;
    }
    return true;
}

bool decode_body(struct api_request *request) {
    const struct route *route = request->route;
    bool is_raw = (route->flags & ROUTE_RAW_BODY) != 0;
    struct str body = request->http->body;
    if (is_raw || (route->body == NULL && body.len == 0)) {
        return true;
    }
    if (!is_json(request)) {
        return false;
    }
    if (route->scan_body != NULL) {
        request->body = arena_alloc(request->arena, route->body->size);
        if (request->body != NULL && route->scan_body(body, request->body)) {
            return true;
        }
    }
    struct json_problem problem;
    json_t *json CLEANUP(json_release) = json_read(body, &problem);
    if (json == NULL) {
        reply_malformed_json(request, &problem);
        return false;
    }
    const struct shape *shape = route->body == NULL ? &no_fields : route->body;
    bool is_well = has_no_card_number(request, shape, json) && decode_object(request, shape, json);
    if (route->body == NULL) {
        request->body = NULL; /* {} has no members, for a handler that several routes share */
    }
    return is_well;
}

/* --- Idempotency-Key --- */

static bool is_key(struct str key) {
    bool is_good = key.len > 0 && key.len <= LIMIT_IDEMPOTENCY_KEY;
    for (size_t i = 0; is_good && i < key.len; i++) {
        is_good = key.bytes[i] > ' ' && key.bytes[i] < 0x7f;
    }
    return is_good;
}

bool decode_idempotency_key(struct api_request *request) {
    if ((request->route->flags & ROUTE_IDEMPOTENT) == 0) {
        return true;
    }
    struct str key = http_header(request->http, STR("Idempotency-Key"));
    if (key.bytes != NULL && !is_key(key)) {
        reply_problem(request, PROBLEM_INVALID_IDEMPOTENCY_KEY);
        return false;
    }
    request->idempotency_key = key.bytes == NULL ? STR("") : key;
    return true;
}
