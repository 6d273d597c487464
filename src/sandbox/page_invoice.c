/* "/invoice/:id": the hosted invoice, with a button that pays it. */
#include "sandbox/pages.h"

#include "sandbox/billing.h"

static json_t *find(struct page_turn *turn) {
    json_t *invoice = world_get(&turn->world, turn->id);
    bool is_invoice = invoice != NULL && member_is(invoice, "object", "invoice");
    return is_invoice ? invoice : NULL;
}

static void lines_show(struct page_out *out, json_t *invoice) {
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    html(out, "<table><tr><th>What</th><th>From</th><th>To</th><th>Amount</th></tr>");
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        html(out, "<tr>");
        html_cell(out, member(line, "description"));
        html(out, "<td>");
        html_time(out, member_i64(line, "period.start"));
        html(out, "</td><td>");
        html_time(out, member_i64(line, "period.end"));
        html(out, "</td><td>");
        html_money(out, member_i64(line, "amount"));
        html(out, "</td></tr>");
    }
    html(out, "</table>");
}

static void sum_show(struct page_out *out, const char *label, int64_t amount) {
    html(out, "<p>");
    html(out, label);
    html(out, ": <strong>");
    html_money(out, amount);
    html(out, "</strong></p>");
}

static void invoice_show(struct page_turn *turn, json_t *invoice, const char *problem) {
    struct page_out *out = &turn->out;
    html(out, "<h1>Invoice ");
    html_text(out, member(invoice, "number"));
    html(out, "</h1><p>Status: ");
    html_text(out, member(invoice, "status"));
    html(out, "</p>");
    if (problem != NULL) {
        html(out, "<p class=\"problem\" role=\"alert\">");
        html_text(out, problem);
        html(out, "</p>");
    }
    lines_show(out, invoice);
    sum_show(out, "Total", member_i64(invoice, "total"));
    sum_show(out, "Due", member_i64(invoice, "amount_due"));
    sum_show(out, "Paid", member_i64(invoice, "amount_paid"));
    if (member_is(invoice, "status", "open")) {
        html(out, "<form method=\"post\"><p><button name=\"pay\" value=\"now\">Pay with the saved "
                  "payment method</button></p></form>");
    }
}

int page_invoice(struct page_turn *turn) {
    json_t *invoice = find(turn);
    if (invoice == NULL) {
        return 404;
    }
    invoice_show(turn, invoice, NULL);
    return 200;
}

/* The person is here: what the bank asks is answered by pressing the button. */
static bool approve(struct world *world, json_t *invoice) {
    json_t *intent = world_get(world, member(invoice, "_intent"));
    json_t *method = world_get(world, member(intent, "payment_method"));
    return method != NULL && intent_approve(world, intent, method) == PAY_PAID;
}

int page_invoice_submit(struct page_turn *turn) {
    struct world *world = &turn->world;
    json_t *invoice = find(turn);
    if (invoice == NULL) {
        return 404;
    }
    if (!member_is(invoice, "status", "open")) {
        invoice_show(turn, invoice, "This invoice is not open.");
        return 400;
    }
    enum pay_result result = invoice_collect(world, invoice, "", false);
    bool is_paid = result == PAY_PAID || result == PAY_PROCESSING ||
                   (result == PAY_NEEDS_ACTION && approve(world, invoice));
    invoice_show(turn, invoice, is_paid ? NULL : "The payment was declined.");
    return is_paid ? 200 : 402;
}
