/* Guards: the answer to events that is written in place and its shape give the same bytes, whatever
 * became of the events and whatever their ids are. */
#include "api/event_answer.h"

#include "base/limits.h"
#include "base/prng.h"
#include "base/rfc3339.h"
#include "base/testing.h"

enum { MEMORY = 1 << 24, KINDS = 7, LISTS = 20000, EVENTS = 12 };

struct world {
    struct env env;
    struct arena arena;
};

static int set_up(void **state) {
    struct world *world = test_calloc(1, sizeof *world);
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, MEMORY);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    arena_finish(&world->arena);
    test_free(world);
    return 0;
}

/* All that can become of an event. */
static struct usage_event event_of(unsigned kind, struct str id) {
    static const struct usage_event events[KINDS] = {
        {.status = USAGE_ACCEPTED},
        {.status = USAGE_DUPLICATE},
        {.status = USAGE_DUPLICATE, .code = "judged_before", .detail = "It was sent again."},
        {.status = USAGE_REJECTED, .code = "customer_not_found", .detail = "There is no such one."},
        {.status = USAGE_REJECTED, .code = "invalid_specversion", .detail = "Say \"1.0\"."},
        {.status = USAGE_REJECTED, .code = "invalid_id"},
        {.status = USAGE_REJECTED},
    };
    struct usage_event event = events[kind];
    event.record.identity.id = id;
    return event;
}

static void add(struct usage_ingest *ingest, struct usage_event event) {
    ingest->events[ingest->count++] = event;
    ingest->accepted += event.status == USAGE_ACCEPTED;
    ingest->duplicate += event.status == USAGE_DUPLICATE;
    ingest->rejected += event.status == USAGE_REJECTED;
}

static void assert_alike(struct world *world, const struct usage_ingest *ingest, int64_t as_of) {
    struct arena *arena = &world->arena;
    struct str expected = event_answer_by_shape(ingest, (struct instant){as_of}, arena);
    struct str got = event_answer_text(ingest, (struct instant){as_of}, arena);
    assert_true(expected.len > 0);
    assert_true(str_equal(got, expected));
    arena_reset(arena);
}

/* Every list of up to four, so that each stands first, last, alone and between any two. */
static void every_short_list(void **state) {
    struct usage_event events[4];
    for (unsigned number = 0; number < KINDS * KINDS * KINDS * KINDS; number++) {
        unsigned rest = number;
        struct usage_ingest ingest = {.events = events};
        assert_alike(*state, &ingest, 1431820800000);
        for (unsigned i = 0; i < 4; i++, rest /= KINDS) {
            add(&ingest, event_of(rest % KINDS, STR("9f1c")));
            assert_alike(*state, &ingest, 1431820800000);
        }
    }
}

static int64_t instant(struct prng *prng) {
    uint64_t range = (uint64_t)(RFC3339_LAST_MS - RFC3339_FIRST_MS) + 1;
    return RFC3339_FIRST_MS + (int64_t)prng_below(prng, range);
}

static struct str id(struct prng *prng) {
    static const char longest[] =
        "0123456789012345678901234567890123456789012345678901234567890123"
        "0123456789012345678901234567890123456789012345678901234567890123";
    static const struct str ids[] = {
        STR_INIT("9f1c"),
        STR_INIT("1"),
        STR_INIT(""),
        STR_INIT("z\xc3\xa9ro \x7f"),
        {longest, sizeof longest - 1},
        STR_INIT("with a \" in"),
        STR_INIT("\\"),
        STR_INIT("seven b\x1f"),
        STR_INIT("a\nline of an id, and more behind"),
    };
    static_assert(sizeof longest - 1 == LIMIT_EVENT_ID, "the longest that comes in");
    /* Mostly the plain ones, or the quick way would hardly be gone. */
    return ids[prng_below(prng, prng_chance(prng, 90) ? 5 : ARRAY_LEN(ids))];
}

static void any_list(void **state) {
    struct prng prng = {20260101};
    struct usage_event events[EVENTS];
    for (int i = 0; i < LISTS; i++) {
        struct usage_ingest ingest = {.events = events};
        for (uint64_t left = prng_below(&prng, EVENTS + 1); left > 0; left--) {
            add(&ingest, event_of((unsigned)prng_below(&prng, KINDS), id(&prng)));
        }
        assert_alike(*state, &ingest, instant(&prng));
    }
}

/* Counts are not those of the list: a batch may be large. */
static void many_were_counted(void **state) {
    for (size_t count = 1; count <= LIMIT_BATCH_EVENTS; count *= 10) {
        struct usage_ingest ingest = {.accepted = count, .count = count};
        assert_alike(*state, &ingest, RFC3339_LAST_MS);
    }
}

static void without_memory_there_is_no_answer(void **state) {
    struct world *world = *state;
    struct usage_event events[1];
    struct usage_ingest ingest = {.events = events};
    struct arena arena;
    arena_init(&arena, &world->env, 64);
    assert_int_equal(event_answer_text(&ingest, (struct instant){0}, &arena).len, 0);
    add(&ingest, event_of(1, STR("\\")));
    assert_int_equal(event_answer_text(&ingest, (struct instant){0}, &arena).len, 0);
    assert_true(arena_failed(&arena));
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_short_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_were_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_answer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
