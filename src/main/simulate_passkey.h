/* A passkey in software, of a person of a simulation: what a browser would send for it (proof/
 * webauthn.h says what that has to prove). Its key follows from the seed, so it guards nothing. */
#ifndef MAIN_SIMULATE_PASSKEY_H
#define MAIN_SIMULATE_PASSKEY_H

#include "base/arena.h"
#include "base/env.h"
#include "base/sign.h"

enum { PASSKEY_ID_SIZE = 16 };

struct passkey {
    struct sign_key key;
    uint8_t id[PASSKEY_ID_SIZE];
    uint32_t count; /* of its uses */
};

void passkey_make(struct passkey *passkey, struct env *env);
/* Bodies of requests, in JSON: to register it, and to come in by it. `challenge` as the server
 * wrote it. */
struct str passkey_registration(struct arena *arena, const struct passkey *passkey,
                                struct str challenge);
struct str passkey_assertion(struct arena *arena, struct passkey *passkey, struct str challenge);

#endif
