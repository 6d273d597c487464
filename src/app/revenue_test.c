/* Guards: after any life the facts of revenue lead to what subscriptions say; sums are those of the
 * rows, whichever way they are added up; and what was before facts were kept is written once. */
#include "app/revenue.h"

#include <string.h>

#include "app/revenue_proof.h"
#include "app/revenue_rebuild.h"
#include "app/revenue_report.h"
#include "app/test_world.h"
#include "base/prng.h"
#include "base/testing.h"
#include "store/customer.h"
#include "store/queries.h"
#include "store/setting.h"
#include "store/subscription.h"
#include "store/today.h"
#include "store/touched.h"

enum { CUSTOMERS = 4, HISTORIES = 12, STEPS = 60, ROWS_MAX = 5000, MONTHS = 120 };
static const char *const customers[CUSTOMERS] = {"alice", "bob", "carol", "dave"};

/* --- what must hold --- */

static struct row_list all_rows(struct world *world, struct tx *tx) {
    struct row_list list;
    (void)world;
    assert_ok(revenue_movement_each(tx, STR(""), 0, ROWS_MAX, &list));
    return list;
}

static void sums_are_those_of_the_rows(struct world *world) {
    struct tx tx = world_read(world);
    for (int32_t month = 45 * REVENUE_MONTHS_OF_YEAR; month < 60 * REVENUE_MONTHS_OF_YEAR;
         month++) {
        struct revenue_proof_row proof = {-1, -1};
        assert_ok(revenue_proof_sums(&tx, (struct revenue_month){month}, &proof));
        assert_int_equal(proof.days, 0);
        assert_int_equal(proof.months, 0);
        int64_t cohorts = -1;
        assert_ok(revenue_cohorts_compare(&tx, (struct revenue_month){month}, false, &cohorts));
        assert_int_equal(cohorts, 0);
    }
    for (int64_t turn = 0; turn <= REVENUE_TURN_NEXT; turn++) {
        struct row_list accounts;
        assert_ok(revenue_accounts_of_turn(&tx, turn, STR(""), ROWS_MAX, &accounts));
        const struct revenue_turn_row *rows = accounts.items;
        for (size_t i = 0; i < accounts.count; i++) {
            assert_false(rows[i].differs);
        }
    }
}

static struct revenue_book book_of(struct world *world, const struct revenue_rates *rates,
                                   const struct row_list *sums) {
    struct revenue_book book = {.first = 45 * REVENUE_MONTHS_OF_YEAR, .count = MONTHS};
    size_t size = MONTHS * sizeof *book.periods;
    book.periods = arena_array(&world->arena, MONTHS, sizeof *book.periods);
    memset(book.periods, 0, size);
    revenue_book_fill(&book, rates, sums->items, sums->count);
    return book;
}

/* The same sums, made of the rows by the program instead of the store. */
static struct row_list folded(struct world *world, const struct row_list *rows) {
    const struct revenue_movement_row *of = rows->items;
    struct revenue_sum *sums =
        arena_array(&world->arena, rows->count * REVENUE_ENTRIES, sizeof *sums);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        struct revenue_add adds[REVENUE_ENTRIES];
        int entries = revenue_adds_of(&of[i], adds);
        for (int k = 0; k < entries; k++) {
            sums[count++] = (struct revenue_sum){
                .period = adds[k].month,
                .kind = adds[k].kind,
                .reason = adds[k].reason,
                .is_of_opening = adds[k].of_opening,
                .tier = adds[k].tier,
                .interval = adds[k].interval,
                .country = adds[k].country,
                .currency = adds[k].currency,
                .rate_number = adds[k].rate_number,
                .measures = adds[k].measures,
            };
        }
    }
    return (struct row_list){sums, count};
}

static void both_ways_come_to_the_same(struct world *world) {
    struct tx tx = world_read(world);
    struct revenue_rates rates;
    struct row_list stored;
    struct row_list rows = all_rows(world, &tx);
    struct row_list mine = folded(world, &rows);
    const struct revenue_sums_query query = {
        .tier = -1,
        .interval = -1,
        .country = STR(""),
        .by_reason = true,
        .to = {revenue_day_of(app_now(&world->app)).number + 400},
    };
    assert_ok(revenue_rates_read(&world->app, &tx, &rates));
    assert_ok(revenue_sums_of_months(&tx, &query, &stored));
    struct revenue_book by_store = book_of(world, &rates, &stored);
    struct revenue_book by_rows = book_of(world, &rates, &mine);
    assert_memory_equal(by_store.periods, by_rows.periods, MONTHS * sizeof *by_rows.periods);
    for (size_t i = 0; i < MONTHS; i++) {
        struct revenue_moves moves = revenue_moves_of(&by_rows.periods[i]);
        struct revenue_total sum =
            revenue_plus(by_rows.periods[i].opening, revenue_net_new(&moves));
        sum = revenue_plus(revenue_plus(sum, by_rows.periods[i].fx), by_rows.periods[i].transfers);
        assert_true(sum.value == by_rows.periods[i].closing.arr.value);
    }
}

struct touch {
    struct command command;
};

static struct err run_touch(struct command *command, struct tx *tx) {
    (void)command;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        touched_add(tx, str_from_cstr(customers[i]));
    }
    return OK;
}

static void done(struct command *command) {
    (void)command;
}

/* Everybody is looked at afresh: nobody stands otherwise than their last row says. */
static void nobody_was_forgotten(struct world *world) {
    struct tx before = world_read(world);
    size_t count = all_rows(world, &before).count;
    struct touch touch = {.command = {.run = run_touch, .done = done}};
    command_submit(&world->app, &touch.command);
    world_run(world);
    assert_int_equal(touch.command.outcome, OUTCOME_DONE);
    struct tx after = world_read(world);
    struct row_list rows = all_rows(world, &after);
    const struct revenue_movement_row *last = rows.items;
    for (size_t i = count; i < rows.count; i++) {
        print_error("%s %s\n", revenue_kind_name((enum revenue_kind)last[i].kind),
                    revenue_reason_name((enum revenue_reason)last[i].reason));
    }
    assert_int_equal(rows.count, count);
}

static void all_holds(struct world *world) {
    sums_are_those_of_the_rows(world);
    both_ways_come_to_the_same(world);
}

/* --- any life --- */

static struct operation_request any_request(struct prng *prng, const char *user) {
    static const enum operation_kind kinds[] = {OPERATION_SUBSCRIBE, OPERATION_SUBSCRIBE,
                                                OPERATION_CHANGE,    OPERATION_CHANGE,
                                                OPERATION_CANCEL,    OPERATION_RESUME};
    return (struct operation_request){
        .kind = kinds[prng_below(prng, ARRAY_LEN(kinds))],
        .user_id = str_from_cstr(user),
        .tier = prng_below(prng, 2) == 0 ? TIER_STARTER : TIER_PROFESSIONAL,
        .interval = (int)prng_below(prng, 2),
        .when = prng_below(prng, 2) == 0 ? CHANGE_WHEN_NOW : CHANGE_WHEN_PERIOD_END,
    };
}

static void live_on(struct world *world, struct prng *prng) {
    const char *user = customers[prng_below(prng, CUSTOMERS)];
    bool has_room = world->payments.subscription_count < TEST_OBJECTS_MAX - 1 &&
                    world->payments.invoice_count < TEST_OBJECTS_MAX - 1;
    if (has_room && prng_below(prng, 3) > 0) {
        struct operation_request request = any_request(prng, user);
        (void)world_operate(world, &request);
    }
    env_sim_advance(world->sim, (int64_t)prng_below(prng, 40) * 3600 * 1000);
}

static void facts_hold_after_any_life(void **state) {
    (void)state;
    world_live(&(struct world_history){HISTORIES, STEPS, customers, CUSTOMERS, live_on, all_holds});
}

static void a_life_is_told_row_by_row(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < CUSTOMERS; i++) {
        assert_int_equal(world_customer(world, customers[i]), OUTCOME_CREATED);
    }
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world_set_time(world, "2015-05-20T00:00:00Z");
    struct operation_request up = {.kind = OPERATION_CHANGE,
                                   .user_id = STR("alice"),
                                   .tier = TIER_PROFESSIONAL,
                                   .interval = -1,
                                   .when = CHANGE_WHEN_NOW};
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_DONE);
    struct operation_request away = {.kind = OPERATION_CANCEL,
                                     .user_id = STR("alice"),
                                     .tier = -1,
                                     .interval = -1,
                                     .when = CHANGE_WHEN_NOW};
    assert_int_equal(world_operate(world, &away).outcome, OUTCOME_DONE);
    static const struct {
        enum revenue_kind kind;
        enum revenue_reason reason;
        int64_t after; /* minor units of a month */
    } expected[] = {
        {REVENUE_SIGNUP, REVENUE_SIGNED_UP, 0},
        {REVENUE_NEW, REVENUE_PURCHASE, 2900},
        {REVENUE_EXPANSION, REVENUE_UPGRADE, 9900},
        {REVENUE_CHURN, REVENUE_CANCELED, 0},
    };
    struct tx tx = world_read(world);
    struct row_list rows = all_rows(world, &tx);
    const struct revenue_movement_row *row = rows.items;
    assert_int_equal(rows.count, ARRAY_LEN(expected) + CUSTOMERS - 1);
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        assert_text(row[i].user_id, "alice");
        assert_int_equal(row[i].seq, (int64_t)i + 1);
        assert_int_equal(row[i].kind, expected[i].kind);
        assert_int_equal(row[i].reason, expected[i].reason);
        assert_int_equal(row[i].arr_after,
                         expected[i].after * REVENUE_MONTHS_OF_YEAR * REVENUE_UNITS);
    }
    nobody_was_forgotten(world);
    all_holds(world);
}

/* --- what was before facts were kept --- */

static const struct subscription_row stretch = {
    .user_id = STR_INIT("old"),
    .plan_version = 1,
    .interval = INTERVAL_MONTH,
    .status = SUBSCRIPTION_CANCELED,
    .currency = STR_INIT("usd"),
    .pending_tier = -1,
    .pending_interval = -1,
    .past_due_since = ROW_NONE,
    .access_until = ROW_NONE,
    .trial_ends_at = ROW_NONE,
};
static const char *const began[] = {"2015-01-10T00:00:00Z", "2015-02-10T00:00:00Z",
                                    "2015-04-20T00:00:00Z", "2015-05-01T00:00:00Z"};
static const enum tier tiers[] = {TIER_FREE, TIER_STARTER, TIER_PROFESSIONAL, TIER_FREE};

/* As a program would have left it that kept no facts: nobody is told whose state is written. */
static struct err run_old(struct command *command, struct tx *tx) {
    struct tx silent = *tx;
    const struct customer_row customer = {.user_id = stretch.user_id,
                                          .email = STR("old@example.com"),
                                          .name = STR("Old"),
                                          .country = STR("DE"),
                                          .currency = STR("usd"),
                                          .created_at = world_time(began[0]).ms};
    (void)command;
    silent.touched = NULL;
    TRY(customer_insert(&silent, &customer));
    for (size_t i = 0; i < ARRAY_LEN(began); i++) {
        bool is_last = i + 1 == ARRAY_LEN(began);
        struct subscription_row row = stretch;
        row.id = id_new(tx->cx, "subs");
        row.tier = (int)tiers[i];
        row.status = is_last ? SUBSCRIPTION_ACTIVE : SUBSCRIPTION_CANCELED;
        row.created_at = row.usage_anchor = row.current_period_start = world_time(began[i]).ms;
        row.current_period_end = row.created_at;
        row.ended_at = is_last ? ROW_NONE : world_time(began[i + 1]).ms;
        row.stripe_subscription_id =
            tiers[i] == TIER_FREE ? STR("") : arena_printf(tx->cx->arena, "sub_%zu", i);
        TRY(subscription_insert(&silent, &row));
    }
    return OK;
}

static void run(struct world *world, struct command *command,
                struct err (*what)(struct command *command, struct tx *tx)) {
    command->run = what;
    command->done = done;
    command_submit(&world->app, command);
    world_run(world);
    assert_int_equal(command->outcome, OUTCOME_DONE);
}

static void the_past_is_written_once_on_the_days_when_it_happened(void **state) {
    struct world *world = *state;
    struct touch old = {.command = {.run = NULL}};
    static const enum revenue_kind kinds[] = {REVENUE_SIGNUP, REVENUE_NEW, REVENUE_EXPANSION,
                                              REVENUE_CHURN};
    run(world, &old.command, run_old);
    world_maintain(world, MAINTENANCE_REVENUE);
    world_maintain(world, MAINTENANCE_REVENUE);
    struct tx tx = world_read(world);
    struct row_list rows = all_rows(world, &tx);
    const struct revenue_movement_row *row = rows.items;
    assert_int_equal(rows.count, ARRAY_LEN(kinds));
    for (size_t i = 0; i < rows.count; i++) {
        assert_int_equal(row[i].kind, kinds[i]);
        assert_int_equal(row[i].effective_at, world_time(began[i]).ms);
        assert_int_equal(row[i].recorded_at, app_now(&world->app).ms);
        assert_text(row[i].country, "DE");
    }
    all_holds(world);
}

enum { MANY = 120 };

/* More than one transaction writes the past of, all on nothing. */
static struct err run_many(struct command *command, struct tx *tx) {
    struct tx silent = *tx;
    (void)command;
    silent.touched = NULL;
    for (int i = 0; i < MANY; i++) {
        const struct customer_row customer = {
            .user_id = arena_printf(tx->cx->arena, "many-%03d", i),
            .email = STR("many@example.com"),
            .name = STR("Many"),
            .country = STR("DE"),
            .currency = STR("usd"),
            .created_at = world_time(began[0]).ms,
        };
        TRY(customer_insert(&silent, &customer));
    }
    return OK;
}

/* Named for its cause: each transaction looked for customers without facts from the first one on,
 * and the writer was busy for minutes after an update of a large installation. */
static void the_past_goes_on_after_whom_it_has_written(void **state) {
    struct world *world = *state;
    struct touch many = {.command = {.run = NULL}};
    struct maintenance maintenance = {.kind = MAINTENANCE_REVENUE, .from = app_now(&world->app)};
    struct str text;
    int64_t kept = 0;
    run(world, &many.command, run_many);
    maintenance.command.done = done;
    maintenance_start(&world->app, &maintenance);
    world_run(world);
    assert_true(maintenance.has_more);
    struct tx tx = world_read(world);
    assert_ok(setting_get(&tx, "revenue_past", &text));
    assert_text(text, "after many-049");
    world_maintain(world, MAINTENANCE_REVENUE); /* as after a restart */
    tx = world_read(world);
    assert_ok(setting_get(&tx, "revenue_past", &text));
    assert_text(text, "written");
    assert_ok(revenue_accounts_count(&tx, &kept));
    assert_int_equal(kept, MANY);
}

/* --- the proof --- */

static struct revenue_proof proved(struct world *world, int64_t *ret_alerts) {
    struct tx tx = world_read(world);
    struct revenue_proof proof;
    struct record_id first = id_first("mail", 0);
    assert_ok(revenue_proof_read(&tx, &proof));
    assert_ok(today_alerts(&tx, STR("command_failed"), id_str(&first), ret_alerts));
    assert_true(proof.has_ended);
    assert_int_equal(proof.day, revenue_day_of(app_now(&world->app)).number);
    return proof;
}

static struct err run_wrong_sum(struct command *command, struct tx *tx) {
    const struct revenue_add add = {
        .month = revenue_month_of(revenue_day_of((struct instant){cx_now_ms(tx->cx)})).number,
        .kind = REVENUE_NEW,
        .reason = REVENUE_PURCHASE,
        .tier = TIER_STARTER,
        .interval = INTERVAL_MONTH,
        .country = STR(""),
        .currency = STR("usd"),
        .measures = {.count = 1, .amount = 6},
    };
    (void)command;
    return revenue_month_add(tx, &add);
}

static struct err run_silent_end(struct command *command, struct tx *tx) {
    struct subscription_row row;
    bool is_found = false;
    struct tx silent = *tx;
    (void)command;
    silent.touched = NULL;
    TRY(subscription_in_force(&silent, STR("alice"), &row, &is_found));
    row.status = SUBSCRIPTION_UNPAID;
    return subscription_replace(&silent, &row);
}

/* The next night's proof; how many differences it found. */
static int64_t next_night(struct world *world, int64_t *ret_alerts) {
    env_sim_advance(world->sim, INT64_C(24) * 3600 * 1000);
    world_maintain(world, MAINTENANCE_REVENUE);
    return proved(world, ret_alerts).ended_differences;
}

/* As many nights as it takes; 0: none of a week finds anything. */
static int64_t nights_until_found(struct world *world) {
    int64_t alerts = 0;
    for (int64_t night = 1; night <= REVENUE_TURNS; night++) {
        if (next_night(world, &alerts) > 0) {
            return night;
        }
    }
    return 0;
}

static void a_world_that_agrees(struct world *world) {
    int64_t alerts = -1;
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world_maintain(world, MAINTENANCE_REVENUE);
    assert_int_equal(proved(world, &alerts).ended_differences, 0);
    assert_int_equal(alerts, 0);
}

static void what_was_touched_is_proved_the_next_night(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    int64_t alerts = -1;
    a_world_that_agrees(world);
    run(world, &touch.command, run_touch); /* who stands as before */
    run(world, &touch.command, run_silent_end);
    assert_int_equal(next_night(world, &alerts), 1);
    assert_int_equal(alerts, 1);
    assert_int_equal(next_night(world, &alerts), 1); /* until it is gone */
    assert_int_equal(alerts, 2);
}

static void a_sum_of_a_month_with_new_rows_is_proved_the_next_night(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    int64_t alerts = -1;
    a_world_that_agrees(world);
    assert_int_equal(world_customer(world, "bob"), OUTCOME_CREATED);
    run(world, &touch.command, run_wrong_sum);
    assert_int_equal(next_night(world, &alerts), 1);
    assert_int_equal(alerts, 1);
}

static void what_nobody_touched_is_proved_within_seven_nights(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    a_world_that_agrees(world);
    assert_int_equal(nights_until_found(world), 0);
    run(world, &touch.command, run_silent_end);
    assert_in_range(nights_until_found(world), 1, REVENUE_TURNS);
}

static void a_sum_that_nobody_touched_is_proved_within_seven_nights(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    a_world_that_agrees(world);
    assert_int_equal(nights_until_found(world), 0);
    run(world, &touch.command, run_wrong_sum);
    assert_in_range(nights_until_found(world), 1, REVENUE_TURNS);
}

/* A row that nothing happened for: no sum knows it. */
static struct err run_false_row(struct command *command, struct tx *tx) {
    struct row_list list;
    (void)command;
    TRY(revenue_movement_lasts(tx, STR(""), 1, &list));
    struct revenue_movement_row row = *(const struct revenue_movement_row *)list.items;
    row.seq++;
    row.arr_before = row.arr_after;
    row.arr_after += REVENUE_UNITS;
    row.kind = REVENUE_EXPANSION;
    return revenue_movement_insert(tx, &row);
}

static void a_false_row_is_found_within_seven_nights(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    a_world_that_agrees(world);
    assert_int_equal(nights_until_found(world), 0);
    run(world, &touch.command, run_false_row);
    assert_in_range(nights_until_found(world), 1, REVENUE_TURNS);
}

/* --- sums made anew --- */

static struct revenue_rebuild_row rebuilt(struct world *world, bool is_dry_run) {
    struct revenue_rebuild_begin begin = {.command = {.done = done},
                                          .row = {.is_dry_run = is_dry_run}};
    struct revenue_rebuild_row row;
    bool is_found = false;
    revenue_rebuild_begin(&world->app, &begin);
    world_run(world);
    assert_int_equal(begin.command.outcome, OUTCOME_CREATED);
    world_maintain(world, MAINTENANCE_REVENUE);
    struct tx tx = world_read(world);
    assert_ok(revenue_rebuild_read(&tx, id_str(&begin.row.id), &row, &is_found));
    assert_true(is_found);
    assert_int_equal(row.status, REVENUE_REBUILD_DONE);
    return row;
}

static struct err run_damage(struct command *command, struct tx *tx) {
    const struct revenue_cohort_row cohort = {.basis = REVENUE_BY_PAYMENT,
                                              .cohort = 1,
                                              .month = 45 * REVENUE_MONTHS_OF_YEAR,
                                              .currency = STR("usd"),
                                              .amount = 1};
    TRY(run_wrong_sum(command, tx));
    return revenue_cohort_add(tx, &cohort);
}

static void what_was_damaged_is_made_anew(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    a_world_that_agrees(world);
    run(world, &touch.command, run_damage);
    struct revenue_rebuild_row found = rebuilt(world, true);
    assert_int_equal(found.months, 1);
    assert_int_equal(found.cohorts, 1);
    found = rebuilt(world, false);
    assert_int_equal(found.months, 1);
    assert_int_equal(found.cohorts, 1);
    assert_int_equal(found.days + found.accounts + found.corrected, 0);
    found = rebuilt(world, true);
    assert_int_equal(found.days + found.months + found.cohorts + found.accounts, 0);
    all_holds(world);
}

static struct err run_wrong_account(struct command *command, struct tx *tx) {
    struct revenue_account_row row;
    bool is_found = false;
    (void)command;
    TRY(revenue_account_get(tx, STR("alice"), &row, &is_found));
    row.arr += REVENUE_UNITS;
    row.month_opening = REVENUE_UNITS;
    return revenue_account_put(tx, &row);
}

static void an_account_is_told_anew_by_its_rows(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    struct revenue_account_row before;
    struct revenue_account_row after;
    bool is_found = false;
    a_world_that_agrees(world);
    struct tx tx = world_read(world);
    assert_ok(revenue_account_get(&tx, STR("alice"), &before, &is_found));
    run(world, &touch.command, run_wrong_account);
    assert_int_equal(rebuilt(world, false).accounts, 1);
    tx = world_read(world);
    assert_ok(revenue_account_get(&tx, STR("alice"), &after, &is_found));
    assert_int_equal(after.arr, before.arr);
    assert_int_equal(after.month_opening, before.month_opening);
    assert_int_equal(rebuilt(world, false).accounts, 0);
}

static void rows_are_corrected_by_another_row(void **state) {
    struct world *world = *state;
    struct touch touch = {.command = {.run = NULL}};
    a_world_that_agrees(world);
    struct tx before = world_read(world);
    size_t count = all_rows(world, &before).count;
    run(world, &touch.command, run_silent_end);
    assert_int_equal(rebuilt(world, true).corrected, 1);
    assert_int_equal(rebuilt(world, false).corrected, 1);
    struct tx tx = world_read(world);
    struct row_list rows = all_rows(world, &tx);
    const struct revenue_movement_row *last = (const struct revenue_movement_row *)rows.items;
    assert_int_equal(rows.count, count + 1);
    assert_int_equal(last[count].kind, REVENUE_CHURN);
    assert_int_equal(last[count].reason, REVENUE_CORRECTION);
    assert_int_equal(last[count].arr_after, 0);
    assert_int_equal(rebuilt(world, false).corrected, 0);
    nobody_was_forgotten(world);
    all_holds(world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_life_is_told_row_by_row),
        WORLD_TEST(the_past_is_written_once_on_the_days_when_it_happened),
        WORLD_TEST(the_past_goes_on_after_whom_it_has_written),
        WORLD_TEST(what_was_touched_is_proved_the_next_night),
        WORLD_TEST(a_sum_of_a_month_with_new_rows_is_proved_the_next_night),
        WORLD_TEST(what_nobody_touched_is_proved_within_seven_nights),
        WORLD_TEST(a_sum_that_nobody_touched_is_proved_within_seven_nights),
        WORLD_TEST(a_false_row_is_found_within_seven_nights),
        WORLD_TEST(what_was_damaged_is_made_anew),
        WORLD_TEST(an_account_is_told_anew_by_its_rows),
        WORLD_TEST(rows_are_corrected_by_another_row),
        cmocka_unit_test(facts_hold_after_any_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
