/* Guards: a plan or a call that is stored comes back whole, every field of it; a lookup key names
 * the price it was made from, and nothing else parses. */
#include "app/operation_plan.h"

#include "app/test_world.h"
#include "base/testing.h"

#define same_text(a, b, member) assert_true((a).member.len > 0 && str_equal((a).member, (b).member))
#define same_number(a, b, member) assert_true((a).member != 0 && (a).member == (b).member)

static const struct operation_plan whole_plan = {
    .kind = OPERATION_KIND_COUNT - 1,
    .tier = TIER_PROFESSIONAL,
    .interval = INTERVAL_YEAR,
    .version = 7,
    .change = PAYMENTS_CHANGE_NEXT_PERIOD,
    .at = INT64_C(1431820800123),
    .is_later = true,
    .at_period_end = true,
    .to_free = true,
    .local_id = STR_INIT("subs_1"),
    .quote_id = STR_INIT("quot_1"),
    .method_id = STR_INIT("pm_1"),
    .subscription_id = STR_INIT("sub_1"),
    .item_id = STR_INIT("si_1"),
    .invoice_id = STR_INIT("in_1"),
    .method_type = STR_INIT("card"),
    .return_url = STR_INIT("https://a.example/?b=\"c\"&d=é"),
    .reason = STR_INIT("too_expensive"),
    .comment = STR_INIT("two\nlines \\ and a tab\t"),
    .makes_default = true,
    .undoes_end = true,
    .prorates = true,
    .bills_waiting = true,
    .sets_coupon = true,
    .is_quoted = true,
    .is_expected = true,
    .due = 3500,
    .expected = 3499,
    .trial_days = 14,
    .sends_invoice = true,
    .sets_collection = true,
    .ends_trial = true,
    .days_until_due = 30,
    .void_id = STR_INIT("in_2"),
    .schedule_id = STR_INIT("sub_sched_1"),
    .coupon = STR_INIT("HALF"),
    .coupon_before = STR_INIT("LAUNCH"),
    .details = {.email = STR_INIT("a@example.com"),
                .name = STR_INIT("A"),
                .line1 = STR_INIT("1 High St"),
                .line2 = STR_INIT("Room 2"),
                .city = STR_INIT("Springfield"),
                .state = STR_INIT("IL"),
                .postal_code = STR_INIT("62701"),
                .country = STR_INIT("US"),
                .purchase_order = STR_INIT("PO 7")},
    .drops_purchase_order = true,
};

static void assert_same_first_of_plan(struct operation_plan in, struct operation_plan out) {
    same_number(in, out, kind);
    same_number(in, out, tier);
    same_number(in, out, interval);
    same_number(in, out, version);
    same_number(in, out, change);
    same_number(in, out, sends_invoice);
    same_number(in, out, sets_collection);
    same_number(in, out, ends_trial);
    same_number(in, out, days_until_due);
    same_number(in, out, at);
    same_number(in, out, is_later);
    same_number(in, out, at_period_end);
    same_number(in, out, to_free);
    same_text(in, out, local_id);
    same_text(in, out, quote_id);
    same_text(in, out, method_id);
    same_text(in, out, subscription_id);
    same_text(in, out, item_id);
    same_text(in, out, invoice_id);
    same_text(in, out, method_type);
    same_text(in, out, return_url);
}

static void assert_same_rest_of_plan(struct operation_plan in, struct operation_plan out) {
    same_text(in, out, reason);
    same_text(in, out, comment);
    same_number(in, out, makes_default);
    same_number(in, out, undoes_end);
    same_number(in, out, prorates);
    same_number(in, out, bills_waiting);
    same_number(in, out, sets_coupon);
    same_number(in, out, is_quoted);
    same_number(in, out, is_expected);
    same_number(in, out, due);
    same_number(in, out, expected);
    same_number(in, out, trial_days);
    same_text(in, out, void_id);
    same_text(in, out, schedule_id);
    same_text(in, out, coupon);
    same_text(in, out, coupon_before);
    same_text(in, out, details.email);
    same_text(in, out, details.name);
    same_text(in, out, details.line1);
    same_text(in, out, details.line2);
    same_text(in, out, details.city);
    same_text(in, out, details.state);
    same_text(in, out, details.postal_code);
    same_text(in, out, details.country);
    same_text(in, out, details.purchase_order);
    same_number(in, out, drops_purchase_order);
}

static void every_field_of_a_plan_comes_back(void **state) {
    struct world *world = *state;
    struct operation_plan out;
    assert_ok(operation_plan_read(&world->cx, operation_plan_text(&world->cx, &whole_plan), &out));
    assert_same_first_of_plan(whole_plan, out);
    assert_same_rest_of_plan(whole_plan, out);
}

static const struct payments_call whole_call = {
    .kind = PAYMENTS_KIND_COUNT - 1,
    .idempotency_key = STR_INIT("key"),
    .user_id = STR_INIT("alice"),
    .email = STR_INIT("a@example.com"),
    .name = STR_INIT("Älice \"A\""),
    .country = STR_INIT("DE"),
    .customer_id = STR_INIT("cus_1"),
    .method_id = STR_INIT("pm_1"),
    .method_type = STR_INIT("card"),
    .return_url = STR_INIT("https://a.example"),
    .lookup_key = STR_INIT("turnpike_starter_v1_month_usd"),
    .price_id = STR_INIT("price_1"),
    .price = LIMIT_AMOUNT,
    .currency = STR_INIT("usd"),
    .interval = INTERVAL_YEAR,
    .local_id = STR_INIT("subs_1"),
    .subscription_id = STR_INIT("sub_1"),
    .item_id = STR_INIT("si_1"),
    .invoice_id = STR_INIT("in_1"),
    .change = PAYMENTS_CHANGE_NEW_PERIOD,
    .at = INT64_C(1431820800123),
    .at_period_end = true,
    .prorates = true,
    .bills_waiting = true,
    .taxes = true,
    .drops_coupon = true,
    .trial_days = 14,
    .phase_start = 1,
    .phase_end = 2,
    .percent_off = 50,
    .months = 3,
    .schedule_id = STR_INIT("sub_sched_1"),
    .next_price_id = STR_INIT("price_2"),
    .coupon_id = STR_INIT("turnpike_HALF_1"),
    .duration = STR_INIT("repeating"),
    .purchase_order = STR_INIT("PO 7"),
    .drops_purchase_order = true,
    .line1 = STR_INIT("1 High St"),
    .line2 = STR_INIT("Room 2"),
    .city = STR_INIT("Springfield"),
    .state = STR_INIT("IL"),
    .postal_code = STR_INIT("62701"),
};

static void assert_same_first_of_call(struct payments_call in, struct payments_call out) {
    same_number(in, out, kind);
    same_text(in, out, idempotency_key);
    same_text(in, out, user_id);
    same_text(in, out, email);
    same_text(in, out, name);
    same_text(in, out, country);
    same_text(in, out, customer_id);
    same_text(in, out, method_id);
    same_text(in, out, method_type);
    same_text(in, out, return_url);
    same_text(in, out, lookup_key);
    same_text(in, out, price_id);
    same_number(in, out, price);
    same_text(in, out, currency);
    same_number(in, out, interval);
    same_text(in, out, local_id);
    same_text(in, out, subscription_id);
    same_text(in, out, item_id);
    same_text(in, out, invoice_id);
    same_number(in, out, change);
}

static void assert_same_rest_of_call(struct payments_call in, struct payments_call out) {
    same_number(in, out, at);
    same_number(in, out, at_period_end);
    same_number(in, out, prorates);
    same_number(in, out, bills_waiting);
    same_number(in, out, taxes);
    same_number(in, out, drops_coupon);
    same_number(in, out, trial_days);
    same_number(in, out, phase_start);
    same_number(in, out, phase_end);
    same_number(in, out, percent_off);
    same_number(in, out, months);
    same_text(in, out, schedule_id);
    same_text(in, out, next_price_id);
    same_text(in, out, coupon_id);
    same_text(in, out, duration);
    same_text(in, out, purchase_order);
    same_number(in, out, drops_purchase_order);
    same_text(in, out, line1);
    same_text(in, out, line2);
    same_text(in, out, city);
    same_text(in, out, state);
    same_text(in, out, postal_code);
}

static void every_field_of_a_call_comes_back(void **state) {
    struct world *world = *state;
    struct payments_call out;
    assert_ok(payments_call_read(&world->cx, payments_call_text(&world->cx, &whole_call), &out));
    assert_same_first_of_call(whole_call, out);
    assert_same_rest_of_call(whole_call, out);
}

static void what_is_no_plan_is_corrupt(void **state) {
    struct world *world = *state;
    static const char *const texts[] = {"", "{", "[]", "{\"kind\":99}", "{\"kind\":\"subscribe\"}"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct operation_plan plan;
        struct payments_call call;
        assert_err(operation_plan_read(&world->cx, str_from_cstr(texts[i]), &plan), ERR_CORRUPT);
        assert_err(payments_call_read(&world->cx, str_from_cstr(texts[i]), &call), ERR_CORRUPT);
    }
}

static void a_lookup_key_names_its_price(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < world->catalogue.plan_count; i++) {
        for (int interval = 0; interval < INTERVAL_COUNT; interval++) {
            const struct plan *plan = &world->catalogue.plans[i];
            struct price_name name;
            struct str key =
                price_lookup_key(&world->cx, plan, (enum interval)interval, STR("usd"));
            assert_true(price_lookup_parse(key, &name));
            assert_int_equal(name.tier, plan->tier);
            assert_int_equal(name.version, plan->version);
            assert_int_equal(name.interval, interval);
        }
    }
}

static void other_lookup_keys_are_not_ours(void **state) {
    (void)state;
    static const char *const keys[] = {"",
                                       "turnpike",
                                       "turnpike_gold_v1_month_usd",
                                       "turnpike_starter_1_month_usd",
                                       "turnpike_starter_v0_month_usd",
                                       "turnpike_starter_v-1_month_usd",
                                       "turnpike_starter_v1_week_usd",
                                       "turnpike_starter_v1",
                                       "tollgate_starter_v1_month_usd"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct price_name name;
        assert_false(price_lookup_parse(str_from_cstr(keys[i]), &name));
    }
}

/* The same work has the same key after a crash; any other work another. */
static void keys_are_made_of_the_work(void **state) {
    struct world *world = *state;
    struct cx *cx = &world->cx;
    struct str key = work_key(&world->app, cx, STR("alice"), STR("subscribe"));
    assert_int_equal(key.len, 64);
    assert_true(str_equal(key, work_key(&world->app, cx, STR("alice"), STR("subscribe"))));
    assert_false(str_equal(key, work_key(&world->app, cx, STR("bob"), STR("subscribe"))));
    assert_false(str_equal(key, work_key(&world->app, cx, STR("alice"), STR("change"))));
    struct str before = arena_str(&world->arena, world->app.installation_id);
    world_close(world);
    assert_ok(world_open(world));
    assert_true(str_equal(before, world->app.installation_id));
    assert_true(str_equal(key, work_key(&world->app, cx, STR("alice"), STR("subscribe"))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(every_field_of_a_plan_comes_back), WORLD_TEST(every_field_of_a_call_comes_back),
        WORLD_TEST(what_is_no_plan_is_corrupt),       WORLD_TEST(a_lookup_key_names_its_price),
        WORLD_TEST(other_lookup_keys_are_not_ours),   WORLD_TEST(keys_are_made_of_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
