/* Guards: each notice of a limit is given once, with one line of history and one mail, whatever the
 * store refuses, wherever the process stops, and however often the same is sent again. */
#include "app/limit_watch.h"

#include "app/billing_event.h"
#include "app/maintenance.h"
#include "app/test_world.h"
#include "base/testing.h"
#include "store/limit_state.h"
#include "store/mail.h"

enum { PAGE = 1000 };

static int set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    return result;
}
#define NOTICE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)

static struct take_request of(enum metric metric, int64_t amount) {
    return (struct take_request){STR("alice"), metric, quantity_of(amount), STR("")};
}

static size_t history_of(struct world *world, const char *type) {
    struct tx tx = world_read(world);
    struct row_list list;
    size_t count = 0;
    assert_ok(billing_events_read(&tx, STR("alice"), STR(""), PAGE, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct billing_event_row *row = &((const struct billing_event_row *)list.items)[i];
        count += str_equal(row->type, str_from_cstr(type));
    }
    return count;
}

static size_t mails_of(struct world *world, const char *kind) {
    struct tx tx = world_read(world);
    struct mail_filter filter = {.user_id = STR("alice"), .status = STR(""), .before = STR("")};
    struct row_list list;
    size_t count = 0;
    assert_ok(mail_page(&tx, &filter, PAGE, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct mail_row *row = &((const struct mail_row *)list.items)[i];
        count += str_equal(row->kind, str_from_cstr(kind));
    }
    return count;
}

/* As many of each: 80 %, 100 %, 12 hours before the end, blocked. */
static void assert_told(struct world *world, size_t warned, size_t reached, size_t ending,
                        size_t blocked) {
    const struct {
        const char *type, *kind;
        size_t count;
    } rows[] = {
        {"usage.warning", "usage_80", warned},
        {"usage.limit_reached", "usage_100", reached},
        {"usage.grace_ending", "usage_grace_ending", ending},
        {"usage.blocked", "usage_blocked", blocked},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(history_of(world, rows[i].type), rows[i].count);
        assert_int_equal(mails_of(world, rows[i].kind), rows[i].count);
    }
}

static void reopen(struct world *world) {
    world_close(world);
    assert_ok(world_open(world));
}

static void fill_disk(struct world *world, bool is_full) {
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = is_full});
}

static void what_the_store_refused_is_told_by_the_next_call(void **state) {
    struct world *world = *state;
    fill_disk(world, true);
    assert_int_equal(world_take(world, of(METRIC_API_REQUESTS, 9000)).command.outcome,
                     OUTCOME_STORE_FULL);
    fill_disk(world, false);
    assert_told(world, 0, 0, 0, 0);
    (void)world_take(world, of(METRIC_API_REQUESTS, 9000));
    assert_told(world, 1, 0, 0, 0);
    fill_disk(world, true);
    struct usage_event event = {.record = {{STR("alice"), STR("s"), STR("e")},
                                           .metric = METRIC_API_REQUESTS,
                                           .value = 2000,
                                           .time = app_now(&world->app)}};
    assert_int_equal(world_ingest(world, &event, 1), OUTCOME_STORE_FULL);
    fill_disk(world, false);
    assert_told(world, 1, 0, 0, 0);
    assert_int_equal(world_ingest(world, &event, 1), OUTCOME_DONE);
    assert_told(world, 1, 1, 0, 0);
}

static bool take_news(struct world *world) {
    bool has_news = world->app.has_news;
    world->app.has_news = false;
    return has_news;
}

/* What only counts leaves the jobs nothing to do, which saves them a look after each group; a mail
 * and a command do. */
static void a_notice_is_news_to_the_jobs_and_counting_is_none(void **state) {
    struct world *world = *state;
    struct usage_event event = {.record = {{STR("alice"), STR("s"), STR("few")},
                                           .metric = METRIC_API_REQUESTS,
                                           .value = 1,
                                           .time = app_now(&world->app)}};
    assert_true(take_news(world)); /* of the customer that was made */
    assert_int_equal(world_ingest(world, &event, 1), OUTCOME_DONE);
    (void)world_take(world, of(METRIC_API_REQUESTS, 1));
    assert_false(take_news(world));
    event.record.identity.id = STR("many");
    event.record.value = 8998;
    assert_int_equal(world_ingest(world, &event, 1), OUTCOME_DONE);
    assert_told(world, 1, 0, 0, 0);
    assert_true(take_news(world));
    assert_int_equal(world_customer(world, "bob"), OUTCOME_CREATED);
    assert_true(take_news(world));
}

/* A denial is right whether or not it can be stored that somebody is to be told of it. */
static void a_denial_is_answered_though_the_store_refuses_and_told_later(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 10999));
    fill_disk(world, true);
    struct take_command denied = world_take(world, of(METRIC_API_REQUESTS, 2));
    assert_int_equal(denied.command.outcome, OUTCOME_DONE);
    assert_false(denied.answer.allowed);
    fill_disk(world, false);
    assert_told(world, 1, 1, 0, 0);
    (void)world_take(world, of(METRIC_API_REQUESTS, 2));
    (void)world_take(world, of(METRIC_API_REQUESTS, 2));
    assert_told(world, 1, 1, 0, 1);
}

static void from_nothing_past_the_hard_limit_tells_each_threshold_once(void **state) {
    struct world *world = *state;
    for (int i = 0; i < 3; i++) {
        (void)world_use(world, "alice", METRIC_API_REQUESTS, "same", 20000);
        reopen(world);
    }
    (void)world_take(world, of(METRIC_API_REQUESTS, 1));
    assert_told(world, 1, 1, 0, 1);
}

static void many_at_once_tell_one_thing(void **state) {
    struct world *world = *state;
    for (int i = 0; i < 30; i++) {
        (void)world_take(world, of(METRIC_API_REQUESTS, 400));
        if (i % 7 == 0) {
            reopen(world);
        }
    }
    assert_told(world, 1, 1, 0, 1);
    world_check_gate(world);
}

/* 80 % of 3 modules is 2.4, re-armed at 75 %: 2.25. */
static void a_gauge_is_told_again_the_same_day_once_it_fell_5_points(void **state) {
    struct world *world = *state;
    for (size_t i = 1; i <= 4; i++) {
        (void)world_take(world, of(METRIC_MODULES, 3));
        assert_told(world, i, i, 0, 0);
        reopen(world);
        (void)world_take(world, of(METRIC_MODULES, 0));
        assert_told(world, i, i, 0, 0);
        (void)world_release(world, of(METRIC_MODULES, 1));
        assert_told(world, i, i, 0, 0);
        reopen(world);
        (void)world_release(world, of(METRIC_MODULES, 2));
    }
}

static void a_gauge_that_trembles_is_told_once(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_PROFESSIONAL, INTERVAL_MONTH); /* 100 modules */
    (void)world_take(world, of(METRIC_MODULES, 80));
    for (int i = 0; i < 20; i++) {
        (void)world_release(world, of(METRIC_MODULES, 4)); /* 76 % */
        (void)world_take(world, of(METRIC_MODULES, 4));
    }
    assert_told(world, 1, 0, 0, 0);
    (void)world_release(world, of(METRIC_MODULES, 5));
    (void)world_take(world, of(METRIC_MODULES, 5));
    assert_told(world, 2, 0, 0, 0);
}

static void what_fell_and_could_not_be_stored_is_not_armed(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 3));
    fill_disk(world, true);
    assert_int_equal(world_release(world, of(METRIC_MODULES, 3)).command.outcome,
                     OUTCOME_STORE_FULL);
    fill_disk(world, false);
    (void)world_take(world, of(METRIC_MODULES, 0));
    assert_told(world, 1, 1, 0, 0);
}

static void a_new_period_tells_anew_and_what_is_late_tells_nothing(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 8000));
    struct instant then = app_now(&world->app);
    world_set_time(world, "2015-06-18T00:00:00Z");
    struct usage_event late = {.record = {{STR("alice"), STR("s"), STR("late")},
                                          .metric = METRIC_API_REQUESTS,
                                          .value = 2500,
                                          .time = then}};
    assert_int_equal(world_ingest(world, &late, 1), OUTCOME_DONE);
    assert_told(world, 1, 0, 0, 0);
    (void)world_take(world, of(METRIC_API_REQUESTS, 8000));
    assert_told(world, 2, 0, 0, 0);
}

/* --- time alone --- */

static void ran(struct command *command) {
    assert_false(err_failed(command->write.err));
}

static void run_due(struct world *world, const char *from) {
    struct maintenance maintenance = {
        .kind = MAINTENANCE_GRACE, .from = world_time(from), .command.done = ran};
    maintenance_start(&world->app, &maintenance);
    world_run(world);
    assert_false(maintenance.has_more);
}

static void twelve_hours_before_a_grace_ends_and_no_moment_sooner(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 10001)); /* ends on the 19th, 00:00 */
    world_set_time(world, "2015-05-18T11:59:59.999Z");
    run_due(world, "2015-05-17T00:00:00Z");
    assert_told(world, 1, 1, 0, 0);
    reopen(world);
    world_set_time(world, "2015-05-18T12:00:00Z");
    run_due(world, "2015-05-18T11:59:59.999Z");
    run_due(world, "2015-05-17T00:00:00Z"); /* once more */
    assert_told(world, 1, 1, 1, 0);
    world_set_time(world, "2015-05-19T00:00:00Z");
    run_due(world, "2015-05-18T12:00:00Z");
    assert_told(world, 1, 1, 1, 1);
}

/* Twelve hours that have passed are no warning any more. */
static void a_clock_that_passed_the_whole_grace_tells_of_its_end_alone(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_MODULES, 3));
    (void)world_use(world, "alice", METRIC_MODULES, "e", 1);
    (void)world_take(world, of(METRIC_API_REQUESTS, 10001));
    world_set_time(world, "2015-05-25T00:00:00Z");
    run_due(world, "1970-01-01T00:00:00Z");
    assert_told(world, 2, 2, 0, 2);
}

static void a_grace_that_was_cleared_is_not_told_to_end(void **state) {
    struct world *world = *state;
    (void)world_take(world, of(METRIC_API_REQUESTS, 10001));
    world_set_time(world, "2015-05-17T01:00:00Z");
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world_set_time(world, "2015-05-18T13:00:00Z");
    run_due(world, "1970-01-01T00:00:00Z");
    assert_told(world, 1, 1, 0, 0);
    struct tx tx = world_read(world);
    int64_t next = 0;
    assert_ok(limit_state_next_end(&tx, 0, &next));
    assert_int_equal(next, ROW_NONE); /* and there is nothing left to look at */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        NOTICE_TEST(what_the_store_refused_is_told_by_the_next_call),
        NOTICE_TEST(a_notice_is_news_to_the_jobs_and_counting_is_none),
        NOTICE_TEST(a_denial_is_answered_though_the_store_refuses_and_told_later),
        NOTICE_TEST(from_nothing_past_the_hard_limit_tells_each_threshold_once),
        NOTICE_TEST(many_at_once_tell_one_thing),
        NOTICE_TEST(a_gauge_is_told_again_the_same_day_once_it_fell_5_points),
        NOTICE_TEST(a_gauge_that_trembles_is_told_once),
        NOTICE_TEST(what_fell_and_could_not_be_stored_is_not_armed),
        NOTICE_TEST(a_new_period_tells_anew_and_what_is_late_tells_nothing),
        NOTICE_TEST(twelve_hours_before_a_grace_ends_and_no_moment_sooner),
        NOTICE_TEST(a_clock_that_passed_the_whole_grace_tells_of_its_end_alone),
        NOTICE_TEST(a_grace_that_was_cleared_is_not_told_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
