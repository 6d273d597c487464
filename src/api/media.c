#include "api/media.h"

static bool is_utf8_charset(struct str parameter) {
    struct str value = parameter;
    struct str name = str_trim(str_cut(&value, '='));
    value = str_trim(value);
    if (value.len >= 2 && value.bytes[0] == '"' && value.bytes[value.len - 1] == '"') {
        value = str_of(value.bytes + 1, value.len - 2);
    }
    return !str_equal_ignoring_case(name, STR("charset")) ||
           str_equal_ignoring_case(value, STR("utf-8"));
}

bool media_is(struct str header, struct str type) {
    struct str rest = header;
    if (!str_equal_ignoring_case(str_trim(str_cut(&rest, ';')), type)) {
        return false;
    }
    while (rest.bytes != NULL) {
        if (!is_utf8_charset(str_cut(&rest, ';'))) {
            return false;
        }
    }
    return true;
}
