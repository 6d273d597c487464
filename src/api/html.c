#include "api/html.h"

#include "base/check.h"

void html_add(struct buf *page, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        switch (text.bytes[i]) {
        case '<':
            buf_add(page, STR("&lt;"));
            break;
        case '>':
            buf_add(page, STR("&gt;"));
            break;
        case '&':
            buf_add(page, STR("&amp;"));
            break;
        case '"':
            buf_add(page, STR("&quot;"));
            break;
        default:
            buf_add(page, str_of(text.bytes + i, 1));
        }
    }
}

void html_fill(struct buf *page, const char *text, const struct str *values, size_t count) {
    struct str rest = str_from_cstr(text);
    size_t taken = 0;
    for (size_t at = str_find(rest, '{'); at < rest.len; at = str_find(rest, '{')) {
        check(rest.bytes[at + 1] == '}'); /* the text ends in a NUL, at the latest */
        check(taken < count);
        buf_add(page, str_first(rest, at));
        html_add(page, values[taken++]);
        rest = str_skip(rest, at + 2);
    }
    check(taken == count);
    buf_add(page, rest);
}
