/* A new payment method while money is owed; and a subscription that ends while it is. */
#include "app/dunning_case.h"

enum {
    CASES_MAX = 50, /* live ones of one customer; more wait for their schedule */
    MS_PER_SECOND = 1000,
};

/* Disputes are decided by the bank, whatever card there is. */
static bool waits_for_money(const struct dunning_row *row) {
    return row->kind != DUNNING_DISPUTE;
}

/* Whoever pays on an invoice has not agreed to a card being charged for it. */
static bool waits_for_method(const struct dunning_row *row) {
    return waits_for_money(row) && row->kind != DUNNING_OVERDUE;
}

/* The provider knows whole seconds: in the same one, the method counts as the later of the two. */
static bool is_made_for(const struct dunning_row *row, struct instant made_at) {
    return waits_for_method(row) && made_at.ms / MS_PER_SECOND >= row->opened_at / MS_PER_SECOND;
}

struct err dunning_wants_method(struct tx *tx, struct str user_id, struct instant made_at,
                                bool *ret_wants) {
    struct row_list list;
    TRY(dunning_live(tx, user_id, CASES_MAX, &list));
    const struct dunning_row *rows = list.items;
    *ret_wants = false;
    for (size_t i = 0; i < list.count; i++) {
        *ret_wants |= is_made_for(&rows[i], made_at);
    }
    return OK;
}

struct err dunning_on_default_method(struct app *app, struct tx *tx, struct str user_id,
                                     struct gate_update *update) {
    struct row_list list;
    TRY(dunning_live(tx, user_id, CASES_MAX, &list));
    const struct dunning_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct dunning dunning = {.app = app, .tx = tx, .row = rows[i], .update = update};
        bool is_legal = false;
        if (waits_for_method(&rows[i])) {
            TRY(dunning_event(&dunning, DUNNING_METHOD_ADDED, &is_legal));
        }
    }
    return OK;
}

struct err dunning_on_subscription_end(struct app *app, struct tx *tx, struct str user_id,
                                       struct str subscription_id, struct gate_update *update) {
    struct row_list list;
    TRY(dunning_live(tx, user_id, CASES_MAX, &list));
    const struct dunning_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct dunning dunning = {.app = app,
                                  .tx = tx,
                                  .row = rows[i],
                                  .update = update,
                                  .reason = STR("the subscription has ended")};
        bool is_legal = false;
        if (waits_for_money(&rows[i]) &&
            str_equal(id_str(&rows[i].subscription_id), subscription_id)) {
            TRY(dunning_event(&dunning, DUNNING_INVOICE_CLOSED, &is_legal));
        }
    }
    return OK;
}
