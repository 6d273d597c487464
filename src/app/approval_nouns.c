/* What needs a second person, and who brings it. */
#include "app/approval.h"

#include "app/catalogue_publish.h"
#include "app/contract.h"
#include "app/dunning_approval.h"
#include "app/erasure.h"
#include "app/money_back_approval.h"
#include "app/price_change.h"
#include "app/retention.h"
#include "base/check.h"

static const struct approval_noun nouns[APPROVAL_ACTION_COUNT] = {
    [APPROVAL_REFUND] = {"refund.create", money_back_describe, money_back_execute, NULL, NULL},
    [APPROVAL_CREDIT_NOTE] = {"credit_note.create", money_back_describe, money_back_execute, NULL,
                              NULL},
    [APPROVAL_WRITE_OFF] = {"dunning.write_off", dunning_describe, dunning_execute, NULL, NULL},
    [APPROVAL_CONTRACT] = {"contract.offer", contract_describe, contract_execute,
                           contract_not_approved, "purchaseOrder"},
    [APPROVAL_CATALOGUE] = {"catalogue.publish", catalogue_describe, catalogue_execute, NULL, NULL},
    [APPROVAL_ERASURE] = {"privacy.erase", erasure_describe, erasure_execute, NULL, NULL},
    [APPROVAL_PURGE] = {"retention.purge", retention_describe, retention_execute, NULL, NULL},
    [APPROVAL_PRICE_CHANGE] = {"price_change.publish", price_change_describe, price_change_execute,
                               NULL, NULL},
};

const struct approval_noun *approval_noun_of(enum approval_action action) {
    check(action < APPROVAL_ACTION_COUNT);
    return nouns[action].acts_as == NULL ? NULL : &nouns[action];
}
