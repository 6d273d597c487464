#include "edge/counter.h"

static enum turnpike_reason counter_standing(struct edge_counter *counter) {
    return (enum turnpike_reason)atomic_load_explicit(&counter->standing, memory_order_relaxed);
}

static bool spend_budget(struct edge_shared *shared, int64_t amount) {
    uint64_t budget = atomic_load_explicit(&shared->unknown_budget, memory_order_relaxed);
    while (budget >= (uint64_t)amount && budget > 0) {
        if (atomic_compare_exchange_weak_explicit(&shared->unknown_budget, &budget,
                                                  budget - (uint64_t)amount, memory_order_relaxed,
                                                  memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* Tells the node what would have been enough. */
static void ask_for(struct edge_counter *counter, int64_t amount) {
    int64_t wanted = atomic_load_explicit(&counter->wanted, memory_order_relaxed);
    while (wanted < amount &&
           !atomic_compare_exchange_weak_explicit(&counter->wanted, &wanted, amount,
                                                  memory_order_relaxed, memory_order_relaxed)) {
    }
    edge_counter_mark(counter);
}

struct turnpike_verdict edge_counter_short(struct edge_counter *counter, int64_t amount) {
    enum turnpike_reason standing = counter_standing(counter);
    if (standing == TURNPIKE_FORKED || standing == TURNPIKE_CLOSED) {
        return (struct turnpike_verdict){false, standing};
    }
    if (standing == TURNPIKE_OPEN_UNBOUNDED) {
        edge_counter_record(counter, amount);
        return (struct turnpike_verdict){true, standing};
    }
    if (standing == TURNPIKE_NOT_LEARNT && spend_budget(counter->shared, amount)) {
        edge_counter_record(counter, amount);
        return (struct turnpike_verdict){true, TURNPIKE_UNKNOWN_BUDGET};
    }
    ask_for(counter, amount);
    return (struct turnpike_verdict){false, standing};
}

struct turnpike_verdict edge_counter_check(struct edge_counter *counter, int64_t amount) {
    uint64_t word = atomic_load_explicit(&counter->word, memory_order_relaxed);
    if (word >= (uint64_t)amount << EDGE_FLAG_BITS && word > EDGE_FLAG_MASK) {
        unsigned sort = (unsigned)(word & EDGE_SORT_MASK);
        return (struct turnpike_verdict){true, (enum turnpike_reason)(1U + sort)};
    }
    enum turnpike_reason standing = counter_standing(counter);
    if (standing == TURNPIKE_FORKED || standing == TURNPIKE_CLOSED) {
        return (struct turnpike_verdict){false, standing};
    }
    if (standing == TURNPIKE_OPEN_UNBOUNDED) {
        return (struct turnpike_verdict){true, standing};
    }
    uint64_t budget = atomic_load_explicit(&counter->shared->unknown_budget, memory_order_relaxed);
    if (standing == TURNPIKE_NOT_LEARNT && budget > 0 && budget >= (uint64_t)amount) {
        return (struct turnpike_verdict){true, TURNPIKE_UNKNOWN_BUDGET};
    }
    ask_for(counter, amount);
    return (struct turnpike_verdict){false, standing};
}

void edge_counter_record(struct edge_counter *counter, int64_t amount) {
    atomic_fetch_add(&counter->recorded, amount);
    edge_counter_mark(counter);
}

/* Never more than issued - left, which is what this process has used in this period. A new period
 * begins with issued at zero and then another stamp in the word, so that a release that has read
 * the old word either sees nothing to give back or fails to swap. */
int64_t edge_counter_release(struct edge_counter *counter, int64_t amount) {
    uint64_t word = atomic_load_explicit(&counter->word, memory_order_acquire);
    int64_t given;
    do {
        int64_t issued = atomic_load_explicit(&counter->issued, memory_order_relaxed);
        int64_t used = issued - edge_left(word);
        given = amount < used ? amount : used;
        if (given <= 0) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak_explicit(&counter->word, &word,
                                                    word + ((uint64_t)given << EDGE_FLAG_BITS),
                                                    memory_order_acq_rel, memory_order_acquire));
    atomic_fetch_add(&counter->released, given);
    edge_counter_mark(counter);
    return given;
}
