/* Promise: where libcurl is not installed, or is none, what failed says so and names the package.
 */
#include "net/curl.h"

#include <string.h>

#include "base/testing.h"

struct desk {
    struct env env;
    struct cx cx;
    struct curl curl;
};

static struct desk desk_open(void) {
    struct desk desk = {0};
    env_posix_init(&desk.env);
    cx_init(&desk.cx, &desk.env, NULL);
    return desk;
}

static void every_function_is_found(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(curl_load(&desk.cx, CURL_LIBRARY, &desk.curl).code, ERR_NONE);
#define X(name) assert_non_null(desk.curl.name);
    CURL_FUNCTIONS(X)
#undef X
}

static void one_that_is_missing_is_named_with_its_package(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(curl_load(&desk.cx, "libnowhere.so.4", &desk.curl).code, ERR_NOT_FOUND);
    assert_non_null(strstr(desk.cx.detail, "needs libnowhere.so.4 (Debian: libcurl4)"));
}

static void another_library_is_refused_by_what_it_lacks(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(curl_load(&desk.cx, "libc.so.6", &desk.curl).code, ERR_NOT_FOUND);
    assert_non_null(
        strstr(desk.cx.detail, "libc.so.6 (Debian: libcurl4) has no curl_easy_cleanup"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_is_found),
        cmocka_unit_test(one_that_is_missing_is_named_with_its_package),
        cmocka_unit_test(another_library_is_refused_by_what_it_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
