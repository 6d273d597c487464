/* Promise: an event is one line, whatever its values hold. */
#include "base/log.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"

static void an_event_is_one_line(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct env *env = env_sim_env(sim);
    env_sim_advance(sim, 123);
    log_event(env, LOG_INFO, "stripe.call", "kind=%s status=%d", "refund", 200);
    log_event(env, LOG_WARNING, "disk.full", "%s", "");
    log_event(env, LOG_ERROR, "forged", "text=%s", "a\nb\r\x1b[31m\x7f");
    assert_text(env_sim_log(sim),
                "2015-05-17T00:00:00.123Z info stripe.call kind=refund status=200\n"
                "2015-05-17T00:00:00.123Z warning disk.full\n"
                "2015-05-17T00:00:00.123Z error forged text=a?b??[31m?\n");
    env_sim_destroy(sim);
}

static void a_long_event_is_cut(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    char text[5000];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_event(env_sim_env(sim), LOG_INFO, "long", "%s", text);
    struct str log = env_sim_log(sim);
    assert_int_equal(log.len, 2048);
    assert_true(str_ends_with(log, STR("yyy\n")));
    log_event(env_sim_env(sim), LOG_INFO, text, "after=%d", 1); /* not even a name runs over */
    assert_int_equal(env_sim_log(sim).len, 2 * 2048);
    env_sim_destroy(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_line),
        cmocka_unit_test(a_long_event_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
