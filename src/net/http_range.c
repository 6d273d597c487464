#include "net/http_range.h"

#include <string.h>

#include "base/check.h"

/* A number that is larger than any file is as good as the largest (RFC 9110, 14.1.2: a last
 * position behind the end means the end). */
static bool read_position(struct str text, uint64_t *ret_position) {
    uint64_t position = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(text.bytes[i] - '0');
        bool is_large = position > (UINT64_MAX - digit) / 10;
        position = is_large ? UINT64_MAX : position * 10 + digit;
    }
    *ret_position = position;
    return text.len > 0;
}

static const struct http_range unsatisfiable = {HTTP_RANGE_UNSATISFIABLE, 0, 0};

static struct http_range part(uint64_t first, uint64_t last, uint64_t size) {
    if (first >= size) {
        return unsatisfiable;
    }
    last = last < size ? last : size - 1;
    return (struct http_range){HTTP_RANGE_PART, first, last - first + 1};
}

/* "0-499", "500-", "-500": the last 500. */
static struct http_range read_range(struct str text, uint64_t size) {
    const struct http_range whole = {HTTP_RANGE_WHOLE, 0, size};
    struct str last_text = text;
    struct str first_text = str_trim(str_cut(&last_text, '-'));
    uint64_t first = 0;
    uint64_t last = UINT64_MAX;
    if (last_text.bytes == NULL) {
        return whole;
    }
    last_text = str_trim(last_text);
    bool has_last = last_text.len > 0;
    if (has_last && !read_position(last_text, &last)) {
        return whole;
    }
    if (first_text.len == 0) {
        return !has_last   ? whole
               : last == 0 ? unsatisfiable
                           : part(last < size ? size - last : 0, UINT64_MAX, size);
    }
    return !read_position(first_text, &first) || first > last ? whole : part(first, last, size);
}

/* A date names no body exactly enough; a weak tag neither (RFC 9110, 13.1.5). */
static bool is_of_this(const struct http_request *request, struct str etag) {
    struct str wanted = http_header(request, STR("If-Range"));
    return wanted.bytes == NULL || str_equal(str_trim(wanted), etag);
}

struct http_range http_range_of(const struct http_request *request, struct str etag,
                                uint64_t size) {
    const struct http_range whole = {HTTP_RANGE_WHOLE, 0, size};
    struct str ranges = http_header(request, STR("Range"));
    struct str unit = str_trim(str_cut(&ranges, '='));
    check(etag.len >= 2 && etag.bytes[0] == '"');
    bool is_one = ranges.bytes != NULL && memchr(ranges.bytes, ',', ranges.len) == NULL;
    if (!is_one || !str_equal_ignoring_case(unit, STR("bytes")) ||
        !str_equal(request->method, STR("GET")) || !is_of_this(request, etag)) {
        return whole;
    }
    return read_range(str_trim(ranges), size);
}
