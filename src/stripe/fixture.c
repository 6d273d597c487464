#include "stripe/fixture.h"

#include "base/check.h"
#include "base/url.h"

enum { MEMORY_MAX = 4 * 1024 * 1024 };

static const char base_url[] = "https://stripe.test";

static struct str form_lines(struct fixture *fixture, struct str text, struct str form) {
    struct url_query query = url_query_of(&fixture->arena, form);
    struct str name;
    struct str value;
    while (url_query_next(&query, &name, &value)) {
        text = arena_printf(&fixture->arena, STR_FMT STR_FMT "=" STR_FMT "\n", STR_ARG(text),
                            STR_ARG(name), STR_ARG(value));
    }
    assert_false(query.is_bad);
    return text;
}

static void serve(void *context, uint64_t exchange, const struct env_http_request *request) {
    struct fixture *fixture = context;
    size_t i = fixture->request_count++;
    assert_true(i < fixture->step_count);
    assert_int_equal(request->timeout_ms, 30000);
    struct str query = str_skip(request->url, sizeof base_url - 1);
    struct str path = str_cut(&query, '?');
    struct str text = arena_printf(&fixture->arena, STR_FMT " " STR_FMT "\n",
                                   STR_ARG(request->method), STR_ARG(path));
    bool is_post = str_equal(request->method, STR("POST"));
    assert_true(is_post || request->body.len == 0);
    fixture->requests[i] = form_lines(fixture, text, is_post ? request->body : query);
    fixture->headers[i] = STR("");
    for (size_t h = 0; h < request->header_count; h++) {
        fixture->headers[i] =
            arena_printf(&fixture->arena, STR_FMT STR_FMT "\n", STR_ARG(fixture->headers[i]),
                         STR_ARG(request->headers[h]));
    }
    const struct fixture_step *step = &fixture->steps[i];
    if (step->status == 0) {
        return;
    }
    const struct str headers[] = {STR("Request-Id: req_1"), STR("Idempotent-Replayed: true")};
    struct env_http_answer answer = {.status = step->status,
                                     .headers = headers,
                                     .header_count = fixture->is_replay[i] ? 2 : 1,
                                     .body = fixture_json(fixture, step->body)};
    env_sim_reply(fixture->sim, exchange, &answer);
}

struct fixture *fixture_create(void) {
    struct env_sim *sim = env_sim_create(1);
    struct env *env = env_sim_env(sim);
    struct fixture *fixture = env_alloc(env, sizeof *fixture);
    check(fixture != NULL);
    *fixture = (struct fixture){.sim = sim};
    arena_init(&fixture->arena, env, MEMORY_MAX);
    cx_init(&fixture->cx, env, &fixture->arena);
    env_sim_set_net(sim, (struct env_sim_net){.delay_min_ms = 1, .delay_max_ms = 20});
    env_sim_serve(sim, base_url, serve, fixture);
    struct stripe_options options = {
        .env = env, .base_url = str_from_cstr(base_url), .secret_key = STR("sk_test_very_secret")};
    assert_ok(stripe_create(&fixture->cx, &options, &fixture->stripe));
    return fixture;
}

void fixture_destroy(struct fixture *fixture) {
    struct env_sim *sim = fixture->sim;
    stripe_destroy(fixture->stripe);
    arena_finish(&fixture->arena);
    env_free(env_sim_env(sim), fixture);
    assert_int_equal(env_sim_blocks(sim), 0);
    env_sim_destroy(sim);
}

struct str fixture_json(struct fixture *fixture, const char *text) {
    struct str copy = arena_str(&fixture->arena, str_from_cstr(text));
    char *bytes = arena_alloc(&fixture->arena, copy.len + 1);
    check(bytes != NULL);
    for (size_t i = 0; i < copy.len; i++) {
        bytes[i] = copy.bytes[i] == '\'' ? '"' : copy.bytes[i];
    }
    return str_of(bytes, copy.len);
}

void fixture_answer(struct fixture *fixture, int status, const char *body) {
    check(fixture->step_count < FIXTURE_STEPS_MAX);
    fixture->steps[fixture->step_count++] = (struct fixture_step){status, body};
}

void fixture_replay(struct fixture *fixture, int status, const char *body) {
    fixture_answer(fixture, status, body);
    fixture->is_replay[fixture->step_count - 1] = true;
}

void fixture_settle(struct fixture *fixture) {
    for (int64_t due = env_sim_net_due_ms(fixture->sim); due >= 0;
         due = env_sim_net_due_ms(fixture->sim)) {
        env_sim_advance(fixture->sim, due);
        while (env_sim_net_step(fixture->sim)) {
        }
    }
}

static void on_answer(void *context, const struct payments_answer *answer) {
    struct fixture *fixture = context;
    fixture->answer_count++;
    fixture->look(answer);
}

void fixture_call(struct fixture *fixture, const struct payments_call *call, fixture_look *look) {
    struct payments *payments = stripe_payments(fixture->stripe);
    fixture->look = look;
    fixture->answer_count = 0;
    payments->call(payments, call, on_answer, fixture);
    assert_int_equal(fixture->answer_count, 0); /* later, never at once */
    fixture_settle(fixture);
    assert_int_equal(fixture->answer_count, 1);
}
