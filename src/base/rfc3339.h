/* Instants as text: RFC 3339 <-> milliseconds UTC since 1970, years 0001 to 9999, and the civil
 * date arithmetic under it (proleptic Gregorian, no leap seconds: a second 60 is refused). Pure. */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum { RFC3339_SIZE = 25 }; /* "2015-05-17T10:05:03.123Z" and NUL */

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z. */
#define RFC3339_FIRST_MS INT64_C(-62135596800000)
#define RFC3339_LAST_MS INT64_C(253402300799999)

/* A civil date and time in UTC. */
struct civil {
    int year, month, day; /* 1..12, 1..31 */
    int hour, minute, second, millisecond;
};

int64_t civil_to_ms(struct civil civil);
struct civil civil_from_ms(int64_t ms);
int civil_days_in_month(int year, int month);

/* Accepts upper- and lower-case T and Z, offsets, and 1 to 9 digits of a fraction (cut to
 * milliseconds). */
MUST_USE bool rfc3339_parse(struct str text, int64_t *ret_ms);
/* "2015-05-17T10:05:03Z", with ".123" only when there are milliseconds. NUL-terminated. */
void rfc3339_format(int64_t ms, char ret_text[RFC3339_SIZE]);

#endif
