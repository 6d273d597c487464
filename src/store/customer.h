/* Customers as stored. */
#ifndef STORE_CUSTOMER_H
#define STORE_CUSTOMER_H

#include "store/row.h"

struct customer_row {
    struct str user_id, email, name, country, currency;
    struct str stripe_customer_id; /* empty until Stripe knows the customer */
    int64_t created_at;
    struct str language;  /* of mails: "en", "de"; empty: not known */
    struct str time_zone; /* "Europe/Berlin"; empty: not known */
};

MUST_USE struct err customer_get(struct tx *tx, struct str user_id, struct customer_row *ret_row,
                                 bool *ret_found);
MUST_USE struct err customer_insert(struct tx *tx, const struct customer_row *row);
MUST_USE struct err customer_set_stripe(struct tx *tx, struct str user_id, struct str stripe_id);
/* Empty: not known any more. */
MUST_USE struct err customer_set_preferences(struct tx *tx, struct str user_id, struct str language,
                                             struct str time_zone);
/* At most `max` customers whose id follows `after`, in order; items are struct customer_row. */
MUST_USE struct err customer_page(struct tx *tx, struct str after, size_t max,
                                  struct row_list *ret_list);

/* The id of the customer that follows; empty when there is none. */
MUST_USE struct err customer_after(struct tx *tx, struct str user_id, struct str *ret_next);

/* The address as JSON; empty when none was given. */
MUST_USE struct err customer_address(struct tx *tx, struct str user_id, struct str *ret_address);
struct customer_details_row {
    struct str user_id, email, name, country, address;
};
/* The numbers with tax offices, a JSON array; empty: never told. */
MUST_USE struct err customer_tax_ids(struct tx *tx, struct str user_id, struct str *ret_list);
MUST_USE struct err customer_set_tax_ids(struct tx *tx, struct str user_id, struct str list);
MUST_USE struct err customer_set_details(struct tx *tx, const struct customer_details_row *row);

#endif
