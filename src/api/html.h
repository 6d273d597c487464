/* Text in pages that are made here. */
#ifndef API_HTML_H
#define API_HTML_H

#include "base/buf.h"

/* Adds text to an element or a quoted attribute. */
void html_add(struct buf *page, struct str text);

/* Adds `text`, which is markup of ours, with each {} taken by the next of the values, escaped. */
void html_fill(struct buf *page, const char *text, const struct str *values, size_t count);
#define HTML_FILL(page, text, ...)                                                                 \
    html_fill(page, text, (const struct str[]){__VA_ARGS__},                                       \
              ARRAY_LEN(((const struct str[]){__VA_ARGS__})))

#endif
