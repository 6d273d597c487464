/* What take, check and release are asked, and the short way to read it.
 *
 * These bodies are small and all alike, and come by the hundred thousand. The scanner reads what it
 * is sure of and leaves everything else, right or wrong, to the shape, which also says what is
 * wrong: there is one definition of what may be sent, and a shortcut to it. */
#ifndef API_TAKE_DECODE_H
#define API_TAKE_DECODE_H

#include "base/shape.h"

struct take_in {
    struct str user_id, id, release_id;
    int metric;
    int64_t amount;
};
extern const struct shape take_shape, check_shape, release_shape;

/* Fills *ret_in (a struct take_in) from a whole body; false, and *ret_in untouched, when that is
 * left to the shape. Texts are borrowed from the body. */
MUST_USE bool take_scan(struct str body, void *ret_in);
MUST_USE bool check_scan(struct str body, void *ret_in);
MUST_USE bool release_scan(struct str body, void *ret_in);

enum { TAKE_BATCH_MAX = 1000 };

/* The same for an array of 1 to TAKE_BATCH_MAX of what `shape`, one of the three, describes;
 * *ret_count says how many. */
MUST_USE bool take_scan_batch(struct str body, const struct shape *shape,
                              struct take_in ret_items[TAKE_BATCH_MAX], size_t *ret_count);

#endif
