/* GET /api/billing/events: what has happened to the customer's billing, in words. */

#include "api/resources.h"

#include "app/billing_event.h"

struct event_out {
    struct str id, type, description, metadata;
    struct money amount;
    bool has_amount;
    int64_t created_at;
};

#define AT(member) offsetof(struct event_out, member)
static const struct shape_field event_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"type", "Such as subscription.started", SHAPE_STR, .offset = AT(type), .max = 64},
    {"description", "For people", SHAPE_STR, .offset = AT(description), .max = 1000},
    {"amount", "Where money moved", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_amount)},
    {"metadata", "More, by type", SHAPE_JSON, .offset = AT(metadata)},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
static const struct shape event_shape =
    SHAPE("BillingEvent", "A line of the history", struct event_out, event_fields);
static const struct shape_field event_item = {.kind = SHAPE_OBJECT, .of = &event_shape};

static const struct shape_field events_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &event_item, .item_size = sizeof(struct event_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape billing_events_shape =
    SHAPE("BillingEvents", "A page of the history", struct page, events_fields);

static struct event_out event_out_of(const struct billing_event_row *row) {
    struct currency currency = {""};
    bool has_amount = row->amount != ROW_NONE && currency_parse(row->currency, &currency);
    return (struct event_out){
        .id = id_str(&row->id),
        .type = row->type,
        .description = row->description,
        .metadata = row->metadata.len > 0 ? row->metadata : STR("{}"),
        .has_amount = has_amount,
        .amount = money_of(row->amount, currency),
        .created_at = row->created_at,
    };
}

void billing_events_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    if (!has_customer(request)) {
        return;
    }
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, billing_events_read(&tx, request->user_id,
                                                     query == NULL ? STR("") : query->cursor,
                                                     size + 1, &list))) {
        return;
    }
    const struct billing_event_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct event_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = event_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &billing_events_shape, &page);
}
