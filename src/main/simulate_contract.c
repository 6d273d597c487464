/* Enterprise: a customer asks, terms are written, an operator agrees to them with a passkey, the
 * customer's owner accepts. The people are as real to the program as any. */
#include "base/rfc3339.h"
#include "main/simulate.h"

#define OPERATOR_EMAIL "robin@operators.example"

/* $500.00 a month, for a year at a time. */
#define TERMS                                                                                      \
    "{\"terms\":{\"amount\":{\"amount\":50000,\"currency\":\"usd\"},\"interval\":\"month\","       \
    "\"termMonths\":12,\"renewal\":\"auto\",\"limits\":{\"api_requests\":{\"limit\":20000000},"    \
    "\"bandwidth\":{\"limit\":2000000000000}}},\"note\":\"As agreed\",\"offerDays\":14}"

struct session {
    struct str cookie, csrf;
};

static struct err as_person(struct simulation *simulation, const struct session *session,
                            struct simulate_request request, struct simulate_answer *ret_answer) {
    request.is_person = true;
    request.cookie = session->cookie;
    request.csrf = session->csrf;
    return simulate_call(simulation, &request, ret_answer);
}

/* What page scripts learn when they begin. */
static struct err look(struct simulation *simulation, struct session *session) {
    struct simulate_answer answer;
    struct err err = as_person(
        simulation, session,
        (struct simulate_request){.method = "GET", .target = STR("/api/session")}, &answer);
    session->csrf = arena_str(&simulation->arena, json_text(answer.json, "csrfToken"));
    simulate_answer_finish(&answer);
    return err;
}

struct posting {
    struct str target, body;
    const char *member; /* of the answer, that is wanted; or NULL */
};

/* Posts, and keeps what the answer makes of the session; *ret_text (may be NULL) is the member. */
static struct err post(struct simulation *simulation, struct session *session,
                       const struct posting *posting, struct str *ret_text) {
    struct simulate_answer answer;
    struct err err =
        as_person(simulation, session,
                  (struct simulate_request){
                      .method = "POST", .target = posting->target, .body = posting->body},
                  &answer);
    session->cookie = answer.cookie.len > 0 ? answer.cookie : session->cookie;
    if (ret_text != NULL) {
        *ret_text = arena_str(&simulation->arena, json_text(answer.json, posting->member));
    }
    simulate_answer_finish(&answer);
    return err;
}

/* The challenge that a passkey is to sign. */
static struct err ask_challenge(struct simulation *simulation, struct session *session,
                                struct str target, struct str *ret_challenge) {
    return post(simulation, session, &(struct posting){target, STR("{}"), "challenge"},
                ret_challenge);
}

/* As the owner of the socket. */
static struct err ask(struct simulation *simulation, const struct simulate_request *request,
                      const char *member, struct str *ret_text) {
    struct simulate_answer answer;
    struct err err = simulate_call(simulation, request, &answer);
    *ret_text = arena_str(&simulation->arena, json_text(answer.json, member));
    simulate_answer_finish(&answer);
    return err;
}

/* --- the operator --- */

struct err simulate_people_begin(struct simulation *simulation) {
    struct arena *arena = &simulation->arena;
    struct session session = {STR(""), STR("")};
    struct str url = STR(""), challenge = STR("");
    passkey_make(&simulation->passkey, simulation->program.env);
    TRY(ask(simulation,
            &(struct simulate_request){
                .method = "POST", .target = STR("/api/setup/link"), .body = STR("{}")},
            "url", &url));
    (void)str_cut(&url, '#');
    struct posting setup = {
        .target = STR("/api/setup"),
        .body = arena_printf(arena,
                             "{\"token\":\"" STR_FMT "\",\"email\":\"" OPERATOR_EMAIL
                             "\",\"name\":\"Robin\"}",
                             STR_ARG(url)),
    };
    TRY(post(simulation, &session, &setup, NULL));
    TRY(look(simulation, &session));
    TRY(ask_challenge(simulation, &session, STR("/api/me/passkeys/options"), &challenge));
    struct posting passkey = {
        .target = STR("/api/me/passkeys"),
        .body = passkey_registration(arena, &simulation->passkey, challenge),
    };
    return post(simulation, &session, &passkey, NULL);
}

static struct err sign_in(struct simulation *simulation, struct session *ret_session) {
    struct session session = {STR(""), STR("")};
    struct str challenge = STR("");
    TRY(ask_challenge(simulation, &session, STR("/api/sign-in/passkey/options"), &challenge));
    struct posting assertion = {
        .target = STR("/api/sign-in/passkey"),
        .body = passkey_assertion(&simulation->arena, &simulation->passkey, challenge),
    };
    TRY(post(simulation, &session, &assertion, NULL));
    TRY(look(simulation, &session));
    *ret_session = session;
    return OK;
}

static struct err approve(struct simulation *simulation, struct str approval) {
    struct session session;
    TRY(sign_in(simulation, &session));
    struct posting agreed = {
        .target = arena_printf(&simulation->arena, "/api/admin/approvals/" STR_FMT "/approve",
                               STR_ARG(approval)),
        .body = STR("{}"),
    };
    return post(simulation, &session, &agreed, NULL);
}

/* --- the customer --- */

/* As the platform sends its user here, of whom it has just asked a second factor. */
static struct err come_in(struct simulation *simulation, struct str user_id,
                          struct session *ret_session) {
    struct session session = {STR(""), STR("")};
    struct simulate_answer answer;
    struct str url = STR("");
    char now[RFC3339_SIZE];
    rfc3339_format(app_now(&simulation->program.app).ms, now);
    TRY(ask(simulation,
            &(struct simulate_request){
                .method = "POST",
                .target = STR("/api/portal-sessions"),
                .body = arena_printf(&simulation->arena,
                                     "{\"userId\":\"" STR_FMT "\",\"returnPath\":\"/billing\","
                                     "\"authentication\":{\"at\":\"%s\",\"methods\":[\"mfa\"]}}",
                                     STR_ARG(user_id), now),
            },
            "url", &url));
    struct simulate_request open = {.method = "GET", .target = str_skip(url, STR(DRIVEN_URL).len)};
    struct err err = as_person(simulation, &session, open, &answer);
    session.cookie = answer.cookie;
    simulate_answer_finish(&answer);
    TRY(err);
    TRY(look(simulation, &session));
    *ret_session = session;
    return OK;
}

static struct err accept_offer(struct simulation *simulation, struct str user_id,
                               struct str contract, struct str hash) {
    struct arena *arena = &simulation->arena;
    struct session session;
    TRY(come_in(simulation, user_id, &session));
    struct posting accepted = {
        .target =
            arena_printf(arena, "/api/billing/contracts/" STR_FMT "/accept", STR_ARG(contract)),
        .body = arena_printf(arena, "{\"termsHash\":\"" STR_FMT "\",\"name\":\"Alex Owner\"}",
                             STR_ARG(hash)),
    };
    return post(simulation, &session, &accepted, NULL);
}

struct err simulate_contract(struct simulation *simulation, int32_t account) {
    struct arena *arena = &simulation->arena;
    struct str user_id = simulate_user_id(simulation, account);
    struct str id = STR(""), hash = STR(""), approval = STR("");
    TRY(ask(simulation,
            &(struct simulate_request){
                .method = "POST",
                .target = STR("/api/billing/contract-requests"),
                .user_id = user_id,
                .body = STR("{\"message\":\"We need more than the plans have\"}"),
            },
            "id", &id));
    struct str target = arena_printf(arena, "/api/admin/contracts/" STR_FMT, STR_ARG(id));
    TRY(ask(simulation,
            &(struct simulate_request){.method = "PUT", .target = target, .body = STR(TERMS)},
            "termsHash", &hash));
    target = arena_printf(arena, STR_FMT "/submit", STR_ARG(target));
    TRY(ask(simulation,
            &(struct simulate_request){
                .method = "POST", .target = target, .body = STR("{\"reason\":\"As agreed\"}")},
            "approvalId", &approval));
    TRY(approve(simulation, approval));
    return accept_offer(simulation, user_id, id, hash);
}
