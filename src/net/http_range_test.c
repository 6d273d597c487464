/* Guards: a client gets the part that it asked for, of the body that it means, and the whole in
 * every case of doubt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http_range.h"

#define TAG STR("\"abc\"")

static struct http_range asked(const char *method, const char *range, const char *if_range,
                               uint64_t size) {
    struct http_header headers[2];
    size_t count = 0;
    if (range != NULL) {
        headers[count++] = (struct http_header){STR("range"), str_from_cstr(range)};
    }
    if (if_range != NULL) {
        headers[count++] = (struct http_header){STR("If-Range"), str_from_cstr(if_range)};
    }
    const struct http_request request = {
        .method = str_from_cstr(method), .headers = headers, .header_count = count};
    return http_range_of(&request, TAG, size);
}

static void parts(void **state) {
    (void)state;
    static const struct {
        const char *range;
        uint64_t size;
        struct http_range expected;
    } rows[] = {
        {"bytes=0-499", 1000, {HTTP_RANGE_PART, 0, 500}},
        {"bytes=500-", 1000, {HTTP_RANGE_PART, 500, 500}},
        {"bytes=999-999", 1000, {HTTP_RANGE_PART, 999, 1}},
        {"bytes=0-0", 1, {HTTP_RANGE_PART, 0, 1}},
        {"bytes=-500", 1000, {HTTP_RANGE_PART, 500, 500}},
        {"bytes=-1", 1000, {HTTP_RANGE_PART, 999, 1}},
        {"bytes=-5000", 1000, {HTTP_RANGE_PART, 0, 1000}},
        {"bytes=10-5000", 1000, {HTTP_RANGE_PART, 10, 990}},
        {"bytes=10-18446744073709551615", 1000, {HTTP_RANGE_PART, 10, 990}},
        {"bytes=10-99999999999999999999999", 1000, {HTTP_RANGE_PART, 10, 990}},
        {"bytes=5000000000-", UINT64_C(6000000000), {HTTP_RANGE_PART, 5000000000, 1000000000}},
        {"BYTES = 1 - 2 ", 1000, {HTTP_RANGE_PART, 1, 2}},
        {"bytes=1000-", 1000, {HTTP_RANGE_UNSATISFIABLE, 0, 0}},
        {"bytes=99999999999999999999999-", 1000, {HTTP_RANGE_UNSATISFIABLE, 0, 0}},
        {"bytes=-0", 1000, {HTTP_RANGE_UNSATISFIABLE, 0, 0}},
        {"bytes=0-", 0, {HTTP_RANGE_UNSATISFIABLE, 0, 0}},
        {"bytes=-1", 0, {HTTP_RANGE_UNSATISFIABLE, 0, 0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_range got = asked("GET", rows[i].range, NULL, rows[i].size);
        if (got.kind != rows[i].expected.kind || got.first != rows[i].expected.first ||
            got.length != rows[i].expected.length) {
            fail_msg("%s of %llu", rows[i].range, (unsigned long long)rows[i].size);
        }
    }
}

static void what_is_no_single_range_is_the_whole(void **state) {
    (void)state;
    static const char *const ranges[] = {
        "",           "bytes",         "bytes=",     "bytes=-",     "bytes=1",    "bytes=2-1",
        "bytes=a-b",  "bytes=1-b",     "bytes=--1",  "bytes=1-2-3", "bytes=0x1-", "bytes=+1-2",
        "lines=0-10", "bytes=0-1,5-6", "bytes=0-1,", "0-10",        "bytes:0-10",
    };
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
        struct http_range got = asked("GET", ranges[i], NULL, 1000);
        if (got.kind != HTTP_RANGE_WHOLE || got.first != 0 || got.length != 1000) {
            fail_msg("%s", ranges[i]);
        }
    }
    assert_int_equal(asked("GET", NULL, NULL, 1000).kind, HTTP_RANGE_WHOLE);
    assert_int_equal(asked("GET", NULL, "\"abc\"", 1000).kind, HTTP_RANGE_WHOLE);
    assert_int_equal(asked("HEAD", "bytes=0-1", NULL, 1000).kind, HTTP_RANGE_WHOLE);
}

static void another_body_is_sent_whole(void **state) {
    (void)state;
    assert_int_equal(asked("GET", "bytes=1-", "\"abc\"", 9).kind, HTTP_RANGE_PART);
    static const char *const others[] = {"\"abd\"", "W/\"abc\"", "abc", "",
                                         "Sun, 06 Nov 1994 08:49:37 GMT"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_int_equal(asked("GET", "bytes=1-", others[i], 9).kind, HTTP_RANGE_WHOLE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(what_is_no_single_range_is_the_whole),
        cmocka_unit_test(another_body_is_sent_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
