/* The doors for people who come for the first time: an invitation, and the link that a new
 * installation prints. Both begin a session in which nothing may be done yet but set up what proves
 * the person from then on. */
#include "app/invitation.h"

#include "api/people.h"
#include "api/resources.h"
#include "api/session_cookie.h"

struct accept_in {
    struct str token, name;
};

#define TOKEN_CHARACTERS "0123456789abcdef"
#define AT(type, member) offsetof(struct type, member)
#define TOKEN_FIELD(type)                                                                          \
    {                                                                                              \
        "token", "Of the link, behind its #", SHAPE_STR,                                           \
            .offset = AT(type, token), .min = TOKEN_SIZE - 1, .max = TOKEN_SIZE - 1,               \
            .allowed = TOKEN_CHARACTERS                                                            \
    }
#define NAME_FIELD(type)                                                                           \
    {                                                                                              \
        "name", "How others see them", SHAPE_STR, .offset = AT(type, name), .min = 1,              \
                                                  .max = LIMIT_NAME,                               \
                                                  .flags = SHAPE_PERSONAL | SHAPE_IN_CHARACTERS    \
    }

static const struct shape_field accept_fields[] = {TOKEN_FIELD(accept_in), NAME_FIELD(accept_in)};
const struct shape invitation_accept_shape =
    SHAPE("InvitationAccept", "Who accepts an invitation", struct accept_in, accept_fields);

struct setup_in {
    struct str token, email, name;
};
static const struct shape_field setup_fields[] = {TOKEN_FIELD(setup_in),
                                                  {"email", "Of the first operator", SHAPE_STR,
                                                   .offset = AT(setup_in, email), .min = 3,
                                                   .max = LIMIT_EMAIL, .flags = SHAPE_PERSONAL},
                                                  NAME_FIELD(setup_in)};
const struct shape setup_shape =
    SHAPE("Setup", "The first operator", struct setup_in, setup_fields);

/* --- another link, for who lost the first --- */

struct link_in_hand {
    struct setup_link link; /* first: `done` hands it back */
    struct api_request *request;
};

struct link_out {
    struct str url;
};
static const struct shape_field link_fields[] = {
    {"url", "Makes its bearer the first operator, once, within a day", SHAPE_STR,
     .offset = offsetof(struct link_out, url), .max = 1000},
};
const struct shape setup_link_shape =
    SHAPE("SetupLink", "A link for the first operator", struct link_out, link_fields);

static void link_made(struct command *command) {
    struct link_in_hand *hand = (struct link_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome != OUTCOME_CREATED) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    struct link_out out = {arena_printf(request->arena, STR_FMT "/set-up#%s",
                                        STR_ARG(buf_str(&request->api->base_url)),
                                        hand->link.token)};
    reply_value(request, 201, &setup_link_shape, &out);
}

void setup_link_create(struct api_request *request) {
    struct link_in_hand *hand = ARENA_NEW(request->arena, struct link_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->link.command.done = link_made;
    setup_link(request->api->app, &hand->link);
}

/* --- answering both --- */

static void reply_signed_in(struct api_request *request, const char *token,
                            enum session_kind kind) {
    struct http_response response = {.status = 204};
    set_session_cookie(request, &response, str_from_cstr(token), session_absolute(kind).ms / 1000);
    reply_response(request, &response);
}

struct accept_in_hand {
    struct invitation_accept accept; /* first: `done` hands it back */
    struct api_request *request;
};

static void accepted(struct command *command) {
    struct accept_in_hand *hand = (struct accept_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_signed_in(hand->request, hand->accept.session_token, hand->accept.kind);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void invitations_accept(struct api_request *request) {
    const struct accept_in *in = request->body;
    struct accept_in_hand *hand = ARENA_NEW(request->arena, struct accept_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->accept.token = in->token;
    hand->accept.name = in->name;
    hand->accept.place = session_place_of(request);
    hand->accept.command.done = accepted;
    invitation_accepted(request->api->app, &hand->accept);
}

struct setup_in_hand {
    struct setup setup; /* first: `done` hands it back */
    struct api_request *request;
};

static void set_up(struct command *command) {
    struct setup_in_hand *hand = (struct setup_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_signed_in(hand->request, hand->setup.session_token, SESSION_OPERATOR);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void setup_first(struct api_request *request) {
    const struct setup_in *in = request->body;
    struct setup_in_hand *hand = ARENA_NEW(request->arena, struct setup_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!check_email(request, "/email", in->email)) {
        return;
    }
    hand->request = request;
    hand->setup.token = in->token;
    hand->setup.email = in->email;
    hand->setup.name = in->name;
    hand->setup.place = session_place_of(request);
    hand->setup.command.done = set_up;
    setup(request->api->app, &hand->setup);
}
