/* Guards: who may what is what was agreed, and nobody gets into the other house. */
#include "base/testing.h"
#include "core/role.h"

#include <string.h>

/* Written down a second time, by role, so that a slip in the table is seen. */
static const struct {
    enum role role;
    const char *may; /* names with blanks between */
} agreed[] = {
    {ROLE_NONE, ""},
    {ROLE_OWNER, "billing:read billing:write members:read members:write feedback privacy"},
    {ROLE_BILLING_ADMIN, "billing:read billing:write members:read feedback"},
    {ROLE_VIEWER, "billing:read members:read"},
    {ROLE_ADMIN,
     "customers:read customers:write notes:write impersonate money:read money:write approve "
     "system:read system:write operators:read operators:write evidence "
     "evidence:write"},
    {ROLE_FINANCE, "customers:read notes:write money:read money:write approve system:read"},
    {ROLE_SUPPORT, "customers:read notes:write impersonate money:read"},
    {ROLE_AUDITOR, "customers:read money:read system:read operators:read evidence"},
};

static bool has_word(const char *words, const char *word) {
    struct str rest = str_from_cstr(words);
    while (rest.len > 0) {
        if (str_equal(str_cut(&rest, ' '), str_from_cstr(word))) {
            return true;
        }
    }
    return false;
}

static void test_roles_may_what_was_agreed(void **state) {
    (void)state;
    assert_int_equal(ARRAY_LEN(agreed), ROLE_COUNT);
    for (size_t i = 0; i < ARRAY_LEN(agreed); i++) {
        for (int p = PERMISSION_NONE + 1; p < PERMISSION_COUNT; p++) {
            const char *name = permission_name((enum permission)p);
            assert_int_equal(role_may(agreed[i].role, (enum permission)p),
                             has_word(agreed[i].may, name));
        }
        assert_false(role_may(agreed[i].role, PERMISSION_NONE));
    }
}

static void test_no_permission_is_of_both_houses(void **state) {
    (void)state;
    for (int p = PERMISSION_NONE + 1; p < PERMISSION_COUNT; p++) {
        bool of_customers = false;
        bool of_operators = false;
        for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
            bool may = role_may((enum role)r, (enum permission)p);
            of_customers |= may && !role_is_operator((enum role)r);
            of_operators |= may && role_is_operator((enum role)r);
        }
        assert_true(of_customers != of_operators);
    }
}

static void test_who_only_looks_changes_nothing(void **state) {
    (void)state;
    static const enum role lookers[] = {ROLE_VIEWER, ROLE_AUDITOR};
    for (size_t i = 0; i < ARRAY_LEN(lookers); i++) {
        for (int p = PERMISSION_NONE; p < PERMISSION_COUNT; p++) {
            bool may = role_may(lookers[i], (enum permission)p);
            assert_false(may && permission_writes((enum permission)p));
        }
    }
}

static void test_everything_has_a_name_and_a_sentence(void **state) {
    (void)state;
    assert_string_equal(role_name(ROLE_NONE), "");
    assert_string_equal(permission_name(PERMISSION_NONE), "");
    for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
        assert_true(strlen(role_name((enum role)r)) > 0);
        assert_true(strlen(role_doc((enum role)r)) > 0);
    }
    for (int p = PERMISSION_NONE + 1; p < PERMISSION_COUNT; p++) {
        assert_true(strlen(permission_name((enum permission)p)) > 0);
        assert_true(strlen(permission_doc((enum permission)p)) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles_may_what_was_agreed),
        cmocka_unit_test(test_no_permission_is_of_both_houses),
        cmocka_unit_test(test_who_only_looks_changes_nothing),
        cmocka_unit_test(test_everything_has_a_name_and_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
