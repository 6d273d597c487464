/* What an experiment shows to whom, and that it was shown.
 *
 * Whoever was shown an arm keeps it, for as long as the experiment stands and
 * EXPERIMENT_HONOUR_DAYS after: on the page, in previews, in what is charged. Nobody is put into an
 * arm who pays already, and no account that has not allowed it (app/privacy.h). A row is written
 * before the first page is sent that differs, so that what was shown can be proved. */
#ifndef APP_EXPERIMENT_OFFER_H
#define APP_EXPERIMENT_OFFER_H

#include "app/experiment.h"

/* Who looks. */
struct experiment_viewer {
    struct str user_id; /* empty: a stranger */
    struct str visitor; /* their random id; empty: none */
    bool may_join;      /* may be put into an arm now */
    struct str page, device;
};

struct experiment_offer {
    bool is_in;      /* an arm is theirs */
    bool is_new;     /* which they have not been shown yet */
    bool needs_link; /* the visitor's row is to be this account's */
    struct str experiment_id, unit_id;
    size_t arm_index;
    struct experiment_arm arm;
    bool is_override;
    struct str country;    /* of the account; empty: nobody knows */
    struct str disclosure; /* a sentence to be shown to them; empty: none */
    /* What they may buy at which price: the app's own, or a copy in the arena. */
    const struct catalogue *catalogue;
};
MUST_USE struct err experiment_offer_read(const struct app *app, struct tx *tx,
                                          const struct experiment_viewer *viewer,
                                          struct experiment_offer *ret_offer);
/* What an account may buy at which price. */
MUST_USE struct err experiment_catalogue(const struct app *app, struct tx *tx, struct str user_id,
                                         const struct catalogue **ret_catalogue);

/* Writes down what `viewer` is about to be shown, and whose account a visitor is. DONE. */
struct experiment_expose {
    struct command command;
    struct experiment_viewer viewer;
};
void experiment_expose(struct app *app, struct experiment_expose *expose);

/* Which of an account's units count: the first, unless they saw different arms. */
MUST_USE struct err experiment_units_settle(struct tx *tx, struct str experiment_id,
                                            struct str user_id);

/* "starter=2 professional=0", in the arena. */
struct str experiment_versions_text(struct cx *cx, const struct experiment_arm *arm);

#endif
