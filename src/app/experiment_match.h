/* The lower price of another arm is given to who was shown a higher one, when they ask why others
 * pay less.
 *
 * What they were shown stays written down as it was; from then on they are in no figure
 * ("matched"), and are given the other arm's prices for as long as that of their own would be. Who
 * pays already is moved by a price change (core/price_change.h), not here. */
#ifndef APP_EXPERIMENT_MATCH_H
#define APP_EXPERIMENT_MATCH_H

#include "app/experiment.h"

enum { EXPERIMENT_MATCH_LINES = TIER_COUNT * INTERVAL_COUNT };

/* A price that becomes another. */
struct experiment_match_line {
    enum tier tier;
    enum interval interval;
    struct money before, after;
};

/* DONE. EXPERIMENT_NOT_FOUND, EXPERIMENT_STATE (nothing of it is given any more, or not yet),
 * EXPERIMENT_ARM_UNKNOWN, EXPERIMENT_UNIT_UNKNOWN (it was shown nothing), EXPERIMENT_NOT_LOWER (no
 * price is lower, or one is higher), EXPERIMENT_UNIT_PAYS. */
struct experiment_match {
    struct command command;
    struct str id, unit_id, arm, reason;
    struct experiment_match_line lines[EXPERIMENT_MATCH_LINES]; /* out: that become lower */
    size_t count;                                               /* out */
};
/* What it would come to; changes nothing. */
MUST_USE struct err experiment_match_look(const struct app *app, struct tx *tx,
                                          struct experiment_match *match,
                                          enum outcome *ret_outcome);
void experiment_match(struct app *app, struct experiment_match *match);

#endif
