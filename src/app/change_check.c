#include "app/change_check.h"

#include "app/billing_event.h"
#include "app/parking.h"
#include "base/check.h"
#include "base/json.h"
#include "base/log.h"
#include "base/rfc3339.h"
#include "store/invoice.h"

enum { INVOICES_MAX = 24, DEBITS_MAX = 256 };

/* What a subscription was billed, as far as it may matter now. */
struct billed {
    struct instant at;
    struct currency currency;
    struct instant credited_at; /* what was billed before has been given back then */
    struct proration_debit debits[DEBITS_MAX];
    size_t count;
};

static bool read_line(const json_t *line, struct currency currency,
                      struct proration_debit *ret_debit) {
    struct proration_debit debit = {.amount =
                                        money_of(json_i64(line, "amount.amount", 0), currency)};
    if (!rfc3339_parse(json_text(line, "period.start"), &debit.period.start.ms) ||
        !rfc3339_parse(json_text(line, "period.end"), &debit.period.end.ms) ||
        !instant_is_before(debit.period.start, debit.period.end)) {
        return false;
    }
    *ret_debit = debit;
    return true;
}

static void add_lines(struct str lines, struct billed *billed) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *list = json_read(lines, &problem);
    size_t i = 0;
    const json_t *line = NULL;
    json_array_foreach(list, i, line) {
        struct proration_debit debit;
        if (!read_line(line, billed->currency, &debit)) {
            continue;
        }
        if (money_is_negative(debit.amount)) {
            billed->credited_at = instant_later(billed->credited_at, debit.period.start);
        } else if (instant_is_before(billed->at, debit.period.end) && billed->count < DEBITS_MAX) {
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

static struct err read_billed(struct tx *tx, const struct subscription_view *view,
                              struct billed *billed) {
    struct row_list list;
    TRY(invoice_of_subscription(tx, view->row.user_id, id_str(&view->row.id), INVOICES_MAX, &list));
    const struct invoice_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (is_in_effect(&rows[i])) {
            add_lines(rows[i].lines, billed);
        }
    }
    forget_credited(billed);
    return OK;
}

struct err change_expect(struct tx *tx, const struct subscription_view *view,
                         const struct planned_change *change, struct instant at,
                         struct change_expected *ret_expected) {
    bool is_ours = view->row.coupon.len == 0 && view->status == SUBSCRIPTION_ACTIVE &&
                   !money_is_zero(view->price) && change->is_now;
    *ret_expected = (struct change_expected){0};
    struct billed *billed = ARENA_NEW(tx->cx->arena, struct billed);
    if (!is_ours || billed == NULL) {
        return OK;
    }
    *billed = (struct billed){
        .at = {instant_unix_seconds(at) * 1000},
        .currency = view->price.currency,
        .credited_at = INSTANT_MIN,
    };
    TRY(read_billed(tx, view, billed));
    struct proration lines = change_proration(view, change, at);
    struct money credit = lines.lines[0].amount; /* of the price, where no invoice is known */
    if (!proration_unused(billed->debits, billed->count, billed->at, &credit)) {
        credit = lines.lines[0].amount;
    }
    *ret_expected = (struct change_expected){
        .is_known = true,
        .total = lines.total.minor - lines.lines[0].amount.minor + credit.minor,
    };
    return OK;
}

static int64_t sum_of(const struct payments_invoice *preview) {
    int64_t sum = 0;
    for (size_t i = 0; i < preview->line_count; i++) {
        sum += preview->lines[i].is_extra ? 0 : preview->lines[i].amount.minor;
    }
    return sum;
}

bool change_agrees(const struct change_expected *expected, const struct payments_invoice *preview) {
    bool can_be_compared = expected->is_known && money_is_zero(preview->discount);
    return !can_be_compared || sum_of(preview) == expected->total;
}

struct err change_note_dispute(struct app *app, struct tx *tx, struct str user_id, int64_t expected,
                               const struct payments_invoice *preview) {
    int64_t said = sum_of(preview);
    log_event(app->env, LOG_ERROR, "change.price_disputed",
              "expected=%lld provider=%lld currency=%s", (long long)expected, (long long)said,
              preview->total.currency.code);
    struct billing_note note = {
        .type = "price.disputed",
        .description = STR("A change was not made: the provider's price and ours differ"),
        .metadata = arena_printf(tx->cx->arena, "{\"expected\":%lld,\"provider\":%lld}",
                                 (long long)expected, (long long)said),
        .has_amount = true,
        .amount = {said, preview->total.currency},
    };
    const struct parking_cause cause = {
        .user_id = user_id,
        .reason = PARKED_PRICE,
        .currency = str_from_cstr(preview->total.currency.code),
        .amount = said,
        .usual = expected,
    };
    TRY(billing_event_note(tx, user_id, &note));
    return parking_park(app, tx, &cause);
}
