/* The part of the API's description that says what is sent out: a webhook for each type of event.
 */
#ifndef API_OPENAPI_WEBHOOKS_H
#define API_OPENAPI_WEBHOOKS_H

#include "base/json.h"

/* The member `webhooks` (OpenAPI 3.1). */
void openapi_put_webhooks(struct json_writer *out);

#endif
