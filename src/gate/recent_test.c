/* Guards: who was asked for lately is found as the gate finds them, whatever names share a place.
 */
#include "gate/recent.h"

#include <stdio.h>
#include <string.h>

#include "base/testing.h"

/* More than there are places. */
enum { CUSTOMERS = 4 * RECENT_CUSTOMERS };

struct world {
    struct env env;
    struct gate *gate;
    struct recent recent;
};

static int open_world(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    struct gate_options options = {.env = &world->env, .customers_max = CUSTOMERS};
    assert_ok(gate_create(&options, &world->gate));
    recent_init(&world->recent);
    *state = world;
    return 0;
}

static int close_world(void **state) {
    struct world *world = *state;
    gate_destroy(world->gate);
    test_free(world);
    return 0;
}

static void put(struct world *world, struct str name) {
    struct gate_settings settings = {0};
    assert_ok(gate_put(world->gate, name, &settings));
}

static void assert_found(struct world *world, struct str name) {
    struct gate_handle found = recent_find(&world->recent, world->gate, name);
    assert_ptr_equal(found.entries, gate_customer(world->gate, name).entries);
}

/* Of every length, some of them the end of another. */
static struct str name_of(size_t number, char bytes[LIMIT_USER_ID]) {
    char digits[16];
    int len = snprintf(digits, sizeof digits, "%zu", number);
    size_t blank = number % (LIMIT_USER_ID - 8);
    memset(bytes, 'n', blank);
    memcpy(bytes + blank, digits, (size_t)len);
    return str_of(bytes, blank + (size_t)len);
}

static void test_many_in_turns(void **state) {
    struct world *world = *state;
    char bytes[LIMIT_USER_ID];
    for (size_t i = 0; i < CUSTOMERS; i += 2) {
        put(world, name_of(i, bytes));
    }
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < CUSTOMERS; i++) {
            struct str name = name_of(i, bytes);
            assert_found(world, name);
            assert_found(world, name);
            assert_int_equal(gate_is_known(gate_customer(world->gate, name)), i % 2 == 0);
        }
    }
}

static void test_who_was_unknown_is_found_once_put(void **state) {
    struct world *world = *state;
    assert_found(world, STR("ada"));
    put(world, STR("ada"));
    assert_true(gate_is_known(recent_find(&world->recent, world->gate, STR("ada"))));
    assert_found(world, STR("ada"));
}

/* A refused event names nobody. */
static void test_no_name_and_one_too_long_are_nobody(void **state) {
    struct world *world = *state;
    char bytes[LIMIT_USER_ID + 1];
    memset(bytes, 'n', sizeof bytes);
    put(world, str_of(bytes, LIMIT_USER_ID));
    assert_found(world, str_of(bytes, LIMIT_USER_ID));
    assert_found(world, str_of(bytes, LIMIT_USER_ID));
    assert_false(gate_is_known(recent_find(&world->recent, world->gate, STR(""))));
    assert_false(
        gate_is_known(recent_find(&world->recent, world->gate, str_of(bytes, sizeof bytes))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_many_in_turns, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_who_was_unknown_is_found_once_put, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_no_name_and_one_too_long_are_nobody, open_world,
                                        close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
