/* What browsers and this server say to each other about passkeys, as the JSON of Web Authentication
 * Level 3 (section 5.1, PublicKeyCredential.toJSON): bytes are base64url. */
#ifndef API_PASSKEY_JSON_H
#define API_PASSKEY_JSON_H

#include "api/request.h"
#include "app/factor.h"

struct passkey_register_in {
    struct str client_data, attestation, name;
};
extern const struct shape passkey_register_shape;

struct passkey_assert_in {
    struct str credential_id, client_data, authenticator_data, signature, user_id;
};
extern const struct shape passkey_assert_shape; /* of who is signed in */
extern const struct shape passkey_sign_in_shape;

/* Draws a challenge and replies with what navigator.credentials wants to know. */
void reply_challenge(struct api_request *request, struct str purpose);
extern const struct shape passkey_options_shape;

/* The origin and the id of this server for passkeys, by its base URL. */
struct passkey_site passkey_site_of(const struct api_request *request);

/* Bytes of a member; replies and returns false when it is no base64url. */
MUST_USE bool decode_member(struct api_request *request, struct str text, const char *pointer,
                            struct str *ret_bytes);
MUST_USE bool decode_assertion(struct api_request *request, const struct passkey_assert_in *in,
                               struct webauthn_assertion *ret_assertion);

/* Replies 204 with the session's new cookie. */
void reply_proved(struct api_request *request, const char *token, enum session_kind kind);

#endif
