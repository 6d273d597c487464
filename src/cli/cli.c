#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/help.h"
#include "cli/nearest.h"

int cli_fail(struct cli *cli, int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)fputs("turnpike: ", cli->err);
    (void)vfprintf(cli->err, format, args);
    (void)fputc('\n', cli->err);
    va_end(args);
    return status;
}

int cli_fail_err(struct cli *cli, struct err err) {
    /* A failure below that had no words of its own. */
    return cli->cx->detail[0] != '\0' ? cli_fail(cli, CLI_FAILED, "%s", cli->cx->detail)
                                      : cli_fail(cli, CLI_FAILED, "It failed (%s at %s:%d).",
                                                 err_name(err.code), err.file, err.line);
}

/* How many words of the command line are the command's name; 0: they are not. */
static int words_matched(const struct command *command, int argc, char **argv) {
    struct str rest = str_from_cstr(command->name);
    int words = 0;
    while (rest.bytes != NULL) {
        if (words == argc || !str_equal(str_cut(&rest, ' '), str_from_cstr(argv[words]))) {
            return 0;
        }
        words++;
    }
    return words;
}

static const struct command *find_command(int argc, char **argv, int *ret_words) {
    for (size_t i = 0; i < command_count(); i++) {
        *ret_words = words_matched(command_at(i), argc, argv);
        if (*ret_words > 0) {
            return command_at(i);
        }
    }
    return NULL;
}

/* True when `word` is the first of commands of two words: "keys" of "keys create". */
static bool is_group(struct str word) {
    for (size_t i = 0; i < command_count(); i++) {
        struct str name = str_from_cstr(command_at(i)->name);
        struct str first = str_cut(&name, ' ');
        if (name.bytes != NULL && str_equal(first, word)) {
            return true;
        }
    }
    return false;
}

static int unknown_command(struct cli *cli, int argc, char **argv) {
    struct cx *cx = cli->cx;
    struct str one = str_from_cstr(argv[0]);
    struct str written = one;
    if (argc > 1 && argv[1][0] != '-') {
        written = arena_printf(cx->arena, "%s %s", argv[0], argv[1]);
    }
    struct nearest nearest = nearest_to(written);
    struct nearest nearest_one = nearest_to(one);
    for (size_t i = 0; i < command_count(); i++) {
        nearest_offer(&nearest, command_at(i)->name);
        nearest_offer(&nearest_one, command_at(i)->name);
    }
    const char *name = nearest.name != NULL ? nearest.name : nearest_one.name;
    struct str shown = str_first(is_group(one) || nearest.name != NULL ? written : one, 100);
    if (name != NULL) {
        return cli_fail(cli, CLI_USAGE, "there is no command \"" STR_FMT "\"; did you mean \"%s\"?",
                        STR_ARG(shown), name);
    }
    if (is_group(one)) {
        help_list(cli->err, one);
        return cli_fail(cli, CLI_USAGE, "there is no command \"" STR_FMT "\".", STR_ARG(shown));
    }
    return cli_fail(cli, CLI_USAGE,
                    "there is no command \"" STR_FMT "\"; \"turnpike --help\" lists all.",
                    STR_ARG(shown));
}

static bool is_help(const char *word) {
    struct str text = str_from_cstr(word);
    return str_equal(text, STR("--help")) || str_equal(text, STR("-h")) ||
           str_equal(text, STR("help"));
}

static int run_command(struct cli *cli, const struct command *command, int argc, char **argv) {
    struct args args = {0};
    struct err err = args_parse(cli, command, argc, argv, &args);
    if (err_failed(err)) {
        return cli_fail(cli, CLI_USAGE, "%s \"turnpike %s --help\" says more.", cli->cx->detail,
                        command->name);
    }
    if (args.wants_help) {
        help_command(cli->out, command);
        return CLI_DONE;
    }
    return command->run(cli, &args);
}

int cli_run(struct cli *cli, int argc, char **argv) {
    if (argc < 2) {
        help_list(cli->err, STR(""));
        return CLI_USAGE;
    }
    argc--;
    argv++;
    if (is_help(argv[0])) {
        help_list(cli->out, STR(""));
        return CLI_DONE;
    }
    if (argc > 1 && is_group(str_from_cstr(argv[0])) && is_help(argv[1])) {
        help_list(cli->out, str_from_cstr(argv[0]));
        return CLI_DONE;
    }
    int words = 0;
    const struct command *command = find_command(argc, argv, &words);
    if (command == NULL) {
        return unknown_command(cli, argc, argv);
    }
    return run_command(cli, command, argc - words, argv + words);
}

static const char *environment(const char *name) {
    return getenv(name);
}

int cli_main(const struct cli_hooks *hooks, struct cx *cx, int argc, char **argv) {
    struct cli cli = {
        .hooks = hooks,
        .cx = cx,
        .out = stdout,
        .err = stderr,
        .err_is_terminal = isatty(STDERR_FILENO) == 1,
        .variable = environment,
    };
    int status = cli_run(&cli, argc, argv);
    /* A full disk or a closed pipe shows only when the buffer is written. */
    if (fflush(stdout) != 0 && status == CLI_DONE) {
        return cli_fail(&cli, CLI_FAILED, "the output could not be written.");
    }
    return status;
}
