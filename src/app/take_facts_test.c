/* Guards: the facts of an answer give its very bytes again, and no damage to them leads outside. */
#include "app/take_facts.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/limits.h"
#include "base/prng.h"
#include "base/testing.h"

enum { ANSWERS = 5000, DETAIL_MAX = 400, WORD_MAX = 32 };

static int64_t number(struct prng *prng) {
    static const int64_t edges[] = {0, 63, 64, LIMIT_AMOUNT, INT64_MAX, INT64_MIN, -1};
    return prng_chance(prng, 30) ? edges[prng_below(prng, ARRAY_LEN(edges))]
                                 : (int64_t)(prng_next(prng) >> prng_below(prng, 64));
}

static struct str text(struct prng *prng, size_t max) {
    static const char letters[DETAIL_MAX + 1] =
        "API requests: this would pass the hard limit of 11000 (110 % of 10000). To go on: upgrade";
    size_t len = prng_chance(prng, 10) ? max : prng_below(prng, 64) % (max + 1);
    return str_of(letters, len);
}

static struct take_facts random_facts(struct prng *prng) {
    return (struct take_facts){
        .asked = quantity_of(number(prng)),
        .answer =
            {
                .reason = text(prng, WORD_MAX),
                .state = text(prng, WORD_MAX),
                .detail = text(prng, DETAIL_MAX),
                .upgrade_to = prng_chance(prng, 50) ? text(prng, WORD_MAX) : (struct str){NULL, 0},
                .used = number(prng),
                .limit = number(prng),
                .hard_limit = number(prng),
                .remaining = number(prng),
                .resets_at = (int64_t)prng_below(prng, INT64_C(1) << 40),
                .grace_ends_at = (int64_t)prng_below(prng, INT64_C(1) << 40),
                .allowed = prng_chance(prng, 50),
                .has_limit = prng_chance(prng, 50),
                .has_resets_at = prng_chance(prng, 50),
                .has_grace = prng_chance(prng, 50),
            },
    };
}

static void the_same_bytes_are_made_again(void **state) {
    (void)state;
    struct env_sim *sim = env_sim_create(1);
    struct arena arena;
    struct prng prng = {20260102};
    arena_init(&arena, env_sim_env(sim), 1 << 20);
    for (int i = 0; i < ANSWERS; i++) {
        struct take_facts facts = random_facts(&prng);
        struct take_facts read;
        char bytes[RECORD_FACTS_MAX];
        struct str coded = str_of(bytes, take_facts_code(&facts, bytes));
        assert_ok(take_facts_read(coded, &read));
        assert_int_equal(read.asked.amount, facts.asked.amount);
        struct str expected = take_answer_text(&facts.answer, &arena);
        assert_true(str_equal(take_answer_text(&read.answer, &arena), expected));
        assert_false(arena_failed(&arena));
        arena_reset(&arena);
    }
    arena_finish(&arena);
    env_sim_destroy(sim);
}

/* What stands behind the last length is the detail, so that only a cut before it can be seen. */
static void what_is_cut_short_or_not_known_is_refused(void **state) {
    (void)state;
    struct take_facts facts = {.asked = quantity_of(5),
                               .answer = {.reason = STR("hard_limit"),
                                          .state = STR("blocked"),
                                          .detail = STR(""),
                                          .upgrade_to = STR("starter"),
                                          .used = 11000,
                                          .has_limit = true,
                                          .has_resets_at = true,
                                          .has_grace = true}};
    struct take_facts read;
    char bytes[RECORD_FACTS_MAX];
    size_t len = take_facts_code(&facts, bytes);
    for (size_t cut = 0; cut < len; cut++) {
        char *exactly = test_malloc(cut + 1); /* the address sanitizer sees any step outside */
        memcpy(exactly + 1, bytes, cut);
        assert_err(take_facts_read(str_of(exactly + 1, cut), &read), ERR_CORRUPT);
        test_free(exactly);
    }
    assert_ok(take_facts_read(str_of(bytes, len), &read));
    bytes[0] = (char)(bytes[0] | 0x20);
    assert_err(take_facts_read(str_of(bytes, len), &read), ERR_CORRUPT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_are_made_again),
        cmocka_unit_test(what_is_cut_short_or_not_known_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
