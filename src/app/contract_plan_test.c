/* Guards: what a contract sells is bought like any plan, is the same after a restart, and cannot be
 * left by whoever it binds. */
#include "app/contract_plan.h"

#include <string.h>

#include "app/change.h"
#include "app/test_world.h"
#include "base/check.h"
#include "base/testing.h"

static void open_book(struct world *world) {
    world->app.plan_book = env_alloc_zeroed(world->env, sizeof *world->app.plan_book);
    assert_non_null(world->app.plan_book);
    world->catalogue.book = world->app.plan_book;
}

static void close_book(struct world *world) {
    contract_plans_destroy(&world->app);
    env_free(world->env, world->app.plan_book);
    world->app.plan_book = NULL;
    world->catalogue.book = NULL;
}

static struct contract_terms terms_of(const struct world *world) {
    struct contract_terms terms = {
        .tier = TIER_ENTERPRISE,
        .plan_version = catalogue_plan(&world->catalogue, TIER_ENTERPRISE)->version,
        .interval = INTERVAL_YEAR,
        .amount = money_of(600000, CURRENCY_USD),
        .ramp_count = 1,
        .ramp = {{12, money_of(900000, CURRENCY_USD)}},
        .term_months = 24,
    };
    terms.override.has_limit[METRIC_STORAGE] = true;
    terms.override.limits[METRIC_STORAGE] = (struct limit){LIMIT_UNLIMITED, {0}, 110};
    terms.override.has_limit[METRIC_API_REQUESTS] = true;
    terms.override.limits[METRIC_API_REQUESTS] = (struct limit){LIMIT_COUNT, {1234567890}, 150};
    terms.override.added.bits = 3;
    return terms;
}

struct adding {
    struct command command;
    struct contract_terms terms;
    size_t step;
    int32_t version;
    bool fails;
};

static struct err run_adding(struct command *command, struct tx *tx) {
    struct adding *adding = (struct adding *)command;
    TRY(contract_plan_add(command->app, tx, &adding->terms, adding->step, &adding->version));
    return adding->fails ? ERR(ERR_BUSY) : OK;
}

static void done(struct command *command) {
    (void)command;
}

static int32_t add(struct world *world, size_t step, bool fails) {
    static struct adding adding;
    adding = (struct adding){.terms = terms_of(world), .step = step, .fails = fails};
    adding.command.run = run_adding;
    adding.command.done = done;
    command_submit(&world->app, &adding.command);
    world_run(world);
    return adding.version;
}

static const struct plan *find(const struct world *world, int32_t version) {
    return catalogue_plan_version(&world->catalogue, TIER_ENTERPRISE, version);
}

static void assert_same(const struct plan *a, const struct plan *b) {
    assert_int_equal(a->version, b->version);
    assert_string_equal(a->name, b->name);
    assert_true(a->features.bits == b->features.bits);
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        assert_int_equal(a->prices[i].is_set, b->prices[i].is_set);
        assert_true(!a->prices[i].is_set || money_equal(a->prices[i].amount, b->prices[i].amount));
    }
    for (int i = 0; i < METRIC_COUNT; i++) {
        assert_int_equal(a->limits[i].kind, b->limits[i].kind);
        assert_true(a->limits[i].amount.amount == b->limits[i].amount.amount);
        assert_int_equal(a->limits[i].soft_limit_percent, b->limits[i].soft_limit_percent);
    }
}

static void it_is_the_same_after_a_restart(void **state) {
    struct world *world = *state;
    open_book(world);
    int32_t lost = add(world, 0, true);
    int32_t first = add(world, 0, false);
    int32_t second = add(world, 1, false);
    struct plan before[] = {*find(world, first), *find(world, second)};
    assert_true(before[1].prices[INTERVAL_YEAR].amount.minor == 900000);
    close_book(world);
    open_book(world);
    struct tx tx = world_read(world);
    assert_ok(contract_plans_load(&world->app, &tx));
    assert_same(find(world, first), &before[0]);
    assert_same(find(world, second), &before[1]);
    assert_null(find(world, lost));                /* what came to nothing is nobody's */
    assert_int_equal(add(world, 0, false), first); /* the same again is no other */
    assert_int_equal(add(world, 1, false), second);
    close_book(world);
}

static void a_catalogue_that_lost_its_plan_is_refused(void **state) {
    struct world *world = *state;
    open_book(world);
    (void)add(world, 0, false);
    close_book(world);
    open_book(world);
    size_t features = world->catalogue.feature_count;
    struct tx tx = world_read(world);
    world->catalogue.feature_count = 1;
    assert_err(contract_plans_load(&world->app, &tx), ERR_CONFLICT);
    assert_non_null(strstr(world->cx.detail, "which a contract sells"));
    world->catalogue.feature_count = features;
    close_book(world);
}

static struct subscription_view view_of(const struct plan *plan, enum interval interval) {
    return (struct subscription_view){
        .row = {.tier = (int)plan->tier,
                .interval = (int)interval,
                .plan_version = plan->version,
                .pending_tier = -1,
                .pending_interval = -1,
                .stripe_subscription_id = STR("sub_1")},
        .plan = plan,
        .price = plan->prices[interval].amount,
        .status = SUBSCRIPTION_ACTIVE,
        .access = ACCESS_FULL,
    };
}

static void it_binds_the_customer_and_gives_way_to_another(void **state) {
    struct world *world = *state;
    struct planned_change change;
    open_book(world);
    int32_t first = add(world, 0, false);
    int32_t second = add(world, 1, false);
    struct subscription_view paid =
        view_of(catalogue_plan(&world->catalogue, TIER_STARTER), INTERVAL_MONTH);
    struct subscription_view bound = view_of(find(world, first), INTERVAL_YEAR);
    struct change_request buy = {.tier = TIER_ENTERPRISE,
                                 .interval = INTERVAL_YEAR,
                                 .when = CHANGE_WHEN_NOW,
                                 .version = first};
    struct change_request leave = {.tier = TIER_STARTER, .interval = -1};
    struct change_request stay = {.tier = -1, .interval = -1};
    assert_int_equal(change_decide(&world->app, &paid, &buy, &change), OUTCOME_DONE);
    assert_ptr_equal(change.plan, find(world, first));
    assert_true(change.price.minor == 600000 && change.is_now && change.begins_period);
    assert_int_equal(change_decide(&world->app, &bound, &leave, &change), OUTCOME_CONTRACT_BINDS);
    assert_int_equal(change_decide(&world->app, &bound, &stay, &change), OUTCOME_CONTRACT_BINDS);
    assert_int_equal(change_decide(&world->app, &bound, &buy, &change), OUTCOME_NO_CHANGE);
    buy.version = second;
    assert_int_equal(change_decide(&world->app, &bound, &buy, &change), OUTCOME_DONE);
    assert_true(change.price.minor == 900000 && !change.begins_period);
    close_book(world);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(it_is_the_same_after_a_restart),
        IN_A_WORLD(a_catalogue_that_lost_its_plan_is_refused),
        IN_A_WORLD(it_binds_the_customer_and_gives_way_to_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
