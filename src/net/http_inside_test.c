/* Guards: what is sent inside a process reaches its server as if a socket had brought it, answers
 * come back whole and in order, and what nobody serves is told so. */
#include "net/http_inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/http_fixture.h"

struct got {
    int status;
    struct err err;
    char body[256];
    char type[64];
    int order;
};

static int answers;

static void on_answer(void *context, const struct env_http_answer *answer) {
    struct got *got = context;
    got->status = answer->status;
    got->err = answer->err;
    got->order = ++answers;
    if (answer->body.len < sizeof got->body) {
        (void)snprintf(got->body, sizeof got->body, STR_FMT, STR_ARG(answer->body));
    }
    for (size_t i = 0; i < answer->header_count; i++) {
        if (str_starts_with(answer->headers[i], STR("Content-Type: "))) {
            (void)snprintf(got->type, sizeof got->type, STR_FMT, STR_ARG(answer->headers[i]));
        }
    }
}

struct inside_world {
    struct fixture *fixture;
    struct http_inside *inside;
};

static int setup(void **state) {
    struct inside_world *world = calloc(1, sizeof *world);
    world->fixture = fixture_create();
    assert_false(
        err_failed(http_inside_create(&world->fixture->cx, &world->fixture->env, &world->inside)));
    http_inside_serve(world->inside, STR("http://here:1"), world->fixture->server, false);
    http_inside_serve(world->inside, STR("http://own"), world->fixture->server, true);
    answers = 0;
    *state = world;
    return 0;
}

static int teardown(void **state) {
    struct inside_world *world = *state;
    http_inside_destroy(world->inside);
    assert_null(world->fixture->env.http_send);
    fixture_destroy(world->fixture);
    free(world);
    return 0;
}

static void send_to(struct inside_world *world, const char *url, const char *body,
                    struct got *got) {
    struct env *env = &world->fixture->env;
    const struct str headers[] = {STR("Content-Type: text/plain")};
    struct env_http_request request = {
        .method = STR("POST"),
        .url = str_from_cstr(url),
        .headers = headers,
        .header_count = 1,
        .body = str_from_cstr(body),
        .timeout_ms = 1000,
    };
    memset(got, 0, sizeof *got);
    env->http_send(env, &request, on_answer, got);
}

static void run(struct inside_world *world) {
    while (http_inside_step(world->inside)) {
        /* until nothing waits */
    }
}

static void an_answer_comes_back(void **state) {
    struct inside_world *world = *state;
    struct got got;
    send_to(world, "http://here:1/a/b?c=d", "hello", &got);
    assert_int_equal(got.status, 0);
    run(world);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.body, "POST /a/b?c=d hello");
    assert_string_equal(world->fixture->last_peer, "127.0.0.1");
    assert_false(world->fixture->was_local);
    send_to(world, "http://own/a", "", &got);
    run(world);
    assert_string_equal(world->fixture->last_peer, "unix");
    assert_true(world->fixture->was_local);
}

static void first_come_first_served(void **state) {
    struct inside_world *world = *state;
    struct got got[3];
    for (int i = 0; i < 3; i++) {
        send_to(world, "http://here:1/x", "", &got[i]);
    }
    run(world);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(got[i].order, i + 1);
    }
}

static void a_handler_may_take_its_time(void **state) {
    struct inside_world *world = *state;
    struct got held, other;
    send_to(world, "http://here:1/hold", "", &held);
    send_to(world, "http://here:1/x", "", &other);
    run(world);
    assert_int_equal(other.order, 1);
    assert_int_equal(held.order, 0);
    fixture_answer(world->fixture, 0, "late");
    run(world);
    assert_int_equal(held.status, 200);
    assert_string_equal(held.body, "late");
}

static void nobody_is_there(void **state) {
    struct inside_world *world = *state;
    static const char *const urls[] = {"http://there/", "http://here:1", "http://here:12/x",
                                       "https://here:1/x"};
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct got got;
        send_to(world, urls[i], "", &got);
        run(world);
        assert_int_equal(got.err.code, ERR_NETWORK);
        assert_int_equal(got.status, 0);
    }
}

/* What was sent and what was handed over, and not answered, is freed with it. */
static void what_waits_is_dropped_at_the_end(void **state) {
    struct inside_world *world = *state;
    struct got got[2];
    send_to(world, "http://here:1/x", "", &got[0]);
    send_to(world, "http://there/", "", &got[1]);
    http_inside_destroy(world->inside);
    assert_int_equal(answers, 0);
    assert_false(
        err_failed(http_inside_create(&world->fixture->cx, &world->fixture->env, &world->inside)));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_answer_comes_back),
        TEST(first_come_first_served),
        TEST(a_handler_may_take_its_time),
        TEST(nobody_is_there),
        TEST(what_waits_is_dropped_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
