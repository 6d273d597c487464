#include "proof/cbor.h"

enum { SHORT_MAX = 23, TYPE_SHIFT = 5, REST_MASK = 31, TYPE_TAG = 6 };
enum { SIMPLE_FALSE = 20, SIMPLE_NULL = 22 };

static bool fail(struct cbor *in) {
    in->has_failed = true;
    in->rest = str_of(NULL, 0);
    return false;
}

static struct str take(struct cbor *in, size_t len) {
    struct str taken = str_first(in->rest, len);
    in->rest = str_skip(in->rest, len);
    return taken;
}

/* The number behind the first byte: in its five bits up to 23, else in 1, 2, 4 or 8 bytes, of which
 * the shortest that holds it must be used. */
static bool read_number(struct cbor *in, uint8_t first, uint64_t *ret_number) {
    static const uint64_t least[] = {SHORT_MAX + 1, UINT64_C(1) << 8, UINT64_C(1) << 16,
                                     UINT64_C(1) << 32};
    unsigned low = first & REST_MASK;
    if (low <= SHORT_MAX) {
        *ret_number = low;
        return true;
    }
    unsigned width = low - SHORT_MAX - 1;
    if (width >= ARRAY_LEN(least) || in->rest.len < (size_t)1 << width) {
        return false;
    }
    struct str bytes = take(in, (size_t)1 << width);
    uint64_t number = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        number = number << 8 | (uint8_t)bytes.bytes[i];
    }
    *ret_number = number;
    return number >= least[width];
}

/* Whether the number can be what it says of what follows: each item takes a byte at least. */
static bool is_possible(const struct cbor *in, const struct cbor_item *item) {
    switch (item->type) {
    case CBOR_UNSIGNED:
    case CBOR_NEGATIVE:
        return true;
    case CBOR_BYTES:
    case CBOR_TEXT:
    case CBOR_ARRAY:
        return item->number <= in->rest.len;
    case CBOR_MAP:
        return item->number <= in->rest.len / 2;
    case CBOR_SIMPLE:
        return item->number >= SIMPLE_FALSE && item->number <= SIMPLE_NULL;
    }
    return false;
}

bool cbor_read(struct cbor *in, struct cbor_item *ret_item) {
    if (in->has_failed || in->rest.len == 0) {
        return fail(in);
    }
    uint8_t first = (uint8_t)take(in, 1).bytes[0];
    unsigned type = first >> TYPE_SHIFT;
    struct cbor_item item = {.type = (enum cbor_type)type};
    if (type == TYPE_TAG || !read_number(in, first, &item.number) || !is_possible(in, &item)) {
        return fail(in);
    }
    if (item.type == CBOR_BYTES || item.type == CBOR_TEXT) {
        item.bytes = take(in, (size_t)item.number);
    }
    if (item.type == CBOR_TEXT && !str_is_utf8(item.bytes)) {
        return fail(in);
    }
    *ret_item = item;
    return true;
}

bool cbor_read_type(struct cbor *in, enum cbor_type type, struct cbor_item *ret_item) {
    struct cbor_item item;
    if (!cbor_read(in, &item)) {
        return false;
    }
    if (item.type != type) {
        return fail(in);
    }
    *ret_item = item;
    return true;
}

bool cbor_is_done(const struct cbor *in) {
    return !in->has_failed && in->rest.len == 0;
}

bool cbor_is_int(const struct cbor_item *item, int value) {
    return value >= 0 ? item->type == CBOR_UNSIGNED && item->number == (uint64_t)value
                      : item->type == CBOR_NEGATIVE && item->number == (uint64_t)(-1 - value);
}

bool cbor_is_text(const struct cbor_item *item, struct str text) {
    return item->type == CBOR_TEXT && str_equal(item->bytes, text);
}

void cbor_map_open(struct cbor *in, struct cbor_map *ret_map) {
    struct cbor_item head = {.number = 0};
    bool is_map = cbor_read_type(in, CBOR_MAP, &head);
    *ret_map = (struct cbor_map){.in = in, .left = is_map ? head.number : 0};
}

/* CTAP 2.1, section 8: by type, then the shorter first, then by bytes. */
static bool is_before(struct str a, struct str b) {
    unsigned a_type = (uint8_t)a.bytes[0] >> TYPE_SHIFT;
    unsigned b_type = (uint8_t)b.bytes[0] >> TYPE_SHIFT;
    if (a_type != b_type) {
        return a_type < b_type;
    }
    return a.len != b.len ? a.len < b.len : memcmp(a.bytes, b.bytes, a.len) < 0;
}

bool cbor_map_next(struct cbor_map *map, struct cbor_item *ret_key) {
    if (map->in->has_failed || map->left == 0) {
        return false;
    }
    map->left--;
    struct str from = map->in->rest;
    struct cbor_item key;
    if (!cbor_read(map->in, &key)) {
        return false;
    }
    struct str encoded = str_first(from, from.len - map->in->rest.len);
    bool is_key = key.type == CBOR_UNSIGNED || key.type == CBOR_NEGATIVE || key.type == CBOR_TEXT;
    if (!is_key || (map->last_key.len > 0 && !is_before(map->last_key, encoded))) {
        return fail(map->in);
    }
    map->last_key = encoded;
    *ret_key = key;
    return true;
}

/* Passes over what is in arrays and maps; no deeper than CBOR_DEPTH_MAX calls. */
static bool skip(struct cbor *in, int depth) {
    struct cbor before = *in;
    struct cbor_item item;
    if (!cbor_read(in, &item)) {
        return false;
    }
    bool is_nest = item.type == CBOR_ARRAY || item.type == CBOR_MAP;
    if (is_nest && depth == CBOR_DEPTH_MAX) {
        return fail(in);
    }
    if (item.type == CBOR_MAP) {
        struct cbor_map map;
        struct cbor_item key;
        *in = before;
        for (cbor_map_open(in, &map); cbor_map_next(&map, &key);) {
            if (!skip(in, depth + 1)) {
                return false;
            }
        }
    }
    for (uint64_t i = 0; item.type == CBOR_ARRAY && i < item.number; i++) {
        if (!skip(in, depth + 1)) {
            return false;
        }
    }
    return !in->has_failed;
}

bool cbor_skip(struct cbor *in, struct str *ret_bytes) {
    struct str from = in->rest;
    if (!skip(in, 0)) {
        return false;
    }
    *ret_bytes = str_first(from, from.len - in->rest.len);
    return true;
}
