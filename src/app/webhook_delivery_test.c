/* Guards: an event is told to whom it concerns, in the transaction that notes it; an attempt that
 * fails is made again after the waits that are promised and no longer; and an endpoint is left
 * alone when it says so, or when nothing has worked for five days. */
#include "app/webhook_delivery.h"

#include "app/billing_event.h"
#include "app/billing_event_type.h"
#include "app/test_world.h"
#include "app/webhook_endpoint.h"
#include "base/testing.h"
#include "core/dunning.h"
#include "core/limit.h"

#define SECRET STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

static void done(struct command *command) {
    (void)command;
}

static struct record_id endpoint(struct world *world, const char *types) {
    static struct webhook_endpoint_create create;
    create = (struct webhook_endpoint_create){
        .facts = {STR("https://example.com/hooks"), STR(""), str_from_cstr(types), STR("{}")},
        .secret = SECRET,
    };
    create.command.done = done;
    webhook_endpoint_create(&world->app, &create);
    world_run(world);
    assert_int_equal(create.command.outcome, OUTCOME_CREATED);
    return create.id;
}

/* The newest deliveries, of all endpoints. */
static struct row_list deliveries(struct world *world) {
    const struct webhook_delivery_filter all = {STR(""), STR(""), STR(""), STR(""), STR("")};
    struct tx tx = world_read(world);
    struct row_list list;
    assert_ok(webhook_deliveries_read(&tx, &all, 100, &list));
    return list;
}

static struct webhook_delivery_row newest(struct world *world) {
    struct row_list list = deliveries(world);
    struct row_list attempts;
    struct webhook_delivery_row row;
    bool is_found = false;
    struct tx tx = world_read(world);
    assert_true(list.count > 0);
    const struct webhook_delivery_row *rows = list.items;
    assert_ok(webhook_delivery_read(&tx, id_str(&rows[0].id), &row, &attempts, &is_found));
    assert_true(is_found);
    return row;
}

static struct webhook_endpoint_row endpoint_row(struct world *world, struct record_id id) {
    struct webhook_endpoint_row row;
    bool is_found = false;
    struct tx tx = world_read(world);
    assert_ok(webhook_endpoint_read(&tx, id_str(&id), &row, &is_found));
    assert_true(is_found);
    return row;
}

/* What came of one attempt of the newest delivery: a status, or 0. */
static void attempt_with(struct world *world, struct webhook_settle settle) {
    static struct webhook_settle kept;
    struct webhook_delivery_row row = newest(world);
    kept = settle;
    kept.delivery_id = id_str(&row.id);
    kept.started_at = app_now(&world->app).ms;
    kept.error = settle.response_status == 0 ? STR("No answer.") : STR("");
    kept.command.done = done;
    webhook_settle(&world->app, &kept);
    world_run(world);
}

static void attempt(struct world *world, int status) {
    attempt_with(world, (struct webhook_settle){.response_status = status});
}

static void wait_ms(struct world *world, int64_t ms) {
    env_sim_advance(world->sim, ms);
}

/* --- who is told --- */

static void types_are_matched_by_name_group_or_all(void **state) {
    (void)state;
    static const struct {
        const char *words, *type;
        bool is_match;
    } cases[] = {
        {"*", "invoice.paid", true},
        {"invoice.paid", "invoice.paid", true},
        {"invoice.paid", "invoice.due", false},
        {"invoice.pai", "invoice.paid", false},
        {"invoice.paid.x", "invoice.paid", false},
        {"dunning.* invoice.paid", "invoice.paid", true},
        {"dunning.* invoice.paid", "dunning.opened", true},
        {"dunning.*", "dunning", false},
        {"payment.*", "payment_method.attached", false},
        {"", "invoice.paid", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(
            webhook_types_have(str_from_cstr(cases[i].words), str_from_cstr(cases[i].type)),
            cases[i].is_match);
    }
    static const char *const known[] = {"*", "invoice.*", "invoice.paid", "webhook.test"};
    static const char *const unknown[] = {
        "",   "**",        "invoice",   "invoice.",      "invoice.pa*",
        ".*", "nothing.*", "Invoice.*", "invoice.paid ", "inv*"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        assert_true(webhook_type_is_known(str_from_cstr(known[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        assert_false(webhook_type_is_known(str_from_cstr(unknown[i])));
    }
}

static void every_type_that_is_composed_is_in_the_table(void **state) {
    char name[64];
    (void)state;
    for (int i = 0; i < DUNNING_EVENT_COUNT; i++) {
        (void)snprintf(name, sizeof name, "dunning.%s", dunning_event_name((enum dunning_event)i));
        assert_non_null(billing_event_type_find(str_from_cstr(name)));
    }
    for (unsigned bit = 1; bit < 1U << LIMIT_NOTICE_COUNT; bit <<= 1) {
        (void)snprintf(name, sizeof name, "usage.%s", limit_notice_name((enum limit_notice)bit));
        assert_non_null(billing_event_type_find(str_from_cstr(name)));
    }
    for (size_t i = 1; i < billing_event_type_count; i++) {
        assert_true(str_compare(str_from_cstr(billing_event_types[i - 1].name),
                                str_from_cstr(billing_event_types[i].name)) < 0);
    }
}

static void an_event_is_written_for_whom_it_concerns(void **state) {
    struct world *world = *state;
    struct record_id all = endpoint(world, "*");
    struct record_id customers = endpoint(world, "customer.*");
    (void)endpoint(world, "invoice.paid");
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    struct row_list list = deliveries(world);
    const struct webhook_delivery_row *rows = list.items;
    assert_int_equal(list.count, 2);
    assert_true(str_equal(id_str(&rows[1].endpoint_id), id_str(&all)));
    assert_true(str_equal(id_str(&rows[0].endpoint_id), id_str(&customers)));
    assert_true(str_equal(id_str(&rows[0].event_id), id_str(&rows[1].event_id)));
    struct webhook_delivery_row row = newest(world);
    struct str expected = arena_printf(
        &world->arena,
        "{\"type\":\"customer.created\",\"timestamp\":\"2015-05-17T00:00:00Z\",\"data\":{"
        "\"id\":\"%s\",\"userId\":\"alice\",\"description\":\"",
        row.event_id.text);
    assert_true(str_starts_with(row.body, expected));
    assert_true(str_ends_with(row.body, STR("\",\"amount\":null,\"metadata\":{}}}")));
    assert_int_equal(row.status, WEBHOOK_DELIVERY_WAITING);
    assert_int_equal(row.next_attempt_at, app_now(&world->app).ms);
}

/* --- what comes of attempts --- */

static void one_that_is_taken_is_over(void **state) {
    struct world *world = *state;
    (void)endpoint(world, "*");
    (void)world_customer(world, "alice");
    attempt_with(world, (struct webhook_settle){
                            .response_status = 204, .duration_ms = 12, .response = STR("thanks")});
    struct webhook_delivery_row row = newest(world);
    assert_int_equal(row.status, WEBHOOK_DELIVERY_DELIVERED);
    assert_int_equal(row.attempts, 1);
    assert_int_equal(row.next_attempt_at, ROW_NONE);
    assert_int_equal(row.finished_at, app_now(&world->app).ms);
}

static void the_waits_are_as_promised(void **state) {
    static const int64_t waits_s[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
    static const int statuses[] = {500, 0, 404, 301, 199, 429, 503, 400, 302};
    static const uint32_t chances[] = {0, UINT32_MAX, UINT32_MAX / 2};
    struct world *world = *state;
    (void)endpoint(world, "*");
    (void)world_customer(world, "alice");
    for (size_t i = 0; i < ARRAY_LEN(waits_s); i++) {
        uint32_t chance = chances[i % ARRAY_LEN(chances)];
        attempt_with(world,
                     (struct webhook_settle){.response_status = statuses[i], .chance = chance});
        struct webhook_delivery_row row = newest(world);
        int64_t wait = row.next_attempt_at - app_now(&world->app).ms;
        assert_int_equal(row.status, WEBHOOK_DELIVERY_WAITING);
        assert_int_equal(row.attempts, (int64_t)i + 1);
        assert_in_range(wait, waits_s[i] * 1000, waits_s[i] * 1100);
        assert_true(chance != 0 || wait == waits_s[i] * 1000);
        assert_true(chance != UINT32_MAX || wait >= waits_s[i] * 1100 - 1);
        wait_ms(world, wait);
    }
    attempt(world, 500);
    struct webhook_delivery_row row = newest(world);
    assert_int_equal(row.status, WEBHOOK_DELIVERY_FAILED);
    assert_int_equal(row.attempts, WEBHOOK_ATTEMPTS_MAX);
}

static void who_asks_for_more_time_gets_it(void **state) {
    struct world *world = *state;
    (void)endpoint(world, "*");
    (void)world_customer(world, "alice");
    attempt_with(world,
                 (struct webhook_settle){.response_status = 503, .retry_after_ms = 90 * 1000});
    assert_int_equal(newest(world).next_attempt_at, app_now(&world->app).ms + 90 * 1000);
    attempt_with(world, (struct webhook_settle){.response_status = 429, .retry_after_ms = 1000});
    assert_int_equal(newest(world).next_attempt_at, app_now(&world->app).ms + 300 * 1000);
}

static void what_it_asks_for_is_understood(void **state) {
    (void)state;
    static const struct {
        const char *value;
        int64_t ms;
    } cases[] = {
        {"0", 0},
        {"1", 1000},
        {"120", 120 * 1000},
        {"86401", 86400 * 1000},
        {"9223372036854775807", 86400 * 1000},
        {"-5", 0},
        {"", 0},
        {"soon", 0},
        {"1.5", 0},
        {"Sun, 17 May 2015 00:02:00 GMT", 120 * 1000},
        {"Sat, 16 May 2015 00:02:00 GMT", 0},
        {"Wed, 17 May 2115 00:02:00 GMT", 86400 * 1000},
        {"Sun, 17 Mai 2015 00:02:00 GMT", 0},
        {"Sun, 32 May 2015 00:02:00 GMT", 0},
        {"Sun, 17 May 2015 24:02:00 GMT", 0},
        {"Sun, 17 May 2015 00:02:00 CET", 0},
        {"Sun, 1a May 2015 00:02:00 GMT", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t ms = webhook_retry_after_ms(str_from_cstr(cases[i].value),
                                            world_time("2015-05-17T00:00:00Z"));
        if (ms != cases[i].ms) {
            fail_msg("\"%s\" is %lld ms", cases[i].value, (long long)ms);
        }
    }
}

static void gone_is_gone(void **state) {
    struct world *world = *state;
    struct record_id id = endpoint(world, "*");
    (void)world_customer(world, "alice");
    (void)world_customer(world, "bob");
    attempt(world, 410);
    struct webhook_endpoint_row row = endpoint_row(world, id);
    assert_int_equal(row.status, WEBHOOK_ENDPOINT_DISABLED);
    assert_true(str_equal(row.disabled_reason, STR("gone")));
    struct row_list list = deliveries(world);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(((const struct webhook_delivery_row *)list.items)[i].status,
                         WEBHOOK_DELIVERY_FAILED);
    }
    (void)world_customer(world, "carol"); /* kept all the same, to be replayed */
    assert_int_equal(newest(world).status, WEBHOOK_DELIVERY_FAILED);
    assert_int_equal(newest(world).attempts, 0);
}

static void five_days_without_success_are_enough(void **state) {
    struct world *world = *state;
    struct record_id id = endpoint(world, "*");
    (void)world_customer(world, "alice");
    attempt(world, 500);
    wait_ms(world, INT64_C(5) * 86400 * 1000 - 1);
    attempt(world, 0);
    assert_int_equal(endpoint_row(world, id).status, WEBHOOK_ENDPOINT_ENABLED);
    attempt(world, 200); /* one that arrives wipes the slate clean */
    assert_int_equal(endpoint_row(world, id).failing_since, ROW_NONE);
    (void)world_customer(world, "bob");
    attempt(world, 500);
    wait_ms(world, INT64_C(5) * 86400 * 1000);
    attempt(world, 500);
    struct webhook_endpoint_row row = endpoint_row(world, id);
    assert_int_equal(row.status, WEBHOOK_ENDPOINT_DISABLED);
    assert_true(str_equal(row.disabled_reason, STR("failing")));
    assert_int_equal(newest(world).status, WEBHOOK_DELIVERY_FAILED);
}

static void an_answer_may_be_any_bytes(void **state) {
    static const struct {
        const char *bytes;
        size_t len;
        const char *kept;
    } cases[] = {
        {"ok\n", 3, "ok\n"},
        {"\x01\x7f", 2, "??"},
        {"a\0b", 3, "a?b"},
        {"\xc3\xa4", 2, "\xc3\xa4"},
        {"x\xe2\x82", 3, "x"}, /* cut within a character */
        {"\xff\xfe and more", 11, "?? and more"},
    };
    struct world *world = *state;
    (void)endpoint(world, "*");
    (void)world_customer(world, "alice");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        attempt_with(world, (struct webhook_settle){
                                .response_status = 500,
                                .response = str_of(cases[i].bytes, cases[i].len),
                            });
        struct webhook_delivery_row row = newest(world);
        struct row_list attempts;
        bool is_found = false;
        struct tx tx = world_read(world);
        assert_ok(webhook_delivery_read(&tx, id_str(&row.id), &row, &attempts, &is_found));
        const struct webhook_attempt_row *first = attempts.items;
        assert_int_equal(attempts.count, i + 1);
        if (!str_equal(first->response, str_from_cstr(cases[i].kept))) {
            fail_msg("case %zu: \"" STR_FMT "\"", i, STR_ARG(first->response));
        }
    }
}

/* --- once more --- */

static void what_failed_is_replayed_with_all_its_attempts(void **state) {
    static struct webhook_replay_since replay;
    struct world *world = *state;
    struct record_id id = endpoint(world, "*");
    (void)world_customer(world, "alice");
    for (int i = 0; i < WEBHOOK_ATTEMPTS_MAX; i++) {
        attempt(world, 500);
    }
    assert_int_equal(newest(world).status, WEBHOOK_DELIVERY_FAILED);
    replay = (struct webhook_replay_since){.endpoint_id = id_str(&id), .since = {0}};
    replay.command.done = done;
    webhook_replay_since(&world->app, &replay);
    world_run(world);
    assert_int_equal(replay.command.outcome, OUTCOME_DONE);
    assert_int_equal(replay.count, 1);
    attempt(world, 500);
    struct webhook_delivery_row row = newest(world);
    assert_int_equal(row.attempts, WEBHOOK_ATTEMPTS_MAX + 1);
    assert_in_range(row.next_attempt_at - app_now(&world->app).ms, 5000, 5500);
    attempt(world, 200);
    assert_int_equal(newest(world).status, WEBHOOK_DELIVERY_DELIVERED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_matched_by_name_group_or_all),
        cmocka_unit_test(every_type_that_is_composed_is_in_the_table),
        WORLD_TEST(an_event_is_written_for_whom_it_concerns),
        WORLD_TEST(one_that_is_taken_is_over),
        WORLD_TEST(the_waits_are_as_promised),
        WORLD_TEST(who_asks_for_more_time_gets_it),
        cmocka_unit_test(what_it_asks_for_is_understood),
        WORLD_TEST(gone_is_gone),
        WORLD_TEST(five_days_without_success_are_enough),
        WORLD_TEST(an_answer_may_be_any_bytes),
        WORLD_TEST(what_failed_is_replayed_with_all_its_attempts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
