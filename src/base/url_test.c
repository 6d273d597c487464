/* Guards: what was encoded decodes to itself, and what cannot be decoded is refused, not guessed.
 */
#include "base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct world {
    struct env env;
    struct arena arena;
};

static void open_world(struct world *world) {
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, 1 << 20);
}

static void assert_str(struct str actual, struct str expected) {
    if (!str_equal(actual, expected)) {
        fail_msg("\"" STR_FMT "\" instead of \"" STR_FMT "\"", STR_ARG(actual), STR_ARG(expected));
    }
}

static void decoding(void **state) {
    (void)state;
    struct world world;
    open_world(&world);
    static const struct {
        struct str encoded, as_query, as_path;
    } good[] = {
        {STR_INIT(""), STR_INIT(""), STR_INIT("")},
        {STR_INIT("abc"), STR_INIT("abc"), STR_INIT("abc")},
        {STR_INIT("a+b%20c%2B"), STR_INIT("a b c+"), STR_INIT("a+b c+")},
        {STR_INIT("%c3%BC"), STR_INIT("\xc3\xbc"), STR_INIT("\xc3\xbc")},
        {STR_INIT("%2f%2e%2E"), STR_INIT("/.."), STR_INIT("/..")},
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct str text;
        assert_true(url_decode(&world.arena, good[i].encoded, true, &text));
        assert_str(text, good[i].as_query);
        assert_true(url_decode(&world.arena, good[i].encoded, false, &text));
        assert_str(text, good[i].as_path);
    }
    static const struct str bad[] = {
        STR_INIT("%"),   STR_INIT("%4"),  STR_INIT("%zz"),       STR_INIT("a%0"),
        STR_INIT("%00"), STR_INIT("%ff"), STR_INIT("%c0%af"),    STR_INIT("%+1"),
        STR_INIT("%%"),  STR_INIT("a\0"), STR_INIT("%ed%a0%80"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct str text = STR("untouched");
        assert_false(url_decode(&world.arena, bad[i], true, &text));
        assert_str(text, STR("untouched"));
    }
    arena_finish(&world.arena);
}

static void what_was_encoded_decodes_to_itself(void **state) {
    (void)state;
    struct world world;
    open_world(&world);
    struct buf out;
    buf_init(&out, &world.env, 4096);
    url_encode(&out, STR("a-Z_0.9~ /?&=+%\xc3\xbc"));
    assert_str(buf_str(&out), STR("a-Z_0.9~%20%2F%3F%26%3D%2B%25%C3%BC"));
    for (int c = 1; c < 128; c++) {
        char byte = (char)c;
        struct str text;
        buf_clear(&out);
        url_encode(&out, str_of(&byte, 1));
        assert_true(url_decode(&world.arena, buf_str(&out), true, &text));
        assert_str(text, str_of(&byte, 1));
    }
    buf_finish(&out);
    arena_finish(&world.arena);
}

static void queries(void **state) {
    (void)state;
    struct world world;
    open_world(&world);
    struct url_query query = url_query_of(&world.arena, STR("&a=1&&b=two+w%26s&c&=x&d==&"));
    static const struct str expected[][2] = {
        {STR_INIT("a"), STR_INIT("1")}, {STR_INIT("b"), STR_INIT("two w&s")},
        {STR_INIT("c"), STR_INIT("")},  {STR_INIT(""), STR_INIT("x")},
        {STR_INIT("d"), STR_INIT("=")},
    };
    struct str name;
    struct str value;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        assert_true(url_query_next(&query, &name, &value));
        assert_str(name, expected[i][0]);
        assert_str(value, expected[i][1]);
    }
    assert_false(url_query_next(&query, &name, &value));
    assert_false(query.is_bad);

    query = url_query_of(&world.arena, STR("a=1&b=%zz&c=3"));
    assert_true(url_query_next(&query, &name, &value));
    assert_false(url_query_next(&query, &name, &value));
    assert_true(query.is_bad);
    assert_false(url_query_next(&query, &name, &value));

    query = url_query_of(&world.arena, STR(""));
    assert_false(url_query_next(&query, &name, &value));
    assert_false(query.is_bad);
    arena_finish(&world.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoding),
        cmocka_unit_test(what_was_encoded_decodes_to_itself),
        cmocka_unit_test(queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
