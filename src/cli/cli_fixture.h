/* For tests of cli: a command line without a terminal or an environment, whose output is kept. Not
 * part of the program. */
#ifndef CLI_CLI_FIXTURE_H
#define CLI_CLI_FIXTURE_H

#include "base/testing.h"
#include "cli/command.h"

struct cli_fixture {
    struct env env; /* the machine's; a test may put other functions in before it runs a command */
    struct arena arena;
    struct cx cx;
    struct cli cli;
    char *out, *err; /* what the last command printed, NUL-terminated */
    size_t out_len, err_len;
};

void cli_fixture_init(struct cli_fixture *fixture, const struct cli_hooks *hooks);
void cli_fixture_finish(struct cli_fixture *fixture);
/* Runs "turnpike " and `line`, split at blanks; gives the exit status. */
int cli_fixture_run(struct cli_fixture *fixture, const char *line);

/* Checks that `text` holds `part`, and shows both when it does not. */
#define assert_part(text, part) cli_fixture_part((text), (part), __FILE__, __LINE__)
void cli_fixture_part(const char *text, const char *part, const char *file, int line);

#endif
