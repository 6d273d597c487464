/* Guards the journal: the last figures of each row survive, a torn tail does not hide what stands
 * before it, what is told is forgotten, and an epoch in which nothing was used is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/testing.h"
#include "edge/journal.h"
#include "edge/node_exchange.h"

static const int64_t may = INT64_C(1777593600000);

struct desk {
    struct env env;
    struct edge_node *node;
    struct edge_journal journal;
    struct turnpike_customer *ada;
    uint64_t now;
    char path[64];
};

static struct edge_node *new_node(struct desk *desk) {
    struct edge_node_options options = {.env = &desk->env, .customers_max = 100};
    struct edge_node *node = NULL;
    assert_ok(edge_node_create(&options, &node));
    return node;
}

static int set_up(void **state) {
    static struct desk desk;
    desk = (struct desk){.now = 1000, .path = "/tmp/turnpike-journal-XXXXXX"};
    env_posix_init(&desk.env);
    int fd = mkstemp(desk.path);
    assert_true(fd >= 0);
    close(fd);
    desk.node = new_node(&desk);
    assert_ok(edge_journal_open(&desk.journal, &desk.env, desk.path, desk.node));
    assert_ok(edge_node_begin(desk.node, "01A", true));
    assert_ok(edge_node_customer(desk.node, STR("ada"), &desk.ada));
    *state = &desk;
    return 0;
}

static int tear_down(void **state) {
    struct desk *desk = *state;
    edge_journal_close(&desk->journal);
    edge_node_destroy(desk->node);
    unlink(desk->path);
    return 0;
}

/* What is sent next; valid until it is answered. */
static struct edge_send send_next(struct desk *desk) {
    struct edge_send send;
    edge_node_tick(desk->node, desk->now += 1000);
    assert_true(edge_node_compose(desk->node, desk->now, &send));
    return send;
}

static void answer(struct desk *desk) {
    struct edge_told told = {.user_id = STR("ada"),
                             .metric = METRIC_API_REQUESTS,
                             .period_start = may,
                             .period_ends_in_ms = 1000000,
                             .granted = 100,
                             .expires_in_ms = 100000};
    struct edge_answer answer = {.incarnation = 1, .at = may, .count = 1, .told = &told};
    edge_node_answer(desk->node, desk->now, &answer);
}

static void write_down(struct desk *desk) {
    edge_node_tick(desk->node, desk->now += 100);
    edge_journal_gather(&desk->journal, desk->node);
    assert_ok(edge_journal_sync(&desk->journal));
}

static struct edge_counter *counter_of(struct desk *desk) {
    return &desk->ada->counters[METRIC_API_REQUESTS];
}

/* As after kill -9: another node, on the file as it is. */
static void die_and_come_back(struct desk *desk, const char *epoch) {
    edge_journal_close(&desk->journal);
    edge_node_destroy(desk->node);
    desk->node = new_node(desk);
    assert_ok(edge_journal_open(&desk->journal, &desk->env, desk->path, desk->node));
    assert_ok(edge_node_begin(desk->node, epoch, true));
    assert_ok(edge_node_customer(desk->node, STR("ada"), &desk->ada));
}

static void lease_and_take(struct desk *desk, int64_t amount) {
    (void)edge_counter_take(counter_of(desk), 1);
    (void)send_next(desk);
    answer(desk);
    assert_true(edge_counter_take(counter_of(desk), amount).is_allowed);
}

/* The last word of an epoch that has nothing to tell. */
static void assert_ends_idle(struct desk *desk, const char *epoch) {
    struct edge_send send = send_next(desk);
    assert_string_equal(send.epoch, epoch);
    assert_true(send.is_final);
    assert_int_equal(send.count, 0);
    answer(desk);
}

static void assert_sends_nothing(struct desk *desk) {
    struct edge_send send;
    edge_node_tick(desk->node, desk->now += 1000);
    assert_false(edge_node_compose(desk->node, desk->now, &send));
}

static void last_figures_survive(void **state) {
    struct desk *desk = *state;
    lease_and_take(desk, 10);
    write_down(desk);
    assert_true(edge_counter_take(counter_of(desk), 20).is_allowed);
    write_down(desk);
    die_and_come_back(desk, "01B");
    struct edge_send send = send_next(desk);
    assert_string_equal(send.epoch, "01A");
    assert_true(send.is_final);
    assert_int_equal(send.count, 1);
    assert_int_equal(send.asks[0].figures.taken, 30);
    assert_int_equal(send.asks[0].period_start, may);
}

static void torn_tail_is_cut(void **state) {
    struct desk *desk = *state;
    lease_and_take(desk, 10);
    write_down(desk);
    FILE *file = fopen(desk->path, "a");
    assert_non_null(file);
    fputs("01A ada api_requests 1777593600000 99", file);
    fclose(file);
    die_and_come_back(desk, "01B");
    edge_counter_record(counter_of(desk), 5); /* written where the tail was */
    write_down(desk);
    die_and_come_back(desk, "01C");
    struct edge_send send = send_next(desk);
    assert_true(send.is_events); /* what has no period is no report */
    assert_int_equal(send.asks[0].value, 5);
    answer(desk);
    send = send_next(desk);
    assert_int_equal(send.asks[0].figures.taken, 10);
}

static void what_is_told_is_forgotten(void **state) {
    struct desk *desk = *state;
    lease_and_take(desk, 10);
    write_down(desk);
    die_and_come_back(desk, "01B");
    (void)send_next(desk);
    answer(desk);
    write_down(desk);
    assert_int_equal(desk->journal.len, strlen("01B 01234567\n"));
    die_and_come_back(desk, "01C");
    assert_ends_idle(desk, "01B");
    assert_sends_nothing(desk);
}

/* Its grants would be out of reach until the period ends, and a clock that was set back would let
 * the next epoch be an earlier one. */
static void an_epoch_in_which_nothing_was_used_is_ended(void **state) {
    struct desk *desk = *state;
    (void)edge_counter_take(counter_of(desk), 1);
    (void)send_next(desk);
    answer(desk);
    write_down(desk);
    die_and_come_back(desk, "01B");
    assert_string_equal(desk->journal.last_epoch, "01A");
    assert_ends_idle(desk, "01A");
    assert_sends_nothing(desk);
    die_and_come_back(desk, "01C"); /* before 01B was written down */
    assert_string_equal(desk->journal.last_epoch, "01A");
    write_down(desk);
    die_and_come_back(desk, "01D");
    assert_string_equal(desk->journal.last_epoch, "01C");
    assert_ends_idle(desk, "01A");
    assert_ends_idle(desk, "01C");
    assert_sends_nothing(desk);
}

static void an_epoch_that_waits_is_named_again_when_all_is_written_anew(void **state) {
    struct desk *desk = *state;
    write_down(desk);
    die_and_come_back(desk, "01B");
    edge_counter_record(counter_of(desk), 1);
    write_down(desk);
    desk->journal.len = EDGE_JOURNAL_ANEW + 1; /* as after days without a server */
    edge_counter_record(counter_of(desk), 1);
    write_down(desk);
    assert_true(desk->journal.len < 200);
    die_and_come_back(desk, "01C");
    struct edge_send send = send_next(desk);
    assert_true(send.is_events);
    assert_int_equal(send.asks[0].value, 2);
    answer(desk);
    assert_ends_idle(desk, "01A");
    assert_ends_idle(desk, "01B");
    assert_sends_nothing(desk);
}

static void figures_without_a_period_are_not_counted_twice(void **state) {
    struct desk *desk = *state;
    edge_counter_record(counter_of(desk), 7);
    write_down(desk);
    (void)send_next(desk);
    answer(desk);
    write_down(desk);
    die_and_come_back(desk, "01B");
    struct edge_send send = send_next(desk);
    assert_string_equal(send.epoch, "01A");
    int64_t sum = 0;
    for (size_t i = 0; i < send.count; i++) {
        sum += send.asks[i].figures.recorded;
    }
    assert_int_equal(sum, 7);
    assert_false(send.is_events);
}

static void one_process_at_a_time(void **state) {
    struct desk *desk = *state;
    struct edge_journal second;
    struct edge_node *node = new_node(desk);
    assert_err(edge_journal_open(&second, &desk->env, desk->path, node), ERR_BUSY);
    edge_node_destroy(node);
}

#define STORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(last_figures_survive),
        STORY(torn_tail_is_cut),
        STORY(what_is_told_is_forgotten),
        STORY(figures_without_a_period_are_not_counted_twice),
        STORY(one_process_at_a_time),
        STORY(an_epoch_in_which_nothing_was_used_is_ended),
        STORY(an_epoch_that_waits_is_named_again_when_all_is_written_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
