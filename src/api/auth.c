/* Who asks, and whether they may.
 *
 * A machine has a key (Authorization: Bearer), a person a session (the cookie __Host-sid;
 * auth_session.c), and who reaches the unix socket owns the machine anyway. A key names the
 * customer in Turnpike-User where one is needed. The scope `admin` suffices everywhere. */
#include "api/auth_session.h"
#include "api/request.h"
#include "app/privacy.h"

enum credential { CREDENTIAL_NONE, CREDENTIAL_KEY, CREDENTIAL_SESSION, CREDENTIAL_LOCAL };

/* "Bearer tp_…"; the scheme's case does not matter (RFC 9110, 11.1). */
static struct str bearer_of(struct str header) {
    struct str rest = header;
    struct str scheme = str_cut(&rest, ' ');
    return str_equal_ignoring_case(scheme, STR("Bearer")) ? str_trim(rest) : STR("");
}

struct str request_bearer(const struct api_request *request) {
    return bearer_of(http_header(request->http, STR("Authorization")));
}

static enum credential credential_of(const struct api_request *request) {
    const struct http_request *http = request->http;
    if (http_header(http, STR("Authorization")).bytes != NULL) {
        return CREDENTIAL_KEY;
    }
    if (http->is_local) {
        return CREDENTIAL_LOCAL;
    }
    return session_token_of(http).bytes != NULL ? CREDENTIAL_SESSION : CREDENTIAL_NONE;
}

static void reply_scope_missing(struct api_request *request) {
    struct str names = STR("");
    for (unsigned bit = 1; bit <= SCOPE_ALL; bit <<= 1) {
        if ((request->route->scopes & bit) != 0) {
            names = arena_printf(request->arena, STR_FMT "%s%s", STR_ARG(names),
                                 names.len > 0 ? " or " : "", scope_name((enum scope)bit));
        }
    }
    reply_problem_detail(
        request, PROBLEM_SCOPE_MISSING,
        arena_printf(request->arena, "The API key needs the scope " STR_FMT ".", STR_ARG(names)));
}

/* --- keys --- */

static bool authorize_scopes(struct api_request *request, unsigned scopes) {
    if ((scopes & (request->route->scopes | SCOPE_ADMIN)) == 0) {
        reply_scope_missing(request);
        return false;
    }
    return true;
}

/* Empty for who reaches the socket of the machine. */
static struct str address_of(const struct api_request *request) {
    return request->http->is_local ? STR("") : request->origin.address;
}

static bool authorize_key(struct api_request *request) {
    struct str key = request_bearer(request);
    struct key_found found;
    struct tx tx = request_read(request);
    struct err err = key_scopes(request->api->app, &tx, key, address_of(request), &found);
    if (reply_if_failed(request, err)) {
        return false;
    }
    if (found.scopes == 0) {
        reply_problem(request,
                      found.is_elsewhere ? PROBLEM_KEY_ADDRESS_REFUSED : PROBLEM_KEY_INVALID);
        return false;
    }
    request->key = found.marks;
    request->has_key = true;
    return authorize_scopes(request, found.scopes);
}

bool authorize_lately(const struct api_request *request, struct key_marks key) {
    unsigned scopes = key_scopes_lately(request->api->app, key);
    return (scopes & (request->route->scopes | SCOPE_ADMIN)) != 0;
}

bool name_customer(struct api_request *request) {
    struct str user_id = http_header(request->http, STR("Turnpike-User"));
    if (user_id.len == 0) {
        reply_problem(request, PROBLEM_CUSTOMER_REQUIRED);
        return false;
    }
    request->user_id = user_id;
    return true;
}

/* --- by kind of route --- */

static bool authorize_customer(struct api_request *request) {
    switch (credential_of(request)) {
    case CREDENTIAL_KEY:
        return authorize_key(request) && name_customer(request);
    case CREDENTIAL_LOCAL:
        return name_customer(request);
    case CREDENTIAL_SESSION:
        return authorize_for_customer(request);
    case CREDENTIAL_NONE:
        break;
    }
    reply_problem(request, PROBLEM_KEY_MISSING);
    return false;
}

static bool authorize_machine(struct api_request *request) {
    switch (credential_of(request)) {
    case CREDENTIAL_KEY:
        return authorize_key(request);
    case CREDENTIAL_LOCAL:
        return true;
    case CREDENTIAL_SESSION:
        if (request->route->permission != PERMISSION_NONE) {
            return authorize_operator(request);
        }
        break;
    case CREDENTIAL_NONE:
        break;
    }
    reply_problem(request, PROBLEM_KEY_MISSING);
    return false;
}

bool authorize(struct api_request *request) {
    switch (request->route->auth) {
    case ROUTE_PUBLIC:
        return true;
    case ROUTE_KEY:
        return authorize_machine(request);
    case ROUTE_CUSTOMER:
        return authorize_customer(request);
    case ROUTE_SESSION:
        return authorize_anybody(request);
    }
    return false;
}

bool is_not_erased(struct api_request *request) {
    bool is_erased = false;
    /* Unit tests of this layer have no store. */
    if (request->route->auth != ROUTE_CUSTOMER || request->api->app->reader == NULL) {
        return true;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, privacy_is_erased(&tx, request->user_id, &is_erased))) {
        return false;
    }
    if (is_erased) {
        reply_problem(request, OUTCOME_CUSTOMER_ERASED);
    }
    return !is_erased;
}

/* --- once more, while an answer goes on --- */

static bool key_holds(struct api_request *request) {
    struct str key = request_bearer(request);
    struct tx tx = request_read(request);
    struct key_found found;
    struct err err = key_scopes(request->api->app, &tx, key, address_of(request), &found);
    return err_failed(err) || (found.scopes & (request->route->scopes | SCOPE_ADMIN)) != 0;
}

bool authorize_again(const struct api_request *request) {
    struct arena arena;
    struct api_request again = *request;
    arena_init(&arena, request->api->env, LIMIT_REQUEST_ARENA);
    again.arena = &arena;
    cx_init(&again.cx, request->api->env, &arena);
    bool holds = true;
    switch (credential_of(request)) {
    case CREDENTIAL_KEY:
        holds = key_holds(&again);
        break;
    case CREDENTIAL_SESSION:
        holds = session_still_allows(&again);
        break;
    case CREDENTIAL_LOCAL:
    case CREDENTIAL_NONE:
        break;
    }
    arena_finish(&arena);
    return holds;
}
