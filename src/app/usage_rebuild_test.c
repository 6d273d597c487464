/* Guards: what is stored of usage is what the journal adds up to. Whatever happened, in whatever
 * order (late events, levels, reversals, takes, releases, new periods, changes of plan), the totals
 * of hours and periods, and the levels of gauges, are those that a reader of the journal computes;
 * also when the power goes before they are written. */
#include "app/test_rollup.h"
#include "app/test_world.h"
#include "app/usage_rebuild.h"
#include "base/prng.h"
#include "base/testing.h"
#include "store/usage_journal.h"

enum { HISTORIES = 10, STEPS = 80, CUSTOMERS = 3, RECORDS_MAX = 2000, ROWS_MAX = 2000 };
enum { CUT_HISTORIES = 12, CUTS = 12, STEPS_TO_CUT = 12, CALLS_TO_CUT = 60 };

static const char *const customers[CUSTOMERS] = {"alice", "bob", "carol"};

/* --- what the journal says --- */

struct rebuild {
    struct tx tx;
    struct rollup_input *inputs; /* of counters */
    size_t count;
    int64_t levels[CUSTOMERS][METRIC_COUNT]; /* of gauges */
    struct level_hour *hours;                /* of gauges */
    size_t hour_count;
};

/* Where a gauge stood after the last record that happened in the hour. */
struct level_hour {
    size_t user;
    enum metric metric;
    int64_t start, level, events;
};

static size_t customer_of(struct str user_id) {
    for (size_t i = 0; i < CUSTOMERS; i++) {
        if (str_equal(user_id, str_from_cstr(customers[i]))) {
            return i;
        }
    }
    fail();
    return 0;
}

static void add_counted(struct rebuild *rebuild, const struct usage_record *record) {
    struct arena *arena = rebuild->tx.cx->arena;
    struct usage_record *kept = ARENA_NEW(arena, struct usage_record);
    assert_non_null(kept);
    *kept = *record;
    kept->identity.user_id = arena_str(arena, record->identity.user_id);
    kept->identity.source = arena_str(arena, record->identity.source);
    kept->identity.id = arena_str(arena, record->identity.id);
    kept->region = arena_str(arena, record->region);
    kept->resource = arena_str(arena, record->resource);
    struct rollup_input *input = &rebuild->inputs[rebuild->count++];
    assert_true(rebuild->count <= RECORDS_MAX);
    input->record = kept;
    assert_ok(subscription_usage_period(&rebuild->tx, kept->identity.user_id, kept->time,
                                        &input->period));
}

static void add_to_level(struct rebuild *rebuild, const struct usage_record *record) {
    size_t user = customer_of(record->identity.user_id);
    int64_t start = period_hour_containing(record->time).start.ms;
    int64_t *level = &rebuild->levels[user][record->metric];
    *level = record->is_set ? record->value : *level + record->value;
    size_t i = 0;
    while (i < rebuild->hour_count &&
           (rebuild->hours[i].user != user || rebuild->hours[i].metric != record->metric ||
            rebuild->hours[i].start != start)) {
        i++;
    }
    if (i == rebuild->hour_count) {
        rebuild->hours[rebuild->hour_count++] =
            (struct level_hour){.user = user, .metric = record->metric, .start = start};
        assert_true(rebuild->hour_count < RECORDS_MAX);
    }
    rebuild->hours[i].level = *level;
    rebuild->hours[i].events++;
}

static struct err add_record(void *context, const struct usage_record *record) {
    if (metric_kind(record->metric) == METRIC_COUNTER) {
        add_counted(context, record);
    } else {
        add_to_level(context, record);
    }
    return OK;
}

static struct err add_batch(void *context, const struct journal_row *row) {
    struct batch_reader reader;
    TRY(batch_open(row->body, &reader));
    assert_int_equal(reader.number, row->batch);
    return batch_each_counted(row->body, add_record, context);
}

/* --- what is stored --- */

static const struct usage_point *find(const struct row_list *list, const struct rollup_row *row) {
    const struct usage_point *points = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (points[i].metric == (int)row->metric && points[i].timestamp == row->period.start.ms &&
            str_equal(points[i].region, row->region) &&
            str_equal(points[i].resource, row->resource)) {
            return &points[i];
        }
    }
    return NULL;
}

static size_t counters_among(const struct row_list *list) {
    const struct usage_point *points = list->items;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += metric_kind((enum metric)points[i].metric) == METRIC_COUNTER;
    }
    return count;
}

/* Each row of the rebuild is stored with its value and count, and no other row is. */
static void compare(struct tx *tx, enum usage_grain grain, const struct rollup_row *rows,
                    size_t count) {
    for (size_t user = 0; user < CUSTOMERS; user++) {
        struct str user_id = str_from_cstr(customers[user]);
        struct usage_span span = {grain, 0, INT64_MAX};
        struct row_list stored = {NULL, 0};
        size_t own = 0;
        assert_ok(usage_series(tx, user_id, span, &stored));
        for (size_t i = 0; i < count; i++) {
            if (!str_equal(rows[i].user_id, user_id)) {
                continue;
            }
            const struct usage_point *point = find(&stored, &rows[i]);
            assert_non_null(point);
            if (point->value != rows[i].value.amount || point->events != rows[i].records) {
                fail_msg("%s %s, grain %d at %lld region \"" STR_FMT "\": %lld of %lld events are "
                         "stored, the journal has %lld of %lld",
                         customers[user], metric_name(rows[i].metric), (int)grain,
                         (long long)point->timestamp, STR_ARG(point->region),
                         (long long)point->value, (long long)point->events,
                         (long long)rows[i].value.amount, (long long)rows[i].records);
            }
            own++;
        }
        assert_int_equal(counters_among(&stored), own);
    }
}

/* What stands in a day's row, less what its hours say: nothing. */
static void compare_days(struct tx *tx) {
    for (size_t user = 0; user < CUSTOMERS; user++) {
        struct str user_id = str_from_cstr(customers[user]);
        struct row_list days = {NULL, 0};
        struct row_list hours = {NULL, 0};
        assert_ok(usage_series(tx, user_id, (struct usage_span){USAGE_DAY, 0, INT64_MAX}, &days));
        assert_ok(usage_series(tx, user_id, (struct usage_span){USAGE_HOUR, 0, INT64_MAX}, &hours));
        struct usage_point *left = days.items;
        const struct usage_point *points = hours.items;
        for (size_t i = 0; i < hours.count; i++) {
            for (size_t k = 0; k < days.count; k++) {
                bool is_in = left[k].metric == points[i].metric &&
                             points[i].timestamp - left[k].timestamp < duration_days(1).ms &&
                             points[i].timestamp >= left[k].timestamp &&
                             str_equal(left[k].region, points[i].region) &&
                             str_equal(left[k].resource, points[i].resource);
                left[k].value -= is_in ? points[i].value : 0;
                left[k].events -= is_in ? points[i].events : 0;
            }
        }
        for (size_t k = 0; k < days.count; k++) {
            assert_int_equal(left[k].value, 0);
            assert_int_equal(left[k].events, 0);
        }
        assert_true((days.count > 0) == (counters_among(&hours) > 0));
    }
}

static void compare_levels(struct tx *tx, const struct rebuild *rebuild) {
    for (size_t user = 0; user < CUSTOMERS; user++) {
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            int64_t stored = 0;
            if (metric_kind((enum metric)metric) == METRIC_GAUGE) {
                assert_ok(
                    usage_level(tx, str_from_cstr(customers[user]), (enum metric)metric, &stored));
                assert_int_equal(stored, rebuild->levels[user][metric]);
            }
        }
    }
}

static void compare_level(const struct rebuild *rebuild, size_t user,
                          const struct usage_point *point) {
    for (size_t i = 0; i < rebuild->hour_count; i++) {
        const struct level_hour *hour = &rebuild->hours[i];
        if (hour->user == user && (int)hour->metric == point->metric &&
            hour->start == point->timestamp) {
            assert_int_equal(point->value, hour->level);
            assert_int_equal(point->events, hour->events);
            assert_int_equal(point->region.len + point->resource.len, 0);
            return;
        }
    }
    fail_msg("the journal has nothing of the gauge's hour at %lld", (long long)point->timestamp);
}

/* As many events stand in the rows of a gauge's periods as in those of its hours. */
static void compare_level_hours(struct tx *tx, const struct rebuild *rebuild) {
    size_t compared = 0;
    for (size_t user = 0; user < CUSTOMERS; user++) {
        struct str user_id = str_from_cstr(customers[user]);
        for (int grain = USAGE_HOUR; grain <= USAGE_PERIOD; grain++) {
            struct usage_span span = {(enum usage_grain)grain, 0, INT64_MAX};
            struct row_list list = {NULL, 0};
            assert_ok(usage_series(tx, user_id, span, &list));
            const struct usage_point *points = list.items;
            for (size_t i = 0; i < list.count; i++) {
                if (metric_kind((enum metric)points[i].metric) == METRIC_GAUGE) {
                    assert_int_not_equal(grain, USAGE_DAY);
                    if (grain == USAGE_HOUR) {
                        compare_level(rebuild, user, &points[i]);
                        compared++;
                    }
                }
            }
        }
    }
    assert_int_equal(compared, rebuild->hour_count);
}

/* The product's own rebuild comes to the same: no row differs, and all are judged. */
static void check_rebuild(struct world *world, struct tx *tx) {
    struct usage_rebuild rebuild = {.repairs = false};
    assert_ok(usage_rebuild(&world->app, tx, &rebuild));
    assert_int_equal(rebuild.count, 0);
    assert_int_equal(rebuild.older, 0);
}

static void check_totals(struct world *world) {
    struct arena arena;
    struct cx cx;
    struct rollup rollup;
    arena_init(&arena, world->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, world->env, &arena);
    struct rebuild rebuild = {
        .tx = {.cx = &cx, .db = world_totals(world).db, .keyring = world->app.reader_keys}};
    rebuild.inputs = arena_array(&arena, RECORDS_MAX, sizeof *rebuild.inputs);
    rebuild.hours = arena_array(&arena, RECORDS_MAX, sizeof *rebuild.hours);
    assert_non_null(rebuild.inputs);
    assert_non_null(rebuild.hours);
    assert_ok(journal_each(&rebuild.tx, 1, add_batch, &rebuild));
    assert_ok(rollup_fold(&arena, rebuild.inputs, rebuild.count, &rollup));
    compare(&rebuild.tx, USAGE_HOUR, rollup.hours, rollup.hour_count);
    compare_days(&rebuild.tx);
    compare(&rebuild.tx, USAGE_PERIOD, rollup.periods, rollup.period_count);
    compare_levels(&rebuild.tx, &rebuild);
    compare_level_hours(&rebuild.tx, &rebuild);
    check_rebuild(world, &rebuild.tx);
    arena_finish(&arena);
}

/* --- one random step --- */

static struct usage_event event_of(struct world *world, struct prng *prng) {
    static const char *const regions[] = {"", "fra", "iad"};
    const char *user = customers[prng_below(prng, CUSTOMERS)];
    unsigned long long id = (unsigned long long)prng_below(prng, 500);
    struct usage_event event = {
        .record = {.identity = {str_from_cstr(user), STR("test"),
                                arena_printf(&world->arena, "%llu", id)},
                   .metric = (enum metric)prng_below(prng, METRIC_COUNT),
                   .value = (int64_t)prng_below(prng, 3000),
                   .region = str_from_cstr(regions[prng_below(prng, ARRAY_LEN(regions))]),
                   .time = {world->env->wall_ms(world->env) -
                            (int64_t)prng_below(prng, 40 * 24) * 3600 * 1000}},
    };
    if (metric_kind(event.record.metric) == METRIC_GAUGE) {
        event.record.is_set = prng_chance(prng, 30);
        event.record.value = (int64_t)prng_below(prng, 6) - (event.record.is_set ? 0 : 2);
    } else if (prng_chance(prng, 10)) {
        event.record.kind = USAGE_REVERSAL;
        event.record.value = -event.record.value;
    }
    return event;
}

static enum outcome send(struct world *world, struct prng *prng) {
    struct usage_event events[8];
    size_t count = 1 + prng_below(prng, ARRAY_LEN(events));
    for (size_t i = 0; i < count; i++) {
        struct usage_event fresh = event_of(world, prng);
        bool follows = i > 0 && prng_chance(prng, 50); /* to where the one before went */
        events[i] = follows ? events[i - 1] : fresh;
        events[i].record.identity.id = fresh.record.identity.id;
    }
    return world_ingest(world, events, count);
}

static void ask_gate(struct world *world, struct prng *prng) {
    struct take_request request = {
        .user_id = str_from_cstr(customers[prng_below(prng, CUSTOMERS)]),
        .metric = (enum metric)prng_below(prng, METRIC_COUNT),
        .amount = quantity_of((int64_t)prng_below(prng, 3)),
    };
    if (prng_chance(prng, 70)) {
        request.id = arena_printf(&world->arena, "t%d", (int)prng_below(prng, 20));
    }
    if (prng_chance(prng, 30)) {
        (void)world_release(world, request);
    } else {
        (void)world_take(world, request);
    }
}

static void change_plan(struct world *world, struct prng *prng) {
    static const enum operation_kind kinds[] = {OPERATION_SUBSCRIBE, OPERATION_CHANGE,
                                                OPERATION_CANCEL};
    struct operation_request request = {
        .kind = kinds[prng_below(prng, ARRAY_LEN(kinds))],
        .user_id = str_from_cstr(customers[prng_below(prng, CUSTOMERS)]),
        .tier = (int)prng_below(prng, TIER_ENTERPRISE),
        .interval = INTERVAL_MONTH,
        .when = (enum change_when)prng_below(prng, 3),
    };
    bool has_room = world->payments.subscription_count < TEST_OBJECTS_MAX - 1 &&
                    world->payments.invoice_count < TEST_OBJECTS_MAX - 1;
    if (has_room) {
        (void)world_operate(world, &request);
    }
}

static void live_on(struct world *world, struct prng *prng) {
    /* No two steps within a second: the provider begins periods at whole ones, and what is used in
     * that second may have been counted before the period was known. */
    env_sim_advance(world->sim, 1000);
    uint64_t draw = prng_below(prng, 10);
    if (draw < 4) {
        assert_int_equal(send(world, prng), OUTCOME_DONE);
    } else if (draw < 7) {
        ask_gate(world, prng);
    } else if (draw < 8) {
        change_plan(world, prng);
    } else {
        env_sim_advance(world->sim, (int64_t)prng_below(prng, 200) * 3600 * 1000);
    }
}

static void totals_equal_a_rebuild_from_the_journal_after_any_history(void **state) {
    (void)state;
    world_live(
        &(struct world_history){HISTORIES, STEPS, customers, CUSTOMERS, live_on, check_totals});
}

/* --- and the power goes --- */

/* Rows lag by what has come in since they were written last, and by what was not answered. */
static void live_until_the_power_goes(struct world *world, struct prng *prng) {
    static const enum env_sim_loss losses[] = {ENV_SIM_KEEP_NONE, ENV_SIM_KEEP_ALL,
                                               ENV_SIM_KEEP_SOME};
    struct env_sim_faults faults = {.dead_from = 1 + prng_below(prng, CALLS_TO_CUT)};
    env_sim_set_faults(world->sim, faults);
    for (int step = 0; step < STEPS_TO_CUT && !env_sim_is_dead(world->sim); step++) {
        bool is_long = prng_chance(prng, 5);
        env_sim_advance(world->sim, (int64_t)prng_below(prng, is_long ? 700000000 : 300));
        if (prng_chance(prng, 60)) {
            (void)send(world, prng);
        } else {
            ask_gate(world, prng);
        }
    }
    world_close(world);
    env_sim_power_loss(world->sim, losses[prng_below(prng, ARRAY_LEN(losses))]);
    assert_ok(world_open(world));
}

static void check_all(struct world *world) {
    check_totals(world);
    world_check_gate(world);
}

static void totals_equal_a_rebuild_wherever_the_power_goes(void **state) {
    (void)state;
    world_live(&(struct world_history){CUT_HISTORIES, CUTS, customers, CUSTOMERS,
                                       live_until_the_power_goes, check_all});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_equal_a_rebuild_from_the_journal_after_any_history),
        cmocka_unit_test(totals_equal_a_rebuild_wherever_the_power_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
