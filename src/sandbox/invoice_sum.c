/* What the lines of an invoice come to. Always worked out from the lines and never added to, so
 * that total = sum of lines - discounts - billing credits + tax on top holds after every change. */
#include "sandbox/invoice.h"

#include "sandbox/credit_grant.h"
#include "sandbox/discount.h"
#include "sandbox/tax.h"

/* The parts of a total. */
struct sums {
    int64_t lines;         /* before discounts; inclusive tax is in it */
    int64_t own_discounts; /* of the lines themselves */
    int64_t discounts;     /* all of them */
    int64_t credits;       /* billing credits */
    int64_t tax_on_top;
    int64_t tax_inside;
};

static bool is_among(const json_t *ids, const char *id) {
    for (size_t i = 0; i < json_array_size(ids); i++) {
        if (str_equal(str_from_cstr(json_string_value(json_array_get(ids, i))),
                      str_from_cstr(id))) {
            return true;
        }
    }
    return false;
}

static void add_line(struct sums *sums, const json_t *line) {
    json_t *amounts = json_object_get(line, "discount_amounts");
    json_t *own = json_object_get(line, "discounts");
    json_t *taxes = json_object_get(line, "taxes");
    sums->lines += member_i64(line, "amount");
    sums->credits += line_credits(line);
    for (size_t i = 0; i < json_array_size(amounts); i++) {
        const json_t *entry = json_array_get(amounts, i);
        int64_t amount = member_i64(entry, "amount");
        sums->discounts += amount;
        sums->own_discounts += is_among(own, member(entry, "discount")) ? amount : 0;
    }
    for (size_t i = 0; i < json_array_size(taxes); i++) {
        const json_t *tax = json_array_get(taxes, i);
        bool is_inside = member_is(tax, "tax_behavior", "inclusive");
        *(is_inside ? &sums->tax_inside : &sums->tax_on_top) += member_i64(tax, "amount");
    }
}

void invoice_sum(struct world *world, json_t *invoice) {
    json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    struct sums sums = {0};
    discounts_spread(world, invoice);
    tax_assess(world, invoice);
    credits_show(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        add_line(&sums, json_array_get(lines, i));
    }
    int64_t subtotal = sums.lines - sums.own_discounts;
    int64_t total = sums.lines - sums.discounts - sums.credits + sums.tax_on_top;
    set_i64(invoice, "subtotal", subtotal);
    set_i64(invoice, "subtotal_excluding_tax", subtotal - sums.tax_inside);
    set_i64(invoice, "total", total);
    set_i64(invoice, "total_excluding_tax", total - sums.tax_on_top - sums.tax_inside);
    set_i64(invoice, "amount_due", total > 0 ? total : 0);
    set_i64(invoice, "amount_remaining", total > 0 ? total : 0);
    world_touch(world, invoice);
}
