/* GET /api/billing/invoices/:id/lines/:n/explain: how a line came to its amount. */
#include "api/billing_resources.h"

#include "app/explain.h"

struct explain_out {
    struct str description, tier, interval, formula, reason, coupon;
    struct money amount, recomputed, price, discount, recomputed_discount, tax;
    bool is_recomputed, agrees, is_proration, has_discount;
    int64_t version, quantity;
    struct period period, whole;
    struct str billed_first;
};

#define AT(member) offsetof(struct explain_out, member)
static const struct shape_field explain_fields[] = {
    {"description", "As on the invoice", SHAPE_STR, .offset = AT(description), .max = 1000},
    {"amount", "As billed, before discount and tax", SHAPE_OBJECT, .offset = AT(amount),
     .of = &money_shape},
    {"recomputed", "As computed here once more; null when it cannot be", SHAPE_OBJECT,
     .offset = AT(recomputed), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(is_recomputed)},
    {"discount", "Taken off the amount by coupons, as billed; of a proration it is in the amount",
     SHAPE_OBJECT, .offset = AT(discount), .of = &money_shape},
    {"recomputedDiscount",
     "As computed here once more; null when it cannot be, or stands beside no whole period",
     SHAPE_OBJECT, .offset = AT(recomputed_discount), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_discount)},
    {"coupon", "Code of the one it was computed by", SHAPE_STR, .offset = AT(coupon), .max = 32,
     .flags = SHAPE_NULLABLE},
    {"tax", "On the line, as billed", SHAPE_OBJECT, .offset = AT(tax), .of = &money_shape},
    {"agrees", "Whether the two are the same to the cent", SHAPE_BOOL, .offset = AT(agrees)},
    {"formula", "With its numbers, in minor units", SHAPE_STR, .offset = AT(formula), .max = 200,
     .flags = SHAPE_NULLABLE},
    {"reason", "Why it cannot be recomputed", SHAPE_STR, .offset = AT(reason), .max = 200,
     .flags = SHAPE_NULLABLE},
    {"tier", "Of the plan", SHAPE_STR, .offset = AT(tier), .max = 32, .flags = SHAPE_NULLABLE},
    {"planVersion", "Of the plan", SHAPE_I64, .offset = AT(version), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_recomputed)},
    {"interval", "Of the price", SHAPE_STR, .offset = AT(interval), .max = 8,
     .flags = SHAPE_NULLABLE},
    {"price", "Of one, for a whole period", SHAPE_OBJECT, .offset = AT(price), .of = &money_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(is_recomputed)},
    {"quantity", "How many", SHAPE_I64, .offset = AT(quantity)},
    {"proration", "Whether it bills a part of a period", SHAPE_BOOL, .offset = AT(is_proration)},
    {"period", "What it bills", SHAPE_OBJECT, .offset = AT(period), .of = &period_shape},
    {"wholePeriod", "The billing period that this is a part of", SHAPE_OBJECT, .offset = AT(whole),
     .of = &period_shape, .flags = SHAPE_NULLABLE, .is_set = AT(is_recomputed)},
    {"corrects", "The invoice, ours, whose line is billed anew, and explained here; or null",
     SHAPE_STR, .offset = AT(billed_first), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape explanation_shape = SHAPE(
    "Explanation", "How an invoice line came to its amount", struct explain_out, explain_fields);

static struct explain_out explain_out_of(const struct explanation *of) {
    bool is = of->is_recomputed;
    return (struct explain_out){
        .description = of->line.description,
        .tier = is ? str_from_cstr(tier_name(of->plan.tier)) : (struct str){NULL, 0},
        .interval = is ? str_from_cstr(interval_name(of->plan.interval)) : (struct str){NULL, 0},
        .formula = text_or_null(of->formula),
        .reason = text_or_null(of->reason),
        .coupon = text_or_null(is ? of->coupon : STR("")),
        .amount = of->line.amount,
        .discount = of->line.discount,
        .recomputed_discount = of->recomputed.discount,
        .has_discount = is && of->has_discount,
        .tax = of->line.tax,
        .recomputed = of->recomputed.amount,
        .price = of->price,
        .is_recomputed = is,
        .agrees = is && of->agrees,
        .is_proration = of->line.is_proration,
        .version = of->plan.version,
        .quantity = of->line.quantity,
        .period = of->line.period,
        .whole = of->recomputed.whole,
        .billed_first = text_or_null(id_str(&of->billed_first)),
    };
}

void invoices_explain(struct api_request *request) {
    struct tx tx = request_read(request);
    struct invoice_row invoice;
    struct explanation explanation = {.has_line = false};
    int64_t n = 0;
    if (!find_invoice(request, &invoice)) {
        return;
    }
    if (str_to_i64(request->values[1], &n) &&
        reply_if_failed(request, explain_read(request->api->app, &tx, &invoice, n, &explanation))) {
        return;
    }
    if (!explanation.has_line) {
        reply_problem(request, OUTCOME_LINE_NOT_FOUND);
        return;
    }
    struct explain_out out = explain_out_of(&explanation);
    reply_value(request, 200, &explanation_shape, &out);
}
