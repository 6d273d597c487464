/* Guards: a renewal far above what is usual, or the second one of a period, is never billed
 * silently: its customer is parked before the charge, nothing that may charge leaves, and an
 * operator's reason lets both go on. And work that is older than the provider's memory of keys is
 * looked for before it is done again. */
#include "app/operation_plan.h"
#include "app/parking.h"
#include "base/testing.h"
#include "jobs/test_works.h"
#include "store/outbox.h"

enum { PRICE = 2900 };

static struct payments_invoice *renewal(struct works *works, const char *id, int64_t total) {
    struct test_payments *payments = &works->world.payments;
    struct payments_subscription *subscription = &payments->subscriptions[0];
    struct payments_invoice_line *line =
        ARENA_NEW(&works->world.arena, struct payments_invoice_line);
    struct payments_invoice *invoice = &payments->invoices[payments->invoice_count++];
    *invoice = payments->invoices[0];
    struct money amount = money_of(total, invoice->total.currency);
    struct period next = {subscription->current_period.end,
                          instant_add(subscription->current_period.end, duration_days(30))};
    *line = (struct payments_invoice_line){
        .description = STR("Starter"), .amount = amount, .period = next};
    invoice->id = str_from_cstr(id);
    invoice->number = STR("");
    invoice->status = INVOICE_DRAFT;
    invoice->billing_reason = STR("subscription_cycle");
    invoice->total = invoice->amount_due = amount;
    invoice->amount_paid = money_zero(amount.currency);
    invoice->lines = line;
    invoice->line_count = 1;
    return invoice;
}

static void begin(struct works *works) {
    assert_int_equal(world_customer(&works->world, "ada"), OUTCOME_CREATED);
    world_subscribe(&works->world, "ada", TIER_STARTER, INTERVAL_MONTH);
}

static bool is_parked(struct works *works) {
    struct tx tx = world_read(&works->world);
    bool is = false;
    assert_ok(parking_is_parked(&tx, STR("ada"), &is));
    return is;
}

static int advances(struct works *works) {
    return test_payments_count(&works->world.payments, PAYMENTS_INVOICE_ADVANCE);
}

static enum outcome change_plan(struct works *works) {
    const struct operation_request request = {
        .kind = OPERATION_CHANGE,
        .user_id = STR("ada"),
        .tier = TIER_PROFESSIONAL,
        .interval = -1,
        .when = CHANGE_WHEN_NOW,
    };
    return world_operate(&works->world, &request).outcome;
}

static void done(struct command *command) {
    (void)command;
}

static enum outcome release(struct works *works, const char *user_id) {
    struct parking_release release = {.user_id = str_from_cstr(user_id),
                                      .reason = STR("They ordered it by mail")};
    release.command.done = done;
    parking_let_go(&works->world.app, &release);
    world_run(&works->world);
    return release.command.outcome;
}

static void more_than_three_times_the_usual_parks(void **state) {
    struct works *works = *state;
    begin(works);
    (void)renewal(works, "in_high", 3 * PRICE + 1);
    works_event(works, "evt_1", "invoice.created", "in_high");
    assert_true(is_parked(works));
    assert_int_equal(advances(works), 1); /* held */
    assert_string_equal(outcome_code(change_plan(works)), "customer_parked");
    struct tx tx = world_read(&works->world);
    struct row_list list;
    assert_ok(parked_read(&tx, STR(""), 10, &list));
    assert_int_equal(list.count, 1);
    const struct parked_row *row = list.items;
    assert_text(row->reason, "unusual_amount");
    assert_int_equal(row->amount, 3 * PRICE + 1);
    assert_int_equal(row->usual, PRICE);

    assert_int_equal(release(works, "bob"), OUTCOME_CUSTOMER_NOT_PARKED);
    assert_int_equal(release(works, "ada"), OUTCOME_DONE);
    assert_false(is_parked(works));
    assert_int_equal(advances(works), 2); /* and let go */
    assert_int_equal(release(works, "ada"), OUTCOME_CUSTOMER_NOT_PARKED);
    works_event(works, "evt_2", "invoice.finalized", "in_high"); /* somebody has looked at it */
    assert_false(is_parked(works));
    assert_string_equal(outcome_code(change_plan(works)), "done");
}

static void three_times_the_usual_does_not(void **state) {
    struct works *works = *state;
    begin(works);
    (void)renewal(works, "in_three", 3 * PRICE);
    works_event(works, "evt_1", "invoice.created", "in_three");
    assert_false(is_parked(works));
    assert_int_equal(advances(works), 0);
}

static void an_amount_that_grows_while_it_is_a_draft_parks(void **state) {
    struct works *works = *state;
    begin(works);
    struct payments_invoice *invoice = renewal(works, "in_grows", PRICE);
    works_event(works, "evt_1", "invoice.created", "in_grows");
    assert_false(is_parked(works));
    invoice->total.minor = 10 * PRICE;
    works_event(works, "evt_2", "invoice.updated", "in_grows");
    assert_true(is_parked(works));
}

static void the_second_invoice_of_a_period_parks(void **state) {
    struct works *works = *state;
    begin(works);
    struct payments_invoice *first = renewal(works, "in_first", PRICE);
    works_event(works, "evt_1", "invoice.created", "in_first");
    works_event(works, "evt_2", "invoice.updated", "in_first");
    assert_false(is_parked(works));
    first->status = INVOICE_VOID; /* what is void bills nothing: another may take its place */
    works_event(works, "evt_3", "invoice.voided", "in_first");
    (void)renewal(works, "in_instead", PRICE);
    works_event(works, "evt_4", "invoice.created", "in_instead");
    assert_false(is_parked(works));
    (void)renewal(works, "in_second", PRICE);
    works_event(works, "evt_5", "invoice.created", "in_second");
    assert_true(is_parked(works));
    assert_int_equal(advances(works), 2); /* the draft before it is held as well */
}

/* --- work older than the keys --- */

/* The call that makes the subscription is answered with nothing, a day long. The first time, the
 * provider had done it all the same. */
static void late(struct works *works, bool was_made) {
    struct world *world = &works->world;
    struct test_payments *payments = &world->payments;
    begin(works); /* ada has a subscription; it is the second customer's that matters */
    assert_int_equal(world_customer(world, "bob"), OUTCOME_CREATED);
    const struct operation_request attach = {.kind = OPERATION_METHOD_ATTACH,
                                             .user_id = STR("bob"),
                                             .method_id = STR("pm_bob"),
                                             .tier = -1,
                                             .interval = -1};
    assert_string_equal(outcome_code(world_operate(world, &attach).outcome), "done");
    size_t before = payments->subscription_count;
    payments->next[PAYMENTS_SUBSCRIPTION_CREATE] = PAYMENTS_UNKNOWN;
    const struct operation_request subscribe = {.kind = OPERATION_SUBSCRIBE,
                                                .user_id = STR("bob"),
                                                .tier = TIER_STARTER,
                                                .interval = INTERVAL_MONTH};
    assert_string_equal(outcome_code(world_operate(world, &subscribe).outcome), "payment_pending");
    assert_int_equal(payments->subscription_count, before);
    if (was_made) {
        struct tx tx = world_read(world);
        struct row_list list;
        struct payments_call call;
        assert_ok(outbox_pending(&tx, 1, false, &list));
        assert_ok(payments_call_read(&world->cx, ((const struct outbox_row *)list.items)->payload,
                                     &call));
        struct payments_subscription *made = &payments->subscriptions[payments->subscription_count];
        *made = payments->subscriptions[0];
        made->id = STR("sub_late");
        made->item_id = STR("si_late");
        made->customer_id = arena_str(&world->arena, call.customer_id);
        made->local_id = arena_str(&world->arena, call.local_id);
        payments->subscription_count++;
    }
    size_t known = payments->subscription_count;
    payments->request_count = 0; /* the keys are forgotten */
    env_sim_advance(world->sim, INT64_C(24) * 3600 * 1000);
    world_run(world); /* looks, and finds it or not */
    env_sim_advance(world->sim, INT64_C(3600) * 1000);
    world_run(world); /* what was not found is made now */
    assert_int_equal(payments->subscription_count, was_made ? known : known + 1);
    assert_int_equal(world_view(world, "bob").row.tier, TIER_STARTER);
}

static void what_was_made_before_the_keys_were_forgotten_is_found(void **state) {
    late(*state, true);
}

static void what_was_not_made_is_made_once(void **state) {
    late(*state, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORKS_TEST(more_than_three_times_the_usual_parks),
        WORKS_TEST(three_times_the_usual_does_not),
        WORKS_TEST(an_amount_that_grows_while_it_is_a_draft_parks),
        WORKS_TEST(the_second_invoice_of_a_period_parks),
        WORKS_TEST(what_was_made_before_the_keys_were_forgotten_is_found),
        WORKS_TEST(what_was_not_made_is_made_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
