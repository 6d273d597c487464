/* "/invoice/:id/pdf": the invoice on paper, as Stripe's `invoice_pdf` is. */
#include "sandbox/pages.h"

#include <stdio.h>

#include "base/rfc3339.h"
#include "pdf/pdf.h"
#include "sandbox/billing.h"
#include "sandbox/currency.h"

enum { LINES_MAX = 1000, FACTS_MAX = 6, SUMS_MAX = 16, BUYER_MAX = 8, TEXT_MAX = 64 };

/* The words of one paper; amounts and dates are printed into its arena. */
struct invoice_paper {
    struct arena *arena;
    const json_t *invoice;
    struct pdf_row rows[LINES_MAX];
    struct pdf_pair facts[FACTS_MAX];
    struct pdf_sum sums[SUMS_MAX];
    struct str buyer[BUYER_MAX];
    size_t row_count, fact_count, sum_count, buyer_count;
};

static struct str amount_text(const struct invoice_paper *paper, int64_t amount) {
    char text[TEXT_MAX];
    currency_text(member(paper->invoice, "currency"), amount, text, sizeof text);
    return arena_str(paper->arena, str_from_cstr(text));
}

static struct str day_text(const struct invoice_paper *paper, int64_t unix_s) {
    struct civil at = civil_from_ms(unix_s * 1000);
    return arena_printf(paper->arena, "%04d-%02d-%02d", at.year, at.month, at.day);
}

static void add_fact(struct invoice_paper *paper, const char *label, struct str value) {
    if (value.len > 0 && paper->fact_count < FACTS_MAX) {
        paper->facts[paper->fact_count++] = (struct pdf_pair){str_from_cstr(label), value};
    }
}

static void add_day(struct invoice_paper *paper, const char *label, const char *path) {
    int64_t unix_s = member_i64(paper->invoice, path);
    add_fact(paper, label, unix_s == 0 ? STR("") : day_text(paper, unix_s));
}

static void add_buyer(struct invoice_paper *paper, const char *path) {
    const char *text = member(paper->invoice, path);
    if (text[0] != '\0' && paper->buyer_count < BUYER_MAX) {
        paper->buyer[paper->buyer_count++] = str_from_cstr(text);
    }
}

static void add_sum(struct invoice_paper *paper, struct str label, int64_t amount, bool is_strong) {
    if (paper->sum_count < SUMS_MAX) {
        paper->sums[paper->sum_count++] =
            (struct pdf_sum){label, amount_text(paper, amount), is_strong};
    }
}

static void fill_head(struct invoice_paper *paper) {
    static const char *const buyer[] = {
        "customer_name",          "customer_email",           "customer_address.line1",
        "customer_address.line2", "customer_address.city",    "customer_address.postal_code",
        "customer_address.state", "customer_address.country",
    };
    for (size_t i = 0; i < ARRAY_LEN(buyer); i++) {
        add_buyer(paper, buyer[i]);
    }
    add_fact(paper, "Invoice number", str_from_cstr(member(paper->invoice, "number")));
    add_day(paper, "Date", "created");
    add_day(paper, "Due", "due_date");
    add_day(paper, "Paid", "status_transitions.paid_at");
}

static struct str period_text(const struct invoice_paper *paper, const json_t *line) {
    struct str start = day_text(paper, member_i64(line, "period.start"));
    struct str end = day_text(paper, member_i64(line, "period.end"));
    return str_equal(start, end)
               ? start
               : arena_printf(paper->arena, STR_FMT " – " STR_FMT, STR_ARG(start), STR_ARG(end));
}

static void fill_rows(struct invoice_paper *paper) {
    const json_t *lines = json_object_get(json_object_get(paper->invoice, "lines"), "data");
    for (size_t i = 0; i < json_array_size(lines) && paper->row_count < LINES_MAX; i++) {
        const json_t *line = json_array_get(lines, i);
        paper->rows[paper->row_count++] = (struct pdf_row){
            .description = str_from_cstr(member(line, "description")),
            .detail = period_text(paper, line),
            .quantity = arena_printf(paper->arena, "%lld", (long long)member_i64(line, "quantity")),
            .amount = amount_text(paper, member_i64(line, "amount")),
        };
    }
}

/* Discounts and taxes, each as the invoice has it summed. */
static void fill_shares(struct invoice_paper *paper, const char *list, const char *label,
                        int sign) {
    const json_t *shares = json_object_get(paper->invoice, list);
    for (size_t i = 0; i < json_array_size(shares); i++) {
        add_sum(paper, str_from_cstr(label), sign * member_i64(json_array_get(shares, i), "amount"),
                false);
    }
}

static void fill_sums(struct invoice_paper *paper) {
    const json_t *invoice = paper->invoice;
    int64_t total = member_i64(invoice, "total");
    int64_t due = member_i64(invoice, "amount_due");
    int64_t paid = member_i64(invoice, "amount_paid");
    int64_t credited = member_i64(invoice, "pre_payment_credit_notes_amount");
    add_sum(paper, STR("Subtotal"), member_i64(invoice, "subtotal"), false);
    fill_shares(paper, "total_discount_amounts", "Discount", -1);
    fill_shares(paper, "total_taxes", "Tax", 1);
    add_sum(paper, STR("Total"), total, true);
    if (credited != 0) {
        add_sum(paper, STR("Credit notes"), -credited, false);
    }
    if (due != total) {
        add_sum(paper, due < total ? STR("Applied balance") : STR("From earlier"), due - total,
                false);
    }
    if (paid != 0) {
        add_sum(paper, STR("Paid"), -paid, false);
    }
    add_sum(paper, STR("Amount due"), member_i64(invoice, "amount_remaining"), true);
}

static struct pdf_document document_of(const struct invoice_paper *paper) {
    static const struct str seller[] = {{"Sandbox", 7}, {"No real money moves here", 24}};
    const json_t *invoice = paper->invoice;
    return (struct pdf_document){
        .language = STR("en"),
        .title = STR("Invoice"),
        .number = str_from_cstr(member(invoice, "number")),
        .badge = str_from_cstr(page_invoice_status(invoice)),
        .seller = seller,
        .seller_count = ARRAY_LEN(seller),
        .buyer_label = STR("Billed to"),
        .buyer = paper->buyer,
        .buyer_count = paper->buyer_count,
        .facts = paper->facts,
        .fact_count = paper->fact_count,
        .description_label = STR("Description"),
        .quantity_label = STR("Quantity"),
        .amount_label = STR("Amount"),
        .rows = paper->rows,
        .row_count = paper->row_count,
        .sums = paper->sums,
        .sum_count = paper->sum_count,
        .footer = str_from_cstr(member(invoice, "footer")),
        .created_at_s = member_i64(invoice, "created"),
    };
}

int page_invoice_pdf(struct page_turn *turn) {
    json_t *invoice = page_invoice_find(turn);
    if (invoice == NULL) {
        return 404;
    }
    struct arena arena;
    struct cx cx;
    arena_init(&arena, turn->world.env, PDF_BYTES_MAX);
    cx_init(&cx, turn->world.env, &arena);
    struct invoice_paper *paper = ARENA_NEW(&arena, struct invoice_paper);
    struct err err = ERR(ERR_NO_MEMORY);
    if (paper != NULL) {
        paper->arena = &arena;
        paper->invoice = invoice;
        fill_head(paper);
        fill_rows(paper);
        fill_sums(paper);
        struct pdf_document document = document_of(paper);
        err = pdf_render(&cx, &document, &turn->out.text);
    }
    if (err_failed(err)) {
        turn->world.err = err;
    }
    arena_finish(&arena);
    return err_failed(err) ? 500 : 200;
}
