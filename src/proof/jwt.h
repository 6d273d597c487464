/* Signed tokens of somebody else: JSON Web Tokens in compact form (RFC 7515, RFC 7519), read after
 * RFC 8725 and as OpenID Connect Core 1.0 says of ID tokens (section 3.1.3.7).
 *
 * Nothing that a token says of itself is followed: the algorithm must be one of those allowed
 * (never "none", never symmetrical), the key comes from the issuer's set, and a header that brings
 * a key or the address of one along, or that asks for an extension to be understood, is refused.
 *
 * Functions are pure; the caller fetches keys, and when JWT_NO_KEY comes back fetches them anew,
 * once in a while. */
#ifndef PROOF_JWT_H
#define PROOF_JWT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"
#include "proof/jwks.h"

enum {
    JWT_MAX = 16 * 1024,
    JWT_AUDIENCES_MAX = 16,
    JWT_AMR_MAX = 16,
    JWT_SKEW_S_MAX = 300, /* what clocks may differ by: a larger skew is taken as this */
};

/* A set of algorithms: JWT_ALG(SIGNATURE_RS256) | JWT_ALG(SIGNATURE_ES256). */
#define JWT_ALG(alg) (1u << (alg))

enum jwt_verdict {
    JWT_VALID,
    JWT_TOO_LARGE,
    JWT_MALFORMED,  /* not three parts of base64url, or a header that is no JSON object */
    JWT_ALGORITHM,  /* none, symmetrical, or not among those allowed */
    JWT_CRITICAL,   /* `crit`: wants something understood that is not */
    JWT_KEY_INSIDE, /* jku, jwk, x5u, x5c: says which key it wants to be verified by */
    JWT_TYPE,       /* `typ` is of something else than a JWT */
    JWT_NO_KEY,     /* the set has none for its kid and algorithm */
    JWT_SIGNATURE,
    JWT_CLAIMS, /* the payload is no JSON object, or a claim is missing or of another type */
    JWT_ISSUER,
    JWT_AUDIENCE, /* for somebody else */
    JWT_PARTY,    /* azp is somebody else, or missing where there are several audiences */
    JWT_EXPIRED,
    JWT_NOT_YET,                /* nbf or iat is ahead */
    JWT_TOO_OLD,                /* issued longer ago than allowed */
    JWT_NONCE,                  /* not the one of this sign-in */
    JWT_AUTHENTICATED_LONG_AGO, /* auth_time missing or too old, where that matters */
    JWT_VERDICT_COUNT,
};
/* One sentence, for the log and the answer. */
const char *jwt_verdict_text(enum jwt_verdict verdict);

/* --- the signature alone: JWS --- */

struct jws_expected {
    const struct jwks *keys;
    unsigned algs; /* JWT_ALG(…) | … */
};
/* The bytes that were signed, in the arena; untouched unless JWT_VALID. */
MUST_USE enum jwt_verdict jws_verify(struct arena *arena, const struct jws_expected *expected,
                                     struct str token, struct str *ret_payload);

/* --- with its claims --- */

struct jwt_expected {
    struct jws_expected signature;
    struct str issuer;      /* as it names itself, byte by byte */
    struct str audience;    /* our client id */
    struct str nonce;       /* empty: none was given, and none is looked for */
    int64_t now_s;          /* Unix time */
    int64_t skew_s;         /* 60 is usual; JWT_SKEW_S_MAX at most */
    int64_t age_s_max;      /* since iat; 0: only exp counts */
    int64_t auth_age_s_max; /* since the person proved themselves; 0: does not matter */
};

struct jwt_claims {
    struct str issuer, subject; /* together they name a person for ever */
    int64_t issued_at_s, expires_at_s;
    int64_t authenticated_at_s;  /* auth_time; 0: not said */
    struct str acr;              /* how well, in the issuer's words; empty: not said */
    struct str amr[JWT_AMR_MAX]; /* by what: "pwd", "otp", "hwk" (RFC 8176) */
    size_t amr_count;
    struct str payload; /* all of it, as JSON, for what else the caller reads */
};
/* Texts lie in the arena; untouched unless JWT_VALID. */
MUST_USE enum jwt_verdict jwt_verify(struct arena *arena, const struct jwt_expected *expected,
                                     struct str token, struct jwt_claims *ret_claims);

#endif
