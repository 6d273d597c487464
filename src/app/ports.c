#include "app/ports.h"

#include <string.h>

static struct payments_method copy_method(struct arena *arena, const struct payments_method *from) {
    struct payments_method method = *from;
    method.id = arena_str(arena, from->id);
    method.customer_id = arena_str(arena, from->customer_id);
    method.type = arena_str(arena, from->type);
    method.brand = arena_str(arena, from->brand);
    method.last4 = arena_str(arena, from->last4);
    return method;
}

static struct payments_subscription copy_subscription(struct arena *arena,
                                                      const struct payments_subscription *from) {
    struct payments_subscription subscription = *from;
    subscription.id = arena_str(arena, from->id);
    subscription.customer_id = arena_str(arena, from->customer_id);
    subscription.local_id = arena_str(arena, from->local_id);
    subscription.item_id = arena_str(arena, from->item_id);
    subscription.price_id = arena_str(arena, from->price_id);
    subscription.lookup_key = arena_str(arena, from->lookup_key);
    subscription.latest_invoice_id = arena_str(arena, from->latest_invoice_id);
    subscription.schedule_id = arena_str(arena, from->schedule_id);
    return subscription;
}

static struct payments_invoice copy_invoice(struct arena *arena,
                                            const struct payments_invoice *from) {
    struct payments_invoice invoice = *from;
    invoice.id = arena_str(arena, from->id);
    invoice.customer_id = arena_str(arena, from->customer_id);
    invoice.subscription_id = arena_str(arena, from->subscription_id);
    invoice.number = arena_str(arena, from->number);
    invoice.billing_reason = arena_str(arena, from->billing_reason);
    invoice.hosted_url = arena_str(arena, from->hosted_url);
    invoice.pdf_url = arena_str(arena, from->pdf_url);
    invoice.coupon_id = arena_str(arena, from->coupon_id);
    invoice.payment_status = arena_str(arena, from->payment_status);
    invoice.decline_code = arena_str(arena, from->decline_code);
    invoice.failed_charge_id = arena_str(arena, from->failed_charge_id);
    invoice.charge_id = arena_str(arena, from->charge_id);
    invoice.billed_to = arena_str(arena, from->billed_to);
    invoice.purchase_order = arena_str(arena, from->purchase_order);
    struct payments_invoice_line *lines = arena_array(arena, from->line_count, sizeof *from->lines);
    invoice.line_count = lines == NULL ? 0 : from->line_count;
    for (size_t i = 0; i < invoice.line_count; i++) {
        lines[i] = from->lines[i];
        lines[i].description = arena_str(arena, from->lines[i].description);
        lines[i].price_id = arena_str(arena, from->lines[i].price_id);
    }
    invoice.lines = lines;
    return invoice;
}

static struct payments_customer copy_customer(struct arena *arena,
                                              const struct payments_customer *from) {
    struct payments_customer customer = *from;
    customer.id = arena_str(arena, from->id);
    customer.user_id = arena_str(arena, from->user_id);
    customer.default_method_id = arena_str(arena, from->default_method_id);
    return customer;
}

static struct payments_charge copy_charge(struct arena *arena, const struct payments_charge *from) {
    struct payments_charge charge = *from;
    charge.id = arena_str(arena, from->id);
    charge.customer_id = arena_str(arena, from->customer_id);
    charge.intent_id = arena_str(arena, from->intent_id);
    charge.status = arena_str(arena, from->status);
    return charge;
}

static struct payments_refund copy_refund(struct arena *arena, const struct payments_refund *from) {
    struct payments_refund refund = *from;
    refund.id = arena_str(arena, from->id);
    refund.charge_id = arena_str(arena, from->charge_id);
    refund.status = arena_str(arena, from->status);
    return refund;
}

static void copy_items(struct arena *arena, const struct payments_answer *from,
                       struct payments_answer *answer) {
    struct payments_answer *items = arena_array(arena, from->item_count, sizeof *items);
    answer->items = items;
    answer->item_count = items == NULL ? 0 : from->item_count;
    for (size_t i = 0; i < answer->item_count; i++) {
        items[i] = payments_answer_copy(arena, &from->items[i]);
    }
}

static void copy_events(struct arena *arena, const struct payments_answer *from,
                        struct payments_answer *answer) {
    struct payments_event *events = arena_array(arena, from->event_count, sizeof *events);
    answer->events = events;
    answer->event_count = events == NULL ? 0 : from->event_count;
    for (size_t i = 0; i < answer->event_count; i++) {
        events[i] = from->events[i];
        events[i].id = arena_str(arena, from->events[i].id);
        events[i].type = arena_str(arena, from->events[i].type);
        events[i].object_id = arena_str(arena, from->events[i].object_id);
        events[i].body = arena_str(arena, from->events[i].body);
    }
}

bool payments_is_read(int64_t kind) {
    static const bool reads[PAYMENTS_KIND_COUNT] = {
        [PAYMENTS_PRICE_FIND] = true,         [PAYMENTS_METHOD_READ] = true,
        [PAYMENTS_SUBSCRIPTION_READ] = true,  [PAYMENTS_INVOICE_READ] = true,
        [PAYMENTS_CUSTOMER_READ] = true,      [PAYMENTS_CHARGE_READ] = true,
        [PAYMENTS_REFUND_READ] = true,        [PAYMENTS_CUSTOMER_LIST] = true,
        [PAYMENTS_SUBSCRIPTION_LIST] = true,  [PAYMENTS_INVOICE_LIST] = true,
        [PAYMENTS_CHARGE_LIST] = true,        [PAYMENTS_REFUND_LIST] = true,
        [PAYMENTS_EVENT_LIST] = true,         [PAYMENTS_DISPUTE_READ] = true,
        [PAYMENTS_INVOICE_PREVIEW] = true,    [PAYMENTS_CREDIT_NOTE_READ] = true,
        [PAYMENTS_CASH_READ] = true,          [PAYMENTS_TAX_ID_LIST] = true,
        [PAYMENTS_SETUP_INTENT_READ] = true,  [PAYMENTS_DRAFT_READ] = true,
        [PAYMENTS_CORRECTION_PREVIEW] = true,
    };
    return kind >= 0 && kind < PAYMENTS_KIND_COUNT && reads[kind];
}

static struct payments_dispute copy_dispute(struct arena *arena,
                                            const struct payments_dispute *from) {
    struct payments_dispute dispute = *from;
    dispute.id = arena_str(arena, from->id);
    dispute.customer_id = arena_str(arena, from->customer_id);
    dispute.invoice_id = arena_str(arena, from->invoice_id);
    dispute.status = arena_str(arena, from->status);
    dispute.reason = arena_str(arena, from->reason);
    return dispute;
}

bool payments_may_charge(int64_t kind) {
    return kind == PAYMENTS_SUBSCRIPTION_CREATE || kind == PAYMENTS_SUBSCRIPTION_CHANGE ||
           kind == PAYMENTS_INVOICE_PAY || kind == PAYMENTS_REFUND_CREATE ||
           kind == PAYMENTS_CREDIT_NOTE_CREATE || kind == PAYMENTS_INVOICE_FINALIZE ||
           kind == PAYMENTS_SUBSCRIPTION_RESUME;
}

static struct payments_credit_note copy_credit_note(struct arena *arena,
                                                    const struct payments_credit_note *from) {
    struct payments_credit_note note = *from;
    note.id = arena_str(arena, from->id);
    note.customer_id = arena_str(arena, from->customer_id);
    note.invoice_id = arena_str(arena, from->invoice_id);
    note.number = arena_str(arena, from->number);
    note.status = arena_str(arena, from->status);
    note.reason = arena_str(arena, from->reason);
    note.pdf_url = arena_str(arena, from->pdf_url);
    return note;
}

static struct payments_setup_intent copy_setup_intent(struct arena *arena,
                                                      const struct payments_setup_intent *from) {
    return (struct payments_setup_intent){
        .id = arena_str(arena, from->id),
        .customer_id = arena_str(arena, from->customer_id),
        .status = arena_str(arena, from->status),
        .client_secret = arena_str(arena, from->client_secret),
    };
}

struct payments_answer payments_answer_copy(struct arena *arena,
                                            const struct payments_answer *from) {
    struct payments_answer answer = *from;
    answer.code = arena_str(arena, from->code);
    answer.decline_code = arena_str(arena, from->decline_code);
    answer.message = arena_str(arena, from->message);
    answer.customer_id = arena_str(arena, from->customer_id);
    answer.price_id = arena_str(arena, from->price_id);
    answer.url = arena_str(arena, from->url);
    if (from->has_method) {
        answer.method = copy_method(arena, &from->method);
    }
    if (from->has_transfer) {
        answer.transfer.customer_id = arena_str(arena, from->transfer.customer_id);
        answer.transfer.currency = arena_str(arena, from->transfer.currency);
        answer.transfer.addresses = arena_str(arena, from->transfer.addresses);
        answer.transfer.available = arena_str(arena, from->transfer.available);
    }
    if (from->has_tax_ids) {
        answer.tax_ids.customer_id = arena_str(arena, from->tax_ids.customer_id);
        answer.tax_ids.list = arena_str(arena, from->tax_ids.list);
    }
    if (from->has_setup_intent) {
        answer.setup_intent = copy_setup_intent(arena, &from->setup_intent);
    }
    if (from->has_credit_note) {
        answer.credit_note = copy_credit_note(arena, &from->credit_note);
    }
    if (from->has_subscription) {
        answer.subscription = copy_subscription(arena, &from->subscription);
    }
    if (from->has_invoice) {
        answer.invoice = copy_invoice(arena, &from->invoice);
    }
    if (from->has_customer) {
        answer.customer = copy_customer(arena, &from->customer);
    }
    if (from->has_charge) {
        answer.charge = copy_charge(arena, &from->charge);
    }
    if (from->has_refund) {
        answer.refund = copy_refund(arena, &from->refund);
    }
    answer.unreadable = arena_str(arena, from->unreadable);
    answer.next = arena_str(arena, from->next);
    copy_items(arena, from, &answer);
    copy_events(arena, from, &answer);
    if (from->has_dispute) {
        answer.dispute = copy_dispute(arena, &from->dispute);
    }
    if (from->has_preview) {
        answer.preview = copy_invoice(arena, &from->preview);
    }
    answer.schedule.id = arena_str(arena, from->schedule.id);
    answer.schedule.price_id = arena_str(arena, from->schedule.price_id);
    return answer;
}

enum outcome payments_refusal(const struct payments_answer *answer) {
    static const struct {
        const char *code;
        enum outcome outcome;
    } known[] = {
        {"customer_tax_location_invalid", OUTCOME_TAX_LOCATION_INVALID},
        {"tax_id_invalid", OUTCOME_TAX_ID_INVALID},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_equal(answer->code, str_from_cstr(known[i].code))) {
            return known[i].outcome;
        }
    }
    return OUTCOME_PAYMENT_PROVIDER_REFUSED;
}
