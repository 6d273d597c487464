#include "api/experiment_viewer.h"

#include "api/card_numbers.h"
#include "net/cookie.h"

enum { VISITOR_BYTES = 16, VISITOR_DAYS = 90, DAY_SECONDS = 86400 };
#define COOKIE "__Host-visitor"
#define PREFIX "visitor_"

/* --- who it is --- */

static bool is_visitor_id(struct str text) {
    size_t prefix = sizeof PREFIX - 1;
    return text.len == prefix + 2 * (size_t)VISITOR_BYTES &&
           str_equal(str_first(text, prefix), STR(PREFIX)) &&
           str_only(str_skip(text, prefix), "0123456789abcdef");
}

static struct str visitor_new(struct api_request *request) {
    uint8_t random[VISITOR_BYTES];
    char hex[2 * VISITOR_BYTES];
    request->api->env->random(request->api->env, random, sizeof random);
    str_hex(random, sizeof random, hex);
    return arena_printf(request->arena, PREFIX "%.*s", (int)sizeof hex, hex);
}

static bool contains(struct str text, struct str part) {
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (str_equal(str_of(text.bytes + i, part.len), part)) {
            return true;
        }
    }
    return false;
}

/* Roughly: what a page is looked at with. */
static const char *device_of(struct str agent) {
    static const char *const machines[] = {"bot",    "Bot",   "crawl",
                                           "spider", "curl/", "HeadlessFetch"};
    for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
        if (contains(agent, str_from_cstr(machines[i]))) {
            return "machine";
        }
    }
    bool is_tablet = contains(agent, STR("iPad")) || contains(agent, STR("Tablet"));
    return is_tablet ? "tablet" : contains(agent, STR("Mobi")) ? "phone" : "desktop";
}

static bool objects(const struct api_request *request) {
    return str_equal(str_trim(http_header(request->http, STR("Sec-GPC"))), STR("1"));
}

/* Operators and machines are nobody's units; who opens a customer's pages as somebody else sees
 * what the customer sees, and changes nothing. */
static struct experiment_viewer viewer_of(struct api_request *request, const char *page) {
    const struct signed_in *session = &request->session;
    struct str device = str_from_cstr(device_of(request_user_agent(request)));
    struct experiment_viewer viewer = {
        .visitor = STR(""), .page = str_from_cstr(page == NULL ? "" : page), .device = device};
    bool is_impersonation = request->has_session && session->kind == SESSION_IMPERSONATION;
    if (request->has_session) {
        viewer.user_id = session->is_pending ? STR("") : session->user_id;
    } else {
        viewer.user_id = request->user_id;
    }
    bool is_person = request->has_session ? viewer.user_id.len > 0 && !is_impersonation
                                          : !request->has_key && request->user_id.len == 0;
    struct str cookie = cookie_get(http_header(request->http, STR("Cookie")), STR(COOKIE));
    viewer.visitor = is_person && is_visitor_id(cookie) ? cookie : request->visitor;
    viewer.may_join =
        page != NULL && is_person && !objects(request) && !str_equal(device, STR("machine"));
    return viewer;
}

/* --- meeting --- */

struct meeting {
    struct experiment_expose expose; /* first: `done` hands it back */
    struct api_request *request;
    void (*then)(struct api_request *request);
};

static void met(struct command *command) {
    struct meeting *meeting = (struct meeting *)command;
    if (command->outcome == OUTCOME_DONE) {
        meeting->then(meeting->request);
    } else {
        reply_problem(meeting->request, (int)command->outcome);
    }
}

void experiment_meet(struct api_request *request, const char *page,
                     void (*then)(struct api_request *request)) {
    struct experiment_offer offer;
    struct tx tx = request_read(request);
    request->visitor = STR("");
    struct experiment_viewer viewer = viewer_of(request, page);
    bool is_stranger = viewer.may_join && viewer.user_id.len == 0 && viewer.visitor.len == 0;
    if (is_stranger) {
        viewer.visitor = visitor_new(request);
    }
    if (reply_if_failed(request, experiment_offer_read(request->api->app, &tx, &viewer, &offer))) {
        return;
    }
    if (!offer.is_new && !offer.needs_link) {
        then(request);
        return;
    }
    request->visitor = is_stranger ? viewer.visitor : STR("");
    struct meeting *meeting = ARENA_NEW(request->arena, struct meeting);
    if (meeting == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    meeting->request = request;
    meeting->then = then;
    meeting->expose.viewer = viewer;
    meeting->expose.command.done = met;
    experiment_expose(request->api->app, &meeting->expose);
}

bool experiment_offer_of(struct api_request *request, struct experiment_offer *ret_offer) {
    struct tx tx = request_read(request);
    struct experiment_viewer viewer = viewer_of(request, NULL);
    return !reply_if_failed(request,
                            experiment_offer_read(request->api->app, &tx, &viewer, ret_offer));
}

void add_visitor_cookie(struct api_request *request, struct http_response *response) {
    if (request->visitor.len > 0) {
        http_add_header(response, STR("Set-Cookie"),
                        arena_printf(request->arena,
                                     COOKIE "=" STR_FMT
                                            "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d",
                                     STR_ARG(request->visitor), VISITOR_DAYS * DAY_SECONDS));
    }
}
