/* All that happened with one customer, source by source: rows of many tables in one form, so that
 * they can be merged by time (app/timeline.h). Nothing is written here. */
#ifndef STORE_TIMELINE_H
#define STORE_TIMELINE_H

#include "store/row.h"

enum timeline_source {
    TIMELINE_BILLING,
    TIMELINE_MAIL,
    TIMELINE_AUDIT, /* but for rows that only prove a line of the billing */
    TIMELINE_PAYMENT,
    TIMELINE_NOTE,
    TIMELINE_DELIVERY, /* of outgoing webhooks */
    TIMELINE_WEBHOOK,  /* of the payment provider: the only one whose ids are not ours */
    TIMELINE_SOURCE_COUNT,
};

struct timeline_row {
    struct str user_id, id;
    int64_t at;
    struct str word;   /* what it is: "invoice.paid", the kind of a mail, … */
    struct str text;   /* in words; of the audit log the row */
    struct str status; /* of what can stand somewhere */
    int64_t amount;    /* minor units, or ROW_NONE */
    struct str currency;
    struct str object; /* what it is about; may be empty */
    struct str actor;  /* who; may be empty */
};

/* The four letters of the source's ids; NULL of TIMELINE_WEBHOOK. */
const char *timeline_id_kind(enum timeline_source source);

/* Before the id `before_id`, and of TIMELINE_WEBHOOK before the instant as well; the newest first.
 */
struct timeline_place {
    struct str user_id, before_id;
    int64_t before_at;
};
MUST_USE struct err timeline_page(struct tx *tx, enum timeline_source source,
                                  const struct timeline_place *place, size_t max,
                                  struct row_list *ret_list);

#endif
