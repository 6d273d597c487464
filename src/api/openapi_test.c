/* Guards: the description names every route, every reference in it leads somewhere, and the
 * examples are what the routes take. */
#include <string.h>

#include "api/resources.h"
#include "base/testing.h"

struct world {
    struct env env;
    struct arena arena;
    struct buf text;
    json_t *document;
};

static int set_up(void **state) {
    static struct world world;
    env_posix_init(&world.env);
    arena_init(&world.arena, &world.env, 1 << 22);
    buf_init(&world.text, &world.env, 4 << 20);
    assert_ok(api_openapi(&world.text, "1.2.3"));
    world.document = json_loadb(world.text.bytes, world.text.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(world.document);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    json_decref(world->document);
    buf_finish(&world->text);
    arena_finish(&world->arena);
    return 0;
}

static void test_head(void **state) {
    struct world *world = *state;
    assert_text(json_text(world->document, "openapi"), "3.1.0");
    assert_text(json_text(world->document, "info.version"), "1.2.3");
}

/* ":id" as "{id}" */
static struct str template_of(struct world *world, const char *path) {
    struct str rest = str_skip(str_from_cstr(path), 1);
    struct str out = STR("");
    while (rest.bytes != NULL) {
        struct str segment = str_cut(&rest, '/');
        bool is_parameter = segment.len > 0 && segment.bytes[0] == ':';
        out = arena_printf(&world->arena, STR_FMT "/%s" STR_FMT "%s", STR_ARG(out),
                           is_parameter ? "{" : "", STR_ARG(str_skip(segment, is_parameter)),
                           is_parameter ? "}" : "");
    }
    return out;
}

static const json_t *operation_of(struct world *world, const struct route *route) {
    struct str path = template_of(world, route->path);
    struct str method = arena_str(&world->arena, str_from_cstr(route->method));
    char lower[8] = "";
    for (size_t i = 0; i < method.len; i++) {
        lower[i] = (char)(method.bytes[i] + 32);
    }
    const json_t *paths = json_object_get(world->document, "paths");
    return json_object_get(json_object_getn(paths, path.bytes, path.len), lower);
}

static void test_every_route_is_described(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < route_count; i++) {
        bool is_page = (routes[i].flags & ROUTE_PAGE) != 0;
        const json_t *operation = operation_of(world, &routes[i]);
        assert_int_equal(operation != NULL, !is_page);
        if (is_page) {
            continue;
        }
        const json_t *responses = json_object_get(operation, "responses");
        for (size_t k = 0; k < ROUTE_ANSWERS_MAX && routes[i].answers[k].status != 0; k++) {
            struct str status = arena_printf(&world->arena, "%d", routes[i].answers[k].status);
            assert_non_null(json_object_get(responses, status.bytes));
        }
        for (size_t k = 0; k < ROUTE_PROBLEMS_MAX && routes[i].problems[k] != 0; k++) {
            struct str status =
                arena_printf(&world->arena, "%d", problem_status(routes[i].problems[k]));
            const json_t *codes =
                json_object_get(json_object_get(responses, status.bytes), "x-codes");
            bool is_named = false;
            for (size_t n = 0; n < json_array_size(codes); n++) {
                is_named = is_named || strcmp(json_string_value(json_array_get(codes, n)),
                                              problem_code(routes[i].problems[k])) == 0;
            }
            assert_true(is_named);
        }
    }
}

static void test_operation_ids_differ(void **state) {
    struct world *world = *state;
    json_t *seen = json_object();
    for (size_t i = 0; i < route_count; i++) {
        const json_t *operation = operation_of(world, &routes[i]);
        if (operation != NULL) {
            const char *id = json_string_value(json_object_get(operation, "operationId"));
            assert_null(json_object_get(seen, id));
            (void)json_object_set_new(seen, id, json_true());
        }
    }
    json_decref(seen);
}

/* --- references --- */

static const json_t *follow(const json_t *document, struct str reference) {
    assert_true(str_starts_with(reference, STR("#/")));
    struct str rest = str_skip(reference, 2);
    const json_t *at = document;
    while (rest.bytes != NULL && at != NULL) {
        struct str name = str_cut(&rest, '/');
        at = json_object_getn(at, name.bytes, name.len);
    }
    return at;
}

static size_t check_references(const json_t *document, json_t *value) {
    size_t count = 0;
    const char *name = NULL;
    json_t *member = NULL;
    size_t index = 0;
    if (json_is_object(value)) {
        json_object_foreach(value, name, member) {
            if (strcmp(name, "$ref") == 0) {
                if (follow(document, str_from_cstr(json_string_value(member))) == NULL) {
                    print_error("%s leads nowhere\n", json_string_value(member));
                    fail();
                }
                count++;
            }
            count += check_references(document, member);
        }
    }
    json_array_foreach(value, index, member) {
        count += check_references(document, member);
    }
    return count;
}

static void test_every_reference_leads_somewhere(void **state) {
    struct world *world = *state;
    assert_true(check_references(world->document, world->document) > 100);
}

/* --- examples --- */

static void test_examples_are_taken(void **state) {
    struct world *world = *state;
    size_t count = 0;
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].example == NULL) {
            continue;
        }
        json_t *example = json_loads(routes[i].example, 0, NULL);
        struct shape_errors errors = {.count = 0};
        void *body = arena_alloc(&world->arena, routes[i].body->size);
        assert_true(shape_decode(routes[i].body, example, &world->arena, body, &errors));
        json_decref(example);
        count++;
    }
    assert_true(count >= 8);
}

static void test_a_mutation_of_billing_takes_its_headers(void **state) {
    struct world *world = *state;
    const json_t *operation = NULL;
    for (size_t i = 0; i < route_count; i++) {
        if (strcmp(routes[i].path, "/api/billing/cancel") == 0) {
            operation = operation_of(world, &routes[i]);
        }
    }
    char *text = json_dumps(json_object_get(operation, "parameters"), 0);
    assert_non_null(strstr(text, "Idempotency-Key"));
    assert_non_null(strstr(text, "Turnpike-User"));
    env_free(&world->env, text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_every_route_is_described),
        cmocka_unit_test(test_operation_ids_differ),
        cmocka_unit_test(test_every_reference_leads_somewhere),
        cmocka_unit_test(test_examples_are_taken),
        cmocka_unit_test(test_a_mutation_of_billing_takes_its_headers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
