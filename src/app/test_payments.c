/* The tests' payment provider. It does what a call asks at the moment of the call and keeps the
 * answer under the call's key; only handing the answer over waits for test_payments_step(). */
#include "app/test_payments.h"

#include <string.h>

#include "app/operation_plan.h"
#include "base/attr.h"
#include "base/check.h"
#include "core/proration.h"

enum { MEMORY_MAX = 64 * 1024 * 1024, SETUP_HOURS = 24 };

static void call(struct payments *port, const struct payments_call *wanted, payments_done *done,
                 void *context);

void test_payments_init(struct test_payments *payments, struct env *clock) {
    memset(payments, 0, sizeof *payments);
    payments->port.call = call;
    payments->clock = clock;
    env_posix_init(&payments->env);
    arena_init(&payments->arena, &payments->env, MEMORY_MAX);
    cx_init(&payments->cx, &payments->env, &payments->arena);
}

void test_payments_finish(struct test_payments *payments) {
    arena_finish(&payments->arena);
}

/* --- objects --- */

static struct str id_of(struct test_payments *payments, const char *kind, size_t number) {
    return arena_printf(&payments->arena, "%s_%zu", kind, number);
}

static struct str kept(struct test_payments *payments, struct str text) {
    return arena_str(&payments->arena, text);
}

/* The provider knows whole seconds only. */
static struct instant now_of(const struct test_payments *payments) {
    int64_t ms = payments->clock->wall_ms(payments->clock);
    return (struct instant){ms - ms % 1000};
}

static const struct test_price *price_of_id(const struct test_payments *payments, struct str id) {
    for (size_t i = 0; i < payments->price_count; i++) {
        if (str_equal(payments->prices[i].id, id)) {
            return &payments->prices[i];
        }
    }
    check(false);
    return NULL;
}

static struct payments_method *find_method(struct test_payments *payments, struct str id) {
    for (size_t i = 0; i < payments->method_count; i++) {
        if (str_equal(payments->methods[i].id, id)) {
            return &payments->methods[i];
        }
    }
    return NULL;
}

static struct payments_subscription *find_subscription(struct test_payments *payments,
                                                       struct str id) {
    for (size_t i = 0; i < payments->subscription_count; i++) {
        if (str_equal(payments->subscriptions[i].id, id)) {
            return &payments->subscriptions[i];
        }
    }
    check(false);
    return NULL;
}

static struct payments_invoice *find_invoice(struct test_payments *payments, struct str id) {
    for (size_t i = 0; i < payments->invoice_count; i++) {
        if (str_equal(payments->invoices[i].id, id)) {
            return &payments->invoices[i];
        }
    }
    check(false);
    return NULL;
}

static void charge(struct test_payments *payments, struct str key,
                   struct payments_invoice *invoice) {
    check(payments->charge_count < TEST_OBJECTS_MAX && payments->taken_count < TEST_OBJECTS_MAX);
    struct payments_charge *taken = &payments->taken[payments->taken_count++];
    *taken = (struct payments_charge){
        .id = id_of(payments, "ch", payments->taken_count),
        .customer_id = invoice->customer_id,
        .intent_id = id_of(payments, "pi", payments->taken_count),
        .status = STR("succeeded"),
        .amount = invoice->total,
        .amount_refunded = money_zero(invoice->total.currency),
        .created_at = now_of(payments),
    };
    payments->charges[payments->charge_count++] =
        (struct test_charge){kept(payments, key), invoice->id, invoice->total.minor};
    invoice->status = INVOICE_PAID;
    invoice->amount_paid = invoice->total;
}

/* A declined charge leaves its name and its reason with the invoice's payment. */
static void fail(struct test_payments *payments, struct payments_invoice *invoice) {
    invoice->is_attempted = invoice->has_payment = true;
    invoice->payment_status = STR("requires_payment_method");
    invoice->decline_code = STR("insufficient_funds");
    invoice->failed_charge_id = id_of(payments, "ch", ++payments->failure_count);
}

static struct payments_invoice *add_invoice(struct test_payments *payments,
                                            struct payments_subscription *subscription,
                                            struct money total, const char *reason) {
    check(payments->invoice_count < TEST_OBJECTS_MAX);
    struct payments_invoice *invoice = &payments->invoices[payments->invoice_count++];
    struct payments_invoice_line *line = ARENA_NEW(&payments->arena, struct payments_invoice_line);
    check(line != NULL);
    *line = (struct payments_invoice_line){
        .description = STR("One line"), .amount = total, .period = subscription->current_period};
    *invoice = (struct payments_invoice){
        .id = id_of(payments, "in", payments->invoice_count),
        .customer_id = subscription->customer_id,
        .subscription_id = subscription->id,
        .number = id_of(payments, "T", payments->invoice_count),
        .billing_reason = str_from_cstr(reason),
        .status = INVOICE_OPEN,
        .total = total,
        .amount_due = total,
        .amount_paid = money_zero(total.currency),
        .tax = money_zero(total.currency),
        .created_at = now_of(payments),
        .is_charged = true,
        .auto_advance = true,
        .has_payment = true,
        .payment_status = STR("requires_payment_method"),
        .period = subscription->current_period,
        .lines = line,
        .line_count = 1,
    };
    subscription->latest_invoice_id = invoice->id;
    return invoice;
}

/* --- calls that sell --- */

static void subscribe(struct test_payments *payments, const struct payments_call *wanted,
                      struct payments_answer *answer) {
    check(payments->subscription_count < TEST_OBJECTS_MAX);
    const struct test_price *price = price_of_id(payments, wanted->price_id);
    struct payments_subscription *made = &payments->subscriptions[payments->subscription_count++];
    struct instant now = now_of(payments);
    bool is_paid = answer->outcome == PAYMENTS_DONE;
    *made = (struct payments_subscription){
        .id = id_of(payments, "sub", payments->subscription_count),
        .customer_id = kept(payments, wanted->customer_id),
        .local_id = kept(payments, wanted->local_id),
        .item_id = id_of(payments, "si", payments->subscription_count),
        .price_id = price->id,
        .lookup_key = price->lookup_key,
        .status = is_paid ? SUBSCRIPTION_ACTIVE : SUBSCRIPTION_INCOMPLETE,
        .current_period = period_at(now, price->interval, (struct period_number){0}),
        .created_at = now,
    };
    struct payments_invoice *invoice =
        add_invoice(payments, made, price->amount, "subscription_create");
    if (is_paid) {
        charge(payments, wanted->idempotency_key, invoice);
    }
    answer->has_subscription = answer->has_invoice = true;
    answer->subscription = *made;
    answer->invoice = *invoice;
}

static struct proration prorate(const struct payments_subscription *subscription,
                                const struct test_price *from, const struct test_price *to,
                                const struct payments_call *wanted) {
    struct proration_change change = {
        .from = {from->name, from->amount, from->interval},
        .to = {to->name, to->amount, to->interval},
        .anchor = subscription->current_period.start,
        .at = {wanted->at},
        .begins_period = wanted->change == PAYMENTS_CHANGE_NEW_PERIOD,
    };
    return proration_of(&change);
}

struct change_price {
    struct proration owed;
    struct money total;
};

static struct change_price price_change(const struct test_payments *payments,
                                        const struct payments_call *wanted,
                                        const struct payments_subscription *subscription) {
    const struct test_price *from = price_of_id(payments, subscription->price_id);
    const struct test_price *to =
        wanted->price_id.len > 0 ? price_of_id(payments, wanted->price_id) : from;
    struct change_price line = {.total = to->amount};
    if (wanted->change == PAYMENTS_CHANGE_NOW || wanted->change == PAYMENTS_CHANGE_NEW_PERIOD) {
        line.owed = prorate(subscription, from, to, wanted);
        line.total = line.owed.total;
    }
    return line;
}

/* What the call would bill, in one line; nothing is kept. */
static void preview(struct test_payments *payments, const struct payments_call *wanted,
                    struct payments_answer *answer) {
    struct payments_invoice_line *line = ARENA_NEW(&payments->arena, struct payments_invoice_line);
    check(line != NULL);
    struct payments_invoice invoice = {
        .lines = line, .line_count = 1, .period = {now_of(payments), now_of(payments)}};
    if (wanted->subscription_id.len > 0) {
        const struct payments_subscription *of =
            find_subscription(payments, wanted->subscription_id);
        invoice.total = price_change(payments, wanted, of).total;
        invoice.period = of->current_period;
    } else {
        invoice.total = price_of_id(payments, wanted->price_id)->amount;
    }
    invoice.total.minor += payments->previews_more;
    struct currency currency = invoice.total.currency;
    bool is_credit = money_is_negative(invoice.total);
    invoice.amount_due = is_credit ? money_zero(currency) : invoice.total;
    invoice.ending_balance = is_credit ? invoice.total : money_zero(currency);
    invoice.tax = invoice.discount = invoice.amount_paid = money_zero(currency);
    *line = (struct payments_invoice_line){
        .description = STR("One line"), .amount = invoice.total, .period = invoice.period};
    answer->has_preview = true;
    answer->preview = invoice;
}

static void change(struct test_payments *payments, const struct payments_call *wanted,
                   struct payments_answer *answer) {
    struct payments_subscription *changed = find_subscription(payments, wanted->subscription_id);
    const struct test_price *to = price_of_id(payments, wanted->price_id);
    check(str_equal(changed->item_id, wanted->item_id));
    if (answer->outcome != PAYMENTS_DONE && answer->outcome != PAYMENTS_DECLINED &&
        answer->outcome != PAYMENTS_ACTION_REQUIRED) {
        return;
    }
    struct proration owed = price_change(payments, wanted, changed).owed;
    struct payments_invoice *invoice =
        add_invoice(payments, changed, owed.amount_due, "subscription_update");
    changed->has_pending_update = answer->outcome != PAYMENTS_DONE; /* nothing else changes */
    if (answer->outcome == PAYMENTS_DONE) {
        changed->price_id = to->id;
        changed->lookup_key = to->lookup_key;
        changed->current_period = owed.period;
        charge(payments, wanted->idempotency_key, invoice);
    }
    answer->has_subscription = answer->has_invoice = true;
    answer->subscription = *changed;
    answer->invoice = *invoice;
}

/* A plan ahead: begun with what is billed now, told what comes after, or let go. */
static void schedule(struct test_payments *payments, const struct payments_call *wanted,
                     struct payments_answer *answer) {
    for (size_t i = 0; i < payments->subscription_count; i++) {
        struct payments_subscription *of = &payments->subscriptions[i];
        if (wanted->kind == PAYMENTS_SCHEDULE_CREATE) {
            if (!str_equal(of->id, wanted->subscription_id)) {
                continue;
            }
            check(of->schedule_id.len == 0);
            of->schedule_id = arena_printf(&payments->arena, "sub_sched_%zu", i + 1);
        } else if (!str_equal(of->schedule_id, wanted->schedule_id)) {
            continue;
        }
        answer->has_schedule = true;
        answer->schedule =
            (struct payments_schedule){of->schedule_id, of->price_id, of->current_period};
        if (wanted->kind == PAYMENTS_SCHEDULE_UPDATE) {
            check(str_equal(wanted->price_id, of->price_id));
            check(wanted->phase_end == of->current_period.end.ms);
            payments->next_prices[i] = price_of_id(payments, wanted->next_price_id)->id;
        } else if (wanted->kind == PAYMENTS_SCHEDULE_RELEASE) {
            of->schedule_id = payments->next_prices[i] = STR("");
        }
        return;
    }
    check(false);
}

static void make_void(struct test_payments *payments, const struct payments_call *wanted,
                      struct payments_answer *answer) {
    struct payments_invoice *invoice = find_invoice(payments, wanted->invoice_id);
    if (invoice->status == INVOICE_OPEN) {
        invoice->status = INVOICE_VOID;
    } else {
        answer->outcome = PAYMENTS_REFUSED;
    }
    answer->has_invoice = true;
    answer->invoice = *invoice;
}

static void end(struct payments_subscription *subscription, struct instant at) {
    subscription->status = SUBSCRIPTION_CANCELED;
    subscription->has_ended = true;
    subscription->ended_at = at;
}

static void cancel(struct test_payments *payments, const struct payments_call *wanted,
                   struct payments_answer *answer) {
    struct payments_subscription *ended = find_subscription(payments, wanted->subscription_id);
    end(ended, now_of(payments));
    answer->has_subscription = true;
    answer->subscription = *ended;
}

void test_payments_renew(struct test_payments *payments, size_t number) {
    struct payments_subscription *subscription = &payments->subscriptions[number];
    struct instant at = subscription->current_period.end;
    check(!instant_is_before(now_of(payments), at));
    if (subscription->cancel_at_period_end) {
        end(subscription, at);
        return;
    }
    if (payments->next_prices[number].len > 0) {
        subscription->price_id = payments->next_prices[number];
        payments->next_prices[number] = subscription->schedule_id = STR("");
    }
    const struct test_price *price = price_of_id(payments, subscription->price_id);
    subscription->lookup_key = price->lookup_key;
    subscription->current_period = period_at(at, price->interval, (struct period_number){0});
    charge(payments, STR("cycle"),
           add_invoice(payments, subscription, price->amount, "subscription_cycle"));
}

void test_payments_renew_unpaid(struct test_payments *payments, size_t number) {
    struct payments_subscription *subscription = &payments->subscriptions[number];
    struct instant at = subscription->current_period.end;
    check(!instant_is_before(now_of(payments), at));
    const struct test_price *price = price_of_id(payments, subscription->price_id);
    subscription->current_period = period_at(at, price->interval, (struct period_number){0});
    subscription->status = SUBSCRIPTION_PAST_DUE;
    fail(payments, add_invoice(payments, subscription, price->amount, "subscription_cycle"));
}

/* --- the rest --- */

static void attach(struct test_payments *payments, const struct payments_call *wanted,
                   struct payments_answer *answer) {
    check(payments->method_count < TEST_OBJECTS_MAX);
    if (answer->outcome != PAYMENTS_DONE) {
        return;
    }
    struct payments_method *method = &payments->methods[payments->method_count++];
    *method = (struct payments_method){
        .id = kept(payments, wanted->method_id),
        .customer_id = kept(payments, wanted->customer_id),
        .type = STR("card"),
        .brand = STR("visa"),
        .last4 = STR("4242"),
        .expiry_month = 12,
        .expiry_year = 2030,
        .created_at = now_of(payments),
    };
    answer->has_method = true;
    answer->method = *method;
}

static void read_method(struct test_payments *payments, const struct payments_call *wanted,
                        struct payments_answer *answer) {
    struct payments_method *method = find_method(payments, wanted->method_id);
    check(method != NULL);
    if (wanted->kind == PAYMENTS_METHOD_DETACH && answer->outcome == PAYMENTS_DONE) {
        method->customer_id = STR("");
    }
    answer->has_method = answer->outcome == PAYMENTS_DONE;
    answer->method = *method;
}

static void find_price(struct test_payments *payments, const struct payments_call *wanted,
                       struct payments_answer *answer) {
    answer->price_id = STR("");
    for (size_t i = 0; i < payments->price_count; i++) {
        if (str_equal(payments->prices[i].lookup_key, wanted->lookup_key)) {
            answer->price_id = payments->prices[i].id;
        }
    }
}

static void create_price(struct test_payments *payments, const struct payments_call *wanted,
                         struct payments_answer *answer) {
    check(payments->price_count < TEST_OBJECTS_MAX);
    struct currency currency;
    bool is_known = currency_parse(wanted->currency, &currency);
    check(is_known);
    struct test_price *price = &payments->prices[payments->price_count++];
    *price = (struct test_price){
        .id = id_of(payments, "price", payments->price_count),
        .lookup_key = kept(payments, wanted->lookup_key),
        .name = kept(payments, wanted->name),
        .amount = money_of(wanted->price, currency),
        .interval = (enum interval)wanted->interval,
    };
    answer->price_id = price->id;
}

static void pay(struct test_payments *payments, const struct payments_call *wanted,
                struct payments_answer *answer) {
    if (test_payments_is_missing(payments, wanted)) {
        answer->outcome = PAYMENTS_MISSING;
        return;
    }
    struct payments_invoice *invoice = find_invoice(payments, wanted->invoice_id);
    bool is_well = answer->outcome == PAYMENTS_DONE;
    if (wanted->kind == PAYMENTS_INVOICE_PAY) {
        invoice->is_attempted = true;
        if (is_well) {
            charge(payments, wanted->idempotency_key, invoice);
        } else {
            fail(payments, invoice);
        }
    } else if (wanted->kind == PAYMENTS_INVOICE_ADVANCE && is_well) {
        invoice->auto_advance = wanted->advances;
        invoice->has_next_attempt = invoice->has_next_attempt && wanted->advances;
    } else if (wanted->kind == PAYMENTS_INVOICE_GIVE_UP && is_well) {
        invoice->status = INVOICE_UNCOLLECTIBLE;
    }
    answer->has_invoice = true;
    answer->invoice = *invoice;
}

static void schedule_end(struct test_payments *payments, const struct payments_call *wanted,
                         struct payments_answer *answer) {
    if (test_payments_is_missing(payments, wanted)) {
        answer->outcome = PAYMENTS_MISSING;
        return;
    }
    struct payments_subscription *subscription =
        find_subscription(payments, wanted->subscription_id);
    test_payments_set(subscription, wanted);
    answer->has_subscription = true;
    answer->subscription = *subscription;
}

static void create_customer(struct test_payments *payments, const struct payments_call *wanted,
                            struct payments_answer *answer) {
    check(payments->customer_count < TEST_OBJECTS_MAX);
    struct payments_customer *made = &payments->customers[payments->customer_count++];
    *made = (struct payments_customer){
        .id = id_of(payments, "cus", payments->customer_count),
        .user_id = kept(payments, wanted->user_id),
        .created_at = now_of(payments),
    };
    answer->customer_id = made->id;
}

static struct payments_customer *find_customer(struct test_payments *payments, struct str id) {
    for (size_t i = 0; i < payments->customer_count; i++) {
        if (str_equal(payments->customers[i].id, id)) {
            return &payments->customers[i];
        }
    }
    return NULL;
}

/* Asks nothing of the card: what it is the default of, it pays from now on. */
static void make_default(struct test_payments *payments, const struct payments_call *wanted,
                         struct payments_answer *answer) {
    (void)answer;
    const struct payments_method *method = find_method(payments, wanted->method_id);
    struct payments_customer *customer = find_customer(payments, wanted->customer_id);
    check(method != NULL && customer != NULL);
    customer->default_method_id = method->id;
}

/* --- reads and lists: test_payments_list.c --- */

static void open_setup(struct test_payments *payments, const struct payments_call *wanted,
                       struct payments_answer *answer) {
    (void)wanted;
    answer->url = STR("https://pay.example/setup");
    answer->expires_at = instant_add(now_of(payments), duration_hours(SETUP_HOURS));
}

static void create_setup(struct test_payments *payments, const struct payments_call *wanted,
                         struct payments_answer *answer) {
    check(payments->setup_count < TEST_OBJECTS_MAX);
    struct payments_setup_intent *made = &payments->setups[payments->setup_count++];
    *made = (struct payments_setup_intent){id_of(payments, "seti", payments->setup_count),
                                           kept(payments, wanted->customer_id),
                                           STR("requires_payment_method"), STR("seti_secret")};
    answer->has_setup_intent = true;
    answer->setup_intent = *made;
}

/* One that has succeeded has attached its method. */
static void read_setup(struct test_payments *payments, const struct payments_call *wanted,
                       struct payments_answer *answer) {
    size_t i = 0;
    while (i < payments->setup_count && !str_equal(payments->setups[i].id, wanted->object_id)) {
        i++;
    }
    answer->has_setup_intent = i < payments->setup_count;
    answer->outcome = answer->has_setup_intent ? PAYMENTS_DONE : PAYMENTS_MISSING;
    answer->setup_intent = payments->setups[answer->has_setup_intent ? i : 0];
    if (answer->has_setup_intent && str_equal(payments->setups[i].status, STR("succeeded"))) {
        struct payments_call attached = {.method_id = STR("pm_ready"),
                                         .customer_id = answer->setup_intent.customer_id};
        attach(payments, &attached, answer);
    }
}

/* None of its payments is disputed. */
static void read_dispute(struct test_payments *payments, const struct payments_call *wanted,
                         struct payments_answer *answer) {
    (void)payments;
    (void)wanted;
    answer->outcome = PAYMENTS_MISSING;
}

/* It gives nothing back and has no bank: what does is tested against the sandbox. */
static void give_back(struct test_payments *payments, const struct payments_call *wanted,
                      struct payments_answer *answer) {
    (void)payments;
    (void)wanted;
    answer->outcome = PAYMENTS_REFUSED;
}

static void do_nothing(struct test_payments *payments, const struct payments_call *wanted,
                       struct payments_answer *answer) {
    (void)payments;
    (void)wanted;
    (void)answer;
}

typedef void performer(struct test_payments *payments, const struct payments_call *wanted,
                       struct payments_answer *answer);

static performer *const performers[PAYMENTS_KIND_COUNT] = {
    [PAYMENTS_CUSTOMER_CREATE] = create_customer,
    [PAYMENTS_PRICE_FIND] = find_price,
    [PAYMENTS_PRICE_CREATE] = create_price,
    [PAYMENTS_METHOD_ATTACH] = attach,
    [PAYMENTS_METHOD_DEFAULT] = make_default,
    [PAYMENTS_METHOD_DETACH] = read_method,
    [PAYMENTS_METHOD_READ] = read_method,
    [PAYMENTS_SETUP_OPEN] = open_setup,
    [PAYMENTS_SUBSCRIPTION_CREATE] = subscribe,
    [PAYMENTS_SUBSCRIPTION_CHANGE] = change,
    [PAYMENTS_SUBSCRIPTION_CANCEL] = cancel,
    [PAYMENTS_SUBSCRIPTION_END] = schedule_end,
    [PAYMENTS_SUBSCRIPTION_READ] = schedule_end,
    [PAYMENTS_INVOICE_READ] = pay,
    [PAYMENTS_INVOICE_PAY] = pay,
    [PAYMENTS_INVOICE_ADVANCE] = pay,
    [PAYMENTS_INVOICE_GIVE_UP] = pay,
    [PAYMENTS_CUSTOMER_READ] = test_payments_read,
    [PAYMENTS_CHARGE_READ] = test_payments_read,
    [PAYMENTS_REFUND_READ] = test_payments_read,
    [PAYMENTS_CUSTOMER_LIST] = test_payments_read,
    [PAYMENTS_SUBSCRIPTION_LIST] = test_payments_read,
    [PAYMENTS_INVOICE_LIST] = test_payments_read,
    [PAYMENTS_CHARGE_LIST] = test_payments_read,
    [PAYMENTS_REFUND_LIST] = test_payments_read,
    [PAYMENTS_EVENT_LIST] = test_payments_read,
    [PAYMENTS_DISPUTE_READ] = read_dispute,
    [PAYMENTS_INVOICE_VOID] = make_void,
    [PAYMENTS_INVOICE_PREVIEW] = preview,
    [PAYMENTS_SCHEDULE_CREATE] = schedule,
    [PAYMENTS_SCHEDULE_UPDATE] = schedule,
    [PAYMENTS_SCHEDULE_RELEASE] = schedule,
    [PAYMENTS_COUPON_CREATE] = do_nothing,
    [PAYMENTS_CUSTOMER_UPDATE] = do_nothing,
    [PAYMENTS_SUBSCRIPTION_DISCOUNT] = schedule_end,
    [PAYMENTS_TRANSFER_ADDRESS] = give_back,
    [PAYMENTS_CASH_READ] = give_back,
    [PAYMENTS_REFUND_CREATE] = give_back,
    [PAYMENTS_CREDIT_NOTE_CREATE] = give_back,
    [PAYMENTS_CREDIT_NOTE_READ] = give_back,
    [PAYMENTS_TAX_ID_CREATE] = do_nothing,
    [PAYMENTS_TAX_ID_DELETE] = do_nothing,
    [PAYMENTS_TAX_ID_LIST] = do_nothing,
    [PAYMENTS_SUBSCRIPTION_COLLECT] = schedule_end,
    [PAYMENTS_SUBSCRIPTION_TRIAL] = schedule_end,
    [PAYMENTS_SUBSCRIPTION_PAUSE] = schedule_end,
    [PAYMENTS_SUBSCRIPTION_RESUME] = schedule_end,
    [PAYMENTS_CORRECTION_PREVIEW] = preview,
    [PAYMENTS_INVOICE_DRAFT] = do_nothing,
    [PAYMENTS_INVOICE_ITEM] = do_nothing,
    [PAYMENTS_DRAFT_READ] = do_nothing,
    [PAYMENTS_DRAFT_DELETE] = do_nothing,
    [PAYMENTS_INVOICE_FINALIZE] = do_nothing,
    [PAYMENTS_CREDIT_NOTE_MEMO] = give_back,
    [PAYMENTS_SETUP_INTENT_CREATE] = create_setup,
    [PAYMENTS_SETUP_INTENT_READ] = read_setup,
};

static void perform(struct test_payments *payments, const struct payments_call *wanted,
                    struct payments_answer *answer) {
    check(performers[wanted->kind] != NULL);
    performers[wanted->kind](payments, wanted, answer);
}

/* --- keys --- */

/* Ends a call as the test has asked for, and says why. */
static struct payments_answer perform_new(struct test_payments *payments,
                                          const struct payments_call *wanted) {
    struct payments_answer answer = {.outcome = payments->next[wanted->kind]};
    payments->next[wanted->kind] = PAYMENTS_DONE;
    if (answer.outcome == PAYMENTS_DECLINED) {
        answer.code = STR("card_declined");
        answer.decline_code = STR("insufficient_funds");
        answer.message = STR("Your card has insufficient funds.");
    } else if (answer.outcome == PAYMENTS_ACTION_REQUIRED) {
        answer.url = STR("https://pay.example/confirm");
    } else if (answer.outcome != PAYMENTS_DONE) {
        answer.code = STR("refused");
        answer.message = STR("No.");
        return answer;
    }
    perform(payments, wanted, &answer);
    return answer;
}

static struct payments_answer answer_of(struct test_payments *payments,
                                        const struct payments_call *wanted) {
    if (wanted->idempotency_key.len == 0) { /* a read */
        return perform_new(payments, wanted);
    }
    struct str parameters = payments_call_text(&payments->cx, wanted);
    for (size_t i = 0; i < payments->request_count; i++) {
        struct test_request *request = &payments->requests[i];
        if (str_equal(request->key, wanted->idempotency_key)) {
            request->times++;
            payments->has_mismatch |= !str_equal(request->parameters, parameters);
            return request->answer;
        }
    }
    check(payments->request_count < TEST_REQUESTS_MAX);
    struct test_request *request = &payments->requests[payments->request_count++];
    *request = (struct test_request){
        .kind = (enum payments_kind)wanted->kind,
        .key = kept(payments, wanted->idempotency_key),
        .parameters = parameters,
        .answer = perform_new(payments, wanted),
        .times = 1,
    };
    return request->answer;
}

static void call(struct payments *port, const struct payments_call *wanted, payments_done *done,
                 void *context) {
    struct test_payments *payments = (struct test_payments *)port; /* the first member */
    struct payments_answer answer = {.outcome = PAYMENTS_UNKNOWN};
    if (!payments->loses[wanted->kind]) {
        answer = answer_of(payments, wanted);
    }
    if (payments->breaks_answer) {
        payments->breaks_answer = false;
        answer = (struct payments_answer){.outcome = PAYMENTS_UNKNOWN};
    }
    check(payments->waiting_count < TEST_WAITING_MAX);
    payments->waiting[payments->waiting_count].answer = answer;
    payments->waiting[payments->waiting_count].done = done;
    payments->waiting[payments->waiting_count].context = context;
    payments->waiting_count++;
}

bool test_payments_step(struct test_payments *payments) {
    if (payments->waiting_count == 0 || payments->is_holding) {
        return false;
    }
    struct payments_answer answer = payments->waiting[0].answer;
    payments_done *done = payments->waiting[0].done;
    void *context = payments->waiting[0].context;
    payments->waiting_count--;
    memmove(&payments->waiting[0], &payments->waiting[1],
            payments->waiting_count * sizeof payments->waiting[0]);
    done(context, &answer);
    return true;
}

void test_payments_hang_up(struct test_payments *payments) {
    payments->waiting_count = 0;
}

int64_t test_payments_taken(const struct test_payments *payments) {
    int64_t sum = 0;
    for (size_t i = 0; i < payments->charge_count; i++) {
        sum += payments->charges[i].amount;
    }
    return sum;
}

int test_payments_count(const struct test_payments *payments, enum payments_kind kind) {
    int count = 0;
    for (size_t i = 0; i < payments->request_count; i++) {
        count += payments->requests[i].kind == kind;
    }
    return count;
}
