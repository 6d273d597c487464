#include "core/correction.h"

#include "base/check.h"
#include "core/money.h"

const char *correction_status_name(enum correction_status status) {
    static const char *const names[CORRECTION_STATUS_COUNT] = {"quoted", "working", "done",
                                                               "stopped"};
    check((unsigned)status < CORRECTION_STATUS_COUNT);
    return names[status];
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static bool is_in_range(int64_t amount) {
    return amount >= -MONEY_MINOR_MAX && amount <= MONEY_MINOR_MAX;
}

static bool can_be_settled(const struct correction_case *of) {
    bool is_sane = is_in_range(of->total) && is_in_range(of->new_total) &&
                   is_in_range(of->balance) && of->due >= 0 && of->paid >= 0 && of->new_total >= 0;
    if (!is_sane || of->total <= 0) {
        return false;
    }
    if (of->status == INVOICE_OPEN) {
        return of->paid == 0 && of->due > 0 && of->due <= of->total;
    }
    return of->status == INVOICE_PAID;
}

bool correction_settle(const struct correction_case *of, struct correction_sums *ret_sums) {
    check(of != NULL);
    check(ret_sums != NULL);
    if (!can_be_settled(of)) {
        return false;
    }
    int64_t less = of->total > of->new_total ? of->total - of->new_total : 0;
    struct correction_sums sums = {.refunded = 0};
    if (of->status == INVOICE_PAID) {
        sums.refunded = least(less, of->paid);
        sums.credited = of->total - sums.refunded;
    } else { /* what is still owed is owed no more; what the balance had paid comes back to it */
        sums.credited = of->total - of->due;
    }
    int64_t owed = of->new_total + of->balance - sums.credited;
    sums.due = owed > 0 ? owed : 0;
    sums.balance = owed > 0 ? 0 : owed;
    check(sums.refunded >= 0);
    check(sums.credited >= 0);
    check(sums.refunded <= of->total);
    check(sums.due >= 0);
    check(sums.balance <= 0);
    check((sums.due == 0 || sums.balance == 0));
    *ret_sums = sums;
    return true;
}
