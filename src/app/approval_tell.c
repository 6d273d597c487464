#include "app/approval_tell.h"

#include "app/audit.h"
#include "app/billing_event.h"

/* Not in the customer's history: who agrees with whom is the operators' matter. */
#define NOBODYS STR("")

struct err approval_tell(struct app *app, struct tx *tx, const struct approval_row *row,
                         const char *what) {
    (void)app;
    const char *action = approval_action_name((enum approval_action)row->action);
    struct str type = arena_printf(tx->cx->arena, "approval.%s", what);
    struct billing_note note = {
        .type = arena_cstr(tx->cx->arena, type),
        .description = arena_printf(tx->cx->arena, "%s of %s: %s.", action,
                                    row->user_id.len > 0 ? arena_cstr(tx->cx->arena, row->user_id)
                                                         : "the installation",
                                    what),
        .metadata =
            AUDIT_FACTS(tx->cx, AUDIT_TEXT("approvalId", id_str(&row->id)),
                        AUDIT_TEXT("action", str_from_cstr(action)),
                        AUDIT_TEXT("userId", row->user_id), AUDIT_TEXT("objectId", row->object_id)),
        .has_amount = row->amount != ROW_NONE,
    };
    if (note.has_amount) {
        note.has_amount = currency_parse(row->currency, &note.amount.currency);
        note.amount.minor = row->amount;
    }
    return billing_event_note(tx, NOBODYS, &note);
}
