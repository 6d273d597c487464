/* The lines of credit notes: parts of an invoice's lines with their discounts and taxes by share,
 * lines of one's own, or one line for an amount. */
#include "sandbox/credit_note.h"

#include <stdio.h>

#include "sandbox/arith.h"
#include "sandbox/decimal.h"
#include "sandbox/tax.h"

enum { LINES_MAX = 250 };

/* `whole` by the share `part` / `of`. */
static int64_t share(int64_t whole, int64_t part, int64_t of) {
    return of == 0      ? 0
           : part == of ? whole
                        : (of < 0 ? prorate(whole, -part, -of) : prorate(whole, part, of));
}

static void add_taxes(json_t *line, json_t *taxes, int64_t part, int64_t of) {
    for (size_t i = 0; i < json_array_size(taxes); i++) {
        json_t *tax = json_deep_copy(json_array_get(taxes, i));
        set_i64(tax, "amount", share(member_i64(tax, "amount"), part, of));
        set_i64(tax, "taxable_amount", share(member_i64(tax, "taxable_amount"), part, of));
        json_array_append_new(json_object_get(line, "taxes"), tax);
    }
}

static void add_discounts(json_t *line, json_t *discounts, int64_t part, int64_t of) {
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(discounts); i++) {
        json_t *discount = json_deep_copy(json_array_get(discounts, i));
        int64_t amount = share(member_i64(discount, "amount"), part, of);
        set_i64(discount, "amount", amount);
        sum += amount;
        json_array_append_new(json_object_get(line, "discount_amounts"), discount);
    }
    set_i64(line, "discount_amount", sum);
}

/* Discounts and billing credits as one list. */
static void add_pretax(json_t *line, json_t *credits, int64_t part, int64_t of) {
    for (size_t i = 0; i < json_array_size(credits); i++) {
        json_t *credit = json_deep_copy(json_array_get(credits, i));
        set_i64(credit, "amount", share(member_i64(credit, "amount"), part, of));
        json_array_append_new(json_object_get(line, "pretax_credit_amounts"), credit);
    }
}

static json_t *invoice_line(const json_t *invoice, const char *id) {
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i);
        if (member_is(line, "id", id)) {
            return line;
        }
    }
    return NULL;
}

/* The part of an invoice's line that is credited: an amount, or so many of its quantity. */
static bool part_of(struct call *call, const json_t *line, json_t *given, int64_t *ret_part) {
    json_t *amount = json_object_get(given, "amount");
    json_t *quantity = json_object_get(given, "quantity");
    int64_t whole = member_i64(line, "amount");
    int64_t all = member_i64(line, "quantity");
    if ((amount == NULL) == (quantity == NULL)) {
        return fault_invalid(&call->world->fault, "parameter_missing", "lines[quantity]",
                             "A line of the invoice is credited by exactly one of amount and "
                             "quantity.");
    }
    int64_t part = amount != NULL ? json_integer_value(amount)
                                  : share(whole, json_integer_value(quantity), all);
    if (part <= 0 || part > whole) {
        return fault_invalid(&call->world->fault, NULL,
                             amount != NULL ? "lines[amount]" : "lines[quantity]",
                             "More than the invoice's line has cannot be credited.");
    }
    *ret_part = part;
    return true;
}

static bool fill_from_invoice(struct call *call, json_t *line, json_t *given,
                              const json_t *invoice) {
    const char *id = member(given, "invoice_line_item");
    const json_t *original = invoice_line(invoice, id);
    int64_t part = 0;
    if (original == NULL) {
        return world_missing(call->world, "invoice line item", "lines[invoice_line_item]", id);
    }
    if (!part_of(call, original, given, &part)) {
        return false;
    }
    int64_t whole = member_i64(original, "amount");
    set_text(line, "type", "invoice_line_item");
    set_text(line, "invoice_line_item", id);
    set_text(line, "description", member(original, "description"));
    set_i64(line, "amount", part);
    copy_params(line, given, (const char *const[]){"quantity", "description", NULL});
    add_discounts(line, json_object_get(original, "discount_amounts"), part, whole);
    add_pretax(line, json_object_get(original, "pretax_credit_amounts"), part, whole);
    add_taxes(line, json_object_get(original, "taxes"), part, whole);
    return true;
}

static bool fill_custom(struct call *call, json_t *line, json_t *given) {
    struct fault *fault = &call->world->fault;
    json_t *unit = json_object_get(given, "unit_amount");
    json_t *quantity = json_object_get(given, "quantity");
    int64_t count = quantity == NULL ? 1 : json_integer_value(quantity);
    if (unit == NULL) {
        return fault_invalid(fault, "parameter_missing", "lines[unit_amount]",
                             "Missing required param: lines[unit_amount].");
    }
    if (member(given, "description")[0] == '\0') {
        return fault_invalid(fault, "parameter_missing", "lines[description]",
                             "Missing required param: lines[description].");
    }
    char text[DECIMAL_TEXT];
    decimal_text(json_integer_value(unit), 0, text);
    set_text(line, "description", member(given, "description"));
    set_i64(line, "quantity", count);
    set_i64(line, "amount", json_integer_value(unit) * count);
    json_object_set(line, "unit_amount", unit);
    set_text(line, "unit_amount_decimal", text);
    if (!tax_rates_set(call->world, line, "tax_rates", json_object_get(given, "tax_rates"))) {
        return false;
    }
    tax_levy_rates(line, json_object_get(line, "tax_rates"));
    return true;
}

/* One line for an amount with its tax inside, by the share of the invoice's total. */
static void fill_whole(json_t *line, const json_t *invoice, int64_t amount) {
    int64_t total = member_i64(invoice, "total");
    add_taxes(line, json_object_get(invoice, "total_taxes"), amount, total);
    int64_t on_top = 0;
    json_t *taxes = json_object_get(line, "taxes");
    for (size_t i = 0; i < json_array_size(taxes); i++) {
        const json_t *tax = json_array_get(taxes, i);
        on_top += member_is(tax, "tax_behavior", "exclusive") ? member_i64(tax, "amount") : 0;
    }
    set_i64(line, "amount", amount - on_top);
    set_i64(line, "quantity", 1);
    json_object_set_new(line, "description",
                        json_sprintf("Credit for invoice %s", member(invoice, "number")));
}

/* --- sums --- */

static void add_tax_total(json_t *totals, const json_t *tax) {
    for (size_t i = 0; i < json_array_size(totals); i++) {
        json_t *total = json_array_get(totals, i);
        if (member_is(total, "tax_rate_details.tax_rate",
                      member(tax, "tax_rate_details.tax_rate"))) {
            set_i64(total, "amount", member_i64(total, "amount") + member_i64(tax, "amount"));
            set_i64(total, "taxable_amount",
                    member_i64(total, "taxable_amount") + member_i64(tax, "taxable_amount"));
            return;
        }
    }
    json_array_append_new(totals, json_deep_copy(tax));
}

static void add_discount_total(json_t *totals, const json_t *discount) {
    for (size_t i = 0; i < json_array_size(totals); i++) {
        json_t *total = json_array_get(totals, i);
        if (member_is(total, "discount", member(discount, "discount"))) {
            set_i64(total, "amount", member_i64(total, "amount") + member_i64(discount, "amount"));
            return;
        }
    }
    json_array_append_new(totals, json_deep_copy(discount));
}

/* What billing credits had paid is not given back in money. */
static int64_t sum_credits(json_t *note, const json_t *line) {
    json_t *credits = json_object_get(line, "pretax_credit_amounts");
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(credits); i++) {
        json_t *credit = json_array_get(credits, i);
        bool is_discount = member_is(credit, "type", "discount");
        sum += is_discount ? 0 : member_i64(credit, "amount");
        json_array_append_new(json_object_get(note, "pretax_credit_amounts"),
                              json_deep_copy(credit));
    }
    return sum;
}

static void sum_up(json_t *note) {
    json_t *lines = json_object_get(json_object_get(note, "lines"), "data");
    int64_t amount = 0;
    int64_t discounts = 0;
    int64_t credits = 0;
    int64_t on_top = 0;
    int64_t inside = 0;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        json_t *taxes = json_object_get(line, "taxes");
        json_t *taken = json_object_get(line, "discount_amounts");
        amount += member_i64(line, "amount");
        discounts += member_i64(line, "discount_amount");
        credits += sum_credits(note, line);
        for (size_t j = 0; j < json_array_size(taken); j++) {
            add_discount_total(json_object_get(note, "discount_amounts"), json_array_get(taken, j));
        }
        for (size_t j = 0; j < json_array_size(taxes); j++) {
            const json_t *tax = json_array_get(taxes, j);
            bool is_inside = member_is(tax, "tax_behavior", "inclusive");
            *(is_inside ? &inside : &on_top) += member_i64(tax, "amount");
            add_tax_total(json_object_get(note, "total_taxes"), tax);
        }
    }
    int64_t total = amount - discounts - credits + on_top;
    set_i64(note, "subtotal", amount);
    set_i64(note, "subtotal_excluding_tax", amount - inside);
    set_i64(note, "discount_amount", discounts);
    set_i64(note, "total", total);
    set_i64(note, "total_excluding_tax", total - on_top - inside);
    set_i64(note, "amount", total);
}

static bool fill_line(struct call *call, json_t *note, json_t *given, const json_t *invoice) {
    json_t *line = world_part(call->world, "credit_note_line_item");
    json_array_append_new(json_object_get(json_object_get(note, "lines"), "data"), line);
    return member_is(given, "type", "invoice_line_item")
               ? fill_from_invoice(call, line, given, invoice)
               : fill_custom(call, line, given);
}

bool credit_note_fill(struct call *call, json_t *note, json_t *invoice) {
    struct fault *fault = &call->world->fault;
    json_t *given = json_object_get(call->params, "lines");
    json_t *amount = json_object_get(call->params, "amount");
    if (given != NULL && amount != NULL) {
        return fault_invalid(fault, "parameters_exclusive", "amount",
                             "You may only specify one of these parameters: amount, lines.");
    }
    if (given == NULL && amount == NULL) {
        return fault_invalid(fault, "parameter_missing", "amount",
                             "You must pass one of amount and lines.");
    }
    if (json_array_size(given) > LINES_MAX) {
        return fault_invalid(fault, NULL, "lines", "A credit note has at most %d lines.",
                             LINES_MAX);
    }
    if (amount != NULL) {
        json_t *line = world_part(call->world, "credit_note_line_item");
        json_array_append_new(json_object_get(json_object_get(note, "lines"), "data"), line);
        fill_whole(line, invoice, json_integer_value(amount));
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        if (!fill_line(call, note, json_array_get(given, i), invoice)) {
            return false;
        }
    }
    sum_up(note);
    return true;
}
