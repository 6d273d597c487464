#include "cli/help.h"

#include <string.h>

enum { WIDTH = 80, LIST_INDENT = 22, OPTION_INDENT = 4, USAGE_INDENT = 5, FORM_SIZE = 80 };

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

/* "--data DIR", "--test-clock[=INSTANT]", "--json" */
static void option_form(const struct command_option *option, char ret_form[FORM_SIZE]) {
    if (option->value == NULL) {
        (void)snprintf(ret_form, FORM_SIZE, "--%s", option->name);
    } else if (option->value_is_optional) {
        (void)snprintf(ret_form, FORM_SIZE, "--%s[=%s]", option->name, option->value);
    } else {
        (void)snprintf(ret_form, FORM_SIZE, "--%s %s", option->name, option->value);
    }
}

/* Adds one part of the usage, whole, on the next line if there is no room on this one. */
static size_t usage_part(FILE *out, const char *part, size_t column) {
    size_t len = strlen(part);
    if (column + 1 + len > WIDTH) {
        (void)fputc('\n', out);
        pad(out, USAGE_INDENT);
        column = USAGE_INDENT;
    }
    (void)fprintf(out, " %s", part);
    return column + 1 + len;
}

static void usage(FILE *out, const struct command *command) {
    size_t column = (size_t)fprintf(out, "Usage: turnpike %s", command->name);
    if (command->operand != NULL) {
        column = usage_part(out, command->operand, column);
    }
    if (command->second != NULL) {
        char part[FORM_SIZE];
        (void)snprintf(part, sizeof part, "[%s]", command->second);
        column = usage_part(out, part, column);
    }
    for (size_t i = 0; i < command->option_count; i++) {
        const struct command_option *option = &command->options[i];
        char form[FORM_SIZE];
        char part[FORM_SIZE + 2];
        option_form(option, form);
        (void)snprintf(part, sizeof part, option->is_required ? "%s" : "[%s]", form);
        column = usage_part(out, part, column);
    }
    (void)fputc('\n', out);
}

static void describe_option(FILE *out, const struct command_option *option) {
    char form[FORM_SIZE];
    option_form(option, form);
    (void)fprintf(out, "  %s\n", form);
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

static void describe_operand(FILE *out, const char *name, const char *doc) {
    if (name == NULL) {
        return;
    }
    char text[512];
    (void)fprintf(out, "\n  %s\n", name);
    (void)snprintf(text, sizeof text, "%s.", doc);
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
    describe_operand(out, command->operand, command->operand_doc);
    describe_operand(out, command->second, command->second_doc);
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
    for (size_t i = 0; i < command_count(); i++) {
        if (is_in_group(command_at(i), group)) {
            size_t len = strlen(command_at(i)->name) + 2;
            (void)fprintf(out, "  %s", command_at(i)->name);
            pad(out, len < LIST_INDENT ? LIST_INDENT - len : 1);
            wrap(out, command_at(i)->summary, LIST_INDENT, LIST_INDENT);
        }
    }
    (void)fputs("\n\"turnpike COMMAND --help\" says more about one.\n"
                "Exit status: 0 done, 1 failed, 2 wrong usage.\n",
                out);
}
