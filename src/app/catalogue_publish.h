/* The catalogue that is in force. The first one is the file's; from then on another file needs a
 * second person (app/approval.h), and until they have agreed what was in force stays so. Somebody
 * has asked for it by starting the server with it; whoever agrees is signed in. What was agreed to
 * is in force from the next start on, since nothing of a catalogue changes under a running server.
 *
 * While nobody could agree, because no operator has the permission yet, the file is in force. */
#ifndef APP_CATALOGUE_PUBLISH_H
#define APP_CATALOGUE_PUBLISH_H

#include "app/approval.h"

/* At start, when *app->catalogue is what the file's `text` says: leaves it there when it is in
 * force, or puts the one in force in its place, with the approval that the file waits for.
 * ERR_FORMAT when what was in force cannot be read any more. */
MUST_USE struct err catalogue_publish(struct app *app, struct tx *tx, struct str text,
                                      struct record_id *ret_waits_for);

MUST_USE struct err catalogue_describe(struct app *app, struct tx *tx,
                                       const struct approval_subject *subject,
                                       struct approval_facts *ret_facts);
MUST_USE struct err catalogue_execute(struct approval_execution *execution);

#endif
