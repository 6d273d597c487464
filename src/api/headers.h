/* The header fields that protect an answer, by its kind: one table, from which every answer is
 * served and docs/reference/headers.md is printed.
 *
 * What they mean: RFC 9110, RFC 6797 (Strict-Transport-Security),
 * https://www.w3.org/TR/CSP3/, https://fetch.spec.whatwg.org/,
 * https://www.w3.org/TR/permissions-policy/ */
#ifndef API_HEADERS_H
#define API_HEADERS_H

#include "base/buf.h"

/* HEADERS_API is what an answer is unless its maker says otherwise. */
enum header_kind {
    HEADERS_API,       /* JSON, problems, figures, nothing at all */
    HEADERS_TAGGED,    /* JSON that the client may keep and ask about by its ETag */
    HEADERS_DOWNLOAD,  /* a file to be saved */
    HEADERS_STREAM,    /* events as they happen */
    HEADERS_REDIRECT,  /* to somewhere else */
    HEADERS_DOCUMENT,  /* a page of ui/ */
    HEADERS_PAY_PAGE,  /* one invoice, behind the link of a mail */
    HEADERS_FORM_PAGE, /* one question, behind the link of a mail */
    HEADERS_EMBED,     /* a page of ui/ in a frame of another site */
    HEADERS_CARD_FORM, /* a page of ours with the provider's form for cards */
    HEADERS_ASSET,     /* part of a page, asked about by its ETag */
    HEADERS_FIXED,     /* part of a page whose name changes with its content */
    HEADERS_KIND_COUNT,
};

/* A field; values[kind] NULL: answers of that kind do not have it. */
struct header_field {
    const char *name;
    const char *values[HEADERS_KIND_COUNT];
};
extern const struct header_field headers_table[];
extern const size_t headers_table_len;

/* "API", "download". */
const char *header_kind_name(enum header_kind kind);
/* What answers are of the kind, for the page. */
const char *header_kind_doc(enum header_kind kind);

/* Who else has a part in the pages, as CSP writes origins: of `<provider>` and `<embedders>` in the
 * table. */
struct header_origins {
    struct str provider;  /* whose pages forms may lead to; one */
    struct str embedders; /* who may show a page in a frame, with blanks between; empty: nobody */
};

/* All fields of the kind as lines, each with its CR LF. */
void headers_print(enum header_kind kind, const struct header_origins *origins, struct buf *out);

/* The one line more of answers that the world gets over TLS. */
#define HSTS_LINE STR("Strict-Transport-Security: max-age=31536000\r\n")

enum { HEADERS_LINES_MAX = 3072 }; /* of any kind, in bytes */

#endif
