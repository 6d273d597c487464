/* Promise: only JSON within our bounds is read, the place of a mistake is named, and what the
 * writer writes reads back as it was. */
#include "base/json.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/limits.h"
#include "base/testing.h"

static void finds_members(void **state) {
    (void)state;
    struct json_problem problem;
    CLEANUP(json_release)
    json_t *value = json_read(STR("{\"data\":{\"object\":{\"id\":\"in_1\",\"n\":-7,\"paid\":true,"
                                  "\"real\":1.5,\"none\":null}}}"),
                              &problem);
    assert_non_null(value);
    assert_text(json_text(value, "data.object.id"), "in_1");
    assert_text(json_text(value, "data.object.n"), "");
    assert_text(json_text(value, "data.object.id.more"), "");
    assert_text(json_text(value, "data.absent"), "");
    assert_int_equal(json_i64(value, "data.object.n", 3), -7);
    assert_int_equal(json_i64(value, "data.object.real", 3), 3);
    assert_int_equal(json_i64(value, "absent", 3), 3);
    assert_true(json_flag(value, "data.object.paid", false));
    assert_true(json_flag(value, "data.object.none", true));
    assert_true(json_is_null(json_at(value, "data.object.none")));
    assert_null(json_at(NULL, "a"));
}

static void refuses_with_the_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *reason; /* a part of it */
    } cases[] = {
        {"", 1, 1, "end of file"},
        {"{", 1, 1, "end of file"},
        {"{\"a\": tru}", 1, 9, "invalid token"},
        {"{\"a\":1,\n \"b\":2,\n \"a\":3}", 3, 4, "duplicate object key"},
        {"[1,2", 1, 4, "end of file"},
        {"[1] x", 1, 5, "end of file expected"},
        {"[\"\xc3\xa9\", x]", 1, 7, "invalid token"}, /* columns count characters */
        {"[01]", 1, 2, "invalid token"},
        {"[9223372036854775808]", 1, 20, "too big integer"},
        {"[1e999]", 1, 6, "real number overflow"},
        {"[\"a\\u0000b\"]", 1, 11, "\\u0000"},
        {"[\"\xff\"]", 1, 2, "unable to decode byte 0xff"},
        {"[\"a\nb\"]", 1, 3, "unexpected newline"},
        {"[\"\\ud800\"]", 1, 9, "invalid Unicode"},
        {"{'a':1}", 1, 2, "string or '}' expected"},
        {"[1,]", 1, 4, "unexpected token"},
        {"\xef\xbb\xbf{}", 1, 1, "invalid token"}, /* a byte-order mark */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_problem problem = {0};
        json_t *value = json_read(str_from_cstr(cases[i].text), &problem);
        if (value != NULL || strstr(problem.reason, cases[i].reason) == NULL ||
            problem.line != cases[i].line || problem.column != cases[i].column) {
            print_error("%s: %d:%d %s\n", cases[i].text, problem.line, problem.column,
                        problem.reason);
            fail();
        }
    }
}

static void refuses_nul_bytes(void **state) {
    (void)state;
    struct json_problem problem;
    assert_null(json_read(str_of("[1]\0", 4), &problem));
    assert_null(json_read(str_of("[\"a\0b\"]", 7), &problem));
    assert_null(json_read((struct str){NULL, 0}, &problem));
}

static void bounds_the_depth(void **state) {
    (void)state;
    char text[2 * (LIMIT_JSON_DEPTH + 1)];
    memset(text, '[', LIMIT_JSON_DEPTH + 1);
    memset(text + LIMIT_JSON_DEPTH + 1, ']', LIMIT_JSON_DEPTH + 1);
    struct json_problem problem;
    assert_null(json_read(str_of(text, sizeof text), &problem));
    assert_string_equal(problem.reason, "nested too deeply");
    assert_int_equal(problem.column, LIMIT_JSON_DEPTH + 1);
    CLEANUP(json_release) json_t *deepest = json_read(str_of(text + 1, sizeof text - 2), &problem);
    assert_non_null(deepest);
    /* Brackets inside strings are text. */
    CLEANUP(json_release)
    json_t *flat = json_read(STR("[\"[[[[[[[[[[[[[[[[[[\\\"[[[[\\\\\"]"), &problem);
    assert_non_null(flat);
}

static void writes_what_reads_back(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct buf out;
    buf_init(&out, env_sim_env(sim), 1 << 16);
    struct json_writer writer;
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_member_str(&writer, "text", STR("a\"b\\c\n\t\x01\x1f\xc3\xa9/"));
    json_member_cstr(&writer, "none", NULL);
    json_member_i64(&writer, "least", INT64_MIN);
    json_member_bool(&writer, "yes", true);
    json_name(&writer, "null");
    json_put_null(&writer);
    json_name(&writer, "list");
    json_open_array(&writer);
    json_put_i64(&writer, 1);
    json_open_object(&writer);
    json_close_object(&writer);
    json_open_array(&writer);
    json_close_array(&writer);
    json_put_bool(&writer, false);
    json_put_raw(&writer, STR("{\"raw\":[]}"));
    json_put_str(&writer, (struct str){NULL, 0});
    json_close_array(&writer);
    json_name(&writer, "last \"one\"");
    json_put_null(&writer);
    json_close_object(&writer);
    assert_text(buf_str(&out),
                "{\"text\":\"a\\\"b\\\\c\\n\\t\\u0001\\u001f\xc3\xa9/\",\"none\":null,"
                "\"least\":-9223372036854775808,\"yes\":true,\"null\":null,"
                "\"list\":[1,{},[],false,{\"raw\":[]},\"\"],\"last \\\"one\\\"\":null}");
    struct json_problem problem;
    json_t *back = json_read(buf_str(&out), &problem);
    assert_text(json_text(back, "text"), "a\"b\\c\n\t\x01\x1f\xc3\xa9/");
    assert_true(json_i64(back, "least", 0) == INT64_MIN);
    json_release(&back);
    buf_finish(&out);
    env_sim_destroy(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_members),          cmocka_unit_test(refuses_with_the_place),
        cmocka_unit_test(refuses_nul_bytes),      cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(writes_what_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
