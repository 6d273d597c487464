/* An invoice there, beside the row that mirrors it. */
#include "app/compare.h"

#include "app/explain.h"
#include "app/invoice_lines.h"
#include "app/mirror_object.h"
#include "app/retention.h"
#include "store/invoice.h"
#include "store/webhook.h"

static bool is_settled(enum invoice_status status) {
    return status == INVOICE_PAID || status == INVOICE_VOID;
}

static struct str status_words(enum invoice_status status) {
    return str_from_cstr(invoice_status_name(status));
}

struct amounts {
    int64_t total, due, paid, tax;
};

static struct str amount_words(struct tx *tx, const struct amounts *amounts) {
    return arena_printf(tx->cx->arena, "total %lld, due %lld, paid %lld, tax %lld",
                        (long long)amounts->total, (long long)amounts->due,
                        (long long)amounts->paid, (long long)amounts->tax);
}

static void compare_amounts(struct tx *tx, const struct invoice_row *row,
                            const struct payments_invoice *there, struct comparison *comparison) {
    const struct amounts here = {row->amount, row->amount_due, row->amount_paid, row->tax};
    const struct amounts says = {there->total.minor, there->amount_due.minor,
                                 there->amount_paid.minor, there->tax.minor};
    bool is_same = here.total == says.total && here.due == says.due && here.paid == says.paid &&
                   here.tax == says.tax &&
                   str_equal(row->currency, str_from_cstr(there->total.currency.code));
    if (!is_same) {
        comparison_add(comparison,
                       is_settled(there->status) ? DIFFERENCE_INVOICE_SETTLED_AMOUNT
                                                 : DIFFERENCE_INVOICE_AMOUNT,
                       amount_words(tx, &here), amount_words(tx, &says));
    }
}

static void compare_details(struct tx *tx, const struct invoice_row *row,
                            const struct payments_invoice *there, struct comparison *comparison) {
    const struct invoice_lines lines = {there->lines, there->line_count};
    int64_t due_date = there->has_due_date ? there->due_date.ms : ROW_NONE;
    if (!str_equal(row->number, there->number)) {
        comparison_add(comparison, DIFFERENCE_INVOICE_DETAIL, row->number, there->number);
    } else if (row->due_date != due_date) {
        comparison_add(comparison, DIFFERENCE_INVOICE_DETAIL, STR("another due date"),
                       STR("a due date of its own"));
    } else if (!str_equal(row->lines, invoice_lines_write(tx->cx, &lines))) {
        comparison_add(comparison, DIFFERENCE_INVOICE_DETAIL, STR("other lines"),
                       STR("lines of its own"));
    }
}

static void compare_known(struct tx *tx, const struct invoice_row *row,
                          const struct payments_invoice *there, struct comparison *comparison) {
    enum invoice_status here = (enum invoice_status)row->status;
    if (is_settled(here) && here != there->status) {
        comparison_add(comparison, DIFFERENCE_INVOICE_UNSETTLED, status_words(here),
                       status_words(there->status));
        return;
    }
    if (here != there->status) {
        comparison_add(comparison, DIFFERENCE_INVOICE_STATUS, status_words(here),
                       status_words(there->status));
        return; /* the rest follows from it */
    }
    compare_amounts(tx, row, there, comparison);
    compare_details(tx, row, there, comparison);
}

/* Lines of our plans, each as it is computed here. A credit is judged where it is known what was
 * billed for the time that it gives back. */
static struct err compare_lines(struct app *app, struct tx *tx,
                                const struct payments_invoice *there,
                                const struct invoice_row *invoice, struct comparison *comparison) {
    for (size_t i = 0; i < there->line_count; i++) {
        const struct payments_invoice_line *line = &there->lines[i];
        bool is_credit = line->is_proration && line->amount.minor < 0;
        const struct explain_line of = {{there->lines, there->line_count}, i};
        struct explanation explanation;
        if (line->price_id.len == 0) {
            continue;
        }
        TRY(explain(app, tx, invoice, &of, &explanation));
        bool is_judged = explanation.is_recomputed && (!is_credit || explanation.is_by_debit);
        if (is_judged && !explanation.agrees) {
            comparison_add(comparison, DIFFERENCE_INVOICE_RECOMPUTED, explanation.formula,
                           arena_printf(tx->cx->arena, "%lld", (long long)line->amount.minor));
            return OK;
        }
    }
    return OK;
}

/* Lines, less the discount, with the tax that is not in them. */
static void compare_sum(struct tx *tx, const struct payments_invoice *there,
                        struct comparison *comparison) {
    int64_t sum = there->tax_added.minor - there->discount.minor;
    for (size_t i = 0; i < there->line_count; i++) {
        sum += there->lines[i].amount.minor;
    }
    if (!there->has_other_parts && sum != there->total.minor) {
        comparison_add(
            comparison, DIFFERENCE_INVOICE_RECOMPUTED,
            arena_printf(tx->cx->arena, "lines, discount and tax come to %lld", (long long)sum),
            arena_printf(tx->cx->arena, "%lld", (long long)there->total.minor));
    }
}

struct err compare_invoice(struct app *app, struct tx *tx, const struct payments_invoice *there,
                           struct comparison *comparison) {
    struct stripe_object object = {.local_id = STR("")};
    struct invoice_row row;
    bool is_known = false;
    bool is_found = false;
    bool has_gone = false;
    TRY(mirror_owner_of(tx, there->customer_id, &comparison->user_id));
    comparison->is_ours = comparison->user_id.len > 0;
    if (!comparison->is_ours) {
        return OK;
    }
    TRY(stripe_object_get(tx, there->id, &object, &is_known));
    TRY(invoice_get(tx, comparison->user_id, object.local_id, &row, &is_found));
    TRY(is_found ? retention_has_gone(tx, row.user_id, row.created_at, &has_gone) : OK);
    if (has_gone) { /* there is nothing here to compare with, and nothing is to come back */
        return OK;
    }
    if (is_found) {
        compare_known(tx, &row, there, comparison);
        compare_sum(tx, there, comparison);
        return compare_lines(app, tx, there, &row, comparison);
    } else {
        comparison_add(comparison, DIFFERENCE_INVOICE_MISSING_HERE, STR("not known"),
                       status_words(there->status));
    }
    return OK;
}
