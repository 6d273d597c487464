#include "app/outbox_stale.h"

#include "app/dunning.h"
#include "app/operation_plan.h"

static bool is_stale(struct tx *tx, const struct outbox_row *row) {
    struct instant until =
        instant_add((struct instant){row->created_at}, duration_hours(CALL_KEY_HOURS));
    return until.ms <= cx_now_ms(tx->cx);
}

struct err outbox_look_first(struct tx *tx, const struct outbox_row *row,
                             struct payments_call *call) {
    if (call->kind == PAYMENTS_SUBSCRIPTION_CREATE && is_stale(tx, row)) {
        *call = (struct payments_call){.kind = PAYMENTS_SUBSCRIPTION_LIST,
                                       .customer_id = call->customer_id};
    }
    return OK;
}

struct err outbox_look_back(struct tx *tx, const struct outbox_row *row,
                            const struct payments_answer *answer,
                            struct payments_answer *ret_answer, bool *ret_is_absent) {
    struct payments_call call;
    *ret_is_absent = false;
    *ret_answer = (struct payments_answer){.outcome = PAYMENTS_DONE};
    TRY(payments_call_read(tx->cx, row->payload, &call));
    bool is_list = call.kind == PAYMENTS_SUBSCRIPTION_CREATE && is_stale(tx, row) &&
                   !answer->has_subscription && answer->unreadable.len == 0;
    if (!is_list || answer->outcome != PAYMENTS_DONE) {
        return OK;
    }
    for (size_t i = 0; i < answer->item_count; i++) {
        const struct payments_answer *item = &answer->items[i];
        if (item->has_subscription && str_equal(item->subscription.local_id, call.local_id)) {
            *ret_answer = *item;
            return OK;
        }
    }
    *ret_is_absent = true;
    return outbox_renew(tx, row);
}
