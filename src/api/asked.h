/* What was asked for, as the audit log may keep it: the body and the query by their shapes, with
 * what is personal, and what people wrote in their own words, veiled (app/audit.h). */
#ifndef API_ASKED_H
#define API_ASKED_H

#include "api/request.h"

struct asked {
    struct str facts;   /* a JSON object in canonical form; empty when nothing was */
    struct str user_id; /* the member userId */
    struct str reason;  /* the member reason, in clear: it is written for the log */
};
struct asked asked_of(struct api_request *request);

/* A veiled text in the request's arena. */
struct str asked_veiled(struct api_request *request, struct str text);

#endif
