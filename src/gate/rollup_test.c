/* Guards: each key once and in order, sums exact, gauges as levels in the order of arrival. */
#include "base/rfc3339.h"
#include "base/testing.h"
#include "gate/rollup.h"

static struct instant at(const char *text) {
    int64_t ms;
    assert_true(rfc3339_parse(str_from_cstr(text), &ms));
    return (struct instant){ms};
}

static struct usage_record use(const char *user, enum metric metric, int64_t value,
                               const char *time) {
    return (struct usage_record){.identity = {str_from_cstr(user), STR("s"), STR("i")},
                                 .metric = metric,
                                 .value = value,
                                 .time = at(time)};
}

static struct rollup fold(struct arena *arena, const struct usage_record *records, size_t count) {
    struct rollup_input *inputs = arena_array(arena, count + 1, sizeof *inputs);
    assert_non_null(inputs);
    for (size_t i = 0; i < count; i++) {
        struct instant anchor = at("2026-01-31T00:00:00Z");
        inputs[i] = (struct rollup_input){
            &records[i], period_containing(anchor, INTERVAL_MONTH, records[i].time)};
    }
    struct rollup rollup;
    assert_ok(rollup_fold(arena, inputs, count, &rollup));
    return rollup;
}

static int open_arena(void **state) {
    struct env *env = test_calloc(1, sizeof *env);
    struct arena *arena = test_calloc(1, sizeof *arena);
    env_posix_init(env);
    arena_init(arena, env, 1 << 20);
    *state = arena;
    return 0;
}

static int close_arena(void **state) {
    struct arena *arena = *state;
    struct env *env = arena->env;
    arena_finish(arena);
    test_free(arena);
    test_free(env);
    return 0;
}

static void rows_are_merged_and_sorted_by_key(void **state) {
    struct usage_record records[] = {
        use("eve", METRIC_API_REQUESTS, 1, "2026-02-01T10:59:59.999Z"),
        use("ada", METRIC_BANDWIDTH, 5, "2026-02-01T10:00:00Z"),
        use("ada", METRIC_API_REQUESTS, 2, "2026-03-01T00:00:00Z"),
        use("ada", METRIC_API_REQUESTS, 3, "2026-02-01T11:00:00Z"),
        use("ada", METRIC_API_REQUESTS, 4, "2026-02-01T11:59:00Z"),
        use("eve", METRIC_API_REQUESTS, 6, "2026-02-01T10:00:00Z"),
    };
    struct rollup rollup = fold(*state, records, ARRAY_LEN(records));
    static const struct {
        const char *user, *start;
        enum metric metric;
        int64_t value, records;
    } hours[] = {{"ada", "2026-02-01T11:00:00Z", METRIC_API_REQUESTS, 7, 2},
                 {"ada", "2026-03-01T00:00:00Z", METRIC_API_REQUESTS, 2, 1},
                 {"ada", "2026-02-01T10:00:00Z", METRIC_BANDWIDTH, 5, 1},
                 {"eve", "2026-02-01T10:00:00Z", METRIC_API_REQUESTS, 7, 2}},
      periods[] = {{"ada", "2026-01-31T00:00:00Z", METRIC_API_REQUESTS, 7, 2},
                   {"ada", "2026-02-28T00:00:00Z", METRIC_API_REQUESTS, 2, 1},
                   {"ada", "2026-01-31T00:00:00Z", METRIC_BANDWIDTH, 5, 1},
                   {"eve", "2026-01-31T00:00:00Z", METRIC_API_REQUESTS, 7, 2}};
    assert_int_equal(rollup.hour_count, ARRAY_LEN(hours));
    assert_int_equal(rollup.period_count, ARRAY_LEN(periods));
    for (size_t i = 0; i < ARRAY_LEN(hours); i++) {
        const struct rollup_row *row = &rollup.hours[i];
        assert_text(row->user_id, hours[i].user);
        assert_true(instant_equal(row->period.start, at(hours[i].start)));
        assert_int_equal(period_length(row->period).ms, duration_hours(1).ms);
        assert_int_equal(row->metric, hours[i].metric);
        assert_int_equal(row->value.amount, hours[i].value);
        assert_int_equal(row->records, hours[i].records);
        row = &rollup.periods[i];
        assert_text(row->user_id, periods[i].user);
        assert_true(instant_equal(row->period.start, at(periods[i].start)));
        assert_int_equal(row->metric, periods[i].metric);
        assert_int_equal(row->value.amount, periods[i].value);
        assert_int_equal(row->records, periods[i].records);
    }
    assert_true(instant_equal(rollup.hours[0].last_at, at("2026-02-01T11:59:00Z")));
}

static void labels_split_hours_but_not_periods(void **state) {
    struct usage_record records[] = {
        use("ada", METRIC_BANDWIDTH, 1, "2026-02-01T10:00:00Z"),
        use("ada", METRIC_BANDWIDTH, 2, "2026-02-01T10:00:00Z"),
        use("ada", METRIC_BANDWIDTH, 4, "2026-02-01T10:00:00Z"),
        use("ada", METRIC_BANDWIDTH, 8, "2026-02-01T10:00:00Z"),
    };
    records[0].region = STR("us");
    records[1].region = records[2].region = records[3].region = STR("eu");
    records[2].resource = STR("web");
    struct rollup rollup = fold(*state, records, ARRAY_LEN(records));
    assert_int_equal(rollup.hour_count, 3);
    assert_int_equal(rollup.hours[0].value.amount, 10);
    assert_text(rollup.hours[1].resource, "web");
    assert_int_equal(rollup.hours[1].value.amount, 4);
    assert_text(rollup.hours[2].region, "us");
    assert_int_equal(rollup.period_count, 1);
    assert_int_equal(rollup.periods[0].value.amount, 15);
    assert_text(rollup.periods[0].region, "");
}

static void a_set_forgets_what_came_before_it(void **state) {
    struct usage_record records[] = {
        use("ada", METRIC_MODULES, 4, "2026-02-01T10:30:00Z"),
        use("ada", METRIC_MODULES, 7, "2026-02-01T10:10:00Z"),
        use("ada", METRIC_MODULES, -2, "2026-02-01T10:00:00Z"),
    };
    struct rollup rollup = fold(*state, records, 1);
    assert_false(rollup.hours[0].is_set);
    records[1].is_set = true;
    rollup = fold(*state, records, ARRAY_LEN(records));
    assert_int_equal(rollup.period_count, 1);
    assert_true(rollup.periods[0].is_set);
    assert_int_equal(rollup.periods[0].value.amount, 5);
    assert_int_equal(rollup.periods[0].records, 3);
}

static void sums_stay_within_what_a_row_holds(void **state) {
    struct usage_record records[] = {
        use("ada", METRIC_STORAGE, LIMIT_AMOUNT, "2026-02-01T10:00:00Z"),
        use("ada", METRIC_STORAGE, 1, "2026-02-01T10:00:00Z"),
        use("eve", METRIC_STORAGE, -LIMIT_AMOUNT, "2026-02-01T10:00:00Z"),
        use("eve", METRIC_STORAGE, -1, "2026-02-01T10:00:00Z"),
    };
    struct rollup rollup = fold(*state, records, ARRAY_LEN(records));
    assert_true(rollup.periods[0].value.amount == LIMIT_AMOUNT);
    assert_true(rollup.periods[1].value.amount == -LIMIT_AMOUNT);
}

static void nothing_gives_nothing_and_no_memory_an_error(void **state) {
    struct arena *arena = *state;
    struct rollup rollup = fold(arena, NULL, 0);
    assert_int_equal(rollup.hour_count + rollup.period_count, 0);
    struct usage_record record = use("ada", METRIC_MODULES, 1, "2026-02-01T10:00:00Z");
    struct rollup_input input = {&record, {at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z")}};
    struct arena narrow;
    arena_init(&narrow, arena->env, 1);
    assert_err(rollup_fold(&narrow, &input, 1, &rollup), ERR_NO_MEMORY);
    arena_finish(&narrow);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(rows_are_merged_and_sorted_by_key),
        STORY(labels_split_hours_but_not_periods),
        STORY(a_set_forgets_what_came_before_it),
        STORY(sums_stay_within_what_a_row_holds),
        STORY(nothing_gives_nothing_and_no_memory_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
