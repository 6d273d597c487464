/* Guards: the quick writer of answers and their shape give the same bytes, whatever the answer. */
#include "app/take.h"

#include "base/env_sim.h"
#include "base/limits.h"
#include "base/prng.h"
#include "base/rfc3339.h"
#include "base/testing.h"

enum { ANSWERS = 20000 };

/* Small ones, those at the edges, and any. */
static int64_t number(struct prng *prng) {
    static const int64_t edges[] = {0, 9, 10, 99, 100, LIMIT_AMOUNT, INT64_MAX, INT64_MIN, -1};
    switch (prng_below(prng, 3)) {
    case 0:
        return (int64_t)prng_below(prng, 100000);
    case 1:
        return edges[prng_below(prng, ARRAY_LEN(edges))];
    default:
        return (int64_t)(prng_next(prng) >> prng_below(prng, 64));
    }
}

static int64_t instant(struct prng *prng) {
    uint64_t range = (uint64_t)(RFC3339_LAST_MS - RFC3339_FIRST_MS) + 1;
    int64_t ms = RFC3339_FIRST_MS + (int64_t)prng_below(prng, range);
    return prng_chance(prng, 50) ? ms : ms - ms % 1000;
}

static struct str text(struct prng *prng) {
    static const struct str texts[] = {
        STR_INIT("within_limit"),
        STR_INIT("ok"),
        STR_INIT(""),
        STR_INIT("API requests: this would pass the hard limit of 11000 (110 % of 10000)."),
        STR_INIT("z\xc3\xa9ro \x7f"),
        STR_INIT("with a \" in it"),
        STR_INIT("\\"),
        STR_INIT("seven b\x1f"),
        STR_INIT("a\nline, and many more bytes behind it"),
    };
    /* Mostly the plain ones, or the quick way would hardly be gone. */
    return texts[prng_below(prng, prng_chance(prng, 80) ? 5 : ARRAY_LEN(texts))];
}

static struct take_answer random_answer(struct prng *prng) {
    return (struct take_answer){
        .reason = text(prng),
        .state = text(prng),
        .detail = text(prng),
        .upgrade_to = prng_chance(prng, 50) ? text(prng) : (struct str){NULL, 0},
        .used = number(prng),
        .limit = number(prng),
        .hard_limit = number(prng),
        .remaining = number(prng),
        .resets_at = instant(prng),
        .grace_ends_at = instant(prng),
        .as_of = instant(prng),
        .allowed = prng_chance(prng, 50),
        .has_limit = prng_chance(prng, 50),
        .has_resets_at = prng_chance(prng, 50),
        .has_grace = prng_chance(prng, 50),
    };
}

static void is_what_the_shape_gives(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct arena arena;
    struct prng prng = {20260101};
    arena_init(&arena, env_sim_env(sim), 1 << 20);
    for (int i = 0; i < ANSWERS; i++) {
        struct take_answer answer = random_answer(&prng);
        struct str expected = shape_text(&take_answer_shape, &answer, &arena);
        assert_text(take_answer_text(&answer, &arena), expected.bytes);
        assert_false(arena_failed(&arena));
        arena_reset(&arena);
    }
    arena_finish(&arena);
    env_sim_destroy(sim);
}

/* In a list, where commas come between. */
static void stands_among_others(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct prng prng = {7};
    struct buf expected;
    struct buf got;
    buf_init(&expected, env_sim_env(sim), 1 << 20);
    buf_init(&got, env_sim_env(sim), 1 << 20);
    struct json_writer by_shape;
    struct json_writer quick;
    json_writer_init(&by_shape, &expected);
    json_writer_init(&quick, &got);
    json_open_array(&by_shape);
    json_open_array(&quick);
    for (int i = 0; i < 1000; i++) {
        struct take_answer answer = random_answer(&prng);
        shape_encode(&take_answer_shape, &answer, &by_shape);
        take_answer_encode(&answer, &quick);
    }
    json_close_array(&by_shape);
    json_close_array(&quick);
    assert_true(str_equal(buf_str(&got), buf_str(&expected)));
    buf_finish(&expected);
    buf_finish(&got);
    env_sim_destroy(sim);
}

static void without_memory_there_is_no_answer(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct take_answer answer = {.reason = STR("ok"), .state = STR("ok")};
    struct arena arena;
    struct buf out;
    struct json_writer writer;
    arena_init(&arena, env_sim_env(sim), 64);
    assert_int_equal(take_answer_text(&answer, &arena).len, 0);
    assert_true(arena_failed(&arena));
    arena_finish(&arena);
    buf_init(&out, env_sim_env(sim), 64);
    json_writer_init(&writer, &out);
    take_answer_encode(&answer, &writer);
    assert_true(out.has_failed);
    buf_finish(&out);
    env_sim_destroy(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_the_shape_gives),
        cmocka_unit_test(stands_among_others),
        cmocka_unit_test(without_memory_there_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
