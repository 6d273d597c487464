/* Guards: a call brings the server's JSON or its refusal, waits only when asked to and only so
 * long, and never mistakes another server's page for an answer. */
#include "client/client.h"

#include <stdio.h>
#include <string.h>

#include "client/client_fixture.h"

/* A server that goes through a list of answers, and what it was asked last. */
struct script {
    struct http_response answers[8];
    size_t count;
    size_t asked;
    char method[16], path[64], key[64], type[64], body[64];
    bool was_local;
    int64_t waits[8];
    size_t wait_count;
};

static void keep(char *to, size_t size, struct str text) {
    (void)snprintf(to, size, STR_FMT, STR_ARG(text));
}

static void answer_by_script(void *context, const struct http_request *request, struct arena *arena,
                             struct http_response *ret_response) {
    (void)arena;
    struct script *script = context;
    keep(script->method, sizeof script->method, request->method);
    keep(script->path, sizeof script->path, request->path);
    keep(script->key, sizeof script->key, http_header(request, STR("authorization")));
    keep(script->type, sizeof script->type, http_header(request, STR("content-type")));
    keep(script->body, sizeof script->body, request->body);
    script->was_local = request->is_local;
    size_t at = script->asked < script->count ? script->asked : script->count - 1;
    *ret_response = script->answers[at];
    script->asked++;
}

static void note_wait(void *context, int64_t wait_ms) {
    struct script *script = context;
    script->waits[script->wait_count++] = wait_ms;
}

static struct http_response answer_of(int status, const char *body, const char *retry_after) {
    struct http_response answer = {.status = status, .body = str_from_cstr(body)};
    if (retry_after != NULL) {
        http_add_header(&answer, STR("Retry-After"), str_from_cstr(retry_after));
    }
    return answer;
}

static struct client client_of(const struct client_fixture *fixture, struct script *script) {
    return (struct client){
        .base_url = str_from_cstr(fixture->url),
        .key = STR("tp_test_1"),
        .pause = note_wait,
        .pause_context = script,
    };
}

static const struct client_request hello = {
    .method = STR_INIT("POST"),
    .target = STR_INIT("/api/keys"),
    .body = STR_INIT("{\"name\":\"n\"}"),
};

static void a_call_sends_the_key_and_brings_json(void **state) {
    (void)state;
    struct script script = {.answers = {answer_of(201, "{\"id\":\"k1\"}", NULL)}, .count = 1};
    struct client_fixture fixture;
    client_fixture_start(&fixture, answer_by_script, &script);
    struct client client = client_of(&fixture, &script);
    struct client_answer answer = {0};
    assert_ok(client_call(&fixture.cx, &client, &hello, &answer));
    assert_ok(client_answer_check(&fixture.cx, &answer));
    assert_int_equal(answer.status, 201);
    assert_text(json_text(answer.json, "id"), "k1");
    assert_int_equal(answer.problem.len, 0);
    client_answer_finish(&answer);
    client_fixture_stop(&fixture);
    assert_string_equal(script.method, "POST");
    assert_string_equal(script.path, "/api/keys");
    assert_string_equal(script.key, "Bearer tp_test_1");
    assert_string_equal(script.type, "application/json");
    assert_string_equal(script.body, "{\"name\":\"n\"}");
    assert_false(script.was_local);
}

static void over_the_unix_socket_no_key_is_needed(void **state) {
    (void)state;
    struct script script = {.answers = {{.status = 204}}, .count = 1};
    struct client_fixture fixture;
    client_fixture_start(&fixture, answer_by_script, &script);
    struct client client = {.unix_socket = fixture.socket};
    struct client_request get = {.method = STR("GET"), .target = STR("/healthz")};
    struct client_answer answer = {0};
    assert_ok(client_call(&fixture.cx, &client, &get, &answer));
    assert_ok(client_answer_check(&fixture.cx, &answer));
    assert_null(answer.json);
    client_answer_finish(&answer);
    client_fixture_stop(&fixture);
    assert_true(script.was_local);
    assert_string_equal(script.key, "");
    assert_string_equal(script.type, "");
}

static void a_refusal_is_an_answer(void **state) {
    (void)state;
    struct script script = {
        .answers = {answer_of(422, "{\"code\":\"invalid_fields\",\"detail\":\"No.\"}", NULL)},
        .count = 1};
    struct client_fixture fixture;
    client_fixture_start(&fixture, answer_by_script, &script);
    struct client client = client_of(&fixture, &script);
    struct client_answer answer = {0};
    assert_ok(client_call(&fixture.cx, &client, &hello, &answer));
    assert_err(client_answer_check(&fixture.cx, &answer), ERR_CONFLICT);
    assert_string_equal(fixture.cx.detail, "No. (invalid_fields)");
    assert_text(answer.problem, "No. (invalid_fields)");
    assert_text(answer.code, "invalid_fields");
    client_answer_finish(&answer);
    client_fixture_stop(&fixture);
    assert_int_equal(script.asked, 1);
}

static void a_busy_server_is_asked_again(void **state) {
    (void)state;
    struct script script = {.answers = {answer_of(503, "{}", "0"), answer_of(503, "{}", "3600"),
                                        answer_of(200, "{\"a\":1}", NULL)},
                            .count = 3};
    struct client_fixture fixture;
    client_fixture_start(&fixture, answer_by_script, &script);
    struct client client = client_of(&fixture, &script);
    struct client_answer answer = {0};
    assert_ok(client_call(&fixture.cx, &client, &hello, &answer));
    assert_int_equal(json_i64(answer.json, "a", 0), 1);
    client_answer_finish(&answer);
    client_fixture_stop(&fixture);
    assert_int_equal(script.asked, 3);
    assert_int_equal(script.wait_count, 2);
    assert_int_equal(script.waits[0], 0);
    assert_int_equal(script.waits[1], CLIENT_WAIT_MS_MAX);
}

static void patience_has_an_end(void **state) {
    (void)state;
    static const struct {
        const char *retry_after;
        size_t asked;
    } cases[] = {
        {"1", CLIENT_ATTEMPTS_MAX},           {NULL, 1}, {"soon", 1}, {"-1", 1},
        {"Fri, 31 Dec 1999 23:59:59 GMT", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct script script = {.answers = {answer_of(503, "", cases[i].retry_after)}, .count = 1};
        struct client_fixture fixture;
        client_fixture_start(&fixture, answer_by_script, &script);
        struct client client = client_of(&fixture, &script);
        struct client_answer answer = {0};
        assert_ok(client_call(&fixture.cx, &client, &hello, &answer));
        assert_text(answer.problem, "The server has too much to do (status 503).");
        client_answer_finish(&answer);
        client_fixture_stop(&fixture);
        assert_int_equal(script.asked, cases[i].asked);
    }
}

static void a_page_is_no_answer(void **state) {
    (void)state;
    struct script script = {.answers = {answer_of(200, "<html>", NULL)}, .count = 1};
    struct client_fixture fixture;
    client_fixture_start(&fixture, answer_by_script, &script);
    struct client client = client_of(&fixture, &script);
    struct client_answer answer = {0};
    assert_err(client_call(&fixture.cx, &client, &hello, &answer), ERR_FORMAT);
    assert_non_null(strstr(fixture.cx.detail, "is this a Turnpike server?"));
    client_fixture_stop(&fixture);
}

static void refusals_have_kinds(void **state) {
    (void)state;
    static const struct {
        int status;
        enum err_code code;
    } cases[] = {
        {200, ERR_NONE},     {304, ERR_NONE},     {401, ERR_PERMISSION}, {403, ERR_PERMISSION},
        {404, ERR_CONFLICT}, {422, ERR_CONFLICT}, {500, ERR_BUSY},       {507, ERR_BUSY},
    };
    struct cx cx;
    cx_init(&cx, NULL, NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct client_answer answer = {.status = cases[i].status, .problem = STR("No.")};
        assert_err(client_answer_check(&cx, &answer), cases[i].code);
    }
}

static void an_absent_server_is_named(void **state) {
    (void)state;
    struct env env;
    env_posix_init(&env);
    struct arena arena;
    arena_init(&arena, &env, 1 << 20);
    struct cx cx;
    cx_init(&cx, &env, &arena);
    struct client client = {.unix_socket = "/no/such.sock"};
    struct client_answer answer = {0};
    assert_err(client_call(&cx, &client, &hello, &answer), ERR_NETWORK);
    assert_non_null(strstr(cx.detail, "/no/such.sock cannot be reached"));
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_sends_the_key_and_brings_json),
        cmocka_unit_test(over_the_unix_socket_no_key_is_needed),
        cmocka_unit_test(a_refusal_is_an_answer),
        cmocka_unit_test(a_busy_server_is_asked_again),
        cmocka_unit_test(patience_has_an_end),
        cmocka_unit_test(a_page_is_no_answer),
        cmocka_unit_test(refusals_have_kinds),
        cmocka_unit_test(an_absent_server_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
