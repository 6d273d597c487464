/* Guards: a call is under way once; one that was not answered is made again after a rest that
 * doubles from one second to five minutes; and there are only so many at a time. */
#include "jobs/flight.h"

#include <stdio.h>

#include "base/env_sim.h"
#include "base/testing.h"

struct tower {
    struct env_sim *sim;
    struct flights flights;
};

static int set_up(void **state) {
    struct tower *tower = test_malloc(sizeof *tower);
    tower->sim = env_sim_create(1);
    flights_init(&tower->flights, env_sim_env(tower->sim));
    *state = tower;
    return 0;
}

static int tear_down(void **state) {
    struct tower *tower = *state;
    flights_finish(&tower->flights);
    env_sim_destroy(tower->sim);
    test_free(tower);
    return 0;
}
#define FLIGHT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void a_name_is_under_way_once(void **state) {
    struct tower *tower = *state;
    struct flight *flight = flight_board(&tower->flights, STR("a"));
    assert_non_null(flight);
    flight->state = FLIGHT_OUT;
    assert_null(flight_board(&tower->flights, STR("a")));
    flight->state = FLIGHT_RECORDING;
    assert_null(flight_board(&tower->flights, STR("a")));
    assert_int_equal(flights_busy(&tower->flights), 1);
    flight_land(flight);
    assert_int_equal(flights_busy(&tower->flights), 0);
    assert_non_null(flight_board(&tower->flights, STR("a")));
}

static void rests_double_up_to_five_minutes(void **state) {
    struct tower *tower = *state;
    static const int64_t rests_s[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300};
    struct flight *flight = flight_board(&tower->flights, STR("a"));
    for (size_t i = 0; i < ARRAY_LEN(rests_s); i++) {
        assert_non_null(flight);
        flight->state = FLIGHT_OUT;
        flight_rest(&tower->flights, flight);
        env_sim_advance(tower->sim, rests_s[i] * 1000 - 1);
        assert_null(flight_board(&tower->flights, STR("a")));
        assert_int_equal(flights_busy(&tower->flights), 1);
        env_sim_advance(tower->sim, 1);
        flight = flight_board(&tower->flights, STR("a"));
    }
    flight_land(flight); /* what comes next begins with one second again */
    flight = flight_board(&tower->flights, STR("a"));
    assert_int_equal(flight->attempts, 0);
}

static void there_are_only_so_many(void **state) {
    struct tower *tower = *state;
    struct flight *last = NULL;
    for (int i = 0; i < FLIGHTS_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d", i);
        last = flight_board(&tower->flights, str_from_cstr(name));
        assert_non_null(last);
        last->state = FLIGHT_OUT;
    }
    assert_null(flight_board(&tower->flights, STR("one more")));
    flight_land(last);
    assert_ptr_equal(flight_board(&tower->flights, STR("one more")), last);
}

static void a_customer_is_served_while_a_call_is_under_way(void **state) {
    struct tower *tower = *state;
    struct flight *flight = flight_board(&tower->flights, STR("a"));
    flight->user_id = STR("alice");
    flight->state = FLIGHT_OUT;
    assert_true(flights_serve(&tower->flights, STR("alice")));
    assert_false(flights_serve(&tower->flights, STR("bob")));
    assert_false(flights_serve(&tower->flights, STR("")));
    flight_rest(&tower->flights, flight);
    assert_false(flights_serve(&tower->flights, STR("alice")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FLIGHT_TEST(a_name_is_under_way_once),
        FLIGHT_TEST(rests_double_up_to_five_minutes),
        FLIGHT_TEST(there_are_only_so_many),
        FLIGHT_TEST(a_customer_is_served_while_a_call_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
