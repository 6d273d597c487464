#include "proof/throttle.h"

#include <assert.h>
#include <string.h>

#include "base/check.h"
#include "base/network.h"

static_assert(THROTTLE_LOCK_FAILURES - THROTTLE_FREE_FAILURES <= 31, "the delay is a shift");

/* How long the account waits after its last failure. */
static int64_t delay_ms(int32_t failures) {
    if (failures <= THROTTLE_FREE_FAILURES) {
        return 0;
    }
    if (failures >= THROTTLE_LOCK_FAILURES) {
        return THROTTLE_LOCK_MS;
    }
    return (int64_t)THROTTLE_DELAY_MS << (failures - THROTTLE_FREE_FAILURES - 1);
}

static bool is_forgotten(struct throttle_account account, int64_t now_ms) {
    return now_ms - account.failed_at_ms >= THROTTLE_FORGET_MS;
}

struct throttle_answer throttle_ask(struct throttle_account account, int64_t now_ms) {
    int64_t delay = delay_ms(account.failures);
    int64_t passed = now_ms - account.failed_at_ms;
    if (passed >= delay) {
        return (struct throttle_answer){THROTTLE_OPEN, 0};
    }
    /* A clock that went back must not make anybody wait longer than the rule says. */
    int64_t wait = passed < 0 ? delay : delay - passed;
    bool is_locked = account.failures >= THROTTLE_LOCK_FAILURES;
    return (struct throttle_answer){is_locked ? THROTTLE_LOCKED : THROTTLE_DELAYED, wait};
}

struct throttle_account throttle_failed(struct throttle_account account, int64_t now_ms) {
    int32_t before = is_forgotten(account, now_ms) ? 0 : account.failures;
    bool is_at_top = before >= THROTTLE_LOCK_FAILURES;
    return (struct throttle_account){.failures = is_at_top ? before : before + 1,
                                     .failed_at_ms = now_ms};
}

bool throttle_take(struct throttle_bucket *bucket, struct throttle_rate rate, int64_t now_ms,
                   int64_t *ret_wait_ms) {
    check(rate.burst > 0 && rate.refill_ms > 0);
    /* The generic cell rate algorithm: instead of tokens, the instant at which all are back. */
    int64_t whole = (int64_t)rate.burst * rate.refill_ms;
    int64_t full_at = bucket->full_at_ms < now_ms ? now_ms : bucket->full_at_ms;
    full_at = full_at > now_ms + whole ? now_ms + whole : full_at;
    int64_t after = full_at + rate.refill_ms;
    if (after > now_ms + whole) {
        *ret_wait_ms = after - (now_ms + whole);
        return false;
    }
    bucket->full_at_ms = after;
    return true;
}

static struct throttle_key first_bytes(const uint8_t address[NETWORK_BYTES], size_t count) {
    struct throttle_key key = {{0}};
    memcpy(key.bytes, address, count);
    return key;
}

bool throttle_keys(struct str address, struct throttle_key *ret_address,
                   struct throttle_key *ret_network) {
    uint8_t bytes[NETWORK_BYTES];
    if (!network_address(address, bytes)) {
        return false;
    }
    bool is_ipv4 = network_is_v4(bytes);
    *ret_address = first_bytes(bytes, is_ipv4 ? 16 : 8);
    *ret_network = first_bytes(bytes, is_ipv4 ? 15 : 6);
    return true;
}
