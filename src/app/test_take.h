/* What the tests of takes have in common: alice in a world of her own, what she takes and gives
 * back. Not part of the program. */
#ifndef APP_TEST_TAKE_H
#define APP_TEST_TAKE_H

#include "app/test_world.h"
#include "base/testing.h"

static inline int take_test_set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    return result;
}
#define TAKE_TEST(name) cmocka_unit_test_setup_teardown(name, take_test_set_up, world_tear_down)

/* `id` is borrowed; "" is none. */
static inline struct take_request of(enum metric metric, int64_t amount, const char *id) {
    return (struct take_request){STR("alice"), metric, quantity_of(amount), str_from_cstr(id)};
}

/* So much stands at the gate, in the store, and in a gate that is filled from the store. */
static inline void assert_used(struct world *world, enum metric metric, int64_t expected) {
    assert_int_equal(world_used(world, "alice", metric), expected);
    assert_int_equal(world_stored(world, "alice", metric), expected);
    world_check_gate(world);
}

/* A row a release of METRIC_MODULES: what is given back of which take, what becomes of it, and what
 * is used then. */
struct released {
    int64_t amount;
    const char *id;
    enum outcome outcome;
    int64_t used;
};

static inline void assert_released(struct world *world, const struct released *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct release_command release =
            world_release(world, of(METRIC_MODULES, rows[i].amount, rows[i].id));
        assert_string_equal(outcome_code(release.command.outcome), outcome_code(rows[i].outcome));
        assert_used(world, METRIC_MODULES, rows[i].used);
    }
}

#endif
