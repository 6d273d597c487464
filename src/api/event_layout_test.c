/* Guards: however a sender lays out its events (order of members, blanks, escapes, members of its
 * own, brackets within texts, bodies longer than what is read at once), both readers find the same,
 * and the quick one takes all that is regular. Bodies are made at random, from a seed that a
 * failure prints. */
#include "api/event_decode.h"
#include "base/prng.h"
#include "base/testing.h"

#include <string.h>

enum { MEMORY = 1 << 26, BODIES = 1500, BODY_MAX = 1 << 21 };

struct world {
    struct env env;
    struct arena arena;
    struct buf body;
    struct event_scan *scan;
    struct prng prng;
    uint64_t seed;
};

static int set_up(void **state) {
    static struct world world;
    env_posix_init(&world.env);
    arena_init(&world.arena, &world.env, MEMORY);
    buf_init(&world.body, &world.env, BODY_MAX);
    world.scan = event_scan_create(&world.env);
    assert_non_null(world.scan);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    arena_finish(&world->arena);
    buf_finish(&world->body);
    env_free(&world->env, world->scan);
    return 0;
}

/* --- bodies --- */

static const char *pick(struct world *world, const char *const *list, size_t count) {
    return list[prng_below(&world->prng, count)];
}
#define PICK(world, list) pick((world), (list), ARRAY_LEN(list))

static void put(struct world *world, const char *text) {
    buf_add(&world->body, str_from_cstr(text));
}

static void put_blanks(struct world *world) {
    static const char *const blanks[] = {"", "", "", " ", "\n", "\t", "\r\n  ", "   "};
    put(world, PICK(world, blanks));
}

static const char *const regular_texts[] = {
    "ada",
    "x",
    "a longer text than sixteen bytes",
    "}",
    "},{",
    "]}",
    "[{",
    "a:b,c",
    "\\\\",
    "\\\"",
    "https:\\/\\/edge.example\\/fra",
    "\\\"},{\\\"",
    "\\\\\\\\",
    "\\n",
    "\xc3\xa9",
    "\x7f",
    "true",
};
static const char *const odd_texts[] = {"\\u0041", "\\ud83d\\ude00", "\\ud800", "\\u0000",
                                        "\\u007f"};

static void put_text(struct world *world, bool is_odd) {
    put(world, "\"");
    size_t parts = 1 + prng_below(&world->prng, 3);
    for (size_t i = 0; i < parts; i++) {
        put(world, is_odd ? PICK(world, odd_texts) : PICK(world, regular_texts));
    }
    put(world, "\"");
}

static void put_value(struct world *world) {
    static const char *const words[] = {"true", "false", "null", "0",
                                        "-1",   "12345", "-0",   "999999999999999999"};
    if (prng_chance(&world->prng, 50)) {
        put(world, PICK(world, words));
    } else {
        put_text(world, false);
    }
}

/* What one reader leaves to the other: the row goes as its text. */
static void put_odd_value(struct world *world) {
    static const char *const values[] = {"1.5",
                                         "1e3",
                                         "[1,{\"a\":[]}]",
                                         "{\"a\":{\"b\":\"}\"}}",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "[]"};
    if (prng_chance(&world->prng, 60)) {
        put(world, PICK(world, values));
    } else {
        put_text(world, true);
    }
}

struct made {
    const char *const *names;
    size_t count;
    bool is_inner;
};

static void put_object(struct world *world, const struct made *made, bool is_odd);

static const char *const data_names[] = {"value", "set", "region", "resource", "reverses"};
static const char *const names[] = {"id",   "source",          "type", "subject",    "specversion",
                                    "time", "datacontenttype", "data", "data_base64"};
static const char *const extras[] = {
    "traceparent", "i",        "idx", "dat",
    "datax",       "subject2", "Bad", "anamethatislongerthansixteenbytes",
    "typ",         ""};

static void put_member(struct world *world, const char *name, bool is_odd) {
    static const char *const types[] = {"\"api_requests\"", "\"modules\"", "\"bandwidth\"",
                                        "\"storage\"", "\"none\""};
    static const char *const times[] = {"\"2015-05-16T23:00:00Z\"", "\"2015-05-16T23:00:00.123Z\"",
                                        "\"2015-05-16t23:00:00.1+02:00\"", "\"yesterday\""};
    static const struct made data = {data_names, ARRAY_LEN(data_names), true};
    buf_printf(&world->body, "\"%s\"", name);
    put_blanks(world);
    put(world, ":");
    put_blanks(world);
    if (prng_chance(&world->prng, is_odd ? 15 : 0)) {
        put_odd_value(world);
    } else if (strcmp(name, "data") == 0) {
        put_object(world, &data, is_odd);
    } else if (strcmp(name, "specversion") == 0) {
        put(world, "\"1.0\"");
    } else if (strcmp(name, "type") == 0) {
        put(world, PICK(world, types));
    } else if (strcmp(name, "time") == 0) {
        put(world, PICK(world, times));
    } else {
        put_value(world);
    }
    put_blanks(world);
}

/* Some of the names in some order, each once, and perhaps others between them. */
static void put_object(struct world *world, const struct made *made, bool is_odd) {
    size_t start = prng_below(&world->prng, made->count);
    size_t extra = made->is_inner ? ARRAY_LEN(extras) : prng_below(&world->prng, 20);
    bool has_member = false;
    put(world, "{");
    put_blanks(world);
    for (size_t i = 0; i < made->count; i++) {
        if (prng_chance(&world->prng, 15)) {
            continue;
        }
        put(world, has_member ? "," : "");
        put_blanks(world);
        put_member(world, made->names[(start + i) % made->count], is_odd);
        has_member = true;
        if (extra < ARRAY_LEN(extras) && prng_chance(&world->prng, 30)) {
            put(world, ",");
            put_member(world, extras[extra++], is_odd);
        }
    }
    put(world, "}");
}

static void put_body(struct world *world, size_t items, unsigned odd_percent) {
    static const struct made event = {names, ARRAY_LEN(names), false};
    buf_clear(&world->body);
    put_blanks(world);
    put(world, "[");
    for (size_t i = 0; i < items; i++) {
        put(world, i == 0 ? "" : ",");
        put_blanks(world);
        put_object(world, &event, prng_chance(&world->prng, odd_percent));
        put_blanks(world);
    }
    put(world, "]");
    put_blanks(world);
    assert_false(world->body.has_failed);
}

/* --- both readers --- */

static bool is_same_word(const char *a, const char *b) {
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static bool is_same(const struct usage_event *a, const struct usage_event *b) {
    const struct usage_record *x = &a->record;
    const struct usage_record *y = &b->record;
    return str_equal(x->identity.id, y->identity.id) &&
           str_equal(x->identity.source, y->identity.source) &&
           str_equal(x->identity.user_id, y->identity.user_id) && x->metric == y->metric &&
           x->kind == y->kind && x->is_set == y->is_set && x->value == y->value &&
           x->time.ms == y->time.ms && str_equal(x->region, y->region) &&
           str_equal(x->resource, y->resource) && a->status == b->status &&
           is_same_word(a->code, b->code) && is_same_word(a->detail, b->detail);
}

/* In how many steps it was read; 0 when it was left. */
static size_t scan(struct world *world, struct event_list *ret_list) {
    struct event_context context = {.arena = &world->arena, .now = {1431820800000}};
    enum json_scanned scanned = JSON_SCANNED_SOME;
    size_t steps = 0;
    assert_true(event_scan_begin(world->scan, &context, buf_str(&world->body)));
    for (; scanned == JSON_SCANNED_SOME; steps++) {
        scanned = event_scan_step(world->scan, ret_list);
    }
    return scanned == JSON_SCANNED_ALL ? steps : 0;
}

static void compare(struct world *world, const struct event_list *list) {
    struct event_context context = {.arena = &world->arena, .now = {1431820800000}};
    struct json_problem problem;
    json_t *json CLEANUP(json_release) = json_read(buf_str(&world->body), &problem);
    assert_non_null(json);
    assert_int_equal(list->count, json_array_size(json));
    for (size_t i = 0; i < list->count; i++) {
        struct usage_event careful;
        event_decode(&context, json_array_get(json, i), &careful);
        if (!is_same(&careful, &list->events[i])) {
            print_error("seed %llu, event %zu: %s, %s\n", (unsigned long long)world->seed, i,
                        careful.code == NULL ? "good" : careful.code,
                        list->events[i].code == NULL ? "good" : list->events[i].code);
            fail();
        }
    }
}

static void begin(struct world *world, uint64_t seed) {
    world->seed = seed;
    world->prng = prng_split(seed, 1);
    arena_reset(&world->arena);
}

static void test_whatever_is_regular_is_taken(void **state) {
    struct world *world = *state;
    for (uint64_t seed = 0; seed < BODIES; seed++) {
        begin(world, seed);
        put_body(world, prng_below(&world->prng, 12), 0);
        struct event_list list = {NULL, 0};
        if (scan(world, &list) == 0) {
            print_error("seed %llu is left: " STR_FMT "\n", (unsigned long long)seed,
                        STR_ARG(buf_str(&world->body)));
            fail();
        }
        compare(world, &list);
    }
}

/* Texts that jansson refuses are among them (half a surrogate pair, NUL): such a body is left. */
static void test_odd_items_are_read_the_careful_way(void **state) {
    struct world *world = *state;
    size_t taken = 0;
    for (uint64_t seed = 0; seed < BODIES; seed++) {
        begin(world, seed);
        put_body(world, prng_below(&world->prng, 6), 40);
        struct event_list list = {NULL, 0};
        if (scan(world, &list) > 0) {
            compare(world, &list);
            taken++;
        }
    }
    assert_in_range(taken, BODIES / 4, BODIES - 1);
}

/* Windows end behind a brace, which may be within a text, an inner object or an odd item. */
static void test_long_bodies_are_read_in_steps(void **state) {
    struct world *world = *state;
    for (uint64_t seed = 0; seed < 24; seed++) {
        begin(world, seed);
        put_body(world, 2000, 0);
        struct event_list list = {NULL, 0};
        size_t steps = scan(world, &list);
        /* One that ends within a text is read again, twice as long. */
        assert_in_range(steps, world->body.len / JSON_SCAN_WINDOW / 3,
                        world->body.len / (JSON_SCAN_WINDOW / 4) + 1);
        compare(world, &list);
    }
}

/* An item longer than a window, of braces that close nothing, in the midst of others. */
static void test_an_item_longer_than_a_window(void **state) {
    struct world *world = *state;
    for (size_t len = JSON_SCAN_WINDOW - 300; len < 5 * JSON_SCAN_WINDOW; len += 12345) {
        begin(world, len);
        put_body(world, 3, 0);
        while (world->body.bytes[world->body.len - 1] != ']') {
            world->body.len--;
        }
        world->body.len--;
        put(world, ",{\"data\":{\"value\":1},\"id\":\"");
        for (size_t i = 0; i < len; i++) {
            put(world, i % 3 == 0 ? "}" : ",");
        }
        put(world, "\",\"source\":\"s\"},{\"id\":\"after\"}]");
        struct event_list list = {NULL, 0};
        assert_true(scan(world, &list) > 0);
        assert_int_equal(list.count, 5);
        compare(world, &list);
    }
}

/* What breaks a long body anywhere breaks all of it, as json_read says. */
static void test_a_long_body_broken_in_one_place_is_left(void **state) {
    struct world *world = *state;
    static const char breaks[] = {'\0', '\x1f', '\xff', '{', '"', '\\'};
    size_t left = 0;
    size_t broken = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        begin(world, seed);
        put_body(world, 700, 0);
        world->body.bytes[prng_below(&world->prng, world->body.len)] = breaks[seed % sizeof breaks];
        struct event_list list = {NULL, 0};
        struct json_problem problem;
        json_t *json CLEANUP(json_release) = json_read(buf_str(&world->body), &problem);
        bool is_taken = scan(world, &list) > 0;
        broken += json == NULL;
        left += !is_taken;
        if (is_taken) {
            compare(world, &list);
        }
    }
    assert_in_range(broken, 30, 60);
    assert_true(left >= broken);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whatever_is_regular_is_taken),
        cmocka_unit_test(test_odd_items_are_read_the_careful_way),
        cmocka_unit_test(test_long_bodies_are_read_in_steps),
        cmocka_unit_test(test_an_item_longer_than_a_window),
        cmocka_unit_test(test_a_long_body_broken_in_one_place_is_left),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
