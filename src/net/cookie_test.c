/* Guards: a session is read from its own cookie, whatever else a browser sends beside it. */
#include "net/cookie.h"

#include "base/testing.h"

static void cookies(void **state) {
    (void)state;
    static const struct {
        struct str header, value;
        bool is_there;
    } cases[] = {
        {STR_INIT("sid=abc"), STR_INIT("abc"), true},
        {STR_INIT("a=1; sid=abc=; b=2"), STR_INIT("abc="), true},
        {STR_INIT("sid=\"quoted\""), STR_INIT("quoted"), true},
        {STR_INIT("sid="), STR_INIT(""), true},
        {STR_INIT("sid=x; sid=x"), STR_INIT("x"), true},
        {STR_INIT("sid=x; sid=y"), STR_INIT(""), false},
        {STR_INIT("sid"), STR_INIT(""), false},
        {STR_INIT("xsid=a; SID=b"), STR_INIT(""), false},
        {STR_INIT(""), STR_INIT(""), false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str value = cookie_get(cases[i].header, STR("sid"));
        assert_int_equal(value.bytes != NULL, cases[i].is_there);
        assert_true(str_equal(value, cases[i].value));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
