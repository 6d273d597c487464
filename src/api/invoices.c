/* One of a customer's invoices: shown, paid; and the next one. */
#include "api/billing_resources.h"
#include "api/invoice_out.h"
#include "api/resources.h"

#include "app/correction.h"
#include "app/upcoming.h"

/* --- as shown --- */

static const struct shape_field link_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = offsetof(struct invoice_link, id), .max = LIMIT_RECORD_ID},
    {"number", "As printed on it; null while it is a draft", SHAPE_STR,
     .offset = offsetof(struct invoice_link, number), .max = 100, .flags = SHAPE_NULLABLE},
};
static const struct shape invoice_link_shape =
    SHAPE("InvoiceLink", "Another invoice", struct invoice_link, link_fields);

#define AT(member) offsetof(struct invoice_out, member)
static const struct shape_field invoice_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"number", "As printed on it; null while it is a draft", SHAPE_STR, .offset = AT(number),
     .max = 100, .flags = SHAPE_NULLABLE},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"status", "draft, open, paid, void or uncollectible", SHAPE_STR, .offset = AT(status),
     .max = 16},
    {"state",
     "draft, due, past_due, paid, refunded (all of it), corrected (another takes its place), void "
     "or written_off",
     SHAPE_STR, .offset = AT(state), .max = 16},
    {"amount", "The total, with tax", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape},
    {"amountDue", "What is or was to be paid", SHAPE_OBJECT, .offset = AT(due), .of = &money_shape},
    {"amountPaid", "What has been paid", SHAPE_OBJECT, .offset = AT(paid), .of = &money_shape},
    {"givenBack", "Of what was paid: refunds, and credit to the balance", SHAPE_OBJECT,
     .offset = AT(given_back), .of = &money_shape},
    {"tax", "Of the total", SHAPE_OBJECT, .offset = AT(tax), .of = &money_shape},
    {"discount", "Taken off by coupons, before tax; null on invoices from before it was kept",
     SHAPE_OBJECT, .offset = AT(discount), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_discount)},
    {"dueDate", "Until when; null when it is charged at once", SHAPE_INSTANT,
     .offset = AT(due_date), .flags = SHAPE_NULLABLE, .is_set = AT(has_due_date)},
    {"periodStart", "What it bills", SHAPE_INSTANT, .offset = AT(period_start)},
    {"periodEnd", "What it bills", SHAPE_INSTANT, .offset = AT(period_end)},
    {"createdAt", "When it was made", SHAPE_INSTANT, .offset = AT(created_at)},
    {"stripeInvoiceId", "Stripe's", SHAPE_STR, .offset = AT(stripe_id), .max = LIMIT_STRIPE_ID},
    {"hostedUrl", "Stripe's page of it", SHAPE_STR, .offset = AT(hosted_url), .max = 2000,
     .flags = SHAPE_NULLABLE},
    {"pdfUrl", "Of the PDF", SHAPE_STR, .offset = AT(pdf_url), .max = 2000,
     .flags = SHAPE_NULLABLE},
    {"corrects", "The invoice that this one takes the place of, or null", SHAPE_OBJECT,
     .offset = AT(corrects), .of = &invoice_link_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(is_correction)},
    {"correctedBy", "The invoice that takes the place of this one, or null", SHAPE_OBJECT,
     .offset = AT(corrected_by), .of = &invoice_link_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(is_corrected)},
    {"lines", "Not in lists: [{description, amount, discount, tax, period, proration}]", SHAPE_JSON,
     .offset = AT(lines), .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
};
#undef AT
const struct shape invoice_shape =
    SHAPE("Invoice", "An invoice, as Stripe has it", struct invoice_out, invoice_fields);
static struct invoice_out invoice_out_of(const struct invoice_standing *standing, bool has_lines) {
    const struct invoice_row *row = &standing->invoice;
    struct currency currency = {""};
    (void)!currency_parse(row->currency, &currency); /* the store holds known ones only */
    return (struct invoice_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .number = text_or_null(row->number),
        .status = str_from_cstr(invoice_status_name((enum invoice_status)row->status)),
        .state = str_from_cstr(invoice_state_name(invoice_standing_state(standing))),
        .stripe_id = row->stripe_invoice_id,
        .hosted_url = text_or_null(row->hosted_url),
        .pdf_url = text_or_null(row->pdf_url),
        .lines = has_lines ? text_or_null(row->lines) : (struct str){NULL, 0},
        .amount = money_of(row->amount, currency),
        .due = money_of(row->amount_due, currency),
        .paid = money_of(row->amount_paid, currency),
        .given_back = money_of(standing->given_back, currency),
        .tax = money_of(row->tax, currency),
        .has_discount = row->discount != ROW_NONE,
        .discount = money_of(row->discount == ROW_NONE ? 0 : row->discount, currency),
        .has_due_date = row->due_date != ROW_NONE,
        .due_date = row->due_date,
        .period_start = row->period_start,
        .period_end = row->period_end,
        .created_at = row->created_at,
    };
}

static struct err read_link(struct api_request *request, const struct record_id *id,
                            struct invoice_link *ret_link, bool *ret_has) {
    struct tx tx = request_read(request);
    struct invoice_row row;
    *ret_has = false;
    if (id->text[0] == '\0') {
        return OK;
    }
    TRY(invoice_read(&tx, request->user_id, id_str(id), &row, ret_has));
    if (*ret_has) {
        *ret_link =
            (struct invoice_link){arena_str(request->arena, id_str(id)), text_or_null(row.number)};
    }
    return OK;
}

struct err invoice_show(struct api_request *request, const struct invoice_standing *row,
                        bool has_lines, struct invoice_out *out) {
    struct tx tx = request_read(request);
    struct correction_links links;
    *out = invoice_out_of(row, has_lines);
    TRY(correction_links_read(&tx, request->user_id, out->id, &links));
    TRY(read_link(request, &links.corrects, &out->corrects, &out->is_correction));
    return read_link(request, &links.corrected_by, &out->corrected_by, &out->is_corrected);
}

/* --- one --- */

bool find_invoice(struct api_request *request, struct invoice_row *ret_row) {
    struct tx tx = request_read(request);
    bool is_found = false;
    if (reply_if_failed(
            request, invoice_read(&tx, request->user_id, request->values[0], ret_row, &is_found))) {
        return false;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_INVOICE_NOT_FOUND);
    }
    return is_found;
}

void invoices_get(struct api_request *request) {
    struct tx tx = request_read(request);
    struct invoice_standing row;
    struct invoice_out out;
    bool is_found = false;
    if (reply_if_failed(request, invoice_standing_read(&tx, request->user_id, request->values[0],
                                                       &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_INVOICE_NOT_FOUND);
        return;
    }
    if (!reply_if_failed(request, invoice_show(request, &row, true, &out))) {
        reply_value(request, 200, &invoice_shape, &out);
    }
}

static void paid(struct api_request *request, const struct operation_result *result) {
    (void)result;
    invoices_get(request);
}

void invoices_pay(struct api_request *request) {
    request_operation(request,
                      &(struct operation_request){.kind = OPERATION_INVOICE_PAY,
                                                  .tier = -1,
                                                  .interval = -1,
                                                  .invoice_id = request->values[0]},
                      paid);
}

/* --- the next one --- */

struct money balance_added(struct money due, struct money amount) {
    struct money balance = money_zero(due.currency);
    (void)!money_subtract(due, amount, &balance); /* of one invoice, so in range */
    return balance;
}

struct upcoming_line {
    struct str description;
    struct money amount;
    struct period period;
    bool is_proration;
};

struct upcoming_out {
    struct money amount, due, tax, discount, balance;
    bool is_estimated;
    int64_t due_date, period_start, period_end;
    struct shape_list lines;
};

static const struct shape_field line_fields[] = {
    {"description", "For people", SHAPE_STR, .offset = offsetof(struct upcoming_line, description),
     .max = 500},
    {"amount", "Of the line", SHAPE_OBJECT, .offset = offsetof(struct upcoming_line, amount),
     .of = &money_shape},
    {"period", "What it pays for", SHAPE_OBJECT, .offset = offsetof(struct upcoming_line, period),
     .of = &period_shape},
    {"proration", "Whether it is for a part of a period", SHAPE_BOOL,
     .offset = offsetof(struct upcoming_line, is_proration)},
};
static const struct shape line_shape =
    SHAPE("UpcomingLine", "A line of the next invoice", struct upcoming_line, line_fields);
static const struct shape_field line_item = {.kind = SHAPE_OBJECT, .of = &line_shape};

#define AT(member) offsetof(struct upcoming_out, member)
static const struct shape_field upcoming_fields[] = {
    {"amount", "The total", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape},
    {"amountDue", "What will be charged", SHAPE_OBJECT, .offset = AT(due), .of = &money_shape},
    {"tax", "In the total", SHAPE_OBJECT, .offset = AT(tax), .of = &money_shape},
    {"discount", "Taken off by coupons, before tax", SHAPE_OBJECT, .offset = AT(discount),
     .of = &money_shape},
    {"balance", "What the customer's balance adds: amountDue less amount", SHAPE_OBJECT,
     .offset = AT(balance), .of = &money_shape},
    {"estimated", "The provider was not asked: the price alone, without tax, coupons and balance",
     SHAPE_BOOL, .offset = AT(is_estimated)},
    {"dueDate", "When it will be charged", SHAPE_INSTANT, .offset = AT(due_date)},
    {"periodStart", "What it will bill", SHAPE_INSTANT, .offset = AT(period_start)},
    {"periodEnd", "What it will bill", SHAPE_INSTANT, .offset = AT(period_end)},
    {"lines", "What it consists of", SHAPE_LIST, .offset = AT(lines), .max = PAYMENTS_LINES_MAX,
     .item = &line_item, .item_size = sizeof(struct upcoming_line)},
};
#undef AT
const struct shape upcoming_shape =
    SHAPE("UpcomingInvoice", "What will be billed next if nothing changes", struct upcoming_out,
          upcoming_fields);

struct upcoming_in_hand {
    struct upcoming_query query; /* first: `finished` hands it back */
    struct api_request *request;
};

static struct shape_list upcoming_lines(struct arena *arena, const struct upcoming_query *query) {
    struct upcoming_line *lines = arena_array(arena, query->line_count, sizeof *lines);
    for (size_t i = 0; lines != NULL && i < query->line_count; i++) {
        const struct payments_invoice_line *line = &query->lines[i];
        lines[i] = (struct upcoming_line){line->description, line->amount, line->period,
                                          line->is_proration};
    }
    return (struct shape_list){lines, lines == NULL ? 0 : query->line_count};
}

static void found_upcoming(struct upcoming_query *query) {
    struct upcoming_in_hand *hand = (struct upcoming_in_hand *)query;
    const struct upcoming_invoice *next = &query->next;
    if (query->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)query->outcome);
        return;
    }
    if (!query->has_next) {
        reply_problem(hand->request, PROBLEM_NO_UPCOMING_INVOICE);
        return;
    }
    struct upcoming_out out = {
        .amount = next->amount,
        .balance = balance_added(query->due, next->amount),
        .due = query->due,
        .tax = query->tax,
        .discount = query->discount,
        .is_estimated = query->is_estimated,
        .due_date = next->at.ms,
        .period_start = next->period.start.ms,
        .period_end = next->period.end.ms,
        .lines = upcoming_lines(hand->request->arena, query),
    };
    reply_value(hand->request, 200, &upcoming_shape, &out);
}

void invoices_upcoming(struct api_request *request) {
    struct upcoming_in_hand *hand = ARENA_NEW(request->arena, struct upcoming_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->query = (struct upcoming_query){
        .arena = request->arena, .user_id = request->user_id, .finished = found_upcoming};
    upcoming_ask(request->api->app, &hand->query);
}
