/* For those who run the server: is it alive, is it ready, what are its figures, what does it speak.
 */
#include "api/resources.h"

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

void health_ready(struct api_request *request) {
    const struct api_surroundings *around = &request->api->options.surroundings;
    const char *reason = NULL;
    if (around->is_ready != NULL && !around->is_ready(around->context, &reason)) {
        reply_problem_detail(request, PROBLEM_NOT_READY, str_from_cstr(reason));
        return;
    }
    health_live(request);
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

void openapi_get(struct api_request *request) {
    const struct api *api = request->api;
    reply_cacheable(request, buf_str(&api->openapi), str_from_cstr(api->openapi_etag));
}
