/* From a request to an operation and back: what the payment provider has to do with. */
#include "api/approval_resources.h"
#include "api/resources.h"

struct operation_in_hand {
    struct operation_command command; /* first: `finished` hands it back */
    struct api_request *request;
    void (*succeeded)(struct api_request *request, const struct operation_result *result);
};

static void reply_refusal(struct api_request *request, const struct operation_result *result) {
    struct problem_document document =
        problem_document_of(request->arena, (int)result->outcome, result->message);
    document.action_url = text_or_null(result->url);
    document.decline_code = text_or_null(result->decline_code);
    reply_document(request, &document);
}

static void finished(struct operation_command *command) {
    struct operation_in_hand *hand = (struct operation_in_hand *)command;
    const struct operation_result *result = &command->result;
    if (result->outcome == OUTCOME_DONE || result->outcome == OUTCOME_CREATED) {
        hand->succeeded(hand->request, result);
    } else if (result->outcome == OUTCOME_APPROVAL_REQUIRED) {
        reply_approval(hand->request, 202, result->approval_id);
    } else if (result->outcome == OUTCOME_APPROVAL_WAITING) {
        reply_approval_waiting(hand->request, result->approval_id);
    } else {
        reply_refusal(hand->request, result);
    }
}

void request_operation(struct api_request *request, const struct operation_request *wanted,
                       void (*succeeded)(struct api_request *request,
                                         const struct operation_result *result)) {
    struct operation_in_hand *hand = ARENA_NEW(request->arena, struct operation_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->succeeded = succeeded;
    hand->command.arena = request->arena;
    hand->command.request = *wanted;
    hand->command.request.user_id = request->user_id;
    /* what an operator does for a customer is agreed to elsewhere: on the phone, by letter */
    hand->command.request.is_of_person = request->has_session && !wanted->is_of_operator;
    hand->command.request.idempotency_key = request->idempotency_key;
    hand->command.finished = finished;
    operation_start(request->api->app, &hand->command);
}
