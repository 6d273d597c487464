#include "app/secret.h"

#include "base/crypto.h"

void token_make(struct env *env, char ret_token[TOKEN_SIZE]) {
    uint8_t bytes[(TOKEN_SIZE - 1) / 2];
    env->random(env, bytes, sizeof bytes);
    str_hex(bytes, sizeof bytes, ret_token);
    ret_token[TOKEN_SIZE - 1] = '\0';
}

struct str secret_hash(struct cx *cx, struct str secret) {
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256(secret, hash);
    str_hex(hash, sizeof hash, hex);
    return arena_str(cx->arena, str_of(hex, sizeof hex));
}
