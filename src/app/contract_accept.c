/* What accepting a contract does, and what its operations and the subscription's end come to. */
#include "app/audit.h"
#include "app/contract.h"
#include "app/contract_ahead.h"
#include "app/contract_amend.h"
#include "app/contract_tell.h"
#include "core/plan_book.h"
#include "store/operation.h"

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

/* At once, or on its day. */
static struct err begin(struct contract_accept *accept, struct tx *tx, struct contract_row *row) {
    struct app *app = accept->command.app;
    struct contract_terms terms;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    bool waits = terms.has_start && cx_now_ms(tx->cx) < terms.starts_at.ms;
    return waits ? contract_wait(app, tx, row, &accept->command.outcome)
                 : contract_begin(app, tx, row, &accept->command.outcome);
}

static void say(struct tx *tx, const struct contract_row *row) {
    audit_say(tx, &(struct audit_said){
                      .customer = row->user_id,
                      .object = arena_str(tx->cx->arena, id_str(&row->id)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("termsHash", row->terms_hash),
                                           AUDIT_TEXT("operationId", row->operation_id)),
                      .approval = row->approval_id,
                  });
}

static struct err take(struct contract_accept *accept, struct tx *tx, struct contract_row *row) {
    struct app *app = accept->command.app;
    TRY(begin(accept, tx, row));
    bool is_sold = accept->command.outcome == OUTCOME_NO_CHANGE; /* but for the term */
    if (accept->command.outcome != OUTCOME_DONE && !is_sold) {
        return OK;
    }
    accept->command.outcome = OUTCOME_DONE;
    contract_take_step(row, CONTRACT_ACCEPT);
    row->accepted_name = accept->name;
    row->accepted_by = audit_actor_id(tx);
    row->accepted_at = cx_now_ms(tx->cx);
    row->updated_at = row->accepted_at;
    TRY(contract_put(tx, row));
    say(tx, row);
    TRY(contract_tell(app, tx, row, "accepted"));
    return is_sold ? contract_take_over(app, tx, row) : OK;
}

static struct err run(struct command *command, struct tx *tx) {
    struct contract_accept *accept = (struct contract_accept *)command;
    struct contract_row row;
    bool is_found = false;
    TRY(contract_read(tx, accept->user_id, accept->id, &row, &is_found));
    command->outcome = is_found ? may_accept(accept, tx, &row) : OUTCOME_CONTRACT_NOT_FOUND;
    if (is_found && is_repeat(accept, audit_actor_id(tx), &row)) {
        command->outcome = OUTCOME_DONE;
        return OK;
    }
    if (command->outcome == OUTCOME_DONE) {
        TRY(contract_may_follow(command->app, tx, &row, &command->outcome));
    }
    return command->outcome == OUTCOME_DONE ? take(accept, tx, &row) : OK;
}

void contract_accept(struct app *app, struct contract_accept *accept) {
    accept->command.run = run;
    accept->command.after = NULL;
    command_submit(app, &accept->command);
}

/* What the provider was told ahead: when it did not take it, or the interval had begun before it
 * heard, it is told once more. */
static struct err conclude_ahead(struct tx *tx, struct contract_row *row, bool is_well) {
    struct instant now = {cx_now_ms(tx->cx)};
    bool waits = row->status == (int)CONTRACT_ACCEPTED;
    bool is_late = is_well && !waits && row->told_until <= now.ms;
    row->operation_id = STR("");
    if (!is_well || is_late) {
        row->told_until = waits ? ROW_NONE : row->told_until - 1;
        row->next_at = is_late ? now.ms : instant_add(now, duration_days(1)).ms;
    }
    row->updated_at = now.ms;
    return contract_put(tx, row);
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
    if (row.status == (int)CONTRACT_ACTIVE || row.told_until != ROW_NONE) {
        return conclude_ahead(tx, &row, is_well);
    }
    if (outcome == OUTCOME_PAYMENT_ACTION_REQUIRED) {
        return contract_look_soon(tx, &row); /* it is bought when the customer confirms it */
    }
    return is_well ? contract_put_in_force(app, tx, &row) : contract_put_back(app, tx, &row);
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
    row->next_at = ROW_NONE;
    row->updated_at = cx_now_ms(tx->cx);
    row->ends_at = change->after->ended_at;
    TRY(contract_put(tx, row));
    TRY(contract_withdraw_amendment(app, tx, row));
    return contract_tell(app, tx, row, "ended");
}
