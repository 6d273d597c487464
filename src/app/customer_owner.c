#include "app/customer_owner.h"

#include "app/audit.h"
#include "app/person.h"
#include "app/privacy.h"
#include "store/customer_list.h"
#include "store/customer_owner.h"

static struct str facts(struct tx *tx, struct str person_id) {
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("owner", person_id));
}

static struct err find_operator(const struct customer_owner_set *set, struct tx *tx,
                                struct str *ret_id, bool *ret_found) {
    struct person_row person;
    *ret_id = STR("");
    *ret_found = true;
    if (set->email.len == 0) {
        return OK;
    }
    TRY(person_by_email(tx, person_email_index(set->command.app, tx->cx, set->email), &person,
                        ret_found));
    *ret_found = *ret_found && person.operator_role >= 0 && person.disabled_at == ROW_NONE;
    if (*ret_found) {
        *ret_id = arena_str(tx->cx->arena, id_str(&person.id));
    }
    return OK;
}

static struct err keep(const struct customer_owner_set *set, struct tx *tx, struct str person_id) {
    const struct customer_owner_row row = {set->user_id, person_id, cx_now_ms(tx->cx)};
    return person_id.len == 0 ? customer_owner_drop(tx, set->user_id)
                              : customer_owner_put(tx, &row);
}

static struct err run_set(struct command *command, struct tx *tx) {
    const struct customer_owner_set *set = (const struct customer_owner_set *)command;
    struct customer_line line;
    struct str person_id;
    bool is_found = false;
    bool is_erased = false;
    bool is_operator = false;
    TRY(customer_list_one(tx, set->user_id, &line, &is_found));
    TRY(privacy_is_erased(tx, set->user_id, &is_erased));
    TRY(find_operator(set, tx, &person_id, &is_operator));
    command->outcome = is_erased      ? OUTCOME_CUSTOMER_ERASED
                       : !is_found    ? OUTCOME_CUSTOMER_NOT_FOUND
                       : !is_operator ? OUTCOME_PERSON_NOT_FOUND
                                      : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.customer = set->user_id,
                                       .object = person_id,
                                       .before = facts(tx, line.owner_id),
                                       .after = facts(tx, person_id)});
    return keep(set, tx, person_id);
}

void customer_owner_set(struct app *app, struct customer_owner_set *set) {
    set->command.run = run_set;
    set->command.after = NULL;
    command_submit(app, &set->command);
}
