/* Guards: a long body of events is read a slice in a turn; another customer's waits for a slice and
 * not for what came before it; what waits is bounded, and nothing that waited is lost. */
#include "api/event_turns.h"

#include <stdio.h>
#include <string.h>

#include "base/testing.h"

enum {
    MEMORY = 1 << 27,
    LONG = 5000,  /* events of some fifteen slices */
    SHORT = 100,  /* of less than half a slice */
    TURNS = 1000, /* more than any test takes */
    BODIES = 64,
    MS = 1000 * 1000,
};

struct body {
    struct event_reading reading; /* first */
    struct world *world;
    bool is_over;
    size_t turn; /* in which it ended */
    enum json_scanned scanned;
    size_t events;
};

struct world {
    struct env env;
    struct arena arena;
    struct event_scan *scan;
    struct event_turns turns;
    struct body bodies[BODIES];
    size_t count, turn;
};

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, MEMORY);
    world->scan = event_scan_create(&world->env);
    assert_non_null(world->scan);
    event_turns_init(&world->turns);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    event_turns_finish(&world->turns);
    arena_finish(&world->arena);
    env_free(&world->env, world->scan);
    test_free(world);
    return 0;
}

static void finished(struct event_reading *reading, enum json_scanned scanned,
                     struct event_list list) {
    struct body *body = (struct body *)reading;
    assert_false(body->is_over);
    body->is_over = true;
    body->turn = body->world->turn;
    body->scanned = scanned;
    body->events = list.count;
}

static struct str text_of(struct world *world, size_t events) {
    struct buf text;
    buf_init(&text, &world->env, MEMORY);
    for (size_t i = 0; i < events; i++) {
        buf_printf(&text,
                   "%s{\"specversion\":\"1.0\",\"id\":\"%zu\",\"source\":\"https://edge.example\","
                   "\"type\":\"bandwidth\",\"subject\":\"user_42\","
                   "\"time\":\"2026-11-22T10:00:00Z\",\"data\":{\"value\":1,\"region\":\"fra\"}}",
                   i == 0 ? "[" : ",", i);
    }
    buf_add_char(&text, ']');
    return buf_finish_in(&text, &world->arena);
}

static struct body *body_of(struct world *world, uint64_t lane, struct str text) {
    struct event_context context = {.arena = &world->arena, .now = {1431820800000}};
    assert_true(world->count < BODIES);
    struct body *body = &world->bodies[world->count++];
    *body = (struct body){.world = world};
    assert_true(event_scan_begin(world->scan, &context, text));
    body->reading.scan = event_scan_keep(world->scan);
    body->reading.lane = lane;
    body->reading.finished = finished;
    assert_non_null(body->reading.scan);
    return body;
}

static struct body *add(struct world *world, uint64_t lane, size_t events) {
    struct body *body = body_of(world, lane, text_of(world, events));
    assert_true(event_turns_add(&world->turns, &body->reading, 0));
    return body;
}

/* Turns until nothing waits. */
static void turn_all(struct world *world) {
    bool has_more = true;
    for (world->turn = 1; has_more && world->turn < TURNS; world->turn++) {
        has_more = event_turns_step(&world->turns);
    }
    assert_false(has_more);
    assert_int_equal(world->turns.bytes, 0);
}

static void assert_read(const struct body *body, size_t events) {
    assert_true(body->is_over);
    assert_int_equal(body->scanned, JSON_SCANNED_ALL);
    assert_int_equal(body->events, events);
}

static void test_a_long_body_takes_many_turns(void **state) {
    struct world *world = *state;
    const struct body *body = add(world, 1, LONG);
    size_t bytes = world->turns.bytes;
    turn_all(world);
    assert_read(body, LONG);
    assert_in_range(body->turn, bytes / JSON_SCAN_WINDOW, bytes / JSON_SCAN_WINDOW + 3);
}

static void test_short_bodies_share_a_turn(void **state) {
    struct world *world = *state;
    const struct body *first = add(world, 1, SHORT);
    const struct body *second = add(world, 1, SHORT);
    turn_all(world);
    assert_read(first, SHORT);
    assert_read(second, SHORT);
    assert_int_equal(second->turn, 1);
}

/* Whatever one customer has sent before. */
static void test_another_customer_waits_for_a_slice(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < 20; i++) {
        (void)add(world, 1, LONG);
    }
    const struct body *quiet = add(world, 2, SHORT);
    turn_all(world);
    assert_read(quiet, SHORT);
    assert_in_range(quiet->turn, 1, 3);
    for (size_t i = 0; i < 20; i++) {
        assert_read(&world->bodies[i], LONG);
    }
}

static void test_bodies_of_one_customer_are_read_in_order(void **state) {
    struct world *world = *state;
    const struct body *first = add(world, 1, LONG);
    const struct body *second = add(world, 1, SHORT);
    turn_all(world);
    assert_true(first->turn <= second->turn);
    assert_read(second, SHORT);
}

static void test_a_lane_that_waits_too_long_takes_nothing_more(void **state) {
    struct world *world = *state;
    struct str text = text_of(world, SHORT);
    (void)add(world, 1, LONG);
    struct body *late = body_of(world, 1, text);
    struct body *other = body_of(world, 2, text);
    uint64_t after_ns = (uint64_t)EVENT_TURNS_WAIT_MS_MAX * MS + 1;
    size_t bytes = world->turns.bytes;
    assert_false(event_turns_add(&world->turns, &late->reading, after_ns));
    assert_int_equal(world->turns.bytes, bytes);
    assert_true(event_turns_add(&world->turns, &late->reading, after_ns - 1));
    assert_true(event_turns_add(&world->turns, &other->reading, after_ns));
    turn_all(world);
    assert_read(late, SHORT);
    struct body *again = body_of(world, 1, text);
    assert_true(event_turns_add(&world->turns, &again->reading, 10 * after_ns));
    turn_all(world);
    assert_read(again, SHORT);
}

/* Bodies of blanks, which are not looked at before their turn. */
static void test_what_waits_is_bounded(void **state) {
    struct world *world = *state;
    static const char blank[1] = " ";
    size_t half = EVENT_TURNS_BYTES_MAX / 2;
    struct body *first = body_of(world, 1, str_of(blank, half));
    struct body *second = body_of(world, 2, str_of(blank, half + 1));
    struct body *third = body_of(world, 3, str_of(blank, half));
    assert_true(event_turns_add(&world->turns, &first->reading, 0));
    assert_false(event_turns_add(&world->turns, &second->reading, 0));
    assert_true(event_turns_add(&world->turns, &third->reading, 0));
    event_turns_finish(&world->turns);
    assert_true(first->is_over && third->is_over && !second->is_over);
    assert_int_equal(first->scanned, JSON_SCANNED_SOME);
    assert_int_equal(third->scanned, JSON_SCANNED_SOME);
}

/* It needs a larger window than a slice; and a body that is no list is handed back. */
static void test_what_is_unusual_comes_to_its_end(void **state) {
    struct world *world = *state;
    enum { WIDE = 3 * JSON_SCAN_WINDOW };
    struct buf wide;
    buf_init(&wide, &world->env, MEMORY);
    buf_add(&wide, STR("[{\"specversion\":\"1.0\",\"extension\":\""));
    for (size_t i = 0; i < WIDE; i++) {
        buf_add_char(&wide, '}');
    }
    buf_add(&wide, STR("\"}]"));
    struct body *one = body_of(world, 1, buf_finish_in(&wide, &world->arena));
    struct str text = text_of(world, LONG);
    struct body *cut = body_of(world, 1, str_first(text, text.len - 1));
    assert_true(event_turns_add(&world->turns, &one->reading, 0));
    assert_true(event_turns_add(&world->turns, &cut->reading, 0));
    turn_all(world);
    assert_read(one, 1);
    assert_true(cut->is_over);
    assert_int_equal(cut->scanned, JSON_SCANNED_LEFT);
}

/* What is to be read with more care is so a slice in a turn as well, whether that shows at its
 * beginning or at its end. */
static void test_another_customer_does_not_wait_for_a_careful_reader(void **state) {
    struct world *world = *state;
    struct str text = text_of(world, LONG);
    char *irregular = arena_alloc(&world->arena, text.len + 2);
    memcpy(irregular, "[7,", 3); /* an item that is no object */
    memcpy(irregular + 3, text.bytes + 1, text.len - 1);
    struct body *first = body_of(world, 1, str_of(irregular, text.len + 2));
    struct body *cut = body_of(world, 2, str_first(text, text.len - 1));
    struct body *quiet = body_of(world, 3, text_of(world, SHORT));
    assert_true(event_turns_add(&world->turns, &first->reading, 0));
    assert_true(event_turns_add(&world->turns, &cut->reading, 0));
    size_t turns = world->turns.bytes / (2 * JSON_SCAN_WINDOW); /* at the very least */
    assert_true(event_turns_add(&world->turns, &quiet->reading, 0));
    turn_all(world);
    assert_read(quiet, SHORT);
    assert_in_range(quiet->turn, 1, 4);
    assert_read(first, LONG + 1);
    assert_in_range(first->turn, turns, TURNS);
    assert_int_equal(cut->scanned, JSON_SCANNED_LEFT);
    assert_in_range(cut->turn, turns, TURNS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_long_body_takes_many_turns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_short_bodies_share_a_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_customer_waits_for_a_slice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bodies_of_one_customer_are_read_in_order, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_lane_that_waits_too_long_takes_nothing_more, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_waits_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_unusual_comes_to_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_customer_does_not_wait_for_a_careful_reader,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
