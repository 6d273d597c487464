#include "app/dunning_approval.h"

#include "app/audit.h"
#include "base/json.h"

/* --- the request, written and read --- */

static struct str request_text(struct cx *cx, const struct dunning_row *row) {
    return AUDIT_FACTS(
        cx, AUDIT_TEXT("caseId", id_str(&row->id)),
        AUDIT_TEXT("move", str_from_cstr(dunning_action_name(DUNNING_ACTION_WRITE_OFF))));
}

static struct err case_of(struct tx *tx, const struct approval_subject *subject,
                          struct dunning_row *ret_row, bool *ret_found) {
    struct json_problem problem;
    json_t *object CLEANUP(json_release) = json_read(subject->request, &problem);
    if (!json_is_object(object)) {
        return cx_fail(tx->cx, ERR(ERR_CORRUPT), "The request of an approval is no JSON object.");
    }
    return dunning_get(tx, subject->user_id, json_text(object, "caseId"), ret_row, ret_found);
}

/* --- what it would do --- */

static struct dunning_step step_of(const struct app *app, struct tx *tx,
                                   const struct dunning_row *row) {
    struct dunning_case before = dunning_case_of(row);
    const struct dunning_input input = {.event = DUNNING_WRITE_OFF, .now = {cx_now_ms(tx->cx)}};
    return dunning_step(&app->catalogue->dunning, &before, &input);
}

/* What is owed; nothing is known of a dispute about no invoice of ours. */
static struct err read_owed(struct tx *tx, const struct dunning_row *row,
                            struct approval_facts *facts) {
    struct invoice_row invoice;
    bool is_found = false;
    TRY(invoice_get(tx, row->user_id, id_str(&row->invoice_id), &invoice, &is_found));
    facts->has_amount = is_found && currency_parse(invoice.currency, &facts->amount.currency);
    facts->amount.minor = facts->has_amount ? invoice.amount_due : 0;
    return OK;
}

static struct err fill(struct app *app, struct tx *tx, const struct dunning_row *row,
                       struct approval_facts *facts) {
    struct dunning_step step = step_of(app, tx, row);
    facts->outcome = step.is_legal ? OUTCOME_DONE : OUTCOME_CASE_MOVE_REFUSED;
    if (!step.is_legal) {
        return OK;
    }
    TRY(read_owed(tx, row, facts));
    const char *before = dunning_status_name((enum dunning_status)row->status);
    const char *after = dunning_status_name(step.next.status);
    bool is_ended = (step.effects & DUNNING_CANCEL) != 0 && row->subscription_id.text[0] != '\0';
    facts->object_id = arena_str(tx->cx->arena, id_str(&row->id));
    facts->before = AUDIT_FACTS(
        tx->cx, AUDIT_TEXT("status", str_from_cstr(before)),
        AUDIT_TEXT("invoiceId", id_str(&row->invoice_id)), AUDIT_WHOLE("owed", facts->amount.minor),
        AUDIT_TEXT("currency",
                   facts->has_amount ? str_from_cstr(facts->amount.currency.code) : STR("")));
    facts->after =
        AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", str_from_cstr(after)),
                    AUDIT_TEXT("subscription", is_ended ? STR("ended") : STR("as it is")));
    return OK;
}

struct err dunning_describe(struct app *app, struct tx *tx, const struct approval_subject *subject,
                            struct approval_facts *ret_facts) {
    struct dunning_row row;
    bool is_found = false;
    TRY(case_of(tx, subject, &row, &is_found));
    if (!is_found) {
        ret_facts->outcome = OUTCOME_CASE_NOT_FOUND;
        return OK;
    }
    return fill(app, tx, &row, ret_facts);
}

/* --- asking, and doing it --- */

struct err dunning_ask_second(struct dunning *dunning, const struct dunning_action *action,
                              struct record_id *ret_approval_id, enum outcome *ret_outcome) {
    struct tx *tx = dunning->tx;
    struct approval_facts facts = {.outcome = OUTCOME_DONE};
    struct approval_row row;
    *ret_outcome = OUTCOME_DONE;
    TRY(read_owed(tx, &dunning->row, &facts));
    if (action->kind != DUNNING_ACTION_WRITE_OFF ||
        !approval_needed(dunning->app, tx, APPROVAL_WRITE_OFF, facts.amount)) {
        return OK;
    }
    struct approval_request request = {
        .subject = {.action = APPROVAL_WRITE_OFF,
                    .user_id = dunning->row.user_id,
                    .request = request_text(tx->cx, &dunning->row)},
        .reason = action->reason,
        .idempotency_key = action->idempotency_key,
    };
    row.id = (struct record_id){""};
    TRY(approval_request(dunning->app, tx, &request, &row));
    *ret_approval_id = row.id;
    *ret_outcome = request.outcome;
    return OK;
}

struct err dunning_execute(struct approval_execution *execution) {
    const struct approval_row *row = execution->row;
    struct dunning_action action = {
        .command = {.app = execution->app},
        .kind = DUNNING_ACTION_WRITE_OFF,
        .case_id = row->object_id,
        .idempotency_key = row->idempotency_key,
        .reason = row->reason,
    };
    TRY(dunning_act_agreed(&action, execution->tx, execution->update));
    execution->outcome = action.command.outcome;
    return OK;
}
