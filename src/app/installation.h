/* The installation: its name, and its promise that what was sold stays what it was. */
#ifndef APP_INSTALLATION_H
#define APP_INSTALLATION_H

#include "app/app.h"

/* At start, before anything else: makes the installation's id and its key for mails once and reads
 * them into the app, and records each plan version of the catalogue when it is first seen.
 * ERR_CONFLICT when a version that was offered before has another content now. */
MUST_USE struct err installation_prepare(struct app *app, struct tx *tx);

/* Our webhook endpoint at the provider; both empty while there is none. */
struct installation_endpoint {
    struct str id, secret;
};
MUST_USE struct err installation_read_endpoint(struct tx *tx,
                                               struct installation_endpoint *ret_endpoint);
/* Remembers it: the secret is shown only once. */
struct endpoint_keep {
    struct command command;
    struct installation_endpoint endpoint;
};
void installation_keep_endpoint(struct app *app, struct endpoint_keep *keep);

#endif
