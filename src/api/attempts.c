#include "api/attempts.h"

#include <string.h>

#include "base/crypto.h"

enum { BUCKETS = 4096 };

struct attempts {
    struct attempts_rates rates;
    uint8_t key[16];
    struct throttle_bucket addresses[BUCKETS], networks[BUCKETS];
};

struct attempts *attempts_create(struct env *env, struct attempts_rates rates) {
    struct attempts *attempts = env_alloc_zeroed(env, sizeof *attempts);
    if (attempts != NULL) {
        attempts->rates = rates;
        env->random(env, attempts->key, sizeof attempts->key);
    }
    return attempts;
}

void attempts_destroy(struct env *env, struct attempts *attempts) {
    env_free(env, attempts);
}

static size_t place_of(const struct attempts *attempts, const struct throttle_key *key) {
    struct str bytes = str_of((const char *)key->bytes, sizeof key->bytes);
    return (size_t)(siphash(attempts->key, bytes) % BUCKETS);
}

bool attempts_take(struct attempts *attempts, struct str address, int64_t now_ms,
                   int64_t *ret_wait_ms) {
    struct throttle_key own;
    struct throttle_key network;
    *ret_wait_ms = 0;
    if (!throttle_keys(address, &own, &network)) {
        return true;
    }
    return throttle_take(&attempts->addresses[place_of(attempts, &own)], attempts->rates.address,
                         now_ms, ret_wait_ms) &&
           throttle_take(&attempts->networks[place_of(attempts, &network)], attempts->rates.network,
                         now_ms, ret_wait_ms);
}
