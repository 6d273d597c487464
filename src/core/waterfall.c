#include "core/waterfall.h"

#include "base/check.h"

static const char *const names[WATERFALL_KIND_COUNT] = {
    [WATERFALL_LINE] = "line",   [WATERFALL_DISCOUNT] = "discount", [WATERFALL_TAX] = "tax",
    [WATERFALL_OTHER] = "other", [WATERFALL_BALANCE] = "balance",   [WATERFALL_DUE] = "due",
};

const char *waterfall_kind_name(enum waterfall_kind kind) {
    check((size_t)kind < WATERFALL_KIND_COUNT);
    return names[kind];
}

/* One step further; false when it leads out of range. */
static bool step(struct waterfall_step *steps, size_t *count, enum waterfall_kind kind,
                 struct money amount) {
    struct money from = *count == 0 ? money_zero(amount.currency) : steps[*count - 1].to;
    struct waterfall_step *next = &steps[*count];
    *next = (struct waterfall_step){.kind = kind, .amount = amount, .from = from, .to = from};
    if (kind != WATERFALL_LINE && money_is_zero(amount)) {
        return true; /* no step at all */
    }
    *count += 1;
    return money_add(from, amount, &next->to);
}

/* To where the invoice says that it stands here; false when it leads out of range. */
static bool step_to(struct waterfall_step *steps, size_t *count, enum waterfall_kind kind,
                    struct money to) {
    struct money from = *count == 0 ? money_zero(to.currency) : steps[*count - 1].to;
    struct money amount;
    return money_subtract(to, from, &amount) && step(steps, count, kind, amount);
}

size_t waterfall_of(const struct waterfall_sums *sums, struct waterfall_step *ret_steps) {
    size_t count = 0;
    for (size_t i = 0; i < sums->line_count; i++) {
        if (!step(ret_steps, &count, WATERFALL_LINE, sums->lines[i])) {
            return 0;
        }
        ret_steps[count - 1].line = i;
    }
    bool is_in_range = step(ret_steps, &count, WATERFALL_DISCOUNT, money_negate(sums->discount)) &&
                       step(ret_steps, &count, WATERFALL_TAX, sums->tax_added) &&
                       step_to(ret_steps, &count, WATERFALL_OTHER, sums->total) &&
                       step_to(ret_steps, &count, WATERFALL_BALANCE, sums->due);
    if (!is_in_range) {
        return 0;
    }
    check(count == 0 || money_equal(ret_steps[count - 1].to, sums->due));
    ret_steps[count++] = (struct waterfall_step){
        .kind = WATERFALL_DUE,
        .amount = sums->due,
        .from = money_zero(sums->due.currency),
        .to = sums->due,
    };
    return count;
}
