/* turnpike_take(), compiled into the host; turnpike.h includes it. A call costs as much again.
 *
 * What an allowed take does is here: a load, a comparison, a compare-and-swap, and the store of a
 * byte that tells the library to look at this counter. Everything else is turnpike_take_short_1().
 * How a counter lies in memory is the library's own and may change: that function's name changes
 * with it, so that a host which was compiled for another layout does not start. A host that is not
 * C or C++ calls turnpike_take() in the library, which is the same code. */
#ifndef TURNPIKE_TAKE_H
#define TURNPIKE_TAKE_H

#include "turnpike_types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct turnpike_customer;

/* A counter is a line, a customer's lie one after another in the order of the metrics, and each
 * line of a block has a mark, a byte, behind the lines. A line begins with the word that takes
 * compete for: what is left, above its flags. */
enum {
    TURNPIKE_LINE_BYTES = 64,
    TURNPIKE_BLOCK_BYTES = 2 * 1024 * 1024, /* and aligned to it */
    TURNPIKE_MARKS_AT = 4032 * 8 * TURNPIKE_LINE_BYTES,
    TURNPIKE_FLAG_BITS = 10,
    TURNPIKE_SORT_MASK = 3, /* of the flags: which TURNPIKE_WITHIN_LEASE and following it is */
};

/* Where the mark of a line, a `char *`, is. */
#define TURNPIKE_MARK_OF(line)                                                                     \
    ((line) - (uintptr_t)(line) % TURNPIKE_BLOCK_BYTES + TURNPIKE_MARKS_AT +                       \
     (uintptr_t)(line) % TURNPIKE_BLOCK_BYTES / TURNPIKE_LINE_BYTES)

/* What is not allowed from the word alone: 0 or no amount at all, no such metric, too little left.
 */
struct turnpike_verdict turnpike_take_short_1(struct turnpike_customer *customer,
                                              enum turnpike_metric metric, int64_t amount);

/* Counts all of `amount` and allows it, or counts nothing. */
inline struct turnpike_verdict turnpike_take(struct turnpike_customer *customer,
                                             enum turnpike_metric metric, int64_t amount) {
    if (__builtin_expect((unsigned)metric < TURNPIKE_METRICS &&
                             (uint64_t)amount - 1 < (uint64_t)TURNPIKE_AMOUNT_MAX,
                         1)) {
        char *line = (char *)customer + (size_t)metric * TURNPIKE_LINE_BYTES;
        uint64_t *word = (uint64_t *)(void *)line;
        uint64_t need = (uint64_t)amount << TURNPIKE_FLAG_BITS;
        uint64_t read = __atomic_load_n(word, __ATOMIC_RELAXED);
        while (read >= need) {
            if (__atomic_compare_exchange_n(word, &read, read - need, true, __ATOMIC_ACQ_REL,
                                            __ATOMIC_RELAXED)) {
                unsigned sort = (unsigned)(read & TURNPIKE_SORT_MASK);
                struct turnpike_verdict verdict = {
                    true, (enum turnpike_reason)(TURNPIKE_WITHIN_LEASE + sort)};
                __atomic_store_n(TURNPIKE_MARK_OF(line), (char)1, __ATOMIC_RELEASE);
                return verdict;
            }
        }
    }
    return turnpike_take_short_1(customer, metric, amount);
}

#ifdef __cplusplus
}
#endif

#endif
