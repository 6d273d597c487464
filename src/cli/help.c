#include "cli/help.h"

#include <string.h>

enum { WIDTH = 80, LIST_INDENT = 22, OPTION_INDENT = 4 };

static void pad(FILE *out, size_t columns) {
    for (size_t i = 0; i < columns; i++) {
        (void)fputc(' ', out);
    }
}

/* Breaks `text` between words so that no line passes WIDTH; the first line begins at `column`, the
 * others at `indent`. Line breaks in the text stay. */
static void wrap(FILE *out, const char *text, size_t column, size_t indent) {
    struct str lines = str_from_cstr(text);
    while (lines.bytes != NULL) {
        struct str words = str_cut(&lines, '\n');
        bool is_first = true;
        while (words.bytes != NULL) {
            struct str word = str_cut(&words, ' ');
            if (!is_first && column + 1 + word.len > WIDTH) {
                (void)fputc('\n', out);
                column = 0;
            }
            size_t gap = column == 0 ? indent : !is_first;
            pad(out, gap);
            (void)fwrite(word.bytes, 1, word.len, out);
            column += gap + word.len;
            is_first = false;
        }
        (void)fputc('\n', out);
        column = 0;
    }
}

static void usage(FILE *out, const struct command *command) {
    char text[1024] = "";
    struct str name = str_from_cstr(command->name);
    int len = snprintf(text, sizeof text, "Usage: turnpike " STR_FMT, STR_ARG(name));
    if (command->operand != NULL) {
        len += snprintf(text + len, sizeof text - (size_t)len, " %s", command->operand);
    }
    for (size_t i = 0; i < command->option_count && (size_t)len < sizeof text; i++) {
        const struct command_option *option = &command->options[i];
        bool is_needed = option->is_required;
        /* A no-break place inside "[--data DIR]" is not worth a second rule: the brackets tell. */
        len += snprintf(text + len, sizeof text - (size_t)len, " %s--%s%s%s%s%s",
                        is_needed ? "" : "[", option->name,
                        option->value == NULL       ? ""
                        : option->value_is_optional ? "[="
                                                    : " ",
                        option->value == NULL ? "" : option->value,
                        option->value_is_optional ? "]" : "", is_needed ? "" : "]");
    }
    wrap(out, text, 0, 0);
}

static void describe_option(FILE *out, const struct command_option *option) {
    (void)fprintf(out, "  --%s%s%s%s\n", option->name,
                  option->value == NULL       ? ""
                  : option->value_is_optional ? "[="
                                              : " ",
                  option->value == NULL ? "" : option->value, option->value_is_optional ? "]" : "");
    char text[1024];
    int len = snprintf(text, sizeof text, "%s.", option->doc);
    if (option->variable != NULL && (size_t)len < sizeof text) {
        len += snprintf(text + len, sizeof text - (size_t)len, " Or $%s.", option->variable);
    }
    if (option->fallback != NULL && option->fallback[0] != '\0' && (size_t)len < sizeof text) {
        (void)snprintf(text + len, sizeof text - (size_t)len, " Default: %s", option->fallback);
    }
    wrap(out, text, 0, OPTION_INDENT);
}

void help_command(FILE *out, const struct command *command) {
    usage(out, command);
    (void)fputc('\n', out);
    (void)fprintf(out, "%s.\n", command->summary);
    if (command->doc != NULL) {
        (void)fputc('\n', out);
        wrap(out, command->doc, 0, 0);
    }
    if (command->operand != NULL) {
        (void)fprintf(out, "\n  %s\n", command->operand);
        char text[512];
        (void)snprintf(text, sizeof text, "%s.", command->operand_doc);
        wrap(out, text, 0, OPTION_INDENT);
    }
    (void)fputs("\nOptions:\n", out);
    for (size_t i = 0; i < command->option_count; i++) {
        describe_option(out, &command->options[i]);
    }
    (void)fputs("  --help\n    This text.\n", out);
}

static bool is_in_group(const struct command *command, struct str group) {
    struct str name = str_from_cstr(command->name);
    return group.len == 0 ||
           (str_starts_with(name, group) && name.len > group.len && name.bytes[group.len] == ' ');
}

void help_list(FILE *out, struct str group) {
    (void)fputs("Usage: turnpike COMMAND [OPTION …]\n\n", out);
    for (size_t i = 0; i < command_count; i++) {
        if (is_in_group(&commands[i], group)) {
            size_t len = strlen(commands[i].name) + 2;
            (void)fprintf(out, "  %s", commands[i].name);
            pad(out, len < LIST_INDENT ? LIST_INDENT - len : 1);
            wrap(out, commands[i].summary, LIST_INDENT, LIST_INDENT);
        }
    }
    (void)fputs("\n\"turnpike COMMAND --help\" says more about one.\n"
                "Exit status: 0 done, 1 failed, 2 wrong usage.\n",
                out);
}
