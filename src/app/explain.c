#include "app/explain.h"

#include <string.h>

#include "base/json.h"
#include "base/rfc3339.h"
#include "core/price.h"
#include "store/setting.h"
#include "store/subscription.h"

/* --- a line as it is stored --- */

static bool read_money(const json_t *line, struct money *ret_money) {
    struct currency currency;
    if (!currency_parse(json_text(line, "amount.currency"), &currency)) {
        return false;
    }
    *ret_money = money_of(json_i64(line, "amount.amount", 0), currency);
    return true;
}

static bool read_line(struct arena *arena, const json_t *line, struct explain_line *ret_line) {
    struct explain_line result = {
        .description = arena_str(arena, json_text(line, "description")),
        .price_id = arena_str(arena, json_text(line, "priceId")),
        .quantity = json_i64(line, "quantity", 1),
        .is_proration = json_flag(line, "proration", false),
    };
    if (!read_money(line, &result.amount) ||
        !rfc3339_parse(json_text(line, "period.start"), &result.period.start.ms) ||
        !rfc3339_parse(json_text(line, "period.end"), &result.period.end.ms)) {
        return false;
    }
    *ret_line = result;
    return true;
}

/* --- where it comes from --- */

static struct str formula_of(struct tx *tx, const struct explanation *of) {
    const struct recomputed *result = &of->recomputed;
    struct str whole = arena_printf(tx->cx->arena, "%lld x %lld", (long long)of->price.minor,
                                    (long long)of->line.quantity);
    if (!of->line.is_proration) {
        return arena_printf(tx->cx->arena, STR_FMT " = %lld", STR_ARG(whole),
                            (long long)result->amount.minor);
    }
    return arena_printf(tx->cx->arena, "%s" STR_FMT " x %lld s / %lld s = %lld",
                        of->line.amount.minor < 0 ? "-" : "", STR_ARG(whole),
                        (long long)result->seconds, (long long)result->seconds_whole,
                        (long long)result->amount.minor);
}

static struct err anchor_of(struct tx *tx, const struct invoice_row *invoice,
                            struct instant *ret_anchor) {
    struct subscription_row row;
    bool is_found = false;
    TRY(subscription_get(tx, invoice->user_id, id_str(&invoice->subscription_id), &row, &is_found));
    *ret_anchor = (struct instant){is_found ? row.created_at : invoice->created_at};
    return OK;
}

static void give_up(struct explanation *explanation, const char *reason) {
    explanation->is_recomputed = false;
    explanation->reason = str_from_cstr(reason);
    explanation->formula = STR("");
}

struct err explain(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                   struct explanation *explanation) {
    const struct explain_line *line = &explanation->line;
    struct plan_price_row sold;
    struct instant anchor;
    bool is_sold = false;
    if (line->price_id.len > 0) {
        TRY(plan_price_sold(tx, line->price_id, &sold, &is_sold));
    }
    const struct plan *plan = is_sold ? catalogue_plan_version(app->catalogue, (enum tier)sold.tier,
                                                               (int32_t)sold.version)
                                      : NULL;
    if (plan == NULL || !price_of(plan, (enum interval)sold.interval, &explanation->price)) {
        give_up(explanation, "The line is of no plan of the catalogue.");
        return OK;
    }
    explanation->plan = (struct plan_sold){plan->tier, sold.version, (enum interval)sold.interval};
    TRY(anchor_of(tx, invoice, &anchor));
    const struct recompute_line input = {
        .price = explanation->price,
        .interval = explanation->plan.interval,
        .quantity = line->quantity,
        .period = line->period,
        .anchor = anchor,
        .is_proration = line->is_proration,
        .is_credit = line->is_proration && line->amount.minor < 0,
    };
    if (!recompute(&input, &explanation->recomputed)) {
        give_up(explanation, "The line bills more than one period.");
        return OK;
    }
    explanation->is_recomputed = true;
    explanation->agrees = money_equal(explanation->recomputed.amount, line->amount);
    explanation->formula = formula_of(tx, explanation);
    return OK;
}

struct err explain_read(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                        int64_t n, struct explanation *ret_explanation) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *lines = json_read(invoice->lines, &problem);
    struct explanation explanation = {.reason = STR("")};
    size_t count = json_array_size(lines);
    explanation.has_line =
        n >= 1 && (uint64_t)n <= count &&
        read_line(tx->cx->arena, json_array_get(lines, (size_t)n - 1), &explanation.line);
    if (explanation.has_line) {
        TRY(explain(app, tx, invoice, &explanation));
    }
    *ret_explanation = explanation;
    return OK;
}
