/* Writing where the room is known to suffice: each function puts something at `at` and returns
 * where to go on.
 *
 * For texts that are made a hundred thousand times a second: their maker reserves the most that
 * they can take, puts their parts, and checks once where it has come to. All else is written by buf
 * and json_writer, which ask for room each time. */
#ifndef BASE_PUT_H
#define BASE_PUT_H

#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum {
    PUT_I64_MAX = 20,     /* bytes of "-9223372036854775808" */
    PUT_RFC3339_MAX = 24, /* bytes of "2015-05-17T10:05:03.123Z" */
};

static inline char *put_str(char *at, struct str text) {
    if (text.len > 0) {
        memcpy(at, text.bytes, text.len);
    }
    return at + text.len;
}

/* Decimal. */
char *put_u64(char *at, uint64_t value);
char *put_i64(char *at, int64_t value);

/* Milliseconds UTC since 1970 as rfc3339_format() writes them, of the years 0001 to 9999. */
char *put_rfc3339(char *at, int64_t ms);

#endif
