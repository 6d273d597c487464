/* /api/admin/refunds and /api/admin/credit-notes: money that operators give back. */
#include "api/admin_resources.h"
#include "api/billing_resources.h"
#include "api/resources.h"

#include "app/invoice.h"
#include "app/money_back.h"
#include "core/money.h"

/* --- as shown --- */

struct refund_out {
    struct str id, user_id, stripe_id, status;
    struct money amount;
    int64_t created_at;
};

#define AT(member) offsetof(struct refund_out, member)
static const struct shape_field refund_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"status", "pending, succeeded, failed, canceled, or another word of Stripe's", SHAPE_STR,
     .offset = AT(status), .max = 64},
    {"amount", "What is given back", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
    {"stripeRefundId", "Stripe's", SHAPE_STR, .offset = AT(stripe_id), .max = LIMIT_STRIPE_ID},
};
#undef AT
const struct shape refund_shape =
    SHAPE("Refund", "Money given back", struct refund_out, refund_fields);
static const struct shape_field refund_item = {.kind = SHAPE_OBJECT, .of = &refund_shape};

struct note_out {
    struct str id, user_id, invoice_id, number, status, reason, stripe_id, pdf_url;
    struct money amount, refunded, credited, out_of_band;
    int64_t created_at;
};

#define AT(member) offsetof(struct note_out, member)
static const struct shape_field note_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"invoiceId", "What it corrects", SHAPE_STR, .offset = AT(invoice_id), .max = LIMIT_RECORD_ID},
    {"number", "As printed on it", SHAPE_STR, .offset = AT(number), .max = 100},
    {"status", "issued or void", SHAPE_STR, .offset = AT(status), .max = 64},
    {"reason", "Stripe's word, or null", SHAPE_STR, .offset = AT(reason), .max = 64,
     .flags = SHAPE_NULLABLE},
    {"amount", "With tax", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape},
    {"refunded", "Of it, given back to who paid", SHAPE_OBJECT, .offset = AT(refunded),
     .of = &money_shape},
    {"credited", "Of it, put on the customer's balance", SHAPE_OBJECT, .offset = AT(credited),
     .of = &money_shape},
    {"outOfBand", "Of it, given back otherwise", SHAPE_OBJECT, .offset = AT(out_of_band),
     .of = &money_shape},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
    {"pdfUrl", "Of the PDF", SHAPE_STR, .offset = AT(pdf_url), .max = 2000,
     .flags = SHAPE_NULLABLE},
    {"stripeCreditNoteId", "Stripe's", SHAPE_STR, .offset = AT(stripe_id), .max = LIMIT_STRIPE_ID},
};
#undef AT
const struct shape credit_note_shape =
    SHAPE("CreditNote", "A correction of an invoice", struct note_out, note_fields);
static const struct shape_field note_item = {.kind = SHAPE_OBJECT, .of = &credit_note_shape};

struct given_back {
    struct shape_list refunds, notes;
};
static const struct shape_field given_back_fields[] = {
    {"refunds", "The oldest first", SHAPE_LIST, .offset = offsetof(struct given_back, refunds),
     .max = MONEY_BACK_MAX, .item = &refund_item, .item_size = sizeof(struct refund_out)},
    {"creditNotes", "The oldest first", SHAPE_LIST, .offset = offsetof(struct given_back, notes),
     .max = MONEY_BACK_MAX, .item = &note_item, .item_size = sizeof(struct note_out)},
};
const struct shape given_back_shape =
    SHAPE("GivenBack", "What was given back of an invoice", struct given_back, given_back_fields);

static struct refund_out refund_out_of(const struct refund_row *row) {
    return (struct refund_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .stripe_id = row->stripe_refund_id,
        .status = row->status,
        .amount = money_stored(row->amount, row->currency),
        .created_at = row->created_at,
    };
}

static struct note_out note_out_of(const struct credit_note_row *row) {
    return (struct note_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .invoice_id = id_str(&row->invoice_id),
        .number = row->number,
        .status = row->status,
        .reason = text_or_null(row->reason),
        .stripe_id = row->stripe_credit_note_id,
        .pdf_url = text_or_null(row->pdf_url),
        .amount = money_stored(row->amount, row->currency),
        .refunded = money_stored(row->refunded, row->currency),
        .credited = money_stored(row->credited, row->currency),
        .out_of_band = money_stored(row->out_of_band, row->currency),
        .created_at = row->created_at,
    };
}

/* --- what is asked for --- */

struct give_in {
    struct str user_id, invoice_id, reason, memo;
    struct money amount;
    bool has_amount;
    int returns;
};

static const char *const returns_names[] = {"refund", "balance", "out_of_band", NULL};
static_assert(MONEY_BACK_OUT_OF_BAND == 2, "in the order of the enum");

#define AT(member) offsetof(struct give_in, member)
#define GIVE_FIELDS(reasons)                                                                       \
    {"userId",                                                                                     \
     "The customer",                                                                               \
     SHAPE_STR,                                                                                    \
     .offset = AT(user_id),                                                                        \
     .min = 1,                                                                                     \
     .max = LIMIT_USER_ID,                                                                         \
     .flags = SHAPE_IDENTIFIER},                                                                   \
        {"invoiceId",                                                                              \
         "The invoice that was paid",                                                              \
         SHAPE_STR,                                                                                \
         .offset = AT(invoice_id),                                                                 \
         .min = 1,                                                                                 \
         .max = LIMIT_RECORD_ID,                                                                   \
         .flags = SHAPE_IDENTIFIER},                                                               \
        {"amount",                                                                                 \
         "All that is left when it is absent",                                                     \
         SHAPE_OBJECT,                                                                             \
         .offset = AT(amount),                                                                     \
         .of = &money_shape,                                                                       \
         .flags = SHAPE_OPTIONAL,                                                                  \
         .is_set = AT(has_amount)},                                                                \
    {                                                                                              \
        "reason", "Stripe's word: " reasons, SHAPE_STR, .offset = AT(reason), .max = 64,           \
                                                        .flags = SHAPE_OPTIONAL                    \
    }
static const struct shape_field refund_in_fields[] = {
    GIVE_FIELDS("duplicate, fraudulent or requested_by_customer"),
};
static const struct shape_field note_in_fields[] = {
    GIVE_FIELDS("duplicate, fraudulent, order_change or product_unsatisfactory"),
    {"returns", "Where the amount goes once the invoice is paid; the balance pays later invoices",
     SHAPE_ENUM, .offset = AT(returns), .names = returns_names, .flags = SHAPE_OPTIONAL},
    {"memo", "Printed on the note", SHAPE_STR, .offset = AT(memo), .max = 500,
     .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape refund_in_shape =
    SHAPE("RefundRequest", "What is to be given back", struct give_in, refund_in_fields);
const struct shape credit_note_in_shape =
    SHAPE("CreditNoteRequest", "What is to be corrected", struct give_in, note_in_fields);

static void give(struct api_request *request, enum operation_kind kind,
                 void (*given)(struct api_request *request,
                               const struct operation_result *result)) {
    const struct give_in *in = request->body;
    if (request->idempotency_key.len == 0) {
        reply_problem(request, PROBLEM_IDEMPOTENCY_KEY_MISSING);
        return;
    }
    if (in->has_amount && in->amount.minor <= 0) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/amount/amount", "more than 0");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    request->user_id = in->user_id;
    struct operation_request wanted = {
        .kind = kind,
        .tier = -1,
        .interval = -1,
        .invoice_id = in->invoice_id,
        .reason = in->reason,
        .comment = in->memo,
        .amount = in->has_amount ? in->amount.minor : 0,
        .currency = in->has_amount
                        ? arena_str(request->arena, str_from_cstr(in->amount.currency.code))
                        : STR(""),
        .returns = (enum money_back)in->returns,
    };
    request_operation(request, &wanted, given);
}

static void reply_refund(struct api_request *request, const struct operation_result *result) {
    struct tx tx = request_read(request);
    struct refund_row row;
    bool is_found = false;
    if (reply_if_failed(request,
                        refund_read(&tx, request->user_id, result->object_id, &row, &is_found))) {
        return;
    }
    if (!is_found) { /* the provider has it, and its owner is not known yet */
        reply_problem(request, OUTCOME_PAYMENT_PENDING);
        return;
    }
    struct refund_out out = refund_out_of(&row);
    reply_value(request, 201, &refund_shape, &out);
}

void refunds_create(struct api_request *request) {
    give(request, OPERATION_REFUND, reply_refund);
}

static void reply_note(struct api_request *request, const struct operation_result *result) {
    struct tx tx = request_read(request);
    struct credit_note_row row;
    bool is_found = false;
    if (reply_if_failed(
            request, credit_note_read(&tx, request->user_id, result->object_id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_PAYMENT_PENDING);
        return;
    }
    struct note_out out = note_out_of(&row);
    reply_value(request, 201, &credit_note_shape, &out);
}

void credit_notes_create(struct api_request *request) {
    give(request, OPERATION_CREDIT_NOTE, reply_note);
}

/* --- of one invoice, for the customer --- */

void invoices_given_back(struct api_request *request) {
    struct tx tx = request_read(request);
    struct invoice_row invoice;
    struct row_list refunds;
    struct row_list notes;
    if (!find_invoice(request, &invoice)) {
        return;
    }
    if (reply_if_failed(request,
                        refunds_read(&tx, request->user_id, request->values[0], &refunds)) ||
        reply_if_failed(request,
                        credit_notes_read(&tx, request->user_id, request->values[0], &notes))) {
        return;
    }
    struct refund_out *refund = arena_array(request->arena, refunds.count, sizeof *refund);
    struct note_out *note = arena_array(request->arena, notes.count, sizeof *note);
    for (size_t i = 0; refund != NULL && i < refunds.count; i++) {
        refund[i] = refund_out_of((const struct refund_row *)refunds.items + i);
    }
    for (size_t i = 0; note != NULL && i < notes.count; i++) {
        note[i] = note_out_of((const struct credit_note_row *)notes.items + i);
    }
    struct given_back out = {{refund, refund == NULL ? 0 : refunds.count},
                             {note, note == NULL ? 0 : notes.count}};
    reply_value(request, 200, &given_back_shape, &out);
}
