/* The quick half of json_read: simdjson behind a C header, the one C++ file
 * (docs/decisions/simdjson.md). */
#ifndef BASE_JSON_FAST_H
#define BASE_JSON_FAST_H

#include <jansson.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The value of a text that json_read would take, or NULL when it is left to jansson: what is not
 * JSON, what is rare (integers beyond 64 bits, duplicate names, NUL characters, texts over
 * JSON_FAST_MAX, which would keep as much memory), and what memory does not suffice for. Nested
 * deeper than `depth_max` is not taken either. A new reference. */
json_t *json_fast_read(const char *bytes, size_t len, size_t depth_max);

enum { JSON_FAST_MAX = 256 * 1024 };

#ifdef __cplusplus
}
#endif

#endif
