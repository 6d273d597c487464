/* A row: what was used of it, what may be spent of it now, and how it ends. */
#include "base/check.h"
#include "edge/node_inside.h"

/* --- the counter's word --- */

/* issued goes up before the word and down after it: what follows from both, that was used, is never
 * seen too small by a release. */
static void word_put(struct edge_counter *counter, int64_t amount) {
    int64_t left = edge_left(atomic_load(&counter->word));
    amount = amount < EDGE_LEFT_MAX - left ? amount : EDGE_LEFT_MAX - left;
    if (amount > 0) {
        atomic_fetch_add(&counter->issued, amount);
        atomic_fetch_add(&counter->word, (uint64_t)amount << EDGE_FLAG_BITS);
    }
}

static int64_t word_take_back(struct edge_counter *counter, int64_t amount) {
    uint64_t word = atomic_load(&counter->word);
    int64_t taken;
    do {
        taken = edge_left(word) < amount ? edge_left(word) : amount;
    } while (!atomic_compare_exchange_weak(&counter->word, &word,
                                           word - ((uint64_t)taken << EDGE_FLAG_BITS)));
    atomic_fetch_sub(&counter->issued, taken);
    return taken;
}

static void word_sort(struct edge_counter *counter, unsigned sort) {
    uint64_t word = atomic_load(&counter->word);
    while ((word & EDGE_SORT_MASK) != sort &&
           !atomic_compare_exchange_weak(&counter->word, &word,
                                         (word & ~(uint64_t)EDGE_SORT_MASK) | sort)) {
    }
}

/* Empties the word under another stamp; what was left. */
static int64_t word_renew(struct edge_counter *counter) {
    uint64_t word = atomic_load(&counter->word);
    uint64_t next;
    do {
        next = (word + EDGE_STAMP_ONE) & EDGE_STAMP_MASK;
    } while (!atomic_compare_exchange_weak(&counter->word, &word, next));
    return edge_left(word);
}

/* --- figures --- */

/* The released are read before the word: a release adds to the word first, so what is taken is
 * never seen too large; that it never goes back is seen to by the most that was seen. */
struct edge_figures edge_row_figures(struct edge_tracker *row) {
    struct edge_counter *counter = row->counter;
    struct edge_figures figures = {.returned = row->returned};
    figures.released = atomic_load(&counter->released) - row->released_before;
    int64_t left = edge_left(atomic_load(&counter->word));
    int64_t taken = atomic_load(&counter->issued) - left + figures.released;
    row->taken = taken > row->taken ? taken : row->taken;
    figures.taken = row->taken;
    figures.recorded = atomic_load(&counter->recorded) - row->recorded_before;
    return figures;
}

int64_t edge_figures_net(struct edge_figures figures) {
    return figures.taken - figures.released + figures.recorded;
}

bool edge_figures_equal(struct edge_figures a, struct edge_figures b) {
    return a.taken == b.taken && a.released == b.released && a.returned == b.returned &&
           a.recorded == b.recorded;
}

/* --- what may be spent --- */

static bool is_bounded_open(const struct edge_node *node, const struct edge_tracker *row) {
    return node->options.policy[row->metric] == TURNPIKE_POLICY_BOUNDED_OPEN;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static enum turnpike_reason row_standing(const struct edge_node *node,
                                         const struct edge_tracker *row) {
    if (node->is_closing) {
        return TURNPIKE_CLOSED;
    }
    if (node->is_away) {
        bool is_open = node->options.policy[row->metric] == TURNPIKE_POLICY_OPEN_UNBOUNDED;
        return is_open ? TURNPIKE_OPEN_UNBOUNDED : TURNPIKE_UNREACHABLE;
    }
    if (row->is_unknown_customer) {
        return TURNPIKE_NO_CUSTOMER;
    }
    if (!row->has_period) {
        return TURNPIKE_NOT_LEARNT;
    }
    if (row->said.denial != TURNPIKE_FORKED) {
        return row->said.denial;
    }
    return row->mode == EDGE_MODE_ASK ? TURNPIKE_ASK : TURNPIKE_LEASE_SPENT;
}

/* How much of `unspent` stays out of the word. What has expired is not spent, but for the reserve
 * while the server is away, which stands to the period's end. */
static int64_t withheld_now(const struct edge_node *node, struct edge_tracker *row, int64_t unspent,
                            uint64_t now_ms) {
    bool may_use_reserve = node->is_away && is_bounded_open(node, row);
    int64_t reserve = least(row->reserve, unspent);
    if (now_ms < row->expires_at_ms) {
        return may_use_reserve ? 0 : reserve;
    }
    return may_use_reserve ? unspent - reserve : unspent;
}

static void spread_leased(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms) {
    struct edge_counter *counter = row->counter;
    int64_t withheld = row->granted - row->returned - atomic_load(&counter->issued);
    int64_t unspent = withheld + edge_left(atomic_load(&counter->word));
    int64_t wanted = withheld_now(node, row, unspent > 0 ? unspent : 0, now_ms);
    bool has_expired = now_ms >= row->expires_at_ms;
    if (withheld < wanted) {
        word_take_back(counter, wanted - withheld);
    } else if (!row->is_cut) { /* once: or the reserve would be filled up from what has expired */
        word_put(counter, withheld - wanted);
    }
    row->is_cut = has_expired && node->is_away;
}

void edge_row_spread(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms) {
    struct edge_counter *counter = row->counter;
    unsigned sort = EDGE_SORT_LEASED;
    if (node->is_closing || (row->has_period && row->mode == EDGE_MODE_ASK)) {
        edge_row_give_back(node, row);
    } else if (row->has_period && row->mode == EDGE_MODE_OPEN) {
        sort = EDGE_SORT_OPEN;
        row->has_credit = true;
        if (edge_left(atomic_load(&counter->word)) < EDGE_LEFT_MAX / 2) {
            word_put(counter, EDGE_LEFT_MAX);
        }
    } else if (row->has_period) {
        if (row->has_credit) { /* it was open: what it gave itself is not the server's */
            word_take_back(counter, EDGE_LEFT_MAX);
            row->has_credit = false;
        }
        spread_leased(node, row, now_ms);
        bool is_emergency = node->is_away && is_bounded_open(node, row);
        sort = is_emergency ? EDGE_SORT_EMERGENCY : EDGE_SORT_LEASED;
    }
    word_sort(counter, sort);
    atomic_store(&counter->standing, (uint32_t)row_standing(node, row));
}

void edge_row_give_back(struct edge_node *node, struct edge_tracker *row) {
    word_take_back(row->counter, EDGE_LEFT_MAX);
    row->has_credit = false;
    int64_t unspent = row->granted - row->returned - atomic_load(&row->counter->issued);
    if (row->has_period && row->mode != EDGE_MODE_OPEN && unspent > 0) {
        row->returned += unspent;
        edge_mark_changed(node, row);
        edge_enqueue(node, row);
        node->is_hurried = true;
    }
}

/* --- the end --- */

/* Empties the counter and forgets the row; its last figures. issued goes to zero before the word
 * changes its stamp (counter.c, release). */
static struct edge_figures row_reset(struct edge_tracker *row) {
    struct edge_counter *counter = row->counter;
    int64_t issued = atomic_exchange(&counter->issued, 0);
    int64_t left = word_renew(counter);
    int64_t released = atomic_load(&counter->released);
    int64_t recorded = atomic_load(&counter->recorded);
    struct edge_figures figures = {.returned = row->returned};
    figures.released = released - row->released_before;
    int64_t taken = issued - left + figures.released;
    figures.taken = taken > row->taken ? taken : row->taken;
    figures.recorded = recorded - row->recorded_before;
    row->released_before = released;
    row->recorded_before = recorded;
    row->has_period = row->is_cut = row->has_run_out = row->has_credit = false;
    row->is_above_grant = false;
    row->granted = row->returned = row->reserve = row->taken = row->rated_used = 0;
    row->sent = row->acked = (struct edge_figures){0};
    row->expires_at_ms = row->renew_at_ms = row->ends_at_ms = EDGE_NEVER;
    row->said.denial = TURNPIKE_FORKED;
    row->refill_below = 0;
    row->mode = EDGE_MODE_LEASE;
    return figures;
}

void edge_row_end(struct edge_node *node, struct edge_tracker *row, bool is_event) {
    struct edge_old old = {.epoch = node->epoch,
                           .customer = row->customer,
                           .metric = row->metric,
                           .has_period = row->has_period,
                           .is_event = is_event || !row->has_period || row->is_above_grant,
                           .period_start = row->period_start,
                           .acked = edge_figures_net(row->acked)};
    struct edge_figures acked = row->acked;
    int64_t ends_at = row->said.details.resets_at_ms;
    bool had_period = row->has_period;
    row->has_ended = had_period && !old.is_event;
    row->ended_period = row->period_start;
    old.figures = row_reset(row);
    old.figures.returned = acked.returned; /* the end gives the rest back */
    old.time =
        had_period && ends_at > 0 && ends_at <= node->server_at ? ends_at - 1 : node->server_at;
    bool is_told = old.is_event ? edge_figures_net(old.figures) <= old.acked
                                : edge_figures_equal(old.figures, acked);
    if (!is_told && !edge_old_add(node, &old)) {
        node->stats.refused++; /* no memory */
    }
    edge_unmark_flushed(node, row, false);
}

void edge_row_drop(struct edge_node *node, struct edge_tracker *row) {
    (void)row_reset(row);
    node->stats.refused++;
    edge_unmark_flushed(node, row, true);
}

/* --- looking --- */

/* An exponential mean that follows in EDGE_RATE_TIME_MS, in integers. */
static void row_rate(struct edge_tracker *row, int64_t used, uint64_t now_ms) {
    uint64_t passed = now_ms - row->rated_at_ms;
    if (row->rated_at_ms == 0 || passed > 3600U * 1000U) {
        passed = 1000;
    }
    if (passed < 50) {
        return;
    }
    int64_t delta = used > row->rated_used ? used - row->rated_used : 0;
    __extension__ typedef __int128 wide;
    wide now_milli = (wide)delta * 1000 * 1000 / (int64_t)passed;
    wide next = ((wide)row->rate_milli * EDGE_RATE_TIME_MS + now_milli * (int64_t)passed) /
                (EDGE_RATE_TIME_MS + (int64_t)passed);
    row->rate_milli = next > INT64_MAX / 1000 ? INT64_MAX / 1000 : (int64_t)next;
    row->rated_used = used;
    row->rated_at_ms = now_ms;
}

void edge_row_look(struct edge_node *node, struct edge_tracker *row, uint64_t now_ms) {
    struct edge_counter *counter = row->counter;
    struct edge_figures figures = edge_row_figures(row);
    row_rate(row, figures.taken - figures.released, now_ms);
    int64_t wanted = atomic_exchange(&counter->wanted, 0);
    row->wanted = wanted > row->wanted ? wanted : row->wanted;
    int64_t left = edge_left(atomic_load(&counter->word));
    bool is_short = !row->has_period || left < row->refill_below || row->wanted > left;
    if (row->has_period && row->mode == EDGE_MODE_OPEN && left < EDGE_LEFT_MAX / 2) {
        edge_row_spread(node, row, now_ms);
    }
    if (!edge_figures_equal(figures, row->acked)) {
        edge_mark_changed(node, row);
        edge_enqueue(node, row);
    }
    if (is_short && row->mode != EDGE_MODE_OPEN) {
        edge_enqueue(node, row);
        if (now_ms >= row->hurry_again_ms) {
            node->is_hurried = true;
            row->hurry_again_ms = now_ms + EDGE_DENIED_AGAIN_MS;
        }
    }
}
