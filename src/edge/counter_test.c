/* Guards what a counter promises: threads never take more than was put in, nothing that was used is
 * missed by the marks of what has changed, and wiped memory allows nothing. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/testing.h"
#include "edge/counter.h"

enum { THREADS = 4, ROUNDS = 200000, COUNTERS = 3 };

struct desk {
    struct edge_block block;
    struct edge_counter *counters;
    struct edge_shared shared;
    _Atomic int64_t taken[COUNTERS], recorded[COUNTERS];
    _Atomic int running;
};

static struct desk *desk_with(int64_t left) {
    struct desk *desk = aligned_alloc(EDGE_BLOCK_BYTES, 2 * sizeof(struct edge_block));
    assert_non_null(desk);
    static_assert(sizeof *desk <= 2 * sizeof(struct edge_block), "whole pages are allocated");
    memset(desk, 0, sizeof *desk);
    desk->counters = desk->block.customers[EDGE_BLOCK - 1].counters;
    for (int i = 0; i < COUNTERS; i++) {
        struct edge_counter *counter = &desk->counters[i];
        counter->shared = &desk->shared;
        counter->standing = TURNPIKE_LEASE_SPENT;
        counter->issued = left;
        counter->word = (uint64_t)left << EDGE_FLAG_BITS;
    }
    return desk;
}

/* Which of the counters have a mark; takes the marks away. */
static unsigned marked(struct desk *desk) {
    uint64_t word = __atomic_exchange_n(&desk->block.marks[EDGE_BLOCK - 1], 0, __ATOMIC_SEQ_CST);
    uint8_t bytes[EDGE_LINES];
    memcpy(bytes, &word, sizeof bytes);
    unsigned bits = 0;
    for (unsigned i = 0; i < EDGE_LINES; i++) {
        bits |= (unsigned)bytes[i] << i;
    }
    return bits;
}

static void takes_what_is_left(void **state) {
    (void)state;
    struct desk *desk = desk_with(5);
    struct edge_counter *counter = desk->counters;
    assert_true(edge_counter_take(counter, 3).is_allowed);
    assert_int_equal(edge_counter_take(counter, 3).reason, TURNPIKE_LEASE_SPENT);
    assert_int_equal(counter->wanted, 3);
    assert_int_equal(edge_counter_take(counter, 2).reason, TURNPIKE_WITHIN_LEASE);
    assert_false(edge_counter_check(counter, 1).is_allowed);
    assert_int_equal(marked(desk), 1);
    assert_int_equal(marked(desk), 0);
    edge_counter_record(&desk->counters[2], 1);
    assert_int_equal(marked(desk), 4);
    free(desk);
}

static void gives_back_no_more_than_was_used(void **state) {
    (void)state;
    struct desk *desk = desk_with(5);
    struct edge_counter *counter = desk->counters;
    assert_int_equal(edge_counter_release(counter, 1), 0);
    assert_true(edge_counter_take(counter, 4).is_allowed);
    assert_int_equal(edge_counter_release(counter, 3), 3);
    assert_int_equal(edge_counter_release(counter, 3), 1);
    assert_int_equal(edge_left(counter->word), 5);
    assert_int_equal(counter->released, 4);
    free(desk);
}

static void wiped_memory_allows_nothing(void **state) {
    (void)state;
    struct desk *desk = desk_with(5);
    memset(&desk->block, 0, sizeof desk->block);
    struct edge_counter *counter = desk->counters;
    assert_int_equal(edge_counter_take(counter, 1).reason, TURNPIKE_FORKED);
    assert_int_equal(edge_counter_check(counter, 0).reason, TURNPIKE_FORKED);
    assert_int_equal(edge_counter_release(counter, 1), 0);
    edge_counter_record(counter, 1);
    free(desk);
}

static void the_sort_of_an_allowance_is_told(void **state) {
    (void)state;
    struct desk *desk = desk_with(9);
    desk->counters[0].word |= EDGE_SORT_OPEN;
    desk->counters[1].word |= EDGE_SORT_EMERGENCY;
    assert_int_equal(edge_counter_take(&desk->counters[0], 1).reason, TURNPIKE_OPEN);
    assert_int_equal(edge_counter_take(&desk->counters[1], 1).reason, TURNPIKE_EMERGENCY);
    assert_int_equal(edge_counter_check(&desk->counters[2], 9).reason, TURNPIKE_WITHIN_LEASE);
    free(desk);
}

/* A host in another language calls into the library; what is compiled into this test is the other
 * one. Any amount and metric may come to either. */
static void called_it_is_the_same_take(void **state) {
    (void)state;
    struct turnpike_verdict (*volatile called)(struct turnpike_customer *, enum turnpike_metric,
                                               int64_t) = turnpike_take;
    struct desk *desk = desk_with(5);
    struct turnpike_customer *ada = &desk->block.customers[EDGE_BLOCK - 1];
    const struct {
        int metric;
        int64_t amount;
        enum turnpike_reason reason;
    } rows[] = {
        {0, 0, TURNPIKE_WITHIN_LEASE},
        {0, 2, TURNPIKE_WITHIN_LEASE},
        {0, 6, TURNPIKE_LEASE_SPENT},
        {0, -1, TURNPIKE_BAD_AMOUNT},
        {0, INT64_MIN, TURNPIKE_BAD_AMOUNT},
        {0, TURNPIKE_AMOUNT_MAX, TURNPIKE_LEASE_SPENT},
        {0, TURNPIKE_AMOUNT_MAX + 1, TURNPIKE_BAD_AMOUNT},
        {TURNPIKE_METRICS, 1, TURNPIKE_BAD_AMOUNT},
        {-1, 1, TURNPIKE_BAD_AMOUNT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum turnpike_metric metric = (enum turnpike_metric)rows[i].metric;
        assert_int_equal(called(ada, metric, rows[i].amount).reason, rows[i].reason);
        assert_int_equal(turnpike_take(ada, metric, rows[i].amount).reason, rows[i].reason);
    }
    assert_int_equal(edge_left(desk->counters[0].word), 1);
    assert_int_equal(marked(desk), 1);
    free(desk);
}

static void *spend(void *context) {
    struct desk *desk = context;
    for (int i = 0; i < ROUNDS; i++) {
        int k = i % COUNTERS;
        if (edge_counter_take(&desk->counters[k], 2).is_allowed) {
            desk->taken[k] += 2;
        }
        if (i % 5 == 0) {
            desk->taken[k] -= edge_counter_release(&desk->counters[k], 1);
        }
        if (i % 7 == 0) {
            edge_counter_record(&desk->counters[k], 3);
            desk->recorded[k] += 3;
        }
    }
    desk->running--;
    return NULL;
}

/* Another thread looks all the while, as the node does: after the last look the figures that it has
 * seen are all there is. */
static void threads_lose_nothing(void **state) {
    (void)state;
    int64_t left = (int64_t)ROUNDS * 2;
    struct desk *desk = desk_with(left);
    pthread_t threads[THREADS];
    desk->running = THREADS;
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, spend, desk), 0);
    }
    int64_t seen[COUNTERS] = {0};
    bool is_last;
    do {
        is_last = desk->running == 0;
        unsigned bits = marked(desk);
        for (int k = 0; k < COUNTERS; k++) {
            struct edge_counter *counter = &desk->counters[k];
            if ((bits >> k & 1U) != 0) {
                seen[k] = counter->issued - edge_left(counter->word) + counter->recorded;
            }
        }
    } while (!is_last);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int k = 0; k < COUNTERS; k++) {
        assert_true(desk->taken[k] <= left);
        assert_int_equal(desk->taken[k], left - edge_left(desk->counters[k].word));
        assert_int_equal(seen[k], desk->taken[k] + desk->recorded[k]);
    }
    free(desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_left),
        cmocka_unit_test(gives_back_no_more_than_was_used),
        cmocka_unit_test(wiped_memory_allows_nothing),
        cmocka_unit_test(the_sort_of_an_allowance_is_told),
        cmocka_unit_test(called_it_is_the_same_take),
        cmocka_unit_test(threads_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
