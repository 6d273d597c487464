/* Guards the C interface: time that is moved from outside, what is due when, webhooks that are
 * tried again, and data that is not ours. A sandbox, a receiver and a client share one real loop.
 */
#include "sandbox/sandbox.h"

#include "base/json.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "sandbox/inside.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { START_S = 1431857103 }; /* 2015-05-17T10:05:03Z */

struct story {
    struct env posix;
    struct env_clock clock;
    struct arena arena;
    struct cx cx;
    uv_loop_t loop;
    struct http_client *client;
    struct http_server *receiver;
    struct sandbox *sandbox;
    char dir[64];
    char path[96];
    json_t *answer;   /* of the last call */
    int status;       /* of the last call */
    int hooks;        /* deliveries received */
    int hook_status;  /* what the receiver answers */
    char hook_id[64]; /* event of the last delivery */
    char hook_signature[256];
    bool is_stopped;
};

static void receive(void *context, struct http_exchange *exchange) {
    struct story *story = context;
    const struct http_request *request = http_exchange_request(exchange);
    json_t *event = json_loadb(request->body.bytes, request->body.len, 0, NULL);
    (void)snprintf(story->hook_id, sizeof story->hook_id, STR_FMT, STR_ARG(json_text(event, "id")));
    (void)snprintf(story->hook_signature, sizeof story->hook_signature, STR_FMT,
                   STR_ARG(http_header(request, STR("Stripe-Signature"))));
    json_decref(event);
    story->hooks++;
    struct http_response response = {.status = story->hook_status};
    http_respond(exchange, &response);
}

static size_t body_max(void *context, struct str method, struct str path) {
    (void)context;
    (void)method;
    (void)path;
    return 1 << 20;
}

static void refuse(void *context, int status, const char *reason, struct arena *arena,
                   struct http_response *ret_response) {
    (void)context;
    (void)reason;
    (void)arena;
    ret_response->status = status;
}

static void open_sandbox(struct story *story) {
    const struct sandbox_options options = {
        .env = &story->clock.env,
        .loop = &story->loop,
        .data_path = story->path,
        .address = STR("127.0.0.1:0"),
    };
    assert_false(err_failed(sandbox_create(&story->cx, &options, &story->sandbox)));
}

static int set_up(void **state) {
    struct story *story = calloc(1, sizeof *story);
    env_posix_init(&story->posix);
    uv_loop_init(&story->loop);
    arena_init(&story->arena, &story->posix, 1 << 24);
    cx_init(&story->cx, &story->posix, &story->arena);
    assert_false(
        err_failed(http_client_create(&story->cx, &story->posix, &story->loop, &story->client)));
    env_clock_init(&story->clock, &story->posix, (int64_t)START_S * 1000);
    (void)snprintf(story->dir, sizeof story->dir, "/tmp/turnpike-sandbox-XXXXXX");
    assert_non_null(mkdtemp(story->dir));
    (void)snprintf(story->path, sizeof story->path, "%s/sandbox.db", story->dir);
    story->hook_status = 200;
    const struct http_server_options options = {
        .env = &story->posix,
        .loop = &story->loop,
        .handle = receive,
        .body_max = body_max,
        .refuse = refuse,
        .context = story,
    };
    assert_false(err_failed(http_server_create(&story->cx, &options, &story->receiver)));
    assert_false(err_failed(http_server_listen(&story->cx, story->receiver, STR("127.0.0.1:0"))));
    open_sandbox(story);
    *state = story;
    return 0;
}

static void stopped(void *context) {
    struct story *story = context;
    story->is_stopped = true;
}

static void run_until(struct story *story, const bool *flag) {
    while (!*flag) {
        uv_run(&story->loop, UV_RUN_ONCE);
    }
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

static int tear_down(void **state) {
    struct story *story = *state;
    story->is_stopped = false;
    sandbox_stop(story->sandbox, 0, stopped, story);
    run_until(story, &story->is_stopped);
    story->is_stopped = false;
    http_server_stop(story->receiver, 0, stopped, story);
    run_until(story, &story->is_stopped);
    http_client_destroy(story->client);
    uv_run(&story->loop, UV_RUN_DEFAULT);
    sandbox_destroy(story->sandbox);
    http_server_destroy(story->receiver);
    uv_loop_close(&story->loop);
    json_decref(story->answer);
    assert_int_equal(nftw(story->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    arena_finish(&story->arena);
    free(story);
    return 0;
}

static void answered(void *context, const struct env_http_answer *answer) {
    struct story *story = context;
    story->status = answer->status;
    story->answer = json_loadb(answer->body.bytes, answer->body.len, 0, NULL);
}

/* A request; its answer is story->answer until the next. What it says is its idempotency key. */
struct said {
    const char *method, *path, *body;
};
static void say(struct story *story, const char *key, struct said said) {
    const struct str headers[] = {
        arena_printf(&story->arena, "Authorization: Bearer %s", key),
        STR("Content-Type: application/x-www-form-urlencoded"),
        arena_printf(&story->arena, "Idempotency-Key: %s %.200s", said.path, said.body),
    };
    const struct env_http_request request = {
        .method = str_from_cstr(said.method),
        .url = arena_printf(&story->arena, "http://127.0.0.1:%d%s", sandbox_port(story->sandbox),
                            said.path),
        .headers = headers,
        .header_count = ARRAY_LEN(headers),
        .body = str_from_cstr(said.body),
        .timeout_ms = 20000,
    };
    json_decref(story->answer);
    story->answer = NULL;
    story->posix.http_send(&story->posix, &request, answered, story);
    while (story->answer == NULL) {
        uv_run(&story->loop, UV_RUN_ONCE);
    }
}

/* One API call that succeeds; gives the id of what is answered. */
static const char *call(struct story *story, const char *method, const char *path,
                        const char *form) {
    say(story, "sk_test_c", (struct said){method, path, form});
    assert_int_equal(story->status, 200);
    return arena_cstr(&story->arena, json_text(story->answer, "id"));
}

static const char *text(struct story *story, const char *format, ...) PRINTF_LIKE(2, 3);
static const char *text(struct story *story, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str result = arena_vprintf(&story->arena, format, args);
    va_end(args);
    return result.bytes;
}

static void settle_down(struct story *story) {
    while (!sandbox_is_quiet(story->sandbox)) {
        uv_run(&story->loop, UV_RUN_ONCE);
    }
}

static void move_to(struct story *story, int64_t ms) {
    env_clock_set(&story->clock, ms);
    sandbox_run_due(story->sandbox);
    settle_down(story);
}

static void test_a_signature_has_one_mac_for_each_valid_secret(void **state) {
    (void)state;
    char header[256];
    json_t *secrets =
        json_pack("[{s:s}, {s:s, s:i}, {s:s, s:i}]", "secret", "whsec_one", "secret", "whsec_two",
                  "expires_at", START_S + 1, "secret", "whsec_old", "expires_at", START_S);
    webhook_sign(secrets, START_S, STR("{\"id\": \"evt_1\"}"), header, sizeof header);
    assert_string_equal(header,
                        "t=1431857103"
                        ",v1=157e569f2ef887b632bd2bc6f6cb709507be7f1036830e9767d52646aeb54d4c"
                        ",v1=94c855cfafb7c571eec365b03c6299bc29cddaac0c85eac9e26a8401bdbb4c58");
    json_decref(secrets);
}

static void test_a_refused_webhook_is_tried_again_and_signed_anew(void **state) {
    struct story *story = *state;
    call(story, "POST", "/v1/webhook_endpoints",
         text(story, "url=http://127.0.0.1:%d/&enabled_events[]=customer.created",
              http_server_port(story->receiver)));
    story->hook_status = 503;
    call(story, "POST", "/v1/customers", "");
    settle_down(story);
    assert_int_equal(story->hooks, 1);
    const char *first = text(story, "%s %s", story->hook_id, story->hook_signature);
    const char *event = text(story, "%s", story->hook_id);
    int64_t again_ms = (int64_t)START_S * 1000 + 10000;
    assert_int_equal(sandbox_next_due_ms(story->sandbox), again_ms);
    move_to(story, again_ms - 1);
    assert_int_equal(story->hooks, 1);
    story->hook_status = 200;
    move_to(story, again_ms);
    assert_int_equal(story->hooks, 2);
    assert_string_equal(story->hook_id, event);
    assert_string_not_equal(text(story, "%s %s", story->hook_id, story->hook_signature), first);
    assert_int_equal(sandbox_next_due_ms(story->sandbox), INT64_MAX);
}

/* Buys a plan of $29.00 a month; returns the subscription's path. */
static const char *buy(struct story *story) {
    const char *customer = call(story, "POST", "/v1/customers", "");
    const char *card = call(story, "POST", "/v1/payment_methods/pm_card_visa/attach",
                            text(story, "customer=%s", customer));
    const char *price = call(story, "POST", "/v1/prices",
                             "currency=usd&unit_amount=2900&recurring[interval]=month"
                             "&product_data[name]=Starter");
    const char *id = call(story, "POST", "/v1/subscriptions",
                          text(story, "customer=%s&items[0][price]=%s&default_payment_method=%s",
                               customer, price, card));
    return text(story, "/v1/subscriptions/%s", id);
}

static int64_t invoices_paid(struct story *story) {
    call(story, "GET", "/v1/invoices?status=paid&limit=100", "");
    return (int64_t)json_array_size(json_object_get(story->answer, "data"));
}

static void test_a_clock_that_jumps_sees_what_one_that_runs_sees(void **state) {
    struct story *story = *state;
    const char *subscription = buy(story);
    int64_t renewal_s = 1434535503; /* 2015-06-17T10:05:03Z */
    assert_int_equal(sandbox_next_due_ms(story->sandbox), renewal_s * 1000);
    move_to(story, (renewal_s + 3599) * 1000);
    assert_int_equal(invoices_paid(story), 1);
    move_to(story, (renewal_s + 3600) * 1000);
    assert_int_equal(invoices_paid(story), 2);
    move_to(story, 1463479503000 - 1000); /* a second before 2016-05-17T10:05:03Z */
    assert_int_equal(invoices_paid(story), 12);
    call(story, "GET", subscription, "");
    const json_t *items = json_at(story->answer, "items.data");
    assert_int_equal(json_i64(json_array_get(items, 0), "current_period_end", 0), 1463479503);
}

/* Keys are forgotten after a day; then the same key is a new request. */
static void test_kept_answers_are_forgotten_after_a_day(void **state) {
    struct story *story = *state;
    const char *first = call(story, "POST", "/v1/customers", "name=Ada");
    assert_string_equal(call(story, "POST", "/v1/customers", "name=Ada"), first);
    move_to(story, (int64_t)(START_S + 86400) * 1000);
    assert_string_equal(call(story, "POST", "/v1/customers", "name=Ada"), first);
    move_to(story, (int64_t)(START_S + 86400) * 1000 + 1);
    assert_string_not_equal(call(story, "POST", "/v1/customers", "name=Ada"), first);
}

static void test_events_are_forgotten_after_thirty_days(void **state) {
    struct story *story = *state;
    call(story, "POST", "/v1/customers", "name=Ada");
    move_to(story, (int64_t)(START_S + 30 * 86400 - 1) * 1000);
    call(story, "GET", "/v1/events", "");
    assert_int_equal(json_array_size(json_at(story->answer, "data")), 1);
    move_to(story, (int64_t)(START_S + 30 * 86400) * 1000);
    call(story, "GET", "/v1/events", "");
    assert_int_equal(json_array_size(json_at(story->answer, "data")), 0);
}

/* The token of a stream of usage lives for a quarter of an hour. */
static void test_a_session_of_meter_events_ends(void **state) {
    struct story *story = *state;
    call(story, "POST", "/v2/billing/meter_event_session", "{}");
    const char *token = arena_cstr(&story->arena, json_text(story->answer, "authentication_token"));
    int64_t end_ms = (int64_t)(START_S + 900) * 1000;
    struct said said = {"POST", "/v2/billing/meter_event_stream", "{\"events\": []}"};
    move_to(story, end_ms - 1000);
    say(story, token, said);
    assert_int_equal(story->status, 200);
    move_to(story, end_ms);
    said.body = "{\"events\":[]}  ";
    say(story, token, said);
    assert_int_equal(story->status, 401);
    assert_true(str_equal(json_text(json_object_get(story->answer, "error"), "type"),
                          STR("temporary_session_expired")));
}

static void test_state_survives_a_stop(void **state) {
    struct story *story = *state;
    const char *subscription = buy(story);
    story->is_stopped = false;
    sandbox_stop(story->sandbox, 0, stopped, story);
    run_until(story, &story->is_stopped);
    sandbox_destroy(story->sandbox);
    open_sandbox(story);
    call(story, "GET", subscription, "");
    assert_true(str_equal(json_text(story->answer, "status"), STR("active")));
}

static void test_data_that_is_not_ours_is_refused(void **state) {
    struct story *story = *state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/other", story->dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++) {
        fputs("not a database ", file);
    }
    fclose(file);
    const struct sandbox_options options = {.env = &story->clock.env,
                                            .loop = &story->loop,
                                            .data_path = path,
                                            .address = STR("127.0.0.1:0")};
    struct sandbox *other = NULL;
    struct err err = sandbox_create(&story->cx, &options, &other);
    assert_true(err_failed(err));
    assert_null(other);
    assert_true(strlen(story->cx.detail) > 0);
}

static void test_a_port_in_use_is_refused(void **state) {
    struct story *story = *state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/second.db", story->dir);
    const struct sandbox_options options = {
        .env = &story->clock.env,
        .loop = &story->loop,
        .data_path = path,
        .address = arena_printf(&story->arena, "127.0.0.1:%d", sandbox_port(story->sandbox)),
    };
    struct sandbox *other = NULL;
    struct err err = sandbox_create(&story->cx, &options, &other);
    assert_int_equal(err.code, ERR_CONFLICT);
}

#define STORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_signature_has_one_mac_for_each_valid_secret),
        STORY(test_a_refused_webhook_is_tried_again_and_signed_anew),
        STORY(test_a_clock_that_jumps_sees_what_one_that_runs_sees),
        STORY(test_kept_answers_are_forgotten_after_a_day),
        STORY(test_events_are_forgotten_after_thirty_days),
        STORY(test_a_session_of_meter_events_ends),
        STORY(test_state_survives_a_stop),
        STORY(test_data_that_is_not_ours_is_refused),
        STORY(test_a_port_in_use_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
