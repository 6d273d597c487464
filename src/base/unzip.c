#include "base/unzip.h"

#include <libdeflate.h>
#include <string.h>

#include "base/crypto.h"

enum {
    END_SIZE = 22,
    CENTRAL_SIZE = 46,
    LOCAL_SIZE = 30,
    COMMENT_MAX = 65535,
    STORED = 0,
    DEFLATED = 8,
    FLAG_ENCRYPTED = 1,
};
#define END_MARK UINT32_C(0x06054b50)
#define CENTRAL_MARK UINT32_C(0x02014b50)
#define LOCAL_MARK UINT32_C(0x04034b50)

/* Little-endian; what lies outside is 0. */
static uint32_t number(struct str bytes, size_t at, size_t size) {
    uint32_t value = 0;
    for (size_t i = 0; i < size && at + i < bytes.len; i++) {
        value |= (uint32_t)(uint8_t)bytes.bytes[at + i] << (8 * i);
    }
    return value;
}

static struct str part(struct str bytes, size_t at, size_t len) {
    bool is_in = at <= bytes.len && len <= bytes.len - at;
    return is_in ? str_of(bytes.bytes + at, len) : STR("");
}

/* Where the list ends: the last mark whose comment reaches to the end of the file. */
static bool find_end(struct str bytes, size_t *ret_at) {
    size_t least = bytes.len > END_SIZE + COMMENT_MAX ? bytes.len - END_SIZE - COMMENT_MAX : 0;
    for (size_t at = bytes.len - END_SIZE + 1; at > least; at--) {
        size_t here = at - 1;
        if (number(bytes, here, 4) == END_MARK &&
            here + END_SIZE + number(bytes, here + 20, 2) == bytes.len) {
            *ret_at = here;
            return true;
        }
    }
    return false;
}

/* The content lies behind a head that says the same name, method and flags once more. */
static void read_local(struct str bytes, size_t at, size_t packed, uint32_t flags,
                       struct unzip_entry *entry) {
    size_t name_len = number(bytes, at + 26, 2);
    size_t begins = at + LOCAL_SIZE + name_len + number(bytes, at + 28, 2);
    struct str name = part(bytes, at + LOCAL_SIZE, name_len);
    entry->packed = part(bytes, begins, packed);
    entry->is_broken = number(bytes, at, 4) != LOCAL_MARK || !str_equal(name, entry->name) ||
                       number(bytes, at + 8, 2) != (uint32_t)entry->method ||
                       number(bytes, at + 6, 2) != flags || (flags & FLAG_ENCRYPTED) != 0 ||
                       entry->packed.len != packed;
}

/* One entry of the list; false when it is none. */
static bool read_central(struct str bytes, size_t *at, struct unzip_entry *entry) {
    size_t name_len = number(bytes, *at + 28, 2);
    size_t more = number(bytes, *at + 30, 2) + number(bytes, *at + 32, 2);
    if (number(bytes, *at, 4) != CENTRAL_MARK) {
        return false;
    }
    *entry = (struct unzip_entry){
        .name = part(bytes, *at + CENTRAL_SIZE, name_len),
        .method = (int)number(bytes, *at + 10, 2),
        .crc = number(bytes, *at + 16, 4),
        .size = number(bytes, *at + 24, 4),
    };
    read_local(bytes, number(bytes, *at + 42, 4), number(bytes, *at + 20, 4),
               number(bytes, *at + 8, 2), entry);
    *at += CENTRAL_SIZE + name_len + more;
    return entry->name.len == name_len && name_len > 0;
}

static struct err refuse(struct cx *cx, const char *why) {
    return cx_fail(cx, ERR(ERR_FORMAT), "This is no ZIP file: %s.", why);
}

struct err unzip_read(struct cx *cx, struct str bytes, struct unzip_list *ret_list) {
    size_t end = 0;
    if (bytes.len < END_SIZE || !find_end(bytes, &end)) {
        return refuse(cx, "it has no list of members");
    }
    size_t count = number(bytes, end + 10, 2);
    size_t at = number(bytes, end + 16, 4);
    if (at > end || number(bytes, end + 12, 4) != end - at) {
        return refuse(cx, "its list of members is not where it should be");
    }
    struct unzip_entry *entries = arena_array(cx->arena, count, sizeof *entries);
    if (entries == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_central(bytes, &at, &entries[i])) {
            return refuse(cx, "its list of members is broken");
        }
    }
    *ret_list = (struct unzip_list){entries, count};
    return at == end ? OK : refuse(cx, "its list of members is broken");
}

static bool inflate_all(const struct unzip_entry *entry, char *into) {
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    size_t used = 0;
    bool is_good =
        inflater != NULL &&
        libdeflate_deflate_decompress_ex(inflater, entry->packed.bytes, entry->packed.len, into,
                                         entry->size, &used, NULL) == LIBDEFLATE_SUCCESS &&
        used == entry->packed.len;
    libdeflate_free_decompressor(inflater);
    return is_good;
}

struct err unzip_content(const struct unzip_entry *entry, char *into) {
    bool is_good = !entry->is_broken;
    if (is_good && entry->method == STORED) {
        is_good = entry->packed.len == entry->size;
        memcpy(into, entry->packed.bytes, is_good ? entry->size : 0);
    } else {
        is_good = is_good && entry->method == DEFLATED && inflate_all(entry, into);
    }
    is_good = is_good && crc32_of(str_of(into, entry->size)) == entry->crc;
    return is_good ? OK : ERR(ERR_CORRUPT);
}
