/* Guards: what the user asked of a server reaches main as checked values, and what cannot be meant
 * is refused before anything starts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rfc3339.h"
#include "cli/cli_fixture.h"

/* What the hooks were given; hooks have no context of their own. Texts are copied. */
static struct {
    int serve_calls, demo_calls, sandbox_calls;
    struct serve_options serve;
    char data_dir[4096], listen[64], stripe_key[64], webhook_secret[64], stripe_url[64],
        base_url[64];
    bool fails;
} seen;

static void keep(char *to, struct str text) {
    (void)snprintf(to, 64, STR_FMT, STR_ARG(text));
}

static struct err see(struct cx *cx, const struct serve_options *options) {
    seen.serve = *options;
    (void)snprintf(seen.data_dir, sizeof seen.data_dir, "%s", options->data_dir);
    keep(seen.listen, options->listen);
    keep(seen.stripe_key, options->stripe_key);
    keep(seen.webhook_secret, options->stripe_webhook_secret);
    keep(seen.stripe_url, options->stripe_url);
    keep(seen.base_url, options->base_url);
    return seen.fails ? cx_fail(cx, ERR(ERR_CONFLICT), "The port is in use.") : OK;
}

static struct err serve_hook(struct cx *cx, const struct serve_options *options) {
    seen.serve_calls++;
    return see(cx, options);
}

static struct err demo_hook(struct cx *cx, const struct serve_options *options) {
    seen.demo_calls++;
    return see(cx, options);
}

static struct err sandbox_hook(struct cx *cx, const struct cli_sandbox *options) {
    (void)cx;
    seen.sandbox_calls++;
    (void)snprintf(seen.data_dir, sizeof seen.data_dir, "%s", options->data_dir);
    keep(seen.listen, options->listen);
    return OK;
}

static const struct cli_hooks hooks = {
    .serve = serve_hook, .demo = demo_hook, .sandbox = sandbox_hook};

/* The data folder is that name in the folder in which the test runs. */
static void expect_folder(const char *name, const char *file, int line) {
    char here[2048];
    char expected[4096];
    assert_non_null(getcwd(here, sizeof here));
    (void)snprintf(expected, sizeof expected, "%s/%s", here, name);
    _assert_string_equal(seen.data_dir, expected, file, line);
}
#define assert_folder(name) expect_folder((name), __FILE__, __LINE__)

static int set_up(void **state) {
    static struct cli_fixture fixture;
    memset(&seen, 0, sizeof seen);
    cli_fixture_init(&fixture, &hooks);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    cli_fixture_finish(*state);
    return 0;
}

static void without_options_all_has_a_default(void **state) {
    assert_int_equal(cli_fixture_run(*state, "serve"), CLI_DONE);
    assert_int_equal(seen.serve_calls, 1);
    assert_folder("turnpike-data");
    assert_string_equal(seen.listen, "127.0.0.1:8080");
    assert_string_equal(seen.stripe_key, "");
    assert_string_equal(seen.stripe_url, "https://api.stripe.com");
    assert_false(seen.serve.has_test_clock);
    assert_null(seen.serve.catalog);
    assert_null(seen.serve.tls_certificate);
    assert_null(seen.serve.tls_key);
    assert_int_equal(seen.serve.base_url.len, 0);
    assert_false(seen.serve.is_fresh);
}

static void options_reach_the_server(void **state) {
    assert_int_equal(cli_fixture_run(*state, "serve --data /d --listen [::1]:0 --catalog c.json "
                                             "--tls-cert a.pem --tls-key b.pem "
                                             "--base-url https://pay.example"),
                     CLI_DONE);
    assert_string_equal(seen.data_dir, "/d");
    assert_string_equal(seen.listen, "[::1]:0");
    assert_string_equal(seen.base_url, "https://pay.example");
    assert_int_equal(cli_fixture_run(*state, "serve --database sqlite:/e"), CLI_DONE);
    assert_string_equal(seen.data_dir, "/e");
    assert_int_equal(cli_fixture_run(*state, "serve --data ././e/f"), CLI_DONE);
    assert_folder("e/f");
    assert_int_equal(cli_fixture_run(*state, "demo --fresh"), CLI_DONE);
    assert_int_equal(seen.demo_calls, 1);
    assert_true(seen.serve.is_fresh);
    assert_folder("turnpike-demo");
    assert_int_equal(cli_fixture_run(*state, "sandbox --listen 127.0.0.1:0 --data s"), CLI_DONE);
    assert_int_equal(seen.sandbox_calls, 1);
    assert_folder("s");
    assert_string_equal(seen.listen, "127.0.0.1:0");
}

static void the_test_clock_has_an_optional_instant(void **state) {
    struct cli_fixture *fixture = *state;
    int64_t may = 0;
    assert_true(rfc3339_parse(STR("2015-05-17T00:00:00Z"), &may));
    static const char *const lines[] = {
        "serve --test-clock 2015-05-17T00:00:00Z",
        "serve --test-clock=2015-05-17T02:00:00+02:00 --data x",
        "demo --test-clock 2015-05-17T00:00:00Z --fresh",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_int_equal(cli_fixture_run(fixture, lines[i]), CLI_DONE);
        assert_true(seen.serve.has_test_clock);
        assert_int_equal(seen.serve.test_clock_ms, may);
    }
    int64_t before = cx_now_ms(&fixture->cx);
    assert_int_equal(cli_fixture_run(fixture, "serve --test-clock --data x"), CLI_DONE);
    assert_true(seen.serve.has_test_clock);
    assert_true(seen.serve.test_clock_ms >= before);
    assert_folder("x");
}

static const char *some_variables(const char *name) {
    static const char *const variables[][2] = {
        {"TURNPIKE_DATA", "/from-environment"},
        {"TURNPIKE_STRIPE_KEY", "sk_test_1"},
        {"TURNPIKE_STRIPE_WEBHOOK_SECRET", "whsec_1"},
        {"TURNPIKE_STRIPE_URL", "http://127.0.0.1:8090"},
        {"TURNPIKE_BASE_URL", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        if (strcmp(variables[i][0], name) == 0) {
            return variables[i][1];
        }
    }
    return NULL;
}

static void the_environment_stands_in_for_options(void **state) {
    struct cli_fixture *fixture = *state;
    fixture->cli.variable = some_variables;
    assert_int_equal(cli_fixture_run(fixture, "serve"), CLI_DONE);
    assert_string_equal(seen.data_dir, "/from-environment");
    assert_string_equal(seen.stripe_key, "sk_test_1");
    assert_string_equal(seen.webhook_secret, "whsec_1");
    assert_string_equal(seen.stripe_url, "http://127.0.0.1:8090");
    assert_string_equal(seen.base_url, "");
    assert_int_equal(cli_fixture_run(fixture, "serve --data mine"), CLI_DONE);
    assert_folder("mine");
    /* what a demo may throw away is never what the environment names */
    assert_int_equal(cli_fixture_run(fixture, "demo --fresh"), CLI_DONE);
    assert_folder("turnpike-demo");
}

static void write_file(const char *path, const char *content) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void secrets_come_from_files(void **state) {
    struct cli_fixture *fixture = *state;
    char folder[] = "/tmp/turnpike-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char key[64], secret[64], line[256];
    (void)snprintf(key, sizeof key, "%s/key", folder);
    (void)snprintf(secret, sizeof secret, "%s/secret", folder);
    (void)snprintf(line, sizeof line, "serve --stripe-key-file %s --stripe-webhook-secret-file %s",
                   key, secret);
    write_file(key, "sk_test_2\n");
    write_file(secret, " whsec_2 \r\n");
    fixture->cli.variable = some_variables;
    assert_int_equal(cli_fixture_run(fixture, line), CLI_DONE);
    assert_string_equal(seen.stripe_key, "sk_test_2");
    assert_string_equal(seen.webhook_secret, "whsec_2");
    write_file(key, "\n");
    assert_int_equal(cli_fixture_run(fixture, line), CLI_USAGE);
    assert_part(fixture->err, "holds no secret");
    assert_int_equal(unlink(key), 0);
    assert_int_equal(cli_fixture_run(fixture, line), CLI_FAILED);
    assert_part(fixture->err, "cannot be read (not_found)");
    assert_int_equal(unlink(secret), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void what_cannot_be_meant_is_refused(void **state) {
    static const struct {
        const char *line, *sentence;
    } cases[] = {
        {"serve --database postgres://h/d", "PostgreSQL is not supported by this version"},
        {"serve --database postgresql://h/d", "PostgreSQL is not supported by this version"},
        {"serve --database mysql://h/d", "--database is sqlite:DIR"},
        {"serve --database sqlite:", "--database is sqlite:DIR"},
        {"serve --database sqlite:a --data b", "--data and --database exclude each other."},
        {"serve --data=", "The name of the data folder is empty."},
        {"serve --listen 8080", "\"8080\" is no address to listen on"},
        {"sandbox --listen h:99999", "the port must be a number from 0 to 65535"},
        {"serve --test-clock yesterday", "--test-clock is \"yesterday\"; expected an instant"},
        {"serve --test-clock=", "--test-clock is \"\"; expected an instant"},
        {"serve --tls-cert a", "--tls-cert and --tls-key come together: one is missing."},
        {"serve --tls-key a", "--tls-cert and --tls-key come together: one is missing."},
        {"serve --base-url pay.example", "--base-url is \"pay.example\"; expected http://"},
        {"serve --base-url https://pay.example/", "without a / at the end"},
        {"serve --stripe-url ftp://x", "--stripe-url is \"ftp://x\""},
        {"serve --stripe-key-file /dev/null", "The file /dev/null holds no secret."},
    };
    struct cli_fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(cli_fixture_run(fixture, cases[i].line), CLI_USAGE);
        assert_part(fixture->err, cases[i].sentence);
    }
    assert_int_equal(seen.serve_calls + seen.sandbox_calls, 0);
}

static void a_folder_that_is_gone_is_told(void **state) {
    struct cli_fixture *fixture = *state;
    char folder[] = "/tmp/turnpike-test-XXXXXX";
    char before[2048];
    assert_non_null(getcwd(before, sizeof before));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(cli_fixture_run(fixture, "serve"), CLI_FAILED);
    assert_part(fixture->err, "The present folder has no path");
    assert_int_equal(cli_fixture_run(fixture, "serve --data /d"), CLI_DONE);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(cli_fixture_run(fixture, "serve --data /d"), CLI_DONE);
}

static void a_server_that_cannot_start_says_why(void **state) {
    struct cli_fixture *fixture = *state;
    seen.fails = true;
    assert_int_equal(cli_fixture_run(fixture, "serve"), CLI_FAILED);
    assert_string_equal(fixture->err, "turnpike: The port is in use.\n");
}

static const char *offered_key; /* of the case that runs */
static const char *offered(const char *name) {
    return strcmp(name, "TURNPIKE_STRIPE_KEY") == 0              ? offered_key
           : strcmp(name, "TURNPIKE_STRIPE_WEBHOOK_SECRET") == 0 ? "whsec_1"
                                                                 : NULL;
}

static void a_key_of_the_wrong_mode_or_kind_is_refused(void **state) {
    struct cli_fixture *fixture = *state;
    static const struct {
        const char *key, *line, *sentence; /* NULL: taken */
    } cases[] = {
        {"pk_test_1", "serve", "is a publishable one (pk_…); expected the secret key (sk_…)"},
        {"pk_live_1", "serve", "is a publishable one"},
        {"whsec_1", "serve", "is a webhook's secret (whsec_…)"},
        {"hunter2", "serve", "expected sk_test_…, sk_live_…, rk_test_… or rk_live_…"},
        {"sk_live_1", "serve --test-clock", "moves real money (_live_)"},
        {"rk_live_1", "serve --test-clock=2026-01-01T00:00:00Z", "moves real money (_live_)"},
        {"sk_live_1", "serve", NULL},
        {"rk_live_1", "serve", NULL},
        {"sk_test_1", "serve --test-clock", NULL},
        {"rk_test_1", "serve --test-clock", NULL},
    };
    fixture->cli.variable = offered;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool is_taken = cases[i].sentence == NULL;
        offered_key = cases[i].key;
        assert_int_equal(cli_fixture_run(fixture, cases[i].line), is_taken ? CLI_DONE : CLI_USAGE);
        if (!is_taken) {
            assert_part(fixture->err, cases[i].sentence);
            assert_null(strstr(fixture->err, cases[i].key)); /* a secret is never printed */
        }
    }
}

static const char *key_alone(const char *name) {
    return strcmp(name, "TURNPIKE_STRIPE_KEY") == 0 ? "sk_test_1" : NULL;
}

static void stripe_needs_both_secrets(void **state) {
    struct cli_fixture *fixture = *state;
    fixture->cli.variable = key_alone;
    assert_int_equal(cli_fixture_run(fixture, "serve"), CLI_USAGE);
    assert_part(fixture->err, "come together: one is missing");
    assert_int_equal(seen.serve_calls, 0);
}

static const char *provider_secret(const char *name) {
    return strcmp(name, "TURNPIKE_OIDC_CLIENT_SECRET") == 0 ? "secret" : NULL;
}

static void a_provider_is_whole_and_safe_to_talk_to(void **state) {
    static const struct {
        const char *line, *sentence; /* NULL: it is taken */
    } cases[] = {
        {"serve --oidc-issuer https://id.example/ --oidc-client-id c", NULL},
        {"serve --oidc-issuer http://127.0.0.1:9000 --oidc-client-id c", NULL},
        {"serve --oidc-issuer https://id.example --oidc-client-id c --oidc-operators auditor",
         NULL},
        {"serve", "--oidc-issuer, --oidc-client-id and the client's secret come together"},
        {"serve --oidc-client-id c", "come together: one is missing."},
        {"serve --oidc-issuer http://id.example --oidc-client-id c", "--oidc-issuer is https://"},
        {"serve --oidc-issuer https://u:p@id.example --oidc-client-id c",
         "--oidc-issuer is https://"},
        {"serve --oidc-issuer https://id.example?a=1 --oidc-client-id c",
         "--oidc-issuer is https://"},
        {"serve --oidc-issuer id.example --oidc-client-id c", "--oidc-issuer is https://"},
        {"serve --oidc-issuer https://id.example --oidc-client-id c --oidc-operators admin",
         "--oidc-operators is one of none, auditor, support and finance."},
    };
    struct cli_fixture *fixture = *state;
    fixture->cli.variable = provider_secret;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool is_taken = cases[i].sentence == NULL;
        assert_int_equal(cli_fixture_run(fixture, cases[i].line), is_taken ? CLI_DONE : CLI_USAGE);
        if (!is_taken) {
            assert_part(fixture->err, cases[i].sentence);
        }
    }
    assert_int_equal(seen.serve_calls, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_options_all_has_a_default, set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_reach_the_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_test_clock_has_an_optional_instant, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_stands_in_for_options, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets_come_from_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_meant_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_is_gone_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_cannot_start_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stripe_needs_both_secrets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_provider_is_whole_and_safe_to_talk_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_of_the_wrong_mode_or_kind_is_refused, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
