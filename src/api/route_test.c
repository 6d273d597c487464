/* Guards: the table is sorted and complete, and a request finds its row and no other. */
#include <string.h>

#include "api/route.h"
#include "base/testing.h"

static const struct route *find(const char *method, const char *path) {
    return route_find(str_from_cstr(method), str_from_cstr(path)).route;
}

static void test_table_is_sorted(void **state) {
    (void)state;
    for (size_t i = 1; i < route_count; i++) {
        int by_path = strcmp(routes[i - 1].path, routes[i].path);
        int by_method = strcmp(routes[i - 1].method, routes[i].method);
        assert_true(by_path < 0 || (by_path == 0 && by_method < 0));
    }
}

static void test_every_route_says_everything(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        bool wants_scopes = route->auth == ROUTE_KEY || route->auth == ROUTE_CUSTOMER;
        assert_non_null(route->handle);
        assert_non_null(route->tag);
        assert_non_null(route->summary);
        assert_true(route->answers[0].status >= 200);
        assert_non_null(route->answers[0].doc);
        assert_int_equal(route->scopes != 0, wants_scopes);
        assert_true(route->media == NULL || (route->flags & ROUTE_RAW_BODY) != 0);
    }
}

/* A change that costs money is one that a client can repeat. */
static void test_billing_changes_take_an_idempotency_key(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        bool is_billing = strncmp(routes[i].path, "/api/billing/", 13) == 0;
        if (is_billing && route_is_mutation(&routes[i])) {
            assert_true((routes[i].flags & ROUTE_IDEMPOTENT) != 0);
            assert_int_equal(routes[i].auth, ROUTE_CUSTOMER);
            assert_int_equal(routes[i].scopes, SCOPE_BILLING);
        }
    }
}

/* What a person may call and what changes something says which proof it wants, by name; the few
 * that want none are listed here a second time. */
static void test_every_change_that_a_person_may_make_says_what_it_asks_for(void **state) {
    (void)state;
    static const char *const free[] = {"/api/session/sign-out",
                                       "/api/me/sessions",
                                       "/api/me/sessions/:id",
                                       "/api/session/passkey",
                                       "/api/session/passkey/options",
                                       "/api/session/recovery-code",
                                       "/api/session/switch",
                                       "/api/session/totp",
                                       "/api/admin/customers/:userId/notes",
                                       "/api/admin/approvals/:id/delegate",
                                       "/api/admin/invoice-questions/:id/answer",
                                       "/api/admin/invoice-questions/:id/settle",
                                       "/api/admin/saved-views",
                                       "/api/admin/saved-views/:id",
                                       "/api/billing/invoices/:id/questions",
                                       "/api/admin/feedback/themes/:theme/roadmap",
                                       "/api/admin/feedback/:id/close",
                                       "/api/admin/feedback/:id/reply",
                                       "/api/admin/feedback/:id/themes",
                                       "/api/admin/feedback/questions",
                                       "/api/admin/invoice-questions/:id/answer",
                                       "/api/admin/invoice-questions/:id/settle",
                                       "/api/admin/revenue/rates",
                                       "/api/admin/revenue/spend",
                                       "/api/admin/revenue/targets/:id",
                                       "/api/admin/what-if",
                                       "/api/admin/what-if/:id/cancel",
                                       "/api/billing/feedback",
                                       "/api/billing/feedback/later",
                                       "/api/billing/feedback/question",
                                       "/api/billing/invoices/:id/questions",
                                       "/api/billing/invoice-archives",
                                       "/api/billing/invoice-archives/:id/cancel",
                                       "/api/billing/privacy/exports/:id/cancel",
                                       "/api/me/appearance",
                                       "/api/me/exports/:id/cancel",
                                       "/api/admin/customers/:userId/owner",
                                       "/api/me/settings"};
    for (size_t i = 0; i < route_count; i++) {
        bool is_personal =
            routes[i].auth == ROUTE_SESSION || routes[i].permission != PERMISSION_NONE;
        if (!is_personal || !route_is_mutation(&routes[i])) {
            assert_int_equal(routes[i].step_up, STEP_UP_UNSAID);
            continue;
        }
        bool is_free = false;
        for (size_t k = 0; k < ARRAY_LEN(free); k++) {
            is_free |= strcmp(free[k], routes[i].path) == 0;
        }
        assert_int_equal(routes[i].step_up == STEP_UP_NONE, is_free);
        assert_int_not_equal(routes[i].step_up, STEP_UP_UNSAID);
    }
}

/* A customer's routes want a customer's permission, operators' an operator's; changes one that
 * changes. */
static void test_permissions_fit_their_routes(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        if (route->permission == PERMISSION_NONE) {
            assert_int_not_equal(route->auth, ROUTE_CUSTOMER);
            continue;
        }
        assert_int_equal(role_may(ROLE_OWNER, route->permission), route->auth == ROUTE_CUSTOMER);
        assert_int_equal(role_may(ROLE_ADMIN, route->permission), route->auth == ROUTE_KEY);
        assert_int_equal(permission_writes(route->permission), route_is_mutation(route));
    }
}

/* Whatever changes something has a name in the audit log, but for what only counts: no route can be
 * added without one or the other. */
static void test_every_mutation_leaves_evidence(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        bool is_let_off = (route->flags & ROUTE_UNAUDITED) != 0;
        if (route_is_mutation(route)) {
            assert_true((route->action != NULL) != is_let_off);
        }
        if ((route->flags & ROUTE_AUDIT_FIRST) != 0) {
            assert_non_null(route->action);
        }
        if (route->action != NULL) {
            assert_non_null(strchr(route->action, '.'));
            assert_true(strspn(route->action, "abcdefghijklmnopqrstuvwxyz_.") ==
                        strlen(route->action));
        }
    }
}

/* What is let off: events, takes, checks, releases, the gate, leases, what browsers report, and the
 * clock of tests. */
static void test_only_what_counts_is_let_off(void **state) {
    (void)state;
    static const char *const beginnings[] = {"/api/usage/", "/api/gate", "/api/leases",
                                             "/api/reports/", "/api/test/"};
    for (size_t i = 0; i < route_count; i++) {
        bool is_there = (routes[i].flags & ROUTE_UNAUDITED) == 0;
        for (size_t k = 0; k < ARRAY_LEN(beginnings); k++) {
            is_there |= strncmp(routes[i].path, beginnings[k], strlen(beginnings[k])) == 0;
        }
        assert_true(is_there);
    }
}

static void test_every_row_is_found_by_its_own_path(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        assert_ptr_equal(find(routes[i].method, routes[i].path), &routes[i]);
    }
}

static void test_paths(void **state) {
    (void)state;
    static const struct {
        const char *path, *found;
    } cases[] = {
        {"/api/billing/invoices/upcoming", "/api/billing/invoices/upcoming"},
        {"/api/billing/invoices/invo_1", "/api/billing/invoices/:id"},
        {"/api/billing/invoices/invo_1/pdf", "/api/billing/invoices/:id/pdf"},
        {"/api/billing/invoices/upcoming/pdf", "/api/billing/invoices/upcoming/pdf"},
        {"/api/billing/invoices/upcoming/given-back", "/api/billing/invoices/:id/given-back"},
        {"/api/billing/invoices/", NULL},
        {"/api/billing/invoices//pdf", NULL},
        {"/api/billing/plans/", NULL},
        {"/api/billing", NULL},
        {"/API/billing/plans", NULL},
        {"/", "/"},
        {"", NULL},
        {"//", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct route *route = find("GET", cases[i].path);
        assert_int_equal(route != NULL, cases[i].found != NULL);
        if (route != NULL) {
            assert_string_equal(route->path, cases[i].found);
        }
    }
}

static void test_values_of_parameters(void **state) {
    (void)state;
    struct route_match match = route_find(STR("GET"), STR("/api/customers/a%2Fb"));
    assert_text(match.values[0], "a%2Fb"); /* decoded later: an encoded slash cuts nothing */
    match = route_find(STR("GET"), STR("/api/customers"));
    assert_null(match.values[0].bytes);
}

static void test_methods(void **state) {
    (void)state;
    assert_ptr_equal(find("HEAD", "/api/billing/plans"), find("GET", "/api/billing/plans"));
    assert_null(find("HEAD", "/api/billing/cancel"));
    assert_null(find("get", "/api/billing/plans"));
    struct route_match match = route_find(STR("DELETE"), STR("/api/billing/plans"));
    assert_null(match.route);
    assert_true(match.is_known_path);
    assert_false(route_find(STR("GET"), STR("/nowhere")).is_known_path);
}

static void test_allow(void **state) {
    (void)state;
    struct env env;
    struct arena arena;
    env_posix_init(&env);
    arena_init(&arena, &env, 1 << 16);
    assert_text(route_allow(&arena, STR("/api/billing/subscription")), "GET, HEAD, PUT, OPTIONS");
    assert_text(route_allow(&arena, STR("/api/billing/payment-methods/x")), "DELETE, OPTIONS");
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_sorted),
        cmocka_unit_test(test_every_route_says_everything),
        cmocka_unit_test(test_billing_changes_take_an_idempotency_key),
        cmocka_unit_test(test_every_change_that_a_person_may_make_says_what_it_asks_for),
        cmocka_unit_test(test_permissions_fit_their_routes),
        cmocka_unit_test(test_every_mutation_leaves_evidence),
        cmocka_unit_test(test_only_what_counts_is_let_off),
        cmocka_unit_test(test_every_row_is_found_by_its_own_path),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_values_of_parameters),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_allow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
