/* Guards: under any concurrency what takes let through is exactly what the hard limit allows, also
 * across a roll-over and beside changes of plan; no count is lost. */
#include "base/rfc3339.h"
#include "base/testing.h"
#include "gate/gate.h"

#include <pthread.h>

enum { THREADS = 8 };

static struct instant at(const char *text) {
    int64_t ms;
    assert_true(rfc3339_parse(str_from_cstr(text), &ms));
    return (struct instant){ms};
}

static struct gate_settings settings_of(int64_t limit) {
    struct gate_settings settings = {.anchor = at("2026-01-31T10:00:00Z"),
                                     .now = at("2026-01-31T10:00:00Z")};
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        settings.metrics[i].limit = (struct limit){LIMIT_COUNT, {limit}, 110};
    }
    return settings;
}

static struct gate *make_gate(struct env *env, const struct gate_settings *settings) {
    struct gate *gate = NULL;
    env_posix_init(env);
    struct gate_options options = {.env = env, .customers_max = 10};
    assert_ok(gate_create(&options, &gate));
    assert_ok(gate_put(gate, STR("ada"), settings));
    return gate;
}

/* What one thread does and what it saw. */
struct worker {
    pthread_t thread;
    struct gate_handle handle;
    enum metric metric;
    struct instant first, then; /* the clock in the first and the second half of the attempts */
    int attempts;
    int64_t amount;
    int64_t let_through[2];
    int graces;
    unsigned notices; /* that its verdicts named */
};

static void *takes(void *context) {
    struct worker *worker = context;
    for (int i = 0; i < worker->attempts; i++) {
        bool is_second = i >= worker->attempts / 2;
        struct gate_verdict verdict =
            gate_take(worker->handle, worker->metric, quantity_of(worker->amount),
                      is_second ? worker->then : worker->first);
        /* A lagging clock counts in the period that has begun, and the verdict says so. */
        bool is_new = !instant_is_before(verdict.period.start, worker->then);
        worker->let_through[is_new] += verdict.counted.amount;
        worker->graces += verdict.grace_started;
        worker->notices |= verdict.notices;
    }
    return NULL;
}

static void run_workers(struct worker workers[THREADS], struct worker all, void *(*work)(void *)) {
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = all;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
}

static struct worker join_workers(struct worker workers[THREADS]) {
    struct worker sum = {0};
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        sum.let_through[0] += workers[i].let_through[0];
        sum.let_through[1] += workers[i].let_through[1];
        sum.graces += workers[i].graces;
        sum.notices |= workers[i].notices;
    }
    return sum;
}

static void eight_threads_are_let_through_exactly_to_the_hard_limit(void **state) {
    (void)state;
    struct env env;
    struct gate_settings settings = settings_of(10000);
    struct gate *gate = make_gate(&env, &settings);
    struct gate_handle ada = gate_customer(gate, STR("ada"));
    struct worker workers[THREADS];
    struct instant far = at("2030-01-01T00:00:00Z");
    run_workers(workers,
                (struct worker){.handle = ada,
                                .metric = METRIC_API_REQUESTS,
                                .first = settings.now,
                                .then = settings.now,
                                .attempts = 4000,
                                .amount = 1},
                takes);
    struct worker sum = join_workers(workers);
    assert_int_equal(sum.let_through[0] + sum.let_through[1], 11000);
    assert_int_equal(sum.graces, 1);
    assert_int_equal(sum.notices,
                     LIMIT_NOTICE_WARNING | LIMIT_NOTICE_REACHED | LIMIT_NOTICE_BLOCKED);
    struct gate_verdict verdict =
        gate_check(ada, METRIC_API_REQUESTS, quantity_of(0), settings.now);
    assert_int_equal(verdict.used.amount, 11000);
    assert_int_equal(gate_check(ada, METRIC_API_REQUESTS, quantity_of(0), far).used.amount, 0);
    gate_destroy(gate);
}

static void a_roll_over_in_the_middle_neither_loses_nor_lets_more_through(void **state) {
    (void)state;
    for (int round = 0; round < 50; round++) {
        struct env env;
        struct gate_settings settings = settings_of(100);
        struct gate *gate = make_gate(&env, &settings);
        struct gate_handle ada = gate_customer(gate, STR("ada"));
        struct worker workers[THREADS];
        struct instant end = at("2026-02-28T10:00:00Z");
        run_workers(workers,
                    (struct worker){.handle = ada,
                                    .metric = METRIC_BANDWIDTH,
                                    .first = {end.ms - 1},
                                    .then = end,
                                    .attempts = 200,
                                    .amount = 1},
                    takes);
        struct worker sum = join_workers(workers);
        assert_true(sum.let_through[0] <= 110);
        assert_int_equal(sum.let_through[1], 110);
        struct gate_verdict verdict = gate_check(ada, METRIC_BANDWIDTH, quantity_of(0), end);
        assert_int_equal(verdict.used.amount, 110);
        gate_destroy(gate);
    }
}

static void *takes_and_gives_back(void *context) {
    struct worker *worker = context;
    for (int i = 0; i < worker->attempts; i++) {
        struct gate_verdict verdict =
            gate_take(worker->handle, worker->metric, quantity_of(3), worker->first);
        worker->let_through[0] += verdict.counted.amount;
        struct gate_use use = {.metric = worker->metric, .value = {2}, .time = worker->first};
        if (verdict.is_allowed) {
            worker->let_through[0] +=
                gate_release(worker->handle, &use, worker->first).counted.amount;
        }
    }
    return NULL;
}

static void changes_of_plan_beside_takes_and_releases_lose_nothing(void **state) {
    (void)state;
    struct env env;
    struct gate_settings settings = settings_of(1000000);
    struct gate *gate = make_gate(&env, &settings);
    struct gate_handle ada = gate_customer(gate, STR("ada"));
    struct worker workers[THREADS];
    run_workers(workers,
                (struct worker){.handle = ada,
                                .metric = METRIC_STORAGE,
                                .first = settings.now,
                                .then = settings.now,
                                .attempts = 3000},
                takes_and_gives_back);
    for (int i = 0; i < 2000; i++) {
        settings.metrics[METRIC_STORAGE].keeps_used = true;
        settings.metrics[METRIC_STORAGE].limit.amount = quantity_of(i % 2 == 0 ? 5000 : 1000000);
        assert_ok(gate_put(gate, STR("ada"), &settings));
        char name[1] = {(char)('a' + i % 9)}; /* readers of other customers are not disturbed */
        assert_ok(gate_put(gate, str_of(name, 1), &settings));
        assert_true(gate_is_known(gate_customer(gate, STR("ada"))));
    }
    struct worker sum = join_workers(workers);
    struct gate_verdict verdict = gate_check(ada, METRIC_STORAGE, quantity_of(0), settings.now);
    assert_int_equal(verdict.used.amount, sum.let_through[0]);
    gate_destroy(gate);
}

static void *moves_a_gauge(void *context) {
    struct worker *worker = context;
    for (int i = 0; i < worker->attempts; i++) {
        struct gate_use use = {
            .metric = worker->metric, .value = {i % 2 == 0 ? 20 : -20}, .time = worker->first};
        (void)gate_record(worker->handle, &use, worker->first);
    }
    return NULL;
}

static void the_last_change_of_a_gauge_leaves_a_watch_that_fits(void **state) {
    (void)state;
    struct env env;
    struct gate_settings settings = settings_of(100);
    struct gate *gate = make_gate(&env, &settings);
    struct gate_handle ada = gate_customer(gate, STR("ada"));
    struct worker workers[THREADS];
    for (int round = 0; round < 20; round++) {
        run_workers(workers,
                    (struct worker){.handle = ada,
                                    .metric = METRIC_MODULES,
                                    .first = settings.now,
                                    .then = settings.now,
                                    .attempts = round % 2 == 0 ? 201 : 200},
                    moves_a_gauge);
        (void)join_workers(workers);
        struct gate_verdict verdict = gate_check(ada, METRIC_MODULES, quantity_of(0), settings.now);
        assert_int_equal(verdict.used.amount % 20, 0);
        assert_int_equal(verdict.watch.has_grace && !verdict.watch.is_settling,
                         verdict.used.amount > 100);
    }
    gate_destroy(gate);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_threads_are_let_through_exactly_to_the_hard_limit),
        cmocka_unit_test(a_roll_over_in_the_middle_neither_loses_nor_lets_more_through),
        cmocka_unit_test(changes_of_plan_beside_takes_and_releases_lose_nothing),
        cmocka_unit_test(the_last_change_of_a_gauge_leaves_a_watch_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
