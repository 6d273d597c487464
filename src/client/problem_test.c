/* Guards: a refusal reaches the terminal as one sentence with every bad field, whatever the server
 * sends. */
#include "client/problem.h"

#include "base/testing.h"

struct sentence_case {
    int status;
    const char *document; /* NULL: none */
    const char *sentence;
};

static const struct sentence_case cases[] = {
    {422,
     "{\"code\":\"invalid_fields\",\"detail\":\"Some fields are wrong.\",\"requestId\":\"req_1\","
     "\"errors\":[{\"field\":\"name\",\"expected\":\"text\"},"
     "{\"field\":\"data.value\",\"expected\":\"a whole number\"}]}",
     "Some fields are wrong. name: expected text; data.value: expected a whole number. "
     "(invalid_fields, request req_1)"},
    {403, "{\"code\":\"scope_missing\",\"detail\":\"No.\",\"errors\":[]}", "No. (scope_missing)"},
    {500, "{\"title\":\"Internal\"}", "Internal"},
    {401, NULL, "The server does not accept the key (status 401)."},
    {404, "[1]", "The server knows no such address (status 404)."},
    {418, "{\"detail\":7}", "The server refused the request (status 418)."},
    {502, "\"text\"", "The server failed (status 502)."},
    {503, NULL, "The server has too much to do (status 503)."},
    /* an escape sequence would be obeyed by the terminal */
    {400, "{\"detail\":\"a\\u001b[2Jb\\nc\"}", "a [2Jb c"},
};

static void documents_become_sentences(void **state) {
    (void)state;
    struct env env;
    env_posix_init(&env);
    struct arena arena;
    arena_init(&arena, &env, 1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_problem problem;
        json_t *document = cases[i].document == NULL
                               ? NULL
                               : json_read(str_from_cstr(cases[i].document), &problem);
        assert_text(problem_sentence(&arena, cases[i].status, document), cases[i].sentence);
        json_decref(document);
    }
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(documents_become_sentences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
