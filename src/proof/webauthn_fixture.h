/* For the tests of passkeys: W3C's examples, and an authenticator with an Ed25519 key of its own,
 * which also says what no real one would. */
#ifndef PROOF_WEBAUTHN_FIXTURE_H
#define PROOF_WEBAUTHN_FIXTURE_H

#include "base/json.h"
#include "base/testing.h"
#include "proof/signature.h"
#include "proof/webauthn.h"

/* --- W3C's examples (tests/vectors/webauthn.json) --- */

json_t *vectors_load(void);

struct vector_bytes {
    char bytes[2048];
    size_t len;
};
struct vector_bytes vector_read(const json_t *vector, const char *path);
struct str vector_str(const struct vector_bytes *bytes);
struct webauthn_expected vector_expected(const struct vector_bytes *challenge);

/* --- the authenticator --- */

/* What is to differ from a ceremony that is right; all zero: nothing. Bytes are hexadecimal. */
struct ceremony {
    const char *type, *challenge, *origin;
    const char *members;     /* behind the others of the client data: ",\"a\":1" */
    const char *client_data; /* instead of all of it */
    const char *rp_id;
    unsigned flags; /* 0x01 user present, 0x04 verified, 0x08 eligible, 0x10 backed up, 0x40 key */
    uint32_t count;
    const char *credential; /* instead of aaguid, id and key */
    const char *key;        /* instead of the key: COSE */
    const char *tail;       /* behind the authenticator data */
    const char *format, *statement;
    const char *attestation; /* instead of all of it */
    bool is_badly_signed;
    int signature_len; /* so many bytes more or less */
    bool must_verify_user, was_eligible;
};

struct piece {
    char bytes[2048];
    size_t len;
};

struct made {
    struct webauthn_expected expected;
    struct webauthn_credential credential;
    struct webauthn_assertion assertion;
    struct webauthn_registration registration;
};

/* What they return borrows from memory that the next call uses again. */
struct made assertion_make(const struct ceremony *ceremony);
struct made registration_make(const struct ceremony *ceremony);

#endif
