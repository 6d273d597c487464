/* Which rows an answer touches; each kind of object has a file of its own. */
#include "app/mirror.h"

#include "app/dunning.h"
#include "app/mirror_object.h"
#include "app/mirror_subscription.h"
#include "app/tax_id.h"
#include "app/transfer.h"
#include "store/webhook.h"

struct err mirror_local_id(struct tx *tx, struct str stripe_id, struct str user_id,
                           const char *kind, struct record_id *ret_id) {
    struct stripe_object object;
    bool is_known = false;
    TRY(stripe_object_get(tx, stripe_id, &object, &is_known));
    if (is_known && id_is(object.local_id, kind)) {
        *ret_id = id_from(object.local_id);
        return OK;
    }
    *ret_id = id_new(tx->cx, kind);
    return stripe_object_put(tx, stripe_id, user_id, id_str(ret_id));
}

struct err mirror_owner_of(struct tx *tx, struct str stripe_customer_id, struct str *ret_user_id) {
    struct stripe_object object = {.user_id = STR("")};
    bool is_known = false;
    if (stripe_customer_id.len > 0) {
        TRY(stripe_object_get(tx, stripe_customer_id, &object, &is_known));
    }
    *ret_user_id = is_known ? object.user_id : STR("");
    return OK;
}

struct err mirror_owner_of_method(struct tx *tx, const struct payments_method *method,
                                  struct str *ret_user_id) {
    TRY(mirror_owner_of(tx, method->customer_id, ret_user_id));
    return ret_user_id->len > 0 ? OK : mirror_owner_of(tx, method->id, ret_user_id);
}

struct err mirror_owner(struct tx *tx, const struct payments_answer *answer,
                        struct str *ret_user_id) {
    if (answer->has_subscription) {
        return mirror_owner_of(tx, answer->subscription.customer_id, ret_user_id);
    }
    if (answer->has_invoice) {
        return mirror_owner_of(tx, answer->invoice.customer_id, ret_user_id);
    }
    if (answer->has_transfer) {
        return mirror_owner_of(tx, answer->transfer.customer_id, ret_user_id);
    }
    if (answer->has_credit_note) {
        return mirror_owner_of(tx, answer->credit_note.customer_id, ret_user_id);
    }
    if (answer->has_dispute) {
        return mirror_owner_of(tx, answer->dispute.customer_id, ret_user_id);
    }
    if (answer->has_method) {
        return mirror_owner_of_method(tx, &answer->method, ret_user_id);
    }
    if (answer->has_customer) {
        return mirror_owner_of(tx, answer->customer.id, ret_user_id);
    }
    if (answer->has_charge) {
        return mirror_owner_of(tx, answer->charge.customer_id, ret_user_id);
    }
    if (answer->has_refund) {
        return mirror_owner_of(tx, answer->refund.charge_id, ret_user_id);
    }
    return mirror_owner_of(tx, answer->customer_id, ret_user_id);
}

/* --- all of it --- */

struct err mirror_answer(struct app *app, struct tx *tx, const struct payments_answer *answer,
                         struct gate_update *ret_update) {
    if (answer->has_method) {
        TRY(mirror_method(app, tx, &answer->method));
    }
    if (answer->has_subscription) {
        struct str user_id;
        TRY(mirror_owner_of(tx, answer->subscription.customer_id, &user_id));
        if (user_id.len > 0) {
            TRY(mirror_subscription(app, tx, user_id, &answer->subscription, ret_update));
        }
    }
    if (answer->has_customer) {
        TRY(mirror_customer(app, tx, &answer->customer));
    }
    if (answer->has_charge) {
        TRY(mirror_charge(app, tx, &answer->charge));
    }
    if (answer->has_refund) {
        TRY(mirror_refund(app, tx, &answer->refund));
    }
    if (answer->has_dispute) {
        struct str user_id;
        TRY(mirror_owner_of(tx, answer->dispute.customer_id, &user_id));
        if (user_id.len > 0) {
            TRY(dunning_on_dispute(app, tx, user_id, &answer->dispute, ret_update));
        }
    }
    if (answer->has_tax_ids) {
        TRY(mirror_tax_ids(tx, &answer->tax_ids));
    }
    if (answer->has_transfer && answer->transfer.customer_id.len > 0) {
        struct str user_id;
        TRY(mirror_owner_of(tx, answer->transfer.customer_id, &user_id));
        TRY(user_id.len > 0 ? transfer_learn(tx, user_id, &answer->transfer) : OK);
    }
    if (answer->has_credit_note) { /* its invoice may be in the same answer: the note is after it */
        TRY(answer->has_invoice ? mirror_invoice(app, tx, &answer->invoice, ret_update) : OK);
        return mirror_credit_note(app, tx, &answer->credit_note);
    }
    return answer->has_invoice ? mirror_invoice(app, tx, &answer->invoice, ret_update) : OK;
}
