/* Guards: the default catalogue is exactly what is sold, and a file that is wrong is refused with
 * its name, the place in it and what was expected there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/catalogue_shape.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/json.h"
#include "core/price.h"

enum { GB = 1000000000, FILE_NAME_MAX = 512 };

struct world {
    struct env env;
    struct arena arena;
    struct cx cx;
    struct str text; /* of the default catalogue */
    char path[FILE_NAME_MAX];
};

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, (size_t)16 * 1024 * 1024);
    cx_init(&world->cx, &world->env, &world->arena);
    const char *source = getenv("TURNPIKE_SOURCE");
    assert_non_null(source);
    snprintf(world->path, sizeof world->path, "%s/catalog/plans.json", source);
    struct err err = env_read_file(&world->env, world->path, CATALOGUE_FILE_MAX, &world->text);
    assert_false(err_failed(err));
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    env_free(&world->env, (void *)(uintptr_t)world->text.bytes);
    arena_finish(&world->arena);
    test_free(world);
    return 0;
}

static void the_default_catalogue_is_as_specified(void **state) {
    struct world *world = *state;
    static struct catalogue c;
    assert_false(err_failed(catalogue_load(&world->cx, world->path, &c, NULL)));
    assert_int_equal(c.plan_count, TIER_COUNT);
    assert_string_equal(c.currency.code, "usd");
    /* In the order of enum metric; -1 unlimited, -2 by contract, -3 tracked. */
    static const int64_t limits[TIER_COUNT][METRIC_COUNT] = {
        {3, 2, 10000, GB, 100 * 60, 1, -3},
        {25, 10, 100000, INT64_C(10) * GB, 500 * 60, 3, -3},
        {100, 50, 1000000, INT64_C(100) * GB, 2000 * 60, 10, -3},
        {-1, -1, -2, -2, -1, -1, -3},
    };
    for (int t = 0; t < TIER_COUNT; t++) {
        const struct plan *plan = catalogue_plan(&c, (enum tier)t);
        for (int m = 0; m < METRIC_COUNT; m++) {
            struct limit limit = plan->limits[m];
            int64_t shown = limit.kind == LIMIT_COUNT ? limit.amount.amount : -(int64_t)limit.kind;
            assert_int_equal(shown, limits[t][m]);
            assert_int_equal(limit.soft_limit_percent, 110);
        }
    }
}

static void the_default_prices_are_as_specified(void **state) {
    struct world *world = *state;
    static struct catalogue c;
    assert_false(err_failed(catalogue_load(&world->cx, world->path, &c, NULL)));
    static const int64_t prices[][INTERVAL_COUNT] = {{0, 0}, {2900, 31320}, {9900, 106920}};
    for (int t = 0; t < (int)ARRAY_LEN(prices); t++) {
        for (int i = 0; i < INTERVAL_COUNT; i++) {
            struct money price;
            assert_true(price_of(catalogue_plan(&c, (enum tier)t), (enum interval)i, &price));
            assert_int_equal(price.minor, prices[t][i]);
        }
    }
    assert_true(price_is_contract(catalogue_plan(&c, TIER_ENTERPRISE)));
}

static void the_default_features_are_as_specified(void **state) {
    struct world *world = *state;
    static struct catalogue c;
    assert_false(err_failed(catalogue_load(&world->cx, world->path, &c, NULL)));
    /* From which tier on a plan has it. */
    static const struct {
        const char *name;
        enum tier from;
    } features[] = {
        {"public_modules", TIER_FREE},
        {"basic_monitoring", TIER_FREE},
        {"private_modules", TIER_STARTER},
        {"advanced_monitoring", TIER_STARTER},
        {"custom_domains", TIER_STARTER},
        {"team_management", TIER_PROFESSIONAL},
        {"advanced_analytics", TIER_PROFESSIONAL},
        {"sla_99_9", TIER_PROFESSIONAL},
        {"custom_contracts", TIER_ENTERPRISE},
        {"on_premise_deployment", TIER_ENTERPRISE},
        {"compliance_features", TIER_ENTERPRISE},
    };
    assert_int_equal(c.feature_count, ARRAY_LEN(features));
    for (size_t i = 0; i < ARRAY_LEN(features); i++) {
        struct feature_set one;
        assert_true(catalogue_feature(&c, str_from_cstr(features[i].name), &one));
        for (int t = 0; t < TIER_COUNT; t++) {
            bool has = feature_set_has(catalogue_plan(&c, (enum tier)t)->features, one);
            assert_int_equal(has, t >= (int)features[i].from);
        }
    }
}

/* The default catalogue with the first `old` replaced. */
static struct str changed(struct world *world, const char *old, const char *new) {
    const char *at = strstr(world->text.bytes, old);
    assert_non_null(at);
    struct str before = str_of(world->text.bytes, (size_t)(at - world->text.bytes));
    struct str after = str_skip(world->text, before.len + strlen(old));
    return arena_printf(&world->arena, STR_FMT "%s" STR_FMT, STR_ARG(before), new, STR_ARG(after));
}

struct mistake {
    const char *old, *new, *detail;
};

static void assert_named(struct world *world, const struct mistake *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        static struct catalogue c;
        c.plan_count = 77;
        struct str text = changed(world, cases[i].old, cases[i].new);
        struct err err = catalogue_read(&world->cx, "plans.json", text, &c);
        assert_int_equal(err.code, ERR_FORMAT);
        if (strstr(world->cx.detail, cases[i].detail) == NULL) {
            fail_msg("case %zu: %s", i, world->cx.detail);
        }
        assert_int_equal(c.plan_count, 77); /* untouched */
    }
}

static void what_is_wrong_is_named(void **state) {
    struct world *world = *state;
    static const struct mistake cases[] = {
        {"\"usd\"", "\"USD\"", "plans.json: /currency: expected "},
        {"\"usd\"", "\"zzz\"", "plans.json: /currency: expected a lower-case ISO 4217 code"},
        {"\"currency\": \"usd\",", "", "plans.json: /currency: expected required: "},
        {"\"currency\"", "\"currenzy\": 1, \"currency\"",
         "plans.json: /currenzy: expected no such"},
        {"\"tier\": \"starter\"", "\"tier\": \"gold\"", "/plans/1/tier: expected one of free, "},
        {"\"tier\": \"starter\"", "\"tier\": \"free\"", "/plans: expected a plan of tier starter"},
        {"\"version\": 1", "\"version\": 0", "/plans/0/version: expected "},
        {"\"month\": 2900", "\"month\": -1", "/plans/1/prices/month: expected "},
        {"\"month\": 2900", "\"month\": 29.0", "/plans/1/prices/month: expected "},
        {"\"month\": 2900", "\"month\": null", "/plans/1/prices/month: expected a price"},
        {"\"month\": 0", "\"month\": 1", "/plans/0/prices/month: expected 0"},
        {"{\"limit\": 25}", "{\"limit\": \"many\"}",
         "/plans/1/limits/modules/limit: expected a whole"},
        {"{\"limit\": 25}", "{\"limit\": -1}", "/plans/1/limits/modules/limit: expected a whole"},
        {"{\"limit\": 25}", "{\"limit\": null}", "/plans/1/limits/modules/limit: expected a whole"},
        {"{\"limit\": 25}", "{\"limit\": 25, \"softLimitPercent\": 99}",
         "/plans/1/limits/modules/softLimitPercent: expected a whole number from 100 to 1000"},
        {"\"collaborators\": {\"limit\": 1}", "\"collaborators\": {\"limit\": 0}",
         "/plans/0/limits/collaborators: expected at least 1"},
        {"[\"public_modules\", ", "[\"public_moduls\", ",
         "/plans/0/features/0: expected a name that /features declares"},
        {"[\"public_modules\", ", "[\"basic_monitoring\", ",
         "/plans/0/features/1: expected each feature once"},
        {"\"title\": \"Private modules\"", "\"title\": \"\"", "/features/2/title: expected "},
        {"\"name\": \"private_modules\"", "\"name\": \"public_modules\"",
         "/features/2/name: expected a name that no other feature has"},
    };
    assert_named(world, cases, ARRAY_LEN(cases));
}

static void what_is_wrong_about_approvals_is_named(void **state) {
    struct world *world = *state;
    static const struct mistake cases[] = {
        {"\"currency\"", "\"approvals\": {\"refund\": {\"when\": \"maybe\"}}, \"currency\"",
         "/approvals/refund/when: expected one of never, "},
        {"\"currency\"", "\"approvals\": {\"refund\": {\"when\": \"above\"}}, \"currency\"",
         "/approvals/refund/above: expected an amount"},
        {"\"currency\"",
         "\"approvals\": {\"refund\": {\"when\": \"always\", \"above\": 1}}, \"currency\"",
         "/approvals/refund/above: expected no amount"},
        {"\"currency\"",
         "\"approvals\": {\"erasure\": {\"when\": \"above\", \"above\": 1}}, \"currency\"",
         "/approvals/erasure/when: expected never or always"},
        {"\"currency\"",
         "\"approvals\": {\"writeOff\": {\"when\": \"always\", \"hours\": 721}}, \"currency\"",
         "/approvals/writeOff/hours: expected a whole number from 1 to 720"},
        {"\"currency\"",
         "\"approvals\": {\"refund\": {\"when\": \"never\", \"permission\": \"evidence\"}}, "
         "\"currency\"",
         "/approvals/refund/permission: expected one of approve, "},
        {"\"currency\"", "\"approvals\": {\"refunds\": {}}, \"currency\"",
         "/approvals/refunds: expected no such"},
    };
    assert_named(world, cases, ARRAY_LEN(cases));
}

static void all_problems_are_named_as_far_as_they_fit(void **state) {
    struct world *world = *state;
    static struct catalogue c;
    struct err err = catalogue_read(&world->cx, "plans.json", STR("{}"), &c);
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(world->cx.detail, "/currency"));
    assert_non_null(strstr(world->cx.detail, "; /features"));
    assert_non_null(strstr(world->cx.detail, "; /plans"));
    err = catalogue_read(&world->cx, "plans.json",
                         STR("{\"currency\":1,\"features\":[],\"plans\":[{},{},{},{}]}"), &c);
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(world->cx.detail, " more"));
    assert_true(strlen(world->cx.detail) < CX_DETAIL_MAX - 1);
}

static void what_is_no_json_is_named_by_line(void **state) {
    struct world *world = *state;
    static struct catalogue c;
    struct err err = catalogue_read(&world->cx, "plans.json", STR("{\n  \"currency\" 1"), &c);
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(world->cx.detail, "plans.json: line 2"));
}

static void a_file_that_is_not_there_is_named(void **state) {
    struct world *world = *state;
    static struct catalogue c;
    struct err err = catalogue_load(&world->cx, "/nonexistent/plans.json", &c, NULL);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_string_equal(world->cx.detail, "/nonexistent/plans.json: cannot be read (not_found)");
}

static void memory_that_ends_is_said(void **state) {
    struct world *world = *state;
    struct arena small;
    arena_init(&small, &world->env, 1024);
    struct cx cx;
    cx_init(&cx, &world->env, &small);
    static struct catalogue c;
    assert_int_equal(catalogue_load(&cx, world->path, &c, NULL).code, ERR_NO_MEMORY);
    arena_finish(&small);
}

static void the_schema_file_says_what_the_tables_say(void **state) {
    struct world *world = *state;
    struct buf buf;
    buf_init(&buf, &world->env, CATALOGUE_FILE_MAX);
    struct json_writer writer;
    json_writer_init(&writer, &buf);
    catalogue_schema(&writer);
    struct json_problem problem;
    CLEANUP(json_release) json_t *made = json_read(buf_str(&buf), &problem);
    assert_non_null(made);

    struct str text;
    const char *source = getenv("TURNPIKE_SOURCE");
    snprintf(world->path, sizeof world->path, "%s/catalog/plans.schema.json", source);
    struct err err = env_read_file(&world->env, world->path, CATALOGUE_FILE_MAX, &text);
    assert_false(err_failed(err));
    CLEANUP(json_release) json_t *kept = json_read(text, &problem);
    env_free(&world->env, (void *)(uintptr_t)text.bytes);
    if (!json_equal(made, kept)) {
        fail_msg("catalog/plans.schema.json should be " STR_FMT, STR_ARG(buf_str(&buf)));
    }
    buf_finish(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_default_catalogue_is_as_specified, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_default_prices_are_as_specified, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_default_features_are_as_specified, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_about_approvals_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_problems_are_named_as_far_as_they_fit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_json_is_named_by_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_schema_file_says_what_the_tables_say, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(memory_that_ends_is_said, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
