#include "app/contract_bill.h"

#include "app/change_check.h"
#include "app/contract_ahead.h"
#include "app/contract_plan.h"
#include "base/check.h"

/* Whether the customer has this very plan at this price already: then nothing is billed anew. */
static struct err has_already(const struct app *app, struct tx *tx,
                              const struct contract_terms *terms,
                              const struct subscription_view *view, bool *ret_has) {
    int32_t version = 0;
    TRY(contract_plan_find(app, tx, terms, 0, &version));
    *ret_has = version > 0 && version == view->plan->version && terms->tier == view->plan->tier &&
               terms->interval == (enum interval)view->row.interval && !view->has_pending_change;
    return OK;
}

static struct err bill(const struct app *app, struct tx *tx, const struct contract_terms *terms,
                       const struct subscription_view *view, struct contract_bill *ret_bill) {
    struct change_expected expected;
    struct plan plan = contract_plan(app->catalogue, terms, 0);
    const struct planned_change change = {
        .plan = &plan,
        .interval = terms->interval,
        .price = terms->amount,
        .is_now = true,
        .begins_period = true,
    };
    TRY(change_expect(tx, view, &change, contract_now(tx), &expected));
    *ret_bill = (struct contract_bill){
        .is_known = expected.is_known,
        .price = terms->amount,
        .unused = money_of(expected.total - terms->amount.minor, terms->amount.currency),
        .total = money_of(expected.total, terms->amount.currency),
    };
    check(!expected.is_known || ret_bill->unused.minor <= 0);
    return OK;
}

static struct err is_amending(struct tx *tx, const struct contract_row *row, bool *ret_is) {
    struct contract_row before;
    *ret_is = false;
    if (row->amends.len == 0) {
        return OK;
    }
    TRY(contract_read(tx, STR(""), row->amends, &before, ret_is));
    *ret_is = *ret_is && before.status == (int)CONTRACT_ACTIVE;
    return OK;
}

struct err contract_bill_now(struct app *app, struct tx *tx, const struct contract_row *row,
                             struct contract_bill *ret_bill) {
    struct contract_terms terms;
    struct subscription_view view;
    bool is_found = false;
    bool has_it = false;
    *ret_bill = (struct contract_bill){.is_known = false};
    TRY(is_amending(tx, row, &is_found));
    if (!is_found) {
        return OK;
    }
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    if (terms.has_start && instant_is_before(contract_now(tx), terms.starts_at)) {
        return OK;
    }
    TRY(subscription_view_read(app, tx, row->user_id, &view, &is_found));
    if (!is_found) {
        return OK;
    }
    TRY(has_already(app, tx, &terms, &view, &has_it));
    if (!has_it) {
        return bill(app, tx, &terms, &view, ret_bill);
    }
    struct money nothing = money_zero(terms.amount.currency);
    *ret_bill = (struct contract_bill){true, nothing, nothing, nothing};
    return OK;
}
