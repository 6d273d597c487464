#include "app/tax_id.h"

#include "app/mirror_object.h"
#include "base/json.h"
#include "store/customer.h"

struct err tax_ids_read(struct tx *tx, struct str user_id, struct str *ret_list, bool *ret_found) {
    struct customer_row row;
    struct str list = STR("");
    TRY(customer_get(tx, user_id, &row, ret_found));
    TRY(*ret_found ? customer_tax_ids(tx, user_id, &list) : OK);
    *ret_list = list.len > 0 ? list : STR("[]");
    return OK;
}

static bool has_id(struct str text, struct str id) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *list = json_read(text, &problem);
    const json_t *tax_id = NULL;
    size_t i = 0;
    json_array_foreach(list, i, tax_id) {
        if (str_equal(json_text(tax_id, "id"), id)) {
            return true;
        }
    }
    return false;
}

struct err tax_id_decide(struct tx *tx, const struct operation_request *request,
                         struct operation_plan *plan, enum outcome *ret_outcome) {
    struct str list;
    bool is_found = false;
    plan->tax_id_type = request->tax_id_type;
    plan->tax_id_value = request->tax_id_value;
    plan->tax_id = request->tax_id;
    TRY(tax_ids_read(tx, request->user_id, &list, &is_found));
    bool is_there = request->kind != OPERATION_TAX_ID_REMOVE || has_id(list, request->tax_id);
    *ret_outcome = is_there ? OUTCOME_DONE : OUTCOME_TAX_ID_NOT_FOUND;
    return OK;
}

struct err mirror_tax_ids(struct tx *tx, const struct payments_tax_ids *seen) {
    struct str user_id;
    TRY(mirror_owner_of(tx, seen->customer_id, &user_id));
    return user_id.len > 0 ? customer_set_tax_ids(tx, user_id, seen->list) : OK;
}
