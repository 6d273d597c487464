/* Promise: no cell of ours is a formula to a spreadsheet, and every cell ends where it should. */
#include "base/csv.h"

#include "base/testing.h"

static void compare(struct str text, bool is_last, struct str cell) {
    struct env env;
    struct buf out;
    env_posix_init(&env);
    buf_init(&out, &env, 1000);
    csv_cell(&out, text, is_last);
    assert_true(str_equal(buf_str(&out), cell));
    buf_finish(&out);
}

static void cells(void **state) {
    (void)state;
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"", "\"\","},
        {"plain, with a comma", "\"plain, with a comma\","},
        {"say \"hi\"", "\"say \"\"hi\"\"\","},
        {"two\nlines", "\"two\nlines\","},
        {"a=1", "\"a=1\","},
        {" =1", "\" =1\","},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        compare(str_from_cstr(cases[i].text), false, str_from_cstr(cases[i].cell));
    }
    compare(STR("end"), true, STR("\"end\"\r\n"));
}

static void no_cell_is_a_formula(void **state) {
    (void)state;
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"=1+1", "\"'=1+1\","},
        {"=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\","},
        {"+49 30", "\"'+49 30\","},
        {"-2", "\"'-2\","},
        {"@SUM(A1)", "\"'@SUM(A1)\","},
        {"\t=1", "\"'\t=1\","},
        {"\r=1", "\"'\r=1\","},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        compare(str_from_cstr(cases[i].text), false, str_from_cstr(cases[i].cell));
    }
    compare(str_of("\0x", 2), true, str_of("\"'\0x\"\r\n", 7));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells),
        cmocka_unit_test(no_cell_is_a_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
