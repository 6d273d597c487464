/* The provider's customer. Who they are is ours to say; which method is charged, and whether the
 * record is still there, is the provider's. */
#include "app/billing_event.h"
#include "app/mirror.h"
#include "app/mirror_object.h"
#include "store/customer.h"
#include "store/payment_method.h"
#include "store/webhook.h"

/* A default that is not known here, or not attached any more, comes from before a change of ours:
 * what we have told the provider since then is on its way. */
static struct err follow_default(struct tx *tx, struct str user_id, struct str stripe_method_id) {
    struct stripe_object object;
    struct payment_method_row method;
    bool is_known = false;
    bool is_found = false;
    if (stripe_method_id.len == 0) {
        return OK;
    }
    TRY(stripe_object_get(tx, stripe_method_id, &object, &is_known));
    if (!is_known || !str_equal(object.user_id, user_id)) {
        return OK;
    }
    TRY(payment_method_get(tx, user_id, object.local_id, &method, &is_found));
    bool follows = is_found && method.detached_at == ROW_NONE && !method.is_default;
    return follows ? payment_method_set_default(tx, user_id, object.local_id) : OK;
}

static struct err detach_all(struct tx *tx, struct str user_id) {
    struct row_list list;
    TRY(payment_method_list(tx, user_id, LIMIT_PAGE, &list));
    struct payment_method_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        rows[i].detached_at = cx_now_ms(tx->cx);
        TRY(payment_method_put(tx, &rows[i]));
    }
    return OK;
}

/* A customer who buys again gets a new record there. Their subscriptions were ended by the deletion
 * and say so themselves. */
static struct err forget(struct tx *tx, struct str user_id) {
    const struct billing_note note = {
        .type = "customer.deleted_at_provider",
        .description = STR("The customer was deleted at the payment provider"),
    };
    TRY(customer_set_stripe(tx, user_id, STR("")));
    TRY(detach_all(tx, user_id));
    return billing_event_note(tx, user_id, &note);
}

struct err mirror_customer(struct app *app, struct tx *tx,
                           const struct payments_customer *customer) {
    (void)app;
    struct str user_id;
    struct customer_row row;
    bool is_found = false;
    TRY(mirror_owner_of(tx, customer->id, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    TRY(customer_get(tx, user_id, &row, &is_found));
    if (!is_found || !str_equal(row.stripe_customer_id, customer->id)) {
        return OK; /* another record of theirs is the one that is billed */
    }
    return customer->is_deleted ? forget(tx, user_id)
                                : follow_default(tx, user_id, customer->default_method_id);
}
