#include "app/billed.h"

#include "app/invoice_lines.h"
#include "core/invoice.h"

/* A discount stands beside the amount of a whole period, and is inside that of a part. */
static bool debit_of(const struct payments_invoice_line *line, struct proration_debit *ret_debit) {
    int64_t off = line->is_proration ? 0 : line->discount.minor;
    ret_debit->period = line->period;
    ret_debit->amount = money_of(line->amount.minor - off, line->amount.currency);
    return instant_is_before(line->period.start, line->period.end) &&
           money_is_valid(ret_debit->amount);
}

static struct err add_lines(struct arena *arena, struct str text, struct instant at,
                            struct billed *billed) {
    struct invoice_lines lines;
    TRY(invoice_lines_read(arena, text, &lines));
    for (size_t i = 0; i < lines.count; i++) {
        struct proration_debit debit;
        if (!debit_of(&lines.items[i], &debit)) {
            continue;
        }
        if (money_is_negative(debit.amount)) {
            billed->credited_at = instant_later(billed->credited_at, debit.period.start);
        } else if (instant_is_before(at, debit.period.end) && billed->count < BILLED_DEBITS_MAX) {
            billed->debits[billed->count++] = debit;
        }
    }
    return OK;
}

/* A credit gives back all that was billed before it for the time after it. */
static void forget_credited(struct billed *billed) {
    size_t kept = 0;
    for (size_t i = 0; i < billed->count; i++) {
        if (!instant_is_before(billed->debits[i].period.start, billed->credited_at)) {
            billed->debits[kept++] = billed->debits[i];
        }
    }
    billed->count = kept;
}

/* One that was sent, and has a day on which it is due, keeps no change waiting. */
bool billed_is_in_effect(const struct invoice_row *row) {
    bool waits = row->status == INVOICE_OPEN && row->due_date == ROW_NONE &&
                 str_equal(row->billing_reason, STR("subscription_update"));
    return row->status != INVOICE_VOID && row->status != INVOICE_DRAFT && !waits;
}

struct err billed_read(struct tx *tx, const struct invoice_owner *of, struct invoice_cursor before,
                       struct instant at, struct billed *ret_billed) {
    struct row_list list;
    TRY(invoice_of_subscription(tx, of, before, BILLED_INVOICES_MAX, &list));
    const struct invoice_row *rows = list.items;
    ret_billed->credited_at = INSTANT_MIN;
    ret_billed->count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (billed_is_in_effect(&rows[i])) {
            TRY(add_lines(tx->cx->arena, rows[i].lines, at, ret_billed));
        }
    }
    forget_credited(ret_billed);
    return OK;
}
