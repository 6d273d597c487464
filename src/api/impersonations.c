/* POST /api/admin/impersonations: an operator opens a customer's pages, reading only, for half an
 * hour, with a reason that stands beside it. */
#include "api/people.h"
#include "api/resources.h"
#include "app/session.h"

struct create_in {
    struct str user_id, reason;
};

#define AT(member) offsetof(struct create_in, member)
static const struct shape_field create_fields[] = {
    {"userId", "Whose pages", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
    {"reason", "Why; the customer sees it", SHAPE_STR, .offset = AT(reason), .min = 3,
     .max = LIMIT_NAME},
};
#undef AT
const struct shape impersonation_create_shape =
    SHAPE("ImpersonationCreate", "Whose pages to open, and why", struct create_in, create_fields);

struct create_in_hand {
    struct impersonate impersonate; /* first: `done` hands it back */
    struct api_request *request;
};

static void created(struct command *command) {
    struct create_in_hand *hand = (struct create_in_hand *)command;
    if (command->outcome != OUTCOME_CREATED) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    reply_portal_link(hand->request, hand->impersonate.token, hand->impersonate.expires_at);
}

void impersonations_create(struct api_request *request) {
    const struct create_in *in = request->body;
    struct create_in_hand *hand = ARENA_NEW(request->arena, struct create_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!request->has_session) { /* a machine has no eyes */
        reply_problem(request, PROBLEM_SESSION_MISSING);
        return;
    }
    hand->request = request;
    hand->impersonate.person_id = request->session.person_id;
    hand->impersonate.user_id = in->user_id;
    hand->impersonate.reason = in->reason;
    hand->impersonate.command.done = created;
    impersonate(request->api->app, &hand->impersonate);
}
