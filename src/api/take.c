/* take, check and release: the gate for programs that speak JSON. */
#include "api/resources.h"

#include "api/take_decode.h"
#include "api/take_fields.h"

/* --- what is asked --- */

static struct take_request take_request_of(const struct api_request *request) {
    const struct take_in *in = request->body;
    return (struct take_request){in->user_id, (enum metric)in->metric, quantity_of(in->amount),
                                 in->id};
}

/* --- the answer --- */

static bool wants_fields(const struct api_request *request) {
    return str_equal(http_header(request->http, STR("Turnpike-RateLimit")), STR("1"));
}

/* JSON, with fields when the header Turnpike-RateLimit has asked for them. */
static void reply_verdict(struct api_request *request, enum metric metric,
                          const struct take_answer *answer, struct str json, bool has_fields) {
    struct http_response response = {.status = 200, .body = json, .lines = JSON_LINE};
    if (has_fields) {
        add_rate_limit(request->arena, metric, answer, &response);
    }
    reply_response(request, &response);
}

static void reply_answer(struct api_request *request, enum metric metric,
                         const struct take_answer *answer) {
    struct str text = take_answer_text(answer, request->arena);
    if (text.len == 0) { /* memory has ended */
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    reply_verdict(request, metric, answer, text, wants_fields(request));
}

/* --- take --- */

struct take_in_hand {
    struct take_command command; /* first: `finished` hands it back */
    struct api_request *request;
    bool wants_fields; /* read while the head is near, which it no longer is once this is stored */
};

static void taken(struct take_command *command) {
    const struct take_in_hand *hand = (const struct take_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->command.outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->command.outcome);
        return;
    }
    struct take_answer now = {0};
    if (command->is_repeated) { /* the fields speak of now, the body of then */
        (void)take_check(request->api->app, &command->request, request->arena, &now);
    }
    reply_verdict(request, command->request.metric, command->is_repeated ? &now : &command->answer,
                  command->body, hand->wants_fields);
}

void take_post(struct api_request *request) {
    struct take_in_hand *hand = COMMAND_NEW(request->arena, struct take_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->wants_fields = wants_fields(request);
    hand->command.request = take_request_of(request);
    hand->command.arena = request->arena;
    hand->command.finished = taken;
    take_start(request->api->app, &hand->command);
}

/* --- check --- */

void take_check_post(struct api_request *request) {
    struct take_request wanted = take_request_of(request);
    struct take_answer answer;
    enum outcome outcome = take_check(request->api->app, &wanted, request->arena, &answer);
    if (outcome == OUTCOME_DONE) {
        reply_answer(request, wanted.metric, &answer);
    } else {
        reply_problem(request, (int)outcome);
    }
}

/* --- release --- */

struct release_in_hand {
    struct release_command command; /* first: `finished` hands it back */
    struct api_request *request;
};

static void released(struct release_command *command) {
    struct api_request *request = ((struct release_in_hand *)command)->request;
    if (command->command.outcome == OUTCOME_DONE) {
        reply_answer(request, command->request.metric, &command->answer);
    } else {
        reply_problem(request, (int)command->command.outcome);
    }
}

void take_release_post(struct api_request *request) {
    struct release_in_hand *hand = COMMAND_NEW(request->arena, struct release_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->command.request = take_request_of(request);
    hand->command.id = ((const struct take_in *)request->body)->release_id;
    hand->command.arena = request->arena;
    hand->command.finished = released;
    release_start(request->api->app, &hand->command);
}
