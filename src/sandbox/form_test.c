/* Guards that Stripe's bracket notation is read as Stripe reads it, and that broken forms are
 * refused with a sentence. */
#include "sandbox/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world_of_test {
    struct env env;
    struct arena arena;
};

static int set_up(void **state) {
    static struct world_of_test world;
    env_posix_init(&world.env);
    arena_init(&world.arena, &world.env, 1 << 20);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world_of_test *world = *state;
    arena_finish(&world->arena);
    return 0;
}

static void test_forms_become_trees(void **state) {
    struct world_of_test *world = *state;
    static const struct {
        const char *form, *tree;
    } cases[] = {
        {"", "{}"},
        {"a=1&b=", "{\"a\":\"1\",\"b\":\"\"}"},
        {"a%5Bb%5D=x+y&a[c]=%C3%A9", "{\"a\":{\"b\":\"x y\",\"c\":\"\xc3\xa9\"}}"},
        {"items[0][price]=p&items[0][quantity]=2",
         "{\"items\":{\"0\":{\"price\":\"p\",\"quantity\":\"2\"}}}"},
        {"expand[]=a&expand[]=b.c", "{\"expand\":{\"0\":\"a\",\"1\":\"b.c\"}}"},
        {"&&a=1&", "{\"a\":\"1\"}"},
        {"a=1&a=2", "{\"a\":\"2\"}"},
        {"i[][p]=a&i[][q]=1&i[][p]=b&i[][q]=2",
         "{\"i\":{\"0\":{\"p\":\"a\",\"q\":\"1\"},\"1\":{\"p\":\"b\",\"q\":\"2\"}}}"},
        {"i[][d][c]=usd&i[][d][n]=1&i[][d][c]=eur",
         "{\"i\":{\"0\":{\"d\":{\"c\":\"usd\",\"n\":\"1\"}},\"1\":{\"d\":{\"c\":\"eur\"}}}}"},
        {"flag", "{\"flag\":\"\"}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *problem = NULL;
        json_t *tree = json_object();
        assert_true(form_decode(&world->arena, str_from_cstr(cases[i].form), tree, &problem));
        char *text = json_dumps(tree, JSON_COMPACT | JSON_SORT_KEYS);
        assert_string_equal(text, cases[i].tree);
        free(text);
        json_decref(tree);
    }
}

static void test_broken_forms_are_refused(void **state) {
    struct world_of_test *world = *state;
    static const char *const forms[] = {
        "a=%4",
        "a=%zz",
        "a=%00",
        "a=%ff",
        "a[b=1",
        "a[b]c=1",
        "[a]=1",
        "=1",
        "a=1&a[b]=2",
        "a[b]=1&a=2",
        "a[1][2][3][4][5][6][7][8]=x",
    };
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        const char *problem = NULL;
        json_t *tree = json_object();
        bool is_read = form_decode(&world->arena, str_from_cstr(forms[i]), tree, &problem);
        json_decref(tree);
        if (is_read) {
            fail_msg("%s was accepted", forms[i]);
        }
        assert_true(strlen(problem) > 0);
    }
}

static void test_pairs_are_bounded(void **state) {
    struct world_of_test *world = *state;
    enum { PAIRS = FORM_PAIRS + 1 };
    char *form = arena_alloc(&world->arena, PAIRS * 4);
    assert_non_null(form);
    for (size_t i = 0; i < PAIRS; i++) {
        memcpy(form + i * 4, "a=1&", 4);
    }
    const char *problem = NULL;
    json_t *tree = json_object();
    assert_true(form_decode(&world->arena, str_of(form, FORM_PAIRS * 4), tree, &problem));
    assert_false(form_decode(&world->arena, str_of(form, PAIRS * 4), tree, &problem));
    json_decref(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms_become_trees),
        cmocka_unit_test(test_broken_forms_are_refused),
        cmocka_unit_test(test_pairs_are_bounded),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
