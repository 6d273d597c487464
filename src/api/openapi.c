/* The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), printed from the route table and
 * the shapes, so that it cannot say anything else than what is done. */
#include "api/list_csv.h"
#include "api/openapi_webhooks.h"
#include "api/resources.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

#define REFS "#/components/schemas/"

enum { SHAPES_MAX = 512 };

struct components {
    const struct shape *shapes[SHAPES_MAX];
    size_t count;
};

/* --- collecting what is referred to --- */

static void collect(struct components *all, const struct shape *shape);

static void collect_field(struct components *all, const struct shape_field *field) {
    if (field->kind == SHAPE_OBJECT) {
        collect(all, field->of);
    } else if (field->kind == SHAPE_LIST) {
        collect_field(all, field->item);
    }
}

static void collect(struct components *all, const struct shape *shape) {
    for (size_t i = 0; i < all->count; i++) {
        if (all->shapes[i] == shape) {
            return;
        }
    }
    check(all->count < SHAPES_MAX && shape->name != NULL);
    all->shapes[all->count++] = shape;
    for (size_t i = 0; i < shape->count; i++) {
        collect_field(all, &shape->fields[i]);
    }
}

static void collect_all(struct components *all) {
    collect(all, &problem_shape);
    for (size_t i = 0; i < route_count; i++) {
        const struct shape *own[] = {routes[i].body, routes[i].query};
        for (size_t k = 0; k < ARRAY_LEN(own); k++) {
            if (own[k] != NULL) {
                collect(all, own[k]);
            }
        }
        for (size_t k = 0; k < ROUTE_ANSWERS_MAX; k++) {
            if (routes[i].answers[k].shape != NULL) {
                collect(all, routes[i].answers[k].shape);
            }
        }
    }
}

/* --- small pieces --- */

/* {"$ref": "#/components/schemas/<name><below>"} */
static void put_ref_below(struct json_writer *out, const char *name, const char *below) {
    char ref[256];
    int len = snprintf(ref, sizeof ref, REFS "%s%s", name, below);
    check(len > 0 && (size_t)len < sizeof ref);
    json_open_object(out);
    json_member_cstr(out, "$ref", ref);
    json_close_object(out);
}

static void put_ref(struct json_writer *out, const char *name) {
    put_ref_below(out, name, "");
}

static void put_header(struct json_writer *out, const char *name, const char *description) {
    json_name(out, name);
    json_open_object(out);
    json_member_cstr(out, "description", description);
    json_name(out, "schema");
    json_put_raw(out, STR("{\"type\":\"string\"}"));
    json_close_object(out);
}

static void put_status(struct json_writer *out, int status) {
    char text[16];
    (void)snprintf(text, sizeof text, "%d", status);
    json_name(out, text);
}

/* "GET /api/billing/invoices/:id" is getApiBillingInvoicesId. */
static void put_operation_id(struct json_writer *out, const struct route *route) {
    char text[128];
    size_t len = 0;
    for (const char *c = route->method; *c != '\0'; c++) {
        text[len++] = (char)tolower((unsigned char)*c);
    }
    bool begins_word = true;
    for (const char *c = route->path; *c != '\0'; c++) {
        check(len + 1 < sizeof text);
        bool is_letter = isalnum((unsigned char)*c) != 0;
        if (is_letter) {
            text[len++] = (char)(begins_word ? toupper((unsigned char)*c) : *c);
        }
        begins_word = !is_letter;
    }
    json_member_str(out, "operationId", str_of(text, len));
}

/* "/invoices/:id" is "/invoices/{id}". */
static void template_of(const char *path, char ret_text[256]) {
    size_t len = 0;
    bool is_open = false;
    for (const char *c = path; *c != '\0'; c++) {
        check(len + 3 < 256);
        if (is_open && *c == '/') {
            ret_text[len++] = '}';
            is_open = false;
        }
        is_open = is_open || *c == ':';
        ret_text[len++] = (char)(*c == ':' ? '{' : *c);
    }
    if (is_open) {
        ret_text[len++] = '}';
    }
    ret_text[len] = '\0';
}

/* --- parameters --- */

static void put_parameter(struct json_writer *out, struct str name, const char *in,
                          const char *description, bool is_required) {
    json_open_object(out);
    json_member_str(out, "name", name);
    json_member_cstr(out, "in", in);
    json_member_cstr(out, "description", description);
    json_member_bool(out, "required", is_required);
    json_name(out, "schema");
    json_put_raw(out, STR("{\"type\":\"string\",\"minLength\":1}"));
    json_close_object(out);
}

static void put_query_parameter(struct json_writer *out, const struct shape *shape,
                                const struct shape_field *field) {
    char below[128];
    int len = snprintf(below, sizeof below, "/properties/%s", field->name);
    check(len > 0 && (size_t)len < sizeof below);
    json_open_object(out);
    json_member_cstr(out, "name", field->name);
    json_member_cstr(out, "in", "query");
    json_member_cstr(out, "description", field->doc);
    json_member_bool(out, "required", (field->flags & SHAPE_OPTIONAL) == 0);
    json_name(out, "schema");
    put_ref_below(out, shape->name, below);
    json_close_object(out);
}

static void put_path_parameters(struct json_writer *out, const char *path) {
    struct str rest = str_from_cstr(path);
    while (rest.bytes != NULL) {
        struct str segment = str_cut(&rest, '/');
        if (segment.len > 0 && segment.bytes[0] == ':') {
            put_parameter(out, str_skip(segment, 1), "path", "Which one", true);
        }
    }
}

static void put_parameters(struct json_writer *out, const struct route *route) {
    json_name(out, "parameters");
    json_open_array(out);
    put_path_parameters(out, route->path);
    for (size_t i = 0; route->query != NULL && i < route->query->count; i++) {
        put_query_parameter(out, route->query, &route->query->fields[i]);
    }
    if (route->auth == ROUTE_CUSTOMER) {
        put_parameter(out, STR("Turnpike-User"), "header",
                      "The userId of the customer; needed with a key, implied by a session", false);
    }
    if ((route->flags & ROUTE_IDEMPOTENT) != 0) {
        put_parameter(out, STR("Idempotency-Key"), "header",
                      "Chosen by the client: repeating the request with it does the work once",
                      false);
    }
    json_close_array(out);
}

/* --- the body --- */

static void put_media(struct json_writer *out, const struct route_media *media) {
    json_name(out, media->type);
    json_open_object(out);
    json_name(out, "schema");
    json_put_raw(out, str_from_cstr(media->schema));
    if (media->example != NULL) {
        json_name(out, "example");
        json_put_raw(out, str_from_cstr(media->example));
    }
    json_close_object(out);
}

static void put_request_body(struct json_writer *out, const struct route *route) {
    if (route->body == NULL && route->media == NULL) {
        return;
    }
    json_name(out, "requestBody");
    json_open_object(out);
    json_member_bool(out, "required", true);
    json_name(out, "content");
    json_open_object(out);
    for (const struct route_media *media = route->media; media != NULL && media->type != NULL;
         media++) {
        put_media(out, media);
    }
    if (route->body != NULL) {
        json_name(out, "application/json");
        json_open_object(out);
        json_name(out, "schema");
        put_ref(out, route->body->name);
        if (route->example != NULL) {
            json_name(out, "example");
            json_put_raw(out, str_from_cstr(route->example));
        }
        json_close_object(out);
    }
    json_close_object(out);
    json_close_object(out);
}

/* --- answers --- */

static bool is_first_of_status(const struct route *route, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (route->answers[i].status == route->answers[index].status) {
            return false;
        }
    }
    return route->answers[index].status != 0;
}

/* One schema, or a choice when several answers have the status. */
static void put_answer_schema(struct json_writer *out, const struct route *route, int status) {
    json_open_object(out);
    json_name(out, "anyOf");
    json_open_array(out);
    for (size_t i = 0; i < ROUTE_ANSWERS_MAX; i++) {
        if (route->answers[i].status == status && route->answers[i].shape != NULL) {
            put_ref(out, route->answers[i].shape->name);
        }
    }
    json_close_array(out);
    json_close_object(out);
}

/* --- refusals --- */

enum { CODES_MAX = 64 };

struct codes {
    int list[CODES_MAX];
    size_t count;
};

static void add_code(struct codes *codes, int problem) {
    for (size_t i = 0; i < codes->count; i++) {
        if (codes->list[i] == problem) {
            return;
        }
    }
    check(codes->count < CODES_MAX);
    codes->list[codes->count++] = problem;
}

static void add_codes(struct codes *codes, const int *problems, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add_code(codes, problems[i]);
    }
}

/* Those of the row, and those that follow from it. */
static void codes_of(const struct route *route, struct codes *ret_codes) {
    static const int of_key[] = {PROBLEM_KEY_MISSING, PROBLEM_KEY_INVALID,
                                 PROBLEM_KEY_ADDRESS_REFUSED, PROBLEM_SCOPE_MISSING};
    static const int of_customer[] = {PROBLEM_KEY_MISSING,         PROBLEM_KEY_INVALID,
                                      PROBLEM_KEY_ADDRESS_REFUSED, PROBLEM_SCOPE_MISSING,
                                      PROBLEM_SESSION_EXPIRED,     PROBLEM_CUSTOMER_REQUIRED,
                                      OUTCOME_CUSTOMER_NOT_FOUND,  OUTCOME_CUSTOMER_ERASED};
    static const int of_session[] = {PROBLEM_SESSION_MISSING, PROBLEM_SESSION_EXPIRED};
    static const int of_person[] = {PROBLEM_SESSION_EXPIRED, PROBLEM_ROLE_FORBIDDEN,
                                    PROBLEM_SECOND_FACTOR_REQUIRED};
    static const int of_body[] = {PROBLEM_MALFORMED_JSON, PROBLEM_INVALID_FIELDS,
                                  PROBLEM_CARD_NUMBER_REFUSED, PROBLEM_WRONG_CONTENT_TYPE,
                                  PROBLEM_BODY_TOO_LARGE};
    bool is_by_person = route->auth == ROUTE_SESSION || route->permission != PERMISSION_NONE;
    ret_codes->count = 0;
    if (route->auth == ROUTE_KEY) {
        add_codes(ret_codes, of_key, ARRAY_LEN(of_key));
    } else if (route->auth == ROUTE_CUSTOMER) {
        add_codes(ret_codes, of_customer, ARRAY_LEN(of_customer));
    } else if (route->auth == ROUTE_SESSION) {
        add_codes(ret_codes, of_session, ARRAY_LEN(of_session));
    }
    if (route->permission != PERMISSION_NONE) {
        add_codes(ret_codes, of_person, ARRAY_LEN(of_person));
    }
    if (route->auth == ROUTE_SESSION && (route->flags & ROUTE_PENDING) == 0) {
        add_code(ret_codes, PROBLEM_SECOND_FACTOR_REQUIRED);
    }
    if (is_by_person && route_is_mutation(route)) {
        add_code(ret_codes, PROBLEM_CROSS_SITE);
        add_code(ret_codes, PROBLEM_CSRF_TOKEN_INVALID);
    }
    if (step_up_proofs(route->step_up) != 0) {
        add_code(ret_codes, PROBLEM_STEP_UP_REQUIRED);
    }
    if ((route->auth == ROUTE_CUSTOMER || route->auth == ROUTE_SESSION) &&
        route_is_mutation(route)) {
        add_code(ret_codes, PROBLEM_READS_ONLY);
    }
    if (route_is_mutation(route) && (route->flags & ROUTE_RAW_BODY) == 0) {
        add_codes(ret_codes, of_body, ARRAY_LEN(of_body));
    }
    if ((route->flags & ROUTE_IDEMPOTENT) != 0) {
        add_code(ret_codes, PROBLEM_INVALID_IDEMPOTENCY_KEY);
    }
    if ((route->flags & ROUTE_NAVIGABLE) == 0) {
        add_code(ret_codes, PROBLEM_NOT_A_PAGE);
    }
    add_code(ret_codes, PROBLEM_MALFORMED_URL);
    if (route->media != NULL) {
        add_code(ret_codes, PROBLEM_BODY_TOO_LARGE);
    }
    add_code(ret_codes, PROBLEM_INVALID_QUERY);
    add_code(ret_codes, PROBLEM_CARD_NUMBER_REFUSED);
    add_code(ret_codes, PROBLEM_INTERNAL);
    for (size_t i = 0; i < ROUTE_PROBLEMS_MAX && route->problems[i] != 0; i++) {
        add_code(ret_codes, route->problems[i]);
    }
}

/* The codes of a status, and the document that carries them. */
static void put_problem_content(struct json_writer *out, const struct codes *codes, int status) {
    json_name(out, "x-codes");
    json_open_array(out);
    for (size_t i = 0; i < codes->count; i++) {
        if (problem_status(codes->list[i]) == status) {
            json_put_cstr(out, problem_code(codes->list[i]));
        }
    }
    json_close_array(out);
    json_name(out, "content");
    json_open_object(out);
    json_name(out, "application/problem+json");
    json_open_object(out);
    json_name(out, "schema");
    put_ref(out, problem_shape.name);
    json_close_object(out);
    json_close_object(out);
}

static void put_refusal(struct json_writer *out, const struct codes *codes, int status) {
    put_status(out, status);
    json_open_object(out);
    json_member_cstr(out, "description", "Refused: see x-codes, and the page of errors");
    put_problem_content(out, codes, status);
    json_close_object(out);
}

static void put_answer_headers(struct json_writer *out, const struct route *route, int status) {
    json_name(out, "headers");
    json_open_object(out);
    put_header(out, "X-Request-Id", "What the log has the request under");
    if ((route->flags & ROUTE_RATE_LIMIT) != 0) {
        put_header(out, "RateLimit", "What remains; on /api/usage with Turnpike-RateLimit: 1");
        put_header(out, "RateLimit-Policy", "The limit that is meant");
    }
    if (status == 303) {
        put_header(out, "Location", "Where to");
    }
    json_close_object(out);
}

/* A route may write CSV of its own. */
static bool has_own_csv(const struct route *route) {
    for (size_t i = 0; i < ROUTE_ANSWERS_MAX; i++) {
        const char *type = route->answers[i].type;
        if (type != NULL && strcmp(type, "text/csv") == 0) {
            return true;
        }
    }
    return false;
}

static void put_answer_content(struct json_writer *out, const struct route *route,
                               const struct route_answer *answer) {
    json_name(out, "content");
    json_open_object(out);
    if (answer->shape != NULL) {
        json_name(out, "application/json");
        json_open_object(out);
        json_name(out, "schema");
        put_answer_schema(out, route, answer->status);
        json_close_object(out);
    }
    if (list_csv_has(answer->shape) && !has_own_csv(route)) {
        json_name(out, "text/csv");
        json_put_raw(out, STR("{\"schema\":{\"type\":\"string\"}}"));
    }
    for (size_t i = 0; i < ROUTE_ANSWERS_MAX; i++) {
        const struct route_answer *other = &route->answers[i];
        if (other->status == answer->status && other->shape == NULL && other->type != NULL) {
            json_name(out, other->type);
            json_put_raw(out, STR("{\"schema\":{}}"));
        }
    }
    json_close_object(out);
}

/* An answer may share its status with refusals: the gate's denial and a missing scope. */
static void put_answer(struct json_writer *out, const struct route *route,
                       const struct codes *codes, const struct route_answer *answer) {
    put_status(out, answer->status);
    json_open_object(out);
    json_member_cstr(out, "description", answer->doc);
    put_answer_headers(out, route, answer->status);
    if (answer->shape != NULL || answer->type != NULL) {
        put_answer_content(out, route, answer);
    } else if (answer->status >= 400) {
        put_problem_content(out, codes, answer->status);
    }
    json_close_object(out);
}

static bool has_answer(const struct route *route, int status) {
    for (size_t i = 0; i < ROUTE_ANSWERS_MAX; i++) {
        if (route->answers[i].status == status) {
            return true;
        }
    }
    return false;
}

static void put_responses(struct json_writer *out, const struct route *route) {
    struct codes codes;
    codes_of(route, &codes);
    json_name(out, "responses");
    json_open_object(out);
    for (size_t i = 0; i < ROUTE_ANSWERS_MAX; i++) {
        if (is_first_of_status(route, i)) {
            put_answer(out, route, &codes, &route->answers[i]);
        }
    }
    for (int status = 400; status < 600; status++) {
        for (size_t i = 0; i < codes.count; i++) {
            if (problem_status(codes.list[i]) == status && !has_answer(route, status)) {
                put_refusal(out, &codes, status);
                break;
            }
        }
    }
    json_close_object(out);
}

/* --- operations --- */

static void put_security(struct json_writer *out, const struct route *route) {
    static const char *const texts[] = {
        [ROUTE_PUBLIC] = "[]",
        [ROUTE_KEY] = "[{\"key\":[]}]",
        [ROUTE_CUSTOMER] = "[{\"key\":[]},{\"session\":[]}]",
        [ROUTE_SESSION] = "[{\"session\":[]}]",
    };
    json_name(out, "security");
    json_put_raw(out, str_from_cstr(texts[route->auth]));
    if (route->permission != PERMISSION_NONE) {
        json_member_cstr(out, "x-permission", permission_name(route->permission));
    }
    if (route->step_up != STEP_UP_UNSAID) {
        json_member_cstr(out, "x-step-up", step_up_name(route->step_up));
    }
    if (route->scopes == 0) {
        return;
    }
    json_name(out, "x-scopes");
    json_open_array(out);
    for (unsigned bit = 1; bit <= SCOPE_ALL; bit <<= 1) {
        if (((route->scopes | SCOPE_ADMIN) & bit) != 0) {
            json_put_cstr(out, scope_name((enum scope)bit));
        }
    }
    json_close_array(out);
}

static void put_operation(struct json_writer *out, const struct route *route) {
    char method[8] = "";
    for (size_t i = 0; route->method[i] != '\0' && i < sizeof method - 1; i++) {
        method[i] = (char)tolower((unsigned char)route->method[i]);
    }
    json_name(out, method);
    json_open_object(out);
    put_operation_id(out, route);
    json_name(out, "tags");
    json_open_array(out);
    json_put_cstr(out, route->tag);
    json_close_array(out);
    json_member_cstr(out, "summary", route->summary);
    if (route->doc != NULL) {
        json_member_cstr(out, "description", route->doc);
    }
    put_security(out, route);
    put_parameters(out, route);
    put_request_body(out, route);
    put_responses(out, route);
    json_close_object(out);
}

static bool is_described(const struct route *route) {
    return (route->flags & ROUTE_PAGE) == 0;
}

static void put_paths(struct json_writer *out) {
    const char *open = NULL;
    json_name(out, "paths");
    json_open_object(out);
    for (size_t i = 0; i < route_count; i++) {
        if (!is_described(&routes[i])) {
            continue;
        }
        if (open == NULL || strcmp(open, routes[i].path) != 0) {
            char text[256] = "";
            template_of(routes[i].path, text);
            if (open != NULL) {
                json_close_object(out);
            }
            json_name(out, text);
            json_open_object(out);
            open = routes[i].path;
        }
        put_operation(out, &routes[i]);
    }
    if (open != NULL) {
        json_close_object(out);
    }
    json_close_object(out);
}

/* --- the whole --- */

static void put_info(struct json_writer *out, const char *version) {
    json_member_cstr(out, "openapi", "3.1.0");
    json_name(out, "info");
    json_open_object(out);
    json_member_cstr(out, "title", "Turnpike");
    json_member_cstr(out, "version", version);
    json_member_cstr(out, "description",
                     "Plans, usage, the gate and billing. Money is in minor units, instants are "
                     "RFC 3339 in UTC. Refusals are RFC 9457 problem documents.");
    json_close_object(out);
    json_name(out, "servers");
    json_put_raw(out, STR("[{\"url\":\"/\"}]"));
}

static void put_components(struct json_writer *out) {
    struct components all = {.count = 0};
    collect_all(&all);
    json_name(out, "components");
    json_open_object(out);
    json_name(out, "securitySchemes");
    json_put_raw(out, STR("{\"key\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":"
                          "\"An API key: tp_live_… or tp_test_…. Requests over the unix socket "
                          "need none.\"},\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\","
                          "\"name\":\"__Host-sid\",\"description\":\"A signed-in person\"}}"));
    json_name(out, "schemas");
    json_open_object(out);
    json_name(out, "UsageData");
    json_put_raw(out, str_from_cstr(usage_data_schema));
    for (size_t i = 0; i < all.count; i++) {
        json_name(out, all.shapes[i]->name);
        shape_schema(all.shapes[i], REFS, out);
    }
    json_close_object(out);
    json_close_object(out);
}

struct err api_openapi(struct buf *out, const char *version) {
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    put_info(&writer, version);
    put_paths(&writer);
    openapi_put_webhooks(&writer);
    put_components(&writer);
    json_close_object(&writer);
    return out->has_failed ? ERR(ERR_TOO_LARGE) : OK;
}
