/* Guards: one customer's storm delays nobody else. What is tested is the order of service: who is
 * in which group, and who is turned away. */
#include "store/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/attr.h"

enum { WORKS = 64, NAMES = 256, MS = 1000000 };

struct yard {
    struct write_queue queue;
    struct write works[WORKS];
    size_t count;
    uint64_t now_ns;
    char names[NAMES]; /* of the works of the group taken last, one letter each */
};

static const struct write_bounds bounds = {
    .works_max = 40,
    .weight_max = 100,
    .group_max = 8,
    .group_weight_max = 20,
    .lane_weight_max = 5,
    .lane_wait_ns_max = 100 * MS,
};

static int set_up(void **state) {
    static struct yard yard;
    memset(&yard, 0, sizeof yard);
    write_queue_init(&yard.queue, &bounds);
    *state = &yard;
    return 0;
}

/* The letter is a customer's for events, and kept in the lane's number. */
static bool add(struct yard *yard, enum write_class class, char name, size_t weight) {
    assert_true(yard->count < WORKS);
    struct write *write = &yard->works[yard->count++];
    *write = (struct write){.class = class, .lane = (uint64_t)name, .weight = weight};
    return write_queue_add(&yard->queue, write, yard->now_ns).code == ERR_NONE;
}

static bool add_events(struct yard *yard, char name, size_t weight) {
    return add(yard, WRITE_EVENTS, name, weight);
}

static const char *group(struct yard *yard) {
    struct write_list list;
    size_t len = 0;
    write_queue_take_group(&yard->queue, &list);
    while (list.count > 0) {
        yard->names[len++] = (char)write_list_take(&list)->lane;
    }
    yard->names[len] = '\0';
    return yard->names;
}

static void customers_take_turns(void **state) {
    struct yard *yard = *state;
    for (int i = 0; i < 5; i++) {
        assert_true(add_events(yard, 'S', 1));
    }
    assert_true(add_events(yard, 'a', 1));
    assert_true(add_events(yard, 'b', 1));
    assert_true(add_events(yard, 'a', 1));
    assert_string_equal(group(yard), "SabSaSSS");
    assert_string_equal(group(yard), "");
}

static void a_storm_gets_its_share_of_a_group_and_no_more(void **state) {
    struct yard *yard = *state;
    for (int i = 0; i < 6; i++) {
        assert_true(add_events(yard, 'S', 2));
    }
    assert_string_equal(group(yard), "SS"); /* also when nobody else waits: somebody may come */
    assert_true(add_events(yard, 'a', 5));
    assert_true(add_events(yard, 'a', 1));
    assert_string_equal(group(yard), "SaS");
    assert_string_equal(group(yard), "aSS"); /* whoever had his share waits behind who had not */
    assert_string_equal(group(yard), "");
}

static void what_is_heavier_than_a_share_goes_as_the_only_one_of_its_lane(void **state) {
    struct yard *yard = *state;
    assert_true(add_events(yard, 'S', 9));
    assert_true(add_events(yard, 'S', 9));
    assert_true(add_events(yard, 'a', 1));
    assert_string_equal(group(yard), "Sa");
    assert_true(add_events(yard, 'b', 60)); /* than a whole group: alone */
    assert_string_equal(group(yard), "S");
    assert_string_equal(group(yard), "b");
}

static void a_full_group_goes_on_with_who_was_next(void **state) {
    struct yard *yard = *state;
    for (char name = 'a'; name <= 'f'; name++) {
        assert_true(add_events(yard, name, 5));
    }
    assert_string_equal(group(yard), "abcd");
    assert_true(add_events(yard, 'a', 5));
    assert_string_equal(group(yard), "efa");
}

static void decisions_come_first_then_commands_and_none_starves(void **state) {
    struct yard *yard = *state;
    for (int i = 0; i < 10; i++) {
        assert_true(add_events(yard, 'e', 1));
        assert_true(add(yard, WRITE_COMMAND, 'c', 0));
        assert_true(add(yard, WRITE_DECISION, 'd', 0));
    }
    assert_string_equal(group(yard), "ddddddddcccccccceeeee");
    assert_string_equal(group(yard), "ddcceeeee");
}

static void a_lane_that_waits_too_long_takes_nothing_more_in(void **state) {
    struct yard *yard = *state;
    for (int i = 0; i < 6; i++) {
        assert_true(add_events(yard, 'S', 5));
    }
    yard->now_ns = 100 * MS;
    assert_true(add_events(yard, 'S', 5));
    yard->now_ns = 100 * MS + 1;
    assert_false(add_events(yard, 'S', 5));
    assert_true(add_events(yard, 'a', 5)); /* nobody else is turned away */
    assert_true(add(yard, WRITE_COMMAND, 'S', 1));
    for (int i = 0; i < 6; i++) {
        (void)group(yard);
    }
    assert_true(add_events(yard, 'S', 5)); /* what waits now came later */
}

static void what_waits_is_bounded(void **state) {
    struct yard *yard = *state;
    assert_true(add_events(yard, 'S', 1000)); /* nothing waits before it */
    assert_false(add_events(yard, 'a', 1));
    assert_string_equal(group(yard), "S");
    for (int i = 0; i < 20; i++) {
        assert_true(add_events(yard, (char)('a' + i), 5));
    }
    assert_false(add_events(yard, 'z', 1));
    assert_true(add(yard, WRITE_DECISION, 'd', 0));
    for (int i = 0; i < 19; i++) {
        assert_true(add(yard, WRITE_COMMAND, 'c', 0));
    }
    assert_false(add(yard, WRITE_COMMAND, 'c', 0));
    size_t taken = 0;
    for (size_t len = strlen(group(yard)); len > 0; len = strlen(group(yard))) {
        taken += len;
    }
    assert_int_equal(taken, 40);
    assert_int_equal(yard->queue.count, 0);
    assert_int_equal(yard->queue.weight, 0);
}

static void a_list_goes_behind_another_whole_and_can_be_used_again(void **state) {
    struct yard *yard = *state;
    struct write_list before, after;
    write_list_init(&before);
    write_list_init(&after);
    write_list_join(&before, &after); /* nothing behind nothing */
    assert_int_equal(before.count, 0);
    for (size_t i = 0; i < 4; i++) {
        write_list_add(&after, &yard->works[i]);
        if (i % 2 == 1) {
            write_list_join(&before, &after);
            assert_int_equal(after.count, 0);
        }
    }
    write_list_join(&before, &after); /* nothing behind something */
    write_list_add(&before, &yard->works[4]);
    assert_int_equal(before.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_ptr_equal(write_list_take(&before), &yard->works[i]);
    }
    assert_null(before.first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(customers_take_turns, set_up),
        cmocka_unit_test_setup(a_storm_gets_its_share_of_a_group_and_no_more, set_up),
        cmocka_unit_test_setup(what_is_heavier_than_a_share_goes_as_the_only_one_of_its_lane,
                               set_up),
        cmocka_unit_test_setup(a_full_group_goes_on_with_who_was_next, set_up),
        cmocka_unit_test_setup(decisions_come_first_then_commands_and_none_starves, set_up),
        cmocka_unit_test_setup(a_lane_that_waits_too_long_takes_nothing_more_in, set_up),
        cmocka_unit_test_setup(what_waits_is_bounded, set_up),
        cmocka_unit_test_setup(a_list_goes_behind_another_whole_and_can_be_used_again, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
