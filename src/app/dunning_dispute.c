/* A payment that the customer's bank wants back: a case of its own kind, which only the bank moves.
 *
 * While it is decided the customer keeps what was paid for, and is parked: whoever took one payment
 * back may take back the next, and a renewal now would be one. Won (or an inquiry that came to
 * nothing), the case is over. Lost, the invoice is treated as unpaid: it stays paid in the
 * provider's books and cannot be charged again, so the subscription ends, and whoever wants to go
 * on buys anew. https://docs.stripe.com/disputes/how-disputes-work has the statuses; there may come
 * new ones, which are taken for undecided. A refund is no dispute and changes nothing here. */
#include "app/dunning_case.h"

#include "app/parking.h"
#include "store/webhook.h"

static bool is_any_of(struct str status, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(status, str_from_cstr(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_won(struct str status) {
    static const char *const words[] = {"won", "warning_closed", "prevented"};
    return is_any_of(status, words, ARRAY_LEN(words));
}

static bool is_lost(struct str status) {
    return str_equal(status, STR("lost"));
}

/* Ours of the disputed invoice; empty when we know none: then nothing of ours hangs on it. */
static struct err invoice_of(struct tx *tx, struct str user_id, struct str stripe_invoice_id,
                             struct invoice_row *ret_invoice, bool *ret_found) {
    struct stripe_object object;
    *ret_found = false;
    if (stripe_invoice_id.len == 0) {
        return OK;
    }
    TRY(stripe_object_get(tx, stripe_invoice_id, &object, ret_found));
    return *ret_found ? invoice_get(tx, user_id, object.local_id, ret_invoice, ret_found) : OK;
}

static struct err open_case(struct dunning *dunning, struct str user_id,
                            const struct payments_dispute *dispute) {
    struct invoice_row invoice;
    bool is_found = false;
    TRY(invoice_of(dunning->tx, user_id, dispute->invoice_id, &invoice, &is_found));
    dunning->row = (struct dunning_row){
        .user_id = user_id,
        .kind = DUNNING_DISPUTE,
        .invoice_id = is_found ? invoice.id : (struct record_id){""},
        .subscription_id = is_found ? invoice.subscription_id : (struct record_id){""},
        .stripe_dispute_id = dispute->id,
    };
    struct dunning_step opened = dunning_open_dispute((struct instant){cx_now_ms(dunning->tx->cx)});
    return dunning_begin(dunning, &opened);
}

static struct err park(struct dunning *dunning, const struct payments_dispute *dispute) {
    const struct parking_cause cause = {
        .user_id = dunning->row.user_id,
        .reason = PARKED_DISPUTED,
        .stripe_invoice_id = dispute->invoice_id,
        .currency = str_from_cstr(dispute->amount.currency.code),
        .amount = dispute->amount.minor,
    };
    return parking_park(dunning->app, dunning->tx, &cause);
}

struct err dunning_on_dispute(struct app *app, struct tx *tx, struct str user_id,
                              const struct payments_dispute *dispute, struct gate_update *update) {
    struct dunning dunning = {.app = app, .tx = tx, .update = update, .reason = dispute->reason};
    bool is_known = false;
    bool is_legal = false;
    bool has_won = is_won(dispute->status);
    TRY(dunning_of_dispute(tx, user_id, dispute->id, &dunning.row, &is_known));
    if (!is_known) {
        TRY(open_case(&dunning, user_id, dispute));
    }
    if (!has_won && !is_lost(dispute->status)) { /* once: an operator may let them go on before */
        return is_known ? OK : park(&dunning, dispute);
    }
    TRY(dunning_event(&dunning, has_won ? DUNNING_PAID : DUNNING_LOST, &is_legal));
    return parking_end_dispute(app, tx, user_id);
}
