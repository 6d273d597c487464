#include "core/invoice_state.h"

#include "base/check.h"

enum { ANY = -1 };

static const struct {
    const char *name;
    struct invoice_state_wants wants;
} states[INVOICE_STATE_COUNT] = {
    [INVOICE_STANDS_DRAFT] = {"draft", {INVOICE_DRAFT, ANY, ANY, 0}},
    [INVOICE_STANDS_DUE] = {"due", {INVOICE_OPEN, 0, ANY, 0}},
    [INVOICE_STANDS_PAST_DUE] = {"past_due", {INVOICE_OPEN, 1, ANY, 0}},
    [INVOICE_STANDS_PAID] = {"paid", {INVOICE_PAID, ANY, 0, 0}},
    [INVOICE_STANDS_REFUNDED] = {"refunded", {INVOICE_PAID, ANY, 1, 0}},
    [INVOICE_STANDS_CORRECTED] = {"corrected", {ANY, ANY, ANY, 1}},
    [INVOICE_STANDS_VOID] = {"void", {INVOICE_VOID, ANY, ANY, 0}},
    [INVOICE_STANDS_WRITTEN_OFF] = {"written_off", {INVOICE_UNCOLLECTIBLE, ANY, ANY, 0}},
};

const char *invoice_state_name(enum invoice_state state) {
    check((unsigned)state < INVOICE_STATE_COUNT);
    return states[state].name;
}

struct invoice_state_wants invoice_state_wants(enum invoice_state state) {
    check((unsigned)state < INVOICE_STATE_COUNT);
    return states[state].wants;
}

static bool has(int wanted, int is) {
    return wanted == ANY || wanted == is;
}

enum invoice_state invoice_state_of(struct invoice_facts facts) {
    for (int state = 0; state < INVOICE_STATE_COUNT; state++) {
        const struct invoice_state_wants *wants = &states[state].wants;
        if (has(wants->status, (int)facts.status) && has(wants->late, facts.is_late) &&
            has(wants->given_back, facts.is_given_back) &&
            has(wants->corrected, facts.is_corrected)) {
            return (enum invoice_state)state;
        }
    }
    check(false); /* the test beside this goes through all facts */
    return INVOICE_STANDS_VOID;
}
