/* What the user wrote behind a command's name, checked against the command's table. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli/command.h"

struct args {
    const struct command *command;
    const char *operand;                     /* NULL when the command takes none */
    const char *second;                      /* NULL when none was given */
    const char *values[COMMAND_OPTIONS_MAX]; /* by option: NULL when it has none */
    bool is_given[COMMAND_OPTIONS_MAX];      /* it stood in the command line itself */
    int64_t numbers[COMMAND_OPTIONS_MAX];    /* of options with bounds */
    bool wants_help;
};

/* Takes `--name VALUE`, `--name=VALUE`, `--flag`, the operand, and `--` before an operand that
 * begins with a dash. --help ends the parse, whatever else is wrong. ERR_FORMAT with a sentence in
 * cx->detail, and in it the nearest name where one was misspelt. */
MUST_USE struct err args_parse(struct cli *cli, const struct command *command, int argc,
                               char **argv, struct args *ret_args);

/* By the option's name, which the command must have. */
const char *args_value(const struct args *args, const char *name); /* NULL: none */
struct str args_text(const struct args *args, const char *name);   /* empty: none */
int64_t args_number(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name); /* stood in the command line */

/* settings.c: what each option of a server has come to, and from where. */
void serve_settings(struct cli *cli, const struct args *args, struct serve_options *options);

#endif
