/* Whether usage events are taken in. An operator pauses it, as before work on what sends them or on
 * the disk: events are answered 503 with Retry-After, so that who sends them keeps them and sends
 * them again, and none is lost or counted twice. Decisions of the gate go on, and so does a
 * backfill. Figures say up to when they are complete: the moment of the pause.
 *
 * It is kept in the store, so that a restart changes nothing; a copy for requests lies in the
 * app. */
#ifndef APP_INGESTION_H
#define APP_INGESTION_H

#include "app/app.h"

/* What the store says into the app, at the start. */
MUST_USE struct err ingestion_load(struct app *app, struct tx *tx);

struct ingestion {
    bool is_paused;
    struct str reason; /* empty unless it is paused */
    int64_t since;     /* valid while it is */
};
MUST_USE struct err ingestion_read(struct tx *tx, struct ingestion *ret_ingestion);

/* An operator's, with a reason. DONE; INGESTION_PAUSED_ALREADY or
 * INGESTION_RUNS when it is so. */
struct ingestion_switch {
    struct command command;
    bool pauses;
    struct str reason;
    /* On the loop's thread, once requests see it. */
    void (*finished)(struct ingestion_switch *change);
};
void ingestion_switch(struct app *app, struct ingestion_switch *change);

#endif
