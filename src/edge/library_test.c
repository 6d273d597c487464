/* Guards the library around the node: options are refused by name, a server that is not there does
 * no harm, and a forked child can spend nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing.h"
#include "turnpike.h"

struct heard {
    char text[4096];
};

static void hear(void *context, const char *event) {
    struct heard *heard = context;
    size_t len = strlen(heard->text);
    snprintf(heard->text + len, sizeof heard->text - len, "%s\n", event);
}

/* Nobody listens on port 9 of this machine. */
static struct turnpike_options options_with(struct heard *heard) {
    struct turnpike_options options = TURNPIKE_OPTIONS;
    options.url = "http://127.0.0.1:9";
    options.key = "tp_test_none";
    options.node = "edge-7";
    options.customers_max = 100;
    options.is_host_loop = true;
    options.log = hear;
    options.log_context = heard;
    return options;
}

static void wrong_options_are_refused_by_name(void **state) {
    (void)state;
    char long_name[80];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    struct {
        const char *name;
        struct turnpike_options options;
    } cases[14];
    struct heard heard = {{0}};
    for (size_t i = 0; i < 14; i++) {
        cases[i].options = options_with(&heard);
    }
    size_t n = 0;
    cases[n].name = "url", cases[n++].options.url = NULL;
    cases[n].name = "url", cases[n++].options.url = "";
    cases[n].name = "url", cases[n++].options.url = "ftp://host";
    cases[n].name = "url", cases[n++].options.url = "unix:relative";
    cases[n].name = "node", cases[n++].options.node = NULL;
    cases[n].name = "node", cases[n++].options.node = "";
    cases[n].name = "node", cases[n++].options.node = "two words";
    cases[n].name = "node", cases[n++].options.node = long_name;
    cases[n].name = "key", cases[n++].options.key = "line\nbreak";
    cases[n].name = "customers_max", cases[n++].options.customers_max = 0;
    cases[n].name = "timeout_ms", cases[n++].options.timeout_ms = 0;
    cases[n].name = "timeout_ms", cases[n++].options.timeout_ms = -1;
    cases[n].name = "policy", cases[n++].options.policy[0] = (enum turnpike_policy)9;
    for (size_t i = 0; i < n; i++) {
        struct turnpike *gate = NULL;
        memset(&heard, 0, sizeof heard);
        assert_int_equal(turnpike_open(&cases[i].options, &gate), TURNPIKE_BAD_OPTION);
        assert_null(gate);
        assert_non_null(strstr(heard.text, cases[i].name));
    }
}

static void wrong_users_and_amounts_are_refused(void **state) {
    (void)state;
    struct heard heard = {{0}};
    struct turnpike_options options = options_with(&heard);
    struct turnpike *gate = NULL;
    struct turnpike_customer *ada = NULL;
    assert_int_equal(turnpike_open(&options, &gate), TURNPIKE_OK);
    assert_int_equal(turnpike_customer(gate, NULL, &ada), TURNPIKE_BAD_OPTION);
    assert_int_equal(turnpike_customer(gate, "", &ada), TURNPIKE_BAD_OPTION);
    assert_int_equal(turnpike_customer(gate, "a b", &ada), TURNPIKE_BAD_OPTION);
    assert_null(ada);
    assert_int_equal(turnpike_customer(gate, "ada", &ada), TURNPIKE_OK);
    const int64_t most = TURNPIKE_AMOUNT_MAX;
    assert_int_equal(turnpike_take(ada, TURNPIKE_BANDWIDTH, -1).reason, TURNPIKE_BAD_AMOUNT);
    assert_int_equal(turnpike_take(ada, TURNPIKE_BANDWIDTH, most + 1).reason, TURNPIKE_BAD_AMOUNT);
    assert_int_equal(turnpike_take(ada, TURNPIKE_BANDWIDTH, INT64_MIN).reason, TURNPIKE_BAD_AMOUNT);
    assert_int_equal(turnpike_take(ada, (enum turnpike_metric)7, 1).reason, TURNPIKE_BAD_AMOUNT);
    assert_int_equal(turnpike_take(ada, TURNPIKE_BANDWIDTH, most).reason, TURNPIKE_NOT_LEARNT);
    assert_false(turnpike_record(ada, TURNPIKE_BANDWIDTH, -1));
    assert_false(turnpike_record(ada, TURNPIKE_MODULES, 1)); /* a level is not added up here */
    assert_true(turnpike_record(ada, TURNPIKE_BANDWIDTH, most));
    assert_int_equal(turnpike_release(ada, TURNPIKE_BANDWIDTH, -1), 0);
    assert_int_equal(turnpike_release(ada, TURNPIKE_BANDWIDTH, 5), 0);
    char name[16];
    for (int i = 0; i < 99; i++) {
        snprintf(name, sizeof name, "user-%d", i);
        assert_int_equal(turnpike_customer(gate, name, &ada), TURNPIKE_OK);
    }
    assert_int_equal(turnpike_customer(gate, "one-more", &ada), TURNPIKE_NO_MEMORY);
    assert_int_equal(turnpike_close(gate, 0), TURNPIKE_TIMEOUT);
}

static void absent_server_closes_the_gate_in_bounded_time(void **state) {
    (void)state;
    struct heard heard = {{0}};
    struct turnpike_options options = options_with(&heard);
    options.is_host_loop = false;
    options.policy[TURNPIKE_BUILD_MINUTES] = TURNPIKE_POLICY_OPEN_UNBOUNDED;
    struct turnpike *gate = NULL;
    struct turnpike_customer *ada = NULL;
    assert_int_equal(turnpike_open(&options, &gate), TURNPIKE_OK);
    assert_int_equal(turnpike_customer(gate, "ada", &ada), TURNPIKE_OK);
    assert_true(turnpike_record(ada, TURNPIKE_API_REQUESTS, 1));
    assert_false(turnpike_take_wait(ada, TURNPIKE_API_REQUESTS, 1, 200).is_allowed);
    assert_int_equal(turnpike_flush(gate, 1000), TURNPIKE_TIMEOUT);
    assert_int_equal(turnpike_take(ada, TURNPIKE_API_REQUESTS, 1).reason, TURNPIKE_UNREACHABLE);
    assert_false(turnpike_take(ada, TURNPIKE_BUILD_MINUTES, 1).is_allowed); /* not looked at yet */
    (void)turnpike_flush(gate, 300);
    assert_int_equal(turnpike_take(ada, TURNPIKE_BUILD_MINUTES, 1).reason, TURNPIKE_OPEN_UNBOUNDED);
    struct turnpike_stats stats;
    turnpike_stats(gate, &stats);
    assert_false(stats.is_reachable);
    assert_true(stats.failures >= 2);
    assert_int_equal(stats.last_answer_ms, -1);
    assert_non_null(strstr(heard.text, "exchange_failed"));
    assert_int_equal(turnpike_close(gate, 300), TURNPIKE_TIMEOUT);
}

/* What a child may not do, it is told; its parent goes on. */
static int child_of(struct turnpike *gate, struct turnpike_customer *ada) {
    struct turnpike_customer *bob = NULL;
    return turnpike_take(ada, TURNPIKE_BUILD_MINUTES, 1).reason == TURNPIKE_FORKED &&
                   turnpike_check(ada, TURNPIKE_BUILD_MINUTES, 1).reason == TURNPIKE_FORKED &&
                   turnpike_take_wait(ada, TURNPIKE_BUILD_MINUTES, 1, 10).reason ==
                       TURNPIKE_FORKED &&
                   !turnpike_record(ada, TURNPIKE_BUILD_MINUTES, 1) &&
                   turnpike_release(ada, TURNPIKE_BUILD_MINUTES, 1) == 0 &&
                   turnpike_customer(gate, "bob", &bob) == TURNPIKE_FORKED_CALL &&
                   turnpike_flush(gate, 10) == TURNPIKE_FORKED_CALL &&
                   turnpike_close(gate, 10) == TURNPIKE_FORKED_CALL
               ? 0
               : 1;
}

static void child_process_spends_nothing(void **state) {
    (void)state;
    struct heard heard = {{0}};
    struct turnpike_options options = options_with(&heard);
    options.unknown_budget = 10;
    struct turnpike *gate = NULL;
    struct turnpike_customer *ada = NULL;
    assert_int_equal(turnpike_open(&options, &gate), TURNPIKE_OK);
    assert_int_equal(turnpike_customer(gate, "ada", &ada), TURNPIKE_OK);
    assert_int_equal(turnpike_take(ada, TURNPIKE_BUILD_MINUTES, 1).reason, TURNPIKE_UNKNOWN_BUDGET);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(child_of(gate, ada));
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(turnpike_take(ada, TURNPIKE_BUILD_MINUTES, 1).reason, TURNPIKE_UNKNOWN_BUDGET);
    (void)turnpike_close(gate, 0);
}

static void journal_that_cannot_be_opened_is_said(void **state) {
    (void)state;
    struct heard heard = {{0}};
    struct turnpike_options options = options_with(&heard);
    options.journal = "/nowhere/at/all/journal";
    struct turnpike *gate = NULL;
    assert_int_equal(turnpike_open(&options, &gate), TURNPIKE_IO);
    assert_non_null(strstr(heard.text, "/nowhere/at/all/journal"));
}

static size_t lines_of(const char *path, char lines[4][64]) {
    FILE *file = fopen(path, "r");
    size_t count = 0;
    assert_non_null(file);
    while (count < 4 && fgets(lines[count], 64, file) != NULL) {
        count++;
    }
    fclose(file);
    return count;
}

/* Before the server can know of it; the next run's is later. */
static void each_run_is_named_in_the_journal(void **state) {
    (void)state;
    char path[] = "/tmp/turnpike-library-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    struct heard heard = {{0}};
    struct turnpike_options options = options_with(&heard);
    options.journal = path;
    char lines[4][64];
    for (size_t run = 0; run < 3; run++) {
        struct turnpike *gate = NULL;
        assert_int_equal(turnpike_open(&options, &gate), TURNPIKE_OK);
        turnpike_poll(gate);
        assert_int_equal(lines_of(path, lines), run + 1);
        assert_int_equal(strcspn(lines[run], " "), 26);
        assert_true(run == 0 || strcmp(lines[run - 1], lines[run]) < 0);
        (void)turnpike_close(gate, 0);
    }
    unlink(path);
}

static void everything_has_a_name(void **state) {
    (void)state;
    for (int i = 0; i <= TURNPIKE_BAD_AMOUNT; i++) {
        assert_non_null(turnpike_reason_name((enum turnpike_reason)i));
    }
    assert_string_equal(turnpike_reason_name((enum turnpike_reason)99), "unknown");
    assert_string_equal(turnpike_status_name(TURNPIKE_FORKED_CALL), "forked_call");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_options_are_refused_by_name),
        cmocka_unit_test(wrong_users_and_amounts_are_refused),
        cmocka_unit_test(absent_server_closes_the_gate_in_bounded_time),
        cmocka_unit_test(child_process_spends_nothing),
        cmocka_unit_test(journal_that_cannot_be_opened_is_said),
        cmocka_unit_test(each_run_is_named_in_the_journal),
        cmocka_unit_test(everything_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
