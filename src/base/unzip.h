/* ZIP files that somebody gives us, read strictly: by their list of members, each of which must
 * begin where and as the list says (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
 * One that is broken takes no other with it. Stored and deflated members are read; no encryption,
 * no parts. The work on the content is libdeflate's. */
#ifndef BASE_UNZIP_H
#define BASE_UNZIP_H

#include "base/cx.h"

struct unzip_entry {
    struct str name;
    struct str packed; /* as it lies in the file */
    size_t size;       /* of the content */
    uint32_t crc;
    int method;
    bool is_broken; /* what stands before the content is not what the list says */
};
struct unzip_list {
    struct unzip_entry *items; /* in the arena; they borrow the bytes */
    size_t count;
};

/* ERR_FORMAT, with a sentence, when it is no ZIP file, or its list is broken. */
MUST_USE struct err unzip_read(struct cx *cx, struct str bytes, struct unzip_list *ret_list);
/* The content, entry->size bytes of it. ERR_CORRUPT when it is not what was written. */
MUST_USE struct err unzip_content(const struct unzip_entry *entry, char *into);

#endif
