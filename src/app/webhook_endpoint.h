/* Who is told of billing events: made, changed and ended by operators. What they are told is
 * webhook_delivery.h's. */
#ifndef APP_WEBHOOK_ENDPOINT_H
#define APP_WEBHOOK_ENDPOINT_H

#include "app/app.h"
#include "store/webhook_endpoint.h"

/* Of all; each has its own share of what is under way at once (jobs/webhook_delivery.c). */
enum { WEBHOOK_ENDPOINTS_MAX = 16 };
enum { WEBHOOK_OVERLAP_HOURS = 24, WEBHOOK_OVERLAP_HOURS_MAX = 7 * 24 };

/* "invoice.paid", "invoice.*" where there is such a type, "*". */
bool webhook_type_is_known(struct str word);
/* Whether an endpoint with these words wants events of the type. */
bool webhook_types_have(struct str words, struct str type);

/* The oldest first; items are struct webhook_endpoint_row. */
MUST_USE struct err webhook_endpoints_read(struct tx *tx, struct row_list *ret_list);
MUST_USE struct err webhook_endpoint_read(struct tx *tx, struct str id,
                                          struct webhook_endpoint_row *ret_row, bool *ret_found);

/* What operators say of an endpoint; the text is checked by the caller. */
struct webhook_endpoint_facts {
    struct str url, description;
    struct str types;    /* words with blanks between */
    struct str metadata; /* a JSON object */
};

/* CREATED, WEBHOOK_ENDPOINTS_FULL. */
struct webhook_endpoint_create {
    struct command command;
    struct webhook_endpoint_facts facts;
    struct str secret;   /* valid (webhook_signature.h); to be shown this once */
    struct record_id id; /* out */
};
void webhook_endpoint_create(struct app *app, struct webhook_endpoint_create *create);

/* Replaces what was said before. Disabled, it is sent nothing more, and what waits has failed;
 * enabled again, it begins with a clean record. DONE, WEBHOOK_ENDPOINT_NOT_FOUND. */
struct webhook_endpoint_change {
    struct command command;
    struct str id;
    struct webhook_endpoint_facts facts;
    bool is_enabled;
};
void webhook_endpoint_change(struct app *app, struct webhook_endpoint_change *change);

/* It goes, and with it all that it was told. DONE, WEBHOOK_ENDPOINT_NOT_FOUND. */
struct webhook_endpoint_remove {
    struct command command;
    struct str id;
};
void webhook_endpoint_remove(struct app *app, struct webhook_endpoint_remove *remove);

/* Another secret signs from now on; until the overlap ends the one before signs too. DONE,
 * WEBHOOK_ENDPOINT_NOT_FOUND. */
struct webhook_secret_roll {
    struct command command;
    struct str id;
    struct str secret; /* the new one, valid; to be shown this once */
    int64_t overlap_hours;
};
void webhook_secret_roll(struct app *app, struct webhook_secret_roll *roll);

/* Nothing is sent there any more, what waits has failed, and operators are told why: "gone" or
 * "failing". */
MUST_USE struct err webhook_endpoint_shut(struct app *app, struct tx *tx,
                                          struct webhook_endpoint_row *row, const char *reason,
                                          struct str answer);

#endif
