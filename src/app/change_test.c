/* Guards: what a request to change comes to (now or later, refused or not), and what it costs to
 * the cent, also where months are short. Source:
 * https://docs.stripe.com/billing/subscriptions/prorations (a share is the time left of the whole
 * period, to the second) and https://docs.stripe.com/billing/subscriptions/billing-cycle (month
 * ends). */
#include "app/parking.h"
#include "app/preview.h"

#include "app/test_world.h"
#include "base/check.h"
#include "base/testing.h"
#include "core/price.h"

static struct subscription_view view_of(struct world *world, enum tier tier,
                                        enum interval interval) {
    struct subscription_view view = {
        .row = {.tier = (int)tier,
                .interval = (int)interval,
                .pending_tier = -1,
                .pending_interval = -1,
                .stripe_subscription_id = tier == TIER_FREE ? STR("") : STR("sub_1")},
        .plan = catalogue_plan(&world->catalogue, tier),
        .status = SUBSCRIPTION_ACTIVE,
        .access = ACCESS_FULL,
        .current_period = {world_time("2015-05-01T00:00:00Z"), world_time("2015-06-01T00:00:00Z")},
    };
    bool has_price = price_of(view.plan, interval, &view.price);
    check(has_price);
    return view;
}

/* --- now, later, or not at all --- */

enum { MONTH = INTERVAL_MONTH, YEAR = INTERVAL_YEAR, SAME = -1 };

static void each_change_has_its_moment(void **state) {
    struct world *world = *state;
    static const struct {
        int from, from_interval, to, to_interval;
        enum change_when when;
        enum outcome outcome;
        bool is_now, begins_period;
    } rows[] = {
        /* upgrades are now, downgrades wait */
        {TIER_STARTER, MONTH, TIER_PROFESSIONAL, SAME, CHANGE_WHEN_DEFAULT, OUTCOME_DONE, true,
         false},
        {TIER_PROFESSIONAL, MONTH, TIER_STARTER, SAME, CHANGE_WHEN_DEFAULT, OUTCOME_DONE, false,
         false},
        {TIER_STARTER, MONTH, TIER_FREE, SAME, CHANGE_WHEN_DEFAULT, OUTCOME_DONE, false, false},
        /* unless asked otherwise */
        {TIER_STARTER, MONTH, TIER_PROFESSIONAL, SAME, CHANGE_WHEN_PERIOD_END, OUTCOME_DONE, false,
         false},
        {TIER_PROFESSIONAL, MONTH, TIER_STARTER, SAME, CHANGE_WHEN_NOW, OUTCOME_DONE, true, false},
        {TIER_STARTER, MONTH, TIER_FREE, SAME, CHANGE_WHEN_NOW, OUTCOME_DONE, true, false},
        /* to a year is now and begins a period, to a month waits */
        {TIER_STARTER, MONTH, SAME, YEAR, CHANGE_WHEN_DEFAULT, OUTCOME_DONE, true, true},
        {TIER_STARTER, YEAR, SAME, MONTH, CHANGE_WHEN_DEFAULT, OUTCOME_DONE, false, false},
        {TIER_STARTER, YEAR, SAME, MONTH, CHANGE_WHEN_NOW, OUTCOME_DONE, true, true},
        {TIER_STARTER, MONTH, TIER_PROFESSIONAL, YEAR, CHANGE_WHEN_DEFAULT, OUTCOME_DONE, true,
         true},
        {TIER_PROFESSIONAL, YEAR, TIER_STARTER, MONTH, CHANGE_WHEN_DEFAULT, OUTCOME_DONE, false,
         false},
        /* leaving free has nothing to wait for */
        {TIER_FREE, MONTH, TIER_STARTER, SAME, CHANGE_WHEN_PERIOD_END, OUTCOME_DONE, true, true},
        /* refused */
        {TIER_STARTER, MONTH, TIER_STARTER, MONTH, CHANGE_WHEN_DEFAULT, OUTCOME_NO_CHANGE, 0, 0},
        {TIER_STARTER, MONTH, SAME, SAME, CHANGE_WHEN_NOW, OUTCOME_NO_CHANGE, 0, 0},
        {TIER_FREE, MONTH, TIER_FREE, YEAR, CHANGE_WHEN_DEFAULT, OUTCOME_NO_CHANGE, 0, 0},
        {TIER_STARTER, MONTH, TIER_ENTERPRISE, SAME, CHANGE_WHEN_DEFAULT, OUTCOME_CONTRACT_REQUIRED,
         0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct subscription_view view =
            view_of(world, (enum tier)rows[i].from, (enum interval)rows[i].from_interval);
        struct change_request request = {
            .tier = rows[i].to, .interval = rows[i].to_interval, .when = rows[i].when};
        struct planned_change change = {0};
        assert_string_equal(outcome_code(change_decide(&world->app, &view, &request, &change)),
                            outcome_code(rows[i].outcome));
        assert_int_equal(change.is_now, rows[i].is_now);
        assert_int_equal(change.begins_period, rows[i].begins_period);
    }
}

static void only_what_is_active_can_change(void **state) {
    struct world *world = *state;
    struct change_request up = {
        .tier = TIER_PROFESSIONAL, .interval = -1, .when = CHANGE_WHEN_DEFAULT};
    struct planned_change change;
    for (int status = 0; status < SUBSCRIPTION_ABSENT; status++) {
        struct subscription_view view = view_of(world, TIER_STARTER, INTERVAL_MONTH);
        view.status = (enum subscription_status)status;
        bool may = status == SUBSCRIPTION_ACTIVE || status == SUBSCRIPTION_TRIALING;
        assert_int_equal(change_decide(&world->app, &view, &up, &change),
                         may ? OUTCOME_DONE : OUTCOME_SUBSCRIPTION_NOT_ACTIVE);
    }
}

static void the_present_plan_takes_back_a_pending_one(void **state) {
    struct world *world = *state;
    struct subscription_view view = view_of(world, TIER_PROFESSIONAL, INTERVAL_MONTH);
    struct change_request same = {
        .tier = TIER_PROFESSIONAL, .interval = INTERVAL_MONTH, .when = CHANGE_WHEN_DEFAULT};
    struct planned_change change;
    view.has_pending_change = true;
    assert_int_equal(change_decide(&world->app, &view, &same, &change), OUTCOME_DONE);
}

/* --- to the cent --- */

static void shares_are_of_the_whole_period_also_at_month_ends(void **state) {
    struct world *world = *state;
    static const struct {
        int interval;
        const char *start, *end, *at;
        int64_t credit, charge;
    } rows[] = {
        /* half of 30 days; 2,900 -> 9,900 */
        {MONTH, "2015-06-01T00:00:00Z", "2015-07-01T00:00:00Z", "2015-06-16T00:00:00Z", -1450,
         4950},
        /* anchored on the 31st: February is a whole period of 28 days, March one of 31 */
        {MONTH, "2015-01-31T00:00:00Z", "2015-02-28T00:00:00Z", "2015-02-14T00:00:00Z", -1450,
         4950},
        {MONTH, "2015-02-28T00:00:00Z", "2015-03-31T00:00:00Z", "2015-03-30T00:00:00Z", -94, 319},
        {MONTH, "2016-02-29T00:00:00Z", "2016-03-31T00:00:00Z", "2016-02-29T00:00:00Z", -2900,
         9900},
        /* anchored on the 30th, and on a 28th that was not clamped */
        {MONTH, "2015-02-28T00:00:00Z", "2015-03-30T00:00:00Z", "2015-03-15T00:00:00Z", -1450,
         4950},
        {MONTH, "2015-02-28T00:00:00Z", "2015-03-28T00:00:00Z", "2015-03-14T00:00:00Z", -1450,
         4950},
        /* a year from 29 February: 365 days, and 366 up to the next one; 31,320 -> 106,920 */
        {YEAR, "2016-02-29T00:00:00Z", "2017-02-28T00:00:00Z", "2016-05-12T00:00:00Z", -25056,
         85536},
        {YEAR, "2019-02-28T00:00:00Z", "2020-02-29T00:00:00Z", "2019-08-30T00:00:00Z", -15660,
         53460},
        /* the very end: nothing is left but a second of 2,592,000 */
        {MONTH, "2015-06-01T00:00:00Z", "2015-07-01T00:00:00Z", "2015-06-30T23:59:59Z", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct subscription_view view =
            view_of(world, TIER_STARTER, (enum interval)rows[i].interval);
        struct change_request up = {
            .tier = TIER_PROFESSIONAL, .interval = -1, .when = CHANGE_WHEN_DEFAULT};
        struct planned_change change;
        view.current_period = (struct period){world_time(rows[i].start), world_time(rows[i].end)};
        assert_int_equal(change_decide(&world->app, &view, &up, &change), OUTCOME_DONE);
        struct proration owed = change_proration(&view, &change, world_time(rows[i].at));
        assert_int_equal(owed.count, 2);
        assert_int_equal(owed.lines[0].amount.minor, rows[i].credit);
        assert_int_equal(owed.lines[1].amount.minor, rows[i].charge);
        assert_int_equal(owed.amount_due.minor, rows[i].credit + rows[i].charge);
        assert_true(period_equal(owed.period, view.current_period));
    }
}

static void a_first_purchase_costs_the_whole_price(void **state) {
    struct world *world = *state;
    struct subscription_view view = view_of(world, TIER_FREE, INTERVAL_MONTH);
    struct change_request buy = {
        .tier = TIER_STARTER, .interval = INTERVAL_YEAR, .when = CHANGE_WHEN_DEFAULT};
    struct planned_change change;
    assert_int_equal(change_decide(&world->app, &view, &buy, &change), OUTCOME_DONE);
    struct proration owed = change_proration(&view, &change, world_time("2015-05-20T12:00:00Z"));
    assert_int_equal(owed.amount_due.minor, 31320);
    assert_int_equal(owed.period.start.ms, world_time("2015-05-20T12:00:00Z").ms);
    assert_int_equal(owed.period.end.ms, world_time("2016-05-20T12:00:00Z").ms);
}

static void what_is_left_over_becomes_credit(void **state) {
    struct world *world = *state;
    struct subscription_view view = view_of(world, TIER_PROFESSIONAL, INTERVAL_MONTH);
    struct change_request down = {.tier = TIER_STARTER, .interval = -1, .when = CHANGE_WHEN_NOW};
    struct planned_change change;
    assert_int_equal(change_decide(&world->app, &view, &down, &change), OUTCOME_DONE);
    struct proration owed = change_proration(&view, &change, world_time("2015-05-16T12:00:00Z"));
    assert_int_equal(owed.amount_due.minor, 0);
    assert_int_equal(owed.credit.minor, 4950 - 1450);
}

/* --- a preview is what is charged --- */

static void finished(struct preview_command *command) {
    (void)command;
}

static void a_quote_pins_the_price_for_a_quarter_of_an_hour(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    world_set_time(world, "2015-05-27T10:20:30.456Z");
    struct preview_command preview = {
        .arena = &world->arena,
        .user_id = STR("alice"),
        .finished = finished,
        .request = {.tier = TIER_PROFESSIONAL, .interval = -1, .when = CHANGE_WHEN_DEFAULT}};
    preview_start(&world->app, &preview);
    world_run(world);
    assert_int_equal(preview.command.outcome, OUTCOME_DONE);
    struct operation_request change = {.kind = OPERATION_CHANGE,
                                       .user_id = STR("alice"),
                                       .tier = TIER_PROFESSIONAL,
                                       .interval = -1,
                                       .quote_id = id_str(&preview.preview.quote_id)};
    world_set_time(world, "2015-05-27T10:35:30.455Z");
    struct operation_request other = change;
    other.interval = INTERVAL_YEAR;
    assert_int_equal(world_operate(world, &other).outcome, OUTCOME_QUOTE_EXPIRED); /* not for it */
    assert_int_equal(world_operate(world, &change).outcome, OUTCOME_DONE);
    assert_int_equal(test_payments_taken(&world->payments), 2900 + preview.preview.due.minor);
    change.tier = TIER_STARTER;
    change.when = CHANGE_WHEN_NOW;
    assert_int_equal(world_operate(world, &change).outcome, OUTCOME_QUOTE_EXPIRED); /* used */
}

/* --- a second opinion --- */

static struct operation_request upgrade(void) {
    return (struct operation_request){.kind = OPERATION_CHANGE,
                                      .user_id = STR("alice"),
                                      .tier = TIER_PROFESSIONAL,
                                      .interval = -1};
}

static void released(struct command *command) {
    (void)command;
}

static void release(struct world *world, const char *user_id) {
    struct parking_release release = {.user_id = str_from_cstr(user_id),
                                      .reason = STR("The tax was set up wrongly")};
    release.command.done = released;
    parking_let_go(&world->app, &release);
    world_run(world);
    assert_int_equal(release.command.outcome, OUTCOME_DONE);
}

static void a_price_that_is_not_ours_is_not_charged(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    struct operation_request up = upgrade();
    struct preview_command preview = {
        .arena = &world->arena,
        .user_id = STR("alice"),
        .finished = finished,
        .request = {.tier = TIER_PROFESSIONAL, .interval = -1, .when = CHANGE_WHEN_DEFAULT}};
    world->payments.previews_more = 1; /* a cent is enough */
    preview_start(&world->app, &preview);
    world_run(world);
    assert_int_equal(preview.command.outcome, OUTCOME_PRICE_DISPUTED);
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_CUSTOMER_PARKED); /* by that */
    release(world, "alice");
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_PRICE_DISPUTED);
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_CUSTOMER_PARKED);
    assert_int_equal(test_payments_count(&world->payments, PAYMENTS_SUBSCRIPTION_CHANGE), 0);
    assert_int_equal(world_view(world, "alice").row.tier, TIER_STARTER);
    world->payments.previews_more = 0;
    release(world, "alice");
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_DONE);
}

static void what_waits_for_the_bank_is_put_aside_unless_it_was_paid(void **state) {
    struct world *world = *state;
    assert_int_equal(world_customer(world, "alice"), OUTCOME_CREATED);
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    struct operation_request up = upgrade();
    world->payments.next[PAYMENTS_SUBSCRIPTION_CHANGE] = PAYMENTS_ACTION_REQUIRED;
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_PAYMENT_ACTION_REQUIRED);
    assert_int_equal(world_view(world, "alice").row.tier, TIER_STARTER);
    struct payments_invoice *waiting = &world->payments.invoices[1];
    assert_int_equal(waiting->status, INVOICE_OPEN);
    waiting->status = INVOICE_PAID; /* at this moment; nobody has told us */
    assert_int_equal(world_operate(world, &up).outcome, OUTCOME_CHANGED_MEANWHILE);
    assert_int_equal(test_payments_count(&world->payments, PAYMENTS_SUBSCRIPTION_CHANGE), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(each_change_has_its_moment),
        WORLD_TEST(only_what_is_active_can_change),
        WORLD_TEST(the_present_plan_takes_back_a_pending_one),
        WORLD_TEST(shares_are_of_the_whole_period_also_at_month_ends),
        WORLD_TEST(a_first_purchase_costs_the_whole_price),
        WORLD_TEST(what_is_left_over_becomes_credit),
        WORLD_TEST(a_quote_pins_the_price_for_a_quarter_of_an_hour),
        WORLD_TEST(a_price_that_is_not_ours_is_not_charged),
        WORLD_TEST(what_waits_for_the_bank_is_put_aside_unless_it_was_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
