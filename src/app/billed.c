#include "app/billed.h"

#include "base/json.h"
#include "base/rfc3339.h"
#include "core/invoice.h"

/* A discount stands beside the amount of a whole period, and is inside that of a part. */
static bool read_line(const json_t *line, struct proration_debit *ret_debit) {
    struct proration_debit debit;
    struct currency currency;
    bool is_whole = !json_flag(line, "proration", false);
    if (!currency_parse(json_text(line, "amount.currency"), &currency) ||
        !rfc3339_parse(json_text(line, "period.start"), &debit.period.start.ms) ||
        !rfc3339_parse(json_text(line, "period.end"), &debit.period.end.ms) ||
        !instant_is_before(debit.period.start, debit.period.end)) {
        return false;
    }
    debit.amount = money_of(json_i64(line, "amount.amount", 0) -
                                (is_whole ? json_i64(line, "discount.amount", 0) : 0),
                            currency);
    *ret_debit = debit;
    return money_is_valid(debit.amount);
}

static void add_lines(struct str lines, struct instant at, struct billed *billed) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *list = json_read(lines, &problem);
    size_t i = 0;
    const json_t *line = NULL;
    json_array_foreach(list, i, line) {
        struct proration_debit debit;
        if (!read_line(line, &debit)) {
            continue;
        }
        if (money_is_negative(debit.amount)) {
            billed->credited_at = instant_later(billed->credited_at, debit.period.start);
        } else if (instant_is_before(at, debit.period.end) && billed->count < BILLED_DEBITS_MAX) {
            billed->debits[billed->count++] = debit;
        }
    }
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

/* Not what is void, nor the invoice of a change that waits until it is paid. */
static bool is_in_effect(const struct invoice_row *row) {
    bool waits =
        row->status == INVOICE_OPEN && str_equal(row->billing_reason, STR("subscription_update"));
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
        if (is_in_effect(&rows[i])) {
            add_lines(rows[i].lines, at, ret_billed);
        }
    }
    forget_credited(ret_billed);
    return OK;
}
