/* For the unit tests beside the code: cmocka with what it needs before it, and assertions about our
 * own types. Not part of the program. */
#ifndef BASE_TESTING_H
#define BASE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"

#define assert_ok(call) assert_err((call), ERR_NONE)
/* Names the code instead of its number when it is another. */
#define assert_err(call, expected) assert_string_equal(err_name((call).code), err_name(expected))

/* Compares a str with a C string, and shows both when they differ. */
#define assert_text(text, expected) testing_compare((text), (expected), __FILE__, __LINE__)

static inline void testing_compare(struct str text, const char *expected, const char *file,
                                   int line) {
    if (!str_equal(text, str_from_cstr(expected))) {
        print_error("\"" STR_FMT "\"\nis not \"%s\"\n", STR_ARG(text), expected);
        _fail(file, line);
    }
}

#endif
