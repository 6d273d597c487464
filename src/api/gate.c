/* /api/gate: the gate for proxies (nginx auth_request, Envoy ext_authz, Traefik and Caddy
 * forward_auth). The verdict is the status, what stands behind it is in the headers; there is no
 * body, since proxies drop it. */
#include "api/resources.h"

#include "app/take.h"

struct gate_query {
    struct str user_id;
    int metric, deny_status;
    int64_t amount;
    bool has_amount, has_count, count;
};

static const char *const deny_status_names[] = {"403", "429", NULL};

#define AT(member) offsetof(struct gate_query, member)
static const struct shape_field gate_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
    {"metric", "Of what", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"amount", "How much; 1 when not given", SHAPE_I64, .offset = AT(amount), .min = 0,
     .max = LIMIT_AMOUNT, .flags = SHAPE_OPTIONAL, .is_set = AT(has_amount)},
    {"count", "false only looks", SHAPE_BOOL, .offset = AT(count), .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_count)},
    {"denyStatus", "The status of a denial; 403 when not given", SHAPE_ENUM,
     .offset = AT(deny_status), .names = deny_status_names, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape gate_query_shape =
    SHAPE("GateQuery", "May a customer use more?", struct gate_query, gate_fields);

static void add_number(struct api_request *request, struct http_response *response, struct str name,
                       int64_t value) {
    http_add_header(response, name, arena_printf(request->arena, "%lld", (long long)value));
}

/* When a denied counter may be asked again: at the next period. */
static void add_retry_after(struct api_request *request, const struct take_answer *answer,
                            struct http_response *response) {
    int64_t wait_ms = answer->resets_at - request_now(request).ms;
    if (answer->has_resets_at && wait_ms > 0) {
        add_number(request, response, STR("Retry-After"), (wait_ms + 999) / 1000);
    }
}

static void reply_gate(struct api_request *request, const struct take_answer *answer) {
    const struct gate_query *query = request->query;
    int deny_status = query->deny_status == 0 ? 403 : 429;
    struct http_response response = {.status = answer->allowed ? 204 : deny_status};
    http_add_header(&response, STR("Turnpike-Allowed"),
                    answer->allowed ? STR("true") : STR("false"));
    http_add_header(&response, STR("Turnpike-Reason"), answer->reason);
    http_add_header(&response, STR("Turnpike-State"), answer->state);
    add_number(request, &response, STR("Turnpike-Used"), answer->used);
    if (answer->has_limit) {
        add_number(request, &response, STR("Turnpike-Limit"), answer->limit);
        add_number(request, &response, STR("Turnpike-Remaining"), answer->remaining);
    }
    add_rate_limit(request, (enum metric)query->metric, answer, &response);
    if (!answer->allowed) {
        add_retry_after(request, answer, &response);
    }
    reply_response(request, &response);
}

struct gate_in_hand {
    struct take_command command; /* first: `finished` hands it back */
    struct api_request *request;
};

static void taken(struct take_command *command) {
    struct api_request *request = ((struct gate_in_hand *)command)->request;
    if (command->command.outcome == OUTCOME_DONE) {
        reply_gate(request, &command->answer);
    } else {
        reply_problem(request, (int)command->command.outcome);
    }
}

static void look(struct api_request *request, const struct take_request *wanted) {
    struct take_answer answer;
    enum outcome outcome = take_check(request->api->app, wanted, request->arena, &answer);
    if (outcome == OUTCOME_DONE) {
        reply_gate(request, &answer);
    } else {
        reply_problem(request, (int)outcome);
    }
}

void gate_ask(struct api_request *request) {
    const struct gate_query *query = request->query;
    struct take_request wanted = {query->user_id,
                                  (enum metric)query->metric,
                                  quantity_of(query->has_amount ? query->amount : 1),
                                  {NULL, 0}};
    bool is_head = str_equal(request->http->method, STR("HEAD")); /* safe: counts nothing */
    if (is_head || (query->has_count && !query->count)) {
        look(request, &wanted);
        return;
    }
    struct gate_in_hand *hand = ARENA_NEW(request->arena, struct gate_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->command.request = wanted;
    hand->command.arena = request->arena;
    hand->command.finished = taken;
    take_start(request->api->app, &hand->command);
}
