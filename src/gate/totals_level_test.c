/* Guards: a gauge stands where the last record of its journal left it, and so do the rows of its
 * hours, whatever works and groups succeed or fail and in whatever order rows are written; and
 * after a crash at any point, what comes in the journal after its rows' batch makes it so again. */
#include <string.h>

#include "base/prng.h"
#include "base/testing.h"
#include "gate/totals.h"

enum { GAUGES = 6, HOURS = 3, BATCHES = 200, RECORDS_MAX = 4000, SEEDS = 30 };

/* One record of the journal: committed, of the open group, or of the work that runs. */
struct moved {
    int64_t batch;
    size_t gauge, hour;
    bool is_set;
    int64_t value;
};

/* What the store's rows say of a gauge. */
struct rows {
    int64_t level, hours[HOURS];
    int64_t batch;
};

struct model {
    struct totals totals;
    struct prng prng;
    struct moved records[RECORDS_MAX];
    size_t count, kept; /* kept: by works that have succeeded */
    struct rows stored[GAUGES], durable[GAUGES];
    int64_t batch; /* the open one */
};

static const char customers[2];

/* Two gauges of each of two customers, and two of one who is known by name alone. */
static struct total_key key_of(size_t gauge, enum total_kind kind, int64_t start) {
    return (struct total_key){
        .customer = gauge / 2 < ARRAY_LEN(customers) ? &customers[gauge / 2] : NULL,
        .user_id = STR("u"),
        .kind = kind,
        .metric = gauge % 2 == 0 ? METRIC_MODULES : METRIC_STORAGE,
        .start = start,
    };
}

static struct total *row_of(struct model *model, size_t gauge, enum total_kind kind,
                            int64_t start) {
    struct total_key key = key_of(gauge, kind, start);
    struct total *total = NULL;
    assert_ok(totals_row(&model->totals, &key, &total));
    return total;
}

static struct total *level_of(struct model *model, size_t gauge) {
    struct total *level = row_of(model, gauge, TOTAL_LEVEL, 0);
    if (!totals_knows_level(&model->totals, level)) {
        totals_set_level(&model->totals, level, (struct level){model->stored[gauge].level, 0});
    }
    return level;
}

static int64_t after(int64_t level, const struct moved *moved) {
    return moved->is_set ? moved->value : level + moved->value;
}

/* --- a work --- */

static void record(struct model *model) {
    struct moved moved = {
        .batch = model->batch,
        .gauge = prng_below(&model->prng, GAUGES),
        .hour = prng_below(&model->prng, HOURS),
        .is_set = prng_chance(&model->prng, 20),
        .value = (int64_t)prng_below(&model->prng, 9) - 4,
    };
    assert_true(model->count < RECORDS_MAX);
    model->records[model->count++] = moved;
    struct total *level = level_of(model, moved.gauge);
    struct sums sums = {
        .value = after(totals_level(level).value, &moved), .counted = 1, .is_level = true};
    totals_add(&model->totals, row_of(model, moved.gauge, TOTAL_HOUR, (int64_t)moved.hour), &sums);
    totals_add(&model->totals, level, &sums);
}

static void work(struct model *model) {
    int64_t before[GAUGES];
    for (size_t gauge = 0; gauge < GAUGES; gauge++) {
        before[gauge] = totals_level(level_of(model, gauge)).value;
    }
    for (size_t i = prng_below(&model->prng, 5); i > 0; i--) {
        record(model);
    }
    for (size_t gauge = 0; gauge < GAUGES; gauge++) {
        assert_int_equal(totals_level_before_work(level_of(model, gauge)).value, before[gauge]);
    }
    if (prng_chance(&model->prng, 80)) {
        totals_keep_work(&model->totals);
        model->kept = model->count;
    } else {
        totals_drop_work(&model->totals);
        model->count = model->kept;
    }
}

/* --- writing --- */

static void write_row(struct model *model, size_t gauge, struct total *row) {
    struct rows *stored = &model->stored[gauge];
    struct sums due = totals_due(row);
    if (!sums_are_empty(&due)) {
        assert_true(due.is_level);
        int64_t *value =
            row->key.kind == TOTAL_LEVEL ? &stored->level : &stored->hours[row->key.start];
        *value = due.value;
        if (row->key.kind == TOTAL_LEVEL) {
            stored->batch = model->batch - (row->open.counted == 0);
        }
        totals_written(&model->totals, row);
    }
}

/* One row of a gauge is chosen: all are written. */
static void write_gauge(struct model *model, size_t gauge) {
    size_t hour = prng_below(&model->prng, HOURS);
    struct total *chosen = row_of(model, gauge, TOTAL_HOUR, (int64_t)hour);
    struct total *row = totals_beside(&model->totals, chosen, NULL);
    for (; row != NULL; row = totals_beside(&model->totals, chosen, row)) {
        write_row(model, gauge, row);
    }
}

static void write_some(struct model *model, bool is_end) {
    for (size_t gauge = 0; gauge < GAUGES; gauge++) {
        bool must_be = is_end && level_of(model, gauge)->is_stamped;
        if (must_be || prng_chance(&model->prng, 25)) {
            write_gauge(model, gauge);
        }
    }
}

/* --- a group --- */

static void end_group(struct model *model) {
    if (prng_chance(&model->prng, 75)) {
        memcpy(model->durable, model->stored, sizeof model->durable);
        totals_committed(&model->totals, (uint64_t)model->batch++);
    } else {
        memcpy(model->stored, model->durable, sizeof model->stored);
        totals_abandoned(&model->totals);
        while (model->kept > 0 && model->records[model->kept - 1].batch == model->batch) {
            model->kept--;
        }
        model->count = model->kept;
    }
}

static void check_gauge(struct model *model, size_t gauge) {
    struct rows truth = {0};
    struct rows recovered = model->durable[gauge];
    for (size_t i = 0; i < model->count; i++) {
        const struct moved *moved = &model->records[i];
        if (moved->gauge != gauge) {
            continue;
        }
        truth.level = truth.hours[moved->hour] = after(truth.level, moved);
        if (moved->batch > model->durable[gauge].batch) {
            recovered.level = recovered.hours[moved->hour] = after(recovered.level, moved);
        }
    }
    assert_int_equal(totals_level(level_of(model, gauge)).value, truth.level);
    assert_int_equal(recovered.level, truth.level);
    assert_memory_equal(recovered.hours, truth.hours, sizeof truth.hours);
}

static void live(struct model *model) {
    while (model->batch <= BATCHES && model->count < RECORDS_MAX - 100) {
        for (size_t works = prng_below(&model->prng, 4); works > 0; works--) {
            work(model);
            if (prng_chance(&model->prng, 20)) {
                write_some(model, false);
            }
            if (prng_chance(&model->prng, 10)) {
                totals_forget_levels(&model->totals);
            }
        }
        write_some(model, true);
        end_group(model);
        for (size_t gauge = 0; gauge < GAUGES; gauge++) {
            check_gauge(model, gauge);
        }
    }
}

static void every_level_is_what_its_records_say(void **state) {
    (void)state;
    struct env env;
    env_posix_init(&env);
    struct model *model = test_malloc(sizeof *model);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        memset(model, 0, sizeof *model);
        model->prng = prng_split(seed, 0);
        model->batch = 1;
        totals_init(&model->totals, &env);
        live(model);
        totals_finish(&model->totals);
    }
    test_free(model);
}

static void a_period_never_goes_back(void **state) {
    (void)state;
    struct env env;
    env_posix_init(&env);
    struct model *model = test_malloc(sizeof *model);
    memset(model, 0, sizeof *model);
    totals_init(&model->totals, &env);
    static const struct { int64_t said, stands; } rows[] = {{5, 7}, {9, 9}, {8, 9}};
    struct total *level = row_of(model, 0, TOTAL_LEVEL, 0);
    totals_set_level(&model->totals, level, (struct level){3, 7});
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sums sums = {.value = 1, .counted = 1, .last_at = rows[i].said, .is_level = true};
        totals_add(&model->totals, level, &sums);
        assert_int_equal(totals_level(level).period_start, rows[i].stands);
        assert_int_equal(totals_level(level).value, 1);
        totals_keep_work(&model->totals);
        totals_written(&model->totals, level);
    }
    totals_finish(&model->totals);
    test_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_is_what_its_records_say),
        cmocka_unit_test(a_period_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
