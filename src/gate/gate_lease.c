/* Leases at the gate: what is handed out to be used elsewhere, and what becomes of it.
 *
 * The used word holds what is used and what is out. So a grant is the same compare-and-swap as a
 * take, and used + leased <= hard limit holds by the same argument (gate_use.c). Another word says
 * how much of the level is out; what is left is the use that people see and that states, graces and
 * notices are about.
 *
 * Two words cannot change in one step, so the order matters: what is out is raised before the level
 * is and lowered after it. A call that looks in between sees less use than there is, for a moment,
 * and never more: no notice goes out that nothing justifies. Whoever changed the level brings the
 * watch up to it, so that none is missed either.
 *
 * Both calls are made by the writer; a store that refuses is answered on another thread by undoing
 * them, so the leased word is swapped like every other. */
#include "gate/gate_lease.h"

#include "gate/gate_outcome.h"

/* The word that says how much of the level is out; the view is looked at anew where it was late. */
static void add_leased(struct gate_entry *entry, struct gate_view *view, int64_t amount) {
    for (;;) {
        int64_t leased = view->query.leased.amount + amount;
        struct stamped next = {view->stamp, leased > 0 ? leased : 0};
        if (atomic_compare_exchange_strong_explicit(
                &entry->settled_or_leased, &view->settled_or_leased_word, stamped_pack(next),
                memory_order_acq_rel, memory_order_acquire)) {
            view->settled_or_leased_word = stamped_pack(next);
            view->query.leased = quantity_of(next.value);
            view->query.used = quantity_of(view->used - next.value);
            return;
        }
        gate_entry_look(entry, view->query.now, view);
    }
}

struct gate_verdict gate_grant(struct gate_handle handle, enum metric metric,
                               struct quantity amount, struct instant now) {
    check(amount.amount > 0 && amount.amount <= LIMIT_AMOUNT);
    check(metric_kind(metric) == METRIC_COUNTER);
    struct gate_entry *entry = gate_entry_of(handle, metric);
    struct gate_outcome outcome = {0};
    gate_entry_look(entry, now, &outcome.view);
    for (;;) {
        outcome.decision = gate_decide(&outcome.view, amount);
        if (!outcome.decision.is_allowed) {
            return gate_verdict_of(&outcome);
        }
        int64_t level = outcome.view.used + amount.amount;
        struct gate_view before = outcome.view;
        add_leased(entry, &outcome.view, amount.amount);
        bool is_same = outcome.view.used_word == before.used_word;
        if (is_same && gate_swap_level(entry, &outcome.view, level)) {
            return gate_verdict_after(entry, &outcome);
        }
        add_leased(entry, &outcome.view, -amount.amount);
        gate_entry_look(entry, now, &outcome.view);
    }
}

/* Adds to the level, whatever the limit says. */
static bool add_level(struct gate_entry *entry, struct gate_view *view, int64_t amount) {
    return amount == 0 || gate_swap_level(entry, view, gate_level(view->used + amount));
}

struct gate_verdict gate_settle(struct gate_handle handle, const struct gate_settlement *settlement,
                                struct instant now) {
    int64_t leased = settlement->leased.amount;
    check(metric_kind(settlement->metric) == METRIC_COUNTER);
    check(leased >= -LIMIT_AMOUNT && leased <= LIMIT_AMOUNT);
    struct gate_entry *entry = gate_entry_of(handle, settlement->metric);
    struct gate_outcome outcome = {0};
    gate_entry_look(entry, now, &outcome.view);
    for (bool is_raised = false;;) {
        if (instant_is_before(settlement->period_start, outcome.view.period.start)) {
            outcome.is_late = true; /* and what was raised went with the period's words */
            return gate_verdict_after(entry, &outcome);
        }
        if (outcome.view.query.leased.amount + leased < 0) {
            leased = -outcome.view.query.leased.amount; /* no more goes back than is out */
        }
        if (leased > 0 && !is_raised) {
            add_leased(entry, &outcome.view, leased);
            is_raised = true;
        }
        if (add_level(entry, &outcome.view, settlement->used.amount + leased)) {
            break;
        }
    }
    if (leased < 0) {
        add_leased(entry, &outcome.view, leased);
    }
    outcome.counted = settlement->used.amount;
    return gate_verdict_after(entry, &outcome);
}
