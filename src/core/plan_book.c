#include "core/plan_book.h"

#include "base/check.h"

static_assert(PLAN_BOOK_FIRST <= INT32_MAX - PLAN_BOOK_MAX, "every version is an int32_t");

bool plan_version_is_private(int64_t version) {
    return version >= PLAN_BOOK_FIRST && version < (int64_t)PLAN_BOOK_FIRST + PLAN_BOOK_MAX;
}

bool plan_book_reserve(struct plan_book *book, int32_t *ret_version) {
    check(book->next <= PLAN_BOOK_MAX);
    if (book->next == PLAN_BOOK_MAX) {
        return false;
    }
    *ret_version = PLAN_BOOK_FIRST + (int32_t)book->next++;
    check(plan_version_is_private(*ret_version));
    return true;
}

void plan_book_put(struct plan_book *book, struct plan *plan) {
    check(plan_version_is_private(plan->version));
    uint32_t at = (uint32_t)(plan->version - PLAN_BOOK_FIRST);
    struct plan *before = atomic_exchange(&book->plans[at], plan);
    check(before == NULL);
    book->next = book->next > at ? book->next : at + 1;
    check(book->next <= PLAN_BOOK_MAX);
}

struct plan *plan_book_take(struct plan_book *book, uint32_t at) {
    check(at < PLAN_BOOK_MAX);
    return atomic_exchange(&book->plans[at], NULL);
}

const struct plan *plan_book_find(const struct plan_book *book, int32_t version) {
    if (book == NULL || !plan_version_is_private(version)) {
        return NULL;
    }
    const struct plan *plan =
        atomic_load_explicit(&book->plans[version - PLAN_BOOK_FIRST], memory_order_acquire);
    check(plan == NULL || plan->version == version);
    return plan;
}
