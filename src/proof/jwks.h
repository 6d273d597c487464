/* The keys of an issuer of tokens: a JSON Web Key Set (RFC 7517), read strictly.
 *
 * Keys of types, curves, uses or algorithms that are of no use here are passed over, as the RFC
 * asks (section 5). A key that cannot be what it says, or that comes with its private part, makes
 * the whole set unfit: something is wrong at the other end. */
#ifndef PROOF_JWKS_H
#define PROOF_JWKS_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"
#include "proof/signature.h"

enum {
    JWKS_MAX = 64 * 1024, /* bytes */
    JWKS_KEYS_MAX = 32,
    JWKS_KID_MAX = 256,
};

struct jwk {
    struct str kid; /* empty: it has none */
    struct public_key key;
    bool has_alg; /* then only this algorithm is signed with it */
    enum signature_alg alg;
};

struct jwks {
    struct jwk keys[JWKS_KEYS_MAX];
    size_t count;
};

enum jwks_verdict {
    JWKS_READ,
    JWKS_TOO_LARGE, /* JWKS_MAX, JWKS_KEYS_MAX or memory */
    JWKS_MALFORMED, /* no JSON object with a list of keys */
    JWKS_KEY,       /* a key that is unsound or malformed */
    JWKS_PRIVATE, /* a key that should not be here: its private part, or one of symmetrical kind */
    JWKS_SAME_TWICE, /* two keys of one type under one kid */
    JWKS_NONE,       /* no key that is of use */
    JWKS_VERDICT_COUNT,
};
/* One sentence, for the log. */
const char *jwks_verdict_text(enum jwks_verdict verdict);

/* Reads a set; texts and keys lie in the arena. Untouched unless JWKS_READ. */
MUST_USE enum jwks_verdict jwks_read(struct arena *arena, struct str json, struct jwks *ret_keys);

/* The key that signs with this algorithm under this kid. Without a kid (OpenID Connect Core, 10.1)
 * the only one that could; NULL when there is none, or more than one. */
const struct jwk *jwks_find(const struct jwks *keys, struct str kid, enum signature_alg alg);

/* "ES256", "EdDSA", …; false for any other, "none" included. */
MUST_USE bool jose_alg_read(struct str name, enum signature_alg *ret_alg);

#endif
