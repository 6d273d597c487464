/* What each option of a server has come to, and from where: main hands it to those who show it. */
#include "base/check.h"
#include "cli/args.h"

static bool is_set(const char *text) {
    return text != NULL && text[0] != '\0';
}

static const char *source_of(struct cli *cli, const struct args *args, size_t at) {
    const struct command_option *option = &args->command->options[at];
    bool is_in_environment =
        (option->variable != NULL && is_set(cli->variable(option->variable))) ||
        (option->secret != NULL && is_set(cli->variable(option->secret)));
    return args->is_given[at]         ? "option"
           : is_in_environment        ? "environment"
           : option->fallback != NULL ? "default"
                                      : "none";
}

/* A word of the command line without a value is there, or is not. */
static struct str value_of(const struct args *args, size_t at) {
    const struct command_option *option = &args->command->options[at];
    bool is_word = option->value == NULL || option->value_is_optional;
    if (option->is_private || (!is_word && args->values[at] == NULL)) {
        return (struct str){NULL, 0};
    }
    if (args->values[at] != NULL) {
        return str_from_cstr(args->values[at]);
    }
    return args->is_given[at] ? STR("yes") : STR("no");
}

void serve_settings(struct cli *cli, const struct args *args, struct serve_options *options) {
    const struct command *command = args->command;
    check(command->option_count <= SERVE_SETTINGS_MAX);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct command_option *option = &command->options[i];
        const char *variable = option->variable != NULL ? option->variable : option->secret;
        options->settings[i] = (struct serve_setting){
            .name = option->name,
            .value = value_of(args, i),
            .source = source_of(cli, args, i),
            .variable = variable,
            .fallback = option->fallback,
            .doc = option->doc,
            .is_secret = option->is_private || option->secret != NULL,
        };
    }
    options->setting_count = command->option_count;
}
