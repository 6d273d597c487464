/* GET /api/admin/customers/:userId/timeline: all that happened with one customer, in one stream.
 * Who looks sees what their role may see elsewhere. */
#include "api/customer_resources.h"
#include "api/resources.h"

#include "app/timeline.h"

static const char *const kinds[] = {"billing", "mail",     "audit",   "payment",
                                    "note",    "delivery", "webhook", NULL};
static_assert(ARRAY_LEN(kinds) == TIMELINE_SOURCE_COUNT + 1, "in the order of the enum");

static const enum permission permissions[TIMELINE_SOURCE_COUNT] = {
    [TIMELINE_BILLING] = PERMISSION_CUSTOMERS_READ, [TIMELINE_MAIL] = PERMISSION_CUSTOMERS_READ,
    [TIMELINE_AUDIT] = PERMISSION_EVIDENCE,         [TIMELINE_PAYMENT] = PERMISSION_MONEY_READ,
    [TIMELINE_NOTE] = PERMISSION_CUSTOMERS_READ,    [TIMELINE_DELIVERY] = PERMISSION_SYSTEM_READ,
    [TIMELINE_WEBHOOK] = PERMISSION_SYSTEM_READ,
};

enum { TEXT_MAX = 2000 };

struct entry_out {
    struct str id, type, text, status, object, actor;
    int kind;
    int64_t at;
    struct money amount;
    bool has_amount;
};
#define AT(member) offsetof(struct entry_out, member)
static const struct shape_field entry_fields[] = {
    {"id", "Of what it is: ours, or of the provider's event", SHAPE_STR, .offset = AT(id),
     .max = LIMIT_STRIPE_ID},
    {"at", "When", SHAPE_INSTANT, .offset = AT(at)},
    {"kind",
     "billing: what happened to billing, usage and dunning; mail; payment: a try to collect; note "
     "of an operator; webhook: the payment provider said; delivery: an endpoint was told; audit: "
     "who did what else",
     SHAPE_ENUM, .offset = AT(kind), .names = kinds},
    {"type",
     "What of the kind: invoice.paid, the kind of a mail, whose try it was; empty of a note",
     SHAPE_STR, .offset = AT(type), .max = 64},
    {"text", "In words; of a payment why it was declined", SHAPE_STR, .offset = AT(text),
     .max = TEXT_MAX, .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"status", "How it stands, or what came of it", SHAPE_STR, .offset = AT(status), .max = 64,
     .flags = SHAPE_NULLABLE},
    {"amount", "Where money moved", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_amount)},
    {"object", "What it is about", SHAPE_STR, .offset = AT(object), .max = LIMIT_STRIPE_ID,
     .flags = SHAPE_NULLABLE},
    {"actor", "Who; null: the program, or the owner of the machine", SHAPE_STR, .offset = AT(actor),
     .max = 255, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape entry_shape = SHAPE(
    "TimelineEntry", "Something that happened with a customer", struct entry_out, entry_fields);
static const struct shape_field entry_item = {.kind = SHAPE_OBJECT, .of = &entry_shape};
static const struct shape_field timeline_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &entry_item, .item_size = sizeof(struct entry_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape timeline_shape =
    SHAPE("Timeline", "A page of all that happened with a customer", struct page, timeline_fields);

struct timeline_in {
    struct page_query page; /* first: page_size() reads it */
    int kind;
    bool has_kind;
};
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = offsetof(struct timeline_in, page.limit),
     .min = 1, .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR,
     .offset = offsetof(struct timeline_in, page.cursor), .min = 1, .max = TIMELINE_CURSOR_MAX,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"kind", "Of this kind only", SHAPE_ENUM, .offset = offsetof(struct timeline_in, kind),
     .names = kinds, .flags = SHAPE_OPTIONAL, .is_set = offsetof(struct timeline_in, has_kind)},
};
const struct shape timeline_query_shape =
    SHAPE("TimelineQuery", "Which of it", struct timeline_in, query_fields);

static struct entry_out out_of(const struct timeline_entry *entry) {
    const struct timeline_row *row = &entry->row;
    struct currency currency = {""};
    bool has_amount = row->amount != ROW_NONE && currency_parse(row->currency, &currency);
    return (struct entry_out){
        .id = row->id,
        .kind = (int)entry->source,
        .at = row->at,
        .type = row->word,
        .text = text_or_null(row->text),
        .status = text_or_null(row->status),
        .amount = money_of(has_amount ? row->amount : 0, currency),
        .has_amount = has_amount,
        .object = text_or_null(row->object),
        .actor = text_or_null(row->actor),
    };
}

/* Machines with a key of operators' see all. */
static unsigned sources_seen(const struct api_request *request) {
    unsigned sources = 0;
    for (int i = 0; i < TIMELINE_SOURCE_COUNT; i++) {
        if (!request->has_session || role_may(request->session.role, permissions[i])) {
            sources |= 1U << i;
        }
    }
    return sources;
}

static void reply_stretch(struct api_request *request, const struct timeline_stretch *stretch) {
    struct entry_out *out = arena_array(request->arena, stretch->count, sizeof *out);
    for (size_t i = 0; out != NULL && i < stretch->count; i++) {
        out[i] = out_of(&stretch->entries[i]);
    }
    struct page page = {{out, out == NULL ? 0 : stretch->count}, text_or_null(stretch->next)};
    reply_value(request, 200, &timeline_shape, &page);
}

void customers_timeline(struct api_request *request) {
    static const struct timeline_in all = {.has_kind = false};
    const struct timeline_in *in = request->query == NULL ? &all : request->query;
    struct timeline_query query = {
        .user_id = request->values[0],
        .sources = sources_seen(request),
        .cursor = in->page.cursor,
        .max = page_size(&in->page),
    };
    request->user_id = request->values[0];
    if (in->has_kind) {
        query.sources &= 1U << in->kind;
    }
    if (query.sources == 0) {
        reply_problem(request, PROBLEM_ROLE_FORBIDDEN);
        return;
    }
    if (!has_customer(request)) {
        return;
    }
    struct tx tx = request_read(request);
    struct timeline_stretch stretch;
    if (reply_if_failed(request, timeline_read(&tx, &query, &stretch))) {
        return;
    }
    if (stretch.is_cursor_unknown) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/cursor", "nextCursor of the page before");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    reply_stretch(request, &stretch);
}
