#include "api/passkey_json.h"

#include "api/session_cookie.h"
#include "api/shapes.h"
#include "proof/base64url.h"

#define BASE64URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define BYTES(name, doc, type, member, most)                                                       \
    {                                                                                              \
        name, doc, SHAPE_STR, .offset = offsetof(struct type, member), .min = 1, .max = (most),    \
                              .allowed = BASE64URL                                                 \
    }

enum { DIGITS_PER_THREE = 4 };
#define TEXT_OF(bytes) ((bytes) / 3 * DIGITS_PER_THREE + DIGITS_PER_THREE)

static const struct shape_field register_fields[] = {
    BYTES("clientDataJSON", "As the browser gave it", passkey_register_in, client_data,
          TEXT_OF(WEBAUTHN_CLIENT_DATA_MAX)),
    BYTES("attestationObject", "As the browser gave it", passkey_register_in, attestation,
          TEXT_OF(WEBAUTHN_ATTESTATION_MAX)),
    {"name", "As its person will call it", SHAPE_STR,
     .offset = offsetof(struct passkey_register_in, name), .min = 1, .max = PASSKEY_NAME_BYTES,
     .flags = SHAPE_OPTIONAL},
};
const struct shape passkey_register_shape =
    SHAPE("PasskeyRegistration", "A new passkey", struct passkey_register_in, register_fields);

#define ASSERTION_FIELDS                                                                           \
    BYTES("credentialId", "Which passkey", passkey_assert_in, credential_id,                       \
          TEXT_OF(WEBAUTHN_ID_MAX)),                                                               \
        BYTES("clientDataJSON", "As the browser gave it", passkey_assert_in, client_data,          \
              TEXT_OF(WEBAUTHN_CLIENT_DATA_MAX)),                                                  \
        BYTES("authenticatorData", "As the browser gave it", passkey_assert_in,                    \
              authenticator_data, TEXT_OF(WEBAUTHN_AUTHENTICATOR_DATA_MAX)),                       \
        BYTES("signature", "As the browser gave it", passkey_assert_in, signature, 2048)

static const struct shape_field assert_fields[] = {ASSERTION_FIELDS};
const struct shape passkey_assert_shape =
    SHAPE("PasskeyAssertion", "A passkey is used", struct passkey_assert_in, assert_fields);
static const struct shape_field sign_in_fields[] = {
    ASSERTION_FIELDS,
    {"userId", "For which customer; as an operator, or for the first, when not given", SHAPE_STR,
     .offset = offsetof(struct passkey_assert_in, user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
const struct shape passkey_sign_in_shape =
    SHAPE("PasskeySignIn", "Who comes in by a passkey", struct passkey_assert_in, sign_in_fields);

/* --- the challenge --- */

struct options_out {
    struct str challenge, rp_id, user_handle;
    int64_t timeout_ms;
};

#define AT(member) offsetof(struct options_out, member)
static const struct shape_field options_fields[] = {
    {"challenge", "To be signed, once", SHAPE_STR, .offset = AT(challenge), .max = 64},
    {"rpId", "Whom the passkey is for", SHAPE_STR, .offset = AT(rp_id), .max = 255},
    {"userHandle", "Of the person, for a new passkey; null to come in", SHAPE_STR,
     .offset = AT(user_handle), .max = 64, .flags = SHAPE_NULLABLE},
    {"timeoutMs", "Until then it can be signed", SHAPE_I64, .offset = AT(timeout_ms)},
};
#undef AT
const struct shape passkey_options_shape =
    SHAPE("PasskeyOptions", "What a passkey is asked", struct options_out, options_fields);

struct challenge_in_hand {
    struct challenge_make make; /* first: `done` hands it back */
    struct api_request *request;
};

static void challenge_made(struct command *command) {
    struct challenge_in_hand *hand = (struct challenge_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    struct str bytes = str_of((const char *)hand->make.challenge, sizeof hand->make.challenge);
    struct options_out out = {
        .challenge = base64url_encode(request->arena, bytes),
        .rp_id = passkey_site_of(request).rp_id,
        .timeout_ms = INT64_C(60000) * CHALLENGE_MINUTES,
    };
    if (request->has_session) {
        out.user_handle = base64url_encode(request->arena, request->session.person_id);
    }
    reply_value(request, 200, &passkey_options_shape, &out);
}

void reply_challenge(struct api_request *request, struct str purpose) {
    struct challenge_in_hand *hand = ARENA_NEW(request->arena, struct challenge_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->make.purpose = purpose;
    hand->make.session_id = request->has_session ? request->session.id : STR("");
    hand->make.command.done = challenge_made;
    challenge_make(request->api->app, &hand->make);
}

/* "https://billing.example:8443" is the origin, "billing.example" the id. An address of numbers is
 * no domain: there a browser knows the server as localhost, or not at all. */
struct passkey_site passkey_site_of(const struct api_request *request) {
    struct str origin = buf_str(&request->api->base_url);
    struct str rest = str_skip(origin, str_find(origin, ':') + 3);
    struct str host = str_first(rest, str_find(rest, ':'));
    if (str_equal(host, STR("127.0.0.1"))) {
        struct str scheme = str_first(origin, str_find(origin, ':'));
        origin = arena_printf(request->arena, STR_FMT "://localhost" STR_FMT, STR_ARG(scheme),
                              STR_ARG(str_skip(rest, host.len)));
        host = STR("localhost");
    }
    return (struct passkey_site){origin, host};
}

/* --- what comes --- */

bool decode_member(struct api_request *request, struct str text, const char *pointer,
                   struct str *ret_bytes) {
    if (base64url_decode(request->arena, text, ret_bytes)) {
        return true;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, pointer, "base64url without padding");
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    return false;
}

bool decode_assertion(struct api_request *request, const struct passkey_assert_in *in,
                      struct webauthn_assertion *ret_assertion) {
    return decode_member(request, in->client_data, "/clientDataJSON",
                         &ret_assertion->client_data) &&
           decode_member(request, in->authenticator_data, "/authenticatorData",
                         &ret_assertion->authenticator_data) &&
           decode_member(request, in->signature, "/signature", &ret_assertion->signature);
}

void reply_proved(struct api_request *request, const char *token, enum session_kind kind) {
    struct http_response response = {.status = 204};
    set_session_cookie(request, &response, str_from_cstr(token), session_absolute(kind).ms / 1000);
    reply_response(request, &response);
}
