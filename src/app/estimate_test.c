/* Guards: what is said of an expected use is what tests/vectors/estimate.json says, of the plans
 * that are sold and at prices without minor units (yen) and with three digits of them (dinar). The
 * story tests/api/pricing.test.mjs holds the endpoint and the page against the same file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/catalogue_shape.h"
#include "core/estimate.h"

struct world {
    struct env env;
    struct arena arena;
    struct cx cx;
    json_t *vectors;
};

static json_t *load(const char *name) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", getenv("TURNPIKE_SOURCE"), name);
    json_t *file = json_load_file(path, 0, NULL);
    if (file == NULL) {
        fail_msg("%s cannot be read.", path);
    }
    return file;
}

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, (size_t)16 * 1024 * 1024);
    cx_init(&world->cx, &world->env, &world->arena);
    world->vectors = load("tests/vectors/estimate.json");
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    json_release(&world->vectors);
    arena_finish(&world->arena);
    test_free(world);
    return 0;
}

/* The plans that are sold, at the prices of one of the file's catalogues. */
static void catalogue_named(struct world *world, struct str name, struct catalogue *ret_catalogue) {
    json_t *plans CLEANUP(json_release) = load("catalog/plans.json");
    const struct str path = arena_printf(&world->arena, "catalogues." STR_FMT, STR_ARG(name));
    const json_t *other = json_at(world->vectors, path.bytes);
    assert_non_null(other);
    assert_int_equal(json_object_set(plans, "currency", json_object_get(other, "currency")), 0);
    size_t i = 0;
    json_t *plan = NULL;
    json_array_foreach(json_object_get(plans, "plans"), i, plan) {
        json_t *prices = json_object_get(json_object_get(other, "prices"),
                                         json_string_value(json_object_get(plan, "tier")));
        assert_true(prices == NULL || json_object_set(plan, "prices", prices) == 0);
    }
    char *text = json_dumps(plans, 0);
    struct err err = catalogue_read(&world->cx, "plans.json", str_from_cstr(text), ret_catalogue);
    free(text);
    if (err_failed(err)) {
        fail_msg("%s", world->cx.detail);
    }
}

static const char *tier_or_none(const json_t *vector, const char *path) {
    const char *name = json_text(vector, path).bytes;
    return name == NULL ? "none" : name;
}

static void each_use_comes_to_what_it_says(void **state) {
    struct world *world = *state;
    size_t i = 0;
    const json_t *vector = NULL;
    json_array_foreach(json_object_get(world->vectors, "cases"), i, vector) {
        static struct catalogue catalogue;
        struct expected_use use;
        struct estimate estimate;
        print_message("%s\n", json_text(vector, "name").bytes);
        catalogue_named(world, json_text(vector, "catalogue"), &catalogue);
        for (int m = 0; m < METRIC_COUNT; m++) {
            const json_t *amounts = json_at(vector, "use");
            use.amounts[m] = quantity_of(json_i64(amounts, metric_name((enum metric)m), 0));
        }
        estimate_of(&catalogue, &use, &estimate);
        assert_string_equal(tier_name(estimate.cheapest), tier_or_none(vector, "cheapest"));
        assert_true(estimate.plans[estimate.cheapest].is_cheapest[INTERVAL_MONTH]);
        assert_true(estimate.plans[estimate.cheapest].is_cheapest[INTERVAL_YEAR]);

        assert_int_equal(estimate.has_tightest, json_is_object(json_at(vector, "tightest")));
        if (estimate.has_tightest) {
            assert_string_equal(metric_name(estimate.tightest),
                                json_text(vector, "tightest.metric").bytes);
            assert_int_equal(estimate.plans[estimate.cheapest].percents[estimate.tightest],
                             json_i64(vector, "tightest.percent", -1));
            assert_string_equal(estimate.has_next ? tier_name(estimate.next) : "none",
                                tier_or_none(vector, "tightest.next"));
        }
        for (int t = 0; t < TIER_COUNT; t++) {
            const json_t *names =
                json_object_get(json_at(vector, "exceeds"), tier_name((enum tier)t));
            size_t found = 0;
            for (int m = 0; m < METRIC_COUNT; m++) {
                if (estimate.plans[t].fits[m] == ESTIMATE_EXCEEDED) {
                    assert_string_equal(json_string_value(json_array_get(names, found)),
                                        metric_name((enum metric)m));
                    found++;
                }
            }
            assert_int_equal(found, json_array_size(names));
            assert_int_equal(estimate.plans[t].is_enough, found == 0);
        }
    }
    assert_true(i > 5);
}

static void each_price_comes_to_what_it_says(void **state) {
    struct world *world = *state;
    size_t i = 0;
    const json_t *vector = NULL;
    json_array_foreach(json_object_get(world->vectors, "prices"), i, vector) {
        static struct catalogue catalogue;
        enum tier tier;
        struct price_comparison price;
        catalogue_named(world, json_text(vector, "catalogue"), &catalogue);
        assert_true(tier_parse(json_text(vector, "tier"), &tier));
        bool is_priced = price_compare(catalogue_plan(&catalogue, tier), &price);
        assert_int_equal(is_priced, json_is_integer(json_at(vector, "month")));
        if (!is_priced) {
            continue;
        }
        assert_true(currency_equal(price.year_by_month.currency, catalogue.currency));
        assert_int_equal(price.month.minor, json_i64(vector, "month", -1));
        assert_int_equal(price.year.minor, json_i64(vector, "year", -1));
        assert_int_equal(price.twelve_months.minor, json_i64(vector, "twelveMonths", -1));
        assert_int_equal(price.year_by_month.minor, json_i64(vector, "yearByMonth", -1));
        assert_int_equal(price.saving.minor, json_i64(vector, "saving", -1));
        assert_int_equal(price.saving_percent, json_i64(vector, "savingPercent", -1));
        assert_int_equal(price.months_to_pay_off, json_i64(vector, "monthsToPayOff", 0));
    }
    assert_true(i > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_use_comes_to_what_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_price_comes_to_what_it_says, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
