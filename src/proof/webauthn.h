/* Passkeys: does what a browser sent prove that a key is there and consents (Web Authentication
 * Level 3, sections 7.1 and 7.2)?
 *
 * Attestation is not asked for (`attestation: "none"`): which maker's device it is does not matter
 * here. A statement of format "packed" that the key made itself is verified; one that a maker's
 * certificate signed is passed over; other formats are refused, since no browser sends them
 * unasked. Extensions are passed over. ES256, EdDSA and RS256 are accepted (proof/cose.h).
 *
 * The caller draws the challenge (32 random bytes, used once, for five minutes), looks up the
 * credential by its id, sees to it that an id is registered once, and decides what a regressed
 * count means. Functions are pure: whether a proof is good depends on what is given alone. */
#ifndef PROOF_WEBAUTHN_H
#define PROOF_WEBAUTHN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

enum {
    WEBAUTHN_CHALLENGE_SIZE = 32,
    WEBAUTHN_ID_MAX = 1023, /* bytes of a credential id, section 4 */
    WEBAUTHN_AAGUID_SIZE = 16,
    WEBAUTHN_CLIENT_DATA_MAX = 4096,
    WEBAUTHN_AUTHENTICATOR_DATA_MAX = 4096, /* a key of RSA-4096 and the longest id are 1.7 KiB */
    WEBAUTHN_ATTESTATION_MAX = 16 * 1024,   /* with certificates */
};

/* What this server expects of any answer. */
struct webauthn_expected {
    struct str challenge;  /* as drawn: WEBAUTHN_CHALLENGE_SIZE bytes */
    struct str origin;     /* "https://billing.example.com", as browsers write it */
    struct str rp_id;      /* "billing.example.com" */
    bool must_verify_user; /* by PIN or finger: for step-up, and where a passkey is all there is */
};

/* What is kept of a passkey. */
struct webauthn_credential {
    struct str id;         /* at most WEBAUTHN_ID_MAX bytes */
    struct str public_key; /* COSE_Key, as it came */
    int algorithm;         /* of COSE: -7, -8 or -257 */
    uint32_t sign_count;
    bool is_backup_eligible; /* a passkey that syncs; never changes */
    bool is_backed_up;
    bool was_user_verified;
    uint8_t aaguid[WEBAUTHN_AAGUID_SIZE]; /* the model, for a name to show; zeros: not told */
};

enum webauthn_verdict {
    WEBAUTHN_PROVEN,
    WEBAUTHN_TOO_LARGE,
    WEBAUTHN_CLIENT_DATA,  /* no JSON object with what it must have */
    WEBAUTHN_TYPE,         /* a registration where an assertion was due, or the reverse */
    WEBAUTHN_CHALLENGE,    /* not the one that was drawn */
    WEBAUTHN_ORIGIN,       /* made for another site: phishing, or a wrong base URL */
    WEBAUTHN_CROSS_ORIGIN, /* made in a frame of another site */
    WEBAUTHN_ATTESTATION,  /* no attestation object */
    WEBAUTHN_FORMAT,       /* an attestation that was not asked for */
    WEBAUTHN_STATEMENT,    /* the attestation statement is malformed or not signed by the key */
    WEBAUTHN_AUTHENTICATOR_DATA, /* malformed, or something follows it */
    WEBAUTHN_RP,                 /* made for another rp id */
    WEBAUTHN_USER_ABSENT,        /* nobody touched it */
    WEBAUTHN_USER_UNVERIFIED,
    WEBAUTHN_BACKUP,        /* backed up though not eligible, or eligibility changed */
    WEBAUTHN_NO_CREDENTIAL, /* a registration without a key */
    WEBAUTHN_KEY,           /* a key of another kind, or unsound */
    WEBAUTHN_SIGNATURE,
    WEBAUTHN_VERDICT_COUNT,
};
/* One sentence, for the log and the answer. */
const char *webauthn_verdict_text(enum webauthn_verdict verdict);

/* The challenge that an answer says it is for, in the arena: to find by its hash what was drawn. It
 * proves nothing yet. False when there is none, or when memory ended. */
MUST_USE bool webauthn_challenge(struct arena *arena, struct str client_data,
                                 struct str *ret_challenge);

/* As from navigator.credentials.create(), base64url decoded. */
struct webauthn_registration {
    struct str client_data; /* clientDataJSON */
    struct str attestation; /* attestationObject */
};
/* The new credential's texts borrow from the registration; untouched unless it is proven. */
MUST_USE enum webauthn_verdict webauthn_register(const struct webauthn_expected *expected,
                                                 const struct webauthn_registration *registration,
                                                 struct webauthn_credential *ret_credential);

/* As from navigator.credentials.get(), base64url decoded. */
struct webauthn_assertion {
    struct str client_data;
    struct str authenticator_data;
    struct str signature;
};
/* What to keep of the use of a passkey. */
struct webauthn_use {
    uint32_t sign_count;
    bool is_backed_up;
    bool is_user_verified;
    bool has_count_regressed; /* there may be a copy of the key: section 6.1.1 */
};
/* Of `credential` the key, the count and the eligibility are looked at. */
MUST_USE enum webauthn_verdict webauthn_assert(const struct webauthn_expected *expected,
                                               const struct webauthn_credential *credential,
                                               const struct webauthn_assertion *assertion,
                                               struct webauthn_use *ret_use);

#endif
