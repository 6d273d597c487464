#include "app/billing_event.h"

#include "app/audit.h"
#include "app/billing_event_type.h"
#include "app/webhook_delivery.h"
#include "base/check.h"
#include "store/usage_alert.h"

/* Its words stay out of the evidence, which nobody could take them out of again. */
static struct err tell(struct tx *tx, const struct billing_event_row *row,
                       const struct billing_note *note) {
    struct audit_entry entry = {
        .action = row->type,
        .said = {.customer = row->user_id,
                 .object = id_str(&row->id),
                 .before = note->before,
                 .after = note->after},
    };
    if (row->amount != ROW_NONE && note->after.len == 0) {
        entry.said.after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("amount", row->amount),
                                       AUDIT_TEXT("currency", row->currency));
    }
    return audit_append(tx, &entry);
}

struct err billing_event_note(struct tx *tx, struct str user_id, const struct billing_note *note) {
    struct billing_event_row row = {
        .user_id = user_id,
        .id = id_new(tx->cx, "bevt"),
        .type = str_from_cstr(note->type),
        .amount = note->has_amount ? note->amount.minor : ROW_NONE,
        .currency = note->has_amount ? str_from_cstr(note->amount.currency.code) : STR(""),
        .description = note->description,
        .metadata = note->metadata.len > 0 ? note->metadata : STR("{}"),
        .created_at = cx_now_ms(tx->cx),
    };
    check(billing_event_type_find(row.type) != NULL); /* a row in billing_event_type.c */
    TRY(billing_event_insert(tx, &row));
    TRY(webhook_delivery_order(tx, &row));
    TRY(usage_alert_touch(tx, user_id, row.created_at));
    return tell(tx, &row, note);
}

struct err billing_events_read(struct tx *tx, struct str user_id, struct str before, size_t max,
                               struct row_list *ret_list) {
    return billing_event_page(tx, user_id, before.len > 0 ? before : STR("~"), max, ret_list);
}
