/* Stand-ins by which operators find a customer though what they look for is sealed: of the last
 * digits of a card or account, and of the domain of a member's mail address. They stand in the row
 * of what they are of, and are made with it. There are but 10,000 last digits, and who has the
 * database alone can count how many share some: which these are, and whose, is not told. */
#ifndef STORE_CUSTOMER_MARK_H
#define STORE_CUSTOMER_MARK_H

#include "store/keyring.h"
#include "store/row.h"

struct customer_mark {
    char hex[KEYRING_INDEX];
    size_t len; /* 0: of nothing */
};
static inline struct str customer_mark_str(const struct customer_mark *mark) {
    return str_of(mark->hex, mark->len);
}

/* Of four digits; of anything else there is none. */
MUST_USE struct err customer_mark_of_last4(struct tx *tx, struct str last4,
                                           struct customer_mark *ret_mark);
/* Of what stands behind the "@", or of a domain alone, in any case. */
MUST_USE struct err customer_mark_of_domain(struct tx *tx, struct str address,
                                            struct customer_mark *ret_mark);

/* For those who write the rows. */
MUST_USE struct err customer_mark_method(struct tx *tx, struct str user_id, struct str id,
                                         struct str last4);
MUST_USE struct err customer_mark_person(struct tx *tx, struct str id, struct str email);

/* What was written before there were any; items are struct customer_unmarked. */
struct customer_unmarked {
    struct str user_id; /* of a payment method; empty of a person */
    struct str id;
};
MUST_USE struct err customer_mark_methods_left(struct tx *tx, size_t max,
                                               struct row_list *ret_list);
MUST_USE struct err customer_mark_people_left(struct tx *tx, size_t max, struct row_list *ret_list);

#endif
