#include "cli/args.h"

#include <inttypes.h>

#include "base/check.h"
#include "cli/nearest.h"

struct parse {
    struct cli *cli;
    struct args *args;
    int argc;
    char **argv;
    int at;
    bool options_are_over; /* "--" was there */
};

static size_t option_index(const struct command *command, struct str name) {
    size_t i = 0;
    while (i < command->option_count && !str_equal(str_from_cstr(command->options[i].name), name)) {
        i++;
    }
    return i;
}

static struct err unknown(struct parse *parse, struct str name) {
    const struct command *command = parse->args->command;
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < command->option_count; i++) {
        nearest_offer(&nearest, command->options[i].name);
    }
    nearest_offer(&nearest, "help");
    if (nearest.name != NULL) {
        return cx_fail(parse->cli->cx, ERR(ERR_FORMAT),
                       "\"%s\" has no option --" STR_FMT "; did you mean --%s?", command->name,
                       STR_ARG(str_first(name, 100)), nearest.name);
    }
    return cx_fail(parse->cli->cx, ERR(ERR_FORMAT), "\"%s\" has no option --" STR_FMT ".",
                   command->name, STR_ARG(str_first(name, 100)));
}

static struct err set_value(struct cli *cli, struct args *args, size_t index, const char *value) {
    const struct command_option *option = &args->command->options[index];
    args->values[index] = value;
    if (option->min == 0 && option->max == 0) {
        return OK;
    }
    int64_t number = 0;
    if (!str_to_i64(str_from_cstr(value), &number) || number < option->min ||
        number > option->max) {
        return cx_fail(cli->cx, ERR(ERR_FORMAT),
                       "--%s is \"%.100s\"; expected a whole number from %" PRId64 " to %" PRId64
                       ".",
                       option->name, value, option->min, option->max);
    }
    args->numbers[index] = number;
    return OK;
}

/* The value behind an option, in the same argument or the next; *ret_value NULL when it has none
 * and needs none. */
static struct err value_of(struct parse *parse, const struct command_option *option,
                           struct str inline_value, const char **ret_value) {
    bool has_next = parse->at < parse->argc;
    bool looks_like_option = has_next && parse->argv[parse->at][0] == '-';
    *ret_value = NULL;
    if (option->value == NULL) {
        return inline_value.bytes == NULL
                   ? OK
                   : cx_fail(parse->cli->cx, ERR(ERR_FORMAT), "--%s takes no value.", option->name);
    }
    if (inline_value.bytes != NULL) {
        *ret_value = inline_value.bytes;
        return OK;
    }
    if (option->value_is_optional && (!has_next || looks_like_option)) {
        return OK;
    }
    if (!has_next) {
        return cx_fail(parse->cli->cx, ERR(ERR_FORMAT), "--%s needs a value: --%s %s.",
                       option->name, option->name, option->value);
    }
    *ret_value = parse->argv[parse->at++];
    return OK;
}

static struct err take_option(struct parse *parse, struct str text) {
    struct args *args = parse->args;
    size_t equals = str_find(text, '=');
    struct str name = str_first(text, equals);
    /* The argument is NUL-terminated, so that its tail is a C string even when it is empty. */
    struct str inline_value = equals < text.len
                                  ? str_of(text.bytes + equals + 1, text.len - equals - 1)
                                  : (struct str){NULL, 0};
    size_t index = option_index(args->command, name);
    if (index == args->command->option_count) {
        return unknown(parse, name);
    }
    const struct command_option *option = &args->command->options[index];
    if (args->is_given[index]) {
        return cx_fail(parse->cli->cx, ERR(ERR_FORMAT), "--%s is given twice.", option->name);
    }
    const char *value = NULL;
    TRY(value_of(parse, option, inline_value, &value));
    args->is_given[index] = true;
    return value == NULL ? OK : set_value(parse->cli, args, index, value);
}

static struct err take_argument(struct parse *parse, const char *text) {
    struct args *args = parse->args;
    struct str argument = str_from_cstr(text);
    if (!parse->options_are_over && str_equal(argument, STR("--"))) {
        parse->options_are_over = true;
        return OK;
    }
    if (!parse->options_are_over && str_starts_with(argument, STR("--"))) {
        return take_option(parse, str_skip(argument, 2));
    }
    if (!parse->options_are_over && argument.len > 1 && argument.bytes[0] == '-') {
        return cx_fail(parse->cli->cx, ERR(ERR_FORMAT),
                       "\"%.100s\" is no option: options are words with two dashes.", text);
    }
    if (args->operand != NULL && args->command->second != NULL && args->second == NULL) {
        args->second = text;
        return OK;
    }
    if (args->command->operand == NULL || args->operand != NULL) {
        return cx_fail(parse->cli->cx, ERR(ERR_FORMAT),
                       "\"%s\" does not know what to do with \"%.100s\".", args->command->name,
                       text);
    }
    args->operand = text;
    return OK;
}

/* What the command line left open comes from the environment, then from the table. */
static struct err fill_in(struct cli *cli, struct args *args) {
    const struct command *command = args->command;
    for (size_t i = 0; i < command->option_count; i++) {
        const struct command_option *option = &command->options[i];
        const char *value = NULL;
        if (args->is_given[i]) {
            continue;
        }
        if (option->variable != NULL) {
            value = cli->variable(option->variable);
        }
        if (value == NULL || value[0] == '\0') {
            value = option->fallback;
        }
        if (value != NULL) {
            TRY(set_value(cli, args, i, value));
        }
    }
    return OK;
}

static struct err check_complete(struct cli *cli, const struct args *args) {
    const struct command *command = args->command;
    if (command->operand != NULL && args->operand == NULL) {
        return cx_fail(cli->cx, ERR(ERR_FORMAT), "\"%s\" needs %s: %s.", command->name,
                       command->operand, command->operand_doc);
    }
    for (size_t i = 0; i < command->option_count; i++) {
        const struct command_option *option = &command->options[i];
        if (option->is_required && args->values[i] == NULL) {
            return cx_fail(cli->cx, ERR(ERR_FORMAT), "\"%s\" needs --%s %s: %s.", command->name,
                           option->name, option->value, option->doc);
        }
    }
    return OK;
}

static bool asks_for_help(int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        struct str argument = str_from_cstr(argv[i]);
        if (str_equal(argument, STR("--"))) {
            return false;
        }
        if (str_equal(argument, STR("--help")) || str_equal(argument, STR("-h"))) {
            return true;
        }
    }
    return false;
}

struct err args_parse(struct cli *cli, const struct command *command, int argc, char **argv,
                      struct args *ret_args) {
    check(command->option_count <= COMMAND_OPTIONS_MAX);
    struct args args = {.command = command, .wants_help = asks_for_help(argc, argv)};
    struct parse parse = {.cli = cli, .args = &args, .argc = argc, .argv = argv};
    if (!args.wants_help) {
        while (parse.at < argc) {
            const char *text = argv[parse.at++];
            TRY(take_argument(&parse, text));
        }
        TRY(fill_in(cli, &args));
        TRY(check_complete(cli, &args));
    }
    *ret_args = args;
    return OK;
}

static size_t known_index(const struct args *args, const char *name) {
    size_t index = option_index(args->command, str_from_cstr(name));
    check(index < args->command->option_count);
    return index;
}

const char *args_value(const struct args *args, const char *name) {
    return args->values[known_index(args, name)];
}

struct str args_text(const struct args *args, const char *name) {
    return str_from_cstr(args_value(args, name));
}

int64_t args_number(const struct args *args, const char *name) {
    return args->numbers[known_index(args, name)];
}

bool args_has(const struct args *args, const char *name) {
    return args->is_given[known_index(args, name)];
}
