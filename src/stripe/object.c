#include "stripe/object.h"

#include "app/billed_to.h"

enum { MS_PER_SECOND = 1000 };

bool object_is(const json_t *object, const char *type) {
    return str_equal(json_text(object, "object"), str_from_cstr(type)) &&
           json_text(object, "id").len > 0;
}

struct str object_reference(const json_t *object, const char *path) {
    const json_t *value = json_at(object, path);
    return json_is_object(value) ? json_text(value, "id") : json_text(object, path);
}

bool object_instant(const json_t *object, const char *path, struct instant *ret_instant) {
    const json_t *value = json_at(object, path);
    if (!json_is_integer(value)) {
        return false;
    }
    int64_t seconds = json_integer_value(value);
    if (seconds < INSTANT_MIN_MS / MS_PER_SECOND || seconds > INSTANT_MAX_MS / MS_PER_SECOND) {
        return false;
    }
    *ret_instant = (struct instant){seconds * MS_PER_SECOND};
    return true;
}

static bool read_period(const json_t *object, const char *start, const char *end,
                        struct period *ret_period) {
    struct period period;
    if (!object_instant(object, start, &period.start) ||
        !object_instant(object, end, &period.end) || instant_is_before(period.end, period.start)) {
        return false;
    }
    *ret_period = period;
    return true;
}

/* --- payment methods --- */

static int small_number(const json_t *object, const char *path) {
    int64_t value = json_i64(object, path, 0);
    return value >= 0 && value <= 9999 ? (int)value : 0;
}

enum object_result object_read_method(const json_t *object, struct payments_method *ret_method) {
    if (!object_is(object, "payment_method")) {
        return OBJECT_NOT_IT;
    }
    struct payments_method method = {
        .id = json_text(object, "id"),
        .customer_id = object_reference(object, "customer"),
        .type = json_text(object, "type"),
        .brand = json_text(object, "card.brand"),
        .last4 = json_text(object, "card.last4"),
        .expiry_month = small_number(object, "card.exp_month"),
        .expiry_year = small_number(object, "card.exp_year"),
    };
    if (str_equal(method.type, STR("us_bank_account"))) {
        method.brand = json_text(object, "us_bank_account.bank_name");
        method.last4 = json_text(object, "us_bank_account.last4");
    }
    if (!object_instant(object, "created", &method.created_at)) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_method = method;
    return OBJECT_READ;
}

/* --- subscriptions --- */

/* Stripe keeps the period on each item (since 2025-03-31.basil); ours have exactly one. */
static bool read_item(const json_t *object, struct payments_subscription *subscription) {
    const json_t *item = json_array_get(json_at(object, "items.data"), 0);
    subscription->item_id = json_text(item, "id");
    subscription->price_id = object_reference(item, "price");
    subscription->lookup_key = json_text(item, "price.lookup_key");
    return subscription->item_id.len > 0 &&
           read_period(item, "current_period_start", "current_period_end",
                       &subscription->current_period) &&
           instant_is_before(subscription->current_period.start, subscription->current_period.end);
}

enum object_result object_read_subscription(const json_t *object,
                                            struct payments_subscription *ret_subscription) {
    if (!object_is(object, "subscription")) {
        return OBJECT_NOT_IT;
    }
    struct payments_subscription subscription = {
        .id = json_text(object, "id"),
        .customer_id = object_reference(object, "customer"),
        .local_id = json_text(object, "metadata.subscription_id"),
        .cancel_at_period_end = json_flag(object, "cancel_at_period_end", false),
        .latest_invoice_id = object_reference(object, "latest_invoice"),
        .schedule_id = object_reference(object, "schedule"),
        .has_pending_update = json_is_object(json_at(object, "pending_update")),
        .has_trial = json_is_integer(json_at(object, "trial_end")),
        .has_ended = json_is_integer(json_at(object, "ended_at")),
    };
    bool is_known =
        subscription_status_parse(json_text(object, "status"), &subscription.status) &&
        object_instant(object, "created", &subscription.created_at) &&
        (!subscription.has_ended || object_instant(object, "ended_at", &subscription.ended_at)) &&
        (!subscription.has_trial || object_instant(object, "trial_end", &subscription.trial_end)) &&
        read_item(object, &subscription);
    if (!is_known) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_subscription = subscription;
    return OBJECT_READ;
}

/* --- invoices --- */

static bool read_money(const json_t *object, const char *path, struct currency currency,
                       struct money *ret_money) {
    const json_t *value = json_at(object, path);
    struct money money = money_of(json_integer_value(value), currency);
    if (!json_is_integer(value) || !money_is_valid(money)) {
        return false;
    }
    *ret_money = money;
    return true;
}

/* The sum of the `amount` of every entry of a list, or of those with this behavior of tax; none is
 * zero. */
static bool read_sum(const json_t *object, const char *list, const char *behavior,
                     struct currency currency, struct money *ret_sum) {
    struct money sum = money_zero(currency);
    size_t i = 0;
    const json_t *entry = NULL;
    const json_t *entries = json_at(object, list);
    json_array_foreach(entries, i, entry) {
        struct money part;
        bool counts = behavior == NULL ||
                      str_equal(json_text(entry, "tax_behavior"), str_from_cstr(behavior));
        if (!read_money(entry, "amount", currency, &part) ||
            (counts && !money_add(sum, part, &sum))) {
            return false;
        }
    }
    *ret_sum = sum;
    return true;
}

static bool read_line(const json_t *object, struct currency currency,
                      struct payments_invoice_line *ret_line) {
    struct payments_invoice_line line = {
        .description = json_text(object, "description"),
        .price_id = object_reference(object, "pricing.price_details.price"),
        .quantity = json_i64(object, "quantity", 1),
        .is_proration = json_flag(object, "parent.subscription_item_details.proration", false) ||
                        json_flag(object, "parent.invoice_item_details.proration", false),
    };
    line.is_extra = !line.is_proration &&
                    str_equal(json_text(object, "parent.type"), STR("invoice_item_details"));
    if (!read_money(object, "amount", currency, &line.amount) ||
        !read_sum(object, "discount_amounts", NULL, currency, &line.discount) ||
        !read_sum(object, "taxes", NULL, currency, &line.tax) ||
        !read_period(object, "period.start", "period.end", &line.period)) {
        return false;
    }
    *ret_line = line;
    return true;
}

/* Shipping, and what credit grants pay before tax: nothing that we sell, but of the total. */
static bool has_extras(const json_t *object) {
    size_t i = 0;
    const json_t *credit = NULL;
    const json_t *credits = json_at(object, "total_pretax_credit_amounts");
    json_array_foreach(credits, i, credit) {
        if (!str_equal(json_text(credit, "type"), STR("discount"))) {
            return true;
        }
    }
    return json_is_object(json_at(object, "shipping_cost"));
}

static bool read_lines(const json_t *object, struct arena *arena, struct currency currency,
                       struct payments_invoice *invoice) {
    const json_t *data = json_at(object, "lines.data");
    size_t count = json_array_size(data);
    count = count < PAYMENTS_LINES_MAX ? count : PAYMENTS_LINES_MAX;
    struct payments_invoice_line *lines = arena_array(arena, count + 1, sizeof *lines);
    if (lines == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_line(json_array_get(data, i), currency, &lines[i])) {
            return false;
        }
    }
    invoice->lines = lines;
    invoice->line_count = count;
    invoice->has_other_parts = json_array_size(data) > count ||
                               json_flag(object, "lines.has_more", false) || has_extras(object);
    return true;
}

/* Null until the invoice is finalized; a preview has it. */
static bool read_balance(const json_t *object, struct currency currency, struct money *ret_money) {
    *ret_money = money_zero(currency);
    return !json_is_integer(json_at(object, "ending_balance")) ||
           read_money(object, "ending_balance", currency, ret_money);
}

static bool read_amounts(const json_t *object, struct arena *arena,
                         struct payments_invoice *invoice) {
    struct currency currency;
    return currency_parse(json_text(object, "currency"), &currency) &&
           read_money(object, "total", currency, &invoice->total) &&
           read_money(object, "amount_due", currency, &invoice->amount_due) &&
           read_money(object, "amount_paid", currency, &invoice->amount_paid) &&
           read_sum(object, "total_taxes", NULL, currency, &invoice->tax) &&
           read_sum(object, "total_taxes", "exclusive", currency, &invoice->tax_added) &&
           read_sum(object, "total_discount_amounts", NULL, currency, &invoice->discount) &&
           read_balance(object, currency, &invoice->ending_balance) &&
           read_lines(object, arena, currency, invoice);
}

/* The one coupon of the invoice, where `discounts` was expanded
 * (https://docs.stripe.com/api/discounts/object). */
static struct str read_coupon(const json_t *object) {
    const json_t *discounts = json_at(object, "discounts");
    return json_array_size(discounts) == 1
               ? object_reference(json_array_get(discounts, 0), "source.coupon")
               : STR("");
}

/* The payment that is to pay the invoice, when it was expanded: the default one if there are
 * several, which is in step with what remains to be paid. */
static void read_payment(const json_t *object, struct payments_invoice *invoice) {
    size_t i = 0;
    const json_t *payment = NULL;
    const json_t *payments = json_at(object, "payments.data");
    json_array_foreach(payments, i, payment) {
        const json_t *intent = json_at(payment, "payment.payment_intent");
        bool is_it = json_is_object(intent) &&
                     (!invoice->has_payment || json_flag(payment, "is_default", false));
        if (!is_it) {
            continue;
        }
        const json_t *error = json_at(intent, "last_payment_error");
        struct str decline_code = json_text(error, "decline_code");
        invoice->has_payment = true;
        invoice->payment_status = json_text(intent, "status");
        invoice->decline_code = decline_code.len > 0 ? decline_code : json_text(error, "code");
        invoice->failed_charge_id = json_text(error, "charge");
        invoice->charge_id = str_equal(invoice->payment_status, STR("succeeded")) ||
                                     str_equal(invoice->payment_status, STR("processing"))
                                 ? object_reference(intent, "latest_charge")
                                 : STR("");
    }
}

static bool read_collection(const json_t *object, struct payments_invoice *invoice) {
    invoice->is_charged =
        str_equal(json_text(object, "collection_method"), STR("charge_automatically"));
    invoice->is_attempted = json_flag(object, "attempted", false);
    invoice->auto_advance = json_flag(object, "auto_advance", false);
    invoice->has_next_attempt = json_is_integer(json_at(object, "next_payment_attempt"));
    read_payment(object, invoice);
    return !invoice->has_next_attempt ||
           object_instant(object, "next_payment_attempt", &invoice->next_attempt_at);
}

/* Of the fields that are printed, the one that is ours. */
static struct str read_purchase_order(const json_t *object) {
    size_t i = 0;
    const json_t *field = NULL;
    const json_t *fields = json_at(object, "custom_fields");
    json_array_foreach(fields, i, field) {
        if (str_equal(json_text(field, "name"), STR(PURCHASE_ORDER_LABEL))) {
            return json_text(field, "value");
        }
    }
    return STR("");
}

/* The buyer as the invoice says it, which stays when the customer changes
 * (https://docs.stripe.com/api/invoices/object#invoice_object-customer_name). */
static struct str read_billed_to(const json_t *object, struct arena *arena,
                                 struct str purchase_order) {
    const struct billed_to buyer = {
        .name = json_text(object, "customer_name"),
        .line1 = json_text(object, "customer_address.line1"),
        .line2 = json_text(object, "customer_address.line2"),
        .city = json_text(object, "customer_address.city"),
        .state = json_text(object, "customer_address.state"),
        .postal_code = json_text(object, "customer_address.postal_code"),
        .country = json_text(object, "customer_address.country"),
        .tax_ids = json_at(object, "customer_tax_ids"),
        .purchase_order = purchase_order,
    };
    return billed_to_text(arena, &buyer);
}

enum object_result object_read_invoice(const json_t *object, struct arena *arena,
                                       struct payments_invoice *ret_invoice) {
    if (!object_is(object, "invoice")) {
        return OBJECT_NOT_IT;
    }
    struct payments_invoice invoice = {
        .id = json_text(object, "id"),
        .customer_id = object_reference(object, "customer"),
        .subscription_id = object_reference(object, "parent.subscription_details.subscription"),
        .number = json_text(object, "number"),
        .billing_reason = json_text(object, "billing_reason"),
        .hosted_url = json_text(object, "hosted_invoice_url"),
        .pdf_url = json_text(object, "invoice_pdf"),
        .coupon_id = read_coupon(object),
        .has_due_date = json_is_integer(json_at(object, "due_date")),
        .purchase_order = read_purchase_order(object),
    };
    invoice.billed_to = read_billed_to(object, arena, invoice.purchase_order);
    bool is_known =
        invoice_status_parse(json_text(object, "status"), &invoice.status) &&
        object_instant(object, "created", &invoice.created_at) &&
        (!invoice.has_due_date || object_instant(object, "due_date", &invoice.due_date)) &&
        read_period(object, "period_start", "period_end", &invoice.period) &&
        read_amounts(object, arena, &invoice) && read_collection(object, &invoice);
    if (!is_known) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_invoice = invoice;
    return OBJECT_READ;
}

/* The phase that is billed now is the first one, since a schedule of ours begins with it. */
enum object_result object_read_schedule(const json_t *object,
                                        struct payments_schedule *ret_schedule) {
    if (!object_is(object, "subscription_schedule")) {
        return OBJECT_NOT_IT;
    }
    struct payments_schedule schedule = {.id = json_text(object, "id")};
    const json_t *first = json_array_get(json_at(object, "phases"), 0);
    const json_t *item = json_array_get(json_at(first, "items"), 0);
    schedule.price_id = object_reference(item, "price");
    if (!read_period(first, "start_date", "end_date", &schedule.phase)) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_schedule = schedule;
    return OBJECT_READ;
}

/* An invoice may have several payments; the default one follows what remains to be paid. */
struct str object_intent_of_invoice(const json_t *invoice) {
    size_t i = 0;
    const json_t *payment = NULL;
    struct str intent = STR("");
    const json_t *payments = json_at(invoice, "payments.data");
    json_array_foreach(payments, i, payment) {
        if (intent.len == 0 || json_flag(payment, "is_default", false)) {
            intent = object_reference(payment, "payment.payment_intent");
        }
    }
    return intent;
}

/* --- disputes --- */

enum object_result object_read_dispute(const json_t *object, struct payments_dispute *ret_dispute) {
    struct currency currency;
    if (!object_is(object, "dispute")) {
        return OBJECT_NOT_IT;
    }
    struct payments_dispute dispute = {
        .id = json_text(object, "id"),
        .customer_id = object_reference(object, "charge.customer"),
        .invoice_id = STR(""),
        .status = json_text(object, "status"),
        .reason = json_text(object, "reason"),
    };
    bool is_known = currency_parse(json_text(object, "currency"), &currency) &&
                    read_money(object, "amount", currency, &dispute.amount) &&
                    object_instant(object, "created", &dispute.created_at);
    if (!is_known) {
        return OBJECT_UNKNOWN_VALUE;
    }
    *ret_dispute = dispute;
    return OBJECT_READ;
}
