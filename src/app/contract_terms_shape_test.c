/* Guards: terms come back from their text as they were, and the same terms are the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "app/catalogue_shape.h"
#include "app/contract_terms_shape.h"
#include "base/attr.h"
#include "base/env.h"

enum { PATH_SIZE = 512 };

struct world {
    struct env env;
    struct arena arena;
    struct cx cx;
    struct catalogue catalogue;
};

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    char path[PATH_SIZE];
    const char *source = getenv("TURNPIKE_SOURCE");
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, (size_t)16 * 1024 * 1024);
    cx_init(&world->cx, &world->env, &world->arena);
    assert_non_null(source);
    snprintf(path, sizeof path, "%s/catalog/plans.json", source);
    assert_false(err_failed(catalogue_load(&world->cx, path, &world->catalogue, NULL)));
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    arena_finish(&world->arena);
    test_free(world);
    return 0;
}

static struct contract_terms full_terms(void) {
    struct contract_terms terms = {
        .tier = TIER_ENTERPRISE,
        .plan_version = 1,
        .interval = INTERVAL_YEAR,
        .amount = money_of(MONEY_MINOR_MAX, CURRENCY_USD),
        .ramp_count = 2,
        .ramp = {{12, money_of(1, CURRENCY_USD)}, {24, money_of(2, CURRENCY_USD)}},
        .term_months = 36,
        .has_start = true,
        .starts_at = {1772323200123},
        .renewal = CONTRACT_RENEWS_AUTOMATICALLY,
        .notice_days = 60,
        .uplift_basis_points = 500,
        .collection = CONTRACT_INVOICE,
        .days_until_due = 30,
    };
    terms.override.has_limit[METRIC_STORAGE] = true;
    terms.override.limits[METRIC_STORAGE] = (struct limit){LIMIT_UNLIMITED, quantity_of(0), 110};
    terms.override.has_limit[METRIC_MODULES] = true;
    terms.override.limits[METRIC_MODULES] = (struct limit){LIMIT_COUNT, quantity_of(0), 250};
    terms.override.added.bits = 5;
    return terms;
}

static void assert_same(struct world *world, const struct contract_terms *terms) {
    struct contract_terms back;
    struct str text = contract_terms_text(&world->cx, &world->catalogue, terms);
    assert_true(text.len > 0);
    assert_false(err_failed(contract_terms_read(&world->cx, &world->catalogue, text, &back)));
    struct str again = contract_terms_text(&world->cx, &world->catalogue, &back);
    assert_true(str_equal(text, again));
    assert_memory_equal(&back.override.has_limit, &terms->override.has_limit,
                        sizeof back.override.has_limit);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        assert_true(!terms->override.has_limit[i] ||
                    limit_equal(back.override.limits[i], terms->override.limits[i]));
    }
    assert_int_equal(back.override.added.bits, terms->override.added.bits);
    assert_int_equal(back.amount.minor, terms->amount.minor);
    assert_int_equal(back.ramp_count, terms->ramp_count);
    assert_int_equal(back.starts_at.ms, terms->starts_at.ms);
    assert_int_equal(back.has_start, terms->has_start);
    assert_int_equal(back.collection, terms->collection);
    assert_int_equal(back.term_months, terms->term_months);
}

static void test_terms_come_back_as_they_were(void **state) {
    struct world *world = *state;
    struct contract_terms full = full_terms();
    assert_same(world, &full);
    struct contract_terms least = {
        .tier = TIER_ENTERPRISE,
        .plan_version = 1,
        .amount = money_of(1, CURRENCY_USD),
        .term_months = 1,
    };
    assert_same(world, &least);
}

static void test_the_text_is_canonical(void **state) {
    struct world *world = *state;
    struct contract_terms terms = full_terms();
    struct str text = contract_terms_text(&world->cx, &world->catalogue, &terms);
    json_t *object = json_loadb(text.bytes, text.len, 0, NULL);
    assert_non_null(object);
    char *sorted = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    assert_true(str_equal(text, str_from_cstr(sorted)));
    free(sorted);
    json_decref(object);
}

static void test_what_is_none_of_ours_is_refused(void **state) {
    struct world *world = *state;
    struct contract_terms terms;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"amount\":{\"amount\":0,\"currency\":\"usd\"}}",
        ("{\"amount\":{\"amount\":1,\"currency\":\"usd\"},\"features\":[\"flying\"],"
         "\"interval\":\"month\",\"termMonths\":1}"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err =
            contract_terms_read(&world->cx, &world->catalogue, str_from_cstr(bad[i]), &terms);
        assert_int_equal(err.code, ERR_CORRUPT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_terms_come_back_as_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_text_is_canonical, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_none_of_ours_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
