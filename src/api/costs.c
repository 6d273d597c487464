/* GET /api/billing/costs: what the next invoice comes to, step by step, what the present period was
 * billed, and the prices that hold. The steps are those of GET /api/billing/invoices/upcoming: one
 * question to the provider answers both. */
#include "api/billing_resources.h"

#include "app/costs.h"
#include "app/upcoming.h"
#include "core/waterfall.h"

/* --- as shown --- */

struct step_out {
    struct str step, description;
    struct money amount, from, to;
    struct period period;
    bool has_period, is_proration;
};

struct billed_out {
    struct str description, invoice_id, invoice_number;
    struct money amount, discount, tax;
    struct period period;
    bool is_proration;
};

struct price_out {
    int tier, interval;
    int64_t version, from, until;
    struct money price;
    bool has_until;
};

struct costs_out {
    struct shape_list data, billed, prices;
    struct period period;
    struct {
        struct money due;
        int64_t at;
        bool is_estimated;
    } forecast;
    bool has_forecast;
};

#define AT(member) offsetof(struct step_out, member)
static const struct shape_field step_fields[] = {
    {"step", "line, discount, tax, other, balance or due", SHAPE_STR, .offset = AT(step),
     .max = 16},
    {"description", "Of a line, for people; null of the other steps", SHAPE_STR,
     .offset = AT(description), .max = 500, .flags = SHAPE_NULLABLE},
    {"amount", "By how much it goes up, or down", SHAPE_OBJECT, .offset = AT(amount),
     .of = &money_shape},
    {"from", "Where it begins: where the step before ended", SHAPE_OBJECT, .offset = AT(from),
     .of = &money_shape},
    {"to", "Where it ends", SHAPE_OBJECT, .offset = AT(to), .of = &money_shape},
    {"period", "What a line pays for", SHAPE_OBJECT, .offset = AT(period), .of = &period_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(has_period)},
    {"proration", "Whether a line is for a part of a period", SHAPE_BOOL,
     .offset = AT(is_proration)},
};
#undef AT
static const struct shape step_shape =
    SHAPE("CostStep", "One step on the way to what is charged", struct step_out, step_fields);
static const struct shape_field step_item = {.kind = SHAPE_OBJECT, .of = &step_shape};

#define AT(member) offsetof(struct billed_out, member)
static const struct shape_field billed_fields[] = {
    {"description", "As on the invoice", SHAPE_STR, .offset = AT(description), .max = 1000},
    {"amount", "Before discount and tax; negative where something was given back", SHAPE_OBJECT,
     .offset = AT(amount), .of = &money_shape},
    {"discount", "Taken off it; of a proration it is in the amount", SHAPE_OBJECT,
     .offset = AT(discount), .of = &money_shape},
    {"tax", "On it, or in it", SHAPE_OBJECT, .offset = AT(tax), .of = &money_shape},
    {"period", "What it pays for", SHAPE_OBJECT, .offset = AT(period), .of = &period_shape},
    {"proration", "Whether it is for a part of a period", SHAPE_BOOL, .offset = AT(is_proration)},
    {"invoiceId", "The invoice that billed it", SHAPE_STR, .offset = AT(invoice_id),
     .max = LIMIT_RECORD_ID},
    {"invoiceNumber", "As printed on it", SHAPE_STR, .offset = AT(invoice_number), .max = 100,
     .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape billed_shape =
    SHAPE("BilledLine", "A line that pays for the period", struct billed_out, billed_fields);
static const struct shape_field billed_item = {.kind = SHAPE_OBJECT, .of = &billed_shape};

#define AT(member) offsetof(struct price_out, member)
static const struct shape_field price_fields[] = {
    {"tier", "Of the plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"planVersion", "Of the plan", SHAPE_I64, .offset = AT(version)},
    {"interval", "What the price is for", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"price", "Of one interval, before discount and tax", SHAPE_OBJECT, .offset = AT(price),
     .of = &money_shape},
    {"from", "From when on it is billed; of the one in force the start of the period",
     SHAPE_INSTANT, .offset = AT(from)},
    {"until", "Until when; null: as long as nothing changes", SHAPE_INSTANT, .offset = AT(until),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_until)},
};
#undef AT
static const struct shape price_shape =
    SHAPE("CostPrice", "A price and when it holds", struct price_out, price_fields);
static const struct shape_field price_item = {.kind = SHAPE_OBJECT, .of = &price_shape};

#define AT(member) offsetof(struct costs_out, member)
#define IN(member) (AT(forecast.member) - AT(forecast))
static const struct shape_field forecast_fields[] = {
    {"at", "When it will be charged", SHAPE_INSTANT, .offset = IN(at)},
    {"due", "What will be charged if nothing changes", SHAPE_OBJECT, .offset = IN(due),
     .of = &money_shape},
    {"estimated", "The provider was not asked: the price alone, without tax, coupons and balance",
     SHAPE_BOOL, .offset = IN(is_estimated)},
};
#undef IN
static const struct shape forecast_shape = {"CostForecast", "What the next invoice comes to",
                                            sizeof(((struct costs_out *)NULL)->forecast),
                                            forecast_fields, ARRAY_LEN(forecast_fields)};
static const struct shape_field costs_fields[] = {
    {"period", "The present billing period; on the free plan that of usage", SHAPE_OBJECT,
     .offset = AT(period), .of = &period_shape},
    {"forecast", "Null when nothing will be billed", SHAPE_OBJECT, .offset = AT(forecast),
     .of = &forecast_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_forecast)},
    {"data", "The steps to it, in order; none without a forecast", SHAPE_LIST, .offset = AT(data),
     .max = PAYMENTS_LINES_MAX + WATERFALL_MORE, .item = &step_item,
     .item_size = sizeof(struct step_out)},
    {"billed", "What the period was billed, the first first", SHAPE_LIST, .offset = AT(billed),
     .max = COSTS_LINES_MAX, .item = &billed_item, .item_size = sizeof(struct billed_out)},
    {"prices", "The price in force, and one to come; none on the free plan", SHAPE_LIST,
     .offset = AT(prices), .max = COSTS_PRICES_MAX, .item = &price_item,
     .item_size = sizeof(struct price_out)},
};
#undef AT
const struct shape costs_shape =
    SHAPE("Costs", "What a customer's costs are made of", struct costs_out, costs_fields);

/* --- how it comes about --- */

struct costs_in_hand {
    struct upcoming_query query; /* first: `finished` hands it back */
    struct api_request *request;
};

static struct shape_list steps_of(struct arena *arena, const struct upcoming_query *query) {
    size_t room = query->line_count + WATERFALL_MORE;
    struct money *amounts = arena_array(arena, query->line_count + 1, sizeof *amounts);
    struct waterfall_step *steps = arena_array(arena, room, sizeof *steps);
    struct step_out *out = arena_array(arena, room, sizeof *out);
    if (amounts == NULL || steps == NULL || out == NULL) {
        return (struct shape_list){NULL, 0};
    }
    for (size_t i = 0; i < query->line_count; i++) {
        amounts[i] = query->lines[i].amount;
    }
    const struct waterfall_sums sums = {amounts,          query->line_count,  query->discount,
                                        query->tax_added, query->next.amount, query->due};
    size_t count = waterfall_of(&sums, steps);
    for (size_t i = 0; i < count; i++) {
        bool is_line = steps[i].kind == WATERFALL_LINE;
        const struct payments_invoice_line *line = is_line ? &query->lines[steps[i].line] : NULL;
        out[i] = (struct step_out){
            .step = str_from_cstr(waterfall_kind_name(steps[i].kind)),
            .description = is_line ? line->description : (struct str){NULL, 0},
            .amount = steps[i].amount,
            .from = steps[i].from,
            .to = steps[i].to,
            .has_period = is_line,
            .period = is_line ? line->period : (struct period){{0}, {0}},
            .is_proration = is_line && line->is_proration,
        };
    }
    return (struct shape_list){out, count};
}

static struct shape_list billed_of(struct arena *arena, const struct costs *costs) {
    struct billed_out *out = arena_array(arena, costs->line_count, sizeof *out);
    for (size_t i = 0; out != NULL && i < costs->line_count; i++) {
        const struct costs_line *of = &costs->lines[i];
        out[i] = (struct billed_out){
            .description = of->line.description,
            .invoice_id = id_str(&of->invoice_id),
            .invoice_number = text_or_null(of->invoice_number),
            .amount = of->line.amount,
            .discount = of->line.discount,
            .tax = of->line.tax,
            .period = of->line.period,
            .is_proration = of->line.is_proration,
        };
    }
    return (struct shape_list){out, out == NULL ? 0 : costs->line_count};
}

static void found(struct upcoming_query *query) {
    struct api_request *request = ((struct costs_in_hand *)query)->request;
    struct costs *costs = ARENA_NEW(request->arena, struct costs);
    struct tx tx = request_read(request);
    bool is_found = false;
    if (query->outcome != OUTCOME_DONE || costs == NULL) {
        reply_problem(request, costs == NULL ? PROBLEM_INTERNAL : (int)query->outcome);
        return;
    }
    if (reply_if_failed(request,
                        costs_read(request->api->app, &tx, request->user_id, costs, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    struct price_out prices[COSTS_PRICES_MAX];
    for (size_t i = 0; i < costs->price_count; i++) {
        const struct costs_price *of = &costs->prices[i];
        prices[i] = (struct price_out){
            .tier = (int)of->tier,
            .interval = (int)of->interval,
            .version = of->version,
            .price = of->price,
            .from = of->from.ms,
            .until = of->until.ms,
            .has_until = of->has_until,
        };
    }
    struct costs_out out = {
        .period = costs->period,
        .billed = billed_of(request->arena, costs),
        .prices = {prices, costs->price_count},
        .has_forecast = query->has_next,
    };
    if (query->has_next) {
        out.data = steps_of(request->arena, query);
        out.forecast.due = query->due;
        out.forecast.at = query->next.at.ms;
        out.forecast.is_estimated = query->is_estimated;
    }
    reply_value(request, 200, &costs_shape, &out);
}

void costs_get(struct api_request *request) {
    struct costs_in_hand *hand = ARENA_NEW(request->arena, struct costs_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->query = (struct upcoming_query){
        .arena = request->arena, .user_id = request->user_id, .finished = found};
    upcoming_ask(request->api->app, &hand->query);
}
