/* Guards: every way to end that is no success has one code and one status, and documents say what
 * RFC 9457 and the clients expect. */
#include "api/problem.h"

#include <string.h>

#include "api/api.h"
#include "base/testing.h"

struct world {
    struct env env;
    struct arena arena;
};

static int set_up(void **state) {
    static struct world world;
    env_posix_init(&world.env);
    arena_init(&world.arena, &world.env, 1 << 20);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    arena_finish(&world->arena);
    return 0;
}

static void test_every_code_has_a_status_and_a_sentence(void **state) {
    (void)state;
    for (int i = OUTCOME_APPROVAL_REQUIRED + 1; i < PROBLEM_COUNT; i++) {
        assert_in_range(problem_status(i), 400, 599);
        assert_true(str_only(str_from_cstr(problem_code(i)), "abcdefghijklmnopqrstuvwxyz_"));
        size_t len = strlen(problem_text(i));
        assert_true(len > 10 && problem_text(i)[len - 1] == '.');
    }
}

static void test_no_code_means_two_things(void **state) {
    (void)state;
    for (int i = OUTCOME_APPROVAL_REQUIRED + 1; i < PROBLEM_COUNT; i++) {
        for (int k = i + 1; k < PROBLEM_COUNT; k++) {
            assert_string_not_equal(problem_code(i), problem_code(k));
        }
    }
}

static void test_statuses_that_clients_decide_by(void **state) {
    (void)state;
    static const struct {
        int problem, status;
    } cases[] = {
        {OUTCOME_PAYMENT_FAILED, 402},
        {OUTCOME_PAYMENT_ACTION_REQUIRED, 402},
        {OUTCOME_PAYMENT_METHOD_REQUIRED, 409},
        {OUTCOME_ALREADY_SUBSCRIBED, 409},
        {OUTCOME_QUOTE_EXPIRED, 409},
        {OUTCOME_CARD_NOT_CONFIRMED, 409},
        {OUTCOME_PAYMENT_METHOD_IN_USE, 409},
        {OUTCOME_CUSTOMER_NOT_FOUND, 404},
        {OUTCOME_PAYMENT_PENDING, 504},
        {OUTCOME_STORE_FULL, 507},
        {PROBLEM_KEY_MISSING, 401},
        {PROBLEM_SCOPE_MISSING, 403},
        {PROBLEM_CROSS_SITE, 403},
        {PROBLEM_CUSTOMER_REQUIRED, 400},
        {PROBLEM_INVALID_FIELDS, 422},
        {PROBLEM_MALFORMED_JSON, 400},
        {PROBLEM_WRONG_CONTENT_TYPE, 415},
        {PROBLEM_BODY_TOO_LARGE, 413},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(problem_status(cases[i].problem), cases[i].status);
    }
}

static struct str encode(struct world *world, const struct problem_document *document) {
    struct buf out;
    struct json_writer writer;
    buf_init(&out, &world->env, 1 << 16);
    json_writer_init(&writer, &out);
    shape_encode(&problem_shape, document, &writer);
    struct str text = arena_str(&world->arena, buf_str(&out));
    buf_finish(&out);
    return text;
}

static void test_document(void **state) {
    struct world *world = *state;
    struct problem_document document =
        problem_document_of(&world->arena, OUTCOME_PAYMENT_FAILED, STR("No funds."));
    document.decline_code = STR("insufficient_funds");
    document.request_id = STR("reqs_1");
    assert_text(encode(world, &document),
                "{\"type\":\"https://turnpike.dev/problems/payment_failed\","
                "\"title\":\"The payment was declined.\",\"status\":402,"
                "\"code\":\"payment_failed\",\"detail\":\"No funds.\",\"requestId\":\"reqs_1\","
                "\"errors\":[],\"declineCode\":\"insufficient_funds\"}");
}

static void test_document_without_a_detail_takes_the_sentence(void **state) {
    struct world *world = *state;
    struct problem_document document =
        problem_document_of(&world->arena, PROBLEM_NOT_FOUND, STR(""));
    assert_text(document.detail, problem_text(PROBLEM_NOT_FOUND));
}

static void test_names_of_fields(void **state) {
    struct world *world = *state;
    static const struct {
        const char *pointer, *name;
    } cases[] = {
        {"", "(body)"},        {"/tier", "tier"}, {"/data/0/value", "data.0.value"},
        {"/a~1b~0c", "a/b~c"}, {"/", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, &world->arena, cases[i].pointer, "something else");
        struct problem_document document =
            problem_document_of(&world->arena, PROBLEM_INVALID_FIELDS, STR(""));
        problem_add_errors(&world->arena, &errors, &document);
        assert_int_equal(document.errors.count, 1);
        const struct problem_field *field = document.errors.items;
        assert_text(field->field, cases[i].name);
        assert_text(field->expected, "something else");
    }
}

static void test_page_of_errors_has_every_code(void **state) {
    struct world *world = *state;
    struct buf out;
    buf_init(&out, &world->env, 1 << 20);
    api_errors_page(&out);
    buf_add_char(&out, '\0');
    for (int i = OUTCOME_APPROVAL_REQUIRED + 1; i < PROBLEM_COUNT; i++) {
        struct str row =
            arena_printf(&world->arena, "\n| `%s` | %d | ", problem_code(i), problem_status(i));
        assert_non_null(strstr(out.bytes, row.bytes));
    }
    buf_finish(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_has_a_status_and_a_sentence),
        cmocka_unit_test(test_no_code_means_two_things),
        cmocka_unit_test(test_statuses_that_clients_decide_by),
        cmocka_unit_test(test_document),
        cmocka_unit_test(test_document_without_a_detail_takes_the_sentence),
        cmocka_unit_test(test_names_of_fields),
        cmocka_unit_test(test_page_of_errors_has_every_code),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
