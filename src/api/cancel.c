#include "api/cancel.h"

struct cancel_in_hand {
    struct command_of cancel; /* first: `done` hands it back */
    struct api_request *request;
    void (*show)(struct api_request *request);
};

static void cancelled(struct command *command) {
    struct cancel_in_hand *hand = (struct cancel_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        hand->show(hand->request);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void reply_cancelled(struct api_request *request,
                     void (*cancel)(struct app *app, struct command_of *cancel),
                     void (*show)(struct api_request *request)) {
    struct cancel_in_hand *hand = COMMAND_NEW(request->arena, struct cancel_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->show = show;
    hand->cancel.id = request->values[0];
    hand->cancel.command.done = cancelled;
    cancel(request->api->app, &hand->cancel);
}
