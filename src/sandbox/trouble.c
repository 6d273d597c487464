/* The kinds of trouble, their plans, and the routes of both. */
#include "sandbox/trouble.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/resources.h"

enum { TIMES_MAX = 1000, DELAY_MS_MAX = 60000, PATH_MAX_LEN = 200 };

static const struct trouble kinds[] = {
    {"error", TROUBLE_INSTEAD, 500, "api_error", NULL, "An unknown error occurred.", false},
    {"error_after", TROUBLE_AFTER, 500, "api_error", NULL, "An unknown error occurred.", false},
    {"lost_request", TROUBLE_INSTEAD, 0, NULL, NULL, NULL, false},
    {"lost_answer", TROUBLE_AFTER, 0, NULL, NULL, NULL, false},
    {"rate_limit", TROUBLE_INSTEAD, 429, "invalid_request_error", "rate_limit",
     "Request rate limit exceeded. You can learn more about rate limits here "
     "https://stripe.com/docs/rate-limits.",
     false},
    {"lock_timeout", TROUBLE_INSTEAD, 429, "invalid_request_error", "lock_timeout",
     "This object cannot be accessed right now because another API request or Stripe process is "
     "currently accessing it.",
     true},
    {"key_in_use", TROUBLE_INSTEAD, 409, "idempotency_error", "idempotency_key_in_use",
     "There is currently another in-progress request using this Idempotent Key.", true},
    {"wait", TROUBLE_WAIT, 0, NULL, NULL, NULL, false},
};

static const char *const kind_words[] = {"error",       "error_after", "lost_request",
                                         "lost_answer", "rate_limit",  "lock_timeout",
                                         "key_in_use",  "wait",        NULL};
static const char *const method_words[] = {"GET", "POST", "DELETE", NULL};

static const struct param create_params[] = {
    {.name = "kind", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = kind_words},
    {.name = "method", .kind = PARAM_ENUM, .words = method_words},
    {.name = "path", .kind = PARAM_TEXT},
    {.name = "times", .kind = PARAM_INTEGER, .min = 1, .max = TIMES_MAX},
    {.name = "after", .kind = PARAM_INTEGER, .min = 0, .max = TIMES_MAX},
    {.name = "delay_ms", .kind = PARAM_INTEGER, .min = 1, .max = DELAY_MS_MAX},
    PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE, PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};

const struct trouble *trouble_named(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_equal(name, str_from_cstr(kinds[i].name))) {
            return &kinds[i];
        }
    }
    return NULL;
}

void trouble_fault(const struct trouble *trouble, struct fault *fault) {
    fault_invalid(fault, trouble->code, NULL, "%s", trouble->message);
    fault->type = trouble->type;
    fault->status = trouble->status;
}

/* A star at the end takes every path that begins so. */
static bool is_path(const char *wanted, struct str path) {
    struct str text = str_from_cstr(wanted);
    if (!str_ends_with(text, STR("*"))) {
        return text.len == 0 || str_equal(text, path);
    }
    return str_starts_with(path, str_first(text, text.len - 1));
}

static bool fits(const json_t *plan, struct str method, struct str path) {
    const char *wanted = member(plan, "method");
    return (wanted[0] == '\0' || str_equal(str_from_cstr(wanted), method)) &&
           is_path(member(plan, "path"), path);
}

/* Counts a plan that fits; true when this request is one that it is for. */
static bool count_down(struct world *world, json_t *plan) {
    int64_t after = member_i64(plan, "after");
    int64_t times = member_i64(plan, "times");
    if (after == 0 && times == 0) {
        return false;
    }
    set_i64(plan, after > 0 ? "after" : "times", (after > 0 ? after : times) - 1);
    world_touch(world, plan);
    return after == 0;
}

/* The oldest plan that fits and is not used up. */
static json_t *find(struct world *world, struct str method, struct str path) {
    json_t *plans = world_list(world, "sandbox.fault", NULL);
    json_t *found = NULL;
    for (size_t i = json_array_size(plans); i-- > 0 && found == NULL;) {
        json_t *plan = json_array_get(plans, i);
        if (fits(plan, method, path) && count_down(world, plan)) {
            found = plan;
        }
    }
    json_decref(plans);
    return found;
}

bool trouble_meet(struct world *world, const struct http_request *request,
                  struct trouble_met *ret_met) {
    struct str header = http_header(request, STR("Sandbox-Fault"));
    *ret_met = (struct trouble_met){.delay_ms = 1};
    if (str_starts_with(request->path, STR("/v1/test_helpers/sandbox/"))) {
        return true;
    }
    if (header.len > 0) {
        ret_met->trouble = trouble_named(header);
        return ret_met->trouble != NULL ||
               fault_invalid(&world->fault, NULL, NULL,
                             "Sandbox-Fault names no fault that this sandbox has.");
    }
    json_t *plan = find(world, request->method, request->path);
    if (plan != NULL) {
        ret_met->trouble = trouble_named(str_from_cstr(member(plan, "kind")));
        ret_met->delay_ms = member_i64(plan, "delay_ms");
        (void)snprintf(ret_met->plan, sizeof ret_met->plan, "%s", member(plan, "id"));
    }
    return !err_failed(world->err);
}

/* --- routes --- */

static json_t *create(struct call *call) {
    const char *path = param_text(call, "path");
    if (strlen(path) > PATH_MAX_LEN || (path[0] != '\0' && path[0] != '/')) {
        fault_invalid(&call->world->fault, NULL, "path",
                      "Invalid path: it begins with a slash and has at most %d bytes.",
                      PATH_MAX_LEN);
        return NULL;
    }
    json_t *plan = world_add(call->world, "sandbox.fault", NULL);
    copy_params(
        plan, call->params,
        (const char *const[]){"kind", "method", "path", "times", "after", "delay_ms", NULL});
    return json_incref(plan);
}

static json_t *get(struct call *call) {
    return json_incref(world_find(call->world, "sandbox.fault", call->id, "id"));
}

static json_t *delete (struct call *call) {
    json_t *plan = world_find(call->world, "sandbox.fault", call->id, "id");
    if (plan == NULL) {
        return NULL;
    }
    world_remove(call->world, plan);
    return json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "sandbox.fault", "deleted", 1);
}

static json_t *list(struct call *call) {
    const struct list_query query = {.type = "sandbox.fault"};
    return list_answer(call, &query, "/v1/test_helpers/sandbox/faults");
}

static const struct route routes[] = {
    {"POST", "/v1/test_helpers/sandbox/faults", create, create_params},
    {"GET", "/v1/test_helpers/sandbox/faults", list, list_params},
    {"GET", "/v1/test_helpers/sandbox/faults/:id", get, get_params},
    {"DELETE", "/v1/test_helpers/sandbox/faults/:id", delete, get_params},
};
const struct route_list trouble_routes = {routes, ARRAY_LEN(routes)};
