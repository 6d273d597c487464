/* One customer as operators see them at a glance: how they stand, how they are billed, which plans
 * they have had. */
#ifndef APP_CUSTOMER_DETAIL_H
#define APP_CUSTOMER_DETAIL_H

#include "app/customer_list.h"
#include "store/contract.h"
#include "store/customer.h"
#include "store/parked.h"
#include "store/subscription.h"

enum { CUSTOMER_STRETCHES_SHOWN = 100 };

struct customer_detail {
    struct customer_row row;
    struct customer_line line;
    struct row_list stretches; /* struct subscription_row, the newest first */
    int64_t days_until_due;    /* 0: charged */
    bool is_parked, has_contract;
    struct parked_row parked;
    struct contract_row contract; /* the newest one that was asked for or written */
};
/* On the loop's thread. */
MUST_USE struct err customer_detail_read(struct tx *tx, struct str user_id,
                                         struct customer_detail *ret_detail, bool *ret_found);

#endif
