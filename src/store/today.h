/* What waits for operators, each as one number. */
#ifndef STORE_TODAY_H
#define STORE_TODAY_H

#include "store/row.h"

struct today_owed {
    struct str currency; /* empty: of cases without an invoice */
    int64_t count, amount;
};
/* Items are struct today_owed. */
MUST_USE struct err today_owed(struct tx *tx, size_t max, struct row_list *ret_list);

enum today_number {
    TODAY_APPROVALS,     /* that wait */
    TODAY_EVENTS_FAILED, /* of the payment provider, given up */
    TODAY_MAILS_FAILED,  /* given up */
    TODAY_DIFFERENCES,   /* open */
    TODAY_USAGE,         /* the instant at which usage was last recorded; 0: never */
    TODAY_NUMBER_COUNT,
};
MUST_USE struct err today_number(struct tx *tx, enum today_number which, int64_t *ret_number);
/* Since when the oldest of what waits does; 0: nothing waits. */
struct today_oldest {
    int64_t calls, events; /* to the payment provider, and of it */
    int64_t deliveries;    /* webhooks to be sent */
    int64_t mails;
};
MUST_USE struct err today_oldest(struct tx *tx, struct today_oldest *ret_oldest);
/* Alerts of a kind of mail, from an id on, that nobody has looked at. */
MUST_USE struct err today_alerts(struct tx *tx, struct str kind, struct str id_first,
                                 int64_t *ret_count);

#endif
