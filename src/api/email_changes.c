/* A person's own address: asked for by who is signed in, confirmed or stopped by the links in the
 * mailboxes. Opening a link changes nothing, since programs that look through mails open them too;
 * the page that it leads to asks, and posts the token. */
#include "api/people.h"

#include "api/session_cookie.h"
#include "app/email_change.h"

struct ask_in {
    struct str email;
};
static const struct shape_field ask_fields[] = {
    {"email", "Where mails shall go, and by which they sign in", SHAPE_STR,
     .offset = offsetof(struct ask_in, email), .min = 3, .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
};
const struct shape email_change_shape =
    SHAPE("MyEmail", "Another address of one's own", struct ask_in, ask_fields);

struct ask_in_hand {
    struct email_change_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct api_request *request = ((struct ask_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        me_reply(request, 202);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void me_email_ask(struct api_request *request) {
    const struct ask_in *in = request->body;
    struct ask_in_hand *hand = ARENA_NEW(request->arena, struct ask_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!check_email(request, "/email", in->email)) {
        return;
    }
    hand->request = request;
    hand->ask.person_id = request->session.person_id;
    hand->ask.session_id = request->session.id;
    hand->ask.email = in->email;
    hand->ask.command.done = asked;
    email_change_ask(request->api->app, &hand->ask);
}

/* --- taken back --- */

struct drop_in_hand {
    struct email_change_drop drop; /* first: `done` hands it back */
    struct api_request *request;
};

static void dropped(struct command *command) {
    struct api_request *request = ((struct drop_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void me_email_drop(struct api_request *request) {
    struct drop_in_hand *hand = ARENA_NEW(request->arena, struct drop_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->drop.person_id = request->session.person_id;
    hand->drop.command.done = dropped;
    email_change_drop(request->api->app, &hand->drop);
}

/* --- by the links --- */

struct answer_in {
    struct str token;
};
static const struct shape_field answer_fields[] = {
    {"token", "Of the link, behind its #", SHAPE_STR, .offset = offsetof(struct answer_in, token),
     .min = TOKEN_SIZE - 1, .max = TOKEN_SIZE - 1, .allowed = "0123456789abcdef"},
};
const struct shape email_change_answer_shape =
    SHAPE("EmailChangeAnswer", "What a link in a mailbox proves", struct answer_in, answer_fields);

struct answer_in_hand {
    struct email_change_answer answer; /* first: `done` hands it back */
    struct api_request *request;
};

static void answered(struct command *command) {
    struct api_request *request = ((struct answer_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

static void answer(struct api_request *request, bool stops) {
    struct answer_in_hand *hand = ARENA_NEW(request->arena, struct answer_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!may_try_to_come_in(request)) {
        return;
    }
    hand->request = request;
    hand->answer.token = ((const struct answer_in *)request->body)->token;
    hand->answer.stops = stops;
    hand->answer.place = session_place_of(request);
    hand->answer.command.done = answered;
    email_change_answer(request->api->app, &hand->answer);
}

void email_change_confirm(struct api_request *request) {
    answer(request, false);
}

void email_change_stop(struct api_request *request) {
    answer(request, true);
}
