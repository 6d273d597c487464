/* Versions of plans that are sold to one customer alone, by a contract (core/contract_terms.h).
 *
 * To everything that looks up a version of a plan they are versions like others
 * (catalogue_plan_version): with a price, limits and features; only nobody else is offered them.
 * Their numbers begin behind those of the catalogue.
 *
 * Entries are added and never changed, so that any thread may look while one adds. A zeroed book is
 * an empty one. */
#ifndef CORE_PLAN_BOOK_H
#define CORE_PLAN_BOOK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/catalogue.h"

enum { PLAN_BOOK_MAX = 1 << 16, PLAN_BOOK_FIRST = CATALOGUE_VERSION_MAX + 1 };

struct plan_book {
    _Atomic(struct plan *) plans[PLAN_BOOK_MAX]; /* by version; NULL: none is there */
    uint32_t next;                               /* of whoever adds */
};

bool plan_version_is_private(int64_t version);

/* A version that none has; false when the book is full. What is not put there stays a gap. */
MUST_USE bool plan_book_reserve(struct plan_book *book, int32_t *ret_version);
/* The plan, whose version is private and free, is the book's until it is taken out. */
void plan_book_put(struct plan_book *book, struct plan *plan);
/* At the end, when nobody looks any more: by their place, from 0 to `next`; NULL in a gap. */
struct plan *plan_book_take(struct plan_book *book, uint32_t at);
/* NULL when there is none, or no book. */
const struct plan *plan_book_find(const struct plan_book *book, int32_t version);

#endif
