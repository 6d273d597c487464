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
    struct payments_invoice_line *lines = arena_array(arena, from->line_count, sizeof *from->lines);
    invoice.line_count = lines == NULL ? 0 : from->line_count;
    for (size_t i = 0; i < invoice.line_count; i++) {
        lines[i] = from->lines[i];
        lines[i].description = arena_str(arena, from->lines[i].description);
    }
    invoice.lines = lines;
    return invoice;
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
    if (from->has_subscription) {
        answer.subscription = copy_subscription(arena, &from->subscription);
    }
    if (from->has_invoice) {
        answer.invoice = copy_invoice(arena, &from->invoice);
    }
    return answer;
}
