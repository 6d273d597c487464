/* ZIP files that are written as they go, so that none must ever lie in memory as a whole. The work
 * is libarchive's (docs/decisions/privacy.md), which is loaded when the first file is made. */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include "base/buf.h"
#include "base/cx.h"

struct zip;

/* What is written is appended to `out`, from which the caller takes it away as it likes (buf_drop);
 * `out` outlives the zip. ERR_NOT_FOUND, with a sentence, where libarchive is not installed. */
MUST_USE struct err zip_create(struct cx *cx, struct buf *out, struct zip **ret_zip);
void zip_destroy(struct zip *zip); /* takes NULL; a file that was not finished is none */

/* The next member: its name in ASCII, and when it was made. */
MUST_USE struct err zip_begin(struct zip *zip, const char *name, int64_t at_s);
MUST_USE struct err zip_add(struct zip *zip, struct str bytes);
MUST_USE struct err zip_end(struct zip *zip);
/* The list of members, without which it is no ZIP file. */
MUST_USE struct err zip_finish(struct zip *zip);

#endif
