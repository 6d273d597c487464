#include "app/offer.h"

#include "base/crypto.h"
#include "core/coupon.h"
#include "store/subscription.h"

enum { TERMS_HEX = 8 };

enum outcome offer_coupon(const struct app *app, struct str code, enum tier tier,
                          const struct coupon **ret_coupon) {
    const struct coupon *coupon = coupon_of(app->catalogue, code);
    if (coupon == NULL) {
        return OUTCOME_COUPON_UNKNOWN;
    }
    *ret_coupon = coupon;
    switch (coupon_judge(coupon, tier, app_now(app))) {
    case COUPON_FITS:
        return OUTCOME_DONE;
    case COUPON_EXPIRED:
        return OUTCOME_COUPON_EXPIRED;
    case COUPON_OF_OTHER_PLANS:
        break;
    }
    return OUTCOME_COUPON_NOT_APPLICABLE;
}

static struct str id_of(struct cx *cx, const struct coupon *coupon) {
    struct str terms = arena_printf(cx->arena, "%s %s %d %lld %s %s %d", coupon->code, coupon->name,
                                    (int)coupon->percent_off, (long long)coupon->amount_off.minor,
                                    coupon->amount_off.currency.code,
                                    coupon_duration_name(coupon->duration), (int)coupon->months);
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256(terms, hash);
    str_hex(hash, sizeof hash, hex);
    return arena_printf(cx->arena, "turnpike_%s_%.*s", coupon->code, (int)TERMS_HEX, hex);
}

const struct coupon *offer_coupon_named(const struct app *app, struct cx *cx, struct str id) {
    for (size_t i = 0; id.len > 0 && i < app->catalogue->coupon_count; i++) {
        if (str_equal(id_of(cx, &app->catalogue->coupons[i]), id)) {
            return &app->catalogue->coupons[i];
        }
    }
    return NULL;
}

void offer_describe(const struct app *app, struct cx *cx, struct str code,
                    struct payments_call *call) {
    const struct coupon *coupon = coupon_of(app->catalogue, code);
    if (coupon == NULL) {
        return;
    }
    call->coupon_id = id_of(cx, coupon);
    call->duration = str_from_cstr(coupon_duration_name(coupon->duration));
    call->months = coupon->months;
    call->percent_off = coupon->percent_off;
    if (call->kind == PAYMENTS_COUPON_CREATE) {
        call->name = str_from_cstr(coupon->name);
        call->price = coupon->amount_off.minor;
        call->currency = coupon->percent_off > 0 ? STR("") : call->currency;
    }
}

struct err offer_trial(struct tx *tx, struct str user_id, const struct plan *plan,
                       int64_t *ret_days) {
    int64_t paid = 0;
    *ret_days = 0;
    if (plan->trial_days == 0) {
        return OK;
    }
    TRY(subscription_count_paid(tx, user_id, &paid));
    *ret_days = paid == 0 ? plan->trial_days : 0;
    return OK;
}
