/* Taking, checking, recording, releasing: what may run on any thread at any time.
 *
 * Why no sum passes the hard limit. A take reads the used word, then settings and grace, decides,
 * and replaces the used word by compare-and-swap. The word carries level, settings version and
 * period, so that the swap succeeds only if none of the three has changed since it was read: the
 * decision was made about exactly the level it adds to. Every other change of the level goes
 * through the same word. (A word that changed and changed back to the same bits is the same level
 * under the same version in the same period: nothing that the decision rested on is different. The
 * version's two bits come round after four puts of one customer within one take.)
 *
 * Why a roll-over is safe. There is no roll-over: the period's number is in the used word. The
 * first to count in a new period swaps {old period, level} for {new period, its amount}; all others
 * who read the old word fail and look again. Those who only look see a level of zero without
 * writing. Grace and notices bear the number of their period too and end with it unseen. A thread
 * that reads its clock before the boundary and counts after it finds a word from the future and
 * counts there: nothing is counted twice or lost, and the new period's limit holds for it.
 *
 * Why nobody waits. Each loop goes round only because another call's swap succeeded. */
#include "base/check.h"
#include "gate/gate_outcome.h"
#include "gate/gate_told.h"

/* --- the watch --- */

static bool swap_word(_Atomic uint64_t *word, uint64_t *seen, struct stamped next) {
    return atomic_compare_exchange_strong_explicit(word, seen, stamped_pack(next),
                                                   memory_order_acq_rel, memory_order_acquire);
}

static bool swap_grace(struct gate_entry *entry, struct gate_view *view,
                       struct gate_outcome *outcome, struct limit_watch before,
                       struct limit_watch next) {
    if (before.has_grace == next.has_grace &&
        (!next.has_grace || instant_equal(before.grace_ends_at, next.grace_ends_at))) {
        return true;
    }
    int64_t value = next.has_grace ? next.grace_ends_at.ms : STAMPED_NONE;
    if (!swap_word(&entry->grace_ends_at, &view->grace_word,
                   (struct stamped){view->stamp, value})) {
        return false;
    }
    outcome->grace_started |= next.has_grace;
    outcome->watch_changed = true;
    return true;
}

static bool swap_settled(struct gate_entry *entry, struct gate_view *view,
                         struct gate_outcome *outcome, struct limit_watch before,
                         struct limit_watch next) {
    if (before.is_settling == next.is_settling) {
        return true;
    }
    int64_t value = next.is_settling ? next.settled_since.ms : STAMPED_NONE;
    if (!swap_word(&entry->settled_or_leased, &view->settled_or_leased_word,
                   (struct stamped){view->stamp, value})) {
        return false;
    }
    outcome->watch_changed = true;
    return true;
}

/* A put has stored its watch, and is about to store its version: its watch stays. */
static bool is_overtaken(const struct gate_view *view) {
    unsigned version = stamp_version(view->stamp);
    return stamp_version(stamped_unpack(view->grace_word).stamp) != version ||
           stamp_version(stamped_unpack(view->settled_or_leased_word).stamp) != version ||
           stamp_version(stamped_unpack(view->notices_word).stamp) != version;
}

/* Brings the watch up to the level as it now stands. The two words are swapped one by one, so
 * after a change it looks again and goes on until what it sees needs none: the last call to change
 * the level therefore leaves a watch that fits it. What was told stays as it is: gate_told.h. The
 * outcome keeps the level and the period that this call counted in, whatever others have done to
 * them since. */
static void step_watch(struct gate_entry *entry, struct gate_outcome *outcome,
                       enum limit_cause cause) {
    struct gate_view view = outcome->view;
    for (;;) {
        struct limit_watch before = view.query.watch;
        struct limit_watch next = limit_step(&view.query, cause, &outcome->notices);
        bool is_same = before.has_grace == next.has_grace && before.is_settling == next.is_settling;
        if (is_same || is_overtaken(&view)) {
            outcome->watch_changed |= next.sent != before.sent;
            break;
        }
        if (swap_grace(entry, &view, outcome, before, next)) {
            (void)swap_settled(entry, &view, outcome, before, next);
        }
        gate_entry_look(entry, view.query.now, &view);
    }
    if (view.stamp == outcome->view.stamp) {
        outcome->view.query.watch = view.query.watch;
    }
}

/* --- the level --- */

bool gate_swap_level(struct gate_entry *entry, struct gate_view *view, int64_t used) {
    uint64_t next = stamped_pack((struct stamped){view->stamp, used});
    if (!atomic_compare_exchange_strong_explicit(&entry->used, &view->used_word, next,
                                                 memory_order_acq_rel, memory_order_acquire)) {
        gate_entry_look(entry, view->query.now, view);
        return false;
    }
    view->used_word = next;
    view->used = used;
    view->query.used = quantity_of(used - view->query.leased.amount);
    return true;
}

struct limit_decision gate_decide(struct gate_view *view, struct quantity amount) {
    view->query.amount = amount;
    struct limit_decision decision = limit_decide(&view->query);
    if (decision.is_allowed && view->used + amount.amount > GATE_USED_MAX) {
        /* Only where no limit holds it: the counter itself is full. */
        decision.is_allowed = false;
        decision.denial = LIMIT_DENIAL_HARD_LIMIT;
        decision.state = LIMIT_STATE_BLOCKED;
    }
    return decision;
}

struct gate_verdict gate_verdict_of(const struct gate_outcome *outcome) {
    const struct gate_view *view = &outcome->view;
    const struct limit_decision *decision = &outcome->decision;
    return (struct gate_verdict){
        .is_allowed = decision->is_allowed,
        .denial = decision->denial,
        .state = decision->state,
        .remedies = decision->remedies,
        .counted = quantity_of(outcome->counted),
        .used = view->query.used,
        .leased = view->query.leased,
        .limit = view->query.limit,
        .is_bounded = decision->is_bounded,
        .hard_limit = decision->is_bounded ? limit_hard(view->query.limit) : quantity_of(0),
        .remaining = decision->remaining,
        .allowance = decision->allowance,
        .period = view->period,
        .has_grace = decision->has_grace,
        .grace_ends_at = decision->grace_ends_at,
        .watch_changed = outcome->watch_changed,
        .grace_started = outcome->grace_started,
        .watch = view->query.watch,
        .notices = outcome->notices,
        .is_late = outcome->is_late,
    };
}

/* Below the warning level, with nothing to remember, a step would change nothing. */
static bool is_quiet(const struct gate_outcome *outcome) {
    struct limit_watch watch = outcome->view.query.watch;
    return outcome->decision.state == LIMIT_STATE_OK && !watch.has_grace && watch.sent == 0;
}

struct gate_verdict gate_verdict_after(struct gate_entry *entry, struct gate_outcome *outcome) {
    outcome->decision = gate_decide(&outcome->view, quantity_of(0));
    if (!outcome->is_late && !is_quiet(outcome)) {
        step_watch(entry, outcome, LIMIT_CAUSE_USED);
        outcome->decision = gate_decide(&outcome->view, quantity_of(0));
    }
    outcome->decision.is_allowed = true;
    outcome->decision.denial = LIMIT_DENIAL_NONE;
    outcome->decision.remedies = 0;
    return gate_verdict_of(outcome);
}

/* --- the four --- */

struct gate_verdict gate_check(struct gate_handle handle, enum metric metric,
                               struct quantity amount, struct instant now) {
    check(amount.amount >= 0 && amount.amount <= LIMIT_AMOUNT);
    struct gate_outcome outcome = {0};
    gate_entry_look(gate_entry_of(handle, metric), now, &outcome.view);
    outcome.decision = gate_decide(&outcome.view, amount);
    return gate_verdict_of(&outcome);
}

/* Denied only because of what is out on lease, and may yet come back: nobody is blocked by that. */
static bool is_held_by_leases(const struct gate_view *view) {
    struct limit_query query = view->query;
    query.leased = quantity_of(0);
    return view->query.leased.amount > 0 && limit_decide(&query).is_allowed;
}

struct gate_verdict gate_take(struct gate_handle handle, enum metric metric, struct quantity amount,
                              struct instant now) {
    check(amount.amount >= 0 && amount.amount <= LIMIT_AMOUNT);
    struct gate_entry *entry = gate_entry_of(handle, metric);
    struct gate_outcome outcome = {0};
    gate_entry_look(entry, now, &outcome.view);
    for (;;) {
        outcome.decision = gate_decide(&outcome.view, amount);
        if (!outcome.decision.is_allowed) {
            if (!is_held_by_leases(&outcome.view)) {
                step_watch(entry, &outcome, LIMIT_CAUSE_DENIED);
            }
            return gate_verdict_of(&outcome);
        }
        if (gate_swap_level(entry, &outcome.view, outcome.view.used + amount.amount)) {
            outcome.counted = amount.amount;
            return gate_verdict_after(entry, &outcome);
        }
    }
}

static bool is_over(const struct gate_view *view, struct instant time) {
    return view->query.kind == METRIC_COUNTER && instant_is_before(time, view->period.start);
}

struct gate_verdict gate_record(struct gate_handle handle, const struct gate_use *use,
                                struct instant now) {
    int64_t value = use->value.amount;
    check(value >= -LIMIT_AMOUNT && value <= LIMIT_AMOUNT);
    check(!use->is_set || metric_kind(use->metric) == METRIC_GAUGE);
    struct gate_entry *entry = gate_entry_of(handle, use->metric);
    struct gate_outcome outcome = {0};
    gate_entry_look(entry, now, &outcome.view);
    for (;;) {
        int64_t before = outcome.view.used;
        if (is_over(&outcome.view, use->time)) {
            outcome.is_late = true;
            return gate_verdict_after(entry, &outcome);
        }
        int64_t used = gate_level(use->is_set ? value : before + value);
        if (gate_swap_level(entry, &outcome.view, used)) {
            outcome.counted = used - before;
            return gate_verdict_after(entry, &outcome);
        }
    }
}

struct gate_verdict gate_release(struct gate_handle handle, const struct gate_use *use,
                                 struct instant now) {
    int64_t value = use->value.amount;
    check(value >= 0 && value <= LIMIT_AMOUNT && !use->is_set);
    struct gate_entry *entry = gate_entry_of(handle, use->metric);
    struct gate_outcome outcome = {0};
    gate_entry_look(entry, now, &outcome.view);
    for (;;) {
        int64_t before = outcome.view.query.used.amount > 0 ? outcome.view.query.used.amount : 0;
        int64_t given = value < before ? value : before;
        if (is_over(&outcome.view, use->time)) {
            outcome.is_late = true;
            return gate_verdict_after(entry, &outcome);
        }
        if (given == 0 || gate_swap_level(entry, &outcome.view, outcome.view.used - given)) {
            outcome.counted = -given;
            return gate_verdict_after(entry, &outcome);
        }
    }
}

void gate_set_told(struct gate_handle handle, const struct gate_told *told, struct instant now) {
    struct gate_entry *entry = gate_entry_of(handle, told->metric);
    struct gate_view view;
    gate_entry_look(entry, now, &view);
    if (view.query.kind == METRIC_COUNTER &&
        !instant_equal(view.period.start, told->period_start)) {
        return; /* what was told was of the period before */
    }
    struct stamped word = {view.stamp, (int64_t)told->notices};
    atomic_store_explicit(&entry->notices, (uint32_t)stamped_pack(word), memory_order_release);
}

void gate_snapshot(struct gate_handle handle, struct instant now,
                   struct gate_verdict ret_verdicts[METRIC_COUNT]) {
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        ret_verdicts[i] = gate_check(handle, (enum metric)i, quantity_of(0), now);
    }
}
