/* /api/sign-in/oidc: a browser goes to the OpenID provider and comes back with a code, which is
 * given for a token. Both are navigations: what goes wrong is told on the page for signing in, or,
 * to whoever takes JSON, as a problem. */
#include "api/people.h"

#include <inttypes.h>

#include "api/act.h"
#include "api/session_cookie.h"
#include "app/audit.h"
#include "app/oidc.h"
#include "app/oidc_provider.h"
#include "base/url.h"
#include "net/cookie.h"

#define COOKIE "__Host-oidc"

/* As the session's (session.c); Lax, since the provider sends the browser back from its own site.
 */
static void set_attempt_cookie(struct api_request *request, struct http_response *response,
                               struct str secret, int64_t max_age_s) {
    http_add_header(response, STR("Set-Cookie"),
                    arena_printf(request->arena,
                                 COOKIE "=" STR_FMT "; Path=/; Secure; HttpOnly; "
                                        "SameSite=Lax; Max-Age=%" PRId64,
                                 STR_ARG(secret), max_age_s));
}

static void redirect(struct api_request *request, struct http_response *response,
                     struct str location) {
    response->status = 303;
    http_add_header(response, STR("Location"), location);
    http_add_header(response, STR("Referrer-Policy"), STR("no-referrer"));
    reply_response(request, response);
}

/* On the page where it was begun, or as a problem. */
static void tell_on(struct api_request *request, const char *page, int problem, struct str detail) {
    if (wants_page(request)) {
        struct http_response response = {.status = 303};
        redirect(request, &response,
                 arena_printf(request->arena, "%s?error=%s", page, problem_code(problem)));
    } else if (detail.len > 0) {
        reply_problem_detail(request, problem, detail);
    } else {
        reply_problem(request, problem);
    }
}

static void tell(struct api_request *request, int problem, struct str detail) {
    tell_on(request, "/sign-in", problem, detail);
}

static struct oidc_client client_of(struct api_request *request) {
    const struct oidc_settings *settings = oidc_provider_settings(request->api->app->oidc);
    return (struct oidc_client){settings->client_id, settings->client_secret,
                                arena_printf(request->arena, STR_FMT "/api/sign-in/oidc/callback",
                                             STR_ARG(buf_str(&request->api->base_url)))};
}

/* Whatever asks nothing of a person may be asked by a machine that looks ahead: HEAD changes
 * nothing. */
static bool is_begun(struct api_request *request) {
    if (str_equal(request->http->method, STR("HEAD"))) {
        reply_empty(request, 204);
        return false;
    }
    if (request->api->app->oidc == NULL) {
        tell(request, OUTCOME_OIDC_NOT_SET_UP, STR(""));
        return false;
    }
    return may_try_to_come_in(request);
}

/* --- there --- */

struct begin_in {
    struct str next;
    bool again;
};
static const struct shape_field begin_fields[] = {
    {"next", "The page of this server to come back to; the one for signing in when not given",
     SHAPE_STR, .offset = offsetof(struct begin_in, next), .min = 1, .max = OIDC_PATH_MAX,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"again", "true: whoever is signed in proves afresh who they are", SHAPE_BOOL,
     .offset = offsetof(struct begin_in, again), .flags = SHAPE_OPTIONAL},
};
const struct shape oidc_begin_query_shape =
    SHAPE("OidcBeginQuery", "Where to go on", struct begin_in, begin_fields);

struct link_out {
    struct str url;
};
static const struct shape_field link_fields[] = {
    {"url", "Where to send the browser, within ten minutes", SHAPE_STR,
     .offset = offsetof(struct link_out, url), .max = 8 * 1024},
};
const struct shape identity_link_shape =
    SHAPE("IdentityLink", "Where the provider asks", struct link_out, link_fields);

struct begin_hand {
    struct oidc_begin begin; /* first: `done` hands it back */
    struct oidc_call call;
    struct api_request *request;
    bool asks_again;
};

/* Only our own pages: what else is an address leads elsewhere, or does something. */
static bool is_page(struct str path) {
    struct route_match match = route_find(STR("GET"), path);
    return match.route != NULL && (match.route->flags & ROUTE_PAGE) != 0 &&
           match.values[0].bytes == NULL && path.bytes[0] == '/';
}

/* To a page that asked for it by a script: where it shall go, with the cookie of the attempt. */
static void reply_link(struct api_request *request, struct http_response *response,
                       struct str url) {
    struct link_out out = {url};
    struct buf json CLEANUP(buf_finish);
    struct json_writer writer;
    buf_init(&json, request->api->env, LIMIT_BODY);
    json_writer_init(&writer, &json);
    shape_encode(&identity_link_shape, &out, &writer);
    if (json.has_failed) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    response->status = 201;
    response->body = buf_str(&json);
    http_add_header(response, STR("Content-Type"), STR("application/json"));
    reply_response(request, response);
}

static void begun(struct command *command) {
    struct begin_hand *hand = (struct begin_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    char nonce[OIDC_NONCE_SIZE];
    char verifier[OIDC_NONCE_SIZE];
    struct str secret = str_from_cstr(hand->begin.secret);
    struct str state = str_from_cstr(hand->begin.state);
    oidc_nonce(secret, state, nonce);
    oidc_verifier(secret, state, verifier);
    struct oidc_question question = {
        .state = state,
        .nonce = str_from_cstr(nonce),
        .verifier = str_from_cstr(verifier),
        .acr = oidc_provider_settings(request->api->app->oidc)->acr,
        .asks_again = hand->asks_again,
    };
    struct oidc_client client = client_of(request);
    struct http_response response = {.status = 303};
    set_attempt_cookie(request, &response, secret, INT64_C(60) * OIDC_ATTEMPT_MINUTES);
    struct str url =
        oidc_authorization_url(request->arena, &hand->call.discovery, &client, &question);
    if (hand->begin.links) {
        reply_link(request, &response, url);
    } else {
        redirect(request, &response, url);
    }
}

static void discovered(struct oidc_call *call) {
    struct begin_hand *hand =
        (struct begin_hand *)((char *)call - offsetof(struct begin_hand, call));
    struct api_request *request = hand->request;
    struct app *app = request->api->app;
    if (call->verdict != OIDC_FINE) {
        tell(request, OUTCOME_OIDC_PROVIDER_FAILED,
             str_from_cstr(oidc_verdict_text(call->verdict)));
        return;
    }
    hand->begin.command.done = begun;
    act_resume(request);
    oidc_begin(app, &hand->begin);
    act_rest(app);
}

static void begin(struct api_request *request, struct begin_hand *hand) {
    hand->request = request;
    hand->call.provider = request->api->app->oidc;
    hand->call.arena = request->arena;
    hand->call.done = discovered;
    oidc_discover(&hand->call);
}

void sign_in_oidc(struct api_request *request) {
    const struct begin_in *in = request->query;
    struct begin_hand *hand = ARENA_NEW(request->arena, struct begin_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    struct str next = in != NULL && in->next.len > 0 ? in->next : STR("/sign-in");
    if (!is_page(next)) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/next",
                        "one of the pages of this server, such as /billing");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    hand->asks_again = in != NULL && in->again;
    if (!is_begun(request) || (hand->asks_again && !find_session(request))) {
        return;
    }
    if (hand->asks_again && !request->has_session) {
        tell(request, PROBLEM_SESSION_EXPIRED, STR(""));
        return;
    }
    hand->begin.return_path = next;
    hand->begin.session_id = hand->asks_again ? request->session.id : STR("");
    begin(request, hand);
}

/* The account is asked for afresh: that a browser is signed in there is not enough to make it
 * somebody's here. */
void me_identity_link(struct api_request *request) {
    struct begin_hand *hand = ARENA_NEW(request->arena, struct begin_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!is_begun(request)) {
        return;
    }
    hand->asks_again = true;
    hand->begin.links = true;
    hand->begin.return_path = STR("/security");
    hand->begin.session_id = request->session.id;
    begin(request, hand);
}

/* --- back --- */

/* What the provider adds of its own is passed over (RFC 6749, 4.1.2), so that the query is read
 * here; the shape describes what counts. */
struct answer_in {
    struct str query;
    struct str code, state, iss, error;
};
static const struct shape_field answer_fields[] = {
    {"code", "What a token is given for", SHAPE_STR, .offset = offsetof(struct answer_in, code),
     .max = 4096, .flags = SHAPE_OPTIONAL},
    {"state", "As the browser took it there", SHAPE_STR,
     .offset = offsetof(struct answer_in, state), .max = OIDC_STATE_SIZE, .flags = SHAPE_OPTIONAL},
    {"iss", "Whose answer it is", SHAPE_STR, .offset = offsetof(struct answer_in, iss),
     .max = OIDC_URL_MAX, .flags = SHAPE_OPTIONAL},
    {"error", "Why there is no code", SHAPE_STR, .offset = offsetof(struct answer_in, error),
     .max = 200, .flags = SHAPE_OPTIONAL},
};
const struct shape oidc_answer_query_shape =
    SHAPE("OidcAnswerQuery", "What the provider answers", struct answer_in, answer_fields);

bool oidc_answer_scan(struct str query, void *ret_query) {
    *(struct answer_in *)ret_query = (struct answer_in){.query = query};
    return true;
}

struct answer_hand {
    struct oidc_end end; /* first: `done` hands it back */
    struct oidc_redeem redeem;
    struct oidc_sign_in sign_in;
    struct oidc_prove prove;
    struct oidc_link link;
    struct audit_only failed;
    struct api_request *request;
    struct answer_in in;
    struct str detail; /* of a failure; empty: the code's own sentence */
    int problem;
};
#define HAND_OF(pointer, member)                                                                   \
    ((struct answer_hand *)((char *)(pointer)-offsetof(struct answer_hand, member)))

static void tell_of(const struct answer_hand *hand, int problem, struct str detail) {
    tell_on(hand->request, hand->end.links ? "/security" : "/sign-in", problem, detail);
}

static void failure_told(struct command *command) {
    struct answer_hand *hand = HAND_OF(command, failed);
    if (err_failed(command->write.err)) {
        reply_problem(hand->request, (int)command->outcome);
    } else {
        tell_of(hand, hand->problem, hand->detail);
    }
}

/* What nobody has a transaction for is written down all the same. */
static void fail(struct answer_hand *hand, int problem, const char *detail) {
    struct app *app = hand->request->api->app;
    hand->problem = problem;
    hand->detail = str_from_cstr(detail);
    hand->failed.outcome = str_from_cstr(problem_code(problem));
    hand->failed.command.done = failure_told;
    act_resume(hand->request);
    audit_write_only(app, &hand->failed);
    act_rest(app);
}

static void come_in(struct answer_hand *hand, const char *token, enum session_kind kind) {
    struct http_response response = {.status = 303};
    bool has_proved = hand->end.session_id.len > 0; /* its page may be a window that closes then */
    set_session_cookie(hand->request, &response, str_from_cstr(token),
                       session_absolute(kind).ms / 1000);
    set_attempt_cookie(hand->request, &response, STR(""), 0);
    redirect(hand->request, &response,
             arena_printf(hand->request->arena, STR_FMT "%s", STR_ARG(hand->end.return_path),
                          has_proved ? "?proved=true" : ""));
}

static void signed_in(struct command *command) {
    struct answer_hand *hand = HAND_OF(command, sign_in);
    if (command->outcome == OUTCOME_DONE) {
        come_in(hand, hand->sign_in.token, hand->sign_in.kind);
    } else {
        tell_of(hand, (int)command->outcome, STR(""));
    }
}

static void proved(struct command *command) {
    struct answer_hand *hand = HAND_OF(command, prove);
    if (command->outcome == OUTCOME_DONE) {
        come_in(hand, hand->prove.token, hand->prove.session.kind);
    } else {
        tell_of(hand, (int)command->outcome, STR(""));
    }
}

static void linked(struct command *command) {
    struct answer_hand *hand = HAND_OF(command, link);
    struct http_response response = {.status = 303};
    if (command->outcome != OUTCOME_DONE) {
        tell_of(hand, (int)command->outcome, STR(""));
        return;
    }
    set_attempt_cookie(hand->request, &response, STR(""), 0);
    redirect(
        hand->request, &response,
        arena_printf(hand->request->arena, STR_FMT "?linked=true", STR_ARG(hand->end.return_path)));
}

static struct oidc_said said_of(const struct answer_hand *hand) {
    const struct oidc_settings *settings = oidc_provider_settings(hand->redeem.call.provider);
    const struct oidc_redeem *redeem = &hand->redeem;
    int64_t now = request_now(hand->request).ms;
    int64_t proved_at = redeem->claims.authenticated_at_s * 1000;
    return (struct oidc_said){
        .issuer = redeem->claims.issuer,
        .subject = redeem->claims.subject,
        .email = redeem->person.email,
        .name = redeem->person.name,
        .is_verified =
            redeem->person.is_verified || (settings->trusts_emails && redeem->person.is_unsaid),
        .has_two_factors = oidc_says_two_factors(&redeem->claims, settings->acr),
        .proved_at = {proved_at < now ? proved_at : now}, /* clocks may differ by a minute */
    };
}

static void redeemed(struct oidc_call *call) {
    struct answer_hand *hand = HAND_OF(call, redeem);
    struct app *app = hand->request->api->app;
    if (call->verdict != OIDC_FINE) {
        bool is_theirs = call->verdict == OIDC_TOKEN || call->verdict == OIDC_ACCESS_TOKEN;
        fail(hand, is_theirs ? OUTCOME_OIDC_TOKEN_INVALID : OUTCOME_OIDC_PROVIDER_FAILED,
             oidc_redeem_text(&hand->redeem));
        return;
    }
    struct oidc_said said = said_of(hand);
    act_resume(hand->request);
    if (hand->end.links) {
        hand->link.said = said;
        hand->link.person_id = hand->request->session.person_id;
        hand->link.place = session_place_of(hand->request);
        hand->link.command.done = linked;
        oidc_link(app, &hand->link);
    } else if (hand->end.session_id.len > 0) {
        hand->prove.said = said;
        hand->prove.session = hand->request->session;
        hand->prove.command.done = proved;
        oidc_prove(app, &hand->prove);
    } else {
        hand->sign_in.said = said;
        hand->sign_in.newcomers =
            oidc_newcomer_role(oidc_provider_settings(app->oidc), hand->redeem.claims.payload);
        hand->sign_in.place = session_place_of(hand->request);
        hand->sign_in.command.done = signed_in;
        oidc_sign_in(app, &hand->sign_in);
    }
    act_rest(app);
}

/* Proving afresh must not be older than its question. */
static void redeem(struct answer_hand *hand) {
    struct api_request *request = hand->request;
    struct oidc_redeem *asks = &hand->redeem;
    char *nonce = arena_alloc(request->arena, OIDC_NONCE_SIZE);
    char *verifier = arena_alloc(request->arena, OIDC_NONCE_SIZE);
    if (nonce == NULL || verifier == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    oidc_nonce(hand->end.secret, hand->end.state, nonce);
    oidc_verifier(hand->end.secret, hand->end.state, verifier);
    asks->client = client_of(request);
    asks->code = hand->in.code;
    asks->nonce = str_from_cstr(nonce);
    asks->verifier = str_from_cstr(verifier);
    asks->now_s = request_now(request).ms / 1000;
    bool asks_again = hand->end.session_id.len > 0;
    int64_t since_s = asks->now_s - hand->end.began_at / 1000;
    asks->auth_age_s_max = !asks_again ? 0 : since_s > 1 ? since_s : 1;
    asks->call.done = redeemed;
    oidc_redeem(asks);
}

static void found(struct oidc_call *call) {
    struct answer_hand *hand = HAND_OF(call, redeem);
    struct str issuer = oidc_provider_settings(call->provider)->issuer;
    if (call->verdict != OIDC_FINE) {
        fail(hand, OUTCOME_OIDC_PROVIDER_FAILED, oidc_verdict_text(call->verdict));
    } else if (hand->in.iss.len == 0 ? call->discovery.names_issuer
                                     : !str_equal(hand->in.iss, issuer)) {
        fail(hand, OUTCOME_OIDC_OTHER_ISSUER, NULL);
    } else if (hand->in.error.len > 0 || hand->in.code.len == 0) {
        fail(hand, OUTCOME_OIDC_DENIED, NULL);
    } else {
        redeem(hand);
    }
}

static void ended(struct command *command) {
    struct answer_hand *hand = (struct answer_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome == OUTCOME_OIDC_ATTEMPT_GONE) {
        fail(hand, OUTCOME_OIDC_ATTEMPT_GONE, NULL);
        return;
    }
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    bool asks_again = hand->end.session_id.len > 0;
    if (asks_again && !find_session(request)) {
        return;
    }
    if (asks_again &&
        (!request->has_session || !str_equal(request->session.id, hand->end.session_id))) {
        fail(hand, OUTCOME_SESSION_ENDED, NULL);
        return;
    }
    hand->redeem.call.done = found;
    oidc_discover(&hand->redeem.call);
}

static const struct {
    const char *name;
    size_t offset, max;
} answer_members[] = {
    {"code", offsetof(struct answer_in, code), 4096},
    {"state", offsetof(struct answer_in, state), OIDC_STATE_SIZE},
    {"iss", offsetof(struct answer_in, iss), OIDC_URL_MAX},
    {"error", offsetof(struct answer_in, error), 200},
};

/* False when one comes twice, is too long or cannot be decoded (RFC 6749, 3.1). */
static bool read_answer(struct api_request *request, struct answer_in *in) {
    struct str name;
    struct str value;
    struct url_query query = url_query_of(request->arena, in->query);
    while (url_query_next(&query, &name, &value)) {
        for (size_t i = 0; i < ARRAY_LEN(answer_members); i++) {
            struct str *member = (struct str *)((char *)in + answer_members[i].offset);
            if (!str_equal(name, str_from_cstr(answer_members[i].name))) {
                continue;
            }
            if (member->len > 0 || value.len > answer_members[i].max) {
                return false;
            }
            *member = value;
        }
    }
    return !query.is_bad;
}

void sign_in_oidc_answer(struct api_request *request) {
    struct answer_hand *hand = ARENA_NEW(request->arena, struct answer_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->in = *(const struct answer_in *)request->query;
    if (!read_answer(request, &hand->in)) {
        reply_problem(request, PROBLEM_MALFORMED_URL);
        return;
    }
    if (!is_begun(request)) {
        return;
    }
    struct app *app = request->api->app;
    hand->request = request;
    hand->redeem.call.provider = app->oidc;
    hand->redeem.call.arena = request->arena;
    hand->end.state = hand->in.state;
    hand->end.secret = cookie_get(http_header(request->http, STR("Cookie")), STR(COOKIE));
    hand->end.arena = request->arena;
    hand->end.command.done = ended;
    act_rest(app); /* the row is of what comes of it */
    oidc_end(app, &hand->end);
}
