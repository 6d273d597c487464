/* Guards: what the quick reader of heads takes, llhttp takes and reads alike, and nothing that ends
 * a message or a connection in another way than by a number of bytes is taken by it. Over heads of
 * a list, and each with any one byte replaced, left out or doubled; whether or not the parser has
 * read that head before, as it was or otherwise. llhttp reads a head that comes in two pieces, so
 * that one parser can be both. */
#include "net/http_scan.h"

#include <string.h>

#include "base/limits.h"
#include "base/testing.h"

enum { TRACE_MAX = 64 * 1024 };

struct two {
    struct env env;
    struct arena arena;
    struct buf quick, slow, again; /* what each made of it, and the quick one after another head */
    struct str before;             /* that other head; may be empty */
};

static void describe(struct buf *trace, const struct http_parser *parser, struct arena *arena) {
    struct http_request request;
    assert_true(http_parser_request(parser, arena, &request));
    buf_printf(trace, STR_FMT " " STR_FMT " ? " STR_FMT " %d %d %d\n", STR_ARG(request.method),
               STR_ARG(request.path), STR_ARG(request.query),
               (int)http_parser_content_length(parser), http_parser_is_chunked(parser),
               http_parser_is_current(parser));
    for (size_t i = 0; i < request.header_count; i++) {
        buf_printf(trace, STR_FMT "=" STR_FMT "\n", STR_ARG(request.headers[i].name),
                   STR_ARG(request.headers[i].value));
    }
}

/* Feeds the piece; `trace` is NULL where nobody asks. */
static enum http_parsed feed_piece(struct two *two, struct http_parser *parser, struct buf *body,
                                   struct str *piece, struct buf *trace) {
    enum http_parsed parsed = http_parser_feed(parser, piece);
    while (parsed == HTTP_PARSED_HEAD) {
        if (trace != NULL) {
            describe(trace, parser, &two->arena);
        }
        http_parser_body_to(parser, body);
        parsed = http_parser_feed(parser, piece);
    }
    return parsed;
}

/* A parser that has read the message that `before` begins with. */
static void start_after(struct two *two, struct http_parser *parser, struct buf *body,
                        struct str before) {
    http_parser_init(parser, &two->env);
    if (before.len > 0) {
        assert_int_equal(feed_piece(two, parser, body, &before, NULL), HTTP_PARSED_MESSAGE);
        http_parser_next(parser);
        buf_clear(body);
    }
}

/* Feeds the pieces one after the other, behind `before`; true when their last byte completes a
 * message without a body, or with the body that `describe` has told. */
static bool feed(struct two *two, struct buf *trace, struct str before, const struct str pieces[2],
                 bool *ret_is_scanned) {
    struct http_parser parser;
    struct buf body;
    buf_init(&body, &two->env, LIMIT_BODY);
    start_after(two, &parser, &body, before);
    enum http_parsed parsed = HTTP_PARSED_ALL;
    for (size_t i = 0; i < 2 && (i == 0 || (pieces[i].len > 0 && parsed == HTTP_PARSED_ALL)); i++) {
        struct str piece = pieces[i];
        parsed = feed_piece(two, &parser, &body, &piece, trace);
        buf_printf(trace, "%zu left\n", piece.len);
    }
    *ret_is_scanned = parser.is_scanned;
    bool is_message = parsed == HTTP_PARSED_MESSAGE;
    if (is_message) {
        buf_printf(trace, "body " STR_FMT " %d\n", STR_ARG(buf_str(&body)),
                   http_parser_keeps_alive(&parser));
    }
    http_parser_finish(&parser);
    buf_finish(&body);
    return is_message;
}

static void assert_alike(struct str text, struct str quick, struct str other) {
    if (!str_equal(quick, other)) {
        fail_msg("of " STR_FMT "\nquick:\n" STR_FMT "other:\n" STR_FMT, STR_ARG(text),
                 STR_ARG(quick), STR_ARG(other));
    }
}

/* True when it was scanned; then both must have made the same of it. After another head it must be
 * scanned, or not, and read as without. */
static bool is_read_alike(struct two *two, struct str text) {
    bool is_scanned = false;
    bool is_other = false;
    const struct str whole[2] = {text, {NULL, 0}};
    buf_clear(&two->quick);
    buf_clear(&two->slow);
    buf_clear(&two->again);
    bool is_whole = feed(two, &two->quick, STR(""), whole, &is_scanned);
    if (is_scanned) {
        const struct str pieces[2] = {str_first(text, 1), str_skip(text, 1)};
        assert_int_equal(feed(two, &two->slow, STR(""), pieces, &is_other), is_whole);
        assert_false(is_other);
        assert_alike(text, buf_str(&two->quick),
                     str_skip(buf_str(&two->slow), sizeof "0 left\n" - 1));
    }
    if (two->before.len > 0) {
        assert_int_equal(feed(two, &two->again, two->before, whole, &is_other), is_whole);
        assert_int_equal(is_other, is_scanned);
        assert_alike(text, buf_str(&two->quick), buf_str(&two->again));
    }
    arena_reset(&two->arena);
    return is_scanned;
}

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: t\r\n"
static const struct {
    struct str text;
    bool is_scanned;
} heads[] = {
    {STR_INIT(LINE HOST "\r\n"), true},
    {STR_INIT("POST /api/usage/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer tp_0\r\n"
              "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"amount\":1}"),
     true},
    {STR_INIT("PATCH /a?b=%20&c=d/e?f HTTP/1.1\r\nhost:t\r\nconnection: Keep-Alive \r\n"
              "X: 1234567\xc3\xa9\x80\xff and eight more\r\nY:\r\nZ:   \r\n\r\n"),
     true},
    {STR_INIT("DELETE /a HTTP/1.1\r\nHOST:  t \r\ncontent-length: 3 \r\nExpect: 100-continue\r\n"
              "\r\nabcHEAD / HTTP/1.1\r\n"),
     true},
    {STR_INIT("HEAD /!\"$%&'()*+,-./:;<=>@[\\]^_`{|}~ HTTP/1.1\r\nHost:\r\n"
              "!#$%&'*+-.^_`|~09AZaz: x\r\n\r\n"),
     true},
    {STR_INIT(LINE "\r\n"), false},
    {STR_INIT(LINE HOST HOST "\r\n"), false},
    {STR_INIT(LINE HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"), false},
    {STR_INIT(LINE HOST "Content-Length: 1, 1\r\n\r\nx"), false},
    {STR_INIT(LINE HOST "Content-Length: +1\r\n\r\nx"), false},
    {STR_INIT(LINE HOST "Content-Length:\r\n\r\n"), false},
    {STR_INIT(LINE HOST "Content-Length: 1000000000000000\r\n\r\n"), false},
    {STR_INIT(LINE HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), false},
    {STR_INIT(LINE HOST "Connection: close\r\n\r\n"), false},
    {STR_INIT(LINE HOST "Connection: keep-alive, upgrade\r\n\r\n"), false},
    {STR_INIT(LINE HOST "Proxy-Connection: keep-alive\r\n\r\n"), false},
    {STR_INIT(LINE HOST "Upgrade: h2c\r\n\r\n"), false},
    {STR_INIT(LINE HOST "A: b\r\n c\r\n\r\n"), false},
    {STR_INIT(LINE HOST "A: b\tc\r\n\r\n"), false},
    {STR_INIT(LINE HOST "A: b\n\r\n"), false},
    {STR_INIT(LINE HOST "A: b\rc\r\n\r\n"), false},
    {STR_INIT(LINE HOST "A : b\r\n\r\n"), false},
    {STR_INIT(LINE HOST), false},
    {STR_INIT("\r\n" LINE HOST "\r\n"), false},
    {STR_INIT("GET / HTTP/1.0\r\n\r\n"), false},
    {STR_INIT("GET http://t/ HTTP/1.1\r\n" HOST "\r\n"), false},
    {STR_INIT("GET  / HTTP/1.1\r\n" HOST "\r\n"), false},
    {STR_INIT("GET /#a HTTP/1.1\r\n" HOST "\r\n"), false},
    {STR_INIT("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), false},
    {STR_INIT("CONNECT t:80 HTTP/1.1\r\n" HOST "\r\n"), false},
};

static void set_up(struct two *two) {
    env_posix_init(&two->env);
    arena_init(&two->arena, &two->env, LIMIT_REQUEST_ARENA);
    buf_init(&two->quick, &two->env, TRACE_MAX);
    buf_init(&two->slow, &two->env, TRACE_MAX);
    buf_init(&two->again, &two->env, TRACE_MAX);
    two->before = STR("");
}

static void tear_down(struct two *two) {
    assert_false(two->quick.has_failed || two->slow.has_failed || two->again.has_failed);
    arena_finish(&two->arena);
    buf_finish(&two->quick);
    buf_finish(&two->slow);
    buf_finish(&two->again);
}

static void what_is_plain_is_scanned(void **state) {
    (void)state;
    struct two two;
    set_up(&two);
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        if (is_read_alike(&two, heads[i].text) != heads[i].is_scanned) {
            fail_msg("scanned or not: " STR_FMT, STR_ARG(heads[i].text));
        }
    }
    tear_down(&two);
}

/* The text with `cut` bytes at `at` gone and `added` in their place. */
static struct str edited(char *to, struct str text, size_t at, size_t cut, struct str added) {
    memcpy(to, text.bytes, at);
    memcpy(to + at, added.bytes, added.len);
    memcpy(to + at + added.len, text.bytes + at + cut, text.len - at - cut);
    return str_of(to, text.len - cut + added.len);
}

static void any_byte_changed(void **state) {
    (void)state;
    struct two two;
    size_t scanned = 0;
    size_t tried = 0;
    set_up(&two);
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct str text = heads[i].text;
        char bytes[1024];
        assert_true(text.len + 1 < sizeof bytes);
        two.before = heads[i].is_scanned ? text : STR("");
        for (size_t at = 0; at < text.len; at++) {
            for (int c = 0; c < 256; c++) {
                char byte = (char)c;
                scanned += is_read_alike(&two, edited(bytes, text, at, 1, str_of(&byte, 1)));
                scanned += is_read_alike(&two, edited(bytes, text, at, 0, str_of(&byte, 1)));
                tried += 2;
            }
            scanned += is_read_alike(&two, edited(bytes, text, at, 1, str_of("", 0)));
        }
    }
    tear_down(&two);
    assert_in_range(scanned, tried / 10, tried * 9 / 10); /* the texts are of both kinds */
}

/* A whole message, after which another may come. */
static bool may_come_before(struct two *two, struct str text) {
    struct http_parser parser;
    struct buf body;
    buf_init(&body, &two->env, LIMIT_BODY);
    http_parser_init(&parser, &two->env);
    bool may = feed_piece(two, &parser, &body, &text, NULL) == HTTP_PARSED_MESSAGE &&
               http_parser_keeps_alive(&parser);
    http_parser_finish(&parser);
    buf_finish(&body);
    return may;
}

/* Each after each: also one that llhttp reads, and one that is as long as another. */
static void whatever_came_before(void **state) {
    (void)state;
    struct two two;
    set_up(&two);
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        two.before = may_come_before(&two, heads[i].text) ? heads[i].text : STR("");
        for (size_t k = 0; k < ARRAY_LEN(heads); k++) {
            assert_int_equal(is_read_alike(&two, heads[k].text), heads[k].is_scanned);
        }
    }
    tear_down(&two);
}

/* Heads around the length up to which one is kept, before and after another. */
static void a_long_head_is_not_kept(void **state) {
    (void)state;
    struct two two;
    set_up(&two);
    struct buf text;
    buf_init(&text, &two.env, 1 << 20);
    for (size_t size = HTTP_BEFORE_MAX - 1; size <= HTTP_BEFORE_MAX + 1; size++) {
        buf_clear(&text);
        buf_add(&text, STR(LINE HOST "a: "));
        while (text.len < size - 4) {
            buf_add_char(&text, 'b');
        }
        buf_add(&text, STR("\r\n\r\n"));
        two.before = buf_str(&text);
        assert_true(is_read_alike(&two, heads[1].text));
        assert_true(is_read_alike(&two, buf_str(&text)));
        two.before = heads[1].text;
        assert_true(is_read_alike(&two, buf_str(&text)));
    }
    buf_finish(&text);
    tear_down(&two);
}

static void bounds_are_the_parser_s(void **state) {
    (void)state;
    struct two two;
    set_up(&two);
    struct buf text;
    buf_init(&text, &two.env, 1 << 20);
    for (size_t target = HTTP_TARGET_MAX - 1; target <= HTTP_TARGET_MAX + 1; target++) {
        buf_clear(&text);
        buf_add(&text, STR("GET /"));
        for (size_t i = 1; i < target; i++) {
            buf_add_char(&text, 'a');
        }
        buf_add(&text, STR(" HTTP/1.1\r\nHost: t\r\n\r\n"));
        assert_int_equal(is_read_alike(&two, buf_str(&text)), target <= HTTP_TARGET_MAX);
    }
    for (size_t lines = HTTP_HEADERS_MAX - 1; lines <= HTTP_HEADERS_MAX + 1; lines++) {
        buf_clear(&text);
        buf_add(&text, STR(LINE HOST));
        for (size_t i = 1; i < lines; i++) {
            buf_add(&text, STR("a: b\r\n"));
        }
        buf_add(&text, STR("\r\n"));
        assert_int_equal(is_read_alike(&two, buf_str(&text)), lines <= HTTP_HEADERS_MAX);
    }
    for (size_t size = LIMIT_HEADER_BYTES - 1; size <= LIMIT_HEADER_BYTES + 1; size++) {
        buf_clear(&text);
        buf_add(&text, STR(LINE HOST "a: "));
        while (text.len < size - 4) {
            buf_add_char(&text, 'b');
        }
        buf_add(&text, STR("\r\n\r\n"));
        assert_int_equal(is_read_alike(&two, buf_str(&text)), size <= LIMIT_HEADER_BYTES);
    }
    buf_finish(&text);
    tear_down(&two);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_plain_is_scanned), cmocka_unit_test(any_byte_changed),
        cmocka_unit_test(whatever_came_before),     cmocka_unit_test(a_long_head_is_not_kept),
        cmocka_unit_test(bounds_are_the_parser_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
