#include "base/csv.h"

#include <string.h>

static bool is_like_a_formula(struct str text) {
    return text.len > 0 && memchr("=+-@\t\r\0", text.bytes[0], 7) != NULL;
}

void csv_quoted(struct buf *out, struct str text) {
    buf_add_char(out, '"');
    if (is_like_a_formula(text)) {
        buf_add_char(out, '\'');
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] == '"') {
            buf_add_char(out, '"');
        }
        buf_add_char(out, text.bytes[i]);
    }
    buf_add_char(out, '"');
}

void csv_cell(struct buf *out, struct str text, bool is_last) {
    csv_quoted(out, text);
    buf_add(out, is_last ? STR("\r\n") : STR(","));
}
