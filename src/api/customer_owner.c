/* /api/admin/customers/:userId/owner: which operator looks after a customer. */
#include "api/customer_resources.h"

#include "app/customer_owner.h"

struct owner_in {
    struct str email;
};
static const struct shape_field owner_fields[] = {
    {"email", "By which the operator signs in", SHAPE_STR,
     .offset = offsetof(struct owner_in, email), .min = 3, .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
};
const struct shape customer_owner_in_shape =
    SHAPE("CustomerOwner", "Who is to look after a customer", struct owner_in, owner_fields);

struct set_in_hand {
    struct customer_owner_set set; /* first: `done` hands it back */
    struct api_request *request;
};

static void was_set(struct command *command) {
    struct set_in_hand *hand = (struct set_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(hand->request, 204);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void set_owner(struct api_request *request, struct str email) {
    struct set_in_hand *hand = ARENA_NEW(request->arena, struct set_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->set.user_id = request->values[0];
    hand->set.email = email;
    hand->set.command.done = was_set;
    customer_owner_set(request->api->app, &hand->set);
}

void customers_set_owner(struct api_request *request) {
    const struct owner_in *in = request->body;
    set_owner(request, in->email);
}

void customers_drop_owner(struct api_request *request) {
    set_owner(request, STR(""));
}
