/* Notice: either side says, in time, that the term does not renew. */
#include "app/audit.h"
#include "app/contract_life.h"
#include "app/contract_tell.h"

static enum outcome may_give(struct tx *tx, const struct contract_row *row,
                             const struct contract_terms *terms) {
    struct instant last = contract_notice_at(terms, (struct instant){row->starts_at});
    if (terms->renewal != CONTRACT_RENEWS_AUTOMATICALLY) {
        return OUTCOME_CONTRACT_RENEWS_NOT;
    }
    return cx_now_ms(tx->cx) < last.ms ? OUTCOME_DONE : OUTCOME_CONTRACT_NOTICE_LATE;
}

/* What the provider was told of a renewal is taken back by what it is told next. */
static struct err give(struct contract_notice *notice, struct tx *tx, struct contract_row *row,
                       const struct contract_terms *terms) {
    bool is_told = row->told_until != ROW_NONE && row->told_until >= row->ends_at;
    struct str actor = audit_actor_id(tx);
    row->notice_at = row->updated_at = cx_now_ms(tx->cx);
    row->notice_by = actor.len > 0 ? actor : STR("local");
    row->told_until = is_told ? row->ends_at - 1 : row->told_until;
    contract_plan_ahead(terms, row);
    TRY(contract_put(tx, row));
    audit_say(tx, &(struct audit_said){.customer = row->user_id,
                                       .object = arena_str(tx->cx->arena, id_str(&row->id))});
    return contract_tell(notice->command.app, tx, row, "ending");
}

static struct err run(struct command *command, struct tx *tx) {
    struct contract_notice *notice = (struct contract_notice *)command;
    struct contract_row row;
    struct contract_terms terms;
    bool is_found = false;
    TRY(contract_read(tx, notice->user_id, notice->id, &row, &is_found));
    bool is_in_force = is_found && row.status == (int)CONTRACT_ACTIVE;
    command->outcome = is_found ? OUTCOME_CONTRACT_WRONG_STATUS : OUTCOME_CONTRACT_NOT_FOUND;
    if (!is_in_force) {
        return OK;
    }
    command->outcome = OUTCOME_DONE;
    if (row.notice_at != ROW_NONE) {
        return OK; /* it was given: once more is the same */
    }
    TRY(contract_row_terms(command->app, tx->cx, &row, &terms));
    command->outcome = may_give(tx, &row, &terms);
    return command->outcome == OUTCOME_DONE ? give(notice, tx, &row, &terms) : OK;
}

void contract_give_notice(struct app *app, struct contract_notice *notice) {
    notice->command.run = run;
    notice->command.after = NULL;
    command_submit(app, &notice->command);
}
