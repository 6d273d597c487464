#include "app/explain.h"

#include "app/billed.h"
#include "app/correction.h"
#include "app/offer.h"
#include "base/check.h"
#include "core/price.h"
#include "store/setting.h"
#include "store/subscription.h"

enum { CORRECTIONS_MAX = 16 }; /* one after the other; further back nobody looks */

/* --- where it comes from --- */

/* What is known about the line beside itself. */
struct origin {
    struct subscription_row subscription;
    const struct coupon *coupon;
    bool knows_coupon;         /* and if it is NULL, that there is none */
    struct coupon_lines whole; /* the whole periods of the invoice */
    size_t place;              /* of the line among them, if it is one */
};

static struct str discounted(struct tx *tx, const struct explanation *of, struct str whole) {
    int64_t off = of->recomputed.discount.minor;
    if (off == 0) {
        return whole;
    }
    return arena_printf(tx->cx->arena, "(" STR_FMT " - %lld)", STR_ARG(whole), (long long)off);
}

static struct str formula_of(struct tx *tx, const struct explanation *of, bool is_trial) {
    const struct recomputed *result = &of->recomputed;
    struct arena *arena = tx->cx->arena;
    struct str whole = arena_printf(arena, "%lld x %lld", (long long)of->price.minor,
                                    (long long)of->line.quantity);
    if (is_trial) {
        return STR("trial = 0");
    }
    if (!of->line.is_proration) {
        return arena_printf(arena, STR_FMT " = %lld", STR_ARG(whole),
                            (long long)result->amount.minor);
    }
    if (of->is_by_debit) {
        whole = arena_printf(arena, "%lld", (long long)result->base.minor);
    }
    return arena_printf(arena, "%s" STR_FMT " x %lld s / %lld s = %lld",
                        of->line.amount.minor < 0 ? "-" : "", STR_ARG(discounted(tx, of, whole)),
                        (long long)result->seconds, (long long)result->seconds_whole,
                        (long long)result->amount.minor);
}

/* The whole periods that the invoice bills. Of a line that is one of them also its place. */
static struct err read_whole(struct arena *arena, const struct explain_line *line,
                             struct origin *origin) {
    const struct invoice_lines *among = &line->among;
    struct money *amounts = arena_array(arena, among->count, sizeof *amounts);
    if (amounts == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    origin->whole = (struct coupon_lines){amounts, 0};
    for (size_t i = 0; i < among->count; i++) {
        if (i == line->at) {
            origin->place = origin->whole.count;
        }
        if (!among->items[i].is_proration && !money_is_negative(among->items[i].amount)) {
            amounts[origin->whole.count++] = among->items[i].amount;
        }
    }
    return OK;
}

static struct err read_origin(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                              const struct explain_line *of, struct origin *ret_origin) {
    const struct payments_invoice_line *line = &of->among.items[of->at];
    struct origin origin = {
        .subscription = {.created_at = invoice->created_at, .trial_ends_at = ROW_NONE}};
    struct subscription_row row;
    bool is_found = false;
    TRY(read_whole(tx->cx->arena, of, &origin));
    TRY(subscription_get(tx, invoice->user_id, id_str(&invoice->subscription_id), &row, &is_found));
    if (is_found) {
        origin.subscription = row;
    }
    origin.coupon = offer_coupon_named(app, tx->cx, invoice->coupon);
    origin.knows_coupon =
        origin.coupon != NULL || (invoice->coupon.len == 0 && line->discount.minor == 0);
    *ret_origin = origin;
    return OK;
}

static bool is_trial(const struct origin *origin, const struct payments_invoice_line *line) {
    return !line->is_proration && origin->subscription.trial_ends_at != ROW_NONE &&
           line->period.end.ms <= origin->subscription.trial_ends_at;
}

/* The debit that a credit gives back: one that ends with it. Where several do, each has a credit of
 * its own, and the one is meant that comes to this amount. */
static const struct proration_debit *debit_of(const struct billed *billed,
                                              const struct payments_invoice_line *line) {
    const struct proration_debit *found = NULL;
    for (size_t i = 0; i < billed->count; i++) {
        const struct proration_debit *debit = &billed->debits[i];
        struct money credit;
        if (!instant_equal(debit->period.end, line->period.end) ||
            !proration_unused(debit, 1, line->period.start, &credit)) {
            continue;
        }
        if (found == NULL || money_equal(credit, line->amount)) {
            found = debit;
        }
    }
    return found;
}

static struct err find_debit(struct tx *tx, const struct invoice_row *invoice,
                             const struct payments_invoice_line *line,
                             const struct proration_debit **ret_debit) {
    const struct invoice_owner of = {invoice->user_id, id_str(&invoice->subscription_id)};
    const struct invoice_cursor before = {invoice->created_at, id_str(&invoice->id)};
    struct billed *billed = ARENA_NEW(tx->cx->arena, struct billed);
    *ret_debit = NULL;
    if (billed == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    TRY(billed_read(tx, &of, before, line->period.start, billed));
    *ret_debit = debit_of(billed, line);
    return OK;
}

static void give_up(struct explanation *explanation, const char *reason) {
    explanation->is_recomputed = false;
    explanation->reason = str_from_cstr(reason);
    explanation->formula = STR("");
}

/* The plan whose price is billed; false when it is none of the catalogue's. */
static struct err find_price(struct app *app, struct tx *tx, struct explanation *explanation,
                             bool *ret_found) {
    struct plan_price_row sold;
    bool is_sold = false;
    *ret_found = false;
    if (explanation->line.price_id.len > 0) {
        TRY(plan_price_sold(tx, explanation->line.price_id, &sold, &is_sold));
    }
    const struct plan *plan = is_sold ? catalogue_plan_version(app->catalogue, (enum tier)sold.tier,
                                                               (int32_t)sold.version)
                                      : NULL;
    if (plan != NULL && price_of(plan, (enum interval)sold.interval, &explanation->price)) {
        explanation->plan =
            (struct plan_sold){plan->tier, sold.version, (enum interval)sold.interval};
        *ret_found = true;
    }
    return OK;
}

/* The line again, and what of it is judged. */
static void judge(struct tx *tx, const struct recompute_line *input, const struct origin *origin,
                  struct explanation *explanation) {
    const struct payments_invoice_line *line = &explanation->line;
    if (!recompute(input, &explanation->recomputed)) {
        give_up(explanation, "The line bills more than one period.");
        return;
    }
    explanation->is_recomputed = true;
    explanation->is_by_debit = input->debit != NULL;
    explanation->has_discount = !line->is_proration && origin->knows_coupon;
    explanation->coupon = input->coupon == NULL ? STR("") : str_from_cstr(input->coupon->code);
    bool is_same = !explanation->has_discount ||
                   explanation->recomputed.discount.minor == line->discount.minor;
    explanation->agrees = is_same && money_equal(explanation->recomputed.amount, line->amount);
    explanation->formula = formula_of(tx, explanation, input->is_trial);
}

static struct err explain_one(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                              const struct explain_line *of, struct explanation *explanation) {
    const struct payments_invoice_line *line = &explanation->line;
    const struct proration_debit *debit = NULL;
    struct origin origin;
    bool is_sold = false;
    bool is_credit = line->is_proration && line->amount.minor < 0;
    TRY(find_price(app, tx, explanation, &is_sold));
    if (!is_sold) {
        give_up(explanation, "The line is of no plan of the catalogue.");
        return OK;
    }
    TRY(read_origin(app, tx, invoice, of, &origin));
    TRY(is_credit ? find_debit(tx, invoice, line, &debit) : OK);
    if (line->is_proration && debit == NULL && !origin.knows_coupon) {
        give_up(explanation, "The coupon of the invoice is not in the catalogue.");
        return OK;
    }
    const struct recompute_line input = {
        .price = explanation->price,
        .interval = explanation->plan.interval,
        .quantity = line->quantity,
        .period = line->period,
        .anchor = {origin.subscription.created_at},
        .is_trial = is_trial(&origin, line),
        .is_proration = line->is_proration,
        .is_credit = is_credit,
        .coupon = debit == NULL ? origin.coupon : NULL,
        .beside = origin.whole,
        .place = origin.place,
        .debit = debit,
    };
    judge(tx, &input, &origin, explanation);
    return OK;
}

struct err explain(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                   const struct explain_line *line, struct explanation *ret_explanation) {
    check(line->at < line->among.count);
    *ret_explanation = (struct explanation){
        .has_line = true, .line = line->among.items[line->at], .reason = STR("")};
    return explain_one(app, tx, invoice, line, ret_explanation);
}

/* The invoice that the lines of this one were billed on first: itself, unless it corrects another,
 * which may correct one in turn. */
static struct err find_first(struct tx *tx, const struct invoice_row *invoice,
                             struct invoice_row *ret_first) {
    *ret_first = *invoice;
    for (int i = 0; i < CORRECTIONS_MAX; i++) {
        struct correction_links links;
        bool is_found = false;
        TRY(correction_links_read(tx, invoice->user_id, id_str(&ret_first->id), &links));
        if (links.corrects.text[0] == '\0') {
            return OK;
        }
        TRY(invoice_get(tx, invoice->user_id, id_str(&links.corrects), ret_first, &is_found));
        check(is_found); /* it was corrected, and invoices stay */
    }
    return OK;
}

static bool is_same_line(const struct payments_invoice_line *a,
                         const struct payments_invoice_line *b) {
    return money_equal(a->amount, b->amount) && money_equal(a->discount, b->discount) &&
           str_equal(a->description, b->description) &&
           instant_equal(a->period.start, b->period.start) &&
           instant_equal(a->period.end, b->period.end);
}

/* A line that is billed anew is what it was the first time, with the tax of now. */
static struct err explain_by_first(struct app *app, struct tx *tx, const struct invoice_row *first,
                                   const struct explain_line *line,
                                   struct explanation *ret_explanation) {
    struct explain_line of = {.at = line->at};
    TRY(invoice_lines_read(tx->cx->arena, first->lines, &of.among));
    if (of.among.count != line->among.count) {
        give_up(ret_explanation, "The invoice that it corrects has other lines.");
        return OK;
    }
    TRY(explain(app, tx, first, &of, ret_explanation));
    ret_explanation->agrees &= is_same_line(&line->among.items[line->at], &of.among.items[of.at]);
    ret_explanation->line.tax = line->among.items[line->at].tax;
    ret_explanation->billed_first = first->id;
    return OK;
}

struct err explain_read(struct app *app, struct tx *tx, const struct invoice_row *invoice,
                        int64_t n, struct explanation *ret_explanation) {
    struct explain_line line;
    struct invoice_row first;
    TRY(invoice_lines_read(tx->cx->arena, invoice->lines, &line.among));
    if (n < 1 || (uint64_t)n > line.among.count) {
        *ret_explanation = (struct explanation){.reason = STR("")};
        return OK;
    }
    line.at = (size_t)n - 1;
    TRY(find_first(tx, invoice, &first));
    TRY(explain(app, tx, invoice, &line, ret_explanation));
    return str_equal(id_str(&first.id), id_str(&invoice->id))
               ? OK
               : explain_by_first(app, tx, &first, &line, ret_explanation);
}
