/* Promise: whatever Stripe answers, or fails to, a call has exactly one outcome, and it is never
 * "done" or "refused" while it is open whether something happened. */
#include <string.h>

#include "stripe/fixture.h"

static int set_up(void **state) {
    *state = fixture_create();
    return 0;
}

static int tear_down(void **state) {
    fixture_destroy(*state);
    return 0;
}

static const struct payments_call attach = {.kind = PAYMENTS_METHOD_ATTACH,
                                            .idempotency_key = STR_INIT("key-1"),
                                            .method_id = STR_INIT("pm_1"),
                                            .customer_id = STR_INIT("cus_1")};
static const struct payments_call subscribe = {.kind = PAYMENTS_SUBSCRIPTION_CREATE,
                                               .idempotency_key = STR_INIT("key-2"),
                                               .customer_id = STR_INIT("cus_1"),
                                               .price_id = STR_INIT("price_1"),
                                               .local_id = STR_INIT("subs_1")};
static const struct payments_call cancel = {.kind = PAYMENTS_SUBSCRIPTION_CANCEL,
                                            .idempotency_key = STR_INIT("key-5"),
                                            .subscription_id = STR_INIT("sub_1")};
static const struct payments_call pay = {.kind = PAYMENTS_INVOICE_PAY,
                                         .idempotency_key = STR_INIT("key-3"),
                                         .invoice_id = STR_INIT("in_1")};
static const struct payments_call sell = {.kind = PAYMENTS_PRICE_CREATE,
                                          .idempotency_key = STR_INIT("key-4"),
                                          .lookup_key = STR_INIT("turnpike_starter_v1_month_usd"),
                                          .name = STR_INIT("Starter"),
                                          .price = 2900,
                                          .currency = STR_INIT("usd")};

/* The objects, cut to what is read of them. */
#define INVOICE(status)                                                                            \
    "{'id':'in_1','object':'invoice','customer':'cus_1','status':'" status "','currency':'usd',"   \
    "'total':2900,'amount_due':2900,'amount_paid':0,'total_taxes':[],'created':1795000000,"        \
    "'due_date':null,'period_start':1795000000,'period_end':1795000000,"                           \
    "'hosted_invoice_url':'https://pay.test/in_1','invoice_pdf':null,'number':'A-1',"              \
    "'billing_reason':'subscription_create','lines':{'data':[]},"                                  \
    "'parent':{'subscription_details':{'subscription':'sub_1'}},"                                  \
    "'payments':{'data':[{'is_default':true,'payment':{'payment_intent':'pi_1'}}]}}"
#define SUBSCRIPTION(status, invoice)                                                              \
    "{'id':'sub_1','object':'subscription','customer':'cus_1','status':'" status "',"              \
    "'created':1795000000,'ended_at':null,'cancel_at_period_end':false,"                           \
    "'metadata':{'subscription_id':'subs_1'},'latest_invoice':" invoice ","                        \
    "'items':{'data':[{'id':'si_1','current_period_start':1795000000,"                             \
    "'current_period_end':1797592000,'price':{'id':'price_1','lookup_key':'k'}}]}}"

/* --- one request --- */

static void expect_unknown(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_UNKNOWN);
    assert_false(answer->has_method || answer->has_subscription || answer->has_invoice);
}

static void what_leaves_it_open_is_unknown(void **state) {
    (void)state;
    static const struct fixture_step cases[] = {
        {0, ""}, /* a time-out */
        {500, "{'error':{'type':'api_error','message':'m'}}"},
        {503, "<html>"},
        {429, "{'error':{'type':'invalid_request_error','code':'rate_limit'}}"},
        {429, "{'error':{'type':'invalid_request_error','code':'lock_timeout'}}"},
        {409, "{'error':{'type':'idempotency_error','code':'idempotency_key_in_use'}}"},
        {409, "{'error':{'type':'invalid_request_error','code':'lock_timeout'}}"},
        {424, "{'error':{'type':'api_error'}}"},
        {302, "{'error':{}}"},
        {404, "<html>not found</html>"}, /* not Stripe speaking */
        {400, "{'message':'from a proxy'}"},
        {402, "{'error':'card'}"},
        {200, ""},
        {200, "{'id':'pm_1','object':'payment_"},
        {200, "[]"},
        {200, "{'id':'cus_1','object':'customer'}"}, /* not what was asked for */
        {200, "{'object':'payment_method'}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_create();
        fixture_answer(fixture, cases[i].status, cases[i].body);
        fixture_call(fixture, &attach, expect_unknown);
        fixture_destroy(fixture);
    }
}

static void expect_refused(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_REFUSED);
    assert_text(answer->message, "why");
}

static void what_is_wrong_for_good_is_refused(void **state) {
    (void)state;
    static const struct fixture_step cases[] = {
        {400, "{'error':{'type':'invalid_request_error','code':'parameter_unknown',"
              "'message':'why'}}"},
        {400, "{'error':{'type':'idempotency_error','message':'why'}}"},
        {400, "{'error':{'type':'invalid_request_error','code':'resource_missing',"
              "'message':'why'}}"}, /* no payment method: the request is wrong as it stands */
        {401, "{'error':{'type':'invalid_request_error','message':'why'}}"},
        {403, "{'error':{'type':'invalid_request_error','message':'why'}}"},
        {404, "{'error':{'type':'invalid_request_error','message':'why'}}"}, /* no such path */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_create();
        fixture_answer(fixture, cases[i].status, cases[i].body);
        fixture_call(fixture, &attach, expect_refused);
        fixture_destroy(fixture);
    }
}

static void expect_missing(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_MISSING);
}

static void an_object_that_is_gone_is_missing(void **state) {
    fixture_answer(*state, 404,
                   "{'error':{'type':'invalid_request_error','code':'resource_missing',"
                   "'param':'id','message':'No such thing'}}");
    fixture_call(*state, &attach, expect_missing);
}

static void expect_declined_card(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DECLINED);
    assert_text(answer->code, "card_declined");
    assert_text(answer->decline_code, "insufficient_funds");
    assert_text(answer->message, "Your card has insufficient funds.");
}

#define DECLINED                                                                                   \
    "{'error':{'type':'card_error','code':'card_declined','decline_code':'insufficient_funds',"    \
    "'message':'Your card has insufficient funds.'}}"

static void a_declined_card_says_why(void **state) {
    fixture_answer(*state, 402, DECLINED);
    fixture_call(*state, &attach, expect_declined_card);
}

static void lost_and_doubled_messages_give_one_answer(void **state) {
    struct fixture *fixture = *state;
    env_sim_set_net(fixture->sim, (struct env_sim_net){.lost_answers = 100, .delay_max_ms = 5});
    fixture_answer(fixture, 200,
                   "{'id':'pm_1','object':'payment_method','created':1,'type':'card'}");
    fixture_call(fixture, &attach, expect_unknown);
    env_sim_set_net(fixture->sim, (struct env_sim_net){.lost_requests = 100});
    fixture_call(fixture, &attach, expect_unknown);
}

/* --- simple objects --- */

static void expect_customer(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_text(answer->customer_id, "cus_1");
}

static void expect_price(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_text(answer->price_id, "price_1");
}

static void expect_no_price(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_text(answer->price_id, "");
}

static void expect_setup_page(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_text(answer->url, "https://pay.test/cs_1");
    assert_int_equal(answer->expires_at.ms, 1795086400000);
}

static void customers_prices_and_pages_are_read(void **state) {
    struct fixture *fixture = *state;
    struct payments_call call = {.kind = PAYMENTS_CUSTOMER_CREATE};
    fixture_answer(fixture, 200, "{'id':'cus_1','object':'customer'}");
    fixture_call(fixture, &call, expect_customer);
    call.kind = PAYMENTS_PRICE_FIND;
    fixture_answer(fixture, 200, "{'object':'list','data':[{'id':'price_1','object':'price'}]}");
    fixture_call(fixture, &call, expect_price);
    fixture_answer(fixture, 200, "{'object':'list','data':[]}");
    fixture_call(fixture, &call, expect_no_price);
    fixture_answer(fixture, 200, "{'object':'list','data':null}");
    fixture_call(fixture, &call, expect_unknown);
    call.kind = PAYMENTS_SETUP_OPEN;
    fixture_answer(fixture, 200,
                   "{'id':'cs_1','object':'checkout.session','url':'https://pay.test/cs_1',"
                   "'expires_at':1795086400,'client_secret':'cs_secret_1'}");
    fixture_call(fixture, &call, expect_setup_page);
    fixture_answer(fixture, 200, "{'id':'cs_1','object':'checkout.session','url':null}");
    fixture_call(fixture, &call, expect_unknown);
}

/* --- a card that a browser makes ready --- */

#define READY(status, method, error)                                                               \
    "{'id':'seti_1','object':'setup_intent','customer':'cus_1','status':'" status "',"             \
    "'client_secret':'seti_1_secret_2','payment_method':" method ",'last_setup_error':" error "}"
#define VISA                                                                                       \
    "{'id':'pm_1','object':'payment_method','customer':'cus_1','type':'card',"                     \
    "'created':1795000000,'card':{'brand':'visa','last4':'4242','exp_month':12,'exp_year':2034}}"

static void expect_made(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_true(answer->has_setup_intent && !answer->has_method);
    assert_text(answer->setup_intent.id, "seti_1");
    assert_text(answer->setup_intent.client_secret, "seti_1_secret_2");
}

static void expect_ready(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_true(answer->has_setup_intent && answer->has_method);
    assert_text(answer->setup_intent.status, "succeeded");
    assert_text(answer->setup_intent.customer_id, "cus_1");
    assert_text(answer->method.id, "pm_1");
}

static void expect_not_ready(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE); /* it was read */
    assert_true(answer->has_setup_intent && !answer->has_method);
    assert_text(answer->code, "setup_intent_authentication_failure");
    assert_text(answer->message, "why");
}

static void expect_waiting(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_true(answer->has_setup_intent && !answer->has_method && answer->code.len == 0);
}

static void a_setup_intent_has_its_method_once_it_succeeded(void **state) {
    struct fixture *fixture = *state;
    struct payments_call call = {.kind = PAYMENTS_SETUP_INTENT_CREATE,
                                 .idempotency_key = STR("key-6"),
                                 .customer_id = STR("cus_1"),
                                 .method_type = STR("card")};
    fixture_answer(fixture, 200, READY("requires_payment_method", "null", "null"));
    fixture_call(fixture, &call, expect_made);
    fixture_answer(fixture, 200,
                   "{'id':'seti_1','object':'setup_intent','customer':'cus_1',"
                   "'status':'requires_payment_method','client_secret':null}");
    fixture_call(fixture, &call, expect_unknown); /* nobody could go on with it */
    call = (struct payments_call){.kind = PAYMENTS_SETUP_INTENT_READ, .object_id = STR("seti_1")};
    fixture_answer(fixture, 200, READY("succeeded", VISA, "null"));
    fixture_call(fixture, &call, expect_ready);
    fixture_answer(fixture, 200, READY("requires_action", VISA, "null"));
    fixture_call(fixture, &call, expect_waiting);
    fixture_answer(fixture, 200, READY("succeeded", "'pm_1'", "null"));
    fixture_call(fixture, &call, expect_waiting); /* not expanded: no method is told */
    fixture_answer(fixture, 200,
                   READY("requires_payment_method", "null",
                         "{'code':'setup_intent_authentication_failure','message':'why'}"));
    fixture_call(fixture, &call, expect_not_ready);
    fixture_answer(fixture, 200, VISA);
    fixture_call(fixture, &call, expect_unknown);
}

/* --- a subscription's first invoice --- */

static void expect_active(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_true(answer->has_subscription && answer->has_invoice);
    assert_int_equal(answer->subscription.status, SUBSCRIPTION_ACTIVE);
    assert_text(answer->invoice.id, "in_1");
}

static void a_paid_subscription_needs_one_request(void **state) {
    struct fixture *fixture = *state;
    fixture_answer(fixture, 200, SUBSCRIPTION("active", INVOICE("paid")));
    fixture_call(fixture, &subscribe, expect_active);
    assert_int_equal(fixture->request_count, 1);
}

static void expect_refused_payment(const struct payments_answer *answer) {
    expect_declined_card(answer);
    assert_true(answer->has_subscription && answer->has_invoice);
    assert_int_equal(answer->subscription.status, SUBSCRIPTION_INCOMPLETE);
    assert_text(answer->url, "https://pay.test/in_1");
}

static void expect_action(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_ACTION_REQUIRED);
    assert_true(answer->has_subscription && answer->has_invoice);
    assert_text(answer->url, "https://pay.test/in_1");
}

static void expect_under_way(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_int_equal(answer->subscription.status, SUBSCRIPTION_INCOMPLETE);
}

static void the_intent_tells_why_it_is_incomplete(void **state) {
    (void)state;
    static const struct {
        int status;
        const char *intent;
        fixture_look *look;
    } cases[] = {
        {200,
         "{'id':'pi_1','object':'payment_intent','status':'requires_payment_method',"
         "'last_payment_error':{'code':'card_declined','decline_code':'insufficient_funds',"
         "'message':'Your card has insufficient funds.'}}",
         expect_refused_payment},
        {200, "{'id':'pi_1','object':'payment_intent','status':'requires_action'}", expect_action},
        {200,
         "{'id':'pi_1','object':'payment_intent','status':'requires_payment_method',"
         "'last_payment_error':{'code':'authentication_required','message':'m'}}",
         expect_action},
        {200, "{'id':'pi_1','object':'payment_intent','status':'newer_than_us'}", expect_action},
        {200, "{'id':'pi_1','object':'payment_intent','status':'processing'}", expect_under_way},
        {200, "{'id':'pi_1','object':'payment_intent','status':'succeeded'}", expect_under_way},
        {200, "{'id':'ch_1','object':'charge','status':'succeeded'}", expect_unknown},
        {500, "{'error':{'type':'api_error'}}", expect_unknown},
        {0, "", expect_unknown},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_create();
        fixture_answer(fixture, 200, SUBSCRIPTION("incomplete", INVOICE("open")));
        fixture_answer(fixture, cases[i].status, cases[i].intent);
        fixture_call(fixture, &subscribe, cases[i].look);
        assert_text(fixture->requests[1], "GET /v1/payment_intents/pi_1\n");
        fixture_destroy(fixture);
    }
}

static void expect_no_subscription(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_false(answer->has_subscription || answer->has_invoice);
}

static void a_status_newer_than_us_changes_nothing_and_is_logged(void **state) {
    struct fixture *fixture = *state;
    struct payments_call call = {.kind = PAYMENTS_SUBSCRIPTION_READ,
                                 .subscription_id = STR("sub_1")};
    fixture_answer(fixture, 200, SUBSCRIPTION("hibernating", "null"));
    fixture_call(fixture, &call, expect_no_subscription);
    struct str log = env_sim_log(fixture->sim);
    assert_non_null(memmem(log.bytes, log.len, "stripe.unknown_value", 20));
    assert_non_null(memmem(log.bytes, log.len, "status=hibernating", 18));
}

/* --- paying an invoice --- */

static void expect_paid(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_int_equal(answer->invoice.status, INVOICE_PAID);
}

static void expect_declined_invoice(const struct payments_answer *answer) {
    expect_declined_card(answer);
    assert_true(answer->has_invoice);
    assert_int_equal(answer->invoice.status, INVOICE_OPEN);
    assert_text(answer->url, "https://pay.test/in_1");
}

static void expect_invoice_action(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_ACTION_REQUIRED);
    assert_true(answer->has_invoice);
    assert_text(answer->url, "https://pay.test/in_1");
}

static void an_invoice_is_paid_or_says_where_to_pay(void **state) {
    struct fixture *fixture = *state;
    fixture_answer(fixture, 200, INVOICE("paid"));
    fixture_call(fixture, &pay, expect_paid);
    fixture_answer(fixture, 402, DECLINED);
    fixture_answer(fixture, 200, INVOICE("open"));
    fixture_call(fixture, &pay, expect_declined_invoice);
    assert_text(fixture->requests[2], "GET /v1/invoices/in_1\n"
                                      "expand[0]=payments.data.payment.payment_intent\n"
                                      "expand[1]=discounts\n");
    fixture_answer(fixture, 402,
                   "{'error':{'type':'card_error','code':'authentication_required'}}");
    fixture_answer(fixture, 200, INVOICE("open"));
    fixture_call(fixture, &pay, expect_invoice_action);
    fixture_answer(fixture, 402, DECLINED);
    fixture_answer(fixture, 503, "");
    fixture_call(fixture, &pay, expect_unknown);
}

/* --- two servers make the same price --- */

static void expect_refused_price(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_REFUSED);
}

#define TAKEN                                                                                      \
    "{'error':{'type':'invalid_request_error','param':'lookup_key','message':'already used'}}"

static void a_price_made_meanwhile_is_ours(void **state) {
    struct fixture *fixture = *state;
    fixture_answer(fixture, 400, TAKEN);
    fixture_answer(fixture, 200, "{'object':'list','data':[{'id':'price_1','object':'price'}]}");
    fixture_call(fixture, &sell, expect_price);
    assert_text(fixture->requests[1],
                "GET /v1/prices\nlookup_keys[0]=turnpike_starter_v1_month_usd\nactive=true\n"
                "limit=1\n");
    fixture_answer(fixture, 400, TAKEN); /* by a price that is no longer active */
    fixture_answer(fixture, 200, "{'object':'list','data':[]}");
    fixture_call(fixture, &sell, expect_refused_price);
    fixture_answer(fixture, 400, TAKEN);
    fixture_answer(fixture, 500, "");
    fixture_call(fixture, &sell, expect_unknown);
}

/* --- told a second time --- */

static void expect_paid_since(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_int_equal(answer->subscription.status, SUBSCRIPTION_ACTIVE);
}

static void a_repeated_answer_is_not_taken_for_the_present(void **state) {
    struct fixture *fixture = *state;
    fixture_replay(fixture, 200, SUBSCRIPTION("past_due", "'in_1'"));
    fixture_answer(fixture, 200, SUBSCRIPTION("active", "'in_1'"));
    fixture_call(fixture, &subscribe, expect_paid_since);
    assert_text(fixture->requests[1], "GET /v1/subscriptions/sub_1\n");
    fixture_replay(fixture, 200, SUBSCRIPTION("past_due", "'in_1'"));
    fixture_answer(fixture, 500, "");
    fixture_call(fixture, &subscribe, expect_unknown);
}

static void expect_ended(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_DONE);
    assert_int_equal(answer->subscription.status, SUBSCRIPTION_CANCELED);
}

static void expect_gone(const struct payments_answer *answer) {
    assert_int_equal(answer->outcome, PAYMENTS_MISSING);
}

#define NOT_THERE "{'error':{'type':'invalid_request_error','code':'resource_missing'}}"

static void a_cancellation_made_twice_has_succeeded(void **state) {
    struct fixture *fixture = *state;
    fixture_answer(fixture, 404, NOT_THERE);
    fixture_answer(fixture, 200, SUBSCRIPTION("canceled", "'in_1'"));
    fixture_call(fixture, &cancel, expect_ended);
    fixture_answer(fixture, 404, NOT_THERE);
    fixture_answer(fixture, 404, NOT_THERE);
    fixture_call(fixture, &cancel, expect_gone);
    fixture_answer(fixture, 404, NOT_THERE);
    fixture_answer(fixture, 500, "");
    fixture_call(fixture, &cancel, expect_unknown);
}

/* --- the log --- */

static void the_log_names_calls_but_no_secrets(void **state) {
    struct fixture *fixture = *state;
    struct payments_call call = {.kind = PAYMENTS_SETUP_OPEN, .email = STR("zoe@example.com")};
    fixture_answer(fixture, 200,
                   "{'id':'cs_1','object':'checkout.session','url':'https://pay.test/cs_1',"
                   "'expires_at':1795086400,'client_secret':'cs_secret_1'}");
    fixture_call(fixture, &call, expect_setup_page);
    struct str log = env_sim_log(fixture->sim);
    assert_non_null(
        memmem(log.bytes, log.len, "stripe.call kind=setup_open outcome=done status=200", 51));
    assert_non_null(memmem(log.bytes, log.len, "request_id=req_1", 16));
    static const char *const secrets[] = {"sk_test", "cs_secret", "pay.test", "zoe@"};
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
        assert_null(memmem(log.bytes, log.len, secrets[i], strlen(secrets[i])));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_leaves_it_open_is_unknown),
        cmocka_unit_test(what_is_wrong_for_good_is_refused),
        TEST(an_object_that_is_gone_is_missing),
        TEST(a_declined_card_says_why),
        TEST(lost_and_doubled_messages_give_one_answer),
        TEST(customers_prices_and_pages_are_read),
        TEST(a_setup_intent_has_its_method_once_it_succeeded),
        TEST(a_paid_subscription_needs_one_request),
        cmocka_unit_test(the_intent_tells_why_it_is_incomplete),
        TEST(a_status_newer_than_us_changes_nothing_and_is_logged),
        TEST(an_invoice_is_paid_or_says_where_to_pay),
        TEST(a_price_made_meanwhile_is_ours),
        TEST(a_repeated_answer_is_not_taken_for_the_present),
        TEST(a_cancellation_made_twice_has_succeeded),
        TEST(the_log_names_calls_but_no_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
