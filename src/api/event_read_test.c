/* Guards: events read a part at a time are exactly what a tree of the whole body holds, and what is
 * said of a body that is wrong is the same. The corpus is every body here, and each of them with
 * one byte changed or cut off at every place. */
#include "api/event_decode.h"
#include "base/testing.h"

#include <string.h>

enum { BODY_MAX = 4096, MEMORY = 1 << 22 };

struct world {
    struct env env;
    struct arena arena;
    struct event_scan *scan;
    size_t quick; /* bodies that the quick reader took */
};

static int set_up(void **state) {
    static struct world world;
    env_posix_init(&world.env);
    arena_init(&world.arena, &world.env, MEMORY);
    world.scan = event_scan_create(&world.env);
    assert_non_null(world.scan);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    arena_finish(&world->arena);
    env_free(&world->env, world->scan);
    return 0;
}

static bool is_same_text(struct str a, struct str b) {
    return str_equal(a, b);
}

static bool is_same_word(const char *a, const char *b) {
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static bool is_same(const struct usage_event *a, const struct usage_event *b) {
    const struct usage_record *x = &a->record;
    const struct usage_record *y = &b->record;
    return is_same_text(x->identity.id, y->identity.id) &&
           is_same_text(x->identity.source, y->identity.source) &&
           is_same_text(x->identity.user_id, y->identity.user_id) && x->metric == y->metric &&
           x->kind == y->kind && x->is_set == y->is_set && x->value == y->value &&
           x->time.ms == y->time.ms && is_same_text(x->region, y->region) &&
           is_same_text(x->resource, y->resource) && a->status == b->status &&
           is_same_word(a->code, b->code) && is_same_word(a->detail, b->detail);
}

static void compare_item(struct event_context *context, const json_t *item,
                         const struct usage_event *quick, struct str body) {
    struct usage_event careful;
    event_decode(context, item, &careful);
    if (!is_same(&careful, quick)) {
        print_error("read in two ways: " STR_FMT "\n%s, %s\n", STR_ARG(body),
                    careful.code == NULL ? "good" : careful.code,
                    quick->code == NULL ? "good" : quick->code);
        fail();
    }
}

/* Another body comes between: one that is not like most. */
static void scan_another(struct world *world, const struct event_context *context) {
    struct event_list list;
    assert_true(event_scan_begin(world->scan, context, STR("[{\"data\":{},\"x\":\"\\t\"}]")));
    assert_int_not_equal(event_scan_step(world->scan, &list), JSON_SCANNED_LEFT);
}

/* NULL when the list is set. A body of one window that is read with care takes a second step. */
static const struct event_scan *scan(struct world *world, const struct event_context *context,
                                     struct str body, struct event_list *ret_list,
                                     size_t *ret_steps) {
    struct event_scan *scan = world->scan;
    assert_true(event_scan_begin(scan, context, body));
    enum json_scanned scanned = event_scan_step(scan, ret_list);
    for (*ret_steps = 1; scanned == JSON_SCANNED_SOME; ++*ret_steps) {
        scan = *ret_steps == 1 ? event_scan_keep(scan) : scan;
        assert_non_null(scan);
        scan_another(world, context);
        scanned = event_scan_step(scan, ret_list);
    }
    return scanned == JSON_SCANNED_ALL ? NULL : scan;
}

/* A list that is refused is so in the words that are said of the whole, but where those are of a
 * number that is too large, which is no mistake; what is no list is not judged here. jansson's
 * place of a NUL depends on how it reads. */
static void compare_refusal(const struct event_scan *scan, struct str body) {
    if (!event_scan_is_list(scan)) {
        return;
    }
    struct json_problem problem = {0};
    const struct json_problem *found = event_scan_problem(scan);
    json_t *json CLEANUP(json_release) = event_read_lenient(body, &problem);
    assert_non_null(found);
    bool is_same = strcmp(found->reason, problem.reason) == 0 && found->line == problem.line &&
                   found->column == problem.column;
    bool is_comparable = str_find(body, '\0') == body.len &&
                         !str_starts_with(str_from_cstr(problem.reason), STR("too big"));
    assert_null(json);
    if (is_comparable && !is_same) {
        print_error("refused in two ways: " STR_FMT "\n%d:%d %s\n%d:%d %s\n", STR_ARG(body),
                    problem.line, problem.column, problem.reason, found->line, found->column,
                    found->reason);
        fail();
    }
}

/* Either it is no list, or both find the same. */
static void compare(struct world *world, struct str body) {
    arena_finish(&world->arena);
    struct event_context context = {.arena = &world->arena, .now = {1431820800000}};
    struct event_list list;
    size_t steps = 0;
    const struct event_scan *refused = scan(world, &context, body, &list, &steps);
    if (refused != NULL) {
        compare_refusal(refused, body);
        return;
    }
    struct json_problem problem;
    json_t *json CLEANUP(json_release) = event_read_lenient(body, &problem);
    if (json == NULL) {
        print_error("taken: " STR_FMT "\n%s\n", STR_ARG(body), problem.reason);
    }
    assert_non_null(json);
    assert_int_equal(list.count, json_is_array(json) ? json_array_size(json) : 1);
    for (size_t i = 0; i < list.count; i++) {
        compare_item(&context, json_is_array(json) ? json_array_get(json, i) : json,
                     &list.events[i], body);
    }
    world->quick += steps == 1;
}

#define HEAD "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"subject\":\"ada\","
#define REQUESTS HEAD "\"type\":\"api_requests\","
#define GOOD REQUESTS "\"data\":{\"value\":1}}"
#define WITH_ID(id)                                                                                \
    "{\"specversion\":\"1.0\",\"id\":\"" id "\",\"source\":\"s\",\"subject\":\"ada\","             \
    "\"type\":\"api_requests\",\"data\":{\"value\":1}}"

static const char *const bodies[] = {
    GOOD,
    "[" GOOD "," GOOD "]",
    " [ " GOOD " ,\n\t" GOOD " ]\r\n",
    "[]",
    "[7," GOOD ",null,[],\"x\",{},[{}]]",
    "{}",
    "[{}]",
    "[" GOOD ",]",
    "[" GOOD "]]",
    "[" GOOD "] " GOOD,
    "[" GOOD " " GOOD "]",
    GOOD GOOD,
    "[" REQUESTS "\"data\":{\"value\":1},\"data\":{\"value\":2}}]",
    "[" REQUESTS "\"data\":{\"value\":1,\"value\":2}}]",
    "[" REQUESTS "\"x\":1,\"x\":1,\"data\":{\"value\":1}}]",
    "[" REQUESTS "\"data\":{\"value\":1.0}}]",
    "[" REQUESTS "\"data\":{\"value\":-0}}]",
    "[" REQUESTS "\"data\":{\"value\":01}}]",
    "[" REQUESTS "\"data\":{\"value\":1e2}}]",
    "[" REQUESTS "\"data\":{\"value\":9223372036854775807}}]",
    "[" REQUESTS "\"data\":{\"value\":9223372036854775808}}]",
    "[" REQUESTS "\"data\":{\"value\":123456789012345678901234567890}}]",
    "[" REQUESTS "\"data\":{\"set\":-9007199254740993,\"region\":7,\"resource\":[1]}}]",
    "[" REQUESTS "\"data\":{\"value\":tru}}]",
    "[" REQUESTS "\"data\":{\"value\":null,\"set\":true}}]",
    "[" REQUESTS "\"data\":{\"value\":1,\"more\":{\"a\":[1,{\"b\":2}]}}}]",
    "[" REQUESTS "\"data\":[1]}]",
    "[" REQUESTS "\"data\":null}]",
    "[" GOOD "," REQUESTS "\"data\":7}," GOOD "," REQUESTS "\"data\":\"x\"}]",
    "[" GOOD ",{\"specversion\":1,\"id\":-7,\"source\":0,\"type\":123456789012345678 , "
    "\"subject\":1234567890123456789}]",
    "[" REQUESTS "\"data_base64\":\"e30=\"}]",
    "[" REQUESTS "\"time\":\"2015-05-16T23:00:00.5+02:00\",\"datacontenttype\":\"text/xml\","
    "\"data\":{\"value\":1}}]",
    "[" REQUESTS "\"traceparent\":\"00-1\",\"ok\":true,\"n\":null,\"i\":-7,\"Bad\":1,"
    "\"data\":{\"value\":1}}]",
    "[" REQUESTS "\"deep\":{\"a\":{\"b\":[]}},\"data\":{\"value\":1}}]",
    "[" REQUESTS "\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i1\":1,\"j\":1,"
    "\"k\":1,\"l\":1,\"m\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1,\"data\":{\"value\":1}}]",
    "[" WITH_ID("") "," WITH_ID("\\u0041") "," WITH_ID("a\\/b\\\"c\\\\d\\n") "]",
    "[" WITH_ID("\\ud800") "]",
    "[" WITH_ID("\\udc00x") "]",
    "[" WITH_ID("\\ud83d\\ude00") "]",
    "[" WITH_ID("\\u0000") "]",
    "[" WITH_ID("\\x") "]",
    "[" WITH_ID("\x01") "]",
    "[" WITH_ID("\x7f") "]",
    "[" WITH_ID("\xc3\xa9\xf0\x9f\x98\x80") "]",
    "[" WITH_ID("\xff\xfe") "]",
    "[" WITH_ID("\xc0\x80") "]",
    "[" WITH_ID("\xed\xa0\x80") "]",
    "[{\"\\u0069d\":\"x\",\"id\":\"i\"}]",
    "[{\"i\\nd\":\"x\"}]",
};

static void test_bodies(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        compare(world, str_from_cstr(bodies[i]));
    }
}

static void test_bodies_cut_off(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct str body = str_from_cstr(bodies[i]);
        for (size_t len = 0; len < body.len; len++) {
            compare(world, str_first(body, len));
        }
    }
}

static void test_bodies_with_one_byte_changed(void **state) {
    struct world *world = *state;
    char bytes[BODY_MAX];
    static const char others[] = {'"', '\\', '{', '}', '[',  ']',    ',',        ':',
                                  '0', '-',  ' ', 'u', '\0', '\x1f', (char)0x80, (char)0xff};
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct str body = str_from_cstr(bodies[i]);
        assert_true(body.len <= sizeof bytes);
        memcpy(bytes, body.bytes, body.len);
        for (size_t at = 0; at < body.len; at++) {
            for (size_t k = 0; k < sizeof others; k++) {
                bytes[at] = others[k];
                compare(world, str_of(bytes, body.len));
            }
            bytes[at] = body.bytes[at];
        }
    }
}

/* Ids of one byte and of a kilobyte: taken, and refused with a reason, without leaving the rest. */
static void test_ids_of_every_length(void **state) {
    struct world *world = *state;
    char text[BODY_MAX];
    char id[1025];
    for (size_t len = 0; len < sizeof id; len++) {
        memset(id, 'x', len);
        id[len] = '\0';
        int size =
            snprintf(text, sizeof text,
                     "[{\"id\":\"%s\",\"specversion\":\"1.0\",\"source\":\"s\"}," GOOD "]", id);
        assert_true(size > 0 && size < (int)sizeof text);
        size_t before = world->quick;
        compare(world, str_of(text, (size_t)size));
        assert_int_equal(world->quick, before + 1);
    }
}

/* What nearly every body looks like is not left to the careful reader: or this test would compare
 * it with itself. */
static void test_the_usual_is_taken(void **state) {
    struct world *world = *state;
    static const char *const usual[] = {
        GOOD,
        "[" GOOD "," GOOD "]",
        "[" REQUESTS "\"time\":\"2015-05-16T23:00:00Z\",\"traceparent\":\"00-1\","
        "\"data\":{\"value\":1,\"region\":\"fra\",\"resource\":\"m\"}}]",
        "[{}," GOOD ",{\"id\":7}]",
        "[" WITH_ID("https:\\/\\/platform.example") "]",
        "[" REQUESTS "\"data\":{\"value\":1.5}}," GOOD "]",
    };
    for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
        size_t before = world->quick;
        compare(world, str_from_cstr(usual[i]));
        assert_int_equal(world->quick, before + 1);
    }
}

static void test_more_than_a_batch_holds_is_left(void **state) {
    struct world *world = *state;
    struct event_context context = {.arena = &world->arena};
    for (size_t count = LIMIT_BATCH_EVENTS; count <= LIMIT_BATCH_EVENTS + 1; count++) {
        struct buf body CLEANUP(buf_finish);
        buf_init(&body, &world->env, MEMORY);
        for (size_t i = 0; i < count; i++) {
            buf_add(&body, i == 0 ? STR("[{}") : STR(",{}"));
        }
        buf_add(&body, STR("]"));
        arena_finish(&world->arena);
        struct event_list list = {NULL, 0};
        size_t steps = 0;
        const struct event_scan *refused = scan(world, &context, buf_str(&body), &list, &steps);
        assert_int_equal(refused == NULL, count == LIMIT_BATCH_EVENTS);
        assert_true(refused == NULL || event_scan_problem(refused) == NULL);
        assert_int_equal(list.count, count == LIMIT_BATCH_EVENTS ? count : 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_bodies_cut_off),
        cmocka_unit_test(test_bodies_with_one_byte_changed),
        cmocka_unit_test(test_ids_of_every_length),
        cmocka_unit_test(test_the_usual_is_taken),
        cmocka_unit_test(test_more_than_a_batch_holds_is_left),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
