/* Reading and setting one counter; see gate_entry.h. Counting is in gate_use.c. */
#include "gate/gate_entry.h"

#include "base/check.h"

static_assert(GATE_USED_MAX < LIMIT_AMOUNT, "a level is never STAMPED_NONE");
static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2, "words need no lock");

/* --- settings --- */

static uint32_t terms_pack(struct limit limit, enum metric_kind kind) {
    return (uint32_t)limit.kind | (uint32_t)kind << 3 | (uint32_t)limit.soft_limit_percent << 4;
}

static struct limit limit_unpack(uint32_t terms, int64_t amount) {
    return (struct limit){.kind = (enum limit_kind)(terms & 7),
                          .amount = quantity_of(amount),
                          .soft_limit_percent = (int32_t)(terms >> 4)};
}

static enum metric_kind kind_unpack(uint32_t terms) {
    return (enum metric_kind)(terms >> 3 & 1);
}

static struct instant anchor_of(const struct gate_entry *entry) {
    return (struct instant){atomic_load_explicit(&entry->anchor, memory_order_relaxed)};
}

/* --- periods --- */

static void remember_period(struct gate_entry *entry, unsigned version, struct gate_period found) {
    unsigned stamp = stamp_of(version, found.number);
    atomic_store_explicit(&entry->period_start,
                          stamped_pack((struct stamped){stamp, found.period.start.ms}),
                          memory_order_relaxed);
    atomic_store_explicit(&entry->period_end,
                          stamped_pack((struct stamped){stamp, found.period.end.ms}),
                          memory_order_relaxed);
}

static struct gate_period compute_period(struct instant anchor, struct instant at) {
    struct period_number number;
    struct period period = period_find(anchor, INTERVAL_MONTH, at, &number);
    return (struct gate_period){period, (unsigned)number.value & STAMP_PERIOD_MASK};
}

/* The one `steps` after that. */
static struct gate_period later_period(struct instant anchor, struct instant at, unsigned steps) {
    struct period_number number = period_number_containing(anchor, INTERVAL_MONTH, at);
    number.value += steps;
    return (struct gate_period){period_at(anchor, INTERVAL_MONTH, number),
                                (unsigned)number.value & STAMP_PERIOD_MASK};
}

struct gate_period gate_period_of(const struct gate_settings *settings) {
    return compute_period(settings->anchor, settings->now);
}

/* Two threads may store different periods at once; the halves then differ in their stamps, and the
 * next to come computes anew. */
static struct gate_period find_period(struct gate_entry *entry, unsigned version,
                                      struct instant at) {
    struct stamped start =
        stamped_unpack(atomic_load_explicit(&entry->period_start, memory_order_relaxed));
    struct stamped end =
        stamped_unpack(atomic_load_explicit(&entry->period_end, memory_order_relaxed));
    bool is_whole = start.stamp == end.stamp && stamp_version(start.stamp) == version;
    if (is_whole && at.ms >= start.value && at.ms < end.value) {
        return (struct gate_period){{{start.value}, {end.value}}, start.stamp & STAMP_PERIOD_MASK};
    }
    struct gate_period found = compute_period(anchor_of(entry), at);
    if (!is_whole || at.ms >= end.value) {
        remember_period(entry, version, found);
    }
    return found;
}

/* --- looking --- */

/* Of the present period and version; or of the next version, whose put is on its way. */
static bool is_present(unsigned stamp, unsigned present) {
    return stamp == present || stamp_version(stamp) == ((stamp_version(present) + 1) & 3);
}

/* What of the level is leased, and so not used. */
static void look_at_leased(struct gate_view *view) {
    struct stamped leased = stamped_unpack(view->settled_or_leased_word);
    bool is_leased = view->query.kind == METRIC_COUNTER && leased.value > 0 &&
                     is_present(leased.stamp, view->stamp);
    view->query.leased = quantity_of(is_leased ? leased.value : 0);
    view->query.used = quantity_of(view->used - view->query.leased.amount);
}

static void look_at_watch(struct gate_entry *entry, struct gate_view *view) {
    view->grace_word = atomic_load_explicit(&entry->grace_ends_at, memory_order_acquire);
    view->notices_word = atomic_load_explicit(&entry->notices, memory_order_acquire);
    struct stamped grace = stamped_unpack(view->grace_word);
    struct stamped settled = stamped_unpack(view->settled_or_leased_word);
    struct stamped notices = stamped_unpack(view->notices_word);
    struct limit_watch *watch = &view->query.watch;
    *watch = (struct limit_watch){0};
    if (is_present(grace.stamp, view->stamp) && grace.value != STAMPED_NONE) {
        watch->has_grace = true;
        watch->grace_ends_at.ms = grace.value;
    }
    if (watch->has_grace && view->query.kind == METRIC_GAUGE &&
        is_present(settled.stamp, view->stamp) && settled.value != STAMPED_NONE) {
        watch->is_settling = true;
        watch->settled_since.ms = settled.value;
    }
    if (is_present(notices.stamp, view->stamp)) {
        watch->sent = (uint8_t)notices.value;
    }
}

/* The two words as they stood at one moment: a level seen before an amount went back, with the
 * leases as they are after it, would look like use that there never was. */
static void load_level(struct gate_entry *entry, struct gate_view *view) {
    uint64_t again = atomic_load_explicit(&entry->used, memory_order_acquire);
    do {
        view->used_word = again;
        view->settled_or_leased_word =
            atomic_load_explicit(&entry->settled_or_leased, memory_order_acquire);
        again = atomic_load_explicit(&entry->used, memory_order_relaxed);
    } while (again != view->used_word);
}

void gate_entry_look(struct gate_entry *entry, struct instant now, struct gate_view *ret_view) {
    load_level(entry, ret_view);
    struct stamped used = stamped_unpack(ret_view->used_word);
    unsigned version = stamp_version(used.stamp);
    uint32_t terms = atomic_load_explicit(&entry->terms, memory_order_relaxed);
    int64_t limit = atomic_load_explicit(&entry->limit, memory_order_relaxed);
    enum metric_kind kind = kind_unpack(terms);
    struct gate_period found = find_period(entry, version, now);
    unsigned number = kind == METRIC_GAUGE ? 0 : found.number;
    unsigned ahead = (number - used.stamp) & STAMP_PERIOD_MASK;
    unsigned behind = (used.stamp - number) & STAMP_PERIOD_MASK;
    if (ahead != 0 && behind <= STAMP_BEHIND_MAX) {
        /* Others have rolled the counter over: this call's clock was read before, its count comes
         * after. It belongs to the period that has begun. */
        found = later_period(anchor_of(entry), now, behind);
        number = found.number;
        ahead = 0;
        now = instant_later(now, found.period.start);
    }
    /* Member by member: this is the hot path, and a copy right behind its stores would stall. */
    ret_view->stamp = stamp_of(version, number);
    ret_view->used = ahead == 0 ? used.value : 0;
    ret_view->period = found.period;
    ret_view->query.limit = limit_unpack(terms, limit);
    ret_view->query.kind = kind;
    ret_view->query.amount = quantity_of(0);
    ret_view->query.now = now;
    look_at_leased(ret_view);
    look_at_watch(entry, ret_view);
}

/* --- setting --- */

static void store_watch(struct gate_entry *entry, unsigned stamp, struct limit_watch watch) {
    int64_t grace = watch.has_grace ? watch.grace_ends_at.ms : STAMPED_NONE;
    atomic_store_explicit(&entry->grace_ends_at, stamped_pack((struct stamped){stamp, grace}),
                          memory_order_release);
    atomic_store_explicit(&entry->notices,
                          (uint32_t)stamped_pack((struct stamped){stamp, watch.sent}),
                          memory_order_release);
}

/* The settings are stored first and the used word last: until then calls go by the old version, and
 * a call that looked before it and counts after it fails its compare-and-swap and looks again. */
void gate_entry_put(struct gate_entry *entry, enum metric_kind kind,
                    const struct gate_settings *settings, const struct gate_metric_settings *metric,
                    const struct gate_period *present) {
    struct gate_view before = {.used = 0};
    unsigned standing =
        stamped_unpack(atomic_load_explicit(&entry->used, memory_order_acquire)).stamp;
    unsigned version = (stamp_version(standing) + 1) & STAMP_VERSION_MASK;
    unsigned stamp = stamp_of(version, kind == METRIC_GAUGE ? 0 : present->number);
    struct limit_watch watch = metric->watch;
    if (metric->keeps_used) {
        unsigned unsaid = 0;
        gate_entry_look(entry, settings->now, &before);
        enum limit_cause cause = limit_equal(before.query.limit, metric->limit)
                                     ? LIMIT_CAUSE_TIME_PASSED
                                     : LIMIT_CAUSE_LIMIT_CHANGED;
        before.query.limit = metric->limit;
        watch = limit_step(&before.query, cause, &unsaid);
        watch.sent &= (uint8_t)~unsaid; /* left for the next call to say */
    }
    atomic_store_explicit(&entry->anchor, settings->anchor.ms, memory_order_relaxed);
    atomic_store_explicit(&entry->limit, metric->limit.amount.amount, memory_order_relaxed);
    atomic_store_explicit(&entry->terms, terms_pack(metric->limit, kind), memory_order_relaxed);
    remember_period(entry, version, *present);
    store_watch(entry, stamp, watch);
    int64_t leased = metric->keeps_used ? before.query.leased.amount : metric->leased.amount;
    int64_t settled = watch.is_settling ? watch.settled_since.ms : STAMPED_NONE;
    struct stamped other = {stamp, kind == METRIC_GAUGE ? settled : leased};
    atomic_store_explicit(&entry->settled_or_leased, stamped_pack(other), memory_order_release);
    uint64_t word = atomic_load_explicit(&entry->used, memory_order_acquire);
    for (;;) {
        struct stamped found = stamped_unpack(word);
        int64_t kept = found.stamp == before.stamp ? found.value : before.used;
        int64_t used =
            metric->keeps_used ? kept : gate_level(metric->used.amount + metric->leased.amount);
        if (atomic_compare_exchange_weak_explicit(&entry->used, &word,
                                                  stamped_pack((struct stamped){stamp, used}),
                                                  memory_order_release, memory_order_acquire)) {
            return;
        }
    }
}
