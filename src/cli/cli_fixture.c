#include "cli/cli_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 32, ARENA_MAX = 64 * 1024 * 1024 };

static const char *no_variable(const char *name) {
    (void)name;
    return NULL;
}

void cli_fixture_init(struct cli_fixture *fixture, const struct cli_hooks *hooks) {
    *fixture = (struct cli_fixture){0};
    env_posix_init(&fixture->env);
    arena_init(&fixture->arena, &fixture->env, ARENA_MAX);
    cx_init(&fixture->cx, &fixture->env, &fixture->arena);
    fixture->cli = (struct cli){.hooks = hooks, .cx = &fixture->cx, .variable = no_variable};
}

static void forget_output(struct cli_fixture *fixture) {
    free(fixture->out);
    free(fixture->err);
    fixture->out = NULL;
    fixture->err = NULL;
}

void cli_fixture_finish(struct cli_fixture *fixture) {
    forget_output(fixture);
    arena_finish(&fixture->arena);
}

int cli_fixture_run(struct cli_fixture *fixture, const char *line) {
    char program[] = "turnpike";
    char *argv[WORDS_MAX + 2] = {program};
    int argc = 1;
    struct str rest = str_from_cstr(line);
    while (rest.len > 0) {
        assert_true(argc <= WORDS_MAX);
        struct str word = str_cut(&rest, ' ');
        argv[argc] = test_calloc(1, word.len + 1);
        memcpy(argv[argc++], word.bytes, word.len);
    }
    forget_output(fixture);
    fixture->cx.detail[0] = '\0';
    fixture->cli.out = open_memstream(&fixture->out, &fixture->out_len);
    fixture->cli.err = open_memstream(&fixture->err, &fixture->err_len);
    int status = cli_run(&fixture->cli, argc, argv);
    (void)fclose(fixture->cli.out);
    (void)fclose(fixture->cli.err);
    while (argc > 1) {
        test_free(argv[--argc]);
    }
    return status;
}

void cli_fixture_part(const char *text, const char *part, const char *file, int line) {
    if (strstr(text, part) == NULL) {
        print_error("%s\ndoes not hold\n%s\n", text, part);
        _fail(file, line);
    }
}
