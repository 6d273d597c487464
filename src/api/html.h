/* Text in pages that are made here. */
#ifndef API_HTML_H
#define API_HTML_H

#include "base/buf.h"

/* Adds text to an element or a quoted attribute. */
void html_add(struct buf *page, struct str text);

#endif
