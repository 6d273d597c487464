#include "app/secret.h"

#include "base/crypto.h"

void token_make(struct env *env, char ret_token[TOKEN_SIZE]) {
    uint8_t bytes[(TOKEN_SIZE - 1) / 2];
    env->random(env, bytes, sizeof bytes);
    str_hex(bytes, sizeof bytes, ret_token);
    ret_token[TOKEN_SIZE - 1] = '\0';
}

struct str secret_hash(struct cx *cx, struct str secret) {
    return sha256_text(cx->arena, secret);
}
