/* Which operator looks after which customer; read with the customer's line (store/customer_list.h).
 */
#ifndef STORE_CUSTOMER_OWNER_H
#define STORE_CUSTOMER_OWNER_H

#include "store/row.h"

struct customer_owner_row {
    struct str user_id, person_id;
    int64_t assigned_at;
};
/* In place of whoever did before. */
MUST_USE struct err customer_owner_put(struct tx *tx, const struct customer_owner_row *row);
/* OK also where nobody did. */
MUST_USE struct err customer_owner_drop(struct tx *tx, struct str user_id);

#endif
