#include "core/difference.h"

#include <assert.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/check.h"

static const struct {
    const char *code;
    bool is_safe;
    const char *text;
} differences[DIFFERENCE_COUNT] = {
#define X(name, code, is_safe, text) {code, is_safe, text},
    DIFFERENCES(X)
#undef X
};

static_assert(ARRAY_LEN(differences) == DIFFERENCE_COUNT, "every difference has its row");

const char *difference_code(enum difference difference) {
    check(difference < DIFFERENCE_COUNT);
    return differences[difference].code;
}

const char *difference_text(enum difference difference) {
    check(difference < DIFFERENCE_COUNT);
    return differences[difference].text;
}

bool difference_is_safe(enum difference difference) {
    check(difference < DIFFERENCE_COUNT);
    return differences[difference].is_safe;
}

bool difference_parse(struct str code, enum difference *ret_difference) {
    for (int i = 0; i < DIFFERENCE_COUNT; i++) {
        if (str_equal(code, str_from_cstr(differences[i].code))) {
            *ret_difference = (enum difference)i;
            return true;
        }
    }
    return false;
}
