/* Long work that its path names is ended where it stands. */
#ifndef API_CANCEL_H
#define API_CANCEL_H

#include "api/request.h"
#include "app/command_of.h"

/* `cancel` submits it. Then `show` answers as to a look at it: what was read inside the transaction
 * ended with it. */
void reply_cancelled(struct api_request *request,
                     void (*cancel)(struct app *app, struct command_of *cancel),
                     void (*show)(struct api_request *request));

#endif
