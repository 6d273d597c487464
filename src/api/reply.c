/* Answers. Every one carries X-Request-Id and the header fields of its kind (headers.h). */
#include "api/act.h"
#include "api/list_csv.h"

#include "base/check.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/put.h"

static struct buf answer_buf(const struct api_request *request) {
    struct buf out;
    buf_init(&out, request->api->env, LIMIT_REQUEST_ARENA);
    return out;
}

/* Header lines that every answer has: its id, and what protects it. */
struct common_lines {
    char text[96 + HEADERS_LINES_MAX];
};

static struct str put_common(struct common_lines *lines, const struct api_request *request,
                             enum header_kind kind) {
    const struct api *api = request->api;
    char *at = put_str(lines->text, STR("X-Request-Id: "));
    at = put_str(at, str_from_cstr(request->cx.request_id));
    at = put_str(at, STR("\r\n"));
    at = put_str(at, buf_str(&api->headers[kind]));
    at = request->origin.is_secure || api->is_behind_tls ? put_str(at, HSTS_LINE) : at;
    size_t len = (size_t)(at - lines->text);
    check(len <= sizeof lines->text);
    return str_of(lines->text, len);
}

void reply_as(struct api_request *request, enum header_kind kind, struct http_response *response) {
    struct api *api = request->api;
    struct common_lines common;
    response->more_lines = put_common(&common, request, kind);
    size_t route = request->route == NULL ? route_count : (size_t)(request->route - routes);
    stats_count(api->stats, route, response->status,
                api->env->mono_ns(api->env) - request->http->received_ns);
    http_respond(request->exchange, response);
}

void reply_response(struct api_request *request, struct http_response *response) {
    reply_as(request, HEADERS_API, response);
}

void reply_json(struct api_request *request, int status, struct str json) {
    struct http_response response = {.status = status, .body = json, .lines = JSON_LINE};
    reply_response(request, &response);
}

void reply_empty(struct api_request *request, int status) {
    reply_response(request, &(struct http_response){.status = status});
}

void reply_redirect(struct api_request *request, struct str location) {
    struct http_response response = {.status = 303};
    http_add_header(&response, STR("Location"), location);
    reply_as(request, HEADERS_REDIRECT, &response);
}

void reply_value(struct api_request *request, int status, const struct shape *shape,
                 const void *value) {
    if (status == 200 && list_csv_is_wanted(request, shape)) {
        list_csv_reply(request, shape, value);
        return;
    }
    struct buf out CLEANUP(buf_finish) = answer_buf(request);
    struct json_writer writer;
    json_writer_init(&writer, &out);
    shape_encode(shape, value, &writer);
    if (out.has_failed || arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    reply_json(request, status, buf_str(&out));
}

/* If-None-Match is a list; a weak tag of the same bytes is as good (RFC 9110, 13.1.2). */
static bool client_has(const struct api_request *request, struct str etag) {
    struct str rest = http_header(request->http, STR("If-None-Match"));
    while (rest.len > 0) {
        struct str tag = str_trim(str_cut(&rest, ','));
        tag = str_starts_with(tag, STR("W/")) ? str_skip(tag, 2) : tag;
        if (str_equal(tag, etag) || str_equal(tag, STR("*"))) {
            return true;
        }
    }
    return false;
}

void reply_cacheable(struct api_request *request, struct str json, struct str etag) {
    bool is_known = client_has(request, etag);
    struct http_response response = {.status = is_known ? 304 : 200,
                                     .body = is_known ? STR("") : json};
    http_add_header(&response, STR("Content-Type"), STR("application/json"));
    http_add_header(&response, STR("ETag"), etag);
    reply_as(request, HEADERS_TAGGED, &response);
}

/* --- refusals --- */

/* Who was turned away by the crowd does not come back with all of it. */
static struct str retry_after(struct api_request *request,
                              const struct problem_document *document) {
    uint8_t random = 0;
    if (str_equal(document->code, STR("ingestion_paused"))) {
        return STR("30"); /* somebody is at work */
    }
    if (str_equal(document->code, STR("store_busy"))) {
        request->api->env->random(request->api->env, &random, sizeof random);
    }
    return arena_printf(request->arena, "%d", 1 + random % 3);
}

/* What RFC 9110 (11.6.1, 10.2.3) wants beside some statuses. */
static void add_problem_headers(struct api_request *request, struct http_response *response,
                                const struct problem_document *document) {
    int64_t status = document->status;
    if (status == 401) {
        http_add_header(response, STR("WWW-Authenticate"), STR("Bearer realm=\"turnpike\""));
    }
    if (document->content_range.len > 0) {
        http_add_header(response, STR("Content-Range"), document->content_range);
    }
    if (status == 429 || status == 503 || status == 504) {
        http_add_header(response, STR("Retry-After"), retry_after(request, document));
    }
}

void reply_document(struct api_request *request, const struct problem_document *document) {
    struct problem_document whole = *document;
    if (whole.status == 403 || whole.asks_proof) {
        act_refused(request, &whole);
    }
    whole.request_id = str_from_cstr(request->cx.request_id);
    struct buf out CLEANUP(buf_finish) = answer_buf(request);
    struct json_writer writer;
    json_writer_init(&writer, &out);
    shape_encode(&problem_shape, &whole, &writer);
    struct http_response response = {.status = (int)whole.status, .body = buf_str(&out)};
    http_add_header(&response, STR("Content-Type"), STR("application/problem+json"));
    add_problem_headers(request, &response, &whole);
    if (str_equal(whole.code, STR("method_not_allowed"))) {
        http_add_header(&response, STR("Allow"), route_allow(request->arena, request->http->path));
    }
    reply_response(request, &response);
}

void reply_problem_detail(struct api_request *request, int problem, struct str detail) {
    struct problem_document document = problem_document_of(request->arena, problem, detail);
    reply_document(request, &document);
}

void reply_problem(struct api_request *request, int problem) {
    reply_problem_detail(request, problem, STR(""));
}

void reply_field_errors(struct api_request *request, int problem,
                        const struct shape_errors *errors) {
    struct problem_document document = problem_document_of(request->arena, problem, STR(""));
    problem_add_errors(request->arena, errors, &document);
    reply_document(request, &document);
}

bool check_email(struct api_request *request, const char *path, struct str email) {
    struct shape_errors errors = {.count = 0};
    if (mail_address_is_valid(email)) {
        return true;
    }
    shape_error_add(&errors, request->arena, path, "an address: ada@example.com");
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    return false;
}

bool check_name(struct api_request *request, const char *path, struct str name,
                size_t characters_max) {
    struct shape_errors errors = {.count = 0};
    if (str_characters(name) <= characters_max && str_trim(name).len > 0) {
        return true;
    }
    shape_error_add(
        &errors, request->arena, path,
        arena_printf(request->arena, "1 to %zu characters, not blanks alone", characters_max)
            .bytes);
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    return false;
}

bool reply_if_failed(struct api_request *request, struct err err) {
    if (!err_failed(err)) {
        return false;
    }
    log_event(request->api->env, LOG_ERROR, "api.failed",
              "request=%s err=%s at=%s:%d detail=\"%s\"", request->cx.request_id,
              err_name(err.code), err.file, err.line, request->cx.detail);
    reply_problem(request, PROBLEM_INTERNAL);
    return true;
}

/* --- for handlers --- */

struct tx request_read(struct api_request *request) {
    return app_read(request->api->app, &request->cx);
}

struct str request_host(const struct api_request *request) {
    struct str host = request->origin.host;
    return host.bytes != NULL ? host : http_header(request->http, STR("Host"));
}

struct instant request_now(const struct api_request *request) {
    return app_now(request->api->app);
}

struct str text_or_null(struct str text) {
    return text.len > 0 ? text : (struct str){NULL, 0};
}
