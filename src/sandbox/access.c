#include "sandbox/access.h"

#include <sodium.h>
#include <string.h>

#include "base/crypto.h"

/* The secret key in either notation; empty when there is none. */
static struct str key_of(const struct http_request *request, struct arena *arena) {
    struct str value = http_header(request, STR("Authorization"));
    struct str scheme = str_cut(&value, ' ');
    if (str_equal_ignoring_case(scheme, STR("Bearer"))) {
        return str_trim(value);
    }
    if (!str_equal_ignoring_case(scheme, STR("Basic"))) {
        return STR("");
    }
    char *plain = arena_alloc(arena, value.len + 1);
    size_t len = 0;
    bool is_base64 = plain != NULL &&
                     sodium_base642bin((unsigned char *)plain, value.len, value.bytes, value.len,
                                       " ", &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
    struct str user = is_base64 ? str_of(plain, len) : STR("");
    return str_first(user, str_find(user, ':'));
}

static const struct prefix {
    const char *text;
    enum access_kind kind;
} prefixes[] = {
    /* the longer one first */
    {"rk_test_read", ACCESS_READ_ONLY},    {"rk_test_", ACCESS_SECRET},
    {"sk_test_", ACCESS_SECRET},           {"pk_test_", ACCESS_PUBLISHABLE},
    {ACCESS_STREAM_PREFIX, ACCESS_STREAM},
};

static bool kind_of_key(struct str key, enum access_kind *ret_kind) {
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        struct str prefix = str_from_cstr(prefixes[i].text);
        bool is_it = str_starts_with(key, prefix) &&
                     (key.len > prefix.len || prefixes[i].kind == ACCESS_READ_ONLY);
        if (is_it) {
            *ret_kind = prefixes[i].kind;
            return true;
        }
    }
    return false;
}

static bool refuse(struct fault *fault, int status) {
    fault->status = status;
    return false;
}

static bool is_live(struct str key) {
    return str_starts_with(key, STR("sk_live_")) || str_starts_with(key, STR("rk_live_")) ||
           str_starts_with(key, STR("pk_live_"));
}

bool access_read(const struct http_request *request, struct arena *arena,
                 enum access_kind *ret_kind, struct fault *fault) {
    struct str key = key_of(request, arena);
    struct str account = http_header(request, STR("Stripe-Account"));
    if (key.len == 0) {
        fault_invalid(fault, NULL, NULL,
                      "You did not provide an API key. You need to provide your API key in the "
                      "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
                      "YOUR_SECRET_KEY').");
        return refuse(fault, 401);
    }
    if (is_live(key)) {
        /* Not a byte of it is shown or logged. */
        fault_invalid(fault, "livemode_mismatch", NULL,
                      "Invalid API Key provided: a live mode key. This sandbox has test mode only; "
                      "roll the key if it is a real one, it has crossed your network.");
        return refuse(fault, 401);
    }
    if (!kind_of_key(key, ret_kind)) {
        fault_invalid(fault, NULL, NULL,
                      "Invalid API Key provided. This sandbox takes keys that begin with sk_test_, "
                      "rk_test_ or, for what a browser may do, pk_test_.");
        return refuse(fault, 401);
    }
    if (account.len > 0 && !str_equal(account, STR(SANDBOX_ACCOUNT))) {
        fault_invalid(fault, "account_invalid", NULL,
                      "The provided key does not have access to account '%.60s' (or that account "
                      "does not exist). This sandbox has one account and no Connect.",
                      arena_cstr(arena, account));
        return refuse(fault, 403);
    }
    return true;
}

/* What a browser calls with its publishable key. */
static const struct browser_call {
    const char *method, *path;
    bool needs_secret; /* the object's client_secret */
} browser_calls[] = {
    {"POST", "/v1/payment_methods", false}, {"POST", "/v1/tokens", false},
    {"GET", "/v1/payment_intents/", true},  {"POST", "/v1/payment_intents/", true},
    {"GET", "/v1/setup_intents/", true},    {"POST", "/v1/setup_intents/", true},
};

static const struct browser_call *browser_call_of(struct str method, struct str path) {
    for (size_t i = 0; i < ARRAY_LEN(browser_calls); i++) {
        const struct browser_call *call = &browser_calls[i];
        struct str wanted = str_from_cstr(call->path);
        bool fits = call->needs_secret ? str_starts_with(path, wanted) : str_equal(path, wanted);
        if (fits && str_equal(method, str_from_cstr(call->method))) {
            return call;
        }
    }
    return NULL;
}

bool access_permits(enum access_kind kind, struct str method, struct str path,
                    struct fault *fault) {
    bool is_stream = str_equal(path, STR(ACCESS_STREAM_PATH));
    if (is_stream != (kind == ACCESS_STREAM)) {
        fault_invalid(fault, NULL, NULL,
                      is_stream ? "The meter event stream takes the authentication_token of a "
                                  "meter event session, and no API key."
                                : "The token of a meter event session opens the meter event stream "
                                  "only.");
        return refuse(fault, 401);
    }
    if (kind == ACCESS_READ_ONLY && !str_equal(method, STR("GET"))) {
        fault_invalid(fault, NULL, NULL,
                      "The provided key 'rk_test_read*' does not have the required permissions for "
                      "this endpoint: it may only read.");
        return refuse(fault, 403);
    }
    if (kind == ACCESS_PUBLISHABLE && browser_call_of(method, path) == NULL) {
        fault_invalid(fault, "secret_key_required", NULL,
                      "This API call cannot be made with a publishable API key. Please use a "
                      "secret API key.");
        return refuse(fault, 401);
    }
    return true;
}

bool access_proves(enum access_kind kind, const char *secret, const json_t *object,
                   struct fault *fault) {
    const char *wanted = object == NULL ? "" : member(object, "client_secret");
    if (kind != ACCESS_PUBLISHABLE || wanted[0] == '\0') {
        return true;
    }
    if (secret == NULL) {
        return fault_invalid(fault, "parameter_missing", "client_secret",
                             "Missing required param: client_secret.");
    }
    struct str given = str_from_cstr(secret);
    if (!secret_equal(given, str_from_cstr(wanted))) {
        return fault_invalid(fault, NULL, "client_secret",
                             "The client_secret provided does not match the intent on this "
                             "account.");
    }
    return true;
}

bool access_streams(struct world *world, const struct http_request *request, struct arena *arena) {
    enum { ID_LEN = 24 };
    struct str token = key_of(request, arena);
    struct str id = str_first(str_skip(token, strlen(ACCESS_STREAM_PREFIX)), ID_LEN);
    const json_t *session = world_get(
        world, arena_cstr(arena, arena_printf(arena, ACCESS_SESSION_PREFIX STR_FMT, STR_ARG(id))));
    bool is_its = session != NULL &&
                  secret_equal(token, str_from_cstr(member(session, "authentication_token")));
    if (is_its && member_i64(session, "_expires_at") > world_now(world, NULL)) {
        return true;
    }
    fault_invalid(&world->fault, "billing_meter_event_session_expired", NULL,
                  "The meter event session has expired, or never was. Create a new one.");
    world->fault.type = "temporary_session_expired";
    return refuse(&world->fault, 401);
}
