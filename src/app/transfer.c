#include "app/transfer.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/customer.h"
#include "base/check.h"

static struct err run(struct command *command, struct tx *tx) {
    struct billing_terms_set *set = (struct billing_terms_set *)command;
    struct customer_row customer;
    bool is_found = false;
    check(set->days_until_due >= 0 && set->days_until_due <= DAYS_UNTIL_DUE_MAX);
    TRY(customer_get(tx, set->user_id, &customer, &is_found));
    command->outcome = is_found ? OUTCOME_DONE : OUTCOME_CUSTOMER_NOT_FOUND;
    if (!is_found) {
        return OK;
    }
    struct billing_terms_row row = {set->user_id, set->days_until_due, cx_now_ms(tx->cx)};
    int64_t before = 0;
    TRY(billing_terms_days(tx, set->user_id, &before));
    TRY(billing_terms_put(tx, &row));
    const struct billing_note note = {
        .type = "billing_terms.changed",
        .before = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("daysUntilDue", before)),
        .after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("daysUntilDue", set->days_until_due)),
        .description = set->days_until_due > 0
                           ? arena_printf(tx->cx->arena,
                                          "What is bought from now on is billed by invoice, due "
                                          "after %lld days",
                                          (long long)set->days_until_due)
                           : STR("What is bought from now on is charged"),
    };
    return billing_event_note(tx, set->user_id, &note);
}

void billing_terms_set(struct app *app, struct billing_terms_set *set) {
    set->command.run = run;
    set->command.after = NULL;
    command_submit(app, &set->command);
}

struct err transfer_learn(struct tx *tx, struct str user_id,
                          const struct payments_transfer *transfer) {
    struct bank_transfer_row row = {
        .currency = STR(""), .addresses = STR("[]"), .available = STR("{}")};
    bool is_known = false;
    TRY(bank_transfer_get(tx, user_id, &row, &is_known));
    row.user_id = user_id;
    row.updated_at = cx_now_ms(tx->cx);
    if (transfer->addresses.len > 0) {
        row.currency = transfer->currency;
        row.addresses = transfer->addresses;
    }
    if (transfer->available.len > 0) {
        row.available = transfer->available;
    }
    return bank_transfer_put(tx, &row);
}

struct err transfer_read(struct tx *tx, struct str user_id, struct bank_transfer_row *ret_row,
                         bool *ret_found) {
    return bank_transfer_get(tx, user_id, ret_row, ret_found);
}
