/* The terms of a contract as JSON: as operators write them, as customers read them, as they are
 * kept. What is kept is in canonical form (RFC 8785), so that the same terms have the same hash. */
#ifndef APP_CONTRACT_TERMS_SHAPE_H
#define APP_CONTRACT_TERMS_SHAPE_H

#include "base/attr.h"
#include "base/cx.h"
#include "base/shape.h"
#include "core/contract_terms.h"

/* The JSON's own struct: what is not given is as its doc says. */
struct contract_terms_limit {
    int64_t amount; /* -1: unlimited */
    int64_t soft_limit_percent;
};
struct contract_terms_limits {
    struct contract_terms_limit of[METRIC_COUNT];
    bool has[METRIC_COUNT];
};
struct contract_terms_entry {
    struct money amount;
    int64_t plan_version, term_months, starts_at, notice_days, uplift_basis_points, days_until_due;
    int interval, renewal, collection;
    bool has_version, has_limits, has_start;
    struct contract_terms_limits limits;
    struct shape_list features; /* of struct str */
    struct shape_list ramp;     /* of struct contract_terms_step */
};
extern const struct shape contract_terms_shape;

/* The terms; false, with what is wrong by JSON Pointers that begin with /terms, when a feature is
 * not declared or a plan not sold. contract_check() says what else contradicts. */
MUST_USE bool contract_terms_of(struct cx *cx, const struct catalogue *catalogue,
                                const struct contract_terms_entry *entry,
                                struct contract_terms *ret_terms, struct shape_errors *errors);
/* The inverse, complete; lists are in the arena. */
struct contract_terms_entry contract_terms_entry_of(struct cx *cx,
                                                    const struct catalogue *catalogue,
                                                    const struct contract_terms *terms);

/* The canonical text, in the arena. */
struct str contract_terms_text(struct cx *cx, const struct catalogue *catalogue,
                               const struct contract_terms *terms);
/* Reads such a text. ERR_CORRUPT, with a sentence in cx->detail, when it is none of ours. */
MUST_USE struct err contract_terms_read(struct cx *cx, const struct catalogue *catalogue,
                                        struct str text, struct contract_terms *ret_terms);

#endif
