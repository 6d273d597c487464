/* An invoice that was sent, and whose day has passed without the money: a case of its own kind. Its
 * schedule is that of the others, but nothing is charged: each day of it is a reminder, which is
 * noted as a skipped attempt. Nothing announces that the day has passed, so it is looked for. */
#include "app/dunning_case.h"

static struct err open_case(struct dunning *dunning, const struct invoice_row *invoice) {
    dunning->row = (struct dunning_row){
        .user_id = invoice->user_id,
        .kind = DUNNING_OVERDUE,
        .invoice_id = invoice->id,
        .subscription_id = invoice->subscription_id,
    };
    struct dunning_step opened = dunning_open(&dunning->app->catalogue->dunning,
                                              (struct instant){cx_now_ms(dunning->tx->cx)}, false);
    return dunning_begin(dunning, &opened);
}

struct err dunning_open_overdue(struct app *app, struct tx *tx,
                                struct gate_update updates[DUNNING_BATCH], size_t *ret_count) {
    struct row_list list;
    TRY(invoice_overdue(tx, cx_now_ms(tx->cx), DUNNING_BATCH, &list));
    const struct invoice_row *rows = list.items;
    *ret_count = 0;
    for (size_t i = 0; i < list.count; i++) {
        struct gate_update *update = &updates[*ret_count];
        update->is_due = false;
        struct dunning dunning = {.app = app, .tx = tx, .update = update};
        TRY(open_case(&dunning, &rows[i]));
        *ret_count += update->is_due;
    }
    return OK;
}
