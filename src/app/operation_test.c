/* Guards: each operation makes its calls in order, each once, under keys that stay the same; its
 * end is what the provider said; and everything that can be refused at once is refused without a
 * call. */
#include "app/operation.h"

#include <string.h>

#include "app/preview.h"
#include "app/test_world.h"
#include "base/check.h"
#include "base/testing.h"
#include "store/invoice.h"
#include "store/payment_method.h"

static int set_up(void **state) {
    int result = world_set_up(state);
    assert_int_equal(world_customer(*state, "alice"), OUTCOME_CREATED);
    return result;
}
#define OPERATION_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)

static struct operation_request request(enum operation_kind kind) {
    return (struct operation_request){
        .kind = kind, .user_id = STR("alice"), .tier = -1, .interval = -1};
}

static struct operation_request subscribe_to(enum tier tier) {
    struct operation_request wanted = request(OPERATION_SUBSCRIBE);
    wanted.tier = (int)tier;
    return wanted;
}

static struct operation_request change_to(enum tier tier) {
    struct operation_request wanted = request(OPERATION_CHANGE);
    wanted.tier = (int)tier;
    return wanted;
}

static struct operation_request attach(const char *method) {
    struct operation_request wanted = request(OPERATION_METHOD_ATTACH);
    wanted.method_id = str_from_cstr(method);
    return wanted;
}

static const char *ends(struct world *world, struct operation_request wanted) {
    return outcome_code(world_operate(world, &wanted).outcome);
}
#define assert_ends(world, wanted, expected)                                                       \
    assert_string_equal(ends((world), (wanted)), outcome_code(OUTCOME_##expected))

/* The kinds of the keys seen since `first`, in order: "customer_create method_attach". */
static struct str calls_since(struct world *world, size_t first) {
    static const char *const names[PAYMENTS_KIND_COUNT] = {
        [PAYMENTS_CUSTOMER_CREATE] = "customer",
        [PAYMENTS_PRICE_FIND] = "price_find",
        [PAYMENTS_PRICE_CREATE] = "price_create",
        [PAYMENTS_METHOD_ATTACH] = "attach",
        [PAYMENTS_METHOD_DEFAULT] = "default",
        [PAYMENTS_METHOD_DETACH] = "detach",
        [PAYMENTS_SETUP_OPEN] = "setup",
        [PAYMENTS_SUBSCRIPTION_CREATE] = "subscribe",
        [PAYMENTS_SUBSCRIPTION_CHANGE] = "change",
        [PAYMENTS_SUBSCRIPTION_CANCEL] = "cancel",
        [PAYMENTS_SUBSCRIPTION_END] = "end",
        [PAYMENTS_INVOICE_PAY] = "pay",
        [PAYMENTS_INVOICE_PREVIEW] = "preview",
        [PAYMENTS_INVOICE_VOID] = "void",
        [PAYMENTS_SCHEDULE_CREATE] = "plan",
        [PAYMENTS_SCHEDULE_UPDATE] = "ahead",
        [PAYMENTS_SCHEDULE_RELEASE] = "release",
        [PAYMENTS_COUPON_CREATE] = "coupon",
        [PAYMENTS_SUBSCRIPTION_DISCOUNT] = "discount",
        [PAYMENTS_SUBSCRIPTION_COLLECT] = "collect",
        [PAYMENTS_SUBSCRIPTION_TRIAL] = "trial",
        [PAYMENTS_SUBSCRIPTION_PAUSE] = "pause",
        [PAYMENTS_SUBSCRIPTION_RESUME] = "go_on",
        [PAYMENTS_SETUP_INTENT_CREATE] = "intent",
        [PAYMENTS_SETUP_INTENT_READ] = "look",
    };
    struct str text = STR("");
    for (size_t i = first; i < world->payments.request_count; i++) {
        text = arena_printf(&world->arena, STR_FMT "%s%s", STR_ARG(text), text.len > 0 ? " " : "",
                            names[world->payments.requests[i].kind]);
    }
    return text;
}

static struct str only_method(struct world *world) {
    struct tx tx = world_read(world);
    struct row_list methods;
    assert_ok(payment_method_list(&tx, STR("alice"), 10, &methods));
    const struct payment_method_row *rows = methods.items;
    assert_int_equal(methods.count, 1);
    return arena_str(&world->arena, id_str(&rows[0].id));
}

/* --- a life --- */

static void each_kind_makes_its_calls_in_order(void **state) {
    struct world *world = *state;
    struct operation_request setup = request(OPERATION_SETUP);
    struct operation_request default_one = request(OPERATION_METHOD_DEFAULT);
    struct operation_request detach = request(OPERATION_METHOD_DETACH);
    struct operation_request cancel = request(OPERATION_CANCEL);
    struct operation_request resume = request(OPERATION_RESUME);
    struct operation_request now = request(OPERATION_CANCEL);
    setup.method_type = STR("card");
    setup.return_url = STR("https://shop.example/billing");
    struct operation_request pause = request(OPERATION_PAUSE);
    struct operation_request go_on = request(OPERATION_PAUSE_END);
    pause.is_of_operator = true;
    now.when = CHANGE_WHEN_NOW;
    default_one.method_id = detach.method_id = STR("pm_1");
    const struct {
        struct operation_request request;
        const char *calls;
    } life[] = {
        {setup, "customer setup"},
        {attach("pm_1"), "attach default"},
        {attach("pm_2"), "attach"}, /* there is a default one */
        {default_one, "default"},
        {subscribe_to(TIER_STARTER), "default price_find price_create subscribe"},
        {change_to(TIER_PROFESSIONAL), "price_find price_create preview change"},
        {change_to(TIER_STARTER), "plan ahead"}, /* later; the price is known */
        {resume, "release"},
        {change_to(TIER_STARTER), "plan ahead"},
        {change_to(TIER_FREE), "release end"},
        {resume, "end"},
        {cancel, "end"},
        {resume, "end"},
        {pause, "pause"},
        {go_on, "go_on"},
        {now, "cancel"},
        {detach, "detach"},
        {subscribe_to(TIER_STARTER), "default subscribe"},
    };
    for (size_t i = 0; i < ARRAY_LEN(life); i++) {
        size_t before = world->payments.request_count;
        assert_ends(world, life[i].request, DONE);
        assert_text(calls_since(world, before), life[i].calls);
        world_check_gate(world);
    }
    for (size_t i = 0; i < world->payments.request_count; i++) {
        assert_int_equal(world->payments.requests[i].times, 1);
        assert_int_equal(world->payments.requests[i].key.len, 64);
    }
    assert_int_equal(test_payments_taken(&world->payments), 2900 + 7000 + 2900);
}

static void a_purchase_opens_the_gate_and_leaves_an_invoice(void **state) {
    struct world *world = *state;
    struct take_request much = {STR("alice"), METRIC_API_REQUESTS, quantity_of(20000), STR("")};
    struct take_command denied = world_take(world, much);
    assert_false(denied.answer.allowed);
    assert_text(denied.answer.upgrade_to, "starter");
    assert_ends(world, attach("pm_1"), DONE);
    struct operation_request wanted = subscribe_to(TIER_STARTER);
    struct operation_result result = world_operate(world, &wanted);
    struct take_command allowed = world_take(world, much);
    assert_true(allowed.answer.allowed);
    struct subscription_view view = world_view(world, "alice");
    assert_true(str_equal(id_str(&view.row.id), result.subscription_id));
    struct tx tx = world_read(world);
    struct invoice_row invoice;
    bool is_found = false;
    assert_ok(invoice_get(&tx, STR("alice"), result.invoice_id, &invoice, &is_found));
    assert_true(is_found);
    assert_int_equal(invoice.status, INVOICE_PAID);
    assert_int_equal(invoice.amount, 2900);
    assert_true(str_equal(id_str(&invoice.subscription_id), id_str(&view.row.id)));
    assert_true(str_equal(result.payment_method_id, only_method(world)) ||
                result.payment_method_id.len == 0);
}

static void a_setup_gives_the_page_and_until_when(void **state) {
    struct world *world = *state;
    struct operation_request setup = request(OPERATION_SETUP);
    struct operation_result result = world_operate(world, &setup);
    assert_text(result.url, "https://pay.example/setup");
    assert_int_equal(result.expires_at.ms, world_time("2015-05-18T00:00:00Z").ms);
}

/* --- a card that a browser makes ready --- */

static struct operation_request keep(const char *setup_id) {
    struct operation_request wanted = request(OPERATION_CARD_KEEP);
    wanted.setup_id = str_from_cstr(setup_id);
    return wanted;
}

static size_t count_methods(struct world *world) {
    struct tx tx = world_read(world);
    struct row_list methods;
    assert_ok(payment_method_list(&tx, STR("alice"), 10, &methods));
    return methods.count;
}

static void a_card_is_kept_once_its_bank_has_confirmed_it(void **state) {
    struct world *world = *state;
    struct operation_request setup = request(OPERATION_CARD_SETUP);
    setup.idempotency_key = STR("k1");
    assert_ends(world, keep("seti_1"), PAYMENT_METHOD_NOT_FOUND);
    assert_int_equal(world->payments.request_count, 0); /* nobody is known there */
    struct operation_result made = world_operate(world, &setup);
    assert_text(made.client_secret, "seti_secret");
    assert_text(calls_since(world, 0), "customer intent");
    assert_text(world_operate(world, &setup).client_secret, "seti_secret");
    assert_int_equal(world->payments.setup_count, 1);
    static const char *const others[] = {"requires_payment_method",
                                         "requires_confirmation",
                                         "requires_action",
                                         "processing",
                                         "canceled",
                                         "new_word"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        world->payments.setups[0].status = str_from_cstr(others[i]);
        assert_ends(world, keep("seti_1"), CARD_NOT_CONFIRMED);
    }
    assert_int_equal(count_methods(world), 0);
    world->payments.setups[0].status = STR("succeeded");
    size_t before = world->payments.request_count;
    struct operation_request wanted = keep("seti_1");
    struct operation_result kept = world_operate(world, &wanted);
    assert_string_equal(outcome_code(kept.outcome), "done");
    assert_true(str_equal(kept.payment_method_id, only_method(world)));
    assert_int_equal(kept.client_secret.len, 0);
    assert_text(calls_since(world, before), "look default");
    before = world->payments.request_count;
    struct operation_result again = world_operate(world, &wanted);
    assert_true(str_equal(again.payment_method_id, kept.payment_method_id));
    assert_text(calls_since(world, before), "look");
}

static void what_a_browser_says_of_a_card_is_not_believed(void **state) {
    struct world *world = *state;
    assert_ends(world, request(OPERATION_CARD_SETUP), DONE);
    struct payments_setup_intent *intent = &world->payments.setups[0];
    intent->status = STR("succeeded");
    assert_ends(world, keep("seti_2"), PAYMENT_METHOD_NOT_FOUND);
    const struct str theirs = intent->customer_id;
    intent->customer_id = STR("cus_other");
    assert_ends(world, keep("seti_1"), PAYMENT_METHOD_NOT_FOUND);
    intent->customer_id = STR("");
    assert_ends(world, keep("seti_1"), PAYMENT_METHOD_NOT_FOUND);
    assert_int_equal(count_methods(world), 0);
    intent->customer_id = theirs;
    intent->status = STR("requires_payment_method");
    world->payments.next[PAYMENTS_SETUP_INTENT_READ] = PAYMENTS_DECLINED; /* with a code */
    struct operation_request wanted = keep("seti_1");
    struct operation_result result = world_operate(world, &wanted);
    assert_string_equal(outcome_code(result.outcome), outcome_code(OUTCOME_PAYMENT_METHOD_REFUSED));
    assert_text(result.decline_code, "insufficient_funds");
    assert_text(result.message, "Your card has insufficient funds.");
    assert_int_equal(count_methods(world), 0);
    intent->status = STR("succeeded");
    assert_ends(world, keep("seti_1"), DONE);
}

/* --- refusals --- */

static void what_can_be_refused_at_once_makes_no_call(void **state) {
    struct world *world = *state;
    struct operation_request nobody = subscribe_to(TIER_STARTER);
    struct operation_request coupon = subscribe_to(TIER_STARTER);
    struct operation_request detach = request(OPERATION_METHOD_DETACH);
    struct operation_request foreign = subscribe_to(TIER_STARTER);
    struct operation_request pay = request(OPERATION_INVOICE_PAY);
    struct operation_request resume = request(OPERATION_RESUME);
    struct operation_request cancel = request(OPERATION_CANCEL);
    nobody.user_id = STR("nobody");
    coupon.coupon = STR("HALF");
    detach.method_id = foreign.method_id = STR("paym_01jd3k5t9x7m0c8a4w2e6r1q5z");
    pay.invoice_id = STR("invo_01jd3k5t9x7m0c8a4w2e6r1q5z");
    const struct {
        struct operation_request request;
        enum outcome outcome;
    } on_free[] = {
        {nobody, OUTCOME_CUSTOMER_NOT_FOUND},
        {subscribe_to(TIER_STARTER), OUTCOME_PAYMENT_METHOD_REQUIRED},
        {foreign, OUTCOME_PAYMENT_METHOD_NOT_FOUND},
        {coupon, OUTCOME_COUPON_UNKNOWN},
        {subscribe_to(TIER_FREE), OUTCOME_NO_CHANGE},
        {subscribe_to(TIER_ENTERPRISE), OUTCOME_CONTRACT_REQUIRED},
        {change_to(TIER_STARTER), OUTCOME_NOT_SUBSCRIBED},
        {cancel, OUTCOME_NOT_SUBSCRIBED},
        {resume, OUTCOME_NOTHING_TO_RESUME},
        {detach, OUTCOME_PAYMENT_METHOD_NOT_FOUND},
        {pay, OUTCOME_INVOICE_NOT_FOUND},
    };
    for (size_t i = 0; i < ARRAY_LEN(on_free); i++) {
        enum outcome outcome = world_operate(world, &on_free[i].request).outcome;
        assert_string_equal(outcome_code(outcome), outcome_code(on_free[i].outcome));
    }
    assert_int_equal(world->payments.request_count, 0);
}

static void a_subscriber_is_refused_what_makes_no_sense(void **state) {
    struct world *world = *state;
    world_subscribe(world, "alice", TIER_STARTER, INTERVAL_MONTH);
    struct operation_request coupon = change_to(TIER_PROFESSIONAL);
    struct operation_request quote = change_to(TIER_PROFESSIONAL);
    struct operation_request detach = request(OPERATION_METHOD_DETACH);
    struct operation_request pay = request(OPERATION_INVOICE_PAY);
    struct operation_request cancel = request(OPERATION_CANCEL);
    struct tx tx = world_read(world);
    struct row_list invoices;
    assert_ok(
        invoice_page(&tx, STR("alice"), (struct invoice_cursor){INT64_MAX, STR("")}, 1, &invoices));
    coupon.coupon = STR("HALF");
    quote.quote_id = STR("quot_01jd3k5t9x7m0c8a4w2e6r1q5z");
    detach.method_id = only_method(world);
    pay.invoice_id = id_str(&((const struct invoice_row *)invoices.items)[0].id);
    const struct {
        struct operation_request request;
        enum outcome outcome;
    } rows[] = {
        {subscribe_to(TIER_PROFESSIONAL), OUTCOME_ALREADY_SUBSCRIBED},
        {change_to(TIER_STARTER), OUTCOME_NO_CHANGE},
        {change_to(TIER_ENTERPRISE), OUTCOME_CONTRACT_REQUIRED},
        {coupon, OUTCOME_COUPON_UNKNOWN},
        {quote, OUTCOME_QUOTE_EXPIRED},
        {detach, OUTCOME_PAYMENT_METHOD_IN_USE},
        {pay, OUTCOME_INVOICE_NOT_PAYABLE},
    };
    size_t calls = world->payments.request_count;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum outcome outcome = world_operate(world, &rows[i].request).outcome;
        assert_string_equal(outcome_code(outcome), outcome_code(rows[i].outcome));
    }
    assert_int_equal(world->payments.request_count, calls);
    assert_ends(world, cancel, DONE);
    assert_ends(world, cancel, NO_CHANGE); /* it ends already */
    assert_ends(world, detach, DONE);      /* and nothing will be charged any more */
}

static void the_providers_word_is_the_operations_end(void **state) {
    struct world *world = *state;
    assert_ends(world, attach("pm_1"), DONE);
    static const struct {
        enum payments_kind kind;
        enum payments_outcome said;
        enum outcome outcome;
    } rows[] = {
        {PAYMENTS_METHOD_ATTACH, PAYMENTS_DECLINED, OUTCOME_PAYMENT_METHOD_REFUSED},
        {PAYMENTS_METHOD_ATTACH, PAYMENTS_MISSING, OUTCOME_PAYMENT_METHOD_NOT_FOUND},
        {PAYMENTS_METHOD_ATTACH, PAYMENTS_REFUSED, OUTCOME_PAYMENT_METHOD_REFUSED},
        {PAYMENTS_SUBSCRIPTION_CREATE, PAYMENTS_DECLINED, OUTCOME_PAYMENT_FAILED},
        {PAYMENTS_SUBSCRIPTION_CREATE, PAYMENTS_ACTION_REQUIRED, OUTCOME_PAYMENT_ACTION_REQUIRED},
        {PAYMENTS_SUBSCRIPTION_CREATE, PAYMENTS_REFUSED, OUTCOME_PAYMENT_PROVIDER_REFUSED},
        {PAYMENTS_SUBSCRIPTION_CREATE, PAYMENTS_MISSING, OUTCOME_PAYMENT_PROVIDER_REFUSED},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct operation_request wanted =
            rows[i].kind == PAYMENTS_METHOD_ATTACH ? attach("pm_2") : subscribe_to(TIER_STARTER);
        world->payments.next[rows[i].kind] = rows[i].said;
        struct operation_result result = world_operate(world, &wanted);
        assert_string_equal(outcome_code(result.outcome), outcome_code(rows[i].outcome));
        assert_int_equal(result.url.len > 0, rows[i].said == PAYMENTS_ACTION_REQUIRED);
        assert_int_equal(world_view(world, "alice").row.tier, TIER_FREE);
    }
    assert_int_equal(test_payments_taken(&world->payments), 0);
    assert_ends(world, subscribe_to(TIER_STARTER), DONE); /* nothing is left in the way */
}

/* A first payment that was declined must not be completed behind the customer's back. */
static void a_declined_purchase_is_tidied_up(void **state) {
    struct world *world = *state;
    assert_ends(world, attach("pm_1"), DONE);
    world->payments.next[PAYMENTS_SUBSCRIPTION_CREATE] = PAYMENTS_DECLINED;
    struct operation_request wanted = subscribe_to(TIER_STARTER);
    struct operation_result result = world_operate(world, &wanted);
    assert_text(result.decline_code, "insufficient_funds");
    assert_text(result.message, "Your card has insufficient funds.");
    assert_int_equal(test_payments_count(&world->payments, PAYMENTS_SUBSCRIPTION_CANCEL), 1);
    assert_int_equal(world->payments.subscriptions[0].status, SUBSCRIPTION_CANCELED);
    assert_int_equal(world_view(world, "alice").row.tier, TIER_FREE);
}

/* --- the client comes again --- */

static void a_key_gives_the_first_answer_for_ever(void **state) {
    struct world *world = *state;
    struct operation_request first = attach("pm_1");
    first.idempotency_key = STR("k1");
    struct operation_result made = world_operate(world, &first);
    struct operation_result again = world_operate(world, &first);
    assert_int_equal(again.outcome, OUTCOME_DONE);
    assert_true(again.payment_method_id.len > 0);
    assert_true(str_equal(again.payment_method_id, made.payment_method_id));
    assert_int_equal(test_payments_count(&world->payments, PAYMENTS_METHOD_ATTACH), 1);
    struct operation_request other = attach("pm_2");
    other.idempotency_key = STR("k1");
    assert_ends(world, other, IDEMPOTENCY_MISMATCH);
    other.idempotency_key = STR("k2");
    assert_ends(world, other, DONE);
}

static void a_failure_is_repeated_under_its_key_too(void **state) {
    struct world *world = *state;
    assert_ends(world, attach("pm_1"), DONE);
    struct operation_request wanted = subscribe_to(TIER_STARTER);
    wanted.idempotency_key = STR("k1");
    world->payments.next[PAYMENTS_SUBSCRIPTION_CREATE] = PAYMENTS_DECLINED;
    assert_ends(world, wanted, PAYMENT_FAILED);
    struct operation_result again = world_operate(world, &wanted);
    assert_int_equal(again.outcome, OUTCOME_PAYMENT_FAILED);
    assert_text(again.decline_code, "insufficient_funds");
    wanted.idempotency_key = STR("k2");
    assert_ends(world, wanted, DONE);
    assert_int_equal(test_payments_taken(&world->payments), 2900);
}

static void who_waits_joins_and_others_are_told_to_wait(void **state) {
    struct world *world = *state;
    struct operation_request first = attach("pm_1");
    first.idempotency_key = STR("k1");
    world->payments.is_holding = true;
    assert_ends(world, first, PAYMENT_PENDING);
    assert_ends(world, first, PAYMENT_PENDING); /* joins */
    assert_ends(world, attach("pm_2"), OPERATION_IN_PROGRESS);
    world->payments.is_holding = false;
    assert_ends(world, first, DONE);
    assert_int_equal(test_payments_count(&world->payments, PAYMENTS_METHOD_ATTACH), 1);
}

static void an_answer_that_was_lost_is_asked_for_again(void **state) {
    struct world *world = *state;
    assert_ends(world, attach("pm_1"), DONE);
    struct operation_request wanted = subscribe_to(TIER_STARTER);
    wanted.idempotency_key = STR("k1");
    world->payments.is_holding = true;
    assert_ends(world, wanted, PAYMENT_PENDING);
    for (int i = 0; i < 4; i++) { /* each call's first answer is lost */
        world->payments.is_holding = false;
        world->payments.breaks_answer = true;
        world_run(world);
    }
    world->payments.breaks_answer = false;
    assert_ends(world, wanted, DONE);
    assert_false(world->payments.has_mismatch);
    assert_int_equal(world->payments.charge_count, 1);
}

static void finished(struct operation_command *command) {
    command->command.context = NULL;
}

static void a_request_waits_for_25_seconds_and_the_operation_goes_on(void **state) {
    struct world *world = *state;
    struct operation_command command = {
        .request = attach("pm_1"), .arena = &world->arena, .finished = finished};
    command.command.context = world;
    world->payments.is_holding = true;
    operation_start(&world->app, &command);
    world_run(world);
    env_sim_advance(world->sim, 24999);
    operation_expire_waiters(&world->app, world->env->mono_ns(world->env));
    assert_non_null(command.command.context);
    env_sim_advance(world->sim, 1);
    operation_expire_waiters(&world->app, world->env->mono_ns(world->env));
    assert_null(command.command.context);
    assert_int_equal(command.result.outcome, OUTCOME_PAYMENT_PENDING);
    world->payments.is_holding = false;
    world_run(world);
    assert_true(only_method(world).len > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        OPERATION_TEST(each_kind_makes_its_calls_in_order),
        OPERATION_TEST(a_purchase_opens_the_gate_and_leaves_an_invoice),
        OPERATION_TEST(a_setup_gives_the_page_and_until_when),
        OPERATION_TEST(a_card_is_kept_once_its_bank_has_confirmed_it),
        OPERATION_TEST(what_a_browser_says_of_a_card_is_not_believed),
        OPERATION_TEST(what_can_be_refused_at_once_makes_no_call),
        OPERATION_TEST(a_subscriber_is_refused_what_makes_no_sense),
        OPERATION_TEST(the_providers_word_is_the_operations_end),
        OPERATION_TEST(a_declined_purchase_is_tidied_up),
        OPERATION_TEST(a_key_gives_the_first_answer_for_ever),
        OPERATION_TEST(a_failure_is_repeated_under_its_key_too),
        OPERATION_TEST(who_waits_joins_and_others_are_told_to_wait),
        OPERATION_TEST(an_answer_that_was_lost_is_asked_for_again),
        OPERATION_TEST(a_request_waits_for_25_seconds_and_the_operation_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
