/* A mail as it goes over the wire: RFC 5322 headers over a multipart/alternative (RFC 2045, 2046)
 * of the text and the HTML. Whatever stands in a name or a subject, a header stays one header:
 * controls become blanks, and what is not ASCII becomes encoded words (RFC 2047). */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/mailbox.h"

struct mail_message {
    struct mailbox from, to;
    struct str id;     /* ours: the Message-ID is made of it alone, so that it is always the same */
    struct str thread; /* names the conversation; empty: it belongs to none */
    struct str kind;   /* of Feedback-ID */
    struct str language; /* "en" */
    struct str subject, text, html;
    struct str unsubscribe_url; /* empty: it cannot be unsubscribed from */
    int64_t written_at;         /* milliseconds UTC */
};

enum { MESSAGE_HEADERS_MAX = 20, MESSAGE_LINE_MAX = 76 };

/* The header lines, not folded, without their ends; *ret_count of them, in the cx's arena. */
MUST_USE struct err message_headers(struct cx *cx, const struct mail_message *message,
                                    struct str *ret_lines, size_t *ret_count);
/* The whole message, lines of at most MESSAGE_LINE_MAX where they can be broken, ended by CRLF. */
MUST_USE struct err message_write(struct cx *cx, const struct mail_message *message,
                                  struct buf *out);

/* For tests: quoted-printable (RFC 2045 6.7) of a text whose lines end in LF. */
void message_quote(struct buf *out, struct str text);

#endif
