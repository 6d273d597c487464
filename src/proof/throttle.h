/* How often somebody may try: the arithmetic alone. Values go in, a decision comes out, and the
 * caller keeps the values (a row an account, a table in memory an address).
 *
 * An account is slowed down, then locked, for passwords and codes only: passkeys cannot be guessed
 * and stay open, so that nobody can lock another out. Failures 1 and 2 cost nothing; the 3rd makes
 * the next attempt wait 1 second, each further one twice as long (the 9th 64 s), and from the 10th
 * on each locks for 30 minutes (PCI DSS 4.0.1, 8.3.4: at most 10, at least 30 min). A success
 * forgets them, and so does a day without any. By that a stranger has 9 guesses and then 48 a day.
 *
 * An address has a bucket of tokens that fills steadily; so has its network, since one attacker
 * often has many addresses. */
#ifndef PROOF_THROTTLE_H
#define PROOF_THROTTLE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum {
    THROTTLE_FREE_FAILURES = 2,
    THROTTLE_LOCK_FAILURES = 10,
    THROTTLE_DELAY_MS = 1000,
    THROTTLE_LOCK_MS = 30 * 60 * 1000,
    THROTTLE_FORGET_MS = 24 * 60 * 60 * 1000,
};

/* --- an account --- */

/* All zero: nothing ever failed. Instants are milliseconds since 1970. */
struct throttle_account {
    int32_t failures; /* in a row */
    int64_t failed_at_ms;
};

enum throttle_state {
    THROTTLE_OPEN,
    THROTTLE_DELAYED,
    THROTTLE_LOCKED, /* worth a mail when it begins */
};

struct throttle_answer {
    enum throttle_state state;
    int64_t wait_ms; /* until the next attempt is looked at; 0 when open. For Retry-After. */
};

/* Asked before a password is looked at. An attempt that must wait does not count as a failure. */
struct throttle_answer throttle_ask(struct throttle_account account, int64_t now_ms);
/* The account after an attempt that was looked at and failed. One that succeeded leaves {0}. */
struct throttle_account throttle_failed(struct throttle_account account, int64_t now_ms);

/* --- an address --- */

/* A full bucket gives `burst` tokens at once, and one more every `refill_ms`. */
struct throttle_rate {
    int32_t burst;
    int32_t refill_ms;
};
#define THROTTLE_ADDRESS ((struct throttle_rate){.burst = 20, .refill_ms = 6000})
#define THROTTLE_NETWORK ((struct throttle_rate){.burst = 100, .refill_ms = 1200})

/* Of forms that anybody may send, and that a person reads. */
#define THROTTLE_FORM_ADDRESS ((struct throttle_rate){.burst = 5, .refill_ms = 10 * 60 * 1000})
#define THROTTLE_FORM_NETWORK ((struct throttle_rate){.burst = 20, .refill_ms = 150 * 1000})

/* Of what browsers report by themselves, and nobody waits for; of all of them together. */
#define THROTTLE_REPORT_ADDRESS ((struct throttle_rate){.burst = 20, .refill_ms = 30 * 1000})
#define THROTTLE_REPORT_NETWORK ((struct throttle_rate){.burst = 60, .refill_ms = 10 * 1000})
#define THROTTLE_REPORT_ALL ((struct throttle_rate){.burst = 300, .refill_ms = 3 * 1000})

/* All zero: full. */
struct throttle_bucket {
    int64_t full_at_ms; /* when the last token taken will be back */
};

/* Takes a token at `now_ms`; false, and nothing is taken, when there is none: then *ret_wait_ms is
 * when to come again. A clock that went back empties no bucket by more than it holds. */
MUST_USE bool throttle_take(struct throttle_bucket *bucket, struct throttle_rate rate,
                            int64_t now_ms, int64_t *ret_wait_ms);

/* Who shares a bucket: the first bits of an IPv6 address, the others zero. IPv4 is written as
 * IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2). */
struct throttle_key {
    uint8_t bytes[16];
};

/* The keys of an address in text: of itself (IPv6: its /64, which one machine has to itself), and
 * of its network (IPv4: /24, IPv6: /48). False when it is no address. */
MUST_USE bool throttle_keys(struct str address, struct throttle_key *ret_address,
                            struct throttle_key *ret_network);

#endif
