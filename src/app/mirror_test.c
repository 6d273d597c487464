/* Guards: what the provider says becomes rows whoever asked, in any order and however often; and
 * what waits for a period's end happens then, not before. */
#include "app/mirror.h"

#include "app/test_world.h"
#include "app/webhook.h"
#include "base/check.h"
#include "base/prng.h"
#include "base/testing.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/payment_method.h"
#include "store/subscription.h"

static int set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    return result;
}
#define MIRROR_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)

static void done(struct command *command) {
    (void)command;
}

/* Applies an answer as if a webhook had made us read it. */
static void apply(struct world *world, const char *event_id, const struct payments_answer *answer) {
    struct webhook_receive receive = {.event_id = str_from_cstr(event_id),
                                      .type = STR("customer.subscription.updated"),
                                      .object_id = STR("sub_1"),
                                      .body = STR("{}")};
    struct webhook_apply applied = {.event_id = str_from_cstr(event_id), .answer = answer};
    receive.command.done = applied.command.done = done;
    webhook_receive(&world->app, &receive);
    world_run(world);
    assert_int_equal(receive.command.outcome, OUTCOME_DONE);
    if (receive.is_new) {
        webhook_apply(&world->app, &applied);
        world_run(world);
        assert_int_equal(applied.command.outcome, OUTCOME_DONE);
        assert_true(applied.is_settled);
    }
}

static void read_subscription(struct world *world, const char *event_id) {
    struct payments_answer answer = {.has_subscription = true,
                                     .subscription = world->payments.subscriptions[0]};
    apply(world, event_id, &answer);
}

static struct operation_request change_to(enum tier tier, int interval, enum change_when when) {
    return (struct operation_request){.kind = OPERATION_CHANGE,
                                      .user_id = STR("alice"),
                                      .tier = (int)tier,
                                      .interval = interval,
                                      .when = when};
}

static enum outcome change(struct world *world, enum tier tier, int interval,
                           enum change_when when) {
    struct operation_request wanted = change_to(tier, interval, when);
    return world_operate(world, &wanted).outcome;
}

/* --- any order, any number of times --- */

/* The customer's rows as words. */
static struct str rows_of(struct world *world) {
    struct subscription_view view = world_view(world, "alice");
    struct tx tx = world_read(world);
    struct row_list invoices;
    struct row_list methods;
    assert_ok(invoice_page(&tx, STR("alice"), (struct invoice_cursor){INT64_MAX, STR("")}, 10,
                           &invoices));
    assert_ok(payment_method_list(&tx, STR("alice"), 10, &methods));
    struct str text = arena_printf(
        &world->arena, "%d %d %lld %lld " STR_FMT "; %d methods", view.row.tier, view.row.status,
        (long long)view.row.current_period_start, (long long)view.row.usage_anchor,
        STR_ARG(view.row.stripe_subscription_id), (int)methods.count);
    for (size_t i = 0; i < invoices.count; i++) {
        const struct invoice_row *row = &((const struct invoice_row *)invoices.items)[i];
        text = arena_printf(&world->arena, STR_FMT "; " STR_FMT " %s %lld", STR_ARG(text),
                            STR_ARG(row->stripe_invoice_id),
                            invoice_status_name((enum invoice_status)row->status),
                            (long long)row->amount_paid);
    }
    return text;
}

enum { OBJECTS = 4, PERMUTATIONS = 40 };

/* Reading afresh gives the present state of each object, whichever event led to it. */
static void apply_shuffled(struct world *world, struct prng *prng, int round) {
    const struct test_payments *payments = &world->payments;
    const struct payments_answer objects[OBJECTS] = {
        {.has_subscription = true, .subscription = payments->subscriptions[0]},
        {.has_invoice = true, .invoice = payments->invoices[0]},
        {.has_invoice = true, .invoice = payments->invoices[1]},
        {.has_method = true, .method = payments->methods[0]},
    };
    int seen[OBJECTS] = {0};
    for (int step = 0; step < 3 * OBJECTS; step++) {
        size_t object = (size_t)prng_below(prng, OBJECTS);
        seen[object]++;
        apply(world, arena_printf(&world->arena, "evt_%d_%d", round, step).bytes, &objects[object]);
    }
    for (size_t i = 0; i < OBJECTS; i++) {
        if (seen[i] == 0) {
            apply(world, arena_printf(&world->arena, "evt_%d_last_%zu", round, i).bytes,
                  &objects[i]);
        }
    }
}

/* The provider's side of a life, told to an installation that lost every answer but the first. */
static void live_at_the_provider(struct world *world) {
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world_set_time(world, "2015-06-17T00:00:00Z");
    test_payments_renew(&world->payments, 0);
}

static void objects_in_any_order_and_number_give_the_same_rows(void **state) {
    (void)state;
    struct str expected = STR("");
    struct arena kept;
    struct env env;
    env_posix_init(&env);
    arena_init(&kept, &env, 1 << 16);
    for (uint64_t seed = 0; seed < PERMUTATIONS; seed++) {
        struct world world;
        struct prng prng = {seed};
        world_begin(&world, 1);
        assert_int_equal(world_customer(&world, "alice"), OUTCOME_CREATED);
        live_at_the_provider(&world);
        apply_shuffled(&world, &prng, 0);
        struct str rows = rows_of(&world);
        expected = seed == 0 ? arena_str(&kept, rows) : expected;
        assert_text(rows, expected.bytes);
        apply_shuffled(&world, &prng, 1); /* and all of it once more */
        assert_text(rows_of(&world), expected.bytes);
        world_check_gate(&world);
        world_finish(&world);
    }
    arena_finish(&kept);
}

static void what_is_over_stays_over(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    struct payments_subscription *there = &world->payments.subscriptions[0];
    struct payments_answer live = {.has_subscription = true, .subscription = *there};
    there->status = SUBSCRIPTION_CANCELED;
    there->has_ended = true;
    there->ended_at = app_now(&world->app);
    read_subscription(world, "evt_1");
    assert_int_equal(world_view(world, "alice").row.tier, TIER_FREE);
    apply(world, "evt_2", &live); /* read before the end, applied after it */
    assert_int_equal(world_view(world, "alice").row.tier, TIER_FREE);
    read_subscription(world, "evt_3");
    assert_int_equal(world_view(world, "alice").row.tier, TIER_FREE);
    world_check_gate(world);
}

static void an_incomplete_subscription_entitles_to_nothing(void **state) {
    struct world *world = *state;
    struct operation_request card = {.kind = OPERATION_METHOD_ATTACH,
                                     .user_id = STR("alice"),
                                     .method_id = STR("pm_1"),
                                     .tier = -1,
                                     .interval = -1};
    struct operation_request buy = {
        .kind = OPERATION_SUBSCRIBE, .user_id = STR("alice"), .tier = TIER_STARTER, .interval = -1};
    assert_int_equal(world_operate(world, &card).outcome, OUTCOME_DONE);
    world->payments.next[PAYMENTS_SUBSCRIPTION_CREATE] = PAYMENTS_ACTION_REQUIRED;
    assert_int_equal(world_operate(world, &buy).outcome, OUTCOME_PAYMENT_ACTION_REQUIRED);
    assert_int_equal(world_view(world, "alice").row.tier, TIER_FREE);
    world->payments.subscriptions[0].status = SUBSCRIPTION_ACTIVE; /* the customer has confirmed */
    read_subscription(world, "evt_1");
    assert_int_equal(world_view(world, "alice").row.tier, TIER_STARTER);
    world_check_gate(world);
}

static void strangers_objects_are_left_alone(void **state) {
    struct world *world = *state;
    struct payments_answer foreign[] = {
        {.has_subscription = true,
         .subscription = {.id = STR("sub_x"), .customer_id = STR("cus_x")}},
        {.has_invoice = true,
         .invoice = {.id = STR("in_x"),
                     .customer_id = STR("cus_x"),
                     .total = money_zero(CURRENCY_USD)}},
        {.has_method = true, .method = {.id = STR("pm_x"), .customer_id = STR("cus_x")}},
    };
    struct str before = rows_of(world);
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
        apply(world, arena_printf(&world->arena, "evt_%zu", i).bytes, &foreign[i]);
    }
    assert_text(rows_of(world), before.bytes);
}

/* --- a period's end --- */

static void a_downgrade_takes_effect_when_the_period_ends(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_PROFESSIONAL, INTERVAL_MONTH);
    assert_int_equal(change(world, TIER_STARTER, -1, CHANGE_WHEN_DEFAULT), OUTCOME_DONE);
    read_subscription(world, "evt_1"); /* still shows the present price */
    struct subscription_view view = world_view(world, "alice");
    assert_int_equal(view.row.tier, TIER_PROFESSIONAL);
    assert_true(view.has_pending_change);
    assert_int_equal(view.pending_tier, TIER_STARTER);
    world_set_time(world, "2015-06-17T00:00:00Z");
    test_payments_renew(&world->payments, 0);
    read_subscription(world, "evt_2");
    view = world_view(world, "alice");
    assert_int_equal(view.row.tier, TIER_STARTER);
    assert_false(view.has_pending_change);
    world_check_gate(world);
}

static void from_year_to_month_the_subscription_goes_on_at_the_end(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_YEAR);
    assert_int_equal(change(world, TIER_STARTER, INTERVAL_MONTH, CHANGE_WHEN_DEFAULT),
                     OUTCOME_DONE);
    assert_false(world->payments.subscriptions[0].cancel_at_period_end);
    int64_t usage_anchor = world_view(world, "alice").row.usage_anchor;
    struct subscription_view view = world_view(world, "alice");
    assert_int_equal(view.row.interval, INTERVAL_YEAR);
    assert_int_equal(view.pending_interval, INTERVAL_MONTH);
    world_set_time(world, "2016-05-17T00:00:00Z");
    test_payments_renew(&world->payments, 0);
    read_subscription(world, "evt_1");
    world_run(world);
    view = world_view(world, "alice");
    assert_int_equal(view.row.tier, TIER_STARTER);
    assert_int_equal(view.row.interval, INTERVAL_MONTH);
    assert_text(view.row.stripe_subscription_id, "sub_1");
    assert_int_equal(view.row.usage_anchor, usage_anchor); /* no counter begins anew */
    assert_int_equal(test_payments_taken(&world->payments), 31320 + 2900);
    world_check_gate(world);
}

static void from_month_to_year_it_is_at_once(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world_set_time(world, "2015-06-01T12:00:00Z"); /* half of 31 days */
    assert_int_equal(change(world, TIER_STARTER, INTERVAL_YEAR, CHANGE_WHEN_DEFAULT), OUTCOME_DONE);
    struct subscription_view view = world_view(world, "alice");
    assert_int_equal(view.row.interval, INTERVAL_YEAR);
    assert_int_equal(view.current_period.end.ms, world_time("2016-06-01T12:00:00Z").ms);
    assert_int_equal(test_payments_taken(&world->payments), 2900 + 31320 - 1450);
}

static void an_end_that_was_announced_leads_to_free(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    assert_int_equal(change(world, TIER_FREE, -1, CHANGE_WHEN_DEFAULT), OUTCOME_DONE);
    assert_int_equal(world_view(world, "alice").row.tier, TIER_STARTER);
    assert_true(world_view(world, "alice").row.cancel_at_period_end);
    world_set_time(world, "2015-06-17T00:00:00Z");
    test_payments_renew(&world->payments, 0);
    read_subscription(world, "evt_1");
    struct subscription_view view = world_view(world, "alice");
    assert_int_equal(view.row.tier, TIER_FREE);
    assert_int_equal(view.usage_period.start.ms, world_time("2015-06-17T00:00:00Z").ms);
    assert_int_equal(test_payments_taken(&world->payments), 2900);
    world_check_gate(world);
}

/* --- money owed --- */

static void who_owes_keeps_full_access_for_seven_days(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world_set_time(world, "2015-06-17T00:00:00Z");
    world->payments.subscriptions[0].status = SUBSCRIPTION_PAST_DUE;
    read_subscription(world, "evt_1");
    world_set_time(world, "2015-06-20T00:00:00Z");
    read_subscription(world, "evt_2"); /* a second failure does not begin the days anew */
    world_set_time(world, "2015-06-23T23:59:59.999Z");
    assert_int_equal(world_view(world, "alice").access, ACCESS_FULL);
    world_set_time(world, "2015-06-24T00:00:00Z");
    struct subscription_view view = world_view(world, "alice");
    assert_int_equal(view.access, ACCESS_RESTRICTED);
    assert_int_equal(view.entitlements.tier, TIER_FREE);
    world->payments.subscriptions[0].status = SUBSCRIPTION_ACTIVE;
    read_subscription(world, "evt_3");
    assert_int_equal(world_view(world, "alice").access, ACCESS_FULL);
    world_check_gate(world);
}

static void an_open_invoice_is_paid_once(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    struct payments_invoice *due = &world->payments.invoices[world->payments.invoice_count++];
    *due = world->payments.invoices[0];
    due->id = STR("in_due");
    due->status = INVOICE_OPEN;
    due->amount_paid = money_zero(CURRENCY_USD);
    struct payments_answer answer = {.has_invoice = true, .invoice = *due};
    apply(world, "evt_1", &answer);
    struct tx tx = world_read(world);
    struct row_list list;
    assert_ok(
        invoice_page(&tx, STR("alice"), (struct invoice_cursor){INT64_MAX, STR("")}, 10, &list));
    const struct invoice_row *rows = list.items;
    const struct invoice_row *open = rows[0].status == INVOICE_OPEN ? &rows[0] : &rows[1];
    struct operation_request pay = {.kind = OPERATION_INVOICE_PAY,
                                    .user_id = STR("alice"),
                                    .invoice_id = id_str(&open->id),
                                    .tier = -1,
                                    .interval = -1};
    world->payments.next[PAYMENTS_INVOICE_PAY] = PAYMENTS_DECLINED;
    assert_int_equal(world_operate(world, &pay).outcome, OUTCOME_PAYMENT_FAILED);
    assert_int_equal(world_operate(world, &pay).outcome, OUTCOME_DONE);
    assert_int_equal(world_operate(world, &pay).outcome, OUTCOME_INVOICE_NOT_PAYABLE);
    assert_int_equal(test_payments_taken(&world->payments), 2900 + 2900);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_in_any_order_and_number_give_the_same_rows),
        MIRROR_TEST(what_is_over_stays_over),
        MIRROR_TEST(an_incomplete_subscription_entitles_to_nothing),
        MIRROR_TEST(strangers_objects_are_left_alone),
        MIRROR_TEST(a_downgrade_takes_effect_when_the_period_ends),
        MIRROR_TEST(from_year_to_month_the_subscription_goes_on_at_the_end),
        MIRROR_TEST(from_month_to_year_it_is_at_once),
        MIRROR_TEST(an_end_that_was_announced_leads_to_free),
        MIRROR_TEST(who_owes_keeps_full_access_for_seven_days),
        MIRROR_TEST(an_open_invoice_is_paid_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
