/* What accepting a contract does: a version of the plan for this customer alone, how it is paid,
 * and the operation that buys it. */
#include "app/audit.h"
#include "app/billing_event.h"
#include "app/contract.h"
#include "app/contract_plan.h"
#include "app/operation_start.h"
#include "base/check.h"
#include "store/bank_transfer.h"
#include "store/subscription.h"

static void step(struct contract_row *row, enum contract_event event) {
    struct contract_step to = contract_step((enum contract_status)row->status, event);
    check(to.is_legal);
    row->status = (int)to.next;
}

static struct err note(struct tx *tx, const struct contract_row *row, const char *type,
                       const char *what) {
    const struct billing_note event = {
        .type = type,
        .description =
            arena_printf(tx->cx->arena, "Contract %lld: %s.", (long long)row->number, what),
        .metadata = AUDIT_FACTS(tx->cx, AUDIT_TEXT("contractId", id_str(&row->id)),
                                AUDIT_WHOLE("number", row->number)),
    };
    return billing_event_note(tx, row->user_id, &event);
}

/* The same person has accepted the same before. */
static bool is_repeat(const struct contract_accept *accept, struct str actor,
                      const struct contract_row *row) {
    bool is_accepted = row->status == (int)CONTRACT_ACCEPTED || row->status == (int)CONTRACT_ACTIVE;
    return is_accepted && str_equal(row->terms_hash, accept->terms_hash) &&
           str_equal(row->accepted_name, accept->name) && str_equal(row->accepted_by, actor);
}

static enum outcome may_accept(const struct contract_accept *accept, struct tx *tx,
                               const struct contract_row *row) {
    bool is_offer = row->status == (int)CONTRACT_OFFERED && row->valid_until > cx_now_ms(tx->cx);
    bool is_same = str_equal(row->terms_hash, accept->terms_hash);
    return !is_offer ? OUTCOME_CONTRACT_WRONG_STATUS
           : is_same ? OUTCOME_DONE
                     : OUTCOME_CONTRACT_CHANGED;
}

static struct err set_days(struct tx *tx, struct str user_id, int64_t days) {
    const struct billing_terms_row row = {user_id, days, cx_now_ms(tx->cx)};
    return billing_terms_put(tx, &row);
}

/* Begins what the terms sell; when it cannot, how it is paid stays as it was. */
static struct err begin(struct contract_accept *accept, struct tx *tx, struct contract_row *row) {
    struct app *app = accept->command.app;
    struct contract_terms terms;
    struct subscription_row subscription;
    bool is_subscribed = false;
    int64_t before = 0;
    int32_t version = 0;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(billing_terms_days(tx, row->user_id, &before));
    TRY(set_days(tx, row->user_id, terms.days_until_due));
    TRY(contract_plan_add(app, tx, &terms, 0, &version));
    TRY(subscription_in_force(tx, row->user_id, &subscription, &is_subscribed));
    bool is_paid = is_subscribed && subscription.stripe_subscription_id.len > 0;
    const struct operation_request request = {
        .kind = is_paid ? OPERATION_CHANGE : OPERATION_SUBSCRIBE,
        .user_id = row->user_id,
        .tier = (int)terms.tier,
        .interval = (int)terms.interval,
        .version = version,
        .when = CHANGE_WHEN_NOW,
    };
    TRY(operation_begin_agreed(app, tx, &request, &row->operation_id, &accept->command.outcome));
    return accept->command.outcome == OUTCOME_DONE ? OK : set_days(tx, row->user_id, before);
}

static struct err run(struct command *command, struct tx *tx) {
    struct contract_accept *accept = (struct contract_accept *)command;
    struct contract_row row;
    bool is_found = false;
    TRY(contract_read(tx, accept->user_id, accept->id, &row, &is_found));
    struct str actor =
        tx->audit == NULL || tx->audit->act == NULL ? STR("") : tx->audit->act->actor.id;
    command->outcome = is_found ? may_accept(accept, tx, &row) : OUTCOME_CONTRACT_NOT_FOUND;
    if (is_found && is_repeat(accept, actor, &row)) {
        command->outcome = OUTCOME_DONE;
        return OK;
    }
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(begin(accept, tx, &row));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    step(&row, CONTRACT_ACCEPT);
    row.accepted_name = accept->name;
    row.accepted_by = actor;
    row.accepted_at = cx_now_ms(tx->cx);
    row.updated_at = row.accepted_at;
    TRY(contract_put(tx, &row));
    audit_say(tx, &(struct audit_said){
                      .customer = row.user_id,
                      .object = arena_str(tx->cx->arena, id_str(&row.id)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("termsHash", row.terms_hash),
                                           AUDIT_TEXT("operationId", row.operation_id)),
                      .approval = row.approval_id,
                  });
    return note(tx, &row, "contract.accepted", "accepted");
}

void contract_accept(struct app *app, struct contract_accept *accept) {
    accept->command.run = run;
    accept->command.after = NULL;
    command_submit(app, &accept->command);
}

struct err contract_concluded(struct tx *tx, const struct operation_row *operation,
                              enum outcome outcome) {
    struct contract_row row;
    bool is_found = false;
    bool is_well = outcome == OUTCOME_DONE;
    TRY(contract_by_operation(tx, id_str(&operation->id), &row, &is_found));
    if (!is_found) {
        return OK;
    }
    step(&row, is_well ? CONTRACT_BEGIN : CONTRACT_FAIL);
    row.updated_at = cx_now_ms(tx->cx);
    row.starts_at = is_well ? row.updated_at : ROW_NONE;
    row.accepted_at = is_well ? row.accepted_at : ROW_NONE;
    row.accepted_name = is_well ? row.accepted_name : STR("");
    TRY(contract_put(tx, &row));
    return is_well ? note(tx, &row, "contract.began", "in force")
                   : note(tx, &row, "contract.failed", "it could not begin");
}
