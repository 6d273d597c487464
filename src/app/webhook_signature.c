#include "app/webhook_signature.h"

#include "base/base64.h"
#include "base/check.h"
#include "base/crypto.h"

static const struct str prefix = STR_INIT("whsec_");
enum { SECRET_BYTES = 32 };

struct str webhook_secret_new(struct cx *cx) {
    char bytes[SECRET_BYTES];
    cx->env->random(cx->env, bytes, sizeof bytes);
    struct str text = base64_encode(cx->arena, str_of(bytes, sizeof bytes));
    return arena_printf(cx->arena, "whsec_" STR_FMT, STR_ARG(text));
}

static bool secret_bytes(struct str secret, uint8_t ret_bytes[WEBHOOK_SECRET_BYTES_MAX],
                         size_t *ret_len) {
    return str_starts_with(secret, prefix) &&
           base64_decode(str_skip(secret, prefix.len), WEBHOOK_SECRET_BYTES_MAX, ret_bytes,
                         ret_len) &&
           *ret_len >= WEBHOOK_SECRET_BYTES_MIN;
}

bool webhook_secret_is_valid(struct str secret) {
    uint8_t bytes[WEBHOOK_SECRET_BYTES_MAX];
    size_t len = 0;
    return secret_bytes(secret, bytes, &len);
}

static struct str sign(struct arena *arena, const struct webhook_message *message,
                       struct str secret) {
    uint8_t key[WEBHOOK_SECRET_BYTES_MAX];
    uint8_t mac[SHA256_SIZE];
    size_t len = 0;
    bool is_valid = secret_bytes(secret, key, &len);
    check(is_valid);
    const struct str parts[] = {
        message->id,
        arena_printf(arena, ".%lld.", (long long)message->timestamp_s),
        message->body,
    };
    hmac_sha256(str_of((const char *)key, len), parts, ARRAY_LEN(parts), mac);
    return base64_encode(arena, str_of((const char *)mac, sizeof mac));
}

struct str webhook_signature(struct arena *arena, const struct webhook_message *message,
                             const struct str *secrets, size_t count) {
    struct str all = STR("");
    for (size_t i = 0; i < count; i++) {
        all = arena_printf(arena, STR_FMT "%sv1," STR_FMT, STR_ARG(all), i > 0 ? " " : "",
                           STR_ARG(sign(arena, message, secrets[i])));
    }
    return all;
}
