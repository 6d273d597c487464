/* Payment methods as the provider has them. One of them is the default, always, while there is one.
 */
#include "app/billing_event.h"
#include "app/dunning.h"
#include "app/mirror.h"
#include "app/mirror_object.h"
#include "app/operation_plan.h"
#include "base/limits.h"
#include "store/customer.h"
#include "store/payment_method.h"
#include "store/subscription.h"

static struct err has_default(struct tx *tx, struct str user_id, bool *ret_has) {
    struct row_list methods;
    TRY(payment_method_list(tx, user_id, LIMIT_PAGE, &methods));
    const struct payment_method_row *rows = methods.items;
    *ret_has = false;
    for (size_t i = 0; i < methods.count; i++) {
        *ret_has |= rows[i].is_default;
    }
    return OK;
}

/* Only who is billed has to be known to the provider by a default method; a purchase names one. */
static struct err tell_default(struct app *app, struct tx *tx, struct str user_id,
                               struct str stripe_method_id) {
    struct subscription_row subscription;
    struct customer_row customer;
    bool is_found = false;
    TRY(subscription_in_force(tx, user_id, &subscription, &is_found));
    if (!is_found || subscription.stripe_subscription_id.len == 0) {
        return OK;
    }
    TRY(customer_get(tx, user_id, &customer, &is_found));
    struct payments_call call = {
        .kind = PAYMENTS_METHOD_DEFAULT,
        .user_id = user_id,
        .customer_id = customer.stripe_customer_id,
        .method_id = stripe_method_id,
    };
    return operation_plan_aside(app, tx, user_id, &call);
}

/* The newest method left is charged when the one that was is gone. */
static struct err choose_default(struct app *app, struct tx *tx, struct str user_id) {
    struct row_list methods;
    bool has = false;
    TRY(has_default(tx, user_id, &has));
    TRY(payment_method_list(tx, user_id, 1, &methods));
    const struct payment_method_row *newest = methods.items;
    if (has || methods.count == 0) {
        return OK;
    }
    TRY(payment_method_set_default(tx, user_id, id_str(&newest->id)));
    return tell_default(app, tx, user_id, newest->stripe_payment_method_id);
}

/* While money is owed, a new method is there to pay it: it becomes the one that is charged, and the
 * case hears of it when the provider has (app/outbox.c). */
static struct err offer_to_dunning(struct app *app, struct tx *tx,
                                   const struct payment_method_row *row, struct instant made_at) {
    bool is_wanted = false;
    TRY(dunning_wants_method(tx, row->user_id, made_at, &is_wanted));
    return is_wanted ? tell_default(app, tx, row->user_id, row->stripe_payment_method_id) : OK;
}

static struct err note_method(struct tx *tx, const struct payment_method_row *row, bool was_known,
                              bool was_attached) {
    bool is_attached = row->detached_at == ROW_NONE;
    if (was_known && was_attached == is_attached) {
        return OK;
    }
    struct billing_note note = {
        .type = is_attached ? "payment_method.attached" : "payment_method.detached",
        .description = arena_printf(tx->cx->arena, STR_FMT " ending in " STR_FMT " %s",
                                    STR_ARG(row->brand.len > 0 ? row->brand : row->type),
                                    STR_ARG(row->last4), is_attached ? "added" : "removed"),
    };
    return billing_event_note(tx, row->user_id, &note);
}

struct err mirror_method(struct app *app, struct tx *tx, const struct payments_method *method) {
    struct str user_id;
    TRY(mirror_owner_of_method(tx, method, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    struct record_id id;
    struct payment_method_row before;
    bool was_known = false;
    TRY(mirror_local_id(tx, method->id, user_id, "paym", &id));
    TRY(payment_method_get(tx, user_id, id_str(&id), &before, &was_known));
    bool is_attached = method->customer_id.len > 0;
    int64_t now = cx_now_ms(tx->cx);
    struct payment_method_row row = {
        .user_id = user_id,
        .id = id,
        .stripe_payment_method_id = method->id,
        .type = method->type,
        .brand = method->brand,
        .last4 = method->last4,
        .expiry_month = method->expiry_month > 0 ? method->expiry_month : ROW_NONE,
        .expiry_year = method->expiry_year > 0 ? method->expiry_year : ROW_NONE,
        .created_at = now,
        .detached_at = is_attached ? ROW_NONE : now,
    };
    if (was_known && before.detached_at != ROW_NONE) {
        row.detached_at = before.detached_at; /* a detached method can never be attached again */
    }
    TRY(payment_method_put(tx, &row));
    TRY(choose_default(app, tx, user_id));
    if (is_attached && !was_known) {
        TRY(offer_to_dunning(app, tx, &row, method->created_at));
    }
    return note_method(tx, &row, was_known, was_known && before.detached_at == ROW_NONE);
}
