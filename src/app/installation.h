/* The installation: its name, and its promise that what was sold stays what it was. */
#ifndef APP_INSTALLATION_H
#define APP_INSTALLATION_H

#include "app/app.h"

/* At start, before anything else: makes the installation's id and its key for mails once and reads
 * them into the app, and records each plan version of the catalogue when it is first seen.
 * ERR_CONFLICT when a version that was offered before has another content now. */
MUST_USE struct err installation_prepare(struct app *app, struct tx *tx);

/* Our webhook endpoint at the sandbox in the program. */
struct installation_endpoint {
    struct str id;     /* "we_…" */
    struct str secret; /* "whsec_…" */
};
/* Makes it once, before the sandbox is told of it: whatever is signed with the secret is known. */
MUST_USE struct err installation_prepare_endpoint(struct tx *tx,
                                                  struct installation_endpoint *ret_endpoint);

#endif
