/* All that happened with one customer, in one stream: what happened to their billing and usage,
 * mails, payments, notes, what the payment provider said and what was told of it, and who did what.
 * Merged by time from what each noun keeps; a page costs a look at one page of each. */
#ifndef APP_TIMELINE_H
#define APP_TIMELINE_H

#include "app/app.h"
#include "store/timeline.h"

enum { TIMELINE_ALL = (1 << TIMELINE_SOURCE_COUNT) - 1, TIMELINE_CURSOR_MAX = 128 };

struct timeline_query {
    struct str user_id;
    unsigned sources;  /* bits: 1 << enum timeline_source */
    struct str cursor; /* `next` of the page before; empty: the newest */
    size_t max;        /* of a page, 1..LIMIT_PAGE */
};

struct timeline_entry {
    enum timeline_source source;
    struct timeline_row row; /* of the audit log: `text` is the reason, `status` the outcome */
};

struct timeline_stretch {
    struct timeline_entry *entries;
    size_t count;
    struct str next; /* empty: there is nothing older */
    bool is_cursor_unknown;
};
/* On the loop's thread; the newest first. */
MUST_USE struct err timeline_read(struct tx *tx, const struct timeline_query *query,
                                  struct timeline_stretch *ret_stretch);

#endif
