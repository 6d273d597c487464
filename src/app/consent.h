/* Consent before a paid plan is bought or changed: a sentence of what renews (core/renewal.h),
 * shown with the preview; its hash comes back with the purchase. Another hash than what holds now
 * is refused, so nobody has agreed to what they were not shown. What was agreed to is written down
 * in the transaction that begins the purchase, and never changed. */
#ifndef APP_CONSENT_H
#define APP_CONSENT_H

#include "app/operation_start.h"
#include "core/renewal.h"
#include "store/consent.h"

/* What somebody is shown, and comes back as the hash of. */
struct consent_words {
    struct str text, hash; /* SHA-256 of the text, in hexadecimal */
};

/* What would renew: the plan at its list price, less a coupon that lasts. */
struct consent_sale {
    const struct plan *plan;
    enum interval interval;
    struct str coupon; /* its code; empty: none */
    struct instant first_at;
};
/* False when it is not sold at a price. */
MUST_USE bool consent_renewal_of(const struct app *app, const struct consent_sale *sale,
                                 struct renewal *ret_renewal);
/* In the arena. */
struct consent_words consent_renewal_words(struct arena *arena, enum language language,
                                           const struct renewal *renewal);
struct consent_words consent_early_start_words(const struct app *app, struct arena *arena,
                                               enum language language, const struct plan *plan);

/* That of the customer's mails, or else English. */
MUST_USE struct err consent_language(struct tx *tx, struct str user_id,
                                     enum language *ret_language);

/* Whether this customer may withdraw from a plan that they buy now. */
MUST_USE struct err consent_may_withdraw(const struct app *app, struct tx *tx, struct str user_id,
                                         enum tier tier, bool *ret_may);

/* What a request agrees to, found before it begins; the rows are complete but for the operation. */
struct consent_given {
    enum outcome outcome; /* DONE; RENEWAL_CONSENT_REQUIRED, RENEWAL_CHANGED */
    struct consent_row rows[CONSENT_KIND_COUNT];
    size_t count;
};
MUST_USE struct err consent_check(struct app *app, struct tx *tx,
                                  const struct operation_request *request,
                                  const struct operation_plan *plan,
                                  struct consent_given *ret_given);
/* Writes them beside the operation that they were given for, and says so in the audit log. */
MUST_USE struct err consent_keep(struct tx *tx, const struct consent_given *given,
                                 const struct operation_begun *begun);

/* Items are struct consent_row, the newest first; an empty customer: of all. */
MUST_USE struct err consents_read(struct tx *tx, struct str user_id, struct str before, size_t max,
                                  struct row_list *ret_list);

#endif
