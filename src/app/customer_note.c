#include "app/customer_note.h"

#include "app/audit.h"
#include "app/privacy.h"
#include "store/customer.h"

static struct err run_add(struct command *command, struct tx *tx) {
    struct customer_note_add *add = (struct customer_note_add *)command;
    struct customer_row customer;
    bool is_found = false;
    bool is_erased = false;
    TRY(customer_get(tx, add->row.user_id, &customer, &is_found));
    TRY(privacy_is_erased(tx, add->row.user_id, &is_erased));
    command->outcome = is_erased  ? OUTCOME_CUSTOMER_ERASED
                       : is_found ? OUTCOME_CREATED
                                  : OUTCOME_CUSTOMER_NOT_FOUND;
    if (command->outcome != OUTCOME_CREATED) {
        return OK;
    }
    add->row.id = id_new(tx->cx, CUSTOMER_NOTE_KIND);
    add->row.created_at = cx_now_ms(tx->cx);
    struct customer_note_row row = add->row;
    row.author = audit_actor_id(tx);
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row.id))});
    return customer_note_insert(tx, &row);
}

void customer_note_add(struct app *app, struct customer_note_add *add) {
    add->command.run = run_add;
    add->command.after = NULL;
    command_submit(app, &add->command);
}

struct err customer_notes_read(struct tx *tx, struct str user_id, struct str before, size_t max,
                               struct row_list *ret_list) {
    return customer_note_page(tx, user_id, before.len > 0 ? before : STR("~"), max, ret_list);
}
