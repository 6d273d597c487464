/* Guards: a request whose end two servers could see at different places is refused, and nothing
 * behind it is ever taken for a request (ASVS 4.2.1). */
#include "net/http_fixture.h"

#include <stdio.h>

#define POST "POST / HTTP/1.1\r\nHost: t\r\n"
#define GET "GET / HTTP/1.1\r\nHost: t\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static const struct {
    const char *what;
    struct str bytes;
    int status;
} corpus[] = {
    {"length and chunks", STR_INIT(POST "Content-Length: 5\r\n" CHUNKED "\r\n0\r\n\r\n"), 400},
    {"chunks and length", STR_INIT(POST CHUNKED "Content-Length: 5\r\n\r\n0\r\n\r\n"), 400},
    {"two lengths", STR_INIT(POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), 400},
    {"equal lengths", STR_INIT(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"), 400},
    {"length list", STR_INIT(POST "Content-Length: 1, 1\r\n\r\nx"), 400},
    {"signed length", STR_INIT(POST "Content-Length: +1\r\n\r\nx"), 400},
    {"negative length", STR_INIT(POST "Content-Length: -1\r\n\r\nx"), 400},
    {"hexadecimal length", STR_INIT(POST "Content-Length: 0x1\r\n\r\nx"), 400},
    {"empty length", STR_INIT(POST "Content-Length: \r\n\r\n"), 400},
    {"huge length", STR_INIT(POST "Content-Length: 18446744073709551616\r\n\r\n"), 400},
    {"coding xchunked", STR_INIT(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 400},
    {"coding gzip", STR_INIT(POST "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n"), 400},
    {"coding identity", STR_INIT(POST "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"), 400},
    {"gzip, chunked", STR_INIT(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400},
    {"chunked, identity", STR_INIT(POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
     400},
    {"chunked twice", STR_INIT(POST CHUNKED CHUNKED "\r\n0\r\n\r\n"), 400},
    {"quoted chunked", STR_INIT(POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"), 400},
    {"vertical tab", STR_INIT(POST "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"), 400},
    {"empty coding", STR_INIT(POST "Transfer-Encoding:\r\n\r\n"), 400},
    {"coding in HTTP/1.0", STR_INIT("POST / HTTP/1.0\r\n" CHUNKED "\r\n0\r\n\r\n"), 400},
    {"space before colon", STR_INIT(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 400},
    {"tab before colon", STR_INIT(POST "Content-Length\t: 1\r\n\r\nx"), 400},
    {"bare LF in head", STR_INIT("GET / HTTP/1.1\nHost: t\r\n\r\n"), 400},
    {"bare LF after header", STR_INIT(GET "A: b\nC: d\r\n\r\n"), 400},
    {"bare LF ends head", STR_INIT(GET "A: b\r\n\n"), 400},
    {"bare CR in value", STR_INIT(GET "A: b\rC: d\r\n\r\n"), 400},
    {"bare CR in target", STR_INIT("GET /\r HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"folded line", STR_INIT(GET "A: b\r\n c\r\n\r\n"), 400},
    {"folded first line", STR_INIT("GET / HTTP/1.1\r\n Host: t\r\n\r\n"), 400},
    {"folded coding", STR_INIT(POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"), 400},
    {"NUL in value", STR_INIT(GET "A: b\0c\r\n\r\n"), 400},
    {"NUL in name", STR_INIT(GET "A\0: b\r\n\r\n"), 400},
    {"NUL in target", STR_INIT("GET /\0 HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"control in value", STR_INIT(GET "A: b\1c\r\n\r\n"), 400},
    {"name without colon", STR_INIT(GET "Abc\r\n\r\n"), 400},
    {"empty name", STR_INIT(GET ": x\r\n\r\n"), 400},
    {"bracket in name", STR_INIT(GET "A[b]: x\r\n\r\n"), 400},
    {"no host", STR_INIT("GET / HTTP/1.1\r\n\r\n"), 400},
    {"two hosts", STR_INIT(GET "Host: u\r\n\r\n"), 400},
    {"chunk size not hexadecimal", STR_INIT(POST CHUNKED "\r\nzz\r\n"), 400},
    {"chunk size signed", STR_INIT(POST CHUNKED "\r\n-1\r\n"), 400},
    {"chunk size 0x", STR_INIT(POST CHUNKED "\r\n0x1\r\nx\r\n0\r\n\r\n"), 400},
    {"chunk size too large", STR_INIT(POST CHUNKED "\r\n10000000000000001\r\nx\r\n"), 400},
    {"chunk size empty", STR_INIT(POST CHUNKED "\r\n\r\n"), 400},
    {"chunk longer than said", STR_INIT(POST CHUNKED "\r\n1\r\nxy\r\n0\r\n\r\n"), 400},
    {"chunk size bare LF", STR_INIT(POST CHUNKED "\r\n1\nx\r\n0\r\n\r\n"), 400},
    {"chunk data bare LF", STR_INIT(POST CHUNKED "\r\n1\r\nx\n0\r\n\r\n"), 400},
    {"chunk extension bare LF", STR_INIT(POST CHUNKED "\r\n1;a\nx\r\n0\r\n\r\n"), 400},
    {"chunk end bare LF", STR_INIT(POST CHUNKED "\r\n1\r\nx\r\n0\n\n"), 400},
    {"trailer bare LF", STR_INIT(POST CHUNKED "\r\n0\r\nA: b\n\r\n"), 400},
    {"unknown method", STR_INIT("STEAL / HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"lower-case method", STR_INIT("get / HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"CONNECT", STR_INIT("CONNECT t:80 HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"fragment", STR_INIT("GET /a#b HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"space in target", STR_INIT("GET /a b HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"8-bit target", STR_INIT("GET /\xff HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"target without slash", STR_INIT("GET a HTTP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"no version: HTTP/0.9", STR_INIT("GET /\r\n\r\n"), 505},
    {"HTTP/0.9", STR_INIT("GET / HTTP/0.9\r\nHost: t\r\n\r\n"), 505},
    {"HTTP/1.2", STR_INIT("GET / HTTP/1.2\r\nHost: t\r\n\r\n"), 505},
    {"HTTP/2.0", STR_INIT("GET / HTTP/2.0\r\nHost: t\r\n\r\n"), 505},
    {"HTTP/2 preface", STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505},
    {"another protocol", STR_INIT("GET / HTCPCP/1.1\r\nHost: t\r\n\r\n"), 400},
    {"TLS to a plain port", STR_INIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 400},
    {"unknown expectation", STR_INIT(POST "Expect: miracle\r\n\r\n"), 417},
};

/* Every entry, whole and byte by byte: one refusal, and the request behind it is not served. */
static void check_entry(size_t i, bool is_split) {
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    struct str bytes = corpus[i].bytes;
    if (!is_split) {
        wire_send(wire, bytes);
    }
    for (size_t k = 0; is_split && k < bytes.len; k++) {
        wire_send(wire, str_of(bytes.bytes + k, 1));
    }
    wire_say(wire, "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n");
    bool is_refused = wire_until(wire, "refused: ");
    char expected[32];
    (void)snprintf(expected, sizeof expected, "HTTP/1.1 %d ", corpus[i].status);
    if (!is_refused || wire_count(wire, expected) != 1 || wire_count(wire, "HTTP/1.1 2") != 0 ||
        wire_count(wire, "smuggled") != 0) {
        fail_msg("%s (%s): expected %d, got: %s", corpus[i].what, is_split ? "split" : "whole",
                 corpus[i].status, wire->bytes);
    }
    assert_int_equal(http_server_count(fixture->server).requests, 0);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void the_corpus_is_refused_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(corpus); i++) {
        check_entry(i, false);
    }
}

static void the_corpus_is_refused_byte_by_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(corpus); i++) {
        check_entry(i, true);
    }
}

static void an_upgrade_is_ignored(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                       "HTTP2-Settings: AAMAAABk\r\n\r\nGET /second HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(wire_until(wire, "GET /second? "));
    assert_int_equal(wire_count(wire, "HTTP/1.1 200 OK"), 2);
    wire_close(wire);
    fixture_destroy(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_is_refused_whole),
        cmocka_unit_test(the_corpus_is_refused_byte_by_byte),
        cmocka_unit_test(an_upgrade_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
