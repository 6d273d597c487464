#include "app/change_check.h"

#include "app/billed.h"
#include "app/billing_event.h"
#include "app/parking.h"
#include "base/log.h"

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
    const struct invoice_owner of = {view->row.user_id, id_str(&view->row.id)};
    const struct invoice_cursor all = {INT64_MAX, STR("")};
    const struct instant from = {instant_unix_seconds(at) * 1000};
    TRY(billed_read(tx, &of, all, from, billed));
    struct proration lines = change_proration(view, change, at);
    struct money credit = lines.lines[0].amount; /* of the price, where no invoice is known */
    if (!proration_unused(billed->debits, billed->count, from, &credit)) {
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
