/* Promise: Stripe's own example objects are read in full, and what cannot be represented is told
 * apart from what is no such object. */
#include "stripe/object.h"

#include <stdlib.h>

#include "base/env_sim.h"
#include "base/testing.h"

struct desk {
    struct env_sim *sim;
    struct arena arena;
    json_t *examples; /* NULL: not there */
};

static int set_up(void **state) {
    struct env_sim *sim = env_sim_create(1);
    struct desk *desk = env_alloc(env_sim_env(sim), sizeof *desk);
    assert_non_null(desk);
    *desk = (struct desk){.sim = sim};
    arena_init(&desk->arena, env_sim_env(sim), 1 << 20);
    struct str path =
        arena_printf(&desk->arena, "%s/../shared/stripe/fixtures.json", getenv("TURNPIKE_SOURCE"));
    desk->examples = json_load_file(path.bytes, 0, NULL);
    *state = desk;
    return 0;
}

static int tear_down(void **state) {
    struct desk *desk = *state;
    struct env_sim *sim = desk->sim;
    json_decref(desk->examples);
    arena_finish(&desk->arena);
    env_free(env_sim_env(sim), desk);
    env_sim_destroy(sim);
    return 0;
}

/* One of Stripe's published examples; the test is skipped where they are not at hand. */
static json_t *example(const struct desk *desk, const char *type) {
    json_t *object = json_object_get(json_object_get(desk->examples, "resources"), type);
    if (object == NULL) {
        skip();
    }
    return object;
}

/* JSON from text in which "'" stands for a quotation mark. */
static json_t *sample(const char *text) {
    char json[2048];
    size_t len = 0;
    for (; text[len] != '\0' && len < sizeof json - 1; len++) {
        json[len] = text[len] == '\'' ? '"' : text[len];
    }
    json[len] = '\0';
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static void put(json_t *object, const char *name, const char *text) {
    assert_int_equal(json_object_set_new(object, name, sample(text)), 0);
}

/* --- Stripe's examples --- */

static void the_published_payment_method_is_read(void **state) {
    struct payments_method method;
    assert_int_equal(object_read_method(example(*state, "payment_method"), &method), OBJECT_READ);
    assert_text(method.id, "pm_1Pgc75B7WZ01zgkWlHVgdEGJ");
    assert_text(method.customer_id, "");
    assert_text(method.type, "card");
    assert_text(method.brand, "visa");
    assert_text(method.last4, "4242");
    assert_int_equal(method.expiry_month, 8);
    assert_int_equal(method.expiry_year, 2030);
}

static void the_published_subscription_is_read(void **state) {
    json_t *object = example(*state, "subscription");
    struct payments_subscription subscription;
    /* the example's period ends before it starts */
    assert_int_equal(object_read_subscription(object, &subscription), OBJECT_UNKNOWN_VALUE);
    json_t *item = json_array_get(json_object_get(json_object_get(object, "items"), "data"), 0);
    put(item, "current_period_start", "1721954054");
    put(item, "current_period_end", "1724632454");
    assert_int_equal(object_read_subscription(object, &subscription), OBJECT_READ);
    assert_text(subscription.id, "sub_1Pgc6rB7WZ01zgkWNy0Cn5nw");
    assert_text(subscription.customer_id, "cus_QXg1o8vcGmoR32");
    assert_text(subscription.local_id, "");
    assert_text(subscription.item_id, "si_QXhVnC2h0Jczwc");
    assert_text(subscription.price_id, "price_1PgafmB7WZ01zgkW6dKueIc5");
    assert_text(subscription.lookup_key, "");
    assert_int_equal(subscription.status, SUBSCRIPTION_ACTIVE);
    assert_int_equal(subscription.current_period.start.ms, 1721954054000);
    assert_int_equal(subscription.current_period.end.ms, 1724632454000);
    assert_int_equal(subscription.created_at.ms, 1234567890000);
    assert_true(subscription.has_ended);
    assert_int_equal(subscription.ended_at.ms, 1234567890000);
}

static void the_published_invoice_is_read(void **state) {
    struct desk *desk = *state;
    struct payments_invoice invoice;
    assert_int_equal(object_read_invoice(example(desk, "invoice"), &desk->arena, &invoice),
                     OBJECT_READ);
    assert_text(invoice.id, "in_1Pgc6tB7WZ01zgkWu9fdqL6I");
    assert_text(invoice.subscription_id, "subscription");
    assert_text(invoice.number, "");
    assert_text(invoice.billing_reason, "manual");
    assert_int_equal(invoice.status, INVOICE_DRAFT);
    assert_int_equal(invoice.total.minor, 1000);
    assert_string_equal(invoice.total.currency.code, "usd");
    assert_true(money_is_zero(invoice.amount_paid));
    assert_true(money_is_zero(invoice.tax));
    assert_true(invoice.has_due_date);
    assert_int_equal(invoice.due_date.ms, 1234567890000);
    assert_int_equal(invoice.line_count, 1);
    assert_text(invoice.lines[0].description, "My First Invoice Item (created for API docs)");
    assert_int_equal(invoice.lines[0].amount.minor, 1000);
    assert_true(invoice.lines[0].is_proration);
    assert_int_equal(invoice.lines[0].period.start.ms, 1721954054000);
}

/* --- our samples --- */

static const char invoice_sample[] =
    "{'id':'in_1','object':'invoice','customer':{'id':'cus_1','object':'customer'},"
    "'status':'open','currency':'usd','total':3451,'amount_due':3451,'amount_paid':0,"
    "'total_taxes':[{'amount':400},{'amount':151}],'created':1795000000,'due_date':null,"
    "'period_start':1795000000,'period_end':1795000000,'hosted_invoice_url':'https://pay.test/1',"
    "'invoice_pdf':'https://pay.test/1.pdf','number':'A-1','billing_reason':'subscription_update',"
    "'parent':{'subscription_details':{'subscription':'sub_1'}},'lines':{'data':["
    "{'description':'Unused time','amount':-1450,'period':{'start':1795000000,'end':1797592000},"
    "'parent':{'subscription_item_details':{'proration':true}}},"
    "{'description':'Pro','amount':4350,'period':{'start':1795000000,'end':1797592000},"
    "'parent':{'subscription_item_details':{'proration':false}}}]}}";

static void an_invoice_has_lines_and_tax(void **state) {
    struct desk *desk = *state;
    CLEANUP(json_release) json_t *object = sample(invoice_sample);
    struct payments_invoice invoice;
    assert_int_equal(object_read_invoice(object, &desk->arena, &invoice), OBJECT_READ);
    assert_text(invoice.customer_id, "cus_1"); /* expanded */
    assert_text(invoice.pdf_url, "https://pay.test/1.pdf");
    assert_int_equal(invoice.tax.minor, 551);
    assert_false(invoice.has_due_date);
    assert_int_equal(invoice.line_count, 2);
    assert_int_equal(invoice.lines[0].amount.minor, -1450);
    assert_true(invoice.lines[0].is_proration);
    assert_false(invoice.lines[1].is_proration);
}

static void an_invoice_that_cannot_be_represented_is_told(void **state) {
    struct desk *desk = *state;
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"status", "'frozen'"},
        {"status", "null"},
        {"currency", "'xx1'"},
        {"total", "9007199254740993"}, /* 2^53 + 1 */
        {"amount_due", "'29.00'"},
        {"amount_paid", "1.5"},
        {"created", "253402300800"}, /* the year 10000 */
        {"due_date", "9223372036854775807"},
        {"period_end", "1794999999"}, /* before its start */
        {"total_taxes", "[{'amount':9007199254740992},{'amount':1}]"},
        {"lines", "{'data':[{'amount':1}]}"},
        {"lines", "{'data':[{'amount':null,'period':{'start':1,'end':2}}]}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(json_release) json_t *object = sample(invoice_sample);
        put(object, cases[i].name, cases[i].value);
        struct payments_invoice invoice;
        assert_int_equal(object_read_invoice(object, &desk->arena, &invoice), OBJECT_UNKNOWN_VALUE);
    }
}

static void more_lines_than_fit_are_cut(void **state) {
    struct desk *desk = *state;
    CLEANUP(json_release) json_t *object = sample(invoice_sample);
    json_t *data = json_object_get(json_object_get(object, "lines"), "data");
    while (json_array_size(data) <= PAYMENTS_LINES_MAX) {
        assert_int_equal(json_array_append(data, json_array_get(data, 0)), 0);
    }
    struct payments_invoice invoice;
    assert_int_equal(object_read_invoice(object, &desk->arena, &invoice), OBJECT_READ);
    assert_int_equal(invoice.line_count, PAYMENTS_LINES_MAX);
}

static void a_bank_account_shows_its_bank(void **state) {
    (void)state;
    CLEANUP(json_release)
    json_t *object = sample(
        "{'id':'pm_2','object':'payment_method','type':'us_bank_account',"
        "'created':1772366400,'customer':'cus_1','us_bank_account':{'bank_name':'STRIPE TEST BANK',"
        "'last4':'6789'}}");
    struct payments_method method;
    assert_int_equal(object_read_method(object, &method), OBJECT_READ);
    assert_text(method.customer_id, "cus_1");
    assert_text(method.brand, "STRIPE TEST BANK");
    assert_text(method.last4, "6789");
    assert_int_equal(method.expiry_year, 0);
    assert_int_equal(method.created_at.ms, INT64_C(1772366400000));
    json_object_del(object, "created"); /* it decides what a method is for: never guessed */
    assert_int_equal(object_read_method(object, &method), OBJECT_UNKNOWN_VALUE);
}

static void another_object_is_not_it(void **state) {
    struct desk *desk = *state;
    static const char *const texts[] = {"{}", "{'object':'invoice'}",
                                        "{'id':'','object':'invoice'}", "{'id':'x','object':'y'}",
                                        "{'id':7,'object':'subscription'}"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        CLEANUP(json_release) json_t *object = sample(texts[i]);
        struct payments_method method;
        struct payments_subscription subscription;
        struct payments_invoice invoice;
        assert_int_equal(object_read_method(object, &method), OBJECT_NOT_IT);
        assert_int_equal(object_read_subscription(object, &subscription), OBJECT_NOT_IT);
        assert_int_equal(object_read_invoice(object, &desk->arena, &invoice), OBJECT_NOT_IT);
    }
}

static void the_default_payment_of_an_invoice_counts(void **state) {
    (void)state;
    CLEANUP(json_release)
    json_t *object =
        sample("{'payments':{'data':[{'is_default':false,'payment':{'payment_intent':'pi_old'}},"
               "{'is_default':true,'payment':{'payment_intent':{'id':'pi_1','object':'x'}}},"
               "{'is_default':false,'payment':{'payment_intent':'pi_other'}}]}}");
    assert_text(object_intent_of_invoice(object), "pi_1");
    put(object, "payments", "null");
    assert_text(object_intent_of_invoice(object), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_published_payment_method_is_read),
        TEST(the_published_subscription_is_read),
        TEST(the_published_invoice_is_read),
        TEST(an_invoice_has_lines_and_tax),
        TEST(an_invoice_that_cannot_be_represented_is_told),
        TEST(more_lines_than_fit_are_cut),
        TEST(a_bank_account_shows_its_bank),
        TEST(another_object_is_not_it),
        TEST(the_default_payment_of_an_invoice_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
