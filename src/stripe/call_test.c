/* Promise: each call of the port is exactly one request of Stripe's API at the pinned version, and
 * made again it is the same request to the byte. */
#include "stripe/fixture.h"

#include <stdio.h>

static int set_up(void **state) {
    *state = fixture_create();
    return 0;
}

static int tear_down(void **state) {
    fixture_destroy(*state);
    return 0;
}

static void ignore(const struct payments_answer *answer) {
    (void)answer;
}

/* Everything a call can hold; each kind takes what it needs. */
static struct payments_call whole_call(int64_t kind) {
    return (struct payments_call){
        .kind = kind,
        .idempotency_key = STR("key-1"),
        .user_id = STR("user 42"),
        .email = STR("zo\xc3\xab+a@example.com"),
        .name = STR("Zo\xc3\xab & Co"),
        .country = STR("DE"),
        .customer_id = STR("cus_1"),
        .method_id = STR("pm_1"),
        .method_type = STR("card"),
        .return_url = STR("https://shop.example/billing?setup=done&to=pro"),
        .lookup_key = STR("turnpike_starter_v1_month_usd"),
        .price_id = STR("price_1"),
        .price = 2900,
        .currency = STR("usd"),
        .interval = INTERVAL_YEAR,
        .local_id = STR("subs_1"),
        .subscription_id = STR("sub_1"),
        .item_id = STR("si_1"),
        .invoice_id = STR("in_1"),
        .change = PAYMENTS_CHANGE_NOW,
        .at = 1795000000999,
        .at_period_end = true,
        .schedule_id = STR("sub_sched_1"),
        .next_price_id = STR("price_2"),
        .phase_start = 1795000000000,
        .phase_end = 1797000000000,
        .line1 = STR("1 High St"),
        .postal_code = STR("94105"),
        .purchase_order = STR("PO 7"),
    };
}

static void expect(struct fixture *fixture, const struct payments_call *call, const char *request) {
    size_t i = fixture->request_count;
    fixture_answer(fixture, 500, "{}");
    fixture_call(fixture, call, ignore);
    assert_int_equal(fixture->request_count, i + 1);
    assert_text(fixture->requests[i], request);
}

#define PURCHASE_ORDER "invoice_settings[custom_fields][0]"
#define WITH_PAYMENT "expand[0]=payments.data.payment.payment_intent\nexpand[1]=discounts\n"

static void each_kind_is_one_request(void **state) {
    (void)state;
    static const struct {
        int64_t kind;
        const char *request;
    } cases[] = {
        {PAYMENTS_CUSTOMER_CREATE, "POST /v1/customers\nmetadata[user_id]=user 42\n"
                                   "email=zo\xc3\xab+a@example.com\nname=Zo\xc3\xab & Co\n"
                                   "address[country]=DE\n"},
        {PAYMENTS_PRICE_FIND, "GET /v1/prices\nlookup_keys[0]=turnpike_starter_v1_month_usd\n"
                              "active=true\nlimit=1\n"},
        {PAYMENTS_PRICE_CREATE,
         "POST /v1/prices\nproduct_data[name]=Zo\xc3\xab & Co\nunit_amount=2900\ncurrency=usd\n"
         "recurring[interval]=year\ntax_behavior=exclusive\nlookup_key=turnpike_starter_v1_month_"
         "usd\n"
         "metadata[turnpike]=turnpike_starter_v1_month_usd\n"},
        {PAYMENTS_METHOD_ATTACH, "POST /v1/payment_methods/pm_1/attach\ncustomer=cus_1\n"},
        {PAYMENTS_METHOD_DEFAULT,
         "POST /v1/customers/cus_1\ninvoice_settings[default_payment_method]=pm_1\n"},
        {PAYMENTS_METHOD_DETACH, "POST /v1/payment_methods/pm_1/detach\n"},
        {PAYMENTS_CUSTOMER_READ,
         "GET /v1/customers/cus_1\nexpand[0]=invoice_settings.default_payment_method\n"},
        {PAYMENTS_METHOD_READ, "GET /v1/payment_methods/pm_1\n"},
        {PAYMENTS_SETUP_OPEN, "POST /v1/checkout/sessions\nmode=setup\ncustomer=cus_1\n"
                              "success_url=https://shop.example/billing?setup=done&to=pro\n"
                              "cancel_url=https://shop.example/billing?setup=done&to=pro\n"
                              "currency=usd\nallowed_payment_method_types[0]=card\n"},
        {PAYMENTS_SUBSCRIPTION_CREATE,
         "POST /v1/subscriptions\ncustomer=cus_1\nitems[0][price]=price_1\n"
         "metadata[subscription_id]=subs_1\n"
         "payment_behavior=allow_incomplete\noff_session=false\n"
         "expand[0]=latest_invoice\nexpand[1]=latest_invoice.payments\n"
         "expand[2]=latest_invoice.discounts\n"},
        {PAYMENTS_SUBSCRIPTION_CANCEL, "DELETE /v1/subscriptions/sub_1\n"},
        {PAYMENTS_SUBSCRIPTION_END, "POST /v1/subscriptions/sub_1\ncancel_at_period_end=true\n"},
        {PAYMENTS_SUBSCRIPTION_READ, "GET /v1/subscriptions/sub_1\n"},
        {PAYMENTS_INVOICE_READ, "GET /v1/invoices/in_1\n" WITH_PAYMENT},
        {PAYMENTS_INVOICE_PAY, "POST /v1/invoices/in_1/pay\npayment_method=pm_1\n" WITH_PAYMENT},
        {PAYMENTS_INVOICE_VOID, "POST /v1/invoices/in_1/void\n"},
        {PAYMENTS_SCHEDULE_CREATE, "POST /v1/subscription_schedules\nfrom_subscription=sub_1\n"},
        {PAYMENTS_SCHEDULE_UPDATE,
         "POST /v1/subscription_schedules/sub_sched_1\nend_behavior=release\n"
         "proration_behavior=none\nphases[0][items][0][price]=price_1\n"
         "phases[0][start_date]=1795000000\nphases[0][end_date]=1797000000\n"
         "phases[1][items][0][price]=price_2\nphases[1][duration][interval_count]=1\n"
         "phases[1][duration][interval]=year\nphases[1][proration_behavior]=none\n"},
        {PAYMENTS_SCHEDULE_RELEASE, "POST /v1/subscription_schedules/sub_sched_1/release\n"},
        {PAYMENTS_CUSTOMER_UPDATE,
         "POST /v1/customers/cus_1\nemail=zo\xc3\xab+a@example.com\nname=Zo\xc3\xab & Co\n"
         "address[line1]=1 High St\naddress[line2]=\naddress[city]=\naddress[state]=\n"
         "address[postal_code]=94105\naddress[country]=DE\n" PURCHASE_ORDER
         "[name]=Purchase order\n" PURCHASE_ORDER "[value]=PO 7\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_create();
        struct payments_call call = whole_call(cases[i].kind);
        expect(fixture, &call, cases[i].request);
        fixture_destroy(fixture);
    }
}

static void a_pause_credits_and_its_end_begins_a_period(void **state) {
    (void)state;
    const struct {
        enum payments_kind kind;
        const char *request;
    } cases[] = {
        {PAYMENTS_SUBSCRIPTION_PAUSE,
         "POST /v1/subscriptions/sub_1/pause\ntype=subscription\n"
         "bill_for[unused_time_from][type]=now\nbill_for[outstanding_usage_through][type]=now\n"
         "invoicing_behavior=pending_invoice_item\n"},
        {PAYMENTS_SUBSCRIPTION_RESUME,
         "POST /v1/subscriptions/sub_1/resume\nbilling_cycle_anchor[type]=now\n"
         "payment_behavior=resume_on_payment_attempt\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_create();
        struct payments_call call = whole_call(cases[i].kind);
        expect(fixture, &call, cases[i].request);
        fixture_destroy(fixture);
    }
}

static void each_change_is_billed_its_way(void **state) {
    static const char *const requests[] = {
        [PAYMENTS_CHANGE_NOW] =
            ("POST /v1/subscriptions/sub_1\nitems[0][id]=si_1\nitems[0][price]=price_1\n"
             "proration_behavior=always_invoice\nproration_date=1795000000\n"
             "payment_behavior=pending_if_incomplete\n"
             "expand[0]=latest_invoice\nexpand[1]=latest_invoice.payments\n"
             "expand[2]=latest_invoice.discounts\n"),
        [PAYMENTS_CHANGE_NEW_PERIOD] =
            ("POST /v1/subscriptions/sub_1\nitems[0][id]=si_1\nitems[0][price]=price_1\n"
             "proration_behavior=always_invoice\nproration_date=1795000000\n"
             "payment_behavior=pending_if_incomplete\n"
             "expand[0]=latest_invoice\nexpand[1]=latest_invoice.payments\n"
             "expand[2]=latest_invoice.discounts\n"
             "billing_cycle_anchor[type]=now\n"),
    };
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        struct payments_call call = whole_call(PAYMENTS_SUBSCRIPTION_CHANGE);
        call.change = (int64_t)i;
        expect(*state, &call, requests[i]);
    }
}

#define PREVIEW "POST /v1/invoices/create_preview\ncustomer=cus_1\nsubscription=sub_1\n"
#define ITEM                                                                                       \
    "subscription_details[items][0][id]=si_1\nsubscription_details[items][0][price]=price_1\n"
#define NOW                                                                                        \
    "subscription_details[proration_behavior]=always_invoice\n"                                    \
    "subscription_details[proration_date]=1795000000\n"

static void each_change_is_previewed_as_it_is_billed(void **state) {
    static const char *const requests[PAYMENTS_CHANGE_COUNT] = {
        [PAYMENTS_CHANGE_NOW] = PREVIEW ITEM NOW,
        [PAYMENTS_CHANGE_NEW_PERIOD] =
            PREVIEW ITEM NOW "subscription_details[billing_cycle_anchor][type]=now\n",
        [PAYMENTS_CHANGE_NEXT_PERIOD] =
            PREVIEW ITEM "subscription_details[proration_behavior]=none\n"
                         "subscription_details[cancel_at_period_end]=false\n",
        [PAYMENTS_CHANGE_WHOLE_PERIOD] =
            PREVIEW ITEM "subscription_details[proration_behavior]=none\n"
                         "subscription_details[billing_cycle_anchor][type]=now\n",
        [PAYMENTS_CHANGE_START] = PREVIEW ITEM,
        [PAYMENTS_CHANGE_NONE] = PREVIEW,
    };
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        struct payments_call call = whole_call(PAYMENTS_INVOICE_PREVIEW);
        call.change = (int64_t)i;
        expect(*state, &call, requests[i]);
    }
}

/* What lowers a price is told only where there is something to tell. */
static void offers_are_told(void **state) {
    struct payments_call call = {.kind = PAYMENTS_SUBSCRIPTION_CREATE,
                                 .customer_id = STR("cus_1"),
                                 .price_id = STR("price_1"),
                                 .local_id = STR("subs_1"),
                                 .coupon_id = STR("turnpike_HALF_1"),
                                 .trial_days = 14,
                                 .taxes = true};
    expect(*state, &call,
           "POST /v1/subscriptions\ncustomer=cus_1\nitems[0][price]=price_1\n"
           "metadata[subscription_id]=subs_1\npayment_behavior=allow_incomplete\n"
           "off_session=false\ndiscounts[0][coupon]=turnpike_HALF_1\ntrial_period_days=14\n"
           "trial_settings[end_behavior][missing_payment_method]=cancel\n"
           "automatic_tax[enabled]=true\n"
           "expand[0]=latest_invoice\nexpand[1]=latest_invoice.payments\n"
           "expand[2]=latest_invoice.discounts\n");
    call = (struct payments_call){.kind = PAYMENTS_SUBSCRIPTION_DISCOUNT,
                                  .subscription_id = STR("sub_1")};
    expect(*state, &call, "POST /v1/subscriptions/sub_1\ndiscounts=\n");
    call.coupon_id = STR("turnpike_HALF_1");
    expect(*state, &call, "POST /v1/subscriptions/sub_1\ndiscounts[0][coupon]=turnpike_HALF_1\n");
    call = (struct payments_call){.kind = PAYMENTS_INVOICE_PREVIEW,
                                  .subscription_id = STR("sub_1"),
                                  .change = PAYMENTS_CHANGE_NONE,
                                  .drops_coupon = true};
    expect(*state, &call, "POST /v1/invoices/create_preview\nsubscription=sub_1\ndiscounts=\n");
    call = (struct payments_call){.kind = PAYMENTS_COUPON_CREATE,
                                  .coupon_id = STR("turnpike_HALF_1"),
                                  .name = STR("Half"),
                                  .percent_off = 50,
                                  .duration = STR("repeating"),
                                  .months = 3};
    expect(*state, &call,
           "POST /v1/coupons\nid=turnpike_HALF_1\nname=Half\npercent_off=50\n"
           "duration=repeating\nduration_in_months=3\n");
    call = (struct payments_call){.kind = PAYMENTS_SUBSCRIPTION_CANCEL,
                                  .subscription_id = STR("sub_1"),
                                  .prorates = true,
                                  .bills_waiting = true};
    expect(*state, &call, "DELETE /v1/subscriptions/sub_1\nprorate=true\ninvoice_now=true\n");
    call.prorates = false; /* a pause has credited it before */
    expect(*state, &call, "DELETE /v1/subscriptions/sub_1\ninvoice_now=true\n");
}

/* An invoice that is sent waits its days, none of them when it is due at once; nothing is charged,
 * so that no change has to wait for it. */
static void how_it_is_paid_is_told(void **state) {
    struct payments_call call = {.kind = PAYMENTS_SUBSCRIPTION_COLLECT,
                                 .subscription_id = STR("sub_1")};
    expect(*state, &call,
           "POST /v1/subscriptions/sub_1\ncollection_method=charge_automatically\n"
           "payment_settings[payment_method_types]=\n");
    static const char *const days[] = {"0", "30"};
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        char wanted[400];
        (void)snprintf(wanted, sizeof wanted,
                       "POST /v1/subscriptions/sub_1\ncollection_method=send_invoice\n"
                       "days_until_due=%s\n"
                       "payment_settings[payment_method_types][0]=customer_balance\n"
                       "payment_settings[payment_method_options][customer_balance][funding_type]="
                       "bank_transfer\n",
                       days[i]);
        call.sends_invoice = true;
        call.days_until_due = i == 0 ? 0 : 30;
        expect(*state, &call, wanted);
    }
    call = (struct payments_call){.kind = PAYMENTS_SUBSCRIPTION_CHANGE,
                                  .subscription_id = STR("sub_1"),
                                  .item_id = STR("si_1"),
                                  .price_id = STR("price_1"),
                                  .change = PAYMENTS_CHANGE_NEW_PERIOD,
                                  .at = 1795000000999,
                                  .sends_invoice = true,
                                  .ends_trial = true};
    expect(*state, &call,
           "POST /v1/subscriptions/sub_1\nitems[0][id]=si_1\nitems[0][price]=price_1\n"
           "proration_behavior=always_invoice\nproration_date=1795000000\n"
           "payment_behavior=allow_incomplete\n"
           "expand[0]=latest_invoice\nexpand[1]=latest_invoice.payments\n"
           "expand[2]=latest_invoice.discounts\ntrial_end=now\n"
           "billing_cycle_anchor[type]=now\n");
}

/* An empty value would unset the field at Stripe. */
static void what_has_no_value_is_left_out(void **state) {
    struct payments_call call = {.kind = PAYMENTS_CUSTOMER_CREATE, .user_id = STR("u")};
    expect(*state, &call, "POST /v1/customers\nmetadata[user_id]=u\n");
    call = (struct payments_call){.kind = PAYMENTS_INVOICE_PAY, .invoice_id = STR("in_1")};
    expect(*state, &call, "POST /v1/invoices/in_1/pay\n" WITH_PAYMENT);
    call =
        (struct payments_call){.kind = PAYMENTS_SUBSCRIPTION_END, .subscription_id = STR("sub_1")};
    expect(*state, &call, "POST /v1/subscriptions/sub_1\ncancel_at_period_end=false\n");
}

/* A payment method's id was typed by a browser. */
static void an_id_cannot_leave_its_place_in_the_path(void **state) {
    struct payments_call call = {.kind = PAYMENTS_METHOD_ATTACH,
                                 .method_id = STR("pm_1/../../customers?x=1#"),
                                 .customer_id = STR("cus_1")};
    expect(*state, &call,
           "POST /v1/payment_methods/pm_1%2F%2E%2E%2F%2E%2E%2Fcustomers%3Fx%3D1%23/attach\n"
           "customer=cus_1\n");
    call.method_id = STR("..");
    expect(*state, &call, "POST /v1/payment_methods/%2E%2E/attach\ncustomer=cus_1\n");
}

static void headers_name_key_version_and_work(void **state) {
    struct fixture *fixture = *state;
    struct payments_call call = whole_call(PAYMENTS_CUSTOMER_CREATE);
    fixture_answer(fixture, 500, "{}");
    fixture_call(fixture, &call, ignore);
    assert_text(fixture->headers[0],
                "Authorization: Bearer sk_test_very_secret\nStripe-Version: 2026-10-28.endive\n"
                "User-Agent: Turnpike\nContent-Type: application/x-www-form-urlencoded\n"
                "Idempotency-Key: key-1\n");
    call.kind = PAYMENTS_SUBSCRIPTION_CANCEL; /* idempotent without a key */
    fixture_answer(fixture, 500, "{}");
    fixture_call(fixture, &call, ignore);
    assert_text(fixture->headers[1],
                "Authorization: Bearer sk_test_very_secret\nStripe-Version: 2026-10-28.endive\n"
                "User-Agent: Turnpike\n");
}

static void a_repeated_call_is_the_same_to_the_byte(void **state) {
    struct fixture *fixture = *state;
    struct payments_call call = whole_call(PAYMENTS_SUBSCRIPTION_CREATE);
    for (int i = 0; i < 2; i++) {
        fixture_answer(fixture, 0, "");
        fixture_call(fixture, &call, ignore);
    }
    assert_true(str_equal(fixture->requests[0], fixture->requests[1]));
    assert_true(str_equal(fixture->headers[0], fixture->headers[1]));
}

static void a_key_or_address_that_cannot_work_is_refused(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *base_url, *key, *sentence;
    } cases[] = {
        {"ftp://stripe.test", "sk_1",
         "Stripe's address must begin with https:// or http:// and end without a slash."},
        {"https://stripe.test/", "sk_1",
         "Stripe's address must begin with https:// or http:// and end without a slash."},
        {"https://stripe.test", "",
         "Stripe's secret key must be one word of printable characters."},
        {"https://stripe.test", "sk_1\r\nX-Other: 1",
         "Stripe's secret key must be one word of printable characters."},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct stripe_options options = {.env = fixture->cx.env,
                                         .base_url = str_from_cstr(cases[i].base_url),
                                         .secret_key = str_from_cstr(cases[i].key)};
        struct stripe *stripe = NULL;
        assert_err(stripe_create(&fixture->cx, &options, &stripe), ERR_FORMAT);
        assert_string_equal(fixture->cx.detail, cases[i].sentence);
        assert_null(stripe);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define LINES                                                                                      \
    "[{\"description\":\"1 x "                                                                     \
    "Starter\",\"amount\":{\"amount\":2901,\"currency\":\"usd\"},\"discount\":{"                   \
    "\"amount\":1,\"currency\":\"usd\"},\"tax\":{\"amount\":0,\"currency\":\"usd\"},\"period\":{"  \
    "\"start\":\""                                                                                 \
    "2026-01-01T00:00:00Z\",\"end\":\"2026-02-01T00:00:00Z\"},\"proration\":false,\"priceId\":"    \
    "\"price_1\""                                                                                  \
    ",\"quantity\":3},{\"description\":\"Unused\",\"amount\":{\"amount\":-100,\"currency\":"       \
    "\"usd\"},\"tax\":"                                                                            \
    "{\"amount\":0,\"currency\":\"usd\"},\"period\":{\"start\":\"2026-01-01T00:00:00Z\",\"end\":"  \
    "\"2026-02-"                                                                                   \
    "01T00:00:00Z\"},\"proration\":true,\"priceId\":\"price_1\",\"quantity\":3}]"
#define DAYS(i)                                                                                    \
    "invoice_items[" i "][period][start]=1767225600\n"                                             \
    "invoice_items[" i "][period][end]=1769904000\n"

/* Whole units where the amount divides into them; a credit keeps its sign. */
static void a_correction_bills_the_same_lines(void **state) {
    struct payments_call call = {
        .kind = PAYMENTS_CORRECTION_PREVIEW,
        .country = STR("DE"),
        .city = STR("Berlin"),
        .currency = STR("usd"),
        .coupon_id = STR("FRIEND"),
        .taxes = true,
        .tax_ids = STR("[{\"type\":\"eu_vat\",\"value\":\"DE1\"}]"),
        .lines = STR(LINES),
    };
    expect(*state, &call,
           "POST /v1/invoices/create_preview\ncustomer_details[address][city]=Berlin\n"
           "customer_details[address][country]=DE\ncustomer_details[tax_ids][0][type]=eu_vat\n"
           "customer_details[tax_ids][0][value]=DE1\ncurrency=usd\ndiscounts[0][coupon]=FRIEND\n"
           "automatic_tax[enabled]=true\n"
           "invoice_items[0][currency]=usd\ninvoice_items[0][description]=1 x Starter\n"
           "invoice_items[0][unit_amount_decimal]=967\ninvoice_items[0][quantity]=3\n"
           "invoice_items[0][discountable]=true\ninvoice_items[0][tax_behavior]=exclusive\n" DAYS(
               "0") "invoice_items[1][currency]=usd\ninvoice_items[1][description]=Unused\n"
                    "invoice_items[1][unit_amount_decimal]=-100\ninvoice_items[1][quantity]=1\n"
                    "invoice_items[1][discountable]=false\n"
                    "invoice_items[1][tax_behavior]=exclusive\n" DAYS("1"));
}

static void a_correction_is_a_draft_first(void **state) {
    struct payments_call draft = {
        .kind = PAYMENTS_INVOICE_DRAFT,
        .customer_id = STR("cus_1"),
        .currency = STR("usd"),
        .local_id = STR("corr_1"),
        .memo = STR("Corrects invoice A-1"),
    };
    const char *const plain =
        "POST /v1/invoices\ncustomer=cus_1\ncurrency=usd\nauto_advance=false\n"
        "pending_invoice_items_behavior=exclude\nmetadata[correction_id]=corr_1\n"
        "footer=Corrects invoice A-1\n";
    expect(*state, &draft, plain);
    draft.reason = STR("PO 1");
    draft.sends_invoice = true;
    draft.at = 1795000000999;
    expect(*state, &draft,
           "POST /v1/invoices\ncustomer=cus_1\ncurrency=usd\nauto_advance=false\n"
           "pending_invoice_items_behavior=exclude\nmetadata[correction_id]=corr_1\n"
           "footer=Corrects invoice A-1\ncustom_fields[0][name]=Purchase order\n"
           "custom_fields[0][value]=PO 1\ncollection_method=send_invoice\ndue_date=1795000000\n"
           "payment_settings[payment_method_types][0]=customer_balance\n"
           "payment_settings[payment_method_options][customer_balance][funding_type]=bank_transfer"
           "\n");
    const struct payments_call item = {
        .kind = PAYMENTS_INVOICE_ITEM,
        .customer_id = STR("cus_1"),
        .invoice_id = STR("in_2"),
        .currency = STR("usd"),
        .name = STR("1 x Starter"),
        .price = -5,
        .quantity = 2,
        .phase_start = 1795000000000,
        .phase_end = 1797000000000,
    };
    expect(*state, &item,
           "POST /v1/invoiceitems\ncustomer=cus_1\ninvoice=in_2\ncurrency=usd\n"
           "description=1 x Starter\nunit_amount_decimal=-5\nquantity=2\ndiscountable=false\n"
           "tax_behavior=exclusive\nperiod[start]=1795000000\nperiod[end]=1797000000\n");
}

static void a_correction_ends_with_both_papers(void **state) {
    const struct payments_call finalize = {.kind = PAYMENTS_INVOICE_FINALIZE,
                                           .invoice_id = STR("in_2")};
    expect(*state, &finalize, "POST /v1/invoices/in_2/finalize\nauto_advance=true\n" WITH_PAYMENT);
    const struct payments_call read = {.kind = PAYMENTS_DRAFT_READ, .invoice_id = STR("in_2")};
    expect(*state, &read, "GET /v1/invoices/in_2\n" WITH_PAYMENT);
    const struct payments_call remove = {.kind = PAYMENTS_DRAFT_DELETE, .invoice_id = STR("in_2")};
    expect(*state, &remove, "DELETE /v1/invoices/in_2\n");
    const struct payments_call memo = {.kind = PAYMENTS_CREDIT_NOTE_MEMO,
                                       .object_id = STR("cn_1"),
                                       .memo = STR("Corrected by invoice A-2")};
    expect(*state, &memo,
           "POST /v1/credit_notes/cn_1\nmemo=Corrected by invoice A-2\nexpand[0]=invoice\n");
}

static void a_card_is_made_ready_for_one_customer(void **state) {
    const struct payments_call made = {.kind = PAYMENTS_SETUP_INTENT_CREATE,
                                       .customer_id = STR("cus_1"),
                                       .method_type = STR("card")};
    expect(*state, &made,
           "POST /v1/setup_intents\ncustomer=cus_1\nusage=off_session\n"
           "allowed_payment_method_types[0]=card\n");
    const struct payments_call read = {.kind = PAYMENTS_SETUP_INTENT_READ,
                                       .object_id = STR("seti_1")};
    expect(*state, &read, "GET /v1/setup_intents/seti_1\nexpand[0]=payment_method\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_one_request),
        TEST(a_pause_credits_and_its_end_begins_a_period),
        TEST(each_change_is_billed_its_way),
        TEST(each_change_is_previewed_as_it_is_billed),
        TEST(offers_are_told),
        TEST(how_it_is_paid_is_told),
        TEST(what_has_no_value_is_left_out),
        TEST(an_id_cannot_leave_its_place_in_the_path),
        TEST(headers_name_key_version_and_work),
        TEST(a_repeated_call_is_the_same_to_the_byte),
        TEST(a_key_or_address_that_cannot_work_is_refused),
        TEST(a_correction_bills_the_same_lines),
        TEST(a_correction_is_a_draft_first),
        TEST(a_correction_ends_with_both_papers),
        TEST(a_card_is_made_ready_for_one_customer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
