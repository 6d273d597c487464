/* Guards: every event counts exactly once, in the period of its own time, in the gate as in the
 * store; what is not counted says why; and what the store refuses was never counted. */
#include "app/usage.h"

#include <string.h>

#include "app/test_world.h"
#include "app/usage_group.h"
#include "app/usage_totals.h"
#include "base/check.h"
#include "base/testing.h"

static int set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    assert_int_equal(world_customer(*state, "bob"), OUTCOME_CREATED);
    return result;
}
#define USAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)

/* An event of now. */
static struct usage_event event(struct world *world, const char *user, const char *id,
                                int64_t value) {
    return (struct usage_event){
        .record = {.identity = {str_from_cstr(user), STR("logs"), str_from_cstr(id)},
                   .metric = METRIC_API_REQUESTS,
                   .value = value,
                   .time = app_now(&world->app)},
    };
}

static struct usage_event event_at(struct world *world, const char *time, const char *id) {
    struct usage_event result = event(world, "alice", id, 1);
    result.record.time = world_time(time);
    return result;
}

/* The gate and the store must agree, whatever the test is about. */
static void assert_used(struct world *world, const char *user, enum metric metric,
                        int64_t expected) {
    assert_int_equal(world_used(world, user, metric), expected);
    assert_int_equal(world_stored(world, user, metric), expected);
}

static struct usage_source_row source(struct world *world, const char *user) {
    struct tx tx = world_totals(world);
    struct row_list list;
    assert_ok(usage_sources_read(&tx, str_from_cstr(user), &list));
    assert_int_equal(list.count, 1);
    const struct usage_source_row *rows = list.items;
    assert_int_equal(rows[0].received, rows[0].counted + rows[0].duplicate + rows[0].rejected);
    return rows[0];
}

/* --- exactly once --- */

static void events_are_counted_to_the_unit(void **state) {
    struct world *world = *state;
    struct usage_event events[] = {
        event(world, "alice", "1", 5),
        event(world, "alice", "2", 7),
        event(world, "bob", "1", 11), /* the same id, of another customer */
        event(world, "alice", "3", 0),
    };
    events[1].record.region = STR("eu");
    assert_int_equal(world_ingest(world, events, ARRAY_LEN(events)), OUTCOME_DONE);
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        assert_int_equal(events[i].status, USAGE_ACCEPTED);
    }
    assert_used(world, "alice", METRIC_API_REQUESTS, 12);
    assert_used(world, "bob", METRIC_API_REQUESTS, 11);
    assert_int_equal(source(world, "alice").counted, 3);
}

static void the_same_event_counts_once_however_it_comes_again(void **state) {
    struct world *world = *state;
    struct usage_event twice[] = {event(world, "alice", "1", 5), event(world, "alice", "1", 5),
                                  event(world, "alice", "2", 1)};
    assert_int_equal(world_ingest(world, twice, 3), OUTCOME_DONE); /* within a batch */
    assert_int_equal(twice[0].status, USAGE_ACCEPTED);
    assert_int_equal(twice[1].status, USAGE_DUPLICATE);
    assert_int_equal(twice[2].status, USAGE_ACCEPTED);
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "3", 1), USAGE_ACCEPTED);
    struct usage_event other = event(world, "alice", "1", 500); /* later, and with other content */
    assert_int_equal(world_ingest(world, &other, 1), OUTCOME_DONE);
    assert_int_equal(other.status, USAGE_DUPLICATE);
    world_close(world);
    assert_ok(world_open(world)); /* and after a restart */
    struct usage_event again = event(world, "alice", "1", 5);
    assert_int_equal(world_ingest(world, &again, 1), OUTCOME_DONE);
    assert_int_equal(again.status, USAGE_DUPLICATE);
    assert_used(world, "alice", METRIC_API_REQUESTS, 7);
}

/* --- many in one batch --- */

/* The events of an hour and a region, of all that is stored of alice. */
static int64_t events_in(struct world *world, const char *hour, const char *region) {
    struct tx tx = world_totals(world);
    struct row_list list;
    assert_ok(
        usage_series(&tx, STR("alice"), (struct usage_span){USAGE_HOUR, 0, INT64_MAX}, &list));
    const struct usage_point *points = list.items;
    int64_t events = 0;
    for (size_t i = 0; i < list.count; i++) {
        bool is_it = points[i].timestamp == world_time(hour).ms &&
                     str_equal(points[i].region, str_from_cstr(region));
        events += is_it ? points[i].events : 0;
    }
    return events;
}

/* In turns, so that each event goes elsewhere than the one before. */
static void events_of_a_batch_are_added_where_they_belong(void **state) {
    enum { EVENTS = 96 };
    static const char *const users[] = {"alice", "alice", "bob"};
    static const char *const regions[] = {"eu", "us"};
    static const char *const times[] = {"2015-05-16T22:10:00Z", "2015-05-16T23:10:00Z"};
    struct world *world = *state;
    struct usage_event events[EVENTS];
    for (size_t i = 0; i < EVENTS; i++) {
        /* The same ids twice, and the second time nothing is counted. */
        const char *id = arena_printf(&world->arena, "%zu", i % (EVENTS / 2)).bytes;
        events[i] = event(world, users[i % 3], id, 1);
        events[i].record.region = str_from_cstr(regions[i / 3 % 2]);
        events[i].record.time = world_time(times[i / 6 % 2]);
    }
    assert_int_equal(world_ingest(world, events, EVENTS), OUTCOME_DONE);
    assert_used(world, "alice", METRIC_API_REQUESTS, 32);
    assert_used(world, "bob", METRIC_API_REQUESTS, 16);
    assert_int_equal(source(world, "alice").counted, 32);
    assert_int_equal(source(world, "alice").duplicate, 32);
    assert_int_equal(source(world, "bob").received, 32);
    for (size_t i = 0; i < 4; i++) {
        const char *hour = i / 2 == 0 ? "2015-05-16T22:00:00Z" : "2015-05-16T23:00:00Z";
        assert_int_equal(events_in(world, hour, regions[i % 2]), 8);
    }
}

/* What it had added up by then is not found by the next. */
static void a_work_that_fails_leaves_nothing_gathered(void **state) {
    struct world *world = *state;
    struct usage_event lost = event(world, "alice", "1", 1000);
    struct usage_counted counted = {
        .record = &lost.record,
        .customer = gate_customer(world->app.gate, STR("alice")),
        .period_start = world_view(world, "alice").usage_period.start,
        .heard_at = app_now(&world->app),
    };
    struct tx tx = world_totals(world);
    assert_ok(usage_group_gather(&world->app, &tx, &counted));
    usage_group_end_work(&world->app, false);
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "2", 5), USAGE_ACCEPTED);
    assert_used(world, "alice", METRIC_API_REQUESTS, 5);
    assert_int_equal(source(world, "alice").counted, 1);
}

static void ingested(struct usage_ingest *ingest) {
    (void)ingest;
}

static void taken(struct take_command *take) {
    assert_true(take->answer.allowed);
}

static void queue(struct world *world, struct usage_ingest *ingest, struct usage_event *one) {
    *ingest = (struct usage_ingest){
        .events = one, .count = 1, .arena = &world->arena, .finished = ingested};
    usage_ingest(&world->app, ingest);
}

static void two_batches_of_one_group_see_each_other(void **state) {
    struct world *world = *state;
    struct usage_event events[] = {event(world, "alice", "1", 5), event(world, "alice", "1", 5)};
    struct usage_ingest ingests[2];
    queue(world, &ingests[0], &events[0]);
    queue(world, &ingests[1], &events[1]);
    world_run(world);
    assert_int_equal(ingests[0].accepted, 1);
    assert_int_equal(ingests[1].duplicate, 1);
    assert_used(world, "alice", METRIC_API_REQUESTS, 5);
    assert_int_equal(source(world, "alice").duplicate, 1);
}

/* A command between two batches of one group: it reads the total, and fails on demand. */
struct reading {
    struct command command; /* first */
    int64_t total;
    struct err refuse;
};

static struct err read_total(struct command *command, struct tx *tx) {
    struct reading *reading = (struct reading *)command;
    TRY(usage_total(tx, STR("alice"), METRIC_API_REQUESTS, world_time("2015-05-17T00:00:00Z").ms,
                    &reading->total));
    return reading->refuse;
}

static void reading_done(struct command *command) {
    (void)command;
}

/* What works of a group have counted is in the rows that a command of the group reads, and stands
 * whether or not that command does. */
static void a_command_reads_what_its_group_has_counted(void **state) {
    struct world *world = *state;
    struct usage_event events[] = {event(world, "alice", "1", 5), event(world, "alice", "2", 7)};
    for (int is_refused = 0; is_refused < 2; is_refused++) {
        struct take_command take = {
            .request = {STR("alice"), METRIC_API_REQUESTS, quantity_of(1), STR("")},
            .arena = &world->arena,
            .finished = taken,
        };
        struct reading reading = {
            .command = {.run = read_total, .done = reading_done},
            .refuse = is_refused ? ERR(ERR_CONFLICT) : OK,
        };
        struct usage_ingest ingest;
        take_start(&world->app, &take); /* decisions run before commands, events after them */
        command_submit(&world->app, &reading.command);
        queue(world, &ingest, &events[is_refused]);
        world_run(world);
        assert_int_equal(reading.total, is_refused ? 7 : 1);
        assert_used(world, "alice", METRIC_API_REQUESTS, is_refused ? 14 : 6);
    }
}

/* --- when it happened --- */

static void an_event_belongs_to_the_period_of_its_own_time(void **state) {
    struct world *world = *state;
    static const struct {
        const char *now, *time;
        enum usage_status status;
        const char *code;
    } rows[] = {
        {"2015-05-20T00:00:00Z", "2015-05-17T00:00:00Z", USAGE_ACCEPTED, NULL},
        {"2015-05-20T00:00:00Z", "2015-05-20T00:05:00Z", USAGE_ACCEPTED, NULL},
        {"2015-05-20T00:00:00Z", "2015-05-20T00:05:00.001Z", USAGE_REJECTED, "event_in_future"},
        /* before the customer was known: 31 days, and no more */
        {"2015-05-20T00:00:00Z", "2015-04-16T00:00:00Z", USAGE_ACCEPTED, NULL},
        {"2015-05-20T00:00:00Z", "2015-04-15T23:59:59.999Z", USAGE_REJECTED, "period_closed"},
        /* the first period ends on 17 June; corrections 72 hours later */
        {"2015-06-19T23:59:59.999Z", "2015-06-16T23:59:59.999Z", USAGE_ACCEPTED, NULL},
        {"2015-06-20T00:00:00Z", "2015-06-16T23:59:59.999Z", USAGE_REJECTED, "period_closed"},
        {"2015-06-20T00:00:00Z", "2015-06-17T00:00:00Z", USAGE_ACCEPTED, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        world_set_time(world, rows[i].now);
        struct usage_event one =
            event_at(world, rows[i].time, arena_printf(&world->arena, "e%zu", i).bytes);
        assert_int_equal(world_ingest(world, &one, 1), OUTCOME_DONE);
        assert_int_equal(one.status, rows[i].status);
        assert_string_equal(one.code == NULL ? "" : one.code,
                            rows[i].code == NULL ? "" : rows[i].code);
    }
    assert_used(world, "alice", METRIC_API_REQUESTS, 1); /* of the second period */
    struct tx tx = world_totals(world);
    int64_t first = 0;
    assert_ok(usage_total(&tx, STR("alice"), METRIC_API_REQUESTS,
                          world_time("2015-05-17T00:00:00Z").ms, &first));
    assert_int_equal(first, 4);
    struct usage_source_row row = source(world, "alice");
    assert_int_equal(row.received, 8);
    assert_int_equal(row.rejected, 3);
}

static void what_is_rejected_names_its_reason_and_hinders_nobody(void **state) {
    struct world *world = *state;
    struct usage_event events[] = {event(world, "nobody", "1", 1), event(world, "alice", "2", 1),
                                   event(world, "alice", "3", 1)};
    events[2].code = "unknown_metric"; /* the decoder's own word */
    assert_int_equal(world_ingest(world, events, 3), OUTCOME_DONE);
    assert_int_equal(events[0].status, USAGE_REJECTED);
    assert_string_equal(events[0].code, "customer_not_found");
    assert_int_equal(events[1].status, USAGE_ACCEPTED);
    assert_int_equal(events[2].status, USAGE_REJECTED);
    assert_string_equal(events[2].code, "unknown_metric");
    assert_used(world, "alice", METRIC_API_REQUESTS, 1);
}

static void an_event_that_was_rejected_may_come_again(void **state) {
    struct world *world = *state;
    struct usage_event early = event_at(world, "2015-05-17T01:00:00Z", "1");
    assert_int_equal(world_ingest(world, &early, 1), OUTCOME_DONE);
    assert_int_equal(early.status, USAGE_REJECTED);
    world_set_time(world, "2015-05-17T01:00:00Z");
    struct usage_event again = event_at(world, "2015-05-17T01:00:00Z", "1");
    assert_int_equal(world_ingest(world, &again, 1), OUTCOME_DONE);
    assert_int_equal(again.status, USAGE_ACCEPTED);
}

/* --- gauges --- */

static void a_gauge_is_a_level_in_the_order_of_arrival(void **state) {
    struct world *world = *state;
    static const struct {
        int64_t value;
        bool is_set;
        int64_t level;
    } rows[] = {{2, false, 2}, {1, false, 3}, {-2, false, 1}, {10, true, 10}, {-1, false, 9}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct usage_event one =
            event(world, "alice", arena_printf(&world->arena, "g%zu", i).bytes, rows[i].value);
        one.record.metric = METRIC_MODULES;
        one.record.is_set = rows[i].is_set;
        assert_int_equal(world_ingest(world, &one, 1), OUTCOME_DONE);
        assert_int_equal(one.status, USAGE_ACCEPTED);
        assert_used(world, "alice", METRIC_MODULES, rows[i].level);
    }
    world_set_time(world, "2015-06-17T00:00:00Z"); /* a new period: the level carries on */
    assert_used(world, "alice", METRIC_MODULES, 9);
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "later", 1), USAGE_ACCEPTED);
    assert_used(world, "alice", METRIC_MODULES, 10);
}

static void a_counter_starts_at_zero_in_a_new_period(void **state) {
    struct world *world = *state;
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "1", 100), USAGE_ACCEPTED);
    world_set_time(world, "2015-06-16T23:59:59.999Z");
    assert_used(world, "alice", METRIC_API_REQUESTS, 100);
    world_set_time(world, "2015-06-17T00:00:00Z");
    assert_used(world, "alice", METRIC_API_REQUESTS, 0);
    world_check_gate(world);
}

/* --- totals and history --- */

static void hours_and_periods_sum_alike(void **state) {
    struct world *world = *state;
    world_set_time(world, "2015-05-18T00:00:00Z");
    struct usage_event events[] = {
        event_at(world, "2015-05-17T10:00:00Z", "1"), event_at(world, "2015-05-17T10:59:59Z", "2"),
        event_at(world, "2015-05-17T11:00:00Z", "3"), event_at(world, "2015-05-17T11:10:00Z", "4")};
    events[3].record.region = STR("us");
    events[3].record.resource = STR("api");
    assert_int_equal(world_ingest(world, events, 4), OUTCOME_DONE);
    struct tx tx = world_totals(world);
    struct usage_span span = {USAGE_HOUR, world_time("2015-05-17T00:00:00Z").ms,
                              world_time("2015-05-18T00:00:00Z").ms};
    struct row_list list;
    assert_ok(usage_series_read(&tx, STR("alice"), NULL, span, &list));
    const struct usage_point *points = list.items;
    assert_int_equal(list.count, 3);
    assert_int_equal(points[0].value, 2);
    assert_int_equal(points[1].value, 1);
    assert_text(points[2].region, "us");
    assert_text(points[2].resource, "api");
    enum metric metric = METRIC_API_REQUESTS;
    assert_ok(usage_series_read(&tx, STR("alice"), &metric, span, &list));
    assert_int_equal(list.count, 3);
    metric = METRIC_MODULES;
    assert_ok(usage_series_read(&tx, STR("alice"), &metric, span, &list));
    assert_int_equal(list.count, 0);
    span.grain = USAGE_DAY;
    metric = METRIC_API_REQUESTS;
    assert_ok(usage_series_read(&tx, STR("alice"), &metric, span, &list));
    assert_true(list.count > 0);
    assert_used(world, "alice", METRIC_API_REQUESTS, 4);
}

/* What a list says of alice's requests of the day, in all. */
static int64_t sum_of_day(const struct row_list *list, struct period day, int64_t *ret_events) {
    const struct usage_point *points = list->items;
    int64_t value = 0;
    *ret_events = 0;
    for (size_t i = 0; i < list->count; i++) {
        assert_int_equal(points[i].metric, METRIC_API_REQUESTS);
        if (period_contains(day, (struct instant){points[i].timestamp})) {
            value += points[i].value;
            *ret_events += points[i].events;
        }
    }
    return value;
}

/* Wherever the span ends: within a day, between two, before anything and behind all. */
static void days_are_the_sums_of_their_hours(void **state) {
    struct world *world = *state;
    world_set_time(world, "2015-05-19T12:00:00Z");
    struct usage_event events[] = {
        event_at(world, "2015-05-17T00:00:00Z", "1"), event_at(world, "2015-05-17T09:59:59Z", "2"),
        event_at(world, "2015-05-17T10:00:00Z", "3"), event_at(world, "2015-05-18T23:59:59Z", "4"),
        event_at(world, "2015-05-19T01:00:00Z", "5"), event_at(world, "2015-05-19T12:04:00Z", "6")};
    events[1].record.region = STR("us");
    assert_int_equal(world_ingest(world, events, ARRAY_LEN(events)), OUTCOME_DONE);
    struct tx tx = world_totals(world);
    struct period day = period_day_containing(world_time("2015-05-17T00:00:00Z"));
    for (int64_t hour = 0; hour <= 4 * 24; hour++) {
        int64_t to = day.start.ms + hour * 3600 * 1000;
        struct row_list days;
        struct row_list hours;
        assert_ok(usage_series_read(&tx, STR("alice"), NULL,
                                    (struct usage_span){USAGE_DAY, day.start.ms, to}, &days));
        assert_ok(usage_series_read(&tx, STR("alice"), NULL,
                                    (struct usage_span){USAGE_HOUR, day.start.ms, to}, &hours));
        for (int i = 0; i < 4; i++) {
            struct instant at = {day.start.ms + i * 24 * 3600 * 1000};
            int64_t of_days = 0;
            int64_t of_hours = 0;
            int64_t value = sum_of_day(&days, period_day_containing(at), &of_days);
            assert_int_equal(value, sum_of_day(&hours, period_day_containing(at), &of_hours));
            assert_int_equal(of_days, of_hours);
        }
    }
}

static void the_view_shows_percent_and_what_it_leads_to(void **state) {
    struct world *world = *state;
    struct usage_view view;
    bool is_found = false;
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "1", 999), USAGE_ACCEPTED);
    struct tx tx = world_totals(world);
    assert_ok(usage_view_read(&world->app, &tx, STR("alice"), &view, &is_found));
    assert_true(is_found);
    assert_int_equal(view.metrics[METRIC_API_REQUESTS].percent, 9); /* of 10,000, rounded down */
    assert_false(view.metrics[METRIC_API_REQUESTS].has_projection); /* too early to tell */
    world_set_time(world, "2015-05-27T00:00:00Z");
    assert_ok(usage_view_read(&world->app, &tx, STR("alice"), &view, &is_found));
    assert_true(view.metrics[METRIC_API_REQUESTS].has_projection);
    assert_int_equal(view.metrics[METRIC_API_REQUESTS].projected.amount, 999 * 31 / 10);
    assert_ok(usage_view_read(&world->app, &tx, STR("nobody"), &view, &is_found));
    assert_false(is_found);
}

/* --- when the store refuses --- */

static void a_full_disk_leaves_gate_and_store_equal(void **state) {
    struct world *world = *state;
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "1", 5), USAGE_ACCEPTED);
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "2", 2), USAGE_ACCEPTED);
    struct usage_event events[] = {event(world, "alice", "3", 7), event(world, "bob", "3", 7),
                                   event(world, "alice", "4", 1)};
    events[2].record.metric = METRIC_MODULES;
    assert_used(world, "alice", METRIC_API_REQUESTS, 5);
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    assert_int_equal(world_ingest(world, events, 3), OUTCOME_STORE_FULL);
    assert_used(world, "alice", METRIC_API_REQUESTS, 5);
    assert_used(world, "alice", METRIC_MODULES, 2);
    assert_used(world, "bob", METRIC_API_REQUESTS, 0);
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_int_equal(world_ingest(world, events, 3), OUTCOME_DONE);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(events[i].status, USAGE_ACCEPTED); /* none was remembered */
    }
    assert_used(world, "alice", METRIC_API_REQUESTS, 12);
    assert_used(world, "alice", METRIC_MODULES, 3);
    world_check_gate(world);
}

/* The gate says only once that a grace has begun, and that time nobody could write it down. */
static void a_grace_begun_on_a_full_disk_outlives_a_restart(void **state) {
    struct world *world = *state;
    struct usage_event over = event(world, "alice", "1", 10500);
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    assert_int_equal(world_ingest(world, &over, 1), OUTCOME_STORE_FULL);
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_int_equal(world_ingest(world, &over, 1), OUTCOME_DONE);
    world_check_gate(world);
}

/* Each batch takes back its own share; an absolute level would undo what others have done. */
static void a_group_that_fails_takes_back_every_level(void **state) {
    struct world *world = *state;
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "1", 1), USAGE_ACCEPTED);
    struct usage_event events[] = {event(world, "alice", "2", 1), event(world, "alice", "3", 9),
                                   event(world, "alice", "4", -4)};
    struct usage_ingest ingests[3];
    events[1].record.is_set = true;
    for (size_t i = 0; i < 3; i++) {
        events[i].record.metric = METRIC_MODULES;
        queue(world, &ingests[i], &events[i]);
    }
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    world_run(world);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ingests[i].command.outcome, OUTCOME_STORE_FULL);
    }
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_used(world, "alice", METRIC_MODULES, 1);
}

/* A command that decides a take while an event of its group has yet to be counted. */
struct taking {
    struct command command; /* first */
    struct take_command take;
};

static struct err take_within(struct command *command, struct tx *tx) {
    (void)tx;
    take_start(command->app, &((struct taking *)command)->take);
    return OK;
}

/* The journal has the level first and the take after it; the gate had the take first. */
static void a_level_that_is_set_leaves_what_was_just_taken(void **state) {
    struct world *world = *state;
    assert_int_equal(world_use(world, "alice", METRIC_MODULES, "1", 2), USAGE_ACCEPTED);
    struct taking taking = {
        .command = {.run = take_within, .done = reading_done},
        .take = {.request = {STR("alice"), METRIC_MODULES, quantity_of(1), STR("")},
                 .arena = &world->arena,
                 .finished = taken},
    };
    struct usage_event set = event(world, "alice", "2", 5);
    struct usage_ingest ingest;
    set.record.metric = METRIC_MODULES;
    set.record.is_set = true;
    command_submit(&world->app, &taking.command);
    queue(world, &ingest, &set);
    world_run(world);
    assert_used(world, "alice", METRIC_MODULES, 6);
    world_check_gate(world);
}

/* Somebody who looks at the gate in the midst of the group that has just counted. */
struct looking {
    struct command command; /* first */
    struct world *world;
    struct usage_wait wait;
    int64_t seen; /* in the gate */
    int64_t told; /* of the rows, -1 until then */
};

static void told(struct usage_wait *wait) {
    struct looking *looking = (struct looking *)((char *)wait - offsetof(struct looking, wait));
    struct tx tx = world_read(looking->world);
    assert_ok(usage_total(&tx, STR("alice"), METRIC_API_REQUESTS,
                          world_time("2015-05-17T00:00:00Z").ms, &looking->told));
}

static struct err look_within(struct command *command, struct tx *tx) {
    (void)tx;
    struct looking *looking = (struct looking *)command;
    struct gate_verdict verdicts[METRIC_COUNT];
    gate_snapshot(gate_customer(command->app->gate, STR("alice")), app_now(command->app), verdicts);
    looking->seen = verdicts[METRIC_API_REQUESTS].used.amount;
    usage_wait_start_gate(command->app, &looking->wait, STR("alice"));
    return OK;
}

static void what_the_gate_shows_is_in_the_rows_of_who_waits_for_it(void **state) {
    struct world *world = *state;
    struct usage_event one = event(world, "alice", "1", 5);
    struct usage_ingest ingest;
    struct looking looking = {
        .command = {.run = look_within, .done = reading_done},
        .world = world,
        .wait = {.then = told},
        .told = -1,
    };
    queue(world, &ingest, &one);
    command_submit_events(&world->app, &looking.command, 1, 0); /* behind it in the group */
    world_run(world);
    assert_int_equal(looking.seen, 5);
    assert_int_equal(looking.told, 5);
}

/* Which is more than one use can say. */
static void a_level_moves_from_end_to_end(void **state) {
    struct world *world = *state;
    static const int64_t levels[] = {-LIMIT_AMOUNT, GATE_USED_MAX, -GATE_USED_MAX, 1};
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        struct usage_event set =
            event(world, "alice", arena_printf(&world->arena, "%zu", i).bytes, levels[i]);
        set.record.metric = METRIC_MODULES;
        set.record.is_set = levels[i] >= 0;
        assert_int_equal(world_ingest(world, &set, 1), OUTCOME_DONE);
        assert_int_equal(set.status, USAGE_ACCEPTED);
    }
    assert_used(world, "alice", METRIC_MODULES, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        USAGE_TEST(events_are_counted_to_the_unit),
        USAGE_TEST(the_same_event_counts_once_however_it_comes_again),
        USAGE_TEST(events_of_a_batch_are_added_where_they_belong),
        USAGE_TEST(a_work_that_fails_leaves_nothing_gathered),
        USAGE_TEST(two_batches_of_one_group_see_each_other),
        USAGE_TEST(a_command_reads_what_its_group_has_counted),
        USAGE_TEST(an_event_belongs_to_the_period_of_its_own_time),
        USAGE_TEST(what_is_rejected_names_its_reason_and_hinders_nobody),
        USAGE_TEST(an_event_that_was_rejected_may_come_again),
        USAGE_TEST(a_gauge_is_a_level_in_the_order_of_arrival),
        USAGE_TEST(a_counter_starts_at_zero_in_a_new_period),
        USAGE_TEST(hours_and_periods_sum_alike),
        USAGE_TEST(days_are_the_sums_of_their_hours),
        USAGE_TEST(the_view_shows_percent_and_what_it_leads_to),
        USAGE_TEST(a_full_disk_leaves_gate_and_store_equal),
        USAGE_TEST(a_grace_begun_on_a_full_disk_outlives_a_restart),
        USAGE_TEST(a_group_that_fails_takes_back_every_level),
        USAGE_TEST(a_level_that_is_set_leaves_what_was_just_taken),
        USAGE_TEST(what_the_gate_shows_is_in_the_rows_of_who_waits_for_it),
        USAGE_TEST(a_level_moves_from_end_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
