/* POST /api/billing/privacy/erasure, the same for operators, and DELETE /api/me: to be forgotten.
 */
#include "api/privacy_resources.h"

#include "app/erasure.h"

struct erasure_in {
    struct str reason;
};
static const struct shape_field erasure_fields[] = {
    {"reason", "For who has to agree", SHAPE_STR, .offset = offsetof(struct erasure_in, reason),
     .min = 3, .max = 500},
};
const struct shape erasure_in_shape =
    SHAPE("ErasureRequest", "Why somebody shall be forgotten", struct erasure_in, erasure_fields);

struct erasure_in_hand {
    struct erasure_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct erasure_in_hand *hand = (struct erasure_in_hand *)command;
    reply_privacy_request(hand->request, 202, command->outcome, id_str(&hand->ask.row.id));
}

static void ask_for(struct api_request *request, struct str user_id, struct str reason) {
    struct erasure_in_hand *hand = ARENA_NEW(request->arena, struct erasure_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->ask.user_id = user_id;
    hand->ask.person_id = privacy_asker(request);
    hand->ask.reason = reason;
    hand->ask.command.done = asked;
    erasure_ask(request->api->app, &hand->ask);
}

void privacy_erase(struct api_request *request) {
    ask_for(request, request->user_id, STR(""));
}

void customers_erase(struct api_request *request) {
    ask_for(request, request->values[0], ((const struct erasure_in *)request->body)->reason);
}

struct leave_in_hand {
    struct person_erase erase; /* first: `done` hands it back */
    struct api_request *request;
};

static void left(struct command *command) {
    struct api_request *request = ((struct leave_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void me_erase(struct api_request *request) {
    struct leave_in_hand *hand = ARENA_NEW(request->arena, struct leave_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->erase.person_id = request->session.person_id;
    hand->erase.command.done = left;
    person_erase(request->api->app, &hand->erase);
}
