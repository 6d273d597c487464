/* /api/gate: the gate for proxies (nginx auth_request, Envoy ext_authz, Traefik and Caddy
 * forward_auth). The verdict is the status, what stands behind it is in the headers; there is no
 * body, since proxies drop it. What is asked: gate_query.c. */
#include "api/gate_query.h"
#include "api/resources.h"
#include "api/take_fields.h"

static void reply_gate(struct api_request *request, const struct gate_query *query,
                       const struct take_answer *answer) {
    int deny_status = query->deny_status == 0 ? 403 : 429;
    struct http_response response = {
        .status = answer->allowed ? 204 : deny_status,
        .lines = gate_lines(request->arena, (enum metric)query->metric, answer),
    };
    if (arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    reply_response(request, &response);
}

struct gate_in_hand {
    struct take_command command; /* first: `finished` hands it back */
    struct api_request *request;
    const struct gate_query *query;
};

static void taken(struct take_command *command) {
    const struct gate_in_hand *hand = (struct gate_in_hand *)command;
    if (command->command.outcome == OUTCOME_DONE) {
        reply_gate(hand->request, hand->query, &command->answer);
    } else {
        reply_problem(hand->request, (int)command->command.outcome);
    }
}

static void look(struct api_request *request, const struct gate_query *query,
                 const struct take_request *wanted) {
    struct take_answer answer;
    enum outcome outcome = take_check(request->api->app, wanted, request->arena, &answer);
    if (outcome == OUTCOME_DONE) {
        reply_gate(request, query, &answer);
    } else {
        reply_problem(request, (int)outcome);
    }
}

/* HEAD is safe and counts nothing, unless it is the method of the request that is asked about. */
static bool only_looks(const struct api_request *request, const struct gate_query *query) {
    bool is_head = str_equal(request->http->method, STR("HEAD")) && !request->is_forwarded;
    return is_head || (query->has_count && !query->count);
}

void gate_ask(struct api_request *request) {
    const struct gate_query *query = gate_query_complete(request);
    if (query == NULL) {
        return;
    }
    struct take_request wanted = {query->user_id,
                                  (enum metric)query->metric,
                                  quantity_of(query->has_amount ? query->amount : 1),
                                  {NULL, 0}};
    if (only_looks(request, query)) {
        look(request, query, &wanted);
        return;
    }
    struct gate_in_hand *hand = ARENA_NEW(request->arena, struct gate_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->query = query;
    hand->command.request = wanted;
    hand->command.arena = request->arena;
    hand->command.finished = taken;
    take_start(request->api->app, &hand->command);
}
