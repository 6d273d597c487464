/* GET /api/billing/invoices/:id/events: what happened to one invoice, and where the audit log says
 * so. */
#include "api/billing_resources.h"
#include "api/resources.h"

#include "app/invoice_events.h"

struct invoice_event_out {
    struct str id, type, description, audit_id;
    struct money amount;
    bool has_amount;
    int64_t created_at;
};

#define AT(member) offsetof(struct invoice_event_out, member)
static const struct shape_field event_fields[] = {
    {"id", "As in GET /api/billing/events", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
    {"type", "Such as invoice.paid", SHAPE_STR, .offset = AT(type), .max = 64},
    {"description", "For people", SHAPE_STR, .offset = AT(description), .max = 1000},
    {"amount", "What it is about", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_amount)},
    {"auditId", "Its entry in GET /api/billing/audit; null: from before there was a log", SHAPE_STR,
     .offset = AT(audit_id), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape event_shape =
    SHAPE("InvoiceEvent", "What happened to an invoice", struct invoice_event_out, event_fields);
static const struct shape_field event_item = {.kind = SHAPE_OBJECT, .of = &event_shape};
static const struct shape_field events_fields[] = {
    {"data", "The oldest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = INVOICE_EVENTS_MAX, .item = &event_item, .item_size = sizeof(struct invoice_event_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape invoice_events_shape =
    SHAPE("InvoiceEvents", "The history of an invoice", struct page, events_fields);

static struct invoice_event_out out_of(const struct invoice_noted *item) {
    const struct billing_event_row *event = &item->event;
    struct currency currency = {""};
    bool has_amount = event->amount != ROW_NONE && currency_parse(event->currency, &currency);
    return (struct invoice_event_out){
        .id = id_str(&event->id),
        .type = event->type,
        .description = event->description,
        .audit_id = text_or_null(id_str(&item->audit_id)),
        .has_amount = has_amount,
        .amount = money_of(event->amount, currency),
        .created_at = event->created_at,
    };
}

void invoices_events(struct api_request *request) {
    struct tx tx = request_read(request);
    struct invoice_row invoice;
    struct invoice_events events;
    if (!find_invoice(request, &invoice) ||
        reply_if_failed(request, invoice_events_read(&tx, &invoice, &events))) {
        return;
    }
    struct invoice_event_out *out = arena_array(request->arena, events.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < events.count; i++) {
        out[i] = out_of(&events.items[i]);
    }
    struct page page = {{out, out == NULL ? 0 : events.count}, {NULL, 0}};
    reply_value(request, 200, &invoice_events_shape, &page);
}
