/* Promise: our ids sort by the time of their making, never repeat, and are told from all others. */
#include "base/id.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"

static struct cx cx_of(struct env_sim *sim) {
    struct cx cx;
    cx_init(&cx, env_sim_env(sim), NULL);
    return cx;
}

static void sorts_by_time(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(7);
    struct cx cx = cx_of(sim);
    struct record_id before = id_new(&cx, "subs");
    for (int i = 0; i < 1000; i++) {
        env_sim_advance(sim, 1 + i * 1000);
        struct record_id id = id_new(&cx, "subs");
        assert_true(strcmp(before.text, id.text) < 0);
        assert_true(id_is(id_str(&id), "subs"));
        before = id;
    }
    env_sim_destroy(sim);
}

/* Reads the digits back into the number that RFC 9562 describes. */
static void is_a_uuid7_of_the_clock(void **state) {
    (void)state;
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    struct env_sim *sim = env_sim_create(7);
    struct cx cx = cx_of(sim);
    env_sim_set_wall(sim, INT64_C(0x0123456789ab));
    struct record_id id = id_new(&cx, "invo");
    uint64_t high = 0;
    uint64_t low = 0;
    for (const char *c = id.text + 5; *c != '\0'; c++) {
        high = high << 5 | low >> 59;
        low = low << 5 | (uint64_t)(strchr(digits, *c) - digits);
    }
    assert_true(high >> 16 == UINT64_C(0x0123456789ab));
    assert_int_equal(high >> 12 & 15, 7);
    assert_int_equal(low >> 62, 2);
    env_sim_destroy(sim);
}

static void never_repeats_within_an_instant(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(8);
    struct cx cx = cx_of(sim);
    struct record_id ids[500];
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        ids[i] = id_new(&cx, "even");
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(ids[k].text, ids[i].text);
        }
    }
    env_sim_destroy(sim);
}

/* More than there is randomness for in store at once. */
static void those_in_passing_are_ids_of_the_time_given(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(9);
    struct cx cx = cx_of(sim);
    static struct id_source source;
    struct record_id before = id_new(&cx, "reqs");
    for (int i = 0; i < 500; i++) {
        struct record_id id = id_next(cx.env, &source, "reqs", cx_now_ms(&cx) + i / 100);
        assert_true(id_is(id_str(&id), "reqs"));
        assert_true(strcmp(before.text, id.text) < 0);
        before = id;
    }
    env_sim_destroy(sim);
}

static void tells_when_it_was_made(void **state) {
    (void)state;
    static const int64_t instants[] = {0, 1, 1023, 1772366400000, INT64_C(0xffffffffffff)};
    for (size_t i = 0; i < ARRAY_LEN(instants); i++) {
        struct record_id id = id_first("subs", instants[i]);
        assert_int_equal(id_made_ms(id_str(&id)), instants[i]);
    }
}

static void refuses_what_is_none(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "subs",
        "subs_",
        "subs_01jd3k5t9x7m0c8a4w2e6r1q5",   /* a digit short */
        "subs_01jd3k5t9x7m0c8a4w2e6r1q5zz", /* one too many */
        "invo_01jd3k5t9x7m0c8a4w2e6r1q5z",  /* of another kind */
        "subs-01jd3k5t9x7m0c8a4w2e6r1q5z",
        "subs_81jd3k5t9x7m0c8a4w2e6r1q5z", /* more than 128 bits */
        "subs_01jd3k5t9x7m0c8a4w2e6r1q5u", /* no digit of Crockford's */
        "subs_01JD3K5T9X7M0C8A4W2E6R1Q5Z",
        "sub_1MowQVLkdIwHu7ixeRlqHVzs", /* Stripe's */
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(id_is(str_from_cstr(bad[i]), "subs"));
    }
    struct str good = STR("subs_01jd3k5t9x7m0c8a4w2e6r1q5z");
    assert_true(id_is(good, "subs"));
    struct record_id copy = id_from(good);
    assert_text(id_str(&copy), "subs_01jd3k5t9x7m0c8a4w2e6r1q5z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_by_time),
        cmocka_unit_test(is_a_uuid7_of_the_clock),
        cmocka_unit_test(never_repeats_within_an_instant),
        cmocka_unit_test(those_in_passing_are_ids_of_the_time_given),
        cmocka_unit_test(tells_when_it_was_made),
        cmocka_unit_test(refuses_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
