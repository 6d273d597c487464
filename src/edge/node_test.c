/* Guards what a node promises: it spends what it was granted and no more, tells all that was used
 * exactly once whatever is lost on the way, and goes on without its server as its policies say. */
#include <stdio.h>

#include "base/testing.h"
#include "edge/node_exchange.h"

static const int64_t may = INT64_C(1777593600000), june = INT64_C(1780272000000);
static const uint64_t start_ms = 5000;
enum { MONTH_MS = 1000 * 1000 * 1000, TTL_MS = 120 * 1000 };

struct desk {
    struct env env;
    struct edge_node *node;
    struct turnpike_customer *ada;
    uint64_t now;
    struct edge_send send;
    struct edge_told told;
};

static struct desk *current_desk(void **state) {
    return *state;
}

static int set_up_with(void **state, const struct edge_node_options *options) {
    static struct desk desk;
    desk = (struct desk){.now = start_ms};
    env_posix_init(&desk.env);
    struct edge_node_options all = *options;
    all.env = &desk.env;
    all.customers_max = 10000;
    assert_ok(edge_node_create(&all, &desk.node));
    assert_ok(edge_node_begin(desk.node, "01A", true));
    assert_ok(edge_node_customer(desk.node, STR("ada"), &desk.ada));
    edge_node_tick(desk.node, desk.now);
    desk.told = (struct edge_told){.user_id = STR("ada"),
                                   .metric = METRIC_API_REQUESTS,
                                   .period_start = may,
                                   .period_ends_in_ms = MONTH_MS,
                                   .granted = 100,
                                   .expires_in_ms = TTL_MS};
    *state = &desk;
    return 0;
}

static int set_up(void **state) {
    return set_up_with(state, &(struct edge_node_options){0});
}

static int tear_down(void **state) {
    edge_node_destroy(current_desk(state)->node);
    return 0;
}

/* --- steps --- */

static struct turnpike_verdict take(struct desk *desk, int64_t amount) {
    return edge_counter_take(&desk->ada->counters[METRIC_API_REQUESTS], amount);
}

static void record(struct desk *desk, int64_t amount) {
    edge_counter_record(&desk->ada->counters[METRIC_API_REQUESTS], amount);
}

/* Waits for the next exchange, and gives its only row. */
static const struct edge_ask *ask(struct desk *desk) {
    desk->now += 100;
    edge_node_tick(desk->node, desk->now);
    uint64_t next = edge_node_next_ms(desk->node, desk->now);
    assert_true(next != UINT64_MAX);
    desk->now = next;
    assert_true(edge_node_compose(desk->node, desk->now, &desk->send));
    assert_int_equal(desk->send.count, 1);
    assert_text(desk->send.asks[0].user_id, "ada");
    return &desk->send.asks[0];
}

static void answer(struct desk *desk) {
    struct edge_answer answer = {.incarnation = 3, .at = may, .count = 1, .told = &desk->told};
    desk->now += 2;
    edge_node_answer(desk->node, desk->now, &answer);
}

static void answer_nothing(struct desk *desk) {
    struct edge_answer answer = {.incarnation = 3, .at = may};
    edge_node_answer(desk->node, desk->now, &answer);
}

static void refuse(struct desk *desk, enum edge_refusal refusal) {
    struct edge_told told = {
        .user_id = STR("ada"), .metric = METRIC_API_REQUESTS, .refusal = refusal};
    struct edge_answer answer = {.incarnation = 3, .at = may, .count = 1, .told = &told};
    edge_node_answer(desk->node, desk->now, &answer);
}

/* The server is away: as many exchanges fail as it takes to believe it. */
static void lose_server(struct desk *desk) {
    for (int i = 0; i < EDGE_AWAY_FAILURES; i++) {
        (void)ask(desk);
        edge_node_failed(desk->node, desk->now);
    }
}

/* With a lease of what `told` says. */
static void lease(struct desk *desk) {
    assert_false(take(desk, 1).is_allowed);
    (void)ask(desk);
    answer(desk);
}

static void assert_idle(struct desk *desk) {
    edge_node_tick(desk->node, desk->now);
    assert_true(edge_node_next_ms(desk->node, desk->now) == UINT64_MAX);
}

/* --- leases --- */

static void learns_then_spends(void **state) {
    struct desk *desk = current_desk(state);
    assert_idle(desk);
    assert_int_equal(take(desk, 7).reason, TURNPIKE_NOT_LEARNT);
    const struct edge_ask *asked = ask(desk);
    assert_false(asked->has_period);
    assert_true(asked->wanted >= 7);
    answer(desk);
    assert_int_equal(take(desk, 100).reason, TURNPIKE_WITHIN_LEASE);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_LEASE_SPENT);
    asked = ask(desk);
    assert_true(asked->has_period);
    assert_int_equal(asked->figures.taken, 100);
    assert_true(asked->wanted >= 1);
    desk->told.granted = 150;
    answer(desk);
    assert_true(take(desk, 50).is_allowed);
}

static void lost_exchange_is_told_as_it_then_stands(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 10).is_allowed);
    assert_int_equal(ask(desk)->figures.taken, 10);
    edge_node_failed(desk->node, desk->now);
    assert_true(take(desk, 5).is_allowed);
    assert_int_equal(ask(desk)->figures.taken, 15);
    answer(desk);
    assert_idle(desk);
}

static void nothing_is_told_before_the_period_is_known(void **state) {
    struct desk *desk = current_desk(state);
    record(desk, 40);
    assert_int_equal(ask(desk)->figures.recorded, 0);
    answer(desk);
    assert_int_equal(ask(desk)->figures.recorded, 40);
    answer(desk);
    assert_idle(desk);
}

static void released_is_spendable_and_told(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 100).is_allowed);
    assert_int_equal(ask(desk)->figures.taken, 100);
    answer(desk);
    assert_int_equal(edge_counter_release(&desk->ada->counters[METRIC_API_REQUESTS], 30), 30);
    const struct edge_ask *asked = ask(desk);
    assert_int_equal(asked->figures.taken, 100);
    assert_int_equal(asked->figures.released, 30);
    assert_true(take(desk, 30).is_allowed);
    assert_false(take(desk, 1).is_allowed);
    answer(desk);
}

static void refill_is_asked_for_below_half(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 40).is_allowed);
    assert_int_equal(ask(desk)->wanted, 0);
    answer(desk);
    assert_true(take(desk, 35).is_allowed);
    assert_true(ask(desk)->wanted > 0);
    answer(desk);
}

static void recalled_is_returned_at_once(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 10).is_allowed);
    (void)ask(desk);
    desk->told.is_recall = true;
    desk->told.mode = EDGE_MODE_ASK;
    answer(desk);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_ASK);
    const struct edge_ask *asked = ask(desk);
    assert_int_equal(asked->figures.returned, 90);
    assert_int_equal(asked->figures.taken, 10);
    answer(desk);
}

static void denial_of_the_server_is_told(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.mode = EDGE_MODE_ASK;
    desk->told.granted = 0;
    desk->told.standing.denial = TURNPIKE_HARD_LIMIT;
    lease(desk);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_HARD_LIMIT);
    (void)ask(desk); /* who is denied makes the node look again */
    answer(desk);
}

static void what_was_reclaimed_is_not_spent(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 10).is_allowed);
    (void)ask(desk);
    desk->told.granted = 10; /* the other 90 are gone */
    answer(desk);
    assert_false(take(desk, 1).is_allowed);
}

static void open_metric_spends_without_grant(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.mode = EDGE_MODE_OPEN;
    desk->told.granted = 0;
    lease(desk);
    assert_int_equal(take(desk, 1000000).reason, TURNPIKE_OPEN);
    assert_int_equal(ask(desk)->figures.taken, 1000000);
    desk->told.mode = EDGE_MODE_LEASE; /* a limit came: what was spent is granted after the fact */
    desk->told.granted = 1000020;
    answer(desk);
    assert_int_equal(take(desk, 20).reason, TURNPIKE_WITHIN_LEASE);
    assert_false(take(desk, 1).is_allowed);
}

/* --- without the server --- */

static void reserve_is_for_the_servers_absence(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.reserve = 20;
    lease(desk);
    assert_true(take(desk, 80).is_allowed);
    assert_false(take(desk, 1).is_allowed);
    lose_server(desk);
    assert_int_equal(take(desk, 15).reason, TURNPIKE_EMERGENCY);
    assert_int_equal(take(desk, 6).reason, TURNPIKE_UNREACHABLE);
    assert_int_equal(ask(desk)->figures.taken, 95);
    answer(desk);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_LEASE_SPENT); /* 5 are withheld again */
}

static void expired_lease_leaves_the_reserve(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.reserve = 20;
    lease(desk);
    assert_true(take(desk, 10).is_allowed);
    lose_server(desk);
    desk->now += TTL_MS;
    edge_node_tick(desk->node, desk->now);
    assert_int_equal(take(desk, 21).reason, TURNPIKE_UNREACHABLE);
    assert_int_equal(take(desk, 20).reason, TURNPIKE_EMERGENCY);
    edge_node_tick(desk->node, desk->now += 2000);
    assert_false(take(desk, 1).is_allowed);
    (void)ask(desk); /* an hour later it is back: the lease goes on where it was */
    answer(desk);
    assert_int_equal(take(desk, 50).reason, TURNPIKE_WITHIN_LEASE);
}

static int set_up_closed(void **state) {
    struct edge_node_options options = {0};
    options.policy[TURNPIKE_API_REQUESTS] = TURNPIKE_POLICY_CLOSED;
    return set_up_with(state, &options);
}

static void closed_policy_ends_with_the_lease(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.reserve = 20;
    lease(desk);
    assert_true(take(desk, 10).is_allowed);
    lose_server(desk);
    assert_int_equal(take(desk, 10).reason, TURNPIKE_WITHIN_LEASE);
    edge_node_tick(desk->node, desk->now += TTL_MS);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_UNREACHABLE);
}

static int set_up_unbounded(void **state) {
    struct edge_node_options options = {0};
    options.policy[TURNPIKE_API_REQUESTS] = TURNPIKE_POLICY_OPEN_UNBOUNDED;
    return set_up_with(state, &options);
}

static void unbounded_is_counted_afterwards(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 90).is_allowed);
    lose_server(desk);
    assert_int_equal(take(desk, 500).reason, TURNPIKE_OPEN_UNBOUNDED);
    const struct edge_ask *asked = ask(desk);
    assert_int_equal(asked->figures.taken, 90);
    assert_int_equal(asked->figures.recorded, 500);
    answer(desk);
    assert_false(take(desk, 500).is_allowed);
}

static int set_up_budget(void **state) {
    return set_up_with(state, &(struct edge_node_options){.unknown_budget = 10});
}

static void unknown_customers_share_a_budget(void **state) {
    struct desk *desk = current_desk(state);
    assert_int_equal(take(desk, 8).reason, TURNPIKE_UNKNOWN_BUDGET);
    assert_int_equal(take(desk, 8).reason, TURNPIKE_NOT_LEARNT);
    (void)ask(desk);
    answer(desk);
    assert_int_equal(ask(desk)->figures.recorded, 8);
    answer(desk);
}

/* --- ends --- */

static void period_ends_and_the_next_begins_at_zero(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.period_ends_in_ms = 60000;
    desk->told.standing.details.resets_at_ms = may + 60000;
    lease(desk);
    assert_true(take(desk, 30).is_allowed);
    desk->now += 61000;
    edge_node_tick(desk->node, desk->now);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_NOT_LEARNT);
    assert_int_equal(edge_counter_release(&desk->ada->counters[METRIC_API_REQUESTS], 5), 0);
    edge_node_tick(desk->node, desk->now);
    assert_true(edge_node_compose(desk->node, desk->now, &desk->send));
    assert_int_equal(desk->send.count, 2);
    assert_int_equal(desk->send.asks[0].period_start, may);
    assert_int_equal(desk->send.asks[0].figures.taken, 30);
    assert_false(desk->send.asks[1].has_period);
    desk->told.period_start = june;
    desk->told.period_ends_in_ms = MONTH_MS;
    desk->told.granted = 40;
    answer(desk);
    assert_true(take(desk, 40).is_allowed);
    assert_int_equal(ask(desk)->figures.taken, 40);
    answer(desk);
}

static void unknown_lease_becomes_an_event(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 30).is_allowed);
    (void)ask(desk);
    answer(desk);
    assert_true(take(desk, 12).is_allowed);
    (void)ask(desk);
    refuse(desk, EDGE_REFUSED_UNKNOWN);
    assert_false(take(desk, 1).is_allowed);
    const struct edge_ask *asked = ask(desk);
    assert_true(desk->send.is_events);
    assert_int_equal(asked->value, 12);
    assert_int_equal(asked->period_start, may);
    edge_node_failed(desk->node, desk->now);
    assert_int_equal(ask(desk)->value, 12);
    answer_nothing(desk);
    assert_false(ask(desk)->has_period); /* and a new lease is asked for */
    answer(desk);
    assert_idle(desk);
}

static void restored_server_is_told_as_events_by_a_new_epoch(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 30).is_allowed);
    (void)ask(desk);
    edge_node_failed(desk->node, desk->now);
    edge_node_incarnation(desk->node, 4);
    bool is_known = true;
    assert_true(edge_node_needs_epoch(desk->node, &is_known));
    assert_false(is_known);
    assert_ok(edge_node_begin(desk->node, "01B", is_known));
    assert_int_equal(ask(desk)->value, 30);
    answer_nothing(desk);
    const struct edge_ask *asked = ask(desk);
    assert_string_equal(desk->send.epoch, "01B");
    assert_int_equal(desk->send.incarnation, 4);
    assert_int_equal(asked->figures.taken, 0);
    answer(desk);
    assert_true(take(desk, 100).is_allowed);
}

static void ended_epoch_reports_finally_and_begins_another(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 30).is_allowed);
    (void)ask(desk);
    refuse(desk, EDGE_REFUSED_EPOCH_ENDED);
    bool is_known = false;
    assert_true(edge_node_needs_epoch(desk->node, &is_known));
    assert_true(is_known);
    assert_ok(edge_node_begin(desk->node, "01B", is_known));
    assert_int_equal(ask(desk)->figures.taken, 30);
    assert_string_equal(desk->send.epoch, "01A");
    assert_true(desk->send.is_final);
    answer_nothing(desk);
    (void)ask(desk);
    assert_string_equal(desk->send.epoch, "01B");
    answer(desk);
}

/* By a clock that is ahead of the server's: the lease that it gives again is the one that was
 * spent.
 */
static void period_that_ended_early_is_not_begun_again(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.period_ends_in_ms = 60000;
    lease(desk);
    assert_true(take(desk, 100).is_allowed);
    (void)ask(desk);
    answer(desk);
    desk->now += 70000;
    edge_node_tick(desk->node, desk->now);
    assert_false(take(desk, 1).is_allowed);
    assert_true(edge_node_compose(desk->node, desk->now, &desk->send));
    desk->told.period_ends_in_ms = 300;
    answer(desk);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_NOT_LEARNT);
    desk->told.period_start = june;
    desk->told.period_ends_in_ms = MONTH_MS;
    (void)ask(desk);
    answer(desk);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_WITHIN_LEASE);
}

static void closed_period_is_dropped_and_counted_as_refused(void **state) {
    struct desk *desk = current_desk(state);
    lease(desk);
    assert_true(take(desk, 30).is_allowed);
    edge_node_flush(desk->node, desk->now);
    (void)ask(desk);
    refuse(desk, EDGE_REFUSED_PERIOD_CLOSED);
    bool was_refused = false;
    assert_true(edge_node_is_flushed(desk->node, &was_refused));
    assert_true(was_refused);
    struct turnpike_stats stats;
    edge_node_stats(desk->node, desk->now, &stats);
    assert_int_equal(stats.refused, 1);
}

static void unknown_customer_is_asked_for_again_when_used(void **state) {
    struct desk *desk = current_desk(state);
    assert_false(take(desk, 1).is_allowed);
    (void)ask(desk);
    refuse(desk, EDGE_REFUSED_NO_CUSTOMER);
    assert_idle(desk);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_NO_CUSTOMER);
    (void)ask(desk);
    answer(desk);
    assert_true(take(desk, 1).is_allowed);
}

static void journal_is_settled_before_anything_else(void **state) {
    struct desk *desk = current_desk(state);
    struct edge_node *fresh = NULL;
    struct edge_node_options options = {.env = &desk->env, .customers_max = 10};
    assert_ok(edge_node_create(&options, &fresh));
    struct edge_settlement old = {.epoch = "01A",
                                  .user_id = STR("ada"),
                                  .metric = METRIC_API_REQUESTS,
                                  .has_period = true,
                                  .period_start = may,
                                  .figures = {.taken = 9}};
    assert_ok(edge_node_settle(fresh, &old));
    assert_ok(edge_node_begin(fresh, "01B", true));
    edge_node_tick(fresh, 1);
    assert_true(edge_node_compose(fresh, 1, &desk->send));
    assert_string_equal(desk->send.epoch, "01A");
    assert_true(desk->send.is_final);
    assert_int_equal(desk->send.asks[0].figures.taken, 9);
    struct edge_answer answer = {.incarnation = 1, .at = may};
    edge_node_answer(fresh, 2, &answer);
    assert_true(edge_node_is_settled(fresh));
    edge_node_destroy(fresh);
}

static void close_gives_back_and_says_so_last(void **state) {
    struct desk *desk = current_desk(state);
    desk->told.reserve = 20;
    lease(desk);
    assert_true(take(desk, 30).is_allowed);
    edge_node_close(desk->node, desk->now);
    assert_int_equal(take(desk, 1).reason, TURNPIKE_CLOSED);
    const struct edge_ask *asked = ask(desk);
    assert_true(desk->send.is_final);
    assert_int_equal(asked->figures.taken, 30);
    assert_int_equal(asked->figures.returned, 70);
    assert_false(edge_node_is_settled(desk->node));
    answer(desk);
    assert_true(edge_node_is_settled(desk->node));
}

static void close_learns_the_period_of_what_was_recorded(void **state) {
    struct desk *desk = current_desk(state);
    record(desk, 5);
    edge_node_close(desk->node, desk->now);
    assert_int_equal(ask(desk)->figures.recorded, 0);
    assert_false(desk->send.is_final);
    desk->told.granted = 8;
    answer(desk);
    const struct edge_ask *asked = ask(desk);
    assert_true(desk->send.is_final);
    assert_int_equal(asked->figures.recorded, 5);
    assert_int_equal(asked->figures.returned, 8);
    answer(desk);
    assert_true(edge_node_is_settled(desk->node));
}

static void flush_waits_for_what_was_counted_before(void **state) {
    struct desk *desk = current_desk(state);
    bool was_refused = true;
    record(desk, 5);
    edge_node_flush(desk->node, desk->now);
    assert_false(edge_node_is_flushed(desk->node, &was_refused));
    (void)ask(desk); /* the period is learnt first */
    answer(desk);
    assert_false(edge_node_is_flushed(desk->node, &was_refused));
    (void)ask(desk);
    record(desk, 5); /* after the flush: not waited for */
    answer(desk);
    assert_true(edge_node_is_flushed(desk->node, &was_refused));
    assert_false(was_refused);
}

static void thousands_of_rows_go_in_several_exchanges(void **state) {
    struct desk *desk = current_desk(state);
    enum { ROWS = 2500 };
    for (int i = 0; i < ROWS; i++) {
        char name[16];
        int len = snprintf(name, sizeof name, "user-%d", i);
        struct turnpike_customer *customer = NULL;
        assert_ok(edge_node_customer(desk->node, str_of(name, (size_t)len), &customer));
        assert_false(edge_counter_take(&customer->counters[METRIC_BANDWIDTH], 1).is_allowed);
    }
    size_t sent = 0;
    for (int i = 0; i < 3; i++) {
        edge_node_tick(desk->node, desk->now += 1000);
        assert_true(edge_node_compose(desk->node, desk->now, &desk->send));
        sent += desk->send.count;
        answer_nothing(desk);
    }
    assert_int_equal(sent, ROWS);
}

#define WITH(set_up, test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(set_up, learns_then_spends),
        WITH(set_up, lost_exchange_is_told_as_it_then_stands),
        WITH(set_up, nothing_is_told_before_the_period_is_known),
        WITH(set_up, released_is_spendable_and_told),
        WITH(set_up, refill_is_asked_for_below_half),
        WITH(set_up, recalled_is_returned_at_once),
        WITH(set_up, denial_of_the_server_is_told),
        WITH(set_up, what_was_reclaimed_is_not_spent),
        WITH(set_up, open_metric_spends_without_grant),
        WITH(set_up, reserve_is_for_the_servers_absence),
        WITH(set_up, expired_lease_leaves_the_reserve),
        WITH(set_up_closed, closed_policy_ends_with_the_lease),
        WITH(set_up_unbounded, unbounded_is_counted_afterwards),
        WITH(set_up_budget, unknown_customers_share_a_budget),
        WITH(set_up, period_ends_and_the_next_begins_at_zero),
        WITH(set_up, unknown_lease_becomes_an_event),
        WITH(set_up, restored_server_is_told_as_events_by_a_new_epoch),
        WITH(set_up, ended_epoch_reports_finally_and_begins_another),
        WITH(set_up, period_that_ended_early_is_not_begun_again),
        WITH(set_up, closed_period_is_dropped_and_counted_as_refused),
        WITH(set_up, unknown_customer_is_asked_for_again_when_used),
        WITH(set_up, journal_is_settled_before_anything_else),
        WITH(set_up, close_gives_back_and_says_so_last),
        WITH(set_up, close_learns_the_period_of_what_was_recorded),
        WITH(set_up, flush_waits_for_what_was_counted_before),
        WITH(set_up, thousands_of_rows_go_in_several_exchanges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
