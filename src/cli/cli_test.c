/* Guards: every command explains itself, and a command line that is not understood is refused with
 * what was probably meant, before anything is done. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli_fixture.h"
#include "cli/nearest.h"

/* No command may get as far as a hook here. */
static const struct cli_hooks no_hooks = {0};

static void every_line_fits(const char *text) {
    struct str rest = str_from_cstr(text);
    while (rest.bytes != NULL) {
        struct str line = str_cut(&rest, '\n');
        if (line.len > 80) {
            print_error("too long: " STR_FMT "\n", STR_ARG(line));
        }
        assert_true(line.len <= 80);
        assert_false(str_ends_with(line, STR(" ")));
    }
}

static void every_command_explains_itself(void **state) {
    (void)state;
    struct cli_fixture fixture;
    cli_fixture_init(&fixture, &no_hooks);
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        char line[100];
        (void)snprintf(line, sizeof line, "%s --help", command->name);
        assert_int_equal(cli_fixture_run(&fixture, line), CLI_DONE);
        assert_string_equal(fixture.err, "");
        (void)snprintf(line, sizeof line, "Usage: turnpike %s ", command->name);
        assert_part(fixture.out, line);
        assert_part(fixture.out, command->operand == NULL ? "Options:" : command->operand);
        every_line_fits(fixture.out);
        for (size_t j = 0; j < command->option_count; j++) {
            (void)snprintf(line, sizeof line, "\n  --%s", command->options[j].name);
            assert_part(fixture.out, line);
            if (command->options[j].variable != NULL) {
                (void)snprintf(line, sizeof line, "$%s", command->options[j].variable);
                assert_part(fixture.out, line);
            }
        }
    }
    cli_fixture_finish(&fixture);
}

static void a_help_text_in_full(void **state) {
    (void)state;
    struct cli_fixture fixture;
    cli_fixture_init(&fixture, &no_hooks);
    /* --help wins over whatever else is wrong */
    assert_int_equal(cli_fixture_run(&fixture, "sandbox --nonsense --help"), CLI_DONE);
    assert_string_equal(
        fixture.out,
        "Usage: turnpike sandbox [--listen HOST:PORT] [--data DIR] [--retry-days LIST]\n"
        "      [--retry-end WORD] [--invoice-numbers WORD]\n"
        "\n"
        "Run the Stripe-compatible sandbox alone.\n"
        "\n"
        "Stripe's libraries and its command line take it for Stripe: give them this\n"
        "address and any key that begins with sk_test_. Its page / shows what is in it,\n"
        "with the test cards and buttons that move test clocks. Customers, subscriptions,\n"
        "invoices, payments, checkout, the portal, webhooks and test clocks work as\n"
        "Stripe's do; no money moves, and real card numbers are refused. Everything is\n"
        "kept in the data folder.\n"
        "\n"
        "Options:\n"
        "  --listen HOST:PORT\n"
        "    Where to listen; port 0 picks a free one, unix:/PATH is a socket. "
        "Default:\n"
        "    127.0.0.1:8090\n"
        "  --data DIR\n"
        "    The data folder; made when there is none. Default: "
        "./turnpike-sandbox\n"
        "  --retry-days LIST\n"
        "    The account tries failed payments again by itself, so many days after each\n"
        "    attempt: 3,5,7. Without it a failed payment is left to whoever asks.\n"
        "  --retry-end WORD\n"
        "    What becomes of a subscription when they all failed: cancel, unpaid, pause,\n"
        "    past_due. Default: past_due\n"
        "  --invoice-numbers WORD\n"
        "    How invoices are numbered: customer, each with a row of its own, or account,\n"
        "    all in one. Default: customer\n"
        "  --help\n"
        "    This text.\n");
    cli_fixture_finish(&fixture);
}

static void the_list_names_every_command(void **state) {
    (void)state;
    struct cli_fixture fixture;
    cli_fixture_init(&fixture, &no_hooks);
    static const char *const lines[] = {"--help", "-h", "help"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_int_equal(cli_fixture_run(&fixture, lines[i]), CLI_DONE);
        for (size_t j = 0; j < command_count(); j++) {
            char start[64];
            (void)snprintf(start, sizeof start, "\n  %s ", command_at(j)->name);
            assert_part(fixture.out, start);
            (void)snprintf(start, sizeof start, " %.20s", command_at(j)->summary);
            assert_part(fixture.out, start);
        }
        every_line_fits(fixture.out);
    }
    assert_int_equal(cli_fixture_run(&fixture, ""), CLI_USAGE);
    assert_string_equal(fixture.out, "");
    assert_part(fixture.err, "keys create");
    assert_int_equal(cli_fixture_run(&fixture, "keys --help"), CLI_DONE);
    assert_part(fixture.out, "keys create");
    assert_null(strstr(fixture.out, "sandbox"));
    cli_fixture_finish(&fixture);
}

static void the_table_is_consistent(void **state) {
    (void)state;
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        assert_true(command->option_count <= COMMAND_OPTIONS_MAX);
        assert_non_null(command->run);
        assert_false(str_ends_with(str_from_cstr(command->summary), STR(".")));
        for (size_t j = i + 1; j < command_count(); j++) {
            assert_string_not_equal(command->name, command_at(j)->name);
        }
        for (size_t j = 0; j < command->option_count; j++) {
            const struct command_option *option = &command->options[j];
            assert_false(str_ends_with(str_from_cstr(option->doc), STR(".")));
            assert_true(
                option->value != NULL ||
                (option->variable == NULL && !option->is_required && option->fallback == NULL));
            for (size_t k = j + 1; k < command->option_count; k++) {
                assert_string_not_equal(option->name, command->options[k].name);
            }
        }
    }
}

struct refusal {
    const char *line;
    const char *sentence;
};

static const struct refusal refusals[] = {
    {"srve", "there is no command \"srve\"; did you mean \"serve\"?"},
    {"--version", "there is no command \"--version\"; did you mean \"version\"?"},
    {"key create", "there is no command \"key create\"; did you mean \"keys create\"?"},
    {"keys creat --json", "there is no command \"keys creat\"; did you mean \"keys create\"?"},
    {"import acces-log f", "did you mean \"import access-log\"?"},
    {"keys", "there is no command \"keys\"."},
    {"keys shred", "there is no command \"keys shred\"."},
    {"frobnicate", "there is no command \"frobnicate\"; \"turnpike --help\" lists all."},
    {"serve --dta x",
     "\"serve\" has no option --dta; did you mean --data? \"turnpike serve --help\""},
    {"serve --frobnicate", "\"serve\" has no option --frobnicate."},
    {"version --jso", "did you mean --json?"},
    {"version --hel", "did you mean --help?"},
    {"serve --data", "--data needs a value: --data DIR."},
    {"serve --data x --data=y", "--data is given twice."},
    {"version --json=yes", "--json takes no value."},
    {"version -j", "\"-j\" is no option: options are words with two dashes."},
    {"version now", "\"version\" does not know what to do with \"now\"."},
    {"version -- --json", "does not know what to do with \"--json\"."},
    {"keys create", "\"keys create\" needs --scopes LIST: What the key may do"},
    {"import access-log --user u", "\"import access-log\" needs FILE: the log, uncompressed."},
    {"import access-log a b", "does not know what to do with \"b\"."},
    {"import access-log f --batch 0", "--batch is \"0\"; expected a whole number from 1 to 10000."},
    {"import access-log f --batch 10001", "expected a whole number from 1 to 10000."},
    {"import access-log f --batch many", "--batch is \"many\"; expected a whole number"},
    {"import access-log f --batch=", "--batch is \"\"; expected a whole number"},
};

static void what_is_not_understood_is_refused(void **state) {
    (void)state;
    struct cli_fixture fixture;
    cli_fixture_init(&fixture, &no_hooks);
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        assert_int_equal(cli_fixture_run(&fixture, refusals[i].line), CLI_USAGE);
        assert_string_equal(fixture.out, "");
        assert_part(fixture.err, refusals[i].sentence);
        assert_part(fixture.err, "turnpike: ");
    }
    cli_fixture_finish(&fixture);
}

static void the_version_is_printed(void **state) {
    (void)state;
    struct cli_fixture fixture;
    cli_fixture_init(&fixture, &no_hooks);
    assert_int_equal(cli_fixture_run(&fixture, "version"), CLI_DONE);
    assert_string_equal(fixture.out, "turnpike " TURNPIKE_VERSION "\n");
    assert_int_equal(cli_fixture_run(&fixture, "version --json"), CLI_DONE);
    assert_string_equal(fixture.out, "{\"version\":\"" TURNPIKE_VERSION "\"}\n");
    cli_fixture_finish(&fixture);
}

static void only_near_names_are_near(void **state) {
    (void)state;
    static const struct {
        const char *word, *name; /* NULL: none */
    } cases[] = {
        {"serve", "serve"},
        {"sreve", NULL},
        {"server", "serve"},
        {"demos", "demo"},
        {"sandbx", "sandbox"},
        {"", NULL},
        {"x", NULL},
        {"sndbx", "sandbox"},
        {"a-word-that-is-longer-than-any-name-there-is", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct nearest nearest = nearest_to(str_from_cstr(cases[i].word));
        nearest_offer(&nearest, "sandbox");
        nearest_offer(&nearest, "serve");
        nearest_offer(&nearest, "demo");
        if (cases[i].name == NULL) {
            assert_null(nearest.name);
        } else {
            assert_string_equal(nearest.name, cases[i].name);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_explains_itself),
        cmocka_unit_test(a_help_text_in_full),
        cmocka_unit_test(the_list_names_every_command),
        cmocka_unit_test(the_table_is_consistent),
        cmocka_unit_test(what_is_not_understood_is_refused),
        cmocka_unit_test(the_version_is_printed),
        cmocka_unit_test(only_near_names_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
