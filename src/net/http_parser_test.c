/* Guards: what a stream of bytes means does not depend on how the network cuts it, and no stream
 * makes the parser read or keep more than its bounds. Streams are grown from good requests by a
 * seeded generator, so that a failure repeats. */
#include "net/http_parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/prng.h"

enum { STREAMS = 4000, STREAM_MAX = 2048, BODY_MAX = 256 };

/* What came of a stream: a text that two runs can be compared by. */
static void run(struct env *env, struct prng *prng, struct str stream, struct buf *trace) {
    struct http_parser parser;
    struct buf body;
    struct arena arena;
    http_parser_init(&parser, env);
    buf_init(&body, env, BODY_MAX);
    arena_init(&arena, env, LIMIT_REQUEST_ARENA);
    bool is_bad = false;
    while (stream.len > 0 && !is_bad) {
        size_t len = prng == NULL ? stream.len : 1 + prng_below(prng, stream.len);
        struct str piece = str_first(stream, len);
        stream = str_skip(stream, len);
        enum http_parsed parsed = HTTP_PARSED_ALL;
        while ((piece.len > 0 || parsed == HTTP_PARSED_HEAD) && !is_bad) {
            parsed = http_parser_feed(&parser, &piece);
            struct http_request request;
            if (parsed == HTTP_PARSED_HEAD) {
                assert_true(http_parser_request(&parser, &arena, &request));
                assert_true(request.header_count <= HTTP_HEADERS_MAX);
                buf_printf(trace, STR_FMT " " STR_FMT "?" STR_FMT " %zu\n", STR_ARG(request.method),
                           STR_ARG(request.path), STR_ARG(request.query), request.header_count);
                buf_clear(&body);
                http_parser_body_to(&parser, &body);
            } else if (parsed == HTTP_PARSED_MESSAGE) {
                buf_add(trace, buf_str(&body));
                buf_printf(trace, "\n%d\n", http_parser_keeps_alive(&parser));
                is_bad = !http_parser_keeps_alive(&parser); /* nothing more is to come */
                http_parser_next(&parser);
            } else if (parsed == HTTP_PARSED_BAD) {
                buf_printf(trace, "%d\n", parser.status);
                assert_non_null(parser.reason);
                is_bad = true;
            }
        }
    }
    arena_finish(&arena);
    buf_finish(&body);
    http_parser_finish(&parser);
}

static size_t grow(struct prng *prng, char *bytes) {
    static const struct str parts[] = {
        STR_INIT("GET /a?b HTTP/1.1\r\nHost: t\r\n\r\n"),
        STR_INIT("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"),
        STR_INIT("PUT /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n"),
        STR_INIT("GET / HTTP/1.0\r\n\r\n"),
        STR_INIT("HEAD http://h/x HTTP/1.1\r\nHost: \r\nA:\r\nB: c d \r\n\r\n"),
    };
    static const char likely[] = "\r\n\0 :\t,;0aGf/\x7f\xff";
    size_t len = 0;
    for (uint64_t n = 1 + prng_below(prng, 4); n > 0; n--) {
        struct str part = parts[prng_below(prng, ARRAY_LEN(parts))];
        assert_true(len + part.len <= STREAM_MAX);
        memcpy(bytes + len, part.bytes, part.len);
        len += part.len;
    }
    for (uint64_t n = prng_below(prng, 4); n > 0; n--) {
        bytes[prng_below(prng, len)] = likely[prng_below(prng, sizeof likely - 1)];
    }
    return len;
}

static void cuts_do_not_change_the_meaning(void **state) {
    (void)state;
    struct env env;
    env_posix_init(&env);
    size_t refused = 0;
    for (uint64_t seed = 0; seed < STREAMS; seed++) {
        struct prng prng = prng_split(2015, seed);
        char bytes[STREAM_MAX];
        struct str stream = str_of(bytes, grow(&prng, bytes));
        struct buf whole;
        struct buf cut;
        buf_init(&whole, &env, 1 << 20);
        buf_init(&cut, &env, 1 << 20);
        run(&env, NULL, stream, &whole);
        run(&env, &prng, stream, &cut);
        if (!str_equal(buf_str(&whole), buf_str(&cut))) {
            fail_msg("seed %d: whole:\n" STR_FMT "cut:\n" STR_FMT, (int)seed,
                     STR_ARG(buf_str(&whole)), STR_ARG(buf_str(&cut)));
        }
        refused += str_ends_with(buf_str(&whole), STR("400\n"));
        buf_finish(&whole);
        buf_finish(&cut);
    }
    assert_in_range(refused, STREAMS / 10, STREAMS * 9 / 10); /* the streams are of both kinds */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_do_not_change_the_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
