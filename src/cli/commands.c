/* Every command there is: families in the order of --help, each a table in a file of its own. To
 * add a command is to add a row there; of a new family also a line here and in command.h. */
#include "base/check.h"
#include "cli/command.h"

static const struct command_family *const families[] = {
    &commands_server,  &commands_keys,      &commands_data,
    &commands_billing, &commands_retention, &commands_audit,
};

size_t command_count(void) {
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        count += families[i]->count;
    }
    return count;
}

const struct command *command_at(size_t index) {
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (index < families[i]->count) {
            return &families[i]->commands[index];
        }
        index -= families[i]->count;
    }
    check(false);
    return NULL;
}
