#include "app/appearance.h"

#include "app/audit.h"
#include "store/appearance.h"
#include "store/person.h"

static struct err run(struct command *command, struct tx *tx) {
    struct appearance_choose *choose = (struct appearance_choose *)command;
    struct person_row person;
    bool is_found = false;
    TRY(person_get(tx, choose->person_id, &person, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_PERSON_NOT_FOUND;
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = choose->person_id});
    return appearance_put(tx, &(struct appearance_row){choose->person_id, choose->scheme});
}

void appearance_choose(struct app *app, struct appearance_choose *choose) {
    choose->command.run = run;
    choose->command.after = NULL;
    command_submit(app, &choose->command);
}

struct err appearance_read(struct tx *tx, struct str person_id, struct str *ret_scheme) {
    struct appearance_row row = {.scheme = STR("system")};
    bool is_found = false;
    TRY(appearance_get(tx, person_id, &row, &is_found));
    *ret_scheme = is_found ? row.scheme : STR("system");
    return OK;
}
