#include "core/usage_load.h"

#include "base/check.h"

enum { PERCENT = 100 };

/* Sifts the value at `at` down in a heap of `count`, the largest on top. */
static void sift(int64_t *values, size_t at, size_t count) {
    while (2 * at + 1 < count) {
        size_t child = 2 * at + 1;
        if (child + 1 < count && values[child + 1] > values[child]) {
            child++;
        }
        if (values[at] >= values[child]) {
            return;
        }
        int64_t value = values[at];
        values[at] = values[child];
        values[child] = value;
        at = child;
    }
}

/* Heap sort: no memory, no worst case, and no call back. */
static void sort(int64_t *values, size_t count) {
    for (size_t at = count / 2; at > 0; at--) {
        sift(values, at - 1, count);
    }
    for (size_t end = count; end > 1; end--) {
        int64_t value = values[0];
        values[0] = values[end - 1];
        values[end - 1] = value;
        sift(values, 0, end - 1);
    }
}

/* The value of that rank, where the first hours had nothing. */
static int64_t at_percent(const int64_t *values, size_t count, size_t hours, size_t percent) {
    size_t rank = (hours * percent + PERCENT - 1) / PERCENT;
    size_t idle = hours - count;
    check(rank >= 1);
    check(rank <= hours);
    return rank <= idle ? 0 : values[rank - idle - 1];
}

struct usage_load usage_load_of(int64_t *values, size_t count, size_t hours) {
    check(count <= hours);
    check(hours <= SIZE_MAX / PERCENT - 1);
    if (hours == 0) {
        return (struct usage_load){0, 0, 0};
    }
    sort(values, count);
    check(count == 0 || values[0] >= 0);
    struct usage_load load = {at_percent(values, count, hours, PERCENT / 2),
                              at_percent(values, count, hours, PERCENT - 5),
                              at_percent(values, count, hours, PERCENT)};
    check(load.p50 <= load.p95);
    check(load.p95 <= load.max);
    return load;
}
