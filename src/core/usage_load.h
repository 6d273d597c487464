/* How heavily something is used over time: the hours of a stretch in order of their load. */
#ifndef CORE_USAGE_LOAD_H
#define CORE_USAGE_LOAD_H

#include <stddef.h>
#include <stdint.h>

/* By nearest rank: at least that share of all hours had no more. All 0 when there are no hours. */
struct usage_load {
    int64_t p50, p95, max;
};
/* Of `hours` hours, of which `count` had these values, in any order, and all others nothing; none
 * is negative. Sorts them; at most `hours` of them. */
struct usage_load usage_load_of(int64_t *values, size_t count, size_t hours);

#endif
