/* A command as a row of a table, and what it is given when it runs. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdio.h>

#include "cli/cli.h"

enum { COMMAND_OPTIONS_MAX = 40 };

struct command_option {
    const char *name;     /* "data", written --data */
    const char *value;    /* what its value is called: "DIR"; NULL: it takes none */
    const char *variable; /* of the environment, asked when the option is absent; or NULL */
    const char *secret;   /* a variable that has what is in the file instead; or NULL */
    const char *fallback; /* what holds when both are absent; NULL: nothing */
    const char *doc;
    bool is_required;
    bool value_is_optional;
    bool is_private;  /* its value is shown to nobody */
    int64_t min, max; /* of a whole number; both 0: any text */
};

/* The world of a command, so that tests can hand it another. */
struct cli {
    const struct cli_hooks *hooks;
    struct cx *cx;
    FILE *out, *err;
    bool err_is_terminal;
    const char *(*variable)(const char *name); /* of the environment; NULL when unset */
};

struct args;

struct command {
    const char *name;    /* "keys create" */
    const char *summary; /* one line, for the list */
    const char *doc;     /* paragraphs for its own help; NULL: the summary says it all */
    const char *operand; /* the argument without dashes, always required: "FILE"; or NULL */
    const char *operand_doc;
    const char *second; /* another one that may follow it; or NULL */
    const char *second_doc;
    const struct command_option *options;
    size_t option_count;
    int (*run)(struct cli *cli, const struct args *args);
};

/* What belongs together, in the order of --help: commands_*.c. */
struct command_family {
    const struct command *commands;
    size_t count;
};
extern const struct command_family commands_server, commands_keys, commands_data, commands_billing,
    commands_audit, commands_retention;

/* All of them (commands.c), numbered from 0. */
size_t command_count(void);
const struct command *command_at(size_t index);

/* A line on standard error under the program's name; gives `status` back. */
MUST_USE int cli_fail(struct cli *cli, int status, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same for a failure with a sentence in cx->detail. */
MUST_USE int cli_fail_err(struct cli *cli, struct err err);
/* cli_main() in a world of the caller's. */
int cli_run(struct cli *cli, int argc, char **argv);

#endif
