#include "net/cookie.h"

static struct str unquote(struct str value) {
    bool is_quoted = value.len >= 2 && value.bytes[0] == '"' && value.bytes[value.len - 1] == '"';
    return is_quoted ? str_of(value.bytes + 1, value.len - 2) : value;
}

struct str cookie_get(struct str header, struct str name) {
    struct str found = {0};
    while (header.len > 0) {
        struct str piece = str_trim(str_cut(&header, ';'));
        size_t equals = str_find(piece, '=');
        if (equals == piece.len || !str_equal(str_trim(str_first(piece, equals)), name)) {
            continue;
        }
        struct str value =
            unquote(str_trim(str_of(piece.bytes + equals + 1, piece.len - equals - 1)));
        if (found.bytes != NULL && !str_equal(found, value)) {
            return (struct str){0};
        }
        found = value;
    }
    return found;
}
