/* GET /api/billing/invoices/:id/usage-evidence: what an invoice bills and what that was counted
 * from, as a table; CSV by `Accept: text/csv` as every list. */
#include "api/billing_resources.h"
#include "api/resources.h"
#include "api/usage_live.h"

#include "app/usage.h"
#include "app/usage_evidence.h"

static const char *const kinds[] = {"price", "unmatched",  "day", "edge",
                                    "total", "correction", NULL};
static_assert(ARRAY_LEN(kinds) == EVIDENCE_CORRECTION + 2, "in the order of the enum");

struct evidence_row_out {
    int64_t line, start, end, value, events, included, within, beyond, counted_at;
    int kind, metric;
    struct str unit, text;
    bool is_usage, has_limit, is_total, has_count, is_late;
    struct money unit_price, amount;
};

#define AT(member) offsetof(struct evidence_row_out, member)
static const struct shape_field row_fields[] = {
    {"line", "Of the invoice, from 1; 0: the invoice as a whole", SHAPE_I64, .offset = AT(line)},
    {"kind",
     "price: by its formula; unmatched: of the line, what no formula comes to, with the reason; "
     "day: a metric's use, of a gauge the highest level; edge: what the total has beside the days, "
     "from hours that the period shares with its neighbours; total: of a usage period, of a gauge "
     "the last level; correction: the invoice that it corrects, or that corrects it",
     SHAPE_ENUM, .offset = AT(kind), .names = kinds},
    {"periodStart", "Of what the row is about", SHAPE_INSTANT, .offset = AT(start)},
    {"periodEnd", "Exclusive", SHAPE_INSTANT, .offset = AT(end)},
    {"metric", "What was counted", SHAPE_ENUM, .offset = AT(metric), .names = metric_names,
     .flags = SHAPE_NULLABLE, .is_set = AT(is_usage)},
    {"unit", "Of value", SHAPE_STR, .offset = AT(unit), .max = 16, .flags = SHAPE_NULLABLE},
    {"value", "How much", SHAPE_I64, .offset = AT(value), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_usage)},
    {"events", "Of how many events, on a day", SHAPE_I64, .offset = AT(events),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_count)},
    {"included", "Of a total: what the line's plan includes; null: nothing limits it", SHAPE_I64,
     .offset = AT(included), .flags = SHAPE_NULLABLE, .is_set = AT(has_limit)},
    {"within", "Of a total: what lies within that", SHAPE_I64, .offset = AT(within),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_total)},
    {"beyond", "Of a total: what lies beyond", SHAPE_I64, .offset = AT(beyond),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_total)},
    {"unitPrice", "Of a total: of one beyond; no plan has a price by use, so that it is 0",
     SHAPE_OBJECT, .offset = AT(unit_price), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(is_total)},
    {"amount", "Of the line's amount, before discount and tax: the rows of a line come to it",
     SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape},
    {"countedAt", "When a day last changed", SHAPE_INSTANT, .offset = AT(counted_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_count)},
    {"late", "Of a day: it changed after its period's end, by a late event or a backfill",
     SHAPE_BOOL, .offset = AT(is_late), .flags = SHAPE_NULLABLE, .is_set = AT(has_count)},
    {"text", "The formula, the reason, or the other invoice's number", SHAPE_STR,
     .offset = AT(text), .max = 500, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape row_shape = SHAPE(
    "UsageEvidenceRow", "A row of what an invoice comes from", struct evidence_row_out, row_fields);
static const struct shape_field row_item = {.kind = SHAPE_OBJECT, .of = &row_shape};

struct evidence_out {
    struct page page;
    int64_t as_of;
};
static const struct shape_field evidence_fields[] = {
    {"asOf", "The totals hold all that was answered up to here", SHAPE_INSTANT,
     .offset = offsetof(struct evidence_out, as_of)},
    {"data", "By line, usage period, metric and day", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = USAGE_EVIDENCE_MAX, .item = &row_item,
     .item_size = sizeof(struct evidence_row_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape usage_evidence_shape = SHAPE("UsageEvidence", "What an invoice was counted from",
                                                struct evidence_out, evidence_fields);

static struct evidence_row_out out_of(const struct usage_evidence_row *row) {
    bool is_total = row->kind == EVIDENCE_TOTAL;
    return (struct evidence_row_out){
        .line = row->line,
        .kind = (int)row->kind,
        .start = row->period.start.ms,
        .end = row->period.end.ms,
        .metric = (int)row->metric,
        .is_usage = row->is_usage,
        .unit =
            row->is_usage ? str_from_cstr(metric_info(row->metric)->unit) : (struct str){NULL, 0},
        .value = row->value,
        .events = row->events,
        .is_total = is_total,
        .has_limit = is_total && row->split.is_bounded,
        .included = row->split.included.amount,
        .within = row->split.within.amount,
        .beyond = row->split.beyond.amount,
        .unit_price = money_zero(row->amount.currency),
        .amount = row->amount,
        .has_count = row->has_count,
        .counted_at = row->counted_at,
        .is_late = row->is_late,
        .text = text_or_null(row->text),
    };
}

static void reply_evidence(struct api_request *request) {
    struct tx tx = request_read(request);
    struct invoice_row invoice;
    struct usage_evidence evidence;
    if (!find_invoice(request, &invoice) ||
        reply_if_failed(request,
                        usage_evidence_read(request->api->app, &tx, &invoice, &evidence))) {
        return;
    }
    if (evidence.is_cut) {
        reply_problem(request, PROBLEM_SPAN_TOO_LARGE);
        return;
    }
    struct evidence_row_out *rows = arena_array(request->arena, evidence.count, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < evidence.count; i++) {
        rows[i] = out_of(&evidence.items[i]);
    }
    struct evidence_out out = {
        .page = {{rows, rows == NULL ? 0 : evidence.count}, {NULL, 0}},
        .as_of = usage_complete_until(request->api->app).ms,
    };
    reply_value(request, 200, &usage_evidence_shape, &out);
}

void invoices_usage_evidence(struct api_request *request) {
    usage_read_totals(request, reply_evidence, true);
}
