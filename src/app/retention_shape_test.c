/* Guards: a catalogue may lengthen what is kept and not shorten it below what it must be; what it
 * does not know it refuses by name. */
#include "app/retention_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/env.h"

struct world {
    struct env env;
    struct arena arena;
    struct cx cx;
};

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, (size_t)1024 * 1024);
    cx_init(&world->cx, &world->env, &world->arena);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    arena_finish(&world->arena);
    test_free(world);
    return 0;
}

static struct retention_policy read_policy(struct world *world, const char *text,
                                           struct shape_errors *errors) {
    struct json_problem problem;
    struct retention_entry entry = {.country = 0};
    struct retention_policy policy = {.country = NULL};
    CLEANUP(json_release) json_t *json = json_read(str_from_cstr(text), &problem);
    assert_non_null(json);
    errors->count = 0;
    if (shape_decode(&retention_entry_shape, json, world->cx.arena, &entry, errors)) {
        policy = retention_policy_of(&world->cx, &entry, errors);
    }
    return policy;
}

static void assert_period(const struct retention_policy *policy, enum retention_kind kind,
                          const char *expected) {
    char text[RETENTION_PERIOD_SIZE];
    retention_period_text(policy->periods[kind], text);
    assert_string_equal(text, expected);
}

static void what_is_said_holds_and_the_rest_is_as_by_default(void **state) {
    struct shape_errors errors;
    struct retention_policy policy = read_policy(*state, "{}", &errors);
    assert_int_equal(errors.count, 0);
    assert_true(policy.sweeps && policy.country == NULL);
    assert_period(&policy, RETENTION_INVOICES, "P10Y");
    policy = read_policy(*state,
                         "{\"country\":\"DE\",\"sweeps\":false,\"periods\":{\"books\":\"P12Y\","
                         "\"origins\":\"P13M\",\"webhooksOut\":\"P1W\"}}",
                         &errors);
    assert_int_equal(errors.count, 0);
    assert_string_equal(policy.country->code, "DE");
    assert_false(policy.sweeps);
    assert_period(&policy, RETENTION_BOOKS, "P12Y");
    assert_period(&policy, RETENTION_INVOICES, "P8Y");
    assert_period(&policy, RETENTION_LETTERS, "P6Y");
    assert_period(&policy, RETENTION_ORIGINS, "P1Y1M");
    assert_period(&policy, RETENTION_WEBHOOKS_OUT, "P7D");
    assert_period(&policy, RETENTION_MAILS, "P3Y");
}

static void what_does_not_fit_is_named(void **state) {
    static const struct {
        const char *text, *path, *expected;
    } rows[] = {
        {"{\"periods\":{\"books\":\"P5Y\"}}", "/retention/periods/books", "at least P6Y"},
        {"{\"country\":\"DE\",\"periods\":{\"books\":\"P9Y\"}}", "/retention/periods/books",
         "at least P10Y"},
        {"{\"country\":\"FR\",\"periods\":{\"letters\":\"P6Y\"}}", "/retention/periods/letters",
         "at least P10Y"},
        {"{\"periods\":{\"origins\":\"P6M\"}}", "/retention/periods/origins", "at least P12M"},
        {"{\"periods\":{\"exports\":\"P0D\"}}", "/retention/periods/exports", "at least P1D"},
        {"{\"periods\":{\"exports\":7}}", "/periods/exports", "ISO 8601"},
        {"{\"periods\":{\"exports\":\"7 days\"}}", "/periods/exports", "ISO 8601"},
        {"{\"periods\":{\"exports\":\"PT48H\"}}", "/periods/exports", "ISO 8601"},
        {"{\"periods\":{\"auditLog\":\"P2Y\"}}", "/periods/auditLog", ""},
        {"{\"periods\":{\"usageEvents\":\"P1Y\"}}", "/periods/usageEvents", ""},
        {"{\"periods\":{\"everything\":\"P1Y\"}}", "/periods/everything", ""},
        {"{\"country\":\"XX\"}", "/country", "DE"},
        {"{\"sweeps\":\"no\"}", "/sweeps", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct shape_errors errors;
        (void)read_policy(*state, rows[i].text, &errors);
        assert_int_equal(errors.count, 1);
        assert_true(str_equal(errors.list[0].path, str_from_cstr(rows[i].path)));
        assert_non_null(memmem(errors.list[0].expected.bytes, errors.list[0].expected.len,
                               rows[i].expected, strlen(rows[i].expected)));
    }
}

static void every_setting_has_its_member_and_every_country_its_word(void **state) {
    for (int i = 0; i < RETENTION_KIND_COUNT; i++) {
        struct world *world = *state;
        struct shape_errors errors;
        const char *name = retention_info_of((enum retention_kind)i)->name;
        struct str text = arena_printf(world->cx.arena, "{\"periods\":{\"%s\":\"P50Y\"}}", name);
        struct retention_policy policy =
            read_policy(world, arena_cstr(world->cx.arena, text), &errors);
        assert_int_equal(errors.count == 0, retention_is_setting((enum retention_kind)i));
        if (errors.count == 0) {
            assert_period(&policy, (enum retention_kind)i, "P50Y");
        }
    }
    for (size_t i = 0; i < retention_country_count; i++) {
        struct world *world = *state;
        struct shape_errors errors;
        struct str text =
            arena_printf(world->cx.arena, "{\"country\":\"%s\"}", retention_countries[i].code);
        struct retention_policy policy =
            read_policy(world, arena_cstr(world->cx.arena, text), &errors);
        assert_int_equal(errors.count, 0);
        assert_ptr_equal(policy.country, &retention_countries[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_said_holds_and_the_rest_is_as_by_default, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_setting_has_its_member_and_every_country_its_word,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
