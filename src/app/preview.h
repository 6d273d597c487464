/* What a change of plan would cost, to the cent, and a quote that holds for 15 minutes. */
#ifndef APP_PREVIEW_H
#define APP_PREVIEW_H

#include "app/app.h"
#include "core/entitlement.h"
#include "core/proration.h"

enum change_when { CHANGE_WHEN_DEFAULT, CHANGE_WHEN_NOW, CHANGE_WHEN_PERIOD_END };
enum { QUOTE_MINUTES = 15 };

/* What is asked of a subscription; -1 leaves tier or interval as they are. */
struct change_request {
    int tier, interval;
    enum change_when when;
};

struct preview {
    struct proration proration; /* without lines when the change waits for the period's end */
    bool is_now;
    struct instant next_invoice_at;
    struct money next_invoice_amount; /* of the next renewal, credit taken into account */
    struct feature_set features_lost;
    unsigned limits_exceeded; /* bit 1 << metric: used is above the new limit */
    struct record_id quote_id;
    struct instant valid_until;
};

/* Writes the quote. NO_CHANGE, CONTRACT_REQUIRED, CUSTOMER_NOT_FOUND. A customer on `free` gets
 * what subscribing would cost. */
struct preview_command {
    struct command command;
    struct str user_id;
    struct change_request request;
    struct preview preview; /* when DONE */
};
void preview_start(struct app *app, struct preview_command *command);

#endif
