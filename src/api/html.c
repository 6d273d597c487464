#include "api/html.h"

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
