/* One line of a web server's access log in the combined format of Apache and nginx, as a value.
 *
 *     192.0.2.7 - - [17/May/2015:10:05:03 +0200] "GET /a HTTP/1.1" 200 512 "-" "curl/8"
 *
 * Strict where a doubt would count something wrong: every field up to the user agent must be there
 * and end, so that a line that was cut off is never taken. Tolerant where real logs vary without
 * doubt: "-" bytes are 0, the client may be a name or IPv6, the user may hold blanks, a quoted
 * field may hold escaped quotes, a request may be anything (scanners send TLS to port 80), a
 * carriage return may end the line, and further fields may follow the user agent. Pure. */
#ifndef CLI_ACCESS_LOG_H
#define CLI_ACCESS_LOG_H

#include "base/str.h"

struct access_log_line {
    struct str client;
    int64_t at_ms;     /* UTC; the line's own offset is applied */
    struct str method; /* empty, as is `target`, when the request is not of HTTP's form */
    struct str target;
    int status;
    int64_t bytes;       /* sent; at most LIMIT_AMOUNT */
    struct str combined; /* the line up to and with the user agent: what identifies it */
};

struct access_log_problem {
    const char *reason; /* static text: "the user agent has no closing quote" */
    size_t column;      /* the byte at which it was seen, from 1 */
};

/* `line` comes without its line feed and is borrowed by the result. False when it is malformed. */
MUST_USE bool access_log_parse(struct str line, struct access_log_line *ret_line,
                               struct access_log_problem *ret_problem);

#endif
