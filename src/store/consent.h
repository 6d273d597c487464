/* What people have agreed to, as stored: written once. */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include "store/row.h"

enum consent_kind {
    CONSENT_RENEWAL,     /* that a plan renews, at a price */
    CONSENT_EARLY_START, /* that it begins while they may still withdraw, and is paid for until then
                          */
};
enum { CONSENT_KIND_COUNT = CONSENT_EARLY_START + 1 };
const char *consent_kind_name(enum consent_kind kind); /* "early_start" */

struct consent_row {
    struct record_id id;
    struct str user_id;
    struct record_id subscription_id; /* that it is about */
    int kind;                         /* enum consent_kind */
    struct record_id operation_id;
    struct str operation;         /* "subscribe" */
    struct str actor_kind, actor; /* who: as the audit log calls them */
    struct str locale;            /* "de" */
    struct str text, text_hash;   /* the words; SHA-256 of them */
    int tier, interval;
    int64_t plan_version;
    int64_t amount; /* of an interval, before coupons and tax */
    struct str currency;
    int64_t renews_at; /* for the first time */
    int64_t created_at;
};

MUST_USE struct err consent_insert(struct tx *tx, const struct consent_row *row);
/* Those before the id `before`, empty: all, the newest first; of one customer, or empty: of all. */
MUST_USE struct err consent_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                                 struct row_list *ret_list);

/* Whether it was agreed to for this subscription. */
MUST_USE struct err consent_given(struct tx *tx, struct str user_id, struct str subscription_id,
                                  enum consent_kind kind, bool *ret_is_given);

#endif
