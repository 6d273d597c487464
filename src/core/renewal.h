/* What a person is told before a paid plan is bought or changed: that it renews, at what price, how
 * often, from when on, and how to end it.
 *
 * The sentence is a function of what is sold and the day of the first renewal alone, so that it can
 * be made again when the person agrees to it, and held against what they were shown. */
#ifndef CORE_RENEWAL_H
#define CORE_RENEWAL_H

#include "core/catalogue.h"
#include "core/locale.h"

struct renewal {
    const struct plan *plan;
    enum interval interval;
    struct money price;          /* of one interval, before coupons and tax */
    struct instant first_at;     /* when it renews for the first time; its day is told */
    const struct coupon *coupon; /* that lowers renewals, too; NULL: none */
    bool is_taxed;               /* tax comes on top, where there is any */
};

enum { RENEWAL_TEXT_SIZE = 640 };

/* "Starter renews every month for $29.00, …"; RENEWAL_TEXT_SIZE bytes hold any of them. */
void renewal_sentence(struct text *text, enum language language, const struct renewal *renewal);

/* What a consumer says who wants the service to begin while they may still withdraw: that they ask
 * for it, and pay for what they have had until then. The same size. */
void renewal_early_start(struct text *text, enum language language, const struct plan *plan,
                         int days);

#endif
