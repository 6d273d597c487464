/* Reading CBOR (RFC 8949) as WebAuthn has it: the canonical form of CTAP2 and nothing else.
 *
 * Integers and lengths in their shortest form, lengths known beforehand, keys of maps (integers or
 * texts) ascending and therefore once, UTF-8 in texts; no tags, no floats, of simple values false,
 * true and null. WebAuthn asks readers to refuse the rest (Level 3, section 6), and a reader that
 * knows one spelling of each thing has less to get wrong.
 *
 * A reader fails once and for all: after that every call says no, so that callers may ask at the
 * end. Nothing is copied or allocated; bytes and texts are borrowed from the input.
 *
 *     struct cbor in = {.rest = bytes};
 *     struct cbor_map map;
 *     struct cbor_item key;
 *     for (cbor_map_open(&in, &map); cbor_map_next(&map, &key);) { … read or skip the value … }
 *     if (!cbor_is_done(&in)) { … } */
#ifndef PROOF_CBOR_H
#define PROOF_CBOR_H

#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum { CBOR_DEPTH_MAX = 4 }; /* maps and arrays in one another: WebAuthn has three */

/* As the first three bits have it. */
enum cbor_type {
    CBOR_UNSIGNED = 0,
    CBOR_NEGATIVE = 1,
    CBOR_BYTES = 2,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_SIMPLE = 7,
};

struct cbor {
    struct str rest; /* what was not read yet */
    bool has_failed;
};

/* `number` is the value of CBOR_UNSIGNED, -1 - value of CBOR_NEGATIVE, the count of items of an
 * array or pairs of a map, which follow, or the number of a simple value (20 false, 21 true, 22
 * null); `bytes` are those of CBOR_BYTES and CBOR_TEXT. */
struct cbor_item {
    enum cbor_type type;
    uint64_t number;
    struct str bytes;
};

/* The next item. False when the input ends or is not as said above. */
MUST_USE bool cbor_read(struct cbor *in, struct cbor_item *ret_item);
/* The same, where only this type will do: anything else is a failure. */
MUST_USE bool cbor_read_type(struct cbor *in, enum cbor_type type, struct cbor_item *ret_item);
/* Passes over the next item with all that is in it, at most CBOR_DEPTH_MAX deep; gives its bytes.
 */
MUST_USE bool cbor_skip(struct cbor *in, struct str *ret_bytes);
/* True when all was read without failure. */
bool cbor_is_done(const struct cbor *in);

/* Whether an item is this integer. */
bool cbor_is_int(const struct cbor_item *item, int value);
/* Whether an item is this text. */
bool cbor_is_text(const struct cbor_item *item, struct str text);

/* A map whose keys are read one by one; the value of each is read or skipped before the next. */
struct cbor_map {
    struct cbor *in;
    uint64_t left;
    struct str last_key; /* as it stands in the input */
};

/* Begins the map that comes next; one without pairs when there is none, and the reader failed. */
void cbor_map_open(struct cbor *in, struct cbor_map *ret_map);
/* The next key; false at the end, and when the reader failed. */
MUST_USE bool cbor_map_next(struct cbor_map *map, struct cbor_item *ret_key);

#endif
