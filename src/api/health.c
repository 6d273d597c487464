/* For those who run the server: is it alive, is it ready, what are its figures, what does it speak.
 */
#include "api/resources.h"

#include <stdio.h>

#include "base/crypto.h"

struct health_out {
    struct str status;
};

static const struct shape_field health_fields[] = {
    {"status", "ok", SHAPE_STR, .offset = offsetof(struct health_out, status), .max = 16},
};
const struct shape health_shape =
    SHAPE("Health", "How the server is", struct health_out, health_fields);

void health_live(struct api_request *request) {
    reply_value(request, 200, &health_shape, &(struct health_out){STR("ok")});
}

/* --- ready, and what needs a person all the same --- */

enum { WARNINGS_MAX = 3 };

struct readiness_out {
    struct str status;
    struct shape_list warnings; /* struct str */
};
static const struct shape_field warning_item = {.kind = SHAPE_STR, .max = 32};
#define AT(member) offsetof(struct readiness_out, member)
static const struct shape_field readiness_fields[] = {
    {"status", "ok", SHAPE_STR, .offset = AT(status), .max = 16},
    {"warnings",
     "What needs a person: customers_parked (/api/admin/parked), charging_frozen "
     "(/api/admin/charging), privacy_overdue (/api/admin/privacy-requests)",
     SHAPE_LIST, .offset = AT(warnings), .max = WARNINGS_MAX, .item = &warning_item,
     .item_size = sizeof(struct str)},
};
#undef AT
const struct shape readiness_shape =
    SHAPE("Readiness", "Whether requests may be sent", struct readiness_out, readiness_fields);

static struct shape_list warnings_of(struct api_request *request) {
    const struct api_surroundings *around = &request->api->options.surroundings;
    struct str *words = arena_array(request->arena, WARNINGS_MAX, sizeof *words);
    struct api_warnings warnings = {.customers_parked = false};
    struct shape_list list = {words, 0};
    if (around->warnings == NULL || words == NULL) {
        return list;
    }
    around->warnings(around->context, &warnings);
    if (warnings.customers_parked) {
        words[list.count++] = STR("customers_parked");
    }
    if (warnings.charging_frozen) {
        words[list.count++] = STR("charging_frozen");
    }
    if (warnings.privacy_overdue) {
        words[list.count++] = STR("privacy_overdue");
    }
    return list;
}

void health_ready(struct api_request *request) {
    const struct api_surroundings *around = &request->api->options.surroundings;
    const char *reason = NULL;
    if (around->is_ready != NULL && !around->is_ready(around->context, &reason)) {
        reply_problem_detail(request, PROBLEM_NOT_READY, str_from_cstr(reason));
        return;
    }
    struct readiness_out out = {STR("ok"), warnings_of(request)};
    reply_value(request, 200, &readiness_shape, &out);
}

void health_metrics(struct api_request *request) {
    const struct api_surroundings *around = &request->api->options.surroundings;
    struct api_figures figures = {0};
    if (around->figures != NULL) {
        around->figures(around->context, &figures);
    }
    struct buf out CLEANUP(buf_finish);
    buf_init(&out, request->api->env, LIMIT_BODY_WEBHOOK);
    stats_print(request->api->stats, around->figures == NULL ? NULL : &figures, &out);
    struct http_response response = {.status = 200, .body = buf_str(&out)};
    http_add_header(&response, STR("Content-Type"),
                    STR("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    reply_response(request, &response);
}

/* Printing and hashing half a megabyte takes longer than the rest of the API's start: it waits for
 * who wants it. */
static struct err print_openapi(struct api *api) {
    if (api->openapi.len > 0) {
        return OK;
    }
    struct err err = api_openapi(&api->openapi, api->options.version);
    if (err_failed(err)) {
        buf_clear(&api->openapi);
        return err;
    }
    uint8_t hash[SHA256_SIZE];
    char hex[17] = "";
    sha256(buf_str(&api->openapi), hash);
    str_hex(hash, 8, hex);
    (void)snprintf(api->openapi_etag, sizeof api->openapi_etag, "\"%s\"", hex);
    return OK;
}

void openapi_get(struct api_request *request) {
    struct api *api = request->api;
    if (reply_if_failed(request, print_openapi(api))) {
        return;
    }
    reply_cacheable(request, buf_str(&api->openapi), str_from_cstr(api->openapi_etag));
}
