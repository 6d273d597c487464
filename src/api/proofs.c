/* /api/session/…: a person who is signed in proves afresh who they are, by a code or a passkey: to
 * come in after a password, and before a change. /api/sign-in/passkey is the same from outside. */
#include "api/people.h"

#include <inttypes.h>

#include "api/passkey_json.h"
#include "api/resources.h"
#include "api/session_cookie.h"
#include "app/sign_in.h"

/* --- by a code --- */

struct code_in {
    struct str code;
};
static const struct shape_field code_fields[] = {
    {"code", "As the app, or the sheet of recovery codes, shows it", SHAPE_STR,
     .offset = offsetof(struct code_in, code), .min = 6, .max = 64},
};
const struct shape proof_code_shape =
    SHAPE("ProofCode", "A code that proves a person", struct code_in, code_fields);

struct code_in_hand {
    struct code_prove prove; /* first: `done` hands it back */
    struct api_request *request;
};

static void reply_wait(struct api_request *request, int64_t wait_ms) {
    reply_problem_detail(request, OUTCOME_PROOF_THROTTLED,
                         arena_printf(request->arena,
                                      "There were too many wrong attempts; the next is looked at "
                                      "in %" PRId64 " seconds.",
                                      (wait_ms + 999) / 1000));
}

static void code_done(struct command *command) {
    struct code_in_hand *hand = (struct code_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_proved(hand->request, hand->prove.token, hand->prove.session.kind);
    } else if (command->outcome == OUTCOME_PROOF_THROTTLED) {
        reply_wait(hand->request, hand->prove.wait_ms);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void prove_by_code(struct api_request *request, bool is_recovery) {
    struct code_in_hand *hand = ARENA_NEW(request->arena, struct code_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->prove.session = request->session;
    hand->prove.code = ((const struct code_in *)request->body)->code;
    hand->prove.is_recovery = is_recovery;
    hand->prove.place = session_place_of(request);
    hand->prove.command.done = code_done;
    code_prove(request->api->app, &hand->prove);
}

void session_prove_totp(struct api_request *request) {
    prove_by_code(request, false);
}

void session_prove_recovery(struct api_request *request) {
    prove_by_code(request, true);
}

/* --- by a passkey --- */

struct passkey_in_hand {
    struct passkey_prove prove; /* first: `done` hands it back */
    struct api_request *request;
};

static void passkey_done(struct command *command) {
    struct passkey_in_hand *hand = (struct passkey_in_hand *)command;
    const struct passkey_prove *prove = &hand->prove;
    if (command->outcome == OUTCOME_DONE) {
        reply_proved(hand->request, prove->token,
                     prove->has_session ? prove->session.kind : prove->kind);
    } else if (command->outcome == OUTCOME_PASSKEY_REFUSED && prove->verdict != WEBAUTHN_PROVEN) {
        reply_problem_detail(hand->request, OUTCOME_PASSKEY_REFUSED,
                             str_from_cstr(webauthn_verdict_text(prove->verdict)));
    } else if (command->outcome == OUTCOME_PASSKEY_REFUSED) {
        reply_problem_detail(
            hand->request, OUTCOME_PASSKEY_REFUSED,
            STR("The passkey counts its uses, and the count went back: there may be "
                "a copy of it. Come in another way, and remove it."));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void prove_by_passkey(struct api_request *request, bool has_session) {
    const struct passkey_assert_in *in = request->body;
    struct passkey_in_hand *hand = ARENA_NEW(request->arena, struct passkey_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!decode_assertion(request, in, &hand->prove.assertion)) {
        return;
    }
    hand->request = request;
    hand->prove.has_session = has_session;
    hand->prove.session = request->session;
    hand->prove.site = passkey_site_of(request);
    hand->prove.credential_id = in->credential_id;
    hand->prove.user_id = in->user_id;
    hand->prove.place = session_place_of(request);
    hand->prove.command.done = passkey_done;
    passkey_prove(request->api->app, &hand->prove);
}

void session_prove_passkey(struct api_request *request) {
    prove_by_passkey(request, true);
}

void session_passkey_options(struct api_request *request) {
    reply_challenge(request, CHALLENGE_PROVE);
}

void sign_in_passkey(struct api_request *request) {
    prove_by_passkey(request, false);
}

void sign_in_passkey_options(struct api_request *request) {
    reply_challenge(request, CHALLENGE_SIGN_IN);
}

/* --- another house --- */

struct switch_in {
    struct str user_id;
};
static const struct shape_field switch_fields[] = {
    {"userId", "For which customer; null: to operate", SHAPE_STR,
     .offset = offsetof(struct switch_in, user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN, .flags = SHAPE_NULLABLE},
};
const struct shape session_switch_shape =
    SHAPE("SessionSwitch", "For whom to go on", struct switch_in, switch_fields);

struct switch_in_hand {
    struct session_switch to; /* first: `done` hands it back */
    struct api_request *request;
};

static void switched(struct command *command) {
    struct switch_in_hand *hand = (struct switch_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_proved(hand->request, hand->to.token, hand->to.kind);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

/* Who came through the platform, or looks at somebody else's pages, is where they are. */
static bool may_switch(const struct signed_in *session) {
    return session->kind == SESSION_MEMBER || session->kind == SESSION_OPERATOR;
}

void session_switch_house(struct api_request *request) {
    struct switch_in_hand *hand = ARENA_NEW(request->arena, struct switch_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!may_switch(&request->session)) {
        reply_problem(request, OUTCOME_NO_HOUSE);
        return;
    }
    hand->request = request;
    hand->to.session = request->session;
    hand->to.user_id = ((const struct switch_in *)request->body)->user_id;
    hand->to.place = session_place_of(request);
    hand->to.command.done = switched;
    session_switch(request->api->app, &hand->to);
}
