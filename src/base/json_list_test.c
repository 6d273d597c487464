/* Guards: a list that is read item by item is what json_read makes of the whole text: the same
 * items, or the same words about the same place. The corpus is every text here, and each of them
 * with one byte changed or cut off at every place. */
#include "base/json_list.h"

#include <string.h>

#include "base/limits.h"
#include "base/testing.h"

enum { TEXT_MAX = 512 };

static const char *const texts[] = {
    "[]",
    "[ ]\n",
    "[1]",
    "[1,2.5,\"x\",null,true,[],{},[[1]],{\"a\":{\"b\":[1,{\"c\":\"d\"}]}}]",
    " \n[\n {\"a\":1},\n {\"b\":2} ,\t{\"c\":[3]}\n]\r\n ",
    "[{\"a\":\"} ] , \\\" {\"},{\"b\":\"\\\\\"},\"]\",\"[\\\\\"]",
    "[\"\xc3\xa9\xf0\x9f\x98\x80\",{\"\xc3\xa9\":\"\\u00e9\"},7]",
    "[1 2]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1]]",
    "[1] x",
    "[1}",
    "[{]}]",
    "[{\"a\":[1}]]",
    "[{\"a\":1,\"a\":2}]",
    "[1,\n{\"a\":1,\n\"a\":2}]",
    "[{\"a\":9223372036854775808},1]",
    "[-9223372036854775809]",
    "[1e999]",
    "[tru,1]",
    "[01]",
    "[1x]",
    "[\"\\ud800\"]",
    "[\"a\\u0000b\"]",
    "[\"a\nb\"]",
    "[{\"a\":1} {\"b\":2}]",
    "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",
    "[1,[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
};

static bool is_same(const json_t *whole, const json_t *items) {
    return json_equal((json_t *)(uintptr_t)whole, (json_t *)(uintptr_t)items) == 1;
}

/* All items of the list in a list; NULL when something is wrong. */
static json_t *walk(struct str text, struct json_problem *ret_problem) {
    struct json_list list;
    json_list_begin(&list, text);
    json_t *items = json_array();
    enum json_listed found = JSON_LISTED_ITEM;
    while (found == JSON_LISTED_ITEM) {
        json_t *item = NULL;
        size_t left = list.rest.len;
        found = json_list_next(&list, json_read, &item, ret_problem);
        assert_int_equal(item != NULL, found == JSON_LISTED_ITEM);
        assert_true(found != JSON_LISTED_ITEM || list.rest.len < left);
        (void)(item != NULL && json_array_append_new(items, item));
    }
    if (found == JSON_LISTED_ALL) {
        return items;
    }
    json_decref(items);
    return NULL;
}

/* What is nested too deeply is said first of a whole text, whatever else is wrong before. The place
 * of a NUL is one character apart in jansson's ways of reading. */
static bool is_same_problem(struct str text, const struct json_problem *whole,
                            const struct json_problem *found) {
    if (strcmp(whole->reason, "nested too deeply") == 0 || str_find(text, '\0') < text.len) {
        return true;
    }
    return whole->line == found->line && whole->column == found->column &&
           strcmp(whole->reason, found->reason) == 0;
}

static void compare(struct str text) {
    if (!str_starts_with(str_trim(text), STR("["))) {
        return; /* there is no list to begin */
    }
    struct json_problem expected = {0};
    struct json_problem found = {0};
    json_t *whole CLEANUP(json_release) = json_read(text, &expected);
    json_t *items CLEANUP(json_release) = walk(text, &found);
    bool is_good = (whole == NULL) == (items == NULL);
    is_good = is_good &&
              (whole == NULL ? is_same_problem(text, &expected, &found) : is_same(whole, items));
    if (!is_good) {
        print_error(STR_FMT "\nwhole: %d:%d %s\nitems: %d:%d %s\n", STR_ARG(text), expected.line,
                    expected.column, expected.reason, found.line, found.column, found.reason);
        fail();
    }
}

static void texts_as_they_are(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        compare(str_from_cstr(texts[i]));
    }
}

static void texts_cut_off(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct str text = str_from_cstr(texts[i]);
        for (size_t len = 0; len < text.len; len++) {
            compare(str_first(text, len));
        }
    }
}

static void texts_with_one_byte_changed(void **state) {
    (void)state;
    char bytes[TEXT_MAX];
    static const char others[] = {'"', '\\', '{', '}',  '[',    ']',        ',',        ':', '0',
                                  '-', ' ',  'u', '\n', '\x1f', (char)0x80, (char)0xff, '\0'};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct str text = str_from_cstr(texts[i]);
        assert_true(text.len <= sizeof bytes);
        memcpy(bytes, text.bytes, text.len);
        for (size_t at = 0; at < text.len; at++) {
            for (size_t k = 0; k < sizeof others; k++) {
                bytes[at] = others[k];
                compare(str_of(bytes, text.len));
            }
            bytes[at] = text.bytes[at];
        }
    }
}

static void the_place_of_too_much_depth_is_named(void **state) {
    (void)state;
    struct json_problem whole = {0};
    struct json_problem found = {0};
    struct str text = STR("[1,\n [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]");
    assert_null(json_read(text, &whole));
    assert_null(walk(text, &found));
    assert_string_equal(found.reason, whole.reason);
    assert_int_equal(found.line, whole.line);
    assert_int_equal(found.column, whole.column);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_as_they_are),
        cmocka_unit_test(texts_cut_off),
        cmocka_unit_test(texts_with_one_byte_changed),
        cmocka_unit_test(the_place_of_too_much_depth_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
