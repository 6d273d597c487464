#include "app/approval_tell.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/person.h"

/* Not in the customer's history: who agrees with whom is the operators' matter. */
#define NOBODYS STR("")
enum { TOLD_MAX = 200 };

/* --- the history, and who listens to it --- */

static struct err note(struct tx *tx, const struct approval_row *row, const char *what) {
    const char *action = approval_action_name((enum approval_action)row->action);
    struct str type = arena_printf(tx->cx->arena, "approval.%s", what);
    bool has_customer = row->user_id.len > 0;
    struct billing_note note = {
        .type = arena_cstr(tx->cx->arena, type),
        .description =
            arena_printf(tx->cx->arena, "%s of " STR_FMT ": %s.", action,
                         STR_ARG(has_customer ? row->user_id : STR("the installation")), what),
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

/* --- mails --- */

static void put_facts(struct mail_values *values, struct tx *tx, const struct approval_row *row) {
    static const char *const flags[APPROVAL_ACTION_COUNT] = {
        [APPROVAL_REFUND] = "isRefund",       [APPROVAL_CREDIT_NOTE] = "isCreditNote",
        [APPROVAL_WRITE_OFF] = "isWriteOff",  [APPROVAL_CONTRACT] = "isContract",
        [APPROVAL_CATALOGUE] = "isCatalogue", [APPROVAL_ERASURE] = "isErasure",
        [APPROVAL_PURGE] = "isPurge",         [APPROVAL_PRICE_CHANGE] = "isPriceChange",
    };
    mail_values_begin(values, tx->cx);
    for (int i = 0; i < APPROVAL_ACTION_COUNT; i++) {
        mail_values_flag(values, flags[i], i == row->action);
    }
    mail_values_str(values, "approvalId", id_str(&row->id));
    mail_values_str(values, "objectId", row->object_id);
    mail_values_str(values, "userId", row->user_id);
    if (row->amount != ROW_NONE) {
        mail_values_i64(values, "amount", row->amount);
        mail_values_str(values, "currency", row->currency);
    }
}

/* A person's name; of a key its id. */
static struct err name_of(struct tx *tx, struct str id, struct str *ret_name) {
    struct person_row person;
    bool is_found = false;
    *ret_name = id;
    if (id_is(id, "pers")) {
        TRY(person_read(tx, id, &person, &is_found));
    }
    if (is_found && person.name.len > 0) {
        *ret_name = person.name;
    }
    return OK;
}

static struct err order(struct app *app, struct tx *tx, const struct person_row *to,
                        struct mail_order order) {
    struct arena *arena = tx->cx->arena;
    if (to->email.len == 0 || to->disabled_at != ROW_NONE) {
        return OK;
    }
    order.user_id = NOBODYS;
    order.dedupe_key = arena_printf(arena, STR_FMT ":%s", STR_ARG(order.dedupe_key), to->id.text);
    order.address = to->email;
    order.name = to->name;
    order.language = to->language;
    return mail_order(app, tx, &order);
}

/* That it waits; to whom it is told. */
static struct err asking(struct tx *tx, const struct approval_row *row,
                         struct mail_order *ret_order) {
    struct mail_values values;
    struct str name;
    TRY(name_of(tx, row->requested_by, &name));
    put_facts(&values, tx, row);
    mail_values_str(&values, "requestedBy", name);
    mail_values_time(&values, "expiresAt", row->expires_at);
    *ret_order = (struct mail_order){
        .kind = MAIL_KIND_APPROVAL_REQUESTED,
        .dedupe_key = arena_printf(tx->cx->arena, "approval_requested:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return OK;
}

/* All who may decide it. */
static struct err ask(struct app *app, struct tx *tx, const struct approval_row *row) {
    const struct approval_rule *rule = &app->catalogue->approvals.rules[row->action];
    struct row_list list;
    struct mail_order asked;
    TRY(asking(tx, row, &asked));
    TRY(person_operators(tx, TOLD_MAX, &list));
    const struct person_row *people = list.items;
    for (size_t i = 0; i < list.count; i++) {
        enum approval_verdict verdict = approval_may_decide(
            rule, row->requested_by, id_str(&people[i].id), (enum role)people[i].operator_role);
        if (verdict == APPROVAL_MAY_DECIDE) {
            TRY(order(app, tx, &people[i], asked));
        }
    }
    return OK;
}

/* Whoever has asked, when it is a person. */
static struct err answer(struct app *app, struct tx *tx, const struct approval_row *row) {
    struct mail_values values;
    struct person_row person;
    struct str name;
    bool is_found = false;
    if (id_is(row->requested_by, "pers")) {
        TRY(person_read(tx, row->requested_by, &person, &is_found));
    }
    if (!is_found) {
        return OK;
    }
    TRY(name_of(tx, row->decided_by, &name));
    put_facts(&values, tx, row);
    mail_values_flag(&values, "isExecuted", row->status == (int)APPROVAL_EXECUTED);
    mail_values_flag(&values, "isFailed", row->status == (int)APPROVAL_FAILED);
    mail_values_flag(&values, "isRejected", row->status == (int)APPROVAL_REJECTED);
    mail_values_flag(&values, "isExpired", row->status == (int)APPROVAL_EXPIRED);
    mail_values_str(&values, "decidedBy", name);
    mail_values_str(&values, "decisionReason", row->decision_reason);
    const struct mail_order answered = {
        .kind = MAIL_KIND_APPROVAL_DECIDED,
        .dedupe_key = arena_printf(tx->cx->arena, "approval_decided:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return order(app, tx, &person, answered);
}

struct err approval_tell(struct app *app, struct tx *tx, const struct approval_row *row) {
    enum approval_status status = (enum approval_status)row->status;
    TRY(note(tx, row, status == APPROVAL_PENDING ? "requested" : approval_status_name(status)));
    switch (status) {
    case APPROVAL_PENDING:
        return ask(app, tx, row);
    case APPROVAL_EXECUTED:
    case APPROVAL_FAILED:
    case APPROVAL_REJECTED:
    case APPROVAL_EXPIRED:
        return answer(app, tx, row);
    case APPROVAL_APPROVED:  /* what follows at once is told */
    case APPROVAL_WITHDRAWN: /* by themselves */
        break;
    }
    return OK;
}

struct err approval_tell_delegate(struct app *app, struct tx *tx, const struct approval_row *row,
                                  const struct person_row *person) {
    struct mail_order asked;
    TRY(asking(tx, row, &asked));
    asked.dedupe_key = arena_printf(tx->cx->arena, "approval_delegated:%s:%lld", row->id.text,
                                    (long long)row->delegated_at);
    return order(app, tx, person, asked);
}
