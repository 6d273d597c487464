/* Guards: a line of a real log is taken with its exact time and bytes, and one that is cut off or
 * of another format is refused with the reason and the place. */
#include "cli/access_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/env.h"
#include "base/rfc3339.h"
#include "base/testing.h"
#include "cli/line_reader.h"

#define HEAD "192.0.2.7 - - [17/May/2015:10:05:03 +0000] "
#define TAIL " \"-\" \"curl/8\""

struct good_line {
    const char *line;
    const char *client, *at, *method, *target;
    int status;
    int64_t bytes;
};

static const struct good_line good[] = {
    {HEAD "\"GET /a?b=c HTTP/1.1\" 200 512" TAIL, "192.0.2.7", "2015-05-17T10:05:03Z", "GET",
     "/a?b=c", 200, 512},
    {HEAD "\"GET / HTTP/1.1\" 304 -" TAIL, "192.0.2.7", "2015-05-17T10:05:03Z", "GET", "/", 304, 0},
    {"2001:db8::1 - - [01/Jan/2016:00:30:00 +0530] \"HEAD / HTTP/1.0\" 200 0" TAIL, "2001:db8::1",
     "2015-12-31T19:00:00Z", "HEAD", "/", 200, 0},
    {"host.example - - [31/Dec/2015:23:59:59 -0100] \"GET / HTTP/2.0\" 200 1" TAIL, "host.example",
     "2016-01-01T00:59:59Z", "GET", "/", 200, 1},
    {"h - Ada Lovelace [29/Feb/2016:00:00:00 +0000] \"GET / HTTP/1.1\" 200 1" TAIL, "h",
     "2016-02-29T00:00:00Z", "GET", "/", 200, 1},
    /* quotes and backslashes are escaped by both servers */
    {HEAD "\"GET /\\\"x\\\\ HTTP/1.1\" 200 7 \"a\\\"b\" \"c\\\\\"", "192.0.2.7",
     "2015-05-17T10:05:03Z", "GET", "/\\\"x\\\\", 200, 7},
    /* what no browser sends is a request all the same */
    {HEAD "\"-\" 408 -" TAIL, "192.0.2.7", "2015-05-17T10:05:03Z", "", "", 408, 0},
    {HEAD "\"\\x16\\x03\\x01\" 400 226" TAIL, "192.0.2.7", "2015-05-17T10:05:03Z", "", "", 400,
     226},
    {HEAD "\"\" 400 0 \"\" \"\"", "192.0.2.7", "2015-05-17T10:05:03Z", "", "", 400, 0},
    {HEAD "\"GET /\" 200 5" TAIL, "192.0.2.7", "2015-05-17T10:05:03Z", "", "", 200, 5},
    {HEAD "\"GET / HTTP/1.1\" 200 9007199254740992" TAIL "\r", "192.0.2.7", "2015-05-17T10:05:03Z",
     "GET", "/", 200, INT64_C(9007199254740992)},
    /* nginx's own default appends the header X-Forwarded-For */
    {HEAD "\"GET / HTTP/1.1\" 200 5" TAIL " \"198.51.100.1\" 0.004", "192.0.2.7",
     "2015-05-17T10:05:03Z", "GET", "/", 200, 5},
};

static void lines_of_real_logs_are_taken(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct access_log_line line;
        struct access_log_problem problem = {NULL, 0};
        bool is_taken = access_log_parse(str_from_cstr(good[i].line), &line, &problem);
        if (!is_taken) {
            print_error("%s\n%s at %zu\n", good[i].line, problem.reason, problem.column);
        }
        assert_true(is_taken);
        char at[RFC3339_SIZE];
        rfc3339_format(line.at_ms, at);
        assert_text(line.client, good[i].client);
        assert_string_equal(at, good[i].at);
        assert_text(line.method, good[i].method);
        assert_text(line.target, good[i].target);
        assert_int_equal(line.status, good[i].status);
        assert_int_equal(line.bytes, good[i].bytes);
    }
}

struct bad_line {
    const char *line;
    const char *reason;
    size_t column;
};

static const struct bad_line bad[] = {
    {"", "the line is empty", 1},
    {"\r", "the line is empty", 1},
    {" x", "the client's address is missing", 1},
    {"192.0.2.7", "the client's address is missing", 10},
    {"192.0.2.7 -", "the field behind the address is missing", 12},
    {"192.0.2.7 - -", "the time in brackets is missing", 14},
    {"h - - [17/May/2015:10:05:03 +0000", "the time has no closing bracket", 34},
    {"h - - [17/Mai/2015:10:05:03 +0000] ",
     "the time does not read like 17/May/2015:10:05:03 +0000", 8},
    {"h - - [29/Feb/2015:10:05:03 +0000] ",
     "the time does not read like 17/May/2015:10:05:03 +0000", 8},
    {"h - - [17/May/2015:24:05:03 +0000] ",
     "the time does not read like 17/May/2015:10:05:03 +0000", 8},
    {"h - - [17/May/2015:10:05:60 +0000] ",
     "the time does not read like 17/May/2015:10:05:03 +0000", 8},
    {"h - - [17/May/2015:10:05:03 +0060] ",
     "the time does not read like 17/May/2015:10:05:03 +0000", 8},
    {"h - - [17/May/2015:10:05:03] ", "the time does not read like 17/May/2015:10:05:03 +0000", 8},
    {"h - - [17/May/2015:10:05:03 +0000]\"", "a blank is missing between the time and the request",
     35},
    {HEAD "GET / HTTP/1.1", "the request in quotes is missing", 44},
    {HEAD "\"GET / HTTP/1.1", "the request has no closing quote", 59},
    {HEAD "\"GET / HTTP/1.1\"", "the status is missing", 60},
    {HEAD "\"GET /\\\" 200 1 \"-\" \"-\"", "the status is missing", 60},
    {HEAD "\"-\" 200", "the bytes sent are missing", 51},
    {HEAD "\"-\" 20 1" TAIL, "the status is not three digits", 48},
    {HEAD "\"-\" 2x0 1" TAIL, "the status is not three digits", 48},
    {HEAD "\"-\" 200 512", "the referer is missing: this is not the combined format", 55},
    {HEAD "\"-\" 200 x" TAIL, "the bytes sent are neither a number up to 2^53 nor -", 52},
    {HEAD "\"-\" 200 -1" TAIL, "the bytes sent are neither a number up to 2^53 nor -", 52},
    {HEAD "\"-\" 200 9007199254740993" TAIL, "the bytes sent are neither a number up to 2^53 nor -",
     52},
    {HEAD "\"-\" 200 1 -", "the referer in quotes is missing", 54},
    {HEAD "\"-\" 200 1 \"http", "the referer has no closing quote", 59},
    {HEAD "\"-\" 200 1 \"-\"", "the user agent in quotes is missing", 57},
    {HEAD "\"-\" 200 1 \"-\" -", "the user agent in quotes is missing", 58},
    {HEAD "\"-\" 200 1 \"-\" \"Mozilla", "the user agent has no closing quote", 66},
    {HEAD "\"-\" 200 1 \"-\" \"a\\", "the user agent has no closing quote", 61},
    {HEAD "\"-\" 200 1 \"-\" \"a\"b", "a blank is missing behind the user agent", 61},
};

static void other_lines_are_refused_by_reason_and_place(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct access_log_line line;
        struct access_log_problem problem = {"(taken)", 0};
        bool is_taken = access_log_parse(str_from_cstr(bad[i].line), &line, &problem);
        if (is_taken || problem.column != bad[i].column) {
            print_error("%s\n%s at %zu\n", bad[i].line, problem.reason, problem.column);
        }
        assert_false(is_taken);
        assert_string_equal(problem.reason, bad[i].reason);
        assert_int_equal(problem.column, bad[i].column);
    }
}

/* Whatever stands at the end of a file that is still being written is either refused or the same
 * line as later: no beginning of a line passes for another line. */
static void no_beginning_of_a_line_is_another_line(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct str whole = str_from_cstr(good[i].line);
        struct access_log_line line;
        struct access_log_line part;
        struct access_log_problem problem;
        assert_true(access_log_parse(whole, &line, &problem));
        for (size_t len = 0; len < whole.len; len++) {
            if (access_log_parse(str_first(whole, len), &part, &problem)) {
                assert_true(str_equal(part.combined, line.combined));
                assert_int_equal(part.bytes, line.bytes);
            }
        }
    }
}

/* Every count of an independent reading of the same file (../shared/data/README.md). */
static void a_whole_log_has_the_known_facts(void **state) {
    (void)state;
    struct env env;
    env_posix_init(&env);
    char path[1024];
    const char *source = getenv("TURNPIKE_SOURCE");
    assert_non_null(source);
    (void)snprintf(path, sizeof path, "%s/../shared/data/access.log", source);
    bool exists = false;
    assert_ok(env.files.exists(&env, path, &exists));
    if (!exists) {
        skip();
    }
    struct line_reader reader;
    assert_ok(line_reader_open(&reader, &env, path));
    uint64_t taken = 0;
    int64_t bytes = 0;
    struct line_piece piece;
    while (line_reader_next(&reader, &piece)) {
        struct access_log_line line;
        struct access_log_problem problem;
        if (access_log_parse(piece.text, &line, &problem)) {
            taken++;
            bytes += line.bytes;
        } else {
            assert_int_equal(piece.number, 8899);
            assert_string_equal(problem.reason, "the user agent has no closing quote");
        }
    }
    assert_ok(reader.err);
    line_reader_close(&reader);
    assert_int_equal(piece.number, 10000);
    assert_int_equal(taken, 9999);
    assert_int_equal(bytes, 2747282505);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_real_logs_are_taken),
        cmocka_unit_test(other_lines_are_refused_by_reason_and_place),
        cmocka_unit_test(no_beginning_of_a_line_is_another_line),
        cmocka_unit_test(a_whole_log_has_the_known_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
