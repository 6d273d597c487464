/* OpenID Connect, seen from whoever relies on a provider (OpenID Connect Core 1.0 and Discovery
 * 1.0, PKCE of RFC 7636, the issuer of answers of RFC 9207): what a provider says of itself, where
 * a browser is sent, what is asked for a code, and what a token says of a person.
 *
 * Pure functions over bytes; app/oidc_provider.h fetches. Whether a token holds says jwt.h. */
#ifndef PROOF_OIDC_H
#define PROOF_OIDC_H

#include "proof/jwt.h"

enum {
    OIDC_DOCUMENT_MAX = 64 * 1024, /* bytes of any answer of a provider's */
    OIDC_URL_MAX = 1024,
    OIDC_NONCE_SIZE = 44, /* 256 bits in base64url, NUL */
};

enum oidc_verdict {
    OIDC_FINE,
    OIDC_UNREACHABLE,  /* no answer in time, or none that can be trusted to be theirs */
    OIDC_STATUS,       /* another status than was to be expected */
    OIDC_TOO_LARGE,    /* OIDC_DOCUMENT_MAX */
    OIDC_DOCUMENT,     /* no JSON object */
    OIDC_OTHER_ISSUER, /* it is somebody else's document */
    OIDC_ENDPOINT,     /* an address is missing, or not to be sent to */
    OIDC_FLOW,         /* neither codes nor PKCE by S256 */
    OIDC_CLIENT_AUTH,  /* takes the secret neither in a header nor in the body */
    OIDC_ALGORITHM,    /* signs tokens by none of those taken here */
    OIDC_KEYS,         /* its keys: enum jwks_verdict says more */
    OIDC_CODE_REFUSED, /* it gives nothing for the code */
    OIDC_NO_TOKEN,     /* it gives something else than an ID token */
    OIDC_TOKEN,        /* the ID token does not hold: enum jwt_verdict says more */
    OIDC_ACCESS_TOKEN, /* at_hash is of another access token */
    OIDC_VERDICT_COUNT,
};
/* One sentence, for the log and the answer. */
const char *oidc_verdict_text(enum oidc_verdict verdict);

/* --- what it says of itself --- */

struct oidc_discovery {
    struct str authorization_endpoint, token_endpoint, keys_uri;
    unsigned algs;     /* JWT_ALG(…): signs ID tokens by these, of those taken here */
    bool posts_secret; /* it takes the client's secret in the body only */
    bool names_issuer; /* every answer of its says whose it is (RFC 9207) */
    bool takes_claims; /* single claims may be asked for (Core, 5.5) */
};
/* Where its document lies (Discovery, section 4). */
struct str oidc_discovery_url(struct arena *arena, struct str issuer);
/* Texts lie in the arena; untouched unless OIDC_FINE. `issuer` is compared byte by byte. */
MUST_USE enum oidc_verdict oidc_discovery_read(struct arena *arena, struct str json,
                                               struct str issuer, struct oidc_discovery *ret_read);
/* Whether both URLs begin with the same scheme, host and port. */
bool oidc_is_same_origin(struct str a, struct str b);

/* --- what is asked --- */

/* What binds one sign-in to one browser: made of the secret that its cookie holds and the state, so
 * that nothing of it needs to be kept. Base64url, 43 characters. */
void oidc_nonce(struct str secret, struct str state, char ret_nonce[OIDC_NONCE_SIZE]);
void oidc_verifier(struct str secret, struct str state, char ret_verifier[OIDC_NONCE_SIZE]);

struct oidc_client {
    struct str id, secret;
    struct str redirect_uri;
};
struct oidc_question {
    struct str state, nonce, verifier;
    struct str acr;  /* a context that is asked for; empty: none */
    bool asks_again; /* the person shall prove themselves now, whatever the provider remembers */
};
/* Where the browser is sent, in the arena. */
struct str oidc_authorization_url(struct arena *arena, const struct oidc_discovery *at,
                                  const struct oidc_client *client,
                                  const struct oidc_question *question);

/* What is sent for a code. */
struct oidc_code_request {
    struct str body;          /* application/x-www-form-urlencoded */
    struct str authorization; /* a whole header line; empty: none */
};
struct oidc_code_request oidc_code_request(struct arena *arena, const struct oidc_discovery *at,
                                           const struct oidc_client *client, struct str code,
                                           struct str verifier);

/* What came for it; in the arena. */
struct oidc_tokens {
    struct str id_token, access_token;
};
MUST_USE enum oidc_verdict oidc_tokens_read(struct arena *arena, int status, struct str json,
                                            struct oidc_tokens *ret_tokens);

/* --- what a token says --- */

/* True without an at_hash (Core, 3.1.3.8: it is optional with codes), or when it is of this. */
bool oidc_access_token_holds(struct arena *arena, struct str payload, struct str access_token);

/* Who it is, beside issuer and subject; empty where the token says nothing. */
struct oidc_person {
    struct str email, name;
    bool is_verified; /* the provider has seen that the address is theirs */
    bool is_unsaid;   /* it has an address, and does not say whether it has seen that */
};
struct oidc_person oidc_person_of(struct arena *arena, struct str payload);

/* Whether a claim is this text, or a list that has it, as of groups. */
bool oidc_claim_has(struct str payload, struct str claim, struct str value);

/* Whether the provider asked for two factors: it says "mfa", or one that is known and one that is
 * had or is the person's own (RFC 8176), or the context `acr`, when that is not empty. */
bool oidc_says_two_factors(const struct jwt_claims *claims, struct str acr);

#endif
