/* An approval is handed to somebody (approval.h). */
#include "app/approval.h"

#include "app/approval_inside.h"
#include "app/approval_tell.h"
#include "app/audit.h"
#include "app/person.h"

static struct err find_delegate(const struct approval_delegate *delegate, struct tx *tx,
                                struct person_row *ret_person, bool *ret_found) {
    TRY(person_by_email(tx, person_email_index(delegate->command.app, tx->cx, delegate->email),
                        ret_person, ret_found));
    *ret_found =
        *ret_found && ret_person->operator_role >= 0 && ret_person->disabled_at == ROW_NONE;
    return OK;
}

/* Nobody is handed what they may not decide. */
static struct err judge(struct approval_delegate *delegate, struct tx *tx,
                        const struct approval_row *row, const struct person_row *person) {
    enum approval_verdict verdict = APPROVAL_NO_PERSON;
    bool is_over = row->status == (int)APPROVAL_EXPIRED ||
                   (row->status == (int)APPROVAL_PENDING && row->expires_at <= cx_now_ms(tx->cx));
    if (is_over || row->status != (int)APPROVAL_PENDING) {
        delegate->command.outcome = is_over ? OUTCOME_APPROVAL_EXPIRED : OUTCOME_APPROVAL_DECIDED;
        return OK;
    }
    TRY(approval_judge(delegate->command.app, tx, row, id_str(&person->id), &verdict));
    delegate->command.outcome =
        verdict == APPROVAL_MAY_DECIDE ? OUTCOME_DONE : OUTCOME_APPROVAL_DELEGATE;
    return OK;
}

static struct err keep(struct approval_delegate *delegate, struct tx *tx, struct approval_row *row,
                       const struct person_row *person) {
    struct str id = arena_str(tx->cx->arena, id_str(&person->id));
    if (str_equal(row->delegated_to, id)) {
        return OK; /* they have it already, and were told */
    }
    audit_say(tx, &(struct audit_said){
                      .object = delegate->id,
                      .before = AUDIT_FACTS(tx->cx, AUDIT_TEXT("delegatedTo", row->delegated_to)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_TEXT("delegatedTo", id)),
                      .reason = delegate->reason,
                  });
    row->delegated_to = id;
    row->delegated_at = cx_now_ms(tx->cx);
    TRY(approval_hand_over(tx, row));
    return approval_tell_delegate(delegate->command.app, tx, row, person);
}

static struct err run(struct command *command, struct tx *tx) {
    struct approval_delegate *delegate = (struct approval_delegate *)command;
    struct approval_row row;
    struct person_row person;
    bool is_found = false;
    bool is_operator = false;
    TRY(approval_get(tx, delegate->id, &row, &is_found));
    TRY(find_delegate(delegate, tx, &person, &is_operator));
    command->outcome = is_found ? OUTCOME_PERSON_NOT_FOUND : OUTCOME_APPROVAL_NOT_FOUND;
    if (!is_found || !is_operator) {
        return OK;
    }
    TRY(judge(delegate, tx, &row, &person));
    return command->outcome == OUTCOME_DONE ? keep(delegate, tx, &row, &person) : OK;
}

void approval_delegated(struct app *app, struct approval_delegate *delegate) {
    delegate->command.run = run;
    delegate->command.after = NULL;
    command_submit(app, &delegate->command);
}
