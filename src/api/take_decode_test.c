/* Guards: what the scanner of take bodies accepts, the shape accepts with the same values; usual
 * bodies are scanned, and nothing is accepted that the shape refuses. */
#include "api/take_decode.h"

#include <string.h>

#include "base/testing.h"
#include "core/metric.h"

static int set_up(void **state) {
    static struct env env;
    static struct arena arena;
    env_posix_init(&env);
    arena_init(&arena, &env, 64 * 1024 * 1024);
    *state = &arena;
    return 0;
}

static int tear_down(void **state) {
    arena_finish(*state);
    return 0;
}

static bool decode(struct arena *arena, const struct shape *shape, struct str body,
                   struct take_in *ret_in) {
    struct json_problem problem;
    struct shape_errors errors = {.count = 0};
    json_t *json CLEANUP(json_release) = json_read(body, &problem);
    return json != NULL && shape_decode(shape, json, arena, ret_in, &errors);
}

struct verb {
    bool (*scan)(struct str body, void *ret_in);
    const struct shape *shape;
};
static const struct verb check_verb = {check_scan, &check_shape};
static const struct verb take_verb = {take_scan, &take_shape};
static const struct verb release_verb = {release_scan, &release_shape};

/* Whether it was scanned; then the shape says the same. */
static bool scanned(struct arena *arena, struct str body, const struct verb *verb) {
    struct take_in quick = {0};
    struct take_in slow = {0};
    bool is_scanned = verb->scan(body, &quick);
    if (is_scanned) {
        assert_true(decode(arena, verb->shape, body, &slow));
        assert_true(str_equal(quick.user_id, slow.user_id));
        assert_true(str_equal(quick.id, slow.id));
        assert_true(str_equal(quick.release_id, slow.release_id));
        assert_int_equal(quick.metric, slow.metric);
        assert_int_equal(quick.amount, slow.amount);
    }
    return is_scanned;
}

#define PLAIN "{\"userId\":\"ada\",\"metric\":\"api_requests\",\"amount\":12}"
#define GIVEN                                                                                      \
    "{\"userId\":\"ada\",\"metric\":\"modules\",\"amount\":2,\"id\":\"t-1\",\"releaseId\":\"r\"}"
#define NAMED "{\"userId\":\"ada\",\"metric\":\"storage\",\"amount\":0,\"id\":\"t-1\"}"

static void usual_bodies_are_scanned(void **state) {
    static const struct str bodies[] = {
        STR_INIT(PLAIN),
        STR_INIT(" {\n \"amount\" : 999999999999999 ,\t\"metric\":\"modules\","
                 "\"userId\":\"org/42@eu\" }\r\n"),
        STR_INIT("{\"metric\":\"bandwidth\",\"userId\":\"a\",\"amount\":7}"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        assert_true(scanned(*state, bodies[i], &release_verb));
        assert_true(scanned(*state, bodies[i], &take_verb));
        assert_true(scanned(*state, bodies[i], &check_verb));
    }
    assert_true(scanned(*state, STR(NAMED), &release_verb));
    assert_true(scanned(*state, STR(NAMED), &take_verb));
    assert_false(scanned(*state, STR(NAMED), &check_verb)); /* a check has no id */
    assert_true(scanned(*state, STR(GIVEN), &release_verb));
    assert_false(scanned(*state, STR(GIVEN), &take_verb)); /* nor a take that of a release */
}

/* Right or wrong: the shape decides. */
static void all_else_is_left_to_the_shape(void **state) {
    static const struct str bodies[] = {
        STR_INIT(""),
        {NULL, 0},
        STR_INIT("{}"),
        STR_INIT("[" PLAIN "]"),
        STR_INIT(PLAIN "x"),
        STR_INIT("{\"userId\":\"ada\",\"metric\":\"api_requests\"}"),
        STR_INIT("{\"userId\":\"ada\",\"metric\":\"api_requests\",\"amount\":1,}"),
        STR_INIT("{\"userId\":\"ada\",\"userId\":\"ada\",\"metric\":\"storage\",\"amount\":1}"),
        STR_INIT("{\"userId\":\" ada\",\"metric\":\"storage\",\"amount\":1}"),
        STR_INIT("{\"userId\":\"a`a\",\"metric\":\"storage\",\"amount\":1}"),
        STR_INIT("{\"userId\":\"a\\u0041\",\"metric\":\"storage\",\"amount\":1}"),
        STR_INIT("{\"userId\":\"\",\"metric\":\"storage\",\"amount\":1}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"nothing\",\"amount\":1}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":-1}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":01}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":1.5}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":1e3}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":9007199254740992}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":1,\"more\":1}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":1,\"id\":\"\"}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":1,\"releaseId\":\"\"}"),
        STR_INIT("{\"userId\":\"a\",\"metric\":\"storage\",\"amount\":1,\"id\":\"\xc3\xa9\"}"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        assert_false(scanned(*state, bodies[i], &release_verb));
    }
}

/* Every byte of a body replaced by every other, left out, and doubled. */
static void no_change_of_a_byte_makes_it_accept_too_much(void **state) {
    char body[256];
    const struct str bodies[] = {STR(PLAIN), STR(NAMED), STR(GIVEN)};
    for (size_t b = 0; b < ARRAY_LEN(bodies); b++) {
        size_t len = bodies[b].len;
        for (size_t i = 0; i < len; i++) {
            for (int c = 0; c < 256; c++) {
                memcpy(body, bodies[b].bytes, len);
                body[i] = (char)c;
                (void)scanned(*state, str_of(body, len), &release_verb);
            }
            memmove(body + i, bodies[b].bytes + i + 1, len - i - 1);
            (void)scanned(*state, str_of(body, len - 1), &release_verb);
            memcpy(body, bodies[b].bytes, i + 1);
            memcpy(body + i + 1, bodies[b].bytes + i, len - i);
            (void)scanned(*state, str_of(body, len + 1), &release_verb);
            assert_false(scanned(*state, str_first(bodies[b], i), &release_verb));
        }
    }
}

static void texts_are_as_long_as_the_shape_allows(void **state) {
    for (size_t len = LIMIT_USER_ID - 1; len <= LIMIT_USER_ID + 1; len++) {
        char user[LIMIT_USER_ID + 2];
        memset(user, 'u', sizeof user);
        struct str body = arena_printf(
            *state, "{\"userId\":\"%.*s\",\"metric\":\"storage\",\"amount\":1}", (int)len, user);
        assert_int_equal(scanned(*state, body, &check_verb), len <= LIMIT_USER_ID);
    }
    for (size_t len = LIMIT_EVENT_ID - 1; len <= LIMIT_EVENT_ID + 1; len++) {
        char id[LIMIT_EVENT_ID + 2];
        memset(id, 'i', sizeof id);
        struct str body = arena_printf(
            *state, "{\"userId\":\"u\",\"metric\":\"storage\",\"amount\":1,\"id\":\"%.*s\"}",
            (int)len, id);
        assert_int_equal(scanned(*state, body, &take_verb), len <= LIMIT_EVENT_ID);
    }
}

static void a_batch_is_an_array_of_a_thousand_at_most(void **state) {
    static struct take_in items[TAKE_BATCH_MAX];
    size_t count = 0;
    assert_true(take_scan_batch(STR("[" PLAIN "," NAMED "]"), &take_shape, items, &count));
    assert_int_equal(count, 2);
    assert_true(str_equal(items[1].id, STR("t-1")));
    assert_int_equal(items[0].amount, 12);
    assert_int_equal(items[1].metric, METRIC_STORAGE);
    assert_false(take_scan_batch(STR("[" PLAIN "," NAMED "]"), &check_shape, items, &count));
    assert_true(take_scan_batch(STR("[" GIVEN "]"), &release_shape, items, &count));
    assert_true(str_equal(items[0].release_id, STR("r")));
    assert_false(take_scan_batch(STR("[" GIVEN "]"), &take_shape, items, &count));
    static const struct str bad[] = {
        STR_INIT("[]"),
        STR_INIT("[" PLAIN),
        STR_INIT("[" PLAIN ",]"),
        STR_INIT("[" PLAIN "]]"),
        STR_INIT(PLAIN),
        STR_INIT("[" PLAIN " " PLAIN "]"),
        STR_INIT("[[]]"),
        STR_INIT("[" PLAIN ",{}]"),
        STR_INIT(""),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(take_scan_batch(bad[i], &release_shape, items, &count));
    }
    struct arena *arena = *state;
    struct buf many CLEANUP(buf_finish);
    buf_init(&many, arena->env, 1024 * 1024);
    buf_add(&many, STR("[" PLAIN));
    for (int i = 1; i < TAKE_BATCH_MAX; i++) {
        buf_add(&many, STR("," PLAIN));
    }
    buf_add(&many, STR("]"));
    assert_true(take_scan_batch(buf_str(&many), &take_shape, items, &count));
    assert_int_equal(count, TAKE_BATCH_MAX);
    many.len--;
    buf_add(&many, STR("," PLAIN "]"));
    assert_false(take_scan_batch(buf_str(&many), &take_shape, items, &count));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_bodies_are_scanned),
        cmocka_unit_test(all_else_is_left_to_the_shape),
        cmocka_unit_test(no_change_of_a_byte_makes_it_accept_too_much),
        cmocka_unit_test(texts_are_as_long_as_the_shape_allows),
        cmocka_unit_test(a_batch_is_an_array_of_a_thousand_at_most),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
