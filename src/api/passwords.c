/* Passwords: coming in by one, choosing one, and a new one for who forgot it.
 *
 * A hash takes tens of milliseconds, so it is computed aside (hashing.h), between two steps on the
 * loop. Whoever is unknown, has no password or is locked out waits as long and
 * hears the same as who typed a wrong one. */
#include "api/people.h"

#include <inttypes.h>

#include "api/act.h"
#include "api/passkey_json.h"
#include "api/session_cookie.h"
#include "app/sign_in.h"
#include "base/mailbox.h"
#include "proof/password.h"
#include "proof/password_policy.h"

#define AT(type, member) offsetof(struct type, member)
#define PASSWORD_FIELD(type, least)                                                                \
    {                                                                                              \
        "password", "Theirs; 12 to 128 characters", SHAPE_STR,                                     \
            .offset = AT(type, password), .min = (least), .max = PASSWORD_BYTES_MAX                \
    }
#define EMAIL_FIELD(type)                                                                          \
    {                                                                                              \
        "email", "Theirs", SHAPE_STR, .offset = AT(type, email), .min = 3, .max = LIMIT_EMAIL,     \
                                      .flags = SHAPE_PERSONAL                                      \
    }

/* --- attempts --- */

bool may_try_to_come_in(struct api_request *request) {
    struct api *api = request->api;
    int64_t wait_ms = 0;
    if (api->attempts == NULL) {
        api->attempts =
            attempts_create(api->env, (struct attempts_rates){THROTTLE_ADDRESS, THROTTLE_NETWORK});
    }
    if (api->attempts == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    if (!attempts_take(api->attempts, request->origin.address, request_now(request).ms, &wait_ms)) {
        reply_problem_detail(request, PROBLEM_TOO_MANY_ATTEMPTS,
                             arena_printf(request->arena,
                                          "Too many attempts came from this address; the next is "
                                          "looked at in %" PRId64 " seconds.",
                                          (wait_ms + 999) / 1000));
        return false;
    }
    return true;
}

/* Replies when the work cannot even be begun. */
static void begin_work(struct api_request *request, struct hash_job *job) {
    if (!hashing_begin(&request->api->hashing, job)) {
        reply_problem(request, PROBLEM_OVERLOADED);
    }
}

/* --- coming in --- */

struct sign_in_in {
    struct str email, password, user_id;
};
static const struct shape_field sign_in_fields[] = {
    EMAIL_FIELD(sign_in_in),
    PASSWORD_FIELD(sign_in_in, 1),
    {"userId", "For which customer; as an operator, or for the first, when not given", SHAPE_STR,
     .offset = AT(sign_in_in, user_id), .min = 1, .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
};
const struct shape password_sign_in_shape =
    SHAPE("PasswordSignIn", "Who comes in by a password", struct sign_in_in, sign_in_fields);

struct sign_in_in_hand {
    struct password_sign_in sign_in; /* first: `done` hands it back */
    struct api_request *request;
    struct hash_job job;
    struct password_target target;
    struct str password;
    uint8_t salt[PASSWORD_SALT_SIZE]; /* of another hash, should one be due */
    char new_hash[PASSWORD_HASH_MAX];
    struct err err;
};

static void signed_in(struct command *command) {
    struct sign_in_in_hand *hand = (struct sign_in_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_proved(hand->request, hand->sign_in.token, hand->sign_in.kind);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

/* On a thread of the pool. */
static void compare(void *argument) {
    struct sign_in_in_hand *hand = argument;
    bool *is_right = &hand->sign_in.is_right;
    hand->err = password_verify(hand->target.hash, hand->password, is_right);
    if (!err_failed(hand->err) && *is_right && password_needs_rehash(hand->target.hash)) {
        hand->err = password_hash(hand->password, hand->salt, hand->new_hash);
    }
}

static void compared(void *argument) {
    struct sign_in_in_hand *hand = argument;
    struct api_request *request = hand->request;
    if (reply_if_failed(request, hand->err)) {
        return;
    }
    hand->sign_in.person_id = hand->target.person_id;
    hand->sign_in.new_hash = str_from_cstr(hand->new_hash);
    hand->sign_in.place = session_place_of(request);
    hand->sign_in.command.done = signed_in;
    struct app *app = request->api->app;
    act_resume(request);
    password_sign_in(app, &hand->sign_in);
    act_rest(app);
}

static void not_compared(void *argument) {
    reply_problem(((struct sign_in_in_hand *)argument)->request, PROBLEM_OVERLOADED);
}

void sign_in_password(struct api_request *request) {
    const struct sign_in_in *in = request->body;
    struct tx tx = request_read(request);
    struct sign_in_in_hand *hand = ARENA_NEW(request->arena, struct sign_in_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!may_try_to_come_in(request) ||
        reply_if_failed(request,
                        password_target(request->api->app, &tx, in->email, &hand->target))) {
        return;
    }
    hand->request = request;
    hand->password = in->password;
    hand->sign_in.user_id = in->user_id;
    request->api->env->random(request->api->env, hand->salt, sizeof hand->salt);
    hand->job = (struct hash_job){compare, compared, not_compared, hand, NULL, NULL};
    begin_work(request, &hand->job);
}

/* --- choosing one --- */

struct set_in {
    struct str password, token;
};
#define TOKEN_CHARACTERS "0123456789abcdef"
static const struct shape_field set_fields[] = {PASSWORD_FIELD(set_in, 1)};
const struct shape password_set_shape =
    SHAPE("PasswordSet", "A new password", struct set_in, set_fields);
static const struct shape_field reset_fields[] = {
    PASSWORD_FIELD(set_in, 1),
    {"token", "Of the link, behind its #", SHAPE_STR, .offset = AT(set_in, token),
     .min = TOKEN_SIZE - 1, .max = TOKEN_SIZE - 1, .allowed = TOKEN_CHARACTERS},
};
const struct shape password_reset_complete_shape = SHAPE(
    "PasswordResetComplete", "A new password for who forgot theirs", struct set_in, reset_fields);

struct set_in_hand {
    struct password_set set; /* first: `done` hands it back */
    struct api_request *request;
    struct hash_job job;
    struct str password;
    uint8_t salt[PASSWORD_SALT_SIZE];
    char hash[PASSWORD_HASH_MAX];
    struct err err;
};

static void was_set(struct command *command) {
    struct api_request *request = ((struct set_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

static void hash_it(void *argument) {
    struct set_in_hand *hand = argument;
    hand->err = password_hash(hand->password, hand->salt, hand->hash);
}

static void hashed(void *argument) {
    struct set_in_hand *hand = argument;
    if (!reply_if_failed(hand->request, hand->err)) {
        hand->set.hash = str_from_cstr(hand->hash);
        hand->set.place = session_place_of(hand->request);
        hand->set.command.done = was_set;
        struct app *app = hand->request->api->app;
        act_resume(hand->request);
        password_set(app, &hand->set);
        act_rest(app);
    }
}

static void not_hashed(void *argument) {
    reply_problem(((struct set_in_hand *)argument)->request, PROBLEM_OVERLOADED);
}

/* Replies and returns false when everybody would guess it. */
static bool is_good(struct api_request *request, struct str password, const struct str *words,
                    size_t count) {
    enum password_refusal refusal = password_judge(password, words, count);
    if (refusal == PASSWORD_ACCEPTED) {
        return true;
    }
    reply_problem_detail(request, OUTCOME_PASSWORD_WEAK,
                         str_from_cstr(password_refusal_text(refusal)));
    return false;
}

static void set_password(struct api_request *request, struct set_in_hand *hand) {
    hand->request = request;
    hand->password = ((const struct set_in *)request->body)->password;
    request->api->env->random(request->api->env, hand->salt, sizeof hand->salt);
    hand->job = (struct hash_job){hash_it, hashed, not_hashed, hand, NULL, NULL};
    begin_work(request, &hand->job);
}

void me_password_set(struct api_request *request) {
    const struct set_in *in = request->body;
    struct tx tx = request_read(request);
    struct person_row person = {.email = STR(""), .name = STR("")};
    bool is_found = false;
    struct set_in_hand *hand = ARENA_NEW(request->arena, struct set_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (reply_if_failed(request,
                        person_read(&tx, request->session.person_id, &person, &is_found))) {
        return;
    }
    struct str words[] = {STR("Turnpike"), person.email, person.name};
    if (!is_good(request, in->password, words, ARRAY_LEN(words))) {
        return;
    }
    hand->set.person_id = request->session.person_id;
    hand->set.but_session_id = request->session.id;
    set_password(request, hand);
}

void sign_in_reset_complete(struct api_request *request) {
    const struct set_in *in = request->body;
    struct str words[] = {STR("Turnpike")};
    struct set_in_hand *hand = ARENA_NEW(request->arena, struct set_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!may_try_to_come_in(request) || !is_good(request, in->password, words, ARRAY_LEN(words))) {
        return;
    }
    hand->set.reset_token = in->token;
    set_password(request, hand);
}

/* --- a link for who forgot it --- */

struct reset_in {
    struct str email;
};
static const struct shape_field reset_in_fields[] = {EMAIL_FIELD(reset_in)};
const struct shape password_reset_shape =
    SHAPE("PasswordReset", "Who forgot their password", struct reset_in, reset_in_fields);

struct reset_in_hand {
    struct password_reset reset; /* first: `done` hands it back */
    struct api_request *request;
};

static void reset_begun(struct command *command) {
    struct api_request *request = ((struct reset_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 202);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void sign_in_reset(struct api_request *request) {
    struct reset_in_hand *hand = ARENA_NEW(request->arena, struct reset_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!may_try_to_come_in(request)) {
        return;
    }
    hand->request = request;
    hand->reset.email = ((const struct reset_in *)request->body)->email;
    hand->reset.command.done = reset_begun;
    password_reset(request->api->app, &hand->reset);
}
