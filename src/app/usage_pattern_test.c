/* Guards: sums over all customers are those of their totals, whatever came late, came twice, was
 * not stored, or was read again after a crash; and what is billed for use stands beside MRR. */
#include "app/usage_pattern.h"

#include <string.h>

#include "app/maintenance.h"
#include "app/mirror.h"
#include "app/revenue_report.h"
#include "app/test_world.h"
#include "app/usage_totals.h"
#include "base/check.h"
#include "base/prng.h"
#include "base/testing.h"
#include "store/setting.h"
#include "store/usage_pattern.h"

enum { CUSTOMERS = 3, ROUNDS = 40, DAYS = 90, FIRST_DAY = 16500 };
static const char *const customers[CUSTOMERS] = {"alice", "bob", "carol"};
#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct writing {
    struct command command;
    struct str user_id, zone;
    int64_t day, count; /* out */
    const struct payments_invoice *invoice;
};

static void done(struct command *command) {
    (void)command;
}

static void submit(struct world *world, struct writing *write,
                   struct err (*run)(struct command *command, struct tx *tx)) {
    write->command = (struct command){.run = run, .done = done};
    command_submit(&world->app, &write->command);
    world_run(world);
    assert_int_equal(write->command.outcome, OUTCOME_DONE);
}

static struct err run_differences(struct command *command, struct tx *tx) {
    struct writing *write = (struct writing *)command;
    return usage_pattern_differences(tx, write->day, &write->count);
}

static int64_t differences(struct world *world) {
    int64_t sum = 0;
    for (int64_t day = FIRST_DAY; day < FIRST_DAY + 2 * DAYS; day++) {
        struct writing write = {.day = day};
        submit(world, &write, run_differences);
        sum += write.count;
    }
    return sum;
}

static struct err run_zone(struct command *command, struct tx *tx) {
    struct writing *write = (struct writing *)command;
    return usage_pattern_change_zone(tx, write->user_id, write->zone);
}

static struct usage_event any_event(struct world *world, struct prng *prng, int64_t number) {
    static const enum metric metrics[] = {METRIC_API_REQUESTS, METRIC_BANDWIDTH, METRIC_MODULES};
    static const char *const regions[] = {"", "eu", "a region of a long name"};
    int64_t late = (int64_t)prng_below(prng, 60) * 3600 * 1000;
    return (struct usage_event){
        .record = {.identity = {str_from_cstr(customers[prng_below(prng, CUSTOMERS)]), STR("logs"),
                                arena_printf(&world->arena, "%lld", (long long)number)},
                   .metric = metrics[prng_below(prng, 3)],
                   .region = str_from_cstr(regions[prng_below(prng, 3)]),
                   .value = 1 + (int64_t)prng_below(prng, 50),
                   .time = {app_now(&world->app).ms - late}},
    };
}

static void make_customers(struct world *world) {
    for (size_t i = 0; i < CUSTOMERS; i++) {
        assert_int_equal(world_customer(world, customers[i]), OUTCOME_CREATED);
    }
}

static void sums_are_those_of_the_totals_after_any_use(void **state) {
    static const char *const zones[] = {"Europe/Berlin", "Asia/Kolkata", ""};
    struct world *world = *state;
    struct prng prng = prng_split(7, 1);
    int64_t number = 0;
    make_customers(world);
    for (int i = 0; i < ROUNDS; i++) {
        struct usage_event events[5];
        for (size_t k = 0; k < ARRAY_LEN(events); k++) {
            events[k] = any_event(world, &prng, number++);
        }
        assert_int_equal(world_ingest(world, events, ARRAY_LEN(events)), OUTCOME_DONE);
        if (prng_below(&prng, 4) == 0) {
            struct writing write = {.user_id =
                                        str_from_cstr(customers[prng_below(&prng, CUSTOMERS)]),
                                    .zone = str_from_cstr(zones[prng_below(&prng, 3)])};
            submit(world, &write, run_zone);
        }
        if (prng_below(&prng, 8) == 0) { /* what was behind is read from the journal again */
            world_close(world);
            assert_ok(world_open(world));
        }
        env_sim_advance(world->sim, (int64_t)prng_below(&prng, 90) * 3600 * 1000);
    }
    assert_int_equal(differences(world), 0);
}

static struct err run_wrong(struct command *command, struct tx *tx) {
    struct writing *write = (struct writing *)command;
    return usage_region_add(tx, METRIC_BANDWIDTH, write->day, STR("eu"), 1);
}

static void prove(struct world *world) {
    struct maintenance maintenance = {.kind = MAINTENANCE_USAGE, .from = app_now(&world->app)};
    maintenance.command.done = done;
    maintenance_start(&world->app, &maintenance);
    world_run(world);
    assert_false(maintenance.has_more);
    assert_int_equal(maintenance.command.outcome, OUTCOME_DONE);
}

static struct str proved(struct world *world) {
    struct tx tx = world_read(world);
    struct str text;
    assert_ok(setting_get(&tx, "usage_proof", &text));
    (void)str_cut(&text, ' ');
    return text;
}

static void a_sum_that_is_wrong_is_found_at_night(void **state) {
    struct world *world = *state;
    make_customers(world);
    assert_int_equal(world_use(world, "alice", METRIC_API_REQUESTS, "1", 4), USAGE_ACCEPTED);
    int64_t today = app_now(&world->app).ms / DAY_MS;
    (void)world_totals(world);
    env_sim_advance(world->sim, 5 * DAY_MS);
    prove(world);
    assert_text(proved(world), "0");
    struct writing write = {.day = today + 1};
    submit(world, &write, run_wrong);
    env_sim_advance(world->sim, DAY_MS);
    prove(world);
    assert_text(proved(world), "1");
}

/* --- what is billed for use --- */

static struct err run_bill(struct command *command, struct tx *tx) {
    struct writing *write = (struct writing *)command;
    return usage_pattern_bill(tx, write->user_id, STR("invo_1"), write->invoice);
}

static int64_t figure(const struct revenue_report *report, const char *id) {
    for (size_t i = 0; i < report->figure_count; i++) {
        if (strcmp(report->figures[i].id, id) == 0) {
            assert_int_equal(report->figures[i].value.known, REVENUE_KNOWN);
            return report->figures[i].value.value;
        }
    }
    fail();
    return -1;
}

static void read_overview(struct world *world, struct revenue_report *ret_report) {
    struct tx tx = world_read(world);
    const struct revenue_report_query query = {.kind = REVENUE_REPORT_OVERVIEW,
                                               .as_of = revenue_day_of(app_now(&world->app)),
                                               .tier = -1,
                                               .interval = -1,
                                               .country = STR("")};
    bool fits = false;
    assert_ok(revenue_report_read(&world->app, &tx, &query, ret_report, &fits));
    assert_true(fits);
}

static void usage_revenue_stands_beside_mrr(void **state) {
    static struct revenue_report report;
    struct world *world = *state;
    make_customers(world);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    struct instant now = app_now(&world->app);
    struct currency usd = world->app.catalogue->currency;
    const struct period past = {{now.ms - 20 * DAY_MS}, now};
    const struct period ahead = {now, {now.ms + 30 * DAY_MS}};
    struct payments_invoice_line lines[] = {
        {.price_id = STR("price_meter"),
         .amount = {1300, usd},
         .discount = {60, usd},
         .period = past},
        {.price_id = STR("price_meter"), .amount = {900, usd}, .period = ahead},
        {.price_id = STR("price_meter"),
         .amount = {900, usd},
         .period = past,
         .is_proration = true},
        {.price_id = STR(""), .amount = {900, usd}, .period = past, .is_extra = true},
    };
    struct payments_invoice invoice = {.status = INVOICE_OPEN,
                                       .total = {2140, usd},
                                       .created_at = now,
                                       .lines = lines,
                                       .line_count = ARRAY_LEN(lines)};
    struct writing write = {.user_id = STR("alice"), .invoice = &invoice};
    submit(world, &write, run_bill);
    submit(world, &write, run_bill); /* it is told twice */
    read_overview(world, &report);
    assert_int_equal(figure(&report, "mrr"), 2900);
    assert_int_equal(figure(&report, "usageRevenue"), 1240);
    assert_int_equal(figure(&report, "runRate"), 2900); /* the month is not over */
    env_sim_advance(world->sim, 20 * DAY_MS);
    read_overview(world, &report);
    assert_int_equal(figure(&report, "usageRevenue"), 0);
    assert_int_equal(figure(&report, "runRate"), 2900 + 413);
    invoice.status = INVOICE_VOID;
    submit(world, &write, run_bill);
    read_overview(world, &report);
    assert_int_equal(figure(&report, "runRate"), 2900);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(sums_are_those_of_the_totals_after_any_use),
        WORLD_TEST(a_sum_that_is_wrong_is_found_at_night),
        WORLD_TEST(usage_revenue_stands_beside_mrr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
