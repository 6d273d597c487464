/* --help, printed from the table of commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

/* All commands, or those whose name begins with the word `group` (empty: all). */
void help_list(FILE *out, struct str group);
void help_command(FILE *out, const struct command *command);

#endif
