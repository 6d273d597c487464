#include "app/customer_detail.h"

#include "app/contract.h"
#include "store/bank_transfer.h"

static struct err read_contract(struct tx *tx, struct customer_detail *detail) {
    const struct contract_filter filter = {.status = -1, .user_id = detail->row.user_id};
    struct row_list list;
    TRY(contracts_read(tx, &filter, 1, &list));
    detail->has_contract = list.count > 0;
    if (detail->has_contract) {
        detail->contract = *(const struct contract_row *)list.items;
    }
    return OK;
}

struct err customer_detail_read(struct tx *tx, struct str user_id,
                                struct customer_detail *ret_detail, bool *ret_found) {
    *ret_detail = (struct customer_detail){.days_until_due = 0};
    TRY(customer_get(tx, user_id, &ret_detail->row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    TRY(customer_list_one(tx, user_id, &ret_detail->line, ret_found));
    TRY(customer_name_owner(tx, &ret_detail->line));
    TRY(subscription_stretches(tx, user_id, CUSTOMER_STRETCHES_SHOWN, &ret_detail->stretches));
    TRY(billing_terms_days(tx, user_id, &ret_detail->days_until_due));
    TRY(parked_open(tx, user_id, &ret_detail->parked, &ret_detail->is_parked));
    return read_contract(tx, ret_detail);
}
