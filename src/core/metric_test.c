/* Guards: the seven metrics are named and counted as the API and the store know them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/metric.h"

static void the_table_is_as_specified(void **state) {
    (void)state;
    static const struct {
        const char *name, *kind, *unit;
    } expected[] = {
        {"modules", "gauge", "count"},           {"deployments", "gauge", "count"},
        {"api_requests", "counter", "requests"}, {"bandwidth", "counter", "bytes"},
        {"build_minutes", "counter", "seconds"}, {"collaborators", "gauge", "count"},
        {"storage", "gauge", "bytes"},
    };
    assert_int_equal(ARRAY_LEN(expected), METRIC_COUNT);
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        enum metric metric;
        assert_true(metric_parse(str_from_cstr(expected[i].name), &metric));
        assert_int_equal(metric, i);
        assert_string_equal(metric_name(metric), expected[i].name);
        assert_string_equal(metric_kind_name(metric_kind(metric)), expected[i].kind);
        assert_string_equal(metric_info(metric)->unit, expected[i].unit);
        assert_true(metric_info(metric)->title[0] != '\0');
    }
}

static void other_names_are_refused(void **state) {
    (void)state;
    enum metric metric = METRIC_STORAGE;
    static const char *const bad[] = {"", "module", "modules ", "API_REQUESTS", "apiRequests"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(metric_parse(str_from_cstr(bad[i]), &metric));
    }
    assert_int_equal(metric, METRIC_STORAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_as_specified),
        cmocka_unit_test(other_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
