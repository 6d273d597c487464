/* Guards: a customer is made once, on `free` from that instant, known to the gate as soon as it is
 * durable; what comes again must agree. */
#include "app/customer.h"

#include "app/billing_event.h"
#include "app/test_world.h"
#include "base/check.h"
#include "base/testing.h"

static void done(struct command *command) {
    (void)command;
}

static enum outcome create(struct world *world, struct customer_create *wanted) {
    wanted->command.done = done;
    customer_create(&world->app, wanted);
    world_run(world);
    return wanted->command.outcome;
}

static void a_new_customer_is_on_free_and_known_to_the_gate(void **state) {
    struct world *world = *state;
    world_set_time(world, "2016-01-31T10:20:30.456Z");
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    struct subscription_view view = world_view(world, "alice");
    assert_int_equal(view.row.tier, TIER_FREE);
    assert_int_equal(view.status, SUBSCRIPTION_ACTIVE);
    assert_int_equal(view.access, ACCESS_FULL);
    assert_true(money_is_zero(view.price));
    assert_true(instant_equal(view.usage_period.start, world_time("2016-01-31T10:20:30.456Z")));
    assert_true(instant_equal(view.usage_period.end, world_time("2016-02-29T10:20:30.456Z")));
    struct take_command take = world_take(
        world, (struct take_request){STR("alice"), METRIC_MODULES, quantity_of(1), STR("")});
    assert_true(take.answer.allowed);
    assert_int_equal(take.answer.limit, 3);
}

static void the_gate_knows_nobody_whose_row_is_not_durable(void **state) {
    struct world *world = *state;
    env_sim_set_faults(world->sim, (struct env_sim_faults){.full_from = 1});
    assert_int_equal(world_customer(world, "alice"), OUTCOME_STORE_FULL);
    assert_false(gate_is_known(gate_customer(world->app.gate, STR("alice"))));
    env_sim_set_faults(world->sim, (struct env_sim_faults){0});
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    assert_true(gate_is_known(gate_customer(world->app.gate, STR("alice"))));
}

static void what_comes_again_must_agree(void **state) {
    struct world *world = *state;
    const struct customer_create first = {.user_id = STR("alice"),
                                          .email = STR("a@example.com"),
                                          .name = STR("A"),
                                          .country = STR("DE")};
    static const struct {
        const char *email, *name, *country, *currency;
        enum outcome outcome;
    } rows[] = {
        {"a@example.com", "A", "DE", "", OUTCOME_DONE},
        {"a@example.com", "A", "", "", OUTCOME_DONE}, /* not sent: no contradiction */
        {"a@example.com", "A", "DE", "usd", OUTCOME_DONE},
        {"b@example.com", "A", "DE", "", OUTCOME_CUSTOMER_CONFLICT},
        {"a@example.com", "B", "DE", "", OUTCOME_CUSTOMER_CONFLICT},
        {"a@example.com", "A", "FR", "", OUTCOME_CUSTOMER_CONFLICT},
        {"a@example.com", "A", "DE", "eur", OUTCOME_CUSTOMER_CONFLICT},
    };
    struct customer_create made = first;
    assert_int_equal(create(world, &made), OUTCOME_CREATED);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct customer_create again = {
            .user_id = STR("alice"),
            .email = str_from_cstr(rows[i].email),
            .name = str_from_cstr(rows[i].name),
            .country = str_from_cstr(rows[i].country),
            .currency = str_from_cstr(rows[i].currency),
        };
        assert_int_equal(create(world, &again), rows[i].outcome);
    }
}

static void a_currency_without_prices_is_refused(void **state) {
    struct world *world = *state;
    struct customer_create euro = {.user_id = STR("bob"), .currency = STR("eur")};
    struct customer_create dollar = {.user_id = STR("bob"), .currency = STR("usd")};
    assert_int_equal(create(world, &euro), OUTCOME_CURRENCY_NOT_SOLD);
    assert_false(gate_is_known(gate_customer(world->app.gate, STR("bob"))));
    assert_int_equal(create(world, &dollar), OUTCOME_CREATED);
}

static void the_history_begins_with_the_customer(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    assert_int_equal(world_customer(world, "alice"), OUTCOME_DONE);
    struct tx tx = world_read(world);
    struct row_list events;
    assert_ok(billing_events_read(&tx, STR("alice"), STR(""), 10, &events));
    const struct billing_event_row *rows = events.items;
    assert_int_equal(events.count, 1);
    assert_text(rows[0].type, "customer.created");
    assert_true(rows[0].amount == ROW_NONE);
}

static void customers_are_listed_in_order_in_pages(void **state) {
    struct world *world = *state;
    static const char *const names[] = {"carol", "alice", "bob"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_int_equal(world_customer(world, names[i]), OUTCOME_CREATED);
    }
    struct tx tx = world_read(world);
    struct row_list page;
    assert_ok(customers_read(&tx, STR(""), 2, &page));
    const struct customer_row *rows = page.items;
    assert_int_equal(page.count, 2);
    assert_text(rows[0].user_id, "alice");
    assert_text(rows[1].user_id, "bob");
    assert_ok(customers_read(&tx, STR("bob"), 2, &page));
    rows = page.items;
    assert_int_equal(page.count, 1);
    assert_text(rows[0].user_id, "carol");
}

static void two_of_one_group_are_one_customer(void **state) {
    struct world *world = *state;
    struct customer_create both[2] = {{.user_id = STR("alice")}, {.user_id = STR("alice")}};
    for (size_t i = 0; i < 2; i++) {
        both[i].command.done = done;
        customer_create(&world->app, &both[i]);
    }
    world_run(world);
    assert_int_equal(both[0].command.outcome, OUTCOME_CREATED);
    assert_int_equal(both[1].command.outcome, OUTCOME_DONE);
    world_check_gate(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_new_customer_is_on_free_and_known_to_the_gate),
        WORLD_TEST(the_gate_knows_nobody_whose_row_is_not_durable),
        WORLD_TEST(what_comes_again_must_agree),
        WORLD_TEST(a_currency_without_prices_is_refused),
        WORLD_TEST(the_history_begins_with_the_customer),
        WORLD_TEST(customers_are_listed_in_order_in_pages),
        WORLD_TEST(two_of_one_group_are_one_customer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
