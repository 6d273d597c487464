/* What a person's session allows: their role at this moment against the route's permission, changes
 * from this server's own pages only, and money only with a fresh proof.
 *
 * A session of a customer's person acts for that customer and no other. An operator acts for no
 * customer: who may see them reads their billing with the header Turnpike-User, and changes it
 * through /api/admin or not at all. */
#include "api/auth_session.h"

#include "api/cross_site.h"
#include "app/oidc.h"
#include "app/oidc_provider.h"
#include "app/person.h"
#include "base/crypto.h"
#include "net/cookie.h"

struct str session_token_of(const struct http_request *request) {
    return cookie_get(http_header(request, STR("Cookie")), STR("__Host-sid"));
}

bool find_session(struct api_request *request) {
    struct tx tx = request_read(request);
    struct str token = session_token_of(request->http);
    bool is_found = false;
    if (token.bytes != NULL &&
        reply_if_failed(
            request, session_find(request->api->app, &tx, token, &request->session, &is_found))) {
        return false;
    }
    request->has_session = is_found;
    request->user_id = is_found ? request->session.user_id : STR("");
    return true;
}

static bool refuse(struct api_request *request, int problem) {
    reply_problem(request, problem);
    return false;
}

/* Against requests that another site makes a browser send (OWASP, "Cross-Site Request Forgery
 * Prevention"): where it comes from, and a token that only our pages can read. */
static bool is_from_our_pages(struct api_request *request) {
    char expected[CSRF_TOKEN_SIZE];
    struct str token = http_header(request->http, STR("X-CSRF-Token"));
    session_csrf_token(&request->session, expected);
    if (!is_same_site(request->http, request_host(request))) {
        return refuse(request, PROBLEM_CROSS_SITE);
    }
    if (!secret_equal(token, str_from_cstr(expected))) {
        return refuse(request, PROBLEM_CSRF_TOKEN_INVALID);
    }
    return true;
}

/* Who looks at somebody else's pages changes nothing, nor what is their own: that is done at home.
 * They may go, and prove afresh who they are. */
static bool only_looks(const struct api_request *request) {
    const struct route *route = request->route;
    bool is_coming_or_going = (route->flags & ROUTE_PENDING) != 0 && route->step_up == STEP_UP_NONE;
    return request->session.kind == SESSION_IMPERSONATION && route_is_mutation(route) &&
           route->auth != ROUTE_KEY && !is_coming_or_going;
}

/* Whoever is there, and may at all send this kind of request. */
static bool authorize_session(struct api_request *request) {
    if (!find_session(request)) {
        return false;
    }
    if (!request->has_session) {
        return refuse(request, PROBLEM_SESSION_EXPIRED);
    }
    if (request->session.is_pending && (request->route->flags & ROUTE_PENDING) == 0) {
        return refuse(request, PROBLEM_SECOND_FACTOR_REQUIRED);
    }
    if (route_is_mutation(request->route) && !is_from_our_pages(request)) {
        return false;
    }
    if (only_looks(request)) {
        return refuse(request, PROBLEM_READS_ONLY);
    }
    session_touch(request->api->app, &request->session);
    return true;
}

static bool has_permission(struct api_request *request, enum permission permission) {
    return role_may(request->session.role, permission) || refuse(request, PROBLEM_ROLE_FORBIDDEN);
}

static bool authorize_operators_look(struct api_request *request) {
    if (route_is_mutation(request->route)) {
        return refuse(request, PROBLEM_ROLE_FORBIDDEN);
    }
    return has_permission(request, PERMISSION_CUSTOMERS_READ) && name_customer(request);
}

bool authorize_for_customer(struct api_request *request) {
    if (!authorize_session(request)) {
        return false;
    }
    const struct signed_in *session = &request->session;
    if (session->kind == SESSION_OPERATOR) {
        return authorize_operators_look(request);
    }
    struct str named = http_header(request->http, STR("Turnpike-User"));
    if (named.bytes != NULL && !str_equal(named, session->user_id)) {
        return refuse(request, OUTCOME_CUSTOMER_NOT_FOUND);
    }
    return has_permission(request, request->route->permission);
}

bool authorize_operator(struct api_request *request) {
    return authorize_session(request) && has_permission(request, request->route->permission);
}

bool authorize_anybody(struct api_request *request) {
    if (session_token_of(request->http).bytes == NULL) {
        return refuse(request, PROBLEM_SESSION_MISSING);
    }
    return authorize_session(request);
}

bool session_still_allows(struct api_request *request) {
    struct tx tx = request_read(request);
    struct signed_in session;
    bool is_found = false;
    struct err err =
        session_find(request->api->app, &tx, request->session.token, &session, &is_found);
    return err_failed(err) || (is_found && session.role == request->session.role &&
                               str_equal(session.user_id, request->session.user_id));
}

/* --- step-up --- */

/* What the person has at hand to prove who they are. */
static struct err methods_of(struct api_request *request, struct shape_list *ret_methods) {
    struct tx tx = request_read(request);
    struct factors factors = {0};
    struct str *names = arena_array(request->arena, 4, sizeof *names);
    size_t count = 0;
    bool is_known = false;
    TRY(person_factors(&tx, request->session.person_id, &factors));
    if (names == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    if (factors.passkeys > 0) {
        names[count++] = STR("passkey");
    }
    if (factors.totp > 0) {
        names[count++] = STR("totp");
    }
    if (request->api->app->oidc != NULL) {
        TRY(oidc_knows(&tx, oidc_provider_settings(request->api->app->oidc)->issuer,
                       request->session.person_id, &is_known));
    }
    if (is_known) {
        names[count++] = STR("provider");
    }
    if (request->session.kind == SESSION_PORTAL) {
        names[count++] = STR("platform");
    }
    *ret_methods = (struct shape_list){names, count};
    return OK;
}

static void ask_for_proof(struct api_request *request, struct duration age_max) {
    struct problem_document document =
        problem_document_of(request->arena, PROBLEM_STEP_UP_REQUIRED, STR(""));
    document.asks_proof = true;
    document.max_age_s = age_max.ms / 1000;
    if (!reply_if_failed(request, methods_of(request, &document.methods))) {
        reply_document(request, &document);
    }
}

bool is_stepped_up(struct api_request *request) {
    const struct route *route = request->route;
    if (!request->has_session || route->step_up == STEP_UP_UNSAID ||
        (route->only_asks != NULL && route->only_asks(request))) {
        return true;
    }
    struct duration age_max = request->api->app->step_up_age_max;
    bool holds = step_up_holds(route->step_up, request->session.proofs, request->session.mfa_at,
                               age_max, request_now(request));
    if (!holds) {
        ask_for_proof(request, age_max);
    }
    return holds;
}
