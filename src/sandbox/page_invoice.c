/* "/invoice/:id": the hosted invoice, for the screen and for paper, with a button that pays it. */
#include "sandbox/pages.h"

#include "sandbox/billing.h"

json_t *page_invoice_find(struct page_turn *turn) {
    json_t *invoice = world_get(&turn->world, turn->id);
    bool is_invoice = invoice != NULL && member_is(invoice, "object", "invoice");
    return is_invoice ? invoice : NULL;
}

/* --- the parts of the paper --- */

const char *page_invoice_status(const json_t *invoice) {
    static const char *const words[][2] = {
        {"draft", "Draft"}, {"open", "Due"}, {"paid", "Paid"}, {"uncollectible", "Written off"},
        {"void", "Void"},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (member_is(invoice, "status", words[i][0])) {
            return words[i][1];
        }
    }
    return member(invoice, "status");
}

static void head_show(struct page_out *out, const json_t *invoice) {
    html(out, "<div class=\"row\"><div><h1>Invoice ");
    html_text(out, member(invoice, "number"));
    html(out, "</h1><p class=\"soft lead\">");
    html_text(out, member(invoice, "account_name"));
    html(out, "</p></div><span class=\"tag ");
    html_text(out, member(invoice, "status"));
    html(out, "\">");
    html_text(out, page_invoice_status(invoice));
    html(out, "</span></div>");
}

static void date_show(struct page_out *out, const char *label, int64_t unix_s) {
    if (unix_s == 0) {
        return;
    }
    html(out, "<div><dt>");
    html(out, label);
    html(out, "</dt><dd>");
    html_date(out, unix_s);
    html(out, "</dd></div>");
}

static void facts_show(struct page_out *out, const json_t *invoice) {
    const char *name = member(invoice, "customer_name");
    const char *email = member(invoice, "customer_email");
    html(out, "<dl class=\"facts\"><div><dt>Billed to</dt><dd>");
    html_text(out, name[0] != '\0' ? name : member(invoice, "customer"));
    if (email[0] != '\0') {
        html(out, "<br><span class=\"soft\">");
        html_text(out, email);
        html(out, "</span>");
    }
    html(out, "</dd></div>");
    date_show(out, "Date", member_i64(invoice, "created"));
    date_show(out, "Due", member_i64(invoice, "due_date"));
    date_show(out, "Paid", member_i64(invoice, "status_transitions.paid_at"));
    html(out, "</dl>");
}

static void lines_show(struct page_out *out, const json_t *invoice) {
    const json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    html(out, "<table class=\"lines\"><thead><tr><th scope=\"col\">Description</th><th "
              "scope=\"col\">Period</th><th scope=\"col\" class=\"n\">Amount</th></tr></thead>"
              "<tbody>");
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        html(out, "<tr>");
        html_cell(out, member(line, "description"));
        html(out, "<td>");
        html_date(out, member_i64(line, "period.start"));
        html(out, " – ");
        html_date(out, member_i64(line, "period.end"));
        html(out, "</td><td class=\"n\">");
        html_amount(out, member(invoice, "currency"), member_i64(line, "amount"));
        html(out, "</td></tr>");
    }
    html(out, "</tbody></table>");
}

static void sum_show(struct page_out *out, const json_t *invoice, const char *label,
                     int64_t amount) {
    html(out, "<div><dt>");
    html(out, label);
    html(out, "</dt><dd>");
    html_amount(out, member(invoice, "currency"), amount);
    html(out, "</dd></div>");
}

static void sums_show(struct page_out *out, const json_t *invoice) {
    int64_t total = member_i64(invoice, "total");
    int64_t due = member_i64(invoice, "amount_due");
    int64_t paid = member_i64(invoice, "amount_paid");
    html(out, "<dl class=\"sums\">");
    if (member_i64(invoice, "subtotal") != total) {
        sum_show(out, invoice, "Subtotal", member_i64(invoice, "subtotal"));
    }
    sum_show(out, invoice, "Total", total);
    if (due != total) {
        sum_show(out, invoice, due < total ? "Paid from the balance" : "From earlier", due - total);
    }
    if (paid != 0) {
        sum_show(out, invoice, "Paid", -paid);
    }
    html(out, "<div class=\"due\"><dt>Amount due</dt><dd>");
    html_amount(out, member(invoice, "currency"), due - paid);
    html(out, "</dd></div></dl>");
}

static void invoice_show(struct page_turn *turn, json_t *invoice, const char *problem) {
    struct page_out *out = &turn->out;
    html(out, "<article class=\"card\">");
    head_show(out, invoice);
    if (problem != NULL) {
        html(out, "<p class=\"problem\" role=\"alert\">");
        html_text(out, problem);
        html(out, "</p>");
    }
    facts_show(out, invoice);
    lines_show(out, invoice);
    sums_show(out, invoice);
    invoice_pay_show(turn, invoice);
    html(out, "</article>");
}

/* --- the page and its button --- */

int page_invoice(struct page_turn *turn) {
    json_t *invoice = page_invoice_find(turn);
    if (invoice == NULL) {
        return 404;
    }
    invoice_show(turn, invoice, NULL);
    return 200;
}

int page_invoice_submit(struct page_turn *turn) {
    struct world *world = &turn->world;
    json_t *invoice = page_invoice_find(turn);
    if (invoice == NULL) {
        return 404;
    }
    if (!member_is(invoice, "status", "open")) {
        invoice_show(turn, invoice, "This invoice is not open.");
        return 400;
    }
    bool is_paid = invoice_pay(turn, invoice);
    invoice_show(turn, invoice, is_paid ? NULL : world->fault.message);
    return is_paid ? 200 : 402;
}
