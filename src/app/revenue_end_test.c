/* Guards: an end is called by what was asked for and not guessed; a change that was scheduled is
 * dated with its period, however late it is heard of. */
#include "app/revenue_proof.h"
#include "app/test_world.h"
#include "app/webhook.h"
#include "base/testing.h"
#include "store/revenue.h"

static void done(struct command *command) {
    (void)command;
}

static void begin(struct world *world) {
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
}

/* The next night finds no difference. */
static void check_proved(struct world *world) {
    struct revenue_proof proof;
    env_sim_advance(world->sim, INT64_C(24) * 3600 * 1000);
    world_maintain(world, MAINTENANCE_REVENUE);
    struct tx tx = world_read(world);
    assert_ok(revenue_proof_read(&tx, &proof));
    assert_true(proof.has_ended);
    assert_int_equal(proof.ended_differences, 0);
}

static void leave(struct world *world, enum operation_kind kind, enum change_when when) {
    struct operation_request request = {.kind = kind,
                                        .user_id = STR("alice"),
                                        .tier = kind == OPERATION_CHANGE ? TIER_FREE : -1,
                                        .interval = -1,
                                        .when = when};
    assert_int_equal(world_operate(world, &request).outcome, OUTCOME_DONE);
}

/* As if a webhook had made us read the subscription. */
static void hear(struct world *world, const char *event_id) {
    const struct payments_answer answer = {.has_subscription = true,
                                           .subscription = world->payments.subscriptions[0]};
    struct webhook_receive receive = {.event_id = str_from_cstr(event_id),
                                      .type = STR("customer.subscription.updated"),
                                      .object_id = STR("sub_1"),
                                      .body = STR("{}")};
    struct webhook_apply applied = {.event_id = str_from_cstr(event_id), .answer = &answer};
    receive.command.done = applied.command.done = done;
    webhook_receive(&world->app, &receive);
    world_run(world);
    webhook_apply(&world->app, &applied);
    world_run(world);
    assert_int_equal(applied.command.outcome, OUTCOME_DONE);
}

static struct revenue_movement_row last_row(struct world *world) {
    struct tx tx = world_read(world);
    struct row_list lasts;
    assert_ok(revenue_movement_lasts(&tx, STR(""), 1, &lasts));
    return *(const struct revenue_movement_row *)lasts.items;
}

static void check_end(struct world *world, enum revenue_reason reason, const char *at) {
    struct revenue_movement_row row = last_row(world);
    assert_int_equal(row.kind, REVENUE_CHURN);
    assert_int_equal(row.reason, reason);
    assert_int_equal(row.effective_at, world_time(at).ms);
    check_proved(world);
}

static const struct {
    enum operation_kind kind;
    enum change_when when;
    enum revenue_reason reason;
} ends[] = {
    {OPERATION_CHANGE, CHANGE_WHEN_NOW, REVENUE_TO_FREE},
    {OPERATION_CANCEL, CHANGE_WHEN_NOW, REVENUE_CANCELED},
    {OPERATION_CHANGE, CHANGE_WHEN_PERIOD_END, REVENUE_TO_FREE},
    {OPERATION_CANCEL, CHANGE_WHEN_PERIOD_END, REVENUE_CANCELED},
};

static void an_end_is_called_by_what_was_asked_for(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        void *at = NULL;
        assert_int_equal(world_set_up(&at), 0);
        struct world *world = at;
        bool is_later = ends[i].when == CHANGE_WHEN_PERIOD_END;
        begin(world);
        leave(world, ends[i].kind, ends[i].when);
        if (is_later) { /* heard of a day late, it took effect with the period */
            assert_int_equal(last_row(world).kind, REVENUE_STANDING);
            world_set_time(world, "2015-06-17T00:00:00Z");
            test_payments_renew(&world->payments, 0);
            world_set_time(world, "2015-06-18T00:00:00Z");
            hear(world, "evt_1");
        }
        check_end(world, ends[i].reason,
                  is_later ? "2015-06-17T00:00:00Z" : "2015-05-17T00:00:00Z");
        assert_int_equal(world_tear_down(&at), 0);
    }
}

/* What was asked for last was a change, but none to `free`. */
static void an_end_that_the_provider_makes_is_no_change(void **state) {
    struct world *world = *state;
    struct operation_request up = {.kind = OPERATION_CHANGE,
                                   .user_id = STR("alice"),
                                   .tier = TIER_PROFESSIONAL,
                                   .interval = -1,
                                   .when = CHANGE_WHEN_NOW};
    begin(world);
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_DONE);
    struct payments_subscription *subscription = &world->payments.subscriptions[0];
    subscription->status = SUBSCRIPTION_CANCELED;
    subscription->has_ended = true;
    subscription->ended_at = app_now(&world->app);
    hear(world, "evt_1");
    check_end(world, REVENUE_CANCELED, "2015-05-17T00:00:00Z");
}

static void a_change_that_was_scheduled_is_dated_with_its_period(void **state) {
    struct world *world = *state;
    struct operation_request down = {.kind = OPERATION_CHANGE,
                                     .user_id = STR("alice"),
                                     .tier = TIER_STARTER,
                                     .interval = -1,
                                     .when = CHANGE_WHEN_PERIOD_END};
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    world_subscribe(world, "alice", TIER_PROFESSIONAL, INTERVAL_MONTH);
    assert_int_equal(world_operate(world, &down).outcome, OUTCOME_DONE);
    world_set_time(world, "2015-06-17T00:00:00Z");
    test_payments_renew(&world->payments, 0);
    world_set_time(world, "2015-06-19T00:00:00Z");
    hear(world, "evt_1");
    struct revenue_movement_row row = last_row(world);
    assert_int_equal(row.kind, REVENUE_CONTRACTION);
    assert_int_equal(row.reason, REVENUE_DOWNGRADE);
    assert_int_equal(row.effective_at, world_time("2015-06-17T00:00:00Z").ms);
    check_proved(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_end_is_called_by_what_was_asked_for),
        WORLD_TEST(an_end_that_the_provider_makes_is_no_change),
        WORLD_TEST(a_change_that_was_scheduled_is_dated_with_its_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
