#include "app/payment_method.h"

struct err payment_methods_read(struct tx *tx, struct str user_id, struct row_list *ret_list) {
    return payment_method_list(tx, user_id, PAYMENT_METHODS_MAX, ret_list);
}

struct err payment_method_read(struct tx *tx, struct str user_id, struct str id,
                               struct payment_method_row *ret_row, bool *ret_found) {
    return payment_method_get(tx, user_id, id, ret_row, ret_found);
}
