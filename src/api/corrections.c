/* Corrections of issued invoices: shown, done, and the list of all for operators. The customer's
 * own are those that move no money. */
#include "api/correction_resources.h"

#include "api/consent_resources.h"
#include "api/id_page.h"
#include "api/resources.h"
#include "app/billed_to.h"
#include "app/correction.h"

/* --- one that was begun --- */

struct correction_out {
    struct str id, user_id, status, invoice_id, new_invoice_id, credit_note_id, purchase_order;
    struct money total_before, tax_before, total_after, tax_after, refunded, credited, due;
    int64_t created_at, finished_at;
    bool is_finished;
};

#define MONEY_FIELD(name, doc, type, member)                                                       \
    { name, doc, SHAPE_OBJECT, .offset = offsetof(struct type, member), .of = &money_shape }
#define SUMS(type)                                                                                 \
    MONEY_FIELD("totalBefore", "Of the invoice that is corrected, with tax", type, total_before),  \
        MONEY_FIELD("taxBefore", "Of it, tax", type, tax_before),                                  \
        MONEY_FIELD("totalAfter", "Of the new invoice, with tax", type, total_after),              \
        MONEY_FIELD("taxAfter", "Of it, tax", type, tax_after),                                    \
        MONEY_FIELD("refunded", "Goes back to the card or account that paid", type, refunded),     \
        MONEY_FIELD("credited", "The note puts on the balance, which pays the new invoice", type,  \
                    credited),                                                                     \
        MONEY_FIELD("due", "Is left to be paid of the new invoice", type, due)

#define AT(member) offsetof(struct correction_out, member)
static const struct shape_field correction_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"status",
     "working, done; stopped: the payment provider would not go on, and without creditNoteId "
     "nothing has happened",
     SHAPE_STR, .offset = AT(status), .max = 16},
    {"invoiceId", "What is corrected", SHAPE_STR, .offset = AT(invoice_id), .max = LIMIT_RECORD_ID},
    {"newInvoiceId", "What takes its place", SHAPE_STR, .offset = AT(new_invoice_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"creditNoteId", "What takes it back", SHAPE_STR, .offset = AT(credit_note_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"purchaseOrder", "As printed on the new invoice", SHAPE_STR, .offset = AT(purchase_order),
     .max = PURCHASE_ORDER_MAX, .flags = SHAPE_NULLABLE},
    SUMS(correction_out),
    {"createdAt", "When it was shown", SHAPE_INSTANT, .offset = AT(created_at)},
    {"finishedAt", "When nothing was left to do", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_finished)},
};
#undef AT
const struct shape correction_shape =
    SHAPE("Correction", "An issued invoice, billed anew", struct correction_out, correction_fields);

static struct correction_out correction_out_of(const struct correction_row *row) {
    return (struct correction_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .status = str_from_cstr(correction_status_name((enum correction_status)row->status)),
        .invoice_id = id_str(&row->invoice_id),
        .new_invoice_id = text_or_null(id_str(&row->new_invoice_id)),
        .credit_note_id = text_or_null(id_str(&row->credit_note_id)),
        .purchase_order = text_or_null(row->purchase_order),
        .total_before = money_stored(row->total_before, row->currency),
        .tax_before = money_stored(row->tax_before, row->currency),
        .total_after = money_stored(row->total_after, row->currency),
        .tax_after = money_stored(row->tax_after, row->currency),
        .refunded = money_stored(row->refunded, row->currency),
        .credited = money_stored(row->credited, row->currency),
        .due = money_stored(row->due, row->currency),
        .created_at = row->created_at,
        .is_finished = row->finished_at != ROW_NONE,
        .finished_at = row->finished_at,
    };
}

/* --- one that is shown --- */

struct correction_preview_out {
    struct str id, invoice_id;
    struct shape_list before, after;
    struct money total_before, tax_before, total_after, tax_after, refunded, credited, due, balance;
    int64_t valid_until;
    bool needs_operator;
};

static const struct shape_field billed_line = {.kind = SHAPE_STR, .max = 500};
#define AT(member) offsetof(struct correction_preview_out, member)
static const struct shape_field correction_preview_fields[] = {
    {"correctionId", "Send it to do exactly this", SHAPE_STR, .offset = AT(id),
     .max = LIMIT_RECORD_ID},
    {"invoiceId", "What would be corrected", SHAPE_STR, .offset = AT(invoice_id),
     .max = LIMIT_RECORD_ID},
    {"billedBefore", "To whom, a line each, as printed", SHAPE_LIST, .offset = AT(before),
     .max = BILLED_TO_LINES_MAX, .item = &billed_line, .item_size = sizeof(struct str),
     .flags = SHAPE_PERSONAL},
    {"billedAfter", "To whom the new invoice would be", SHAPE_LIST, .offset = AT(after),
     .max = BILLED_TO_LINES_MAX, .item = &billed_line, .item_size = sizeof(struct str),
     .flags = SHAPE_PERSONAL},
    SUMS(correction_preview_out),
    MONEY_FIELD("balance", "Of the customer now, used as well; negative: in their favour",
                correction_preview_out, balance),
    {"needsOperator", "It moves money, or the invoice is overdue: the customer cannot do it",
     SHAPE_BOOL, .offset = AT(needs_operator)},
    {"validUntil", "Until when", SHAPE_INSTANT, .offset = AT(valid_until)},
};
#undef AT
const struct shape correction_preview_shape =
    SHAPE("CorrectionPreview", "What a correction would come to, to the cent",
          struct correction_preview_out, correction_preview_fields);

static struct shape_list lines_of(struct arena *arena, struct str text) {
    struct str *lines = arena_array(arena, BILLED_TO_LINES_MAX, sizeof *lines);
    size_t count = 0;
    while (lines != NULL && text.len > 0 && count < BILLED_TO_LINES_MAX) {
        lines[count++] = str_cut(&text, '\n');
    }
    return (struct shape_list){lines, count};
}

struct preview_in_hand {
    struct correction_preview preview; /* first: `finished` hands it back */
    struct api_request *request;
};

static void shown(struct correction_preview *preview) {
    struct api_request *request = ((struct preview_in_hand *)preview)->request;
    const struct correction_row *row = &preview->row;
    if (preview->command.outcome != OUTCOME_DONE) {
        reply_problem(request, (int)preview->command.outcome);
        return;
    }
    struct correction_preview_out out = {
        .id = id_str(&row->id),
        .invoice_id = id_str(&row->invoice_id),
        .before = lines_of(request->arena, preview->billed_before),
        .after = lines_of(request->arena, preview->billed_after),
        .total_before = money_stored(row->total_before, row->currency),
        .tax_before = money_stored(row->tax_before, row->currency),
        .total_after = money_stored(row->total_after, row->currency),
        .tax_after = money_stored(row->tax_after, row->currency),
        .refunded = money_stored(row->refunded, row->currency),
        .credited = money_stored(row->credited, row->currency),
        .due = money_stored(row->due, row->currency),
        .balance = money_stored(row->balance, row->currency),
        .valid_until = row->valid_until,
        .needs_operator = !preview->is_quiet,
    };
    reply_value(request, 200, &correction_preview_shape, &out);
}

/* --- what is asked for --- */

struct correct_in {
    struct str user_id, invoice_id, correction_id, purchase_order;
    bool has_purchase_order;
};
#define AT(member) offsetof(struct correct_in, member)
#define CORRECT_FIELDS                                                                             \
    {"correctionId",                                                                               \
     "Of a preview, which is done; without preview=true it must be there",                         \
     SHAPE_STR,                                                                                    \
     .offset = AT(correction_id),                                                                  \
     .min = 1,                                                                                     \
     .max = LIMIT_RECORD_ID,                                                                       \
     .flags = SHAPE_OPTIONAL | SHAPE_IDENTIFIER},                                                  \
    {                                                                                              \
        "purchaseOrder",                                                                           \
            "Of a preview: the number to print, empty for none; that of the invoice "              \
            "when it is absent",                                                                   \
            SHAPE_STR, .offset = AT(purchase_order), .max = PURCHASE_ORDER_MAX,                    \
                       .flags = SHAPE_OPTIONAL, .is_set = AT(has_purchase_order)                   \
    }
static const struct shape_field correct_fields[] = {CORRECT_FIELDS};
static const struct shape_field correct_any_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .flags = SHAPE_IDENTIFIER},
    {"invoiceId", "What is corrected", SHAPE_STR, .offset = AT(invoice_id), .min = 1,
     .max = LIMIT_RECORD_ID, .flags = SHAPE_IDENTIFIER},
    CORRECT_FIELDS};
#undef AT
const struct shape correction_in_shape =
    SHAPE("CorrectionRequest", "Which correction", struct correct_in, correct_fields);
const struct shape correction_any_in_shape = SHAPE(
    "CorrectionOrder", "Which correction, of whose invoice", struct correct_in, correct_any_fields);

struct correct_query {
    bool is_preview;
};
static const struct shape_field query_fields[] = {
    {"preview", "Only say what it would come to", SHAPE_BOOL,
     .offset = offsetof(struct correct_query, is_preview), .flags = SHAPE_OPTIONAL},
};
const struct shape correction_query_shape =
    SHAPE("CorrectionQuery", "Which step", struct correct_query, query_fields);

bool corrections_only_asks(const struct api_request *request) {
    return ((const struct correct_query *)request->query)->is_preview;
}

static void show(struct api_request *request, const struct correct_in *in) {
    struct preview_in_hand *hand = COMMAND_NEW(request->arena, struct preview_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->preview.arena = request->arena;
    hand->preview.user_id = request->user_id;
    hand->preview.invoice_id = in->invoice_id;
    hand->preview.has_purchase_order = in->has_purchase_order;
    hand->preview.purchase_order = in->purchase_order;
    hand->preview.finished = shown;
    correction_preview_start(request->api->app, &hand->preview);
}

static void corrected(struct api_request *request, const struct operation_result *result) {
    const struct correct_in *in = request->body;
    struct tx tx = request_read(request);
    struct correction_row row;
    bool is_found = false;
    (void)result;
    if (reply_if_failed(
            request, correction_read(&tx, request->user_id, in->correction_id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CORRECTION_NOT_FOUND);
        return;
    }
    struct correction_out out = correction_out_of(&row);
    reply_value(request, 201, &correction_shape, &out);
}

static void correct(struct api_request *request, const struct correct_in *in, bool is_of_operator) {
    const struct correct_query *query = request->query;
    if (query != NULL && query->is_preview) {
        show(request, in);
        return;
    }
    if (request->idempotency_key.len == 0) {
        reply_problem(request, PROBLEM_IDEMPOTENCY_KEY_MISSING);
        return;
    }
    if (in->correction_id.len == 0) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/correctionId",
                        "the correctionId that ?preview=true gives");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    struct operation_request wanted = {
        .kind = OPERATION_CORRECTION,
        .tier = -1,
        .interval = -1,
        .quote_id = in->correction_id,
        .invoice_id = in->invoice_id,
        .is_of_operator = is_of_operator,
    };
    request_operation(request, &wanted, corrected);
}

void corrections_correct(struct api_request *request) {
    struct correct_in in = *(const struct correct_in *)request->body;
    in.invoice_id = request->values[0];
    correct(request, &in, false);
}

void corrections_correct_any(struct api_request *request) {
    const struct correct_in *in = request->body;
    request->user_id = in->user_id;
    correct(request, in, true);
}

/* --- all of them --- */

static const struct shape_field item = {.kind = SHAPE_OBJECT, .of = &correction_shape};
static const struct shape_field list_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &item, .item_size = sizeof(struct correction_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape corrections_shape =
    SHAPE("Corrections", "A page of corrections", struct page, list_fields);

static void show_row(const void *row, void *ret_out) {
    *(struct correction_out *)ret_out = correction_out_of(row);
}
static const struct id_list all = {
    .shape = &corrections_shape,
    .row_size = sizeof(struct correction_row),
    .id_at = offsetof(struct correction_row, id),
    .out_size = sizeof(struct correction_out),
    .read = corrections_read,
    .show = show_row,
};

void corrections_list_all(struct api_request *request) {
    reply_id_page_of_all(request, &all);
}
