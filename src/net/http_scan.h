/* Heads of requests that are plainly regular, read in one pass: the quick half of http_parser.
 *
 * Like base/json_fast.h it refuses nothing. What is rare (chunks, HTTP/1.0, Connection: close,
 * tabs, a head that has not arrived whole) or wrong is left to llhttp, from its first byte on, so
 * that there is one voice for what is wrong with a request. What it does take, llhttp would have
 * taken and read alike; http_scan_test.c holds the two against each other.
 *
 * The head that came before on the connection is kept: who sends it again, as clients do that ask
 * the same all day, is compared instead of scanned. */
#ifndef NET_HTTP_SCAN_H
#define NET_HTTP_SCAN_H

#include "net/http_parser.h"

/* Fills the parser's text, method, target, places and length of the body from a head that begins
 * `text`; the parser's text is then that head, the empty line included. False, and nothing that
 * counts has changed, when it is left to llhttp. */
MUST_USE bool http_scan_head(struct http_parser *parser, struct str text);

#endif
