/* The installation: its name, and its promise that what was sold stays what it was. */
#ifndef APP_INSTALLATION_H
#define APP_INSTALLATION_H

#include "app/app.h"

/* At start, before anything else: makes the installation's id and its key for mails once and reads
 * them into the app. ERR_CONFLICT when the catalogue gives a plan version that was offered before
 * another content. */
MUST_USE struct err installation_prepare(struct app *app, struct tx *tx);
/* Records each plan version of the catalogue in force when it is first seen. */
MUST_USE struct err installation_keep_plans(struct app *app, struct tx *tx);

/* Our webhook endpoint at the sandbox in the program. */
struct installation_endpoint {
    struct str id;     /* "we_…" */
    struct str secret; /* "whsec_…" */
};
/* Makes it once, before the sandbox is told of it: whatever is signed with the secret is known. */
MUST_USE struct err installation_prepare_endpoint(struct tx *tx,
                                                  struct installation_endpoint *ret_endpoint);

#endif
