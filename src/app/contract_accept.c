/* What accepting a contract does: a version of the plan for this customer alone, how it is paid,
 * and the operation that buys it. */
#include "app/audit.h"
#include "app/contract.h"
#include "app/contract_plan.h"
#include "app/contract_tell.h"
#include "app/operation_start.h"
#include "base/check.h"
#include "store/bank_transfer.h"
#include "store/subscription.h"

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

/* Begins what the terms sell. */
static struct err begin(struct contract_accept *accept, struct tx *tx, struct contract_row *row) {
    struct app *app = accept->command.app;
    struct contract_terms terms;
    struct subscription_row subscription;
    bool is_subscribed = false;
    int32_t version = 0;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(contract_plan_add(app, tx, &terms, 0, &version));
    TRY(subscription_in_force(tx, row->user_id, &subscription, &is_subscribed));
    bool is_paid = is_subscribed && subscription.stripe_subscription_id.len > 0;
    const struct operation_request request = {
        .kind = is_paid ? OPERATION_CHANGE : OPERATION_SUBSCRIBE,
        .user_id = row->user_id,
        .tier = (int)terms.tier,
        .interval = (int)terms.interval,
        .version = version,
        .days_until_due = terms.days_until_due,
        .when = CHANGE_WHEN_NOW,
    };
    return operation_begin_agreed(app, tx, &request, &row->operation_id, &accept->command.outcome);
}

static struct err run(struct command *command, struct tx *tx) {
    struct contract_accept *accept = (struct contract_accept *)command;
    struct contract_row row;
    bool is_found = false;
    TRY(contract_read(tx, accept->user_id, accept->id, &row, &is_found));
    struct str actor = audit_actor_id(tx);
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
    contract_take_step(&row, CONTRACT_ACCEPT);
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
    return contract_tell(command->app, tx, &row, "accepted");
}

void contract_accept(struct app *app, struct contract_accept *accept) {
    accept->command.run = run;
    accept->command.after = NULL;
    command_submit(app, &accept->command);
}

/* From the moment that it is bought: the term, and how invoices are paid. */
static struct err put_in_force(struct app *app, struct tx *tx, struct contract_row *row) {
    struct contract_terms terms;
    struct instant now = {cx_now_ms(tx->cx)};
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    contract_take_step(row, CONTRACT_BEGIN);
    row->starts_at = now.ms;
    row->ends_at = contract_ends_at(&terms, now).ms;
    const struct billing_terms_row paid = {row->user_id, terms.days_until_due, now.ms};
    return billing_terms_put(tx, &paid);
}

struct err contract_concluded(struct app *app, struct tx *tx, const struct operation_row *operation,
                              enum outcome outcome) {
    struct contract_row row;
    bool is_found = false;
    bool is_well = outcome == OUTCOME_DONE;
    TRY(contract_by_operation(tx, id_str(&operation->id), &row, &is_found));
    if (!is_found) {
        return OK;
    }
    if (is_well) {
        TRY(put_in_force(app, tx, &row));
    } else {
        contract_take_step(&row, CONTRACT_FAIL);
        row.accepted_at = ROW_NONE;
        row.accepted_name = STR("");
    }
    row.updated_at = cx_now_ms(tx->cx);
    TRY(contract_put(tx, &row));
    return contract_tell(app, tx, &row, is_well ? "began" : "failed");
}

struct err contract_on_subscription(struct app *app, struct tx *tx,
                                    const struct subscription_change *change) {
    const struct contract_filter filter = {.status = (int)CONTRACT_ACTIVE,
                                           .user_id = change->after->user_id};
    struct row_list list;
    bool has_ended = change->before->ended_at == ROW_NONE && change->after->ended_at != ROW_NONE;
    if (!has_ended || !plan_version_is_private(change->before->plan_version)) {
        return OK;
    }
    TRY(contract_page(tx, &filter, 1, &list));
    if (list.count == 0) {
        return OK;
    }
    struct contract_row *row = list.items;
    contract_take_step(row, CONTRACT_END);
    row->updated_at = cx_now_ms(tx->cx);
    row->ends_at = change->after->ended_at;
    TRY(contract_put(tx, row));
    return contract_tell(app, tx, row, "ended");
}
