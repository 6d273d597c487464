/* GET /v1/quotes/:id/pdf: the offer on paper. Drafts are nobody's to see yet. */
#include "sandbox/paper.h"
#include "sandbox/quote.h"

static const char *badge_of(const json_t *quote) {
    return member_is(quote, "status", "accepted")   ? "Accepted"
           : member_is(quote, "status", "canceled") ? "Canceled"
                                                    : "Open";
}

static void fill_rows(struct paper *paper) {
    const json_t *items = json_object_get(paper->subject, "_shown");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const char *interval = member(item, "price.recurring.interval");
        int64_t count = member_i64(item, "price.recurring.interval_count");
        const struct pdf_row row = {
            .description = str_from_cstr(member(item, "description")),
            .detail = interval[0] == '\0' ? STR("Once")
                      : count == 1        ? arena_printf(paper->arena, "Every %s", interval)
                                   : arena_printf(paper->arena, "Every %lld %ss", (long long)count,
                                                  interval),
            .quantity = arena_printf(paper->arena, "%lld", (long long)member_i64(item, "quantity")),
            .amount = paper_amount(paper, member_i64(item, "amount_subtotal")),
        };
        paper_row(paper, &row);
    }
}

static void fill_sums(struct paper *paper) {
    const json_t *quote = paper->subject;
    int64_t discount = member_i64(quote, "total_details.amount_discount");
    int64_t tax = member_i64(quote, "total_details.amount_tax");
    paper_sum(paper, "Subtotal", member_i64(quote, "amount_subtotal"), false);
    if (discount != 0) {
        paper_sum(paper, "Discount", -discount, false);
    }
    if (tax != 0) {
        paper_sum(paper, "Tax", tax, false);
    }
    paper_sum(paper, "Total", member_i64(quote, "amount_total"), true);
    paper_sum(paper, "Due on acceptance", member_i64(quote, "computed.upfront.amount_total"),
              false);
    if (json_is_object(json_object_get(json_object_get(quote, "computed"), "recurring"))) {
        paper_sum(paper, "Every period", member_i64(quote, "computed.recurring.amount_total"),
                  false);
    }
}

static void fill(struct paper *paper, struct world *world) {
    static const char *const buyer[] = {"name",          "email",          "address.line1",
                                        "address.line2", "address.city",   "address.postal_code",
                                        "address.state", "address.country"};
    const json_t *quote = paper->subject;
    const json_t *customer = world_get(world, member(quote, "customer"));
    paper->title = "Quote";
    paper->badge = badge_of(quote);
    paper->buyer_label = "Prepared for";
    paper->footer = member(quote, "footer");
    for (size_t i = 0; i < ARRAY_LEN(buyer); i++) {
        paper_buyer(paper, member(customer, buyer[i]));
    }
    paper_fact(paper, "Quote number", str_from_cstr(member(quote, "number")));
    paper_day(paper, "Date", "status_transitions.finalized_at");
    paper_day(paper, "Valid until", "expires_at");
    paper_fact(paper, "About", str_from_cstr(member(quote, "header")));
    fill_rows(paper);
    fill_sums(paper);
}

json_t *quote_pdf(struct call *call) {
    json_t *quote = world_find(call->world, "quote", call->id, "quote");
    if (quote == NULL) {
        return NULL;
    }
    if (member_is(quote, "number", "")) {
        fault_invalid(&call->world->fault, NULL, NULL,
                      "You can only download the PDF of a quote that was finalized. This quote "
                      "is %s.",
                      member(quote, "status"));
        return NULL;
    }
    struct err err = paper_print(call->world, quote, fill, call->file);
    return err_failed(err) ? NULL : json_incref(quote);
}
