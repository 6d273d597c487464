/* Sessions of people: begun by a sign-in link, shown to the pages, ended. */
#include "api/session_cookie.h"

#include <inttypes.h>

#include "api/card_numbers.h"
#include "api/media.h"
#include "api/resources.h"
#include "app/appearance.h"
#include "app/customer.h"
#include "app/oidc_provider.h"
#include "app/person.h"

/* __Host- binds the cookie to this host, to TLS (or the loopback) and to the path /
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, 4.1.3.2). */
void set_session_cookie(struct api_request *request, struct http_response *response,
                        struct str token, int64_t max_age_s) {
    http_add_header(response, STR("Set-Cookie"),
                    arena_printf(request->arena,
                                 "__Host-sid=" STR_FMT "; Path=/; Secure; HttpOnly; "
                                 "SameSite=Lax; Max-Age=%" PRId64,
                                 STR_ARG(token), max_age_s));
}

/* --- signing in --- */

struct session_place session_place_of(const struct api_request *request) {
    enum { USER_AGENT_MAX = 200 };
    struct str agent = request_user_agent(request);
    return (struct session_place){request->origin.address, str_first(agent, USER_AGENT_MAX)};
}

struct begin_in_hand {
    struct session_begin begin; /* first: `done` hands it back */
    struct api_request *request;
};

bool wants_page(const struct api_request *request) {
    struct str rest = http_header(request->http, STR("Accept"));
    while (rest.len > 0) {
        if (media_is(str_trim(str_cut(&rest, ',')), STR("text/html"))) {
            return true;
        }
    }
    return false;
}

static void begun(struct command *command) {
    struct begin_in_hand *hand = (struct begin_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome == OUTCOME_LINK_INVALID && wants_page(request)) {
        reply_redirect(request, STR("/sign-in?error=link_invalid"));
        return;
    }
    if (command->outcome != OUTCOME_DONE && command->outcome != OUTCOME_CREATED) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    struct str path = str_from_cstr(hand->begin.return_path);
    struct http_response response = {.status = 303};
    http_add_header(&response, STR("Location"), path.len > 0 ? path : STR("/billing"));
    set_session_cookie(request, &response, str_from_cstr(hand->begin.token),
                       session_absolute(hand->begin.kind).ms / 1000);
    reply_as(request, HEADERS_REDIRECT, &response);
}

void session_sign_in(struct api_request *request) {
    struct begin_in_hand *hand = ARENA_NEW(request->arena, struct begin_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (str_equal(request->http->method, STR("HEAD"))) { /* safe: the link stays good */
        reply_empty(request, 204);
        return;
    }
    hand->request = request;
    hand->begin.link_token = request->values[0];
    hand->begin.place = session_place_of(request);
    hand->begin.command.done = begun;
    session_begin(request->api->app, &hand->begin);
}

/* --- who is signed in --- */

struct session_out {
    struct str user_id, email, name;
    int mode;
    struct str person_id, person_name, person_email, role, kind, csrf_token, reason;
    struct str locale, time_zone;
    int64_t expires_at, first_weekday;
    bool is_there, needs_second_factor;
    struct str provider;
};

static const char *const mode_names[] = {"test", "live", NULL};

#define AT(member) offsetof(struct session_out, member)
static const struct shape_field session_fields[] = {
    {"userId", "The customer; null when nobody is signed in", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"email", "Theirs", SHAPE_STR, .offset = AT(email), .max = LIMIT_EMAIL,
     .flags = SHAPE_NULLABLE},
    {"name", "Theirs", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"mode", "test: no real money moves", SHAPE_ENUM, .offset = AT(mode), .names = mode_names},
    {"personId", "Who it is; null when nobody is signed in, as are all below", SHAPE_STR,
     .offset = AT(person_id), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"personName", "Theirs, as they or the platform gave it", SHAPE_STR, .offset = AT(person_name),
     .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"personEmail", "Theirs; null where the platform gave none", SHAPE_STR,
     .offset = AT(person_email), .max = LIMIT_EMAIL, .flags = SHAPE_NULLABLE},
    {"role", "owner, billing_admin, viewer; of operators admin, finance, support, auditor",
     SHAPE_STR, .offset = AT(role), .max = 20, .flags = SHAPE_NULLABLE},
    {"kind", "portal, member, operator, or impersonation: an operator who looks", SHAPE_STR,
     .offset = AT(kind), .max = 20, .flags = SHAPE_NULLABLE},
    {"csrfToken", "To be sent in X-CSRF-Token with every change", SHAPE_STR,
     .offset = AT(csrf_token), .max = CSRF_TOKEN_SIZE, .flags = SHAPE_NULLABLE},
    {"reason", "Why an operator looks", SHAPE_STR, .offset = AT(reason), .max = LIMIT_NAME,
     .flags = SHAPE_NULLABLE},
    {"expiresAt", "When it ends, whatever is done in it", SHAPE_INSTANT, .offset = AT(expires_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_there)},
    {"needsSecondFactor", "Nothing else may be done before one is proved, or set up", SHAPE_BOOL,
     .offset = AT(needs_second_factor)},
    {"locale", "As chosen; null: as the browser says", SHAPE_STR, .offset = AT(locale), .max = 16,
     .flags = SHAPE_NULLABLE},
    {"timeZone", "In which times are shown: as chosen, else the account's; null: UTC", SHAPE_STR,
     .offset = AT(time_zone), .max = LIMIT_TIME_ZONE, .flags = SHAPE_NULLABLE},
    {"firstWeekday", "1 is Monday, 7 Sunday", SHAPE_I64, .offset = AT(first_weekday),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_there)},
    {"signInProvider", "By which OpenID provider people may come in; null: by none", SHAPE_STR,
     .offset = AT(provider), .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape session_shape =
    SHAPE("Session", "Who is signed in", struct session_out, session_fields);

static struct str text_of(struct api_request *request, const char *text) {
    return arena_str(request->arena, str_from_cstr(text));
}

static void describe(struct api_request *request, struct session_out *out) {
    const struct signed_in *session = &request->session;
    char token[CSRF_TOKEN_SIZE];
    session_csrf_token(session, token);
    out->person_id = session->person_id;
    out->role = text_of(request, role_name(session->role));
    out->kind = text_of(request, session_kind_name(session->kind));
    out->csrf_token = text_of(request, token);
    out->reason = text_or_null(session->reason);
    out->expires_at = session->expires_at.ms;
    out->is_there = true;
    out->needs_second_factor = session->is_pending;
}

/* How pages are written for them. */
static struct err name_settings(struct api_request *request, struct session_out *out) {
    struct tx tx = request_read(request);
    struct appearance_settings settings;
    TRY(appearance_in_force(&tx, request->session.person_id, request->user_id, &settings));
    out->locale = text_or_null(settings.locale);
    out->time_zone = text_or_null(settings.time_zone);
    out->first_weekday = settings.first_weekday;
    return OK;
}

/* The customer, or of whom acts for none the person; and the person, whom nobody takes for the
 * customer. */
static struct err name_them(struct api_request *request, struct session_out *out) {
    struct tx tx = request_read(request);
    struct customer_row customer;
    struct person_row person;
    bool is_found = false;
    TRY(person_read(&tx, request->session.person_id, &person, &is_found));
    if (is_found) {
        out->person_name = text_or_null(person.name);
        out->person_email = text_or_null(person.email);
    }
    if (request->user_id.len == 0) {
        out->email = out->person_email;
        out->name = out->person_name;
        return OK;
    }
    TRY(customer_read(&tx, request->user_id, &customer, &is_found));
    if (is_found) {
        out->user_id = customer.user_id;
        out->email = customer.email;
        out->name = customer.name;
    }
    return OK;
}

/* A stranger is no failure: the pages ask for everybody who comes. */
void session_show(struct api_request *request) {
    struct session_out out = {.mode = request->api->app->is_test ? 0 : 1};
    if (!find_session(request)) {
        return;
    }
    const struct oidc_provider *provider = request->api->app->oidc;
    out.provider = provider == NULL ? STR("") : oidc_provider_settings(provider)->name;
    out.provider = text_or_null(out.provider);
    if (request->has_session) {
        describe(request, &out);
        if (reply_if_failed(request, name_them(request, &out)) ||
            reply_if_failed(request, name_settings(request, &out))) {
            return;
        }
    }
    reply_value(request, 200, &session_shape, &out);
}

/* --- signing out --- */

struct end_in_hand {
    struct session_end end; /* first: `done` hands it back */
    struct api_request *request;
};

static void ended(struct command *command) {
    struct api_request *request = ((struct end_in_hand *)command)->request;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    struct http_response response = {.status = 204};
    set_session_cookie(request, &response, STR(""), 0);
    reply_response(request, &response);
}

void session_sign_out(struct api_request *request) {
    struct end_in_hand *hand = ARENA_NEW(request->arena, struct end_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->end.token = request->session.token;
    hand->end.command.done = ended;
    session_end(request->api->app, &hand->end);
}
