/* "/invoice/:id/pdf" and "/credit_note/:id/pdf": invoices and credit notes on paper, as Stripe's
 * `invoice_pdf` and a credit note's `pdf` are. */
#include "sandbox/pages.h"

#include "sandbox/billing.h"
#include "sandbox/paper.h"

/* The buyer as an invoice names them. */
static void fill_buyer(struct paper *paper, const json_t *invoice) {
    static const char *const buyer[] = {
        "customer_name",          "customer_email",           "customer_address.line1",
        "customer_address.line2", "customer_address.city",    "customer_address.postal_code",
        "customer_address.state", "customer_address.country",
    };
    for (size_t i = 0; i < ARRAY_LEN(buyer); i++) {
        paper_buyer(paper, member(invoice, buyer[i]));
    }
}

static struct str period_text(const struct paper *paper, const json_t *line) {
    struct str start = paper_date(paper, member_i64(line, "period.start"));
    struct str end = paper_date(paper, member_i64(line, "period.end"));
    return str_equal(start, end)
               ? start
               : arena_printf(paper->arena, STR_FMT " – " STR_FMT, STR_ARG(start), STR_ARG(end));
}

static void fill_rows(struct paper *paper, bool has_periods) {
    const json_t *lines = json_object_get(json_object_get(paper->subject, "lines"), "data");
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        int64_t quantity = member_i64(line, "quantity");
        const struct pdf_row row = {
            .description = str_from_cstr(member(line, "description")),
            .detail = has_periods ? period_text(paper, line) : STR(""),
            .quantity = quantity == 0 && !has_periods
                            ? STR("")
                            : arena_printf(paper->arena, "%lld", (long long)quantity),
            .amount = paper_amount(paper, member_i64(line, "amount")),
        };
        paper_row(paper, &row);
    }
}

/* Discounts and taxes, each as the document has it summed. */
static void fill_shares(struct paper *paper, const char *list, const char *label, int sign) {
    const json_t *shares = json_object_get(paper->subject, list);
    for (size_t i = 0; i < json_array_size(shares); i++) {
        paper_sum(paper, label, sign * member_i64(json_array_get(shares, i), "amount"), false);
    }
}

static void fill_credits(struct paper *paper) {
    const json_t *entries = json_object_get(paper->subject, "total_pretax_credit_amounts");
    int64_t credits = 0;
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        bool is_discount = member_is(entry, "type", "discount");
        credits += is_discount ? 0 : member_i64(entry, "amount");
    }
    if (credits != 0) {
        paper_sum(paper, "Billing credits", -credits, false);
    }
}

static void fill_sums(struct paper *paper) {
    const json_t *invoice = paper->subject;
    int64_t total = member_i64(invoice, "total");
    int64_t due = member_i64(invoice, "amount_due");
    int64_t paid = member_i64(invoice, "amount_paid");
    int64_t credited = member_i64(invoice, "pre_payment_credit_notes_amount");
    paper_sum(paper, "Subtotal", member_i64(invoice, "subtotal"), false);
    fill_shares(paper, "total_discount_amounts", "Discount", -1);
    fill_credits(paper);
    fill_shares(paper, "total_taxes", "Tax", 1);
    paper_sum(paper, "Total", total, true);
    if (credited != 0) {
        paper_sum(paper, "Credit notes", -credited, false);
    }
    if (due != total) {
        paper_sum(paper, due < total ? "Applied balance" : "From earlier", due - total, false);
    }
    if (paid != 0) {
        paper_sum(paper, "Paid", -paid, false);
    }
    paper_sum(paper, "Amount due", member_i64(invoice, "amount_remaining"), true);
}

/* What the merchant wants printed. */
static void fill_own_facts(struct paper *paper) {
    const json_t *fields = json_object_get(paper->subject, "custom_fields");
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        paper_fact(paper, member(field, "name"), str_from_cstr(member(field, "value")));
    }
}

static void fill_invoice(struct paper *paper, struct world *world) {
    const json_t *invoice = paper->subject;
    (void)world;
    paper->title = "Invoice";
    paper->badge = page_invoice_status(invoice);
    paper->buyer_label = "Billed to";
    paper->footer = member(invoice, "footer");
    fill_buyer(paper, invoice);
    paper_fact(paper, "Invoice number", str_from_cstr(member(invoice, "number")));
    paper_day(paper, "Date", "created");
    paper_day(paper, "Due", "due_date");
    paper_day(paper, "Paid", "status_transitions.paid_at");
    fill_own_facts(paper);
    fill_rows(paper, true);
    fill_sums(paper);
}

int page_invoice_pdf(struct page_turn *turn) {
    json_t *invoice = page_invoice_find(turn);
    if (invoice == NULL) {
        return 404;
    }
    struct err err = paper_print(&turn->world, invoice, fill_invoice, &turn->out.text);
    return err_failed(err) ? 500 : 200;
}

/* --- credit notes --- */

static void add_way(struct paper *paper, const char *label, int64_t amount) {
    if (amount > 0) {
        paper_sum(paper, label, amount, false);
    }
}

/* What it comes to, and where that went. */
static void fill_credit(struct paper *paper) {
    const json_t *note = paper->subject;
    const json_t *refunds = json_object_get(note, "refunds");
    int64_t elsewhere = member_i64(note, "out_of_band_amount");
    int64_t refunded = 0;
    for (size_t i = 0; i < json_array_size(refunds); i++) {
        refunded += member_i64(json_array_get(refunds, i), "amount_refunded");
    }
    paper_sum(paper, "Subtotal", member_i64(note, "subtotal"), false);
    fill_shares(paper, "discount_amounts", "Discount", -1);
    fill_shares(paper, "total_taxes", "Tax", 1);
    paper_sum(paper, "Total credit", member_i64(note, "total"), true);
    add_way(paper, "Taken off the amount due", member_i64(note, "pre_payment_amount"));
    add_way(paper, "Refunded", refunded);
    add_way(paper, "Settled elsewhere", elsewhere);
    add_way(paper, "Credited to the balance",
            member_i64(note, "post_payment_amount") - refunded - elsewhere);
}

static void fill_credit_note(struct paper *paper, struct world *world) {
    const json_t *note = paper->subject;
    const json_t *invoice = world_get(world, member(note, "invoice"));
    paper->title = "Credit note";
    paper->badge = member_is(note, "status", "void") ? "Void" : "Issued";
    paper->buyer_label = "Credited to";
    paper->footer = member(note, "memo");
    fill_buyer(paper, invoice);
    paper_fact(paper, "Credit note number", str_from_cstr(member(note, "number")));
    paper_fact(paper, "Invoice number", str_from_cstr(member(invoice, "number")));
    paper_day(paper, "Date", "created");
    fill_rows(paper, false);
    fill_credit(paper);
}

int page_credit_note_pdf(struct page_turn *turn) {
    json_t *note = world_get(&turn->world, turn->id);
    if (!member_is(note, "object", "credit_note")) {
        return 404;
    }
    struct err err = paper_print(&turn->world, note, fill_credit_note, &turn->out.text);
    return err_failed(err) ? 500 : 200;
}
