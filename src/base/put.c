#include "base/put.h"

#include "base/check.h"
#include "base/rfc3339.h"

/* --- numbers --- */

static const uint64_t powers_of_ten[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* How many digits it has. 1233/4096 is a little more than log10(2), so that the estimate is right
 * or one too many (Hacker's Delight, 11-4). */
static unsigned digits_of(uint64_t value) {
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
    unsigned most = bits * 1233 >> 12;
    return most + (most < ARRAY_LEN(powers_of_ten) && value >= powers_of_ten[most]);
}

/* The two digits of a number below a hundred. */
static void put_pair(char *at, unsigned value) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    memcpy(at, pairs + (size_t)value * 2, 2);
}

char *put_u64(char *at, uint64_t value) {
    if (value < 10) {
        *at = (char)('0' + value);
        return at + 1;
    }
    unsigned count = digits_of(value);
    char *end = at + count;
    char *to = end;
    for (; count >= 2; count -= 2) {
        put_pair(to -= 2, (unsigned)(value % 100));
        value /= 100;
    }
    if (count == 1) {
        *--to = (char)('0' + value);
    }
    return end;
}

char *put_i64(char *at, int64_t value) {
    if (value >= 0) {
        return put_u64(at, (uint64_t)value);
    }
    *at = '-';
    return put_u64(at + 1, 0 - (uint64_t)value);
}

/* --- instants --- */

/* Two digits and what stands behind them. */
static char *put_two(char *at, int number, char behind) {
    put_pair(at, (unsigned)number);
    at[2] = behind;
    return at + 3;
}

char *put_rfc3339(char *at, int64_t ms) {
    check(ms >= RFC3339_FIRST_MS && ms <= RFC3339_LAST_MS);
    struct civil civil = civil_from_ms(ms);
    put_pair(at, (unsigned)civil.year / 100);
    at = put_two(at + 2, civil.year % 100, '-');
    at = put_two(at, civil.month, '-');
    at = put_two(at, civil.day, 'T');
    at = put_two(at, civil.hour, ':');
    at = put_two(at, civil.minute, ':');
    if (civil.millisecond == 0) {
        return put_two(at, civil.second, 'Z');
    }
    at = put_two(at, civil.second, '.');
    *at = (char)('0' + civil.millisecond / 100);
    return put_two(at + 1, civil.millisecond % 100, 'Z');
}
