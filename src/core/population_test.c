/* Guards: a declared population comes out exactly, of whatever seed, whoever cancels, fails or is
 * downgraded on the way; and the same seed gives the same acts and the same usage. */
#include "core/population.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t limits[TIER_COUNT] = {10000, 100000, 1000000, INT64_MAX};

/* A program that does as it is told, and in which what is to end ends a month later. */
struct world {
    struct population_run run;
    int32_t slot;
    int32_t *ends;  /* slot of each account; 0: none */
    uint8_t *next;  /* what it has from then on */
    uint64_t trace; /* of all acts and uses */
    int64_t events;
    int64_t largest_month;
};

static void note(struct world *world, uint64_t value) {
    struct prng prng = {world->trace ^ value};
    world->trace = prng_next(&prng);
}

static void on_act(void *context, const struct population_act *act) {
    struct world *world = context;
    note(world, (uint64_t)act->kind << 40 | (uint64_t)act->tier << 32 | (uint64_t)act->account);
    assert_in_range(act->score, 0, act->kind == ACT_SCORE ? 10 : 0);
    bool ends = act->kind == ACT_CANCEL || act->kind == ACT_DOWNGRADE;
    assert_in_range(act->account, 0, world->run.count - 1);
    assert_in_range(act->card, 0, POPULATION_CARDS - 1);
    assert_in_range(act->reason, 0, POPULATION_REASONS - 1);
    if (ends || act->kind == ACT_CARD_FAILS) {
        world->ends[act->account] = world->slot + 30 * POPULATION_SLOTS;
        world->next[act->account] = (uint8_t)act->tier;
    }
    if (act->kind == ACT_CARD_FAILS) { /* dunning gives up */
        world->next[act->account] = TIER_FREE;
    }
    if (act->kind == ACT_CARD_MENDED) {
        world->ends[act->account] = 0;
    }
}

static void observe(struct world *world, int32_t at) {
    const struct population_account *account = &world->run.accounts[at];
    int32_t ends = world->ends[at];
    if (account->state == ACCOUNT_STEADY || ends == 0) {
        return;
    }
    bool is_over = ends <= world->slot;
    bool owes = account->state == ACCOUNT_FAILING && ends - 14 * POPULATION_SLOTS <= world->slot;
    enum tier tier = (enum tier)(is_over ? world->next[at] : account->tier);
    population_observe(&world->run, at, world->slot, tier, owes);
    world->ends[at] = is_over ? 0 : ends;
}

static void use(struct world *world) {
    struct population_use uses[POPULATION_USES];
    for (int32_t at = 0; at < world->run.count; at++) {
        size_t count = population_use(&world->run, at, world->slot, uses);
        for (size_t i = 0; i < count; i++) {
            assert_true(uses[i].amount > 0);
            assert_in_range(uses[i].hour, 0, POPULATION_HOURS - 1);
            note(world, (uint64_t)uses[i].amount << 8 | (uint64_t)uses[i].metric);
        }
        world->events += (int64_t)count;
        int64_t requests = world->run.accounts[at].requests;
        world->largest_month = requests > world->largest_month ? requests : world->largest_month;
    }
}

static void begin(struct world *world, const struct population *model, uint64_t seed) {
    size_t count = (size_t)population_accounts(model);
    struct population_account *accounts = calloc(count, sizeof *accounts);
    *world = (struct world){.ends = calloc(count, sizeof(int32_t)), .next = calloc(count, 1)};
    assert_non_null(accounts);
    assert_non_null(world->ends);
    assert_non_null(world->next);
    population_start(&world->run, model, seed, limits, accounts);
}

static void finish(struct world *world) {
    free(world->run.accounts);
    free(world->ends);
    free(world->next);
}

static void live(struct world *world, const struct population *model, bool uses) {
    for (world->slot = 0; world->slot < population_slots(model); world->slot++) {
        if (uses) {
            use(world);
        }
        for (int32_t at = 0; at < world->run.count; at++) {
            observe(world, at);
        }
        population_step(&world->run, world->slot, on_act, world);
    }
}

static void assert_exact(const struct world *world, const struct population *model, int64_t years) {
    int64_t counted[TIER_COUNT] = {0};
    for (int32_t at = 0; at < world->run.count; at++) {
        counted[world->run.accounts[at].tier]++;
    }
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        assert_int_equal(counted[tier], model->accounts[tier] * years);
        assert_int_equal(world->run.standing[tier], counted[tier]);
    }
}

static struct population small(void) {
    struct population model = population_default();
    model.accounts[TIER_FREE] = 160;
    model.accounts[TIER_STARTER] = 16;
    model.accounts[TIER_PROFESSIONAL] = 9;
    model.accounts[TIER_ENTERPRISE] = 2;
    return model;
}

static void the_declared_numbers_come_out_of_every_seed(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct population model = small();
        struct world world;
        begin(&world, &model, seed);
        live(&world, &model, false);
        assert_exact(&world, &model, 1);
        finish(&world);
    }
}

/* With a tenth of all accounts ending each month, and two years. */
static void they_come_out_however_many_leave(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct population model = small();
        struct world world;
        model.years = 2;
        model.cancelled_permille = 100;
        model.downgraded_permille = 80;
        model.failing_permille = 60;
        begin(&world, &model, seed);
        live(&world, &model, false);
        assert_exact(&world, &model, 2);
        assert_true(world.run.acts[ACT_CANCEL] > 20);
        assert_true(world.run.acts[ACT_DOWNGRADE] > 5);
        assert_true(world.run.acts[ACT_CARD_FAILS] > 10);
        assert_true(world.run.acts[ACT_CARD_MENDED] > 3);
        assert_true(world.run.returns > 0);
        assert_true(world.run.acts[ACT_SCORE] > 10);
        finish(&world);
    }
}

/* Whoever pays from the first day has no free account to begin with. */
static void nobody_has_to_be_on_free(void **state) {
    (void)state;
    struct population model = small();
    struct world world;
    model.accounts[TIER_FREE] = 0;
    model.days = 7;
    begin(&world, &model, 5);
    live(&world, &model, false);
    assert_exact(&world, &model, 1);
    finish(&world);
}

static void the_business_plan_is_the_default(void **state) {
    (void)state;
    struct population model = population_default();
    struct world world;
    begin(&world, &model, 1);
    live(&world, &model, false);
    assert_exact(&world, &model, 1);
    assert_int_equal(world.run.standing[TIER_FREE], 10000);
    assert_int_equal(2900 * world.run.standing[TIER_STARTER] +
                         9900 * world.run.standing[TIER_PROFESSIONAL] +
                         50000 * world.run.standing[TIER_ENTERPRISE],
                     4430000);
    finish(&world);
}

static uint64_t trace_of(uint64_t seed, int64_t *ret_events) {
    struct population model = small();
    struct world world;
    model.days = 60;
    begin(&world, &model, seed);
    live(&world, &model, true);
    uint64_t trace = world.trace;
    *ret_events = world.events;
    finish(&world);
    return trace;
}

static void a_seed_says_everything(void **state) {
    (void)state;
    int64_t events = 0, again = 0, others = 0;
    uint64_t trace = trace_of(7, &events);
    assert_true(events > 1000);
    assert_true(trace == trace_of(7, &again));
    assert_int_equal(events, again);
    assert_true(trace != trace_of(8, &others));
}

/* Free accounts are there that run into their limit, and what is bought goes to them first. */
static void limits_are_met(void **state) {
    (void)state;
    struct population model = small();
    struct world world;
    begin(&world, &model, 3);
    live(&world, &model, true);
    assert_true(world.largest_month > limits[TIER_FREE]);
    assert_true(world.run.for_limits * 3 > world.run.acts[ACT_SUBSCRIBE]);
    finish(&world);
}

/* Monday to Friday more is used than on a weekend. */
static void weekends_are_quiet(void **state) {
    (void)state;
    struct population model = small();
    struct world world;
    int64_t by_weekday[7] = {0};
    begin(&world, &model, 2);
    for (world.slot = 0; world.slot < 200 * POPULATION_SLOTS; world.slot++) {
        int64_t before = world.events;
        use(&world);
        population_step(&world.run, world.slot, on_act, &world);
        int64_t day = model.start.ms / duration_days(1).ms + world.slot / POPULATION_SLOTS;
        by_weekday[(day + 3) % 7] += world.events - before; /* 1970-01-01 was a Thursday */
    }
    for (int day = 0; day < 5; day++) {
        assert_true(by_weekday[day] > by_weekday[5] && by_weekday[day] > by_weekday[6]);
    }
    finish(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_declared_numbers_come_out_of_every_seed),
        cmocka_unit_test(they_come_out_however_many_leave),
        cmocka_unit_test(nobody_has_to_be_on_free),
        cmocka_unit_test(the_business_plan_is_the_default),
        cmocka_unit_test(a_seed_says_everything),
        cmocka_unit_test(limits_are_met),
        cmocka_unit_test(weekends_are_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
