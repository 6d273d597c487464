/* Sessions of people: begun by a sign-in link, shown to the pages, ended. */
#include "api/resources.h"

#include "api/media.h"
#include "app/access.h"
#include "app/customer.h"

/* __Host- binds the cookie to this host, to TLS (or the loopback) and to the path /
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, 4.1.3.2). */
static void set_cookie(struct api_request *request, struct http_response *response,
                       struct str token, int max_age_s) {
    http_add_header(response, STR("Set-Cookie"),
                    arena_printf(request->arena,
                                 "__Host-sid=" STR_FMT "; Path=/; Secure; HttpOnly; "
                                 "SameSite=Lax; Max-Age=%d",
                                 STR_ARG(token), max_age_s));
}

/* --- signing in --- */

struct begin_in_hand {
    struct session_begin begin; /* first: `done` hands it back */
    struct api_request *request;
};

/* A browser's navigation: it asks for a page by name. */
static bool wants_page(const struct api_request *request) {
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
    http_add_header(&response, STR("Referrer-Policy"), STR("no-referrer"));
    set_cookie(request, &response, str_from_cstr(hand->begin.token), SESSION_HOURS * 60 * 60);
    reply_response(request, &response);
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
    hand->begin.command.done = begun;
    session_begin(request->api->app, &hand->begin);
}

/* --- who is signed in --- */

struct session_out {
    struct str user_id, email, name;
    int mode;
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
};
#undef AT
const struct shape session_shape =
    SHAPE("Session", "Who is signed in", struct session_out, session_fields);

/* A stranger is no failure: the pages ask for everybody who comes. */
void session_show(struct api_request *request) {
    struct session_out out = {.mode = request->api->app->is_test ? 0 : 1};
    if (!find_session(request)) {
        return;
    }
    if (request->user_id.len > 0) {
        struct tx tx = request_read(request);
        struct customer_row row;
        bool is_found = false;
        if (reply_if_failed(request, customer_read(&tx, request->user_id, &row, &is_found))) {
            return;
        }
        if (is_found) {
            out = (struct session_out){row.user_id, row.email, row.name, out.mode};
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
    set_cookie(request, &response, STR(""), 0);
    reply_response(request, &response);
}

void session_sign_out(struct api_request *request) {
    struct end_in_hand *hand = ARENA_NEW(request->arena, struct end_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->end.token = request->session_token;
    hand->end.command.done = ended;
    session_end(request->api->app, &hand->end);
}
