/* Guards: whatever works and groups succeed or fail, in whatever order rows are written, each row
 * with what is behind of it is what the journal says; and after a crash at any point, adding what
 * comes after a row's own batch makes it so again. */
#include "gate/totals.h"

#include <string.h>

#include "base/limits.h"
#include "base/prng.h"
#include "base/testing.h"

static int set_up(void **state) {
    static struct env env;
    static struct totals totals;
    env_posix_init(&env);
    totals_init(&totals, &env);
    *state = &totals;
    return 0;
}

static int tear_down(void **state) {
    totals_finish(*state);
    return 0;
}

static const char customers[8];

static struct total_key key_of(size_t customer, int64_t start) {
    return (struct total_key){.customer = &customers[customer],
                              .user_id = STR("u"),
                              .kind = TOTAL_HOUR,
                              .metric = METRIC_BANDWIDTH,
                              .start = start};
}

static struct total *row_of(struct totals *totals, struct total_key key) {
    struct total *total = NULL;
    assert_ok(totals_row(totals, &key, &total));
    return total;
}

static void add(struct totals *totals, struct total_key key, int64_t value) {
    struct sums sums = {.value = value, .counted = 1, .last_at = value, .heard_at = 1};
    totals_add(totals, row_of(totals, key), &sums);
}

static void every_part_of_the_key_counts(void **state) {
    struct totals *totals = *state;
    struct total_key keys[9];
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        keys[i] = key_of(0, 7);
    }
    keys[1].customer = &customers[1];
    keys[2].kind = TOTAL_PERIOD;
    keys[3].metric = METRIC_API_REQUESTS;
    keys[4].start = 8;
    keys[5].name = STR("fra");
    keys[6].part = STR("fra");
    keys[7].customer = NULL;
    keys[8].customer = NULL;
    keys[8].user_id = STR("v");
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        add(totals, keys[i], (int64_t)i + 1);
    }
    assert_int_equal(totals->count, ARRAY_LEN(keys));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        assert_int_equal(row_of(totals, keys[i])->work.value, (int64_t)i + 1);
    }
    keys[1].user_id = STR("u"); /* of one customer in other bytes: the same row */
    assert_int_equal(row_of(totals, keys[1])->work.value, 2);
}

static void a_row_stays_within_what_it_holds(void **state) {
    (void)state;
    struct sums sums = {.value = LIMIT_AMOUNT, .counted = 1};
    struct sums more = sums;
    sums_add(&sums, &more);
    assert_int_equal(sums.value, LIMIT_AMOUNT);
    more.value = -1;
    sums_add(&sums, &more);
    assert_int_equal(sums.value, LIMIT_AMOUNT - 1);
    sums.value = -LIMIT_AMOUNT;
    sums_add(&sums, &more);
    assert_int_equal(sums.value, -LIMIT_AMOUNT);
}

static void nothing_added_to_nothing_keeps_no_time(void **state) {
    (void)state;
    struct sums sums = {0};
    struct sums early = {.duplicate = 1, .last_at = -5};
    sums_add(&sums, &early); /* before 1970: later than nothing */
    assert_int_equal(sums.last_at, -5);
    struct sums none = {.last_at = 99};
    sums_add(&sums, &none);
    assert_int_equal(sums.last_at, -5);
}

static void who_was_told_is_found_behind(void **state) {
    struct totals *totals = *state;
    assert_false(totals_are_behind(totals, STR("u")));
    add(totals, key_of(0, 1), 5);
    totals_keep_work(totals);
    totals_committed(totals, 1);
    assert_true(totals_are_behind(totals, STR("u")));
    assert_int_equal(totals_behind(totals), 1);
    struct total *total = totals_of(totals, STR("u"));
    assert_ptr_equal(total, totals->behind);
    totals_written(totals, total);
    assert_true(totals_are_behind(totals, STR("u"))); /* until that is durable */
    totals_committed(totals, 2);
    assert_false(totals_are_behind(totals, STR("u")));
    assert_int_equal(totals->count, 0); /* and takes no memory */
}

/* --- any order of everything --- */

enum { KEYS = 40, BATCHES = 400 };

/* The store's row, in the open transaction and durable; what each batch has of the key. */
struct modelled {
    int64_t value, batch, durable_value, durable_batch;
    int64_t added[BATCHES + 2];
    int64_t work, open;
};

struct model {
    struct totals *totals;
    struct prng prng;
    struct modelled keys[KEYS];
    uint64_t complete, durable_complete;
    uint64_t batch; /* the open one */
};

static struct total_key model_key(size_t i) {
    return key_of(i % 5, (int64_t)(i / 5));
}

static void write(struct model *model, struct total *total) {
    struct modelled *known = NULL;
    for (size_t i = 0; i < KEYS; i++) {
        known = row_of(model->totals, model_key(i)) == total ? &model->keys[i] : known;
    }
    assert_non_null(known);
    struct sums due = totals_due(total);
    if (!sums_are_empty(&due)) {
        known->value += due.value;
        known->batch = (int64_t)model->batch - (total->open.counted == 0);
    }
    totals_written(model->totals, total);
}

static void work(struct model *model) {
    for (size_t i = prng_below(&model->prng, 6); i > 0; i--) {
        size_t key = prng_below(&model->prng, KEYS);
        int64_t value = 1 + (int64_t)prng_below(&model->prng, 9);
        add(model->totals, model_key(key), value);
        model->keys[key].work += value;
    }
    bool is_kept = prng_chance(&model->prng, 80);
    if (is_kept) {
        totals_keep_work(model->totals);
    } else {
        totals_drop_work(model->totals);
    }
    for (size_t i = 0; i < KEYS; i++) {
        model->keys[i].open += is_kept ? model->keys[i].work : 0;
        model->keys[i].work = 0;
    }
}

static void write_some(struct model *model, bool is_end) {
    struct total *rows[2 * KEYS];
    size_t count = 0;
    for (struct total *row = model->totals->open; row != NULL; row = row->open_next) {
        bool must_be = is_end && row->is_stamped;
        rows[count] = row;
        count += must_be || prng_chance(&model->prng, 20);
    }
    for (struct total *row = model->totals->behind; row != NULL; row = row->behind_next) {
        rows[count] = row;
        count += prng_chance(&model->prng, 30);
    }
    for (size_t i = 0; i < count; i++) {
        write(model, rows[i]);
    }
}

static void check_model(struct model *model) {
    for (size_t i = 0; i < KEYS; i++) {
        const struct modelled *key = &model->keys[i];
        const struct total *row = row_of(model->totals, model_key(i));
        int64_t truth = 0;
        int64_t recovered = key->durable_value;
        for (int64_t batch = 1; batch < (int64_t)model->batch; batch++) {
            truth += key->added[batch];
            bool is_missing = batch > key->durable_batch;
            recovered += is_missing ? key->added[batch] : 0;
            assert_true(!is_missing || key->added[batch] == 0 ||
                        batch > (int64_t)model->durable_complete);
        }
        assert_int_equal(key->durable_value + row->behind.value, truth);
        assert_int_equal(recovered, truth);
    }
}

static void end_group(struct model *model) {
    model->complete = totals_complete(model->totals, model->batch);
    if (prng_chance(&model->prng, 75)) {
        for (size_t i = 0; i < KEYS; i++) {
            struct modelled *key = &model->keys[i];
            key->added[model->batch] = key->open;
            key->durable_value = key->value;
            key->durable_batch = key->batch;
        }
        model->durable_complete = model->complete;
        totals_committed(model->totals, model->batch++);
    } else {
        for (size_t i = 0; i < KEYS; i++) {
            model->keys[i].value = model->keys[i].durable_value;
            model->keys[i].batch = model->keys[i].durable_batch;
        }
        totals_abandoned(model->totals);
    }
    for (size_t i = 0; i < KEYS; i++) {
        model->keys[i].open = 0;
    }
    check_model(model);
}

static void live(struct totals *totals, uint64_t seed) {
    struct model model = {.totals = totals, .prng = prng_split(seed, 0), .batch = 1};
    while (model.batch <= BATCHES) {
        for (size_t works = prng_below(&model.prng, 4); works > 0; works--) {
            work(&model);
            if (prng_chance(&model.prng, 20)) {
                write_some(&model, false);
            }
        }
        write_some(&model, true);
        end_group(&model);
    }
}

static void every_life_adds_up(void **state) {
    for (uint64_t seed = 1; seed <= 30; seed++) {
        live(*state, seed);
        (void)tear_down(state);
        (void)set_up(state);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_part_of_the_key_counts, set_up, tear_down),
        cmocka_unit_test(a_row_stays_within_what_it_holds),
        cmocka_unit_test(nothing_added_to_nothing_keeps_no_time),
        cmocka_unit_test_setup_teardown(who_was_told_is_found_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_life_adds_up, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
