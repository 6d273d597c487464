/* Guards: a plan of a contract is found by its version as every other plan is, and by nobody as
 * what is sold. */
#include "core/plan_book.h"

#include <string.h>

#include "base/testing.h"

static struct plan_book book;

static int set_up(void **state) {
    (void)state;
    memset(&book, 0, sizeof book);
    return 0;
}

static void versions_follow_each_other_with_gaps(void **state) {
    int32_t first = 0;
    int32_t gap = 0;
    int32_t third = 0;
    struct plan plan = {.tier = TIER_ENTERPRISE};
    (void)state;
    assert_true(plan_book_reserve(&book, &first));
    assert_true(plan_book_reserve(&book, &gap));
    assert_true(plan_book_reserve(&book, &third));
    assert_int_equal(first, CATALOGUE_VERSION_MAX + 1);
    assert_int_equal(third, first + 2);
    plan.version = third;
    plan_book_put(&book, &plan);
    assert_ptr_equal(plan_book_find(&book, third), &plan);
    assert_null(plan_book_find(&book, gap));
    assert_null(plan_book_find(&book, first));
    assert_null(plan_book_find(&book, third + 1));
    assert_null(plan_book_find(&book, 1));
    assert_null(plan_book_find(&book, 0));
    assert_null(plan_book_find(&book, INT32_MAX));
    assert_null(plan_book_find(NULL, third));
    assert_ptr_equal(plan_book_take(&book, 2), &plan);
    assert_null(plan_book_take(&book, 2));
}

/* As at a start: what is read comes with its version, and new ones follow it. */
static void what_is_read_is_followed(void **state) {
    int32_t next = 0;
    struct plan plan = {.tier = TIER_ENTERPRISE, .version = PLAN_BOOK_FIRST + 7};
    (void)state;
    plan_book_put(&book, &plan);
    assert_true(plan_book_reserve(&book, &next));
    assert_int_equal(next, PLAN_BOOK_FIRST + 8);
}

static void a_full_book_says_so(void **state) {
    int32_t version = 0;
    struct plan plan = {.tier = TIER_ENTERPRISE, .version = PLAN_BOOK_FIRST + PLAN_BOOK_MAX - 2};
    (void)state;
    plan_book_put(&book, &plan);
    assert_true(plan_book_reserve(&book, &version));
    assert_true(plan_version_is_private(version));
    assert_false(plan_version_is_private((int64_t)version + 1));
    assert_false(plan_version_is_private(CATALOGUE_VERSION_MAX));
    assert_false(plan_book_reserve(&book, &version));
}

static void the_catalogue_finds_it_and_sells_it_to_nobody_else(void **state) {
    static struct catalogue catalogue = {.plan_count = 1};
    struct plan own = {.tier = TIER_ENTERPRISE, .version = PLAN_BOOK_FIRST};
    (void)state;
    catalogue.plans[0] = (struct plan){.tier = TIER_ENTERPRISE, .version = 3};
    assert_null(catalogue_plan_version(&catalogue, TIER_ENTERPRISE, PLAN_BOOK_FIRST));
    catalogue.book = &book;
    plan_book_put(&book, &own);
    assert_ptr_equal(catalogue_plan_version(&catalogue, TIER_ENTERPRISE, PLAN_BOOK_FIRST), &own);
    assert_null(catalogue_plan_version(&catalogue, TIER_STARTER, PLAN_BOOK_FIRST));
    assert_int_equal(catalogue_plan(&catalogue, TIER_ENTERPRISE)->version, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(versions_follow_each_other_with_gaps, set_up),
        cmocka_unit_test_setup(what_is_read_is_followed, set_up),
        cmocka_unit_test_setup(a_full_book_says_so, set_up),
        cmocka_unit_test_setup(the_catalogue_finds_it_and_sells_it_to_nobody_else, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
