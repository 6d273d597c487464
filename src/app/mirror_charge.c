/* Money taken and given back, as the provider has it. */
#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_method.h"
#include "app/mail_values.h"
#include "app/mirror.h"
#include "app/mirror_object.h"
#include "store/charge.h"

static struct err note_money(struct tx *tx, struct str user_id, const char *type, const char *says,
                             struct money amount) {
    const struct billing_note note = {
        .type = type,
        .description = str_from_cstr(says),
        .has_amount = true,
        .amount = amount,
    };
    return billing_event_note(tx, user_id, &note);
}

/* Each amount that goes back is told once, by what had gone back with it. */
static struct err mail_refund(struct app *app, struct tx *tx, const struct charge_row *row,
                              struct money given) {
    struct mail_values values;
    struct str method;
    TRY(mail_default_method(tx, row->user_id, &method));
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "amount", given.minor);
    mail_values_str(&values, "currency", row->currency);
    mail_values_str(&values, "method", method);
    struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_REFUND,
        .dedupe_key = arena_printf(tx->cx->arena, "refund:%s:%lld", row->id.text,
                                   (long long)row->amount_refunded),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

struct err mirror_charge(struct app *app, struct tx *tx, const struct payments_charge *charge) {
    struct str user_id;
    struct record_id id;
    struct charge_row before = {.amount_refunded = 0};
    bool was_known = false;
    TRY(mirror_owner_of(tx, charge->customer_id, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    TRY(mirror_local_id(tx, charge->id, user_id, "chrg", &id));
    TRY(charge_get(tx, user_id, id_str(&id), &before, &was_known));
    struct charge_row row = {
        .user_id = user_id,
        .id = id,
        .stripe_charge_id = charge->id,
        .stripe_intent_id = charge->intent_id,
        .status = charge->status,
        .currency = str_from_cstr(charge->amount.currency.code),
        .amount = charge->amount.minor,
        .amount_refunded = charge->amount_refunded.minor,
        .is_disputed = charge->is_disputed,
        .created_at = charge->created_at.ms,
    };
    TRY(charge_put(tx, &row));
    int64_t was_refunded = was_known ? before.amount_refunded : 0;
    struct money given = money_of(row.amount_refunded - was_refunded, charge->amount.currency);
    if (given.minor <= 0) {
        return OK;
    }
    TRY(note_money(tx, user_id, "payment.refunded", "Money was given back", given));
    return mail_refund(app, tx, &row, given);
}

/* A refund names no customer: it is of whom the charge is. */
struct err mirror_refund(struct app *app, struct tx *tx, const struct payments_refund *refund) {
    (void)app;
    struct str user_id;
    struct record_id id;
    struct refund_row before = {.status = STR("")};
    bool was_known = false;
    TRY(mirror_owner_of(tx, refund->charge_id, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    TRY(mirror_local_id(tx, refund->id, user_id, "rfnd", &id));
    TRY(refund_get(tx, user_id, id_str(&id), &before, &was_known));
    struct refund_row row = {
        .user_id = user_id,
        .id = id,
        .stripe_refund_id = refund->id,
        .stripe_charge_id = refund->charge_id,
        .status = refund->status,
        .currency = str_from_cstr(refund->amount.currency.code),
        .amount = refund->amount.minor,
        .created_at = refund->created_at.ms,
    };
    TRY(refund_put(tx, &row));
    bool has_failed = str_equal(row.status, STR("failed")) &&
                      !(was_known && str_equal(before.status, row.status));
    return has_failed
               ? note_money(tx, user_id, "refund.failed", "A refund has failed", refund->amount)
               : OK;
}
