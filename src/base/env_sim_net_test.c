/* Promise: every request is answered exactly once, however often its messages are lost, delayed or
 * doubled; and what the peer saw may be more or less than that. */
#include "base/env_sim.h"
#include "base/testing.h"

/* A peer that counts what reaches it, and a client that counts what comes back. */
struct play {
    struct env_sim *sim;
    int reached;
    int answered, failed;
    enum err_code last_failure;
    uint64_t order; /* the exchanges as they reached the peer, folded */
    uint64_t kept;  /* an exchange to be answered later */
};

static void serve(void *context, uint64_t exchange, const struct env_http_request *request) {
    struct play *play = context;
    play->reached++;
    play->order = play->order * 31 + exchange;
    assert_text(request->method, "POST");
    assert_text(request->headers[0], "Idempotency-Key: k");
    assert_text(request->body, "a=1");
    struct str header = STR("Content-Type: text/plain");
    struct env_http_answer answer = {
        .status = 200, .headers = &header, .header_count = 1, .body = request->url};
    env_sim_reply(play->sim, exchange, &answer);
}

static void keep(void *context, uint64_t exchange, const struct env_http_request *request) {
    (void)request;
    ((struct play *)context)->kept = exchange;
}

static void done(void *context, const struct env_http_answer *answer) {
    struct play *play = context;
    if (err_failed(answer->err)) {
        assert_int_equal(answer->status, 0);
        play->failed++;
        play->last_failure = answer->err.code;
        return;
    }
    play->answered++;
    assert_int_equal(answer->status, 200);
    assert_text(answer->headers[0], "Content-Type: text/plain");
    assert_true(str_starts_with(answer->body, STR("https://peer/")));
}

static void send_to(struct play *play, const char *url) {
    struct env *env = env_sim_env(play->sim);
    struct str header = STR("Idempotency-Key: k");
    struct env_http_request request = {
        .method = STR("POST"),
        .url = str_from_cstr(url),
        .headers = &header,
        .header_count = 1,
        .body = STR("a=1"),
        .timeout_ms = 1000,
    };
    env->http_send(env, &request, done, play);
}

/* Lets virtual time pass until nothing is on its way. */
static void settle(struct env_sim *sim) {
    for (int64_t due = env_sim_net_due_ms(sim); due >= 0; due = env_sim_net_due_ms(sim)) {
        env_sim_advance(sim, due);
        while (env_sim_net_step(sim)) {
        }
    }
}

static struct play begin(uint64_t seed, struct env_sim_net net) {
    struct play play = {.sim = env_sim_create(seed)};
    env_sim_set_net(play.sim, net);
    return play;
}

static void answers_arrive_in_time(void **state) {
    (void)state;
    struct play play = begin(1, (struct env_sim_net){.delay_min_ms = 20, .delay_max_ms = 20});
    env_sim_serve(play.sim, "https://peer/", serve, &play);
    send_to(&play, "https://peer/x");
    assert_false(env_sim_net_step(play.sim)); /* not before its time, and never inside http_send */
    assert_int_equal(env_sim_net_due_ms(play.sim), 20);
    env_sim_advance(play.sim, 20);
    assert_true(env_sim_net_step(play.sim));
    assert_int_equal(play.reached, 1);
    assert_int_equal(play.answered, 0);
    env_sim_advance(play.sim, 20);
    assert_true(env_sim_net_step(play.sim));
    assert_int_equal(play.answered, 1);
    settle(play.sim);
    assert_int_equal(play.answered + play.failed, 1);
    env_sim_destroy(play.sim);
}

static void the_longest_prefix_serves(void **state) {
    (void)state;
    struct play play = begin(1, (struct env_sim_net){0});
    struct play other = {.sim = play.sim};
    env_sim_serve(play.sim, "https://peer/v1/", serve, &play);
    env_sim_serve(play.sim, "https://peer/", serve, &other);
    send_to(&play, "https://peer/v1/x");
    settle(play.sim);
    assert_int_equal(play.reached, 1);
    send_to(&play, "https://nobody/x");
    settle(play.sim);
    assert_int_equal(play.failed, 1);
    assert_int_equal(play.last_failure, ERR_NETWORK);
    assert_int_equal(other.reached, 0);
    env_sim_destroy(play.sim);
}

static void lost_messages_end_in_a_timeout(void **state) {
    (void)state;
    static const struct env_sim_net nets[] = {{.lost_requests = 100}, {.lost_answers = 100}};
    for (int i = 0; i < 2; i++) {
        struct play play = begin(1, nets[i]);
        env_sim_serve(play.sim, "https://peer/", serve, &play);
        send_to(&play, "https://peer/x");
        settle(play.sim);
        assert_int_equal(play.failed, 1);
        assert_int_equal(play.last_failure, ERR_TIMEOUT);
        assert_int_equal(play.reached, i); /* a lost answer was work done */
        env_sim_destroy(play.sim);
    }
}

static void a_doubled_request_is_answered_once(void **state) {
    (void)state;
    struct play play = begin(1, (struct env_sim_net){.duplicates = 100, .delay_max_ms = 50});
    env_sim_serve(play.sim, "https://peer/", serve, &play);
    send_to(&play, "https://peer/x");
    settle(play.sim);
    assert_int_equal(play.reached, 2);
    assert_int_equal(play.answered, 1);
    assert_int_equal(play.failed, 0);
    env_sim_destroy(play.sim);
}

static void an_answer_may_come_later_or_too_late(void **state) {
    (void)state;
    struct play play = begin(1, (struct env_sim_net){0});
    struct env_http_answer answer = {.status = 200, .body = STR("https://peer/")};
    struct str header = STR("Content-Type: text/plain");
    answer.headers = &header;
    answer.header_count = 1;
    env_sim_serve(play.sim, "https://peer/", keep, &play);
    send_to(&play, "https://peer/x");
    assert_true(env_sim_net_step(play.sim));
    env_sim_advance(play.sim, 900);
    env_sim_reply(play.sim, play.kept, &answer);
    settle(play.sim);
    assert_int_equal(play.answered, 1);
    send_to(&play, "https://peer/x");
    settle(play.sim);
    env_sim_reply(play.sim, play.kept, &answer);
    settle(play.sim);
    assert_int_equal(play.answered, 1);
    assert_int_equal(play.failed, 1);
    env_sim_destroy(play.sim);
}

static struct play storm(uint64_t seed) {
    struct play play = begin(
        seed, (struct env_sim_net){
                  .lost_requests = 20, .lost_answers = 20, .duplicates = 30, .delay_max_ms = 1500});
    env_sim_serve(play.sim, "https://peer/", serve, &play);
    for (int i = 0; i < 500; i++) {
        send_to(&play, "https://peer/x");
    }
    settle(play.sim);
    env_sim_destroy(play.sim);
    return play;
}

static void every_request_ends_once_in_a_storm(void **state) {
    (void)state;
    struct play first = storm(5);
    assert_int_equal(first.answered + first.failed, 500);
    assert_true(first.answered > 50 && first.failed > 50);
    struct play again = storm(5);
    struct play other = storm(6);
    assert_true(first.order == again.order && first.answered == again.answered);
    assert_true(first.order != other.order);
}

static void a_dead_process_sends_and_hears_nothing(void **state) {
    (void)state;
    struct play play = begin(1, (struct env_sim_net){.delay_min_ms = 5, .delay_max_ms = 5});
    struct env *env = env_sim_env(play.sim);
    env_sim_serve(play.sim, "https://peer/", serve, &play);
    send_to(&play, "https://peer/x"); /* has left already */
    env_sim_set_faults(play.sim, (struct env_sim_faults){.dead_from = 1});
    assert_err(env->files.make_dir(env, "d"), ERR_IO);
    send_to(&play, "https://peer/x");
    settle(play.sim);
    assert_int_equal(play.reached, 1);
    assert_int_equal(play.failed, 2); /* so that its code unwinds */
    assert_int_equal(play.answered, 0);
    send_to(&play, "https://peer/x");
    env_sim_power_loss(play.sim, ENV_SIM_KEEP_NONE);
    settle(play.sim);
    assert_int_equal(play.failed, 2); /* nobody is left to be called */
    env_sim_destroy(play.sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_arrive_in_time),
        cmocka_unit_test(the_longest_prefix_serves),
        cmocka_unit_test(lost_messages_end_in_a_timeout),
        cmocka_unit_test(a_doubled_request_is_answered_once),
        cmocka_unit_test(an_answer_may_come_later_or_too_late),
        cmocka_unit_test(every_request_ends_once_in_a_storm),
        cmocka_unit_test(a_dead_process_sends_and_hears_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
