/* Public keys of passkeys: COSE_Key (RFC 9052, 9053) in the three forms that are offered to
 * authenticators, ES256, EdDSA and RS256 (WebAuthn Level 3, section 6.5.1.1). */
#ifndef PROOF_COSE_H
#define PROOF_COSE_H

#include "base/attr.h"
#include "base/str.h"
#include "proof/signature.h"

/* The identifiers of these algorithms, as pubKeyCredParams names them. */
enum { COSE_ES256 = -7, COSE_EDDSA = -8, COSE_RS256 = -257 };

/* Reads one key and nothing behind it; the parts are borrowed from `bytes`. False when it is not
 * exactly what WebAuthn says of its algorithm, with a sound key: no other members, no compressed
 * points. */
MUST_USE bool cose_key_read(struct str bytes, enum signature_alg *ret_alg,
                            struct public_key *ret_key);

#endif
